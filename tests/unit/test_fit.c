/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file Similarity fit and refined ids against PyTorch. */

#include "reference.h"

#include <math.h>

#include "pipeline/trajectory.h"

static void test_reference(void **state)
{
    uint8_t ids[REF_F * REF_PIXELS], first[REF_PIXELS];
    uint8_t expected[REF_F * REF_PIXELS], refined[REF_F * REF_PIXELS];
    float centres[REF_L * REF_F * 2], scales[REF_L * REF_F];
    TTMJson *json = reference_load();
    TTMFit fit;

    (void)state;
    reference_ids(json, "ids", ids, REF_F * REF_PIXELS);
    reference_ids(json, "first", first, REF_PIXELS);
    reference_ids(json, "refined", expected, REF_F * REF_PIXELS);
    reference_numbers(json, "centres", centres, REF_L * REF_F * 2);
    reference_numbers(json, "scales", scales, REF_L * REF_F);
    assert_int_equal(ttm_fit_create(&fit, first, ids, REF_F, REF_H, REF_W,
                                    REF_L), 0);
    for (int i = 0; i < REF_L * REF_F; i++) {
        assert_true(fabsf(fit.motion[i].x - centres[2 * i]) < 1e-4f);
        assert_true(fabsf(fit.motion[i].y - centres[2 * i + 1]) < 1e-4f);
        assert_true(fabsf(fit.motion[i].scale - scales[i]) < 1e-4f);
    }
    ttm_fit_refine(&fit, first, ids, refined);
    assert_memory_equal(refined, expected, sizeof(refined));
    ttm_fit_free(&fit);
    ttm_json_free(&json);
}

/* Frames after frame 0 that hold nothing: the object stays where it was. */
static void test_lost_everywhere(void **state)
{
    uint8_t first[64] = { 0 }, ids[4 * 64] = { 0 }, refined[4 * 64];
    TTMFit fit;

    (void)state;
    first[18] = first[19] = first[26] = 1;
    assert_int_equal(ttm_fit_create(&fit, first, ids, 4, 8, 8, 2), 0);
    ttm_fit_refine(&fit, first, ids, refined);
    for (int t = 0; t < 4; t++)
        assert_memory_equal(refined + 64 * t, first, 64);
    for (int i = 0; i < 8; i++)
        assert_true(fit.motion[i].scale == 1);
    ttm_fit_free(&fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_lost_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

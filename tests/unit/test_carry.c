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

/** @file Carried images against PyTorch. */

#include "reference.h"

#include <math.h>

#include "render/carry.h"

/* Frame @p t of the carried image. */
static void carry(TTMBackend *backend, const TTMFit *fit,
                  const TTMTensor *still, const uint8_t *first,
                  const uint8_t *ids, int t, int refined, float *carried)
{
    TTMTensor out;
    TTMCarry *c;

    assert_int_equal(ttm_tensor_create(backend, &out, still->shape,
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_carry_create(&c, backend, fit, still, first, refined),
                     0);
    assert_int_equal(ttm_carry_run(c, fit, ids, t, &out), 0);
    assert_int_equal(ttm_tensor_read(backend, &out, carried, TTM_DTYPE_F32), 0);
    ttm_carry_free(&c);
    ttm_tensor_free(backend, &out);
}

/* Number of values that differ from the reference's when the still
   is brighter by amount. */
static int count_different(float amount)
{
    static uint8_t ids[REF_F * REF_PIXELS], refined[REF_F * REF_PIXELS];
    float turns[REF_L * REF_F];
    static float still[3 * REF_PIXELS], expected[3 * REF_PIXELS];
    static float carried[3 * REF_PIXELS];
    uint8_t first[REF_PIXELS];
    TTMJson *json = reference_load();
    const TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1, 1 };
    TTMBackend *backend;
    TTMTensor tensor;
    TTMFit fit;
    int grey = 0, different = 0;

    reference_ids(json, "ids", ids, REF_F * REF_PIXELS);
    reference_ids(json, "turned", refined, REF_F * REF_PIXELS);
    reference_numbers(json, "turns", turns, REF_L * REF_F);
    reference_ids(json, "first", first, REF_PIXELS);
    reference_numbers(json, "still", still, 3 * REF_PIXELS);
    for (int i = 0; i < 3 * REF_PIXELS; i++)
        still[i] += amount;
    assert_int_equal(ttm_fit_create(&fit, first, ids, REF_F, REF_H, REF_W,
                                    REF_L, NULL), 0);
    for (int i = 0; i < REF_L * REF_F; i++)
        fit.motion[i].turn = turns[i];
    fit.motion[3].scale = 1.25f;
    fit.motion[REF_F + 3].scale = 0.75f;
    assert_int_equal(ttm_backend_open(&backend, NULL, &request), 0);
    assert_int_equal(ttm_tensor_create(backend, &tensor,
                                       TTM_SHAPE(REF_H, REF_W, 3),
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_write(backend, &tensor, still, TTM_DTYPE_F32),
                     0);
    for (int use = 0; use < 2; use++) {
        reference_numbers(json, use ? "carried" : "carried_unrefined",
                          expected, 3 * REF_PIXELS);
        carry(backend, &fit, &tensor, first,
              (use ? refined : ids) + 3 * REF_PIXELS, 3, use, carried);
        for (int i = 0; i < 3 * REF_PIXELS; i++) {
            different += !(fabsf(carried[i] - expected[i]) < 1e-4f);
            grey += carried[i] == 0;
        }
    }
    assert_true(grey > 0);
    carry(backend, &fit, &tensor, first, first, 0, 1, carried);
    for (int i = 0; i < 3 * REF_PIXELS; i++)
        assert_true(fabsf(carried[i] - still[i]) < 1e-5f);
    ttm_tensor_free(backend, &tensor);
    ttm_backend_close(&backend);
    ttm_fit_free(&fit);
    ttm_json_free(&json);
    return different;
}

static void test_reference(void **state)
{
    (void)state;
    assert_int_equal(count_different(0), 0);
}

/* The comparison sees a still that is a little brighter. */
static void test_perturbed(void **state)
{
    (void)state;
    assert_true(count_different(1 / 255.0f) > 0);
}

#define EDGE 8

/* A still that turns by quarters around its middle: to the pixel. */
static void test_quarters(void **state)
{
    static float still[3 * EDGE * EDGE], carried[3 * EDGE * EDGE];
    const TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1, 1 };
    uint8_t ids[EDGE * EDGE];
    TTMMotion motion[4];
    const TTMFit fit = { 4, 1, EDGE, EDGE, motion };
    TTMBackend *backend;
    TTMTensor tensor;

    (void)state;
    memset(ids, 1, sizeof(ids));
    for (int i = 0; i < 3 * EDGE * EDGE; i++)
        still[i] = (float)((i * 37) % 101) / 50 - 1;
    for (int t = 0; t < 4; t++)
        motion[t] = (TTMMotion){ EDGE / 2, EDGE / 2, 1,
                                 (float)t * 1.5707963f };
    assert_int_equal(ttm_backend_open(&backend, NULL, &request), 0);
    assert_int_equal(ttm_tensor_create(backend, &tensor,
                                       TTM_SHAPE(EDGE, EDGE, 3),
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_write(backend, &tensor, still, TTM_DTYPE_F32),
                     0);
    for (int t = 0; t < 4; t++) {
        carry(backend, &fit, &tensor, ids, ids, t, 1, carried);
        for (int y = 0; y < EDGE; y++)
            for (int x = 0; x < EDGE; x++) {
                int i = x, j = y;       /* in frame 0: turned back t times */

                for (int k = 0; k < t; k++) {
                    int left = i;

                    i = j;
                    j = EDGE - 1 - left;
                }
                for (int c = 0; c < 3; c++)
                    assert_true(fabsf(carried[3 * (EDGE * y + x) + c] -
                                      still[3 * (EDGE * j + i) + c]) < 1e-5f);
            }
    }
    ttm_tensor_free(backend, &tensor);
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_perturbed),
        cmocka_unit_test(test_quarters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

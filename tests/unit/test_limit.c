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

/** @file Limits to the way of an object. */

#include "unit.h"

#include <math.h>

#include "motion/limit.h"

#define FRAMES 3

static void test_limit(void **state)
{
    TTMMotion motion[2 * FRAMES] = {
        { 10, 10, 1, 0 }, { 10, 14, 1, 0 }, { 10, 18, 1, 0 },
        { 50, 50, 1, 0 }, { 53, 54, 1.5f, 0.5f }, { 56, 58, 2, 1 },
    };
    TTMFit fit = { FRAMES, 2, 100, 100, motion };

    (void)state;
    /* object 2 goes 10 pixels; 5 are half of everything */
    assert_int_equal(ttm_fit_limit(&fit, 2, 10.001), 0);
    assert_true(motion[5].x == 56);
    assert_int_equal(ttm_fit_limit(&fit, 2, 5), 1);
    assert_true(fabsf(motion[5].x - 53) < 1e-5f && fabsf(motion[5].y - 54) < 1e-5f);
    assert_true(fabsf(motion[4].x - 51.5f) < 1e-5f);
    assert_true(fabsf(motion[5].scale - 1.5f) < 1e-5f);
    assert_true(fabsf(motion[5].turn - 0.5f) < 1e-5f);
    assert_true(motion[3].x == 50 && motion[3].scale == 1);
    /* the other is as it was */
    assert_true(motion[2].y == 18);
    assert_int_equal(ttm_fit_limit(&fit, 1, 0), 1);
    assert_true(motion[2].y == 10);
}

/* Each side of the picture by itself, with a part of the object beyond it. */
static void test_keep_inside(void **state)
{
    static const struct { float x, y; double share; } ways[] = {
        { 28, 0, 1 }, { 56, 0, 0.5 }, { -56, 0, 0.5 }, { -28, 0, 1 }, { 0, 35, 1 },
        { 0, 70, 0.5 }, { 0, -108, 0.25 }, { 28, -54, 0.5 }, { 112, -54, 0.25 },
    };
    /* 25 to 45 of 70 across, 24 to 44 of 76 down */
    const double box[4] = { 25, 24, 20, 20 }, beyond[4] = { 0, 24, 20, 20 };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        const float x = ways[i].x, y = ways[i].y;
        TTMMotion motion[FRAMES] = { { 10, 10, 1, 0 }, { 10 + x, 10 + y, 2, 1 },
                                     { 10 + x / 2, 10 + y / 2, 1.5f, 0.5f } };
        TTMFit fit = { FRAMES, 1, 70, 76, motion };
        const int cut = ways[i].share < 1;

        assert_int_equal(ttm_fit_keep_inside(&fit, 1, box, 0.15), cut);
        assert_true(fabs(motion[1].x - 10 - ways[i].share * x) < 0.01);
        assert_true(fabs(motion[1].y - 10 - ways[i].share * y) < 0.01);
        assert_true(fabs(motion[1].scale - 1 - ways[i].share) < 0.001);
        assert_true(fabs(motion[1].turn - ways[i].share) < 0.001);
    }
    /* what is at the border from the first goes as much further */
    for (int i = 0; i < 2; i++) {
        TTMMotion motion[2] = { { 5, 5, 1, 0 }, { i ? -1 : 4, 5, 1, 0 } };
        TTMFit fit = { 2, 1, 70, 76, motion };

        assert_int_equal(ttm_fit_keep_inside(&fit, 1, beyond, 0.1), i);
        assert_true(fabs(motion[1].x - (i ? 3 : 4)) < 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit), cmocka_unit_test(test_keep_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

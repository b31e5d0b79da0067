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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_limit) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

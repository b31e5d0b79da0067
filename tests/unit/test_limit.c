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

#include "motion/course.h"
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

/*
 * What goes on behind the end slows down before the border, on each side: never back, never by
 * a jump in speed, and to rest exactly as far beyond it as it may.
 */
static void test_going_inside(void **state)
{
    static const struct { float x, y, beyond; int axis; } ways[] = {
        { 2, 0, 30 + 2, 0 }, { -2, 0, 20 + 2, 0 }, { 0, 1, 36 + 4, 1 }, { 0, -1, 10 + 4, 1 },
        /* the side that is reached first: 32 in 32 frames, 40 in 20 */
        { 1, 2, 20, 0 },
    };
    /* 20 to 40 of 70 across, 10 to 50 of 86 down, in the first frame */
    static const double box[4] = { 20, 10, 20, 40 };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        const float v = ways[i].axis ? ways[i].y : ways[i].x;
        TTMMotion motion[4], before = { 0 };
        TTMFit fit = { 4, 1, 70, 86, motion };
        TTMGoing going = { .way = TTM_AFTER_GO_ON, .reach = INFINITY,
                           .speed = { ways[i].x, ways[i].y, 0, 0.1f } };
        TTMCourse course = { .fit = &fit, .going = &going };

        for (int t = 0; t < 4; t++)
            motion[t] = (TTMMotion){ 30 + ways[i].x * (float)t, 30 + ways[i].y * (float)t, 1,
                                     0.1f * (float)t };
        ttm_going_keep_inside(&going, &fit, 1, box, 0.1);
        for (int k = 3; k < 400; k++) {
            TTMMotion now;
            float step;

            ttm_course_motion(&course, 1, k, &now);
            step = ways[i].axis ? now.y - before.y : now.x - before.x;
            if (k == 4)
                assert_true(fabsf(step) < fabsf(v) && fabsf(step) > 0.85f * fabsf(v));
            if (k > 3)
                assert_true(step * v >= 0 && fabsf(step) <= fabsf(v));
            before = now;
        }
        assert_true(fabsf(fabsf(ways[i].axis ? before.y - 30 : before.x - 30) -
                          ways[i].beyond) < 1e-3f);
        /* what rolls turns no further than it goes */
        assert_true(before.turn < 0.1f * ways[i].beyond + 1e-3f);
    }
    /* what repeats itself or returns is left as it is */
    {
        TTMMotion motion[2] = { { 30, 30, 1, 0 }, { 34, 30, 1, 0 } };
        TTMFit fit = { 2, 1, 70, 86, motion };
        TTMGoing going = { .way = TTM_AFTER_RETURN, .speed = { 4, 0, 0, 0 } };

        ttm_going_keep_inside(&going, &fit, 1, box, 0.1);
        assert_true(going.reach == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit), cmocka_unit_test(test_keep_inside),
        cmocka_unit_test(test_going_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

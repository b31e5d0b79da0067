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

/** @file What speaks against masks that were found. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "segment/doubt.h"

#define SIDE 128

/** A red disc of radius 30 in the middle of a grey picture with a light grain. */
static void make_work(TTMWork *work)
{
    static uint8_t rgb[SIDE * SIDE * 3];
    const TTMImage still = {
        .format = TTM_PIXEL_RGB8, .width = SIDE, .height = SIDE,
        .stride = 3 * SIDE, .data = rgb
    };

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int disc = hypot(x - 64, y - 64) < 30, grain = (x * 7 + y * 13) % 5;

            rgb[3 * (y * SIDE + x)]     = (uint8_t)((disc ? 200 : 110) + grain);
            rgb[3 * (y * SIDE + x) + 1] = (uint8_t)((disc ? 30 : 110) + grain);
            rgb[3 * (y * SIDE + x) + 2] = (uint8_t)((disc ? 30 : 110) + grain);
        }
    assert_int_equal(ttm_work_create(work, &still, 0, 0, SIDE, SIDE, NULL), 0);
    assert_int_equal(work->width, SIDE);
}

enum { DISC, HALF, LARGE, CUT };

static TTMDoubt measure(const TTMWork *work, int kind)
{
    static uint8_t mask[SIDE * SIDE];

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int disc = hypot(x - 64, y - 64) < 30;
            int in[] = {
                [DISC] = disc, [HALF] = disc && x < 64,
                [LARGE] = x > 10 && x < 110 && y > 10 && y < 90,
                [CUT] = disc || (x > 60 && x < 68 && y > 64),
            };

            mask[y * SIDE + x] = (uint8_t)in[kind];
        }
    return ttm_doubt_measure(work, mask);
}

static void test_masks(void **state)
{
    TTMWork work;
    TTMDoubt d;

    (void)state;
    make_work(&work);
    d = measure(&work, DISC);
    assert_true(fabs(d.share - M_PI * 30 * 30 / (SIDE * SIDE)) < 0.005);
    assert_true(d.weak == 0 && d.border == 0);
    assert_null(ttm_doubt_text(&d, 0));

    /* the cut through the disc is about 60 of 155 pixels of the outline */
    d = measure(&work, HALF);
    assert_true(d.weak > 0.25 && d.weak < 0.45);
    assert_contains(ttm_doubt_text(&d, 0), "one colour");
    assert_contains(ttm_doubt_text(&d, 1), "one colour");

    d = measure(&work, LARGE);
    assert_true(d.share > 0.4);
    assert_contains(ttm_doubt_text(&d, 0), "large part");

    d = measure(&work, CUT);
    assert_true(d.border > 0.02 && d.border < 0.05);
    d.weak = 0;                 /* for its border alone */
    assert_contains(ttm_doubt_text(&d, 0), "border");
    assert_null(ttm_doubt_text(&d, 1));
    ttm_work_free(&work);
}

/** Masks without an outline or without pixels are no error. */
static void test_extremes(void **state)
{
    uint8_t mask[SIDE * SIDE] = { 0 };
    TTMWork work;
    TTMDoubt d;

    (void)state;
    make_work(&work);
    d = ttm_doubt_measure(&work, mask);
    assert_true(d.share == 0 && d.weak == 0 && d.border == 0);
    mask[64 * SIDE + 64] = 1;
    d = ttm_doubt_measure(&work, mask);
    assert_true(d.weak == 0);
    memset(mask, 1, sizeof(mask));
    d = ttm_doubt_measure(&work, mask);
    assert_true(d.share == 1 && d.border == 1);
    assert_non_null(ttm_doubt_text(&d, 0));
    ttm_work_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

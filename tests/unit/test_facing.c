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

/** @file Things that are seen from the front, by their outline. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/facing.h"

#define W 160
#define H 120

typedef enum Shape { DISC, CAR, PROFILE, SEATED, TRIANGLE } Shape;

static int inside(Shape shape, double x, double y)
{
    switch (shape) {
    case DISC:
        return x * x + y * y < 1;
    case CAR:       /* a roof on a wider body, and two wheels */
        return (fabs(x) < 0.6 && y > -1 && y < -0.2) || (fabs(x) < 1 && y >= -0.2 && y < 0.6) ||
               (fabs(x) > 0.6 && fabs(x) < 0.9 && y >= 0.6 && y < 1);
    case PROFILE:   /* a body, a head at its right, legs */
        return (x > -1 && x < 0.4 && fabs(y) < 0.4) || (x >= 0.4 && x < 1 && y > -1 && y < 0) ||
               (x > -1 && x < -0.7 && y >= 0.4 && y < 1) || (x > 0.1 && x < 0.4 && y >= 0.4 && y < 1);
    case SEATED:    /* a wide body, a head at one end of it */
        return fabs(x) < 1 && y < 1 && (y > 0 || (x > 0.3 && y > -1));
    default:
        return y > -1 && y < 1 && fabs(x) < (y + 1) / 2;
    }
}

/** Alike at both sides, not at top and bottom, and whole: that is a front. */
static void test_frontal(void **state)
{
    static const struct {
        Shape shape;
        int x, y, rx, ry, frontal;      /* centre and half extents */
    } cases[] = {
        { DISC, 80, 60, 30, 30, 0 }, { CAR, 80, 60, 40, 30, 1 }, { CAR, 50, 70, 12, 9, 1 },
        { PROFILE, 80, 60, 40, 30, 0 }, { SEATED, 80, 60, 40, 30, 0 }, { TRIANGLE, 80, 60, 30, 40, 1 },
        { CAR, 30, 60, 40, 30, 0 }, { CAR, 130, 60, 40, 30, 0 },  /* goes on beyond a side */
        { CAR, 80, 95, 40, 30, 1 },     /* below it may */
        { CAR, 80, 60, 3, 3, 0 },       /* too small to tell */
    };

    (void)state;
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        uint8_t *ids = calloc(W, H);
        int box[4] = { W, H, 0, 0 };

        for (int i = 0; i < W * H; i++) {
            const int x = i % W, y = i / W;

            if (!inside(cases[k].shape, (x + 0.5 - cases[k].x) / cases[k].rx,
                        (y + 0.5 - cases[k].y) / cases[k].ry))
                continue;
            ids[i] = 3;
            box[0] = x < box[0] ? x : box[0];
            box[1] = y < box[1] ? y : box[1];
            box[2] = x + 1 > box[2] ? x + 1 : box[2];
            box[3] = y + 1 > box[3] ? y + 1 : box[3];
        }
        box[2] -= box[0];
        box[3] -= box[1];
        if (ttm_is_frontal(ids, W, H, 3, box) != cases[k].frontal)
            fail_msg("case %d is taken for %s", (int)k, cases[k].frontal ? "none" : "one");
        assert_int_equal(ttm_is_frontal(ids, W, H, 2, box), 0);
        free(ids);
    }
    assert_int_equal(ttm_is_frontal(NULL, W, H, 1, (const int[4]){ 0 }), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_frontal) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

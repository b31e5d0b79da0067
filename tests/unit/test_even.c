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

/** @file Where a picture is even, against looking at every pixel. */

#include "unit.h"

#include <stdlib.h>

#include "motion/even.h"

#define W 23
#define H 17

/* Blocks of a few values, some of them 0. */
static void fill(float *values, unsigned seed)
{
    for (int i = 0; i < W * H; i++)
        values[i] = (float)((i % W / 7 * 5 + i / W / 6 * 3 + (int)seed) % 3) / 2;
    for (unsigned k = 0; k < seed; k++)
        values[(k * 131 + seed * 17) % (W * H)] = 0.25f;
}

static float value_at(const float *values, int x, int y)
{
    return x < 0 || y < 0 || x >= W || y >= H ? 0 : values[y * W + x];
}

/* Within the distance that is said everything is alike, and no further than needed. */
static void test_distance(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 12; seed++) {
        float values[W * H];
        uint8_t far[W * H];

        fill(values, seed);
        ttm_even_distance(values, W, H, far);
        for (int i = 0; i < W * H; i++) {
            int least = 255;

            for (int y = -1; y <= H; y++)
                for (int x = -1; x <= W; x++) {
                    const int dx = abs(x - i % W), dy = abs(y - i / W);
                    const int away = dx > dy ? dx : dy;

                    if (value_at(values, x, y) != values[i])
                        least = away < least ? away : least;
                }
            assert_int_equal(far[i], least);
        }
    }
}

static void test_all_alike(void **state)
{
    float values[W * H] = { 0 };
    uint8_t far[W * H];

    (void)state;
    ttm_even_distance(values, W, H, far);
    for (int i = 0; i < W * H; i++)
        assert_int_equal(far[i], 255);
    for (int i = 0; i < W * H; i++)
        values[i] = 1;
    ttm_even_distance(values, W, H, far);
    for (int i = 0; i < W * H; i++) {
        const int x = i % W < W - 1 - i % W ? i % W : W - 1 - i % W;
        const int y = i / W < H - 1 - i / W ? i / W : H - 1 - i / W;

        assert_int_equal(far[i], (x < y ? x : y) + 1);
    }
}

static void test_runs(void **state)
{
    /* what is not known goes on whatever its value is, and ends where it is known */
    static const float values[12] = { 1, 1, 1, 0, 0, 2, 3, 0, 1, 1, 1, 1 };
    static const float known[12]  = { 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 };
    static const uint8_t wanted[12] = { 2, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0 };
    static float wide[600], wide_known[600];
    uint8_t runs[600];

    (void)state;
    ttm_even_runs(values, known, 6, 2, runs);
    assert_memory_equal(runs, wanted, 12);      /* no run goes on in the next row */
    for (int i = 0; i < 600; i++)
        wide_known[i] = 1;
    ttm_even_runs(wide, wide_known, 600, 1, runs);
    assert_int_equal(runs[0], 255);
    assert_int_equal(runs[598], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance), cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

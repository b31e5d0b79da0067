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

/** @file The same motion in another number of frames. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "motion/retime.h"

static void test_positions(void **state)
{
    (void)state;
    for (int from = 1; from <= 9; from++)
        for (int to = 1; to <= 9; to++) {
            assert_true(ttm_retime_position(0, to, from) == 0);
            if (to > 1)
                assert_true(ttm_retime_position(to - 1, to, from) == from - 1);
            for (int t = 1; t < to; t++)
                assert_true(ttm_retime_position(t, to, from) >=
                            ttm_retime_position(t - 1, to, from));
        }
    assert_true(fabs(ttm_retime_position(3, 5, 9) - 6) < 1e-9);
}

/* Even motions stay even; every length has the same first and last place. */
static void test_fit(void **state)
{
    (void)state;
    for (int from = 1; from <= 7; from++)
        for (int to = 1; to <= 12; to++) {
            TTMFit fit = { .frames = from, .objects = 2, .width = 8, .height = 8 };

            fit.motion = calloc(2 * (size_t)from, sizeof(*fit.motion));
            for (int t = 0; t < from; t++) {
                const float at = from > 1 ? (float)t / (float)(from - 1) : 0;

                fit.motion[t] = (TTMMotion){ 10 + 6 * at, 20 - 4 * at, 1 + at,
                                             8 * at };
                fit.motion[from + t] = (TTMMotion){ 3, 4, 1, 0 };
            }
            assert_int_equal(ttm_fit_retime(&fit, to), 0);
            assert_int_equal(fit.frames, to);
            for (int t = 0; t < to; t++) {
                const float at = to > 1 && from > 1 ?
                                 (float)t / (float)(to - 1) : 0;
                const TTMMotion *m = &fit.motion[t], *n = &fit.motion[to + t];

                assert_true(fabsf(m->x - 10 - 6 * at) < 1e-4f);
                assert_true(fabsf(m->y - 20 + 4 * at) < 1e-4f);
                assert_true(fabsf(m->scale - 1 - at) < 1e-5f);
                assert_true(fabsf(m->turn - 8 * at) < 1e-4f);
                assert_true(n->x == 3 && n->y == 4 && n->scale == 1 && !n->turn);
            }
            ttm_fit_free(&fit);
        }
}

static void test_ids(void **state)
{
    static const struct {
        int from, to;
        const char *in, *out;
    } cases[] = {
        { 3, 3, "aabbcc", "aabbcc" }, { 3, 5, "aabbcc", "aabbbbcccc" },
        { 5, 3, "aabbccddee", "aaccee" }, { 4, 1, "aabbccdd", "aa" },
        { 1, 3, "ab", "ababab" }, { 2, 4, "abcd", "ababcdcd" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t out[32] = { 0 };

        ttm_ids_retime((const uint8_t *)cases[i].in, cases[i].from, 2, out,
                       cases[i].to);
        assert_string_equal((const char *)out, cases[i].out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_ids),
    };

    return cmocka_run_group_tests_name("retime", tests, NULL, NULL);
}

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

/**
 * @file
 * Vectorised conversions and functions: conversions against ttm_convert() for
 * every half and around every rounding, functions against the C library.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/fast_math.h"

#define NB_HALVES 65536

static uint16_t halves[NB_HALVES];
static float loaded[NB_HALVES], expected[NB_HALVES];

/** Equal as bits, or both not a number. */
static int same(const void *a, const void *b, size_t size, int both_nan)
{
    return both_nan || !memcmp(a, b, size);
}

static void check_loads(enum TTMDType type)
{
    for (int i = 0; i < NB_HALVES; i++)
        halves[i] = (uint16_t)i;
    ttm_convert(expected, TTM_DTYPE_F32, halves, type, NB_HALVES);
    ttm_cpu_load_row(loaded, halves, type, 0, NB_HALVES);
    for (int i = 0; i < NB_HALVES; i++)
        if (!same(&loaded[i], &expected[i], sizeof(float),
                  isnan(loaded[i]) && isnan(expected[i])))
            fail_msg("%s %04x is %g, not %g", ttm_dtype_name(type), (unsigned)i,
                     loaded[i], expected[i]);
}

/** Floats at, just below and just above each half and each middle of two. */
static void check_stores(enum TTMDType type)
{
    static uint16_t stored[NB_HALVES], wanted[NB_HALVES];
    static float values[NB_HALVES];

    for (int i = 0; i < NB_HALVES; i++)
        halves[i] = (uint16_t)i;
    ttm_convert(expected, TTM_DTYPE_F32, halves, type, NB_HALVES);
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < NB_HALVES; i++) {
            float next = expected[i + 1 < NB_HALVES ? i + 1 : i];
            float v    = round < 3 ? expected[i] : (expected[i] + next) / 2;

            values[i] = round % 3 == 1 ? nextafterf(v, INFINITY) :
                        round % 3 == 2 ? nextafterf(v, -INFINITY) : v;
        }
        ttm_convert(wanted, type, values, TTM_DTYPE_F32, NB_HALVES);
        ttm_cpu_store_row(stored, type, 0, values, NB_HALVES);
        for (int i = 0; i < NB_HALVES; i++)
            if (!same(&stored[i], &wanted[i], sizeof(stored[i]),
                      isnan(values[i]) && stored[i] << 1 & 0xffff))
                fail_msg("%a as %s is %04x, not %04x", values[i],
                         ttm_dtype_name(type), stored[i], wanted[i]);
    }
}

static void test_conversions(void **state)
{
    (void)state;
    check_loads(TTM_DTYPE_F16);
    check_loads(TTM_DTYPE_BF16);
    check_stores(TTM_DTYPE_F16);
    check_stores(TTM_DTYPE_BF16);
}

static void test_functions(void **state)
{
    (void)state;
    for (double x = -100; x < 100; x += 0.0137) {
        float f  = (float)x;
        double e = exp(f < -87 ? -87 : f > 88 ? 88 : f);

        assert_true(fabs(ttm_fast_exp(f) - e) <= 3e-7 * e);
        assert_true(fabs(ttm_fast_erf(f) - erf(f)) <= 5e-7);
        assert_true(fabs(ttm_fast_tanh(f) - tanh(f)) <= 5e-7);
        assert_true(fabs(ttm_fast_sigmoid(f) - 1 / (1 + exp(-f)))
                    <= 5e-7);
    }
    assert_true(ttm_fast_exp(0) == 1);
    assert_true(ttm_fast_exp(-INFINITY) < 2e-38f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_functions),
    };

    return cmocka_run_group_tests_name("element", tests, NULL, NULL);
}

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

/** @file Element types, shapes and conversion. */

#include <math.h>

#include "tensor/tensor.h"
#include "unit.h"

static void dtypes(void **state)
{
    static const size_t sizes[] = { 4, 2, 2, 1, 4, 4 };
    static const char *const names[] = {
        "f32", "f16", "bf16", "u8", "i32", "u32"
    };

    (void)state;
    for (int i = 0; i < TTM_DTYPE_NB; i++) {
        assert_int_equal(ttm_dtype_size(i), sizes[i]);
        assert_string_equal(ttm_dtype_name(i), names[i]);
    }
    assert_int_equal(ttm_dtype_size(TTM_DTYPE_NB), 0);
    assert_string_equal(ttm_dtype_name(TTM_DTYPE_NB), "unknown");
}

static void shapes(void **state)
{
    TTMShape a = TTM_SHAPE(2, 64, 64, 4), b = TTM_SHAPE(2, 64, 64, 4);
    TTMShape c = TTM_SHAPE(2, 64, 64), d = TTM_SHAPE(2, 64, 63, 4);
    TTMShape large = TTM_SHAPE(100000, 100000);
    char text[64], small[8];

    (void)state;
    assert_int_equal(ttm_shape_count(&a), 2 * 64 * 64 * 4);
    assert_int_equal(ttm_shape_count(&large), 10000000000);
    assert_true(ttm_shape_equal(&a, &b));
    assert_false(ttm_shape_equal(&a, &c));
    assert_false(ttm_shape_equal(&a, &d));
    assert_string_equal(ttm_shape_string(&a, text, sizeof(text)),
                        "[2, 64, 64, 4]");
    ttm_shape_string(&a, small, sizeof(small));
    assert_true(strlen(small) < sizeof(small));
    assert_int_equal(strncmp(small, "[2, 64", 6), 0);
}

/* Value of a half by the definition. */
static double half_value(uint16_t half)
{
    int exponent = half >> 10 & 31;
    double fraction = half & 0x3ff, value;

    value = exponent ? ldexp(1024.0 + fraction, exponent - 25)
                     : ldexp(fraction, -24);
    return half & 0x8000 ? -value : value;
}

static void halves_are_exact_both_ways(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 65536; i++) {
        uint16_t half = (uint16_t)i;
        float value = ttm_f16_to_f32(half);

        if ((half & 0x7c00) == 0x7c00 && (half & 0x3ff)) {
            assert_true(isnan(value));
            assert_true(isnan(ttm_f16_to_f32(ttm_f32_to_f16(value))));
            continue;
        }
        if ((half & 0x7fff) == 0x7c00)
            assert_true(isinf(value));
        else
            assert_true((double)value == half_value(half));
        assert_int_equal(!!signbit(value), half >> 15);
        assert_int_equal(ttm_f32_to_f16(value), half);
    }
}

/* Between two neighbours: below, at and above the middle. */
static void halves_round_to_nearest_even(void **state)
{
    (void)state;
    for (uint16_t half = 0; half < 0x7bff; half++) {
        float low = ttm_f16_to_f32(half), high = ttm_f16_to_f32(half + 1);
        float middle = (low + high) / 2;    /* exact: floats have bits to spare */
        uint16_t even = half & 1 ? half + 1 : half;

        assert_int_equal(ttm_f32_to_f16(middle), even);
        assert_int_equal(ttm_f32_to_f16(nextafterf(middle, 0.0f)), half);
        assert_int_equal(ttm_f32_to_f16(nextafterf(middle, 1e9f)), half + 1);
        assert_int_equal(ttm_f32_to_f16(-middle), even | 0x8000);
    }
    assert_int_equal(ttm_f32_to_f16(65504.0f), 0x7bff);
    assert_int_equal(ttm_f32_to_f16(65519.9f), 0x7bff);
    assert_int_equal(ttm_f32_to_f16(65520.0f), 0x7c00);
    assert_int_equal(ttm_f32_to_f16(-INFINITY), 0xfc00);
    assert_int_equal(ttm_f32_to_f16(1e-30f), 0);
    assert_int_equal(ttm_f32_to_f16(-0.0f), 0x8000);
    assert_int_equal(ttm_f32_to_f16(0x1p-25f), 0);
    assert_int_equal(ttm_f32_to_f16(0x1.000002p-25f), 1);
}

static void bfloats_round_to_nearest_even(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 0x7f7f; i++) {
        uint16_t value = (uint16_t)i, even = i & 1 ? value + 1 : value;
        uint32_t bits = i << 16 | 0x8000;
        float low = ttm_bf16_to_f32(value), middle;

        assert_int_equal(ttm_f32_to_bf16(low), value);
        memcpy(&middle, &bits, sizeof(middle));
        assert_int_equal(ttm_f32_to_bf16(middle), even);
        assert_int_equal(ttm_f32_to_bf16(nextafterf(middle, 0.0f)), value);
        assert_int_equal(ttm_f32_to_bf16(nextafterf(middle, INFINITY)), value + 1);
    }
    assert_true(ttm_bf16_to_f32(0x3f80) == 1.0f);
    assert_true(ttm_bf16_to_f32(0xc040) == -3.0f);
    assert_int_equal(ttm_f32_to_bf16(INFINITY), 0x7f80);
    assert_int_equal(ttm_f32_to_bf16(3.4e38f), 0x7f80);
    assert_true(isnan(ttm_bf16_to_f32(ttm_f32_to_bf16(NAN))));
}

/* A NaN whose only bits are cut off must not become infinity. */
static void small_nans_stay(void **state)
{
    uint32_t bits = 0x7f800001;
    float value;

    (void)state;
    memcpy(&value, &bits, sizeof(value));
    assert_true(isnan(ttm_f16_to_f32(ttm_f32_to_f16(value))));
    assert_true(isnan(ttm_bf16_to_f32(ttm_f32_to_bf16(value))));
}

static void converts_arrays(void **state)
{
    static const float values[] = { 0.0f, 1.0f, -2.5f, 0.1f, 60000.0f, 1e-7f };
    static const enum TTMDType types[] = {
        TTM_DTYPE_F32, TTM_DTYPE_F16, TTM_DTYPE_BF16
    };
    enum { NB = 6 };

    (void)state;
    for (int from = 0; from < 3; from++) {
        for (int to = 0; to < 3; to++) {
            uint8_t a[4 * NB + 1], b[4 * NB + 2];
            float c[NB];

            /* odd addresses, as in a mapped file; the last byte is a guard */
            ttm_convert(a + 1, types[from], values, TTM_DTYPE_F32, NB);
            memset(b, 0x55, sizeof(b));
            ttm_convert(b + 1, types[to], a + 1, types[from], NB);
            assert_int_equal(b[0], 0x55);
            assert_int_equal(b[1 + NB * ttm_dtype_size(types[to])], 0x55);
            ttm_convert(c, TTM_DTYPE_F32, b + 1, types[to], NB);
            for (int i = 0; i < NB; i++)
                assert_true(fabsf(c[i] - values[i]) <=
                            fabsf(values[i]) / 128 + 0x1p-24f);
        }
    }
}

static void equal_types_copy(void **state)
{
    uint32_t nan[2] = { 0x7f800001, 42 }, copy[2];

    (void)state;
    ttm_convert(copy, TTM_DTYPE_F32, nan, TTM_DTYPE_F32, 2);
    assert_memory_equal(copy, nan, sizeof(nan));
    memset(copy, 0, sizeof(copy));
    ttm_convert(copy, TTM_DTYPE_U8, nan, TTM_DTYPE_U8, 8);
    assert_memory_equal(copy, nan, sizeof(nan));
    ttm_convert(NULL, TTM_DTYPE_F16, NULL, TTM_DTYPE_F32, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dtypes),
        cmocka_unit_test(shapes),
        cmocka_unit_test(halves_are_exact_both_ways),
        cmocka_unit_test(halves_round_to_nearest_even),
        cmocka_unit_test(bfloats_round_to_nearest_even),
        cmocka_unit_test(small_nans_stay),
        cmocka_unit_test(converts_arrays),
        cmocka_unit_test(equal_types_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

/** @file Element types, shapes and conversion of floating-point elements. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tensor/tensor.h"

static const struct {
    const char *name;
    size_t size;
} dtypes[TTM_DTYPE_NB] = {
    [TTM_DTYPE_F32]  = { "f32",  4 },
    [TTM_DTYPE_F16]  = { "f16",  2 },
    [TTM_DTYPE_BF16] = { "bf16", 2 },
    [TTM_DTYPE_U8]   = { "u8",   1 },
    [TTM_DTYPE_I32]  = { "i32",  4 },
    [TTM_DTYPE_U32]  = { "u32",  4 },
};

size_t ttm_dtype_size(enum TTMDType dtype)
{
    return (unsigned)dtype < TTM_DTYPE_NB ? dtypes[dtype].size : 0;
}

const char *ttm_dtype_name(enum TTMDType dtype)
{
    return (unsigned)dtype < TTM_DTYPE_NB ? dtypes[dtype].name : "unknown";
}

int64_t ttm_shape_count(const TTMShape *shape)
{
    int64_t count = 1;

    for (int i = 0; i < shape->rank; i++)
        count *= shape->dim[i];
    return count;
}

int ttm_shape_equal(const TTMShape *a, const TTMShape *b)
{
    if (a->rank != b->rank)
        return 0;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i])
            return 0;
    return 1;
}

char *ttm_shape_string(const TTMShape *shape, char *text, size_t size)
{
    size_t used = 0;

    if (!size)
        return text;
    text[0] = 0;
    for (int i = 0; i <= shape->rank; i++) {
        int length;

        if (i == shape->rank)
            length = snprintf(text + used, size - used, i ? "]" : "[]");
        else
            length = snprintf(text + used, size - used, "%s%" PRId64,
                              i ? ", " : "[", shape->dim[i]);
        if (length < 0 || (size_t)length >= size - used)
            break;
        used += (size_t)length;
    }
    return text;
}

static uint32_t float_bits(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static float bits_float(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/** float of an IEEE 754 binary16; exact. */
float ttm_f16_to_f32(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t rest = half & 0x7fff;

    if (rest >= 0x7c00)                     /* infinity, NaN */
        return bits_float(sign | 0x7f800000 | (rest & 0x3ff) << 13);
    if (rest >= 0x0400)
        return bits_float(sign | ((rest << 13) + ((127 - 15) << 23)));
    /* zero and subnormals are multiples of 2^-24 */
    return bits_float(sign | float_bits((float)rest * 0x1p-24f));
}

/** Nearest IEEE 754 binary16, ties to even; NaN stays NaN. */
uint16_t ttm_f32_to_f16(float value)
{
    uint32_t bits = float_bits(value);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t rest = bits & 0x7fffffff;

    if (rest > 0x7f800000)                  /* keep NaN quiet and its top bits */
        return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest >= 0x477ff000)                 /* 65520 and more round to infinity */
        return sign | 0x7c00;
    if (rest >= 0x38800000) {               /* 2^-14: the smallest normal */
        rest -= (127 - 15) << 23;
        rest += 0xfff + (rest >> 13 & 1);
        return (uint16_t)(sign | rest >> 13);
    } else {
        int shift = 126 - (int)(rest >> 23);    /* of the mantissa to 2^-24 */
        uint32_t mantissa = (rest & 0x7fffff) | 0x800000;
        uint32_t kept, cut, half;

        if (shift > 24)                     /* below 2^-25 */
            return sign;
        kept = mantissa >> shift;
        cut  = mantissa & ((1u << shift) - 1);
        half = 1u << (shift - 1);
        if (cut > half || (cut == half && (kept & 1)))
            kept++;
        return (uint16_t)(sign | kept);
    }
}

/** float of a bfloat16; exact. */
float ttm_bf16_to_f32(uint16_t value)
{
    return bits_float((uint32_t)value << 16);
}

/** Nearest bfloat16, ties to even; NaN stays NaN. */
uint16_t ttm_f32_to_bf16(float value)
{
    uint32_t bits = float_bits(value);

    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Elements are moved by memcpy(): those of a caller may be unaligned. */

static float load(const uint8_t *source, enum TTMDType dtype)
{
    uint16_t half;
    float value;

    if (dtype == TTM_DTYPE_F32) {
        memcpy(&value, source, sizeof(value));
        return value;
    }
    memcpy(&half, source, sizeof(half));
    return dtype == TTM_DTYPE_F16 ? ttm_f16_to_f32(half)
                                  : ttm_bf16_to_f32(half);
}

static void store(uint8_t *destination, enum TTMDType dtype, float value)
{
    uint16_t half;

    if (dtype == TTM_DTYPE_F32) {
        memcpy(destination, &value, sizeof(value));
        return;
    }
    half = dtype == TTM_DTYPE_F16 ? ttm_f32_to_f16(value)
                                  : ttm_f32_to_bf16(value);
    memcpy(destination, &half, sizeof(half));
}

void ttm_convert(void *destination, enum TTMDType to,
                 const void *source, enum TTMDType from, int64_t count)
{
    size_t to_size = ttm_dtype_size(to), from_size = ttm_dtype_size(from);
    const uint8_t *in = source;
    uint8_t *out = destination;

    if (count <= 0)
        return;
    if (to == from) {
        memcpy(destination, source, (size_t)count * to_size);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        store(out + (size_t)i * to_size, to,
              load(in + (size_t)i * from_size, from));
}

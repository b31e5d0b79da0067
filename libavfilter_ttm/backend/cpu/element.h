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
 * Elements of the three floating types as float, written without branches so
 * that loops over them vectorise.
 */

#ifndef TTM_BACKEND_CPU_ELEMENT_H
#define TTM_BACKEND_CPU_ELEMENT_H

#include <stdint.h>
#include <string.h>

#include "tensor/tensor.h"

static inline float ttm_bits_float(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static inline uint32_t ttm_float_bits(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static inline float ttm_from_bf16(uint16_t value)
{
    return ttm_bits_float((uint32_t)value << 16);
}

static inline uint16_t ttm_to_bf16(float value)
{
    uint32_t bits    = ttm_float_bits(value);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    uint32_t nan     = bits >> 16 | 0x40;

    return (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? nan : rounded);
}

static inline float ttm_from_f16(uint16_t half)
{
    uint32_t rest   = (uint32_t)(half & 0x7fff) << 13;
    /* multiplying by 2^112 moves the exponent's bias, and subnormals along */
    float finite    = ttm_bits_float(rest) * 0x1p112f;
    uint32_t bits   = ttm_float_bits(finite);
    uint32_t biggest = rest >= 0x7c00u << 13 ? 0x7f800000 | rest : bits;

    return ttm_bits_float(biggest | (uint32_t)(half & 0x8000) << 16);
}

static inline uint16_t ttm_to_f16(float value)
{
    uint32_t bits = ttm_float_bits(value);
    uint32_t sign = bits >> 16 & 0x8000;
    uint32_t rest = bits & 0x7fffffff;
    /* the addition rounds subnormals to multiples of 2^-24 */
    uint32_t small  = ttm_float_bits(ttm_bits_float(rest) + 0.5f) - 0x3f000000;
    uint32_t normal = (rest - 0x38000000 + 0xfff + (rest >> 13 & 1)) >> 13;
    uint32_t half   = rest < 0x38800000 ? small : normal;

    half = rest >= 0x477ff000 ? 0x7c00 : half;
    half = rest > 0x7f800000 ? 0x7e00 | (rest >> 13 & 0x3ff) : half;
    return (uint16_t)(sign | half);
}

/** Element @p i of @p data as float. */
static inline float ttm_load(const void *data, enum TTMDType dtype, int64_t i)
{
    if (dtype == TTM_DTYPE_F32)
        return ((const float *)data)[i];
    if (dtype == TTM_DTYPE_BF16)
        return ttm_from_bf16(((const uint16_t *)data)[i]);
    return ttm_from_f16(((const uint16_t *)data)[i]);
}

/** Store @p value, rounded to nearest even, as element @p i of @p data. */
static inline void ttm_store(void *data, enum TTMDType dtype, int64_t i,
                             float value)
{
    if (dtype == TTM_DTYPE_F32)
        ((float *)data)[i] = value;
    else if (dtype == TTM_DTYPE_BF16)
        ((uint16_t *)data)[i] = ttm_to_bf16(value);
    else
        ((uint16_t *)data)[i] = ttm_to_f16(value);
}

#endif /* TTM_BACKEND_CPU_ELEMENT_H */

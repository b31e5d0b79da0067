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

/** @file Element types and shapes of tensors. */

#ifndef TTM_TENSOR_TENSOR_H
#define TTM_TENSOR_TENSOR_H

#include <stddef.h>
#include <stdint.h>

enum TTMDType {
    TTM_DTYPE_F32,
    TTM_DTYPE_F16,
    TTM_DTYPE_BF16,
    TTM_DTYPE_U8,
    TTM_DTYPE_I32,
    TTM_DTYPE_U32,
    TTM_DTYPE_NB
};

#define TTM_MAX_RANK 5

/** Dimensions, outermost first; activations are channels-last. */
typedef struct TTMShape {
    int rank;                       ///< 1 .. TTM_MAX_RANK
    int64_t dim[TTM_MAX_RANK];
} TTMShape;

/** Build a shape from its dimensions: TTM_SHAPE(frames, height, width, 4). */
#define TTM_SHAPE(...) \
    ((TTMShape){ sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), \
                 { __VA_ARGS__ } })

/** Bytes of one element. */
size_t ttm_dtype_size(enum TTMDType dtype);

/** "f32", "f16", "bf16", "u8", "i32", "u32". */
const char *ttm_dtype_name(enum TTMDType dtype);

/** 1 when @p dtype is F32, F16 or BF16. */
static inline int ttm_dtype_is_float(enum TTMDType dtype)
{
    return dtype == TTM_DTYPE_F32 || dtype == TTM_DTYPE_F16 ||
           dtype == TTM_DTYPE_BF16;
}

/** Product of the dimensions. */
int64_t ttm_shape_count(const TTMShape *shape);

int ttm_shape_equal(const TTMShape *a, const TTMShape *b);

/** Write "[2, 64, 64, 4]" into @p text (always terminated); returns @p text. */
char *ttm_shape_string(const TTMShape *shape, char *text, size_t size);

/** float of an IEEE 754 binary16; exact. */
float ttm_f16_to_f32(uint16_t half);
/** Nearest IEEE 754 binary16, ties to even; NaN stays NaN. */
uint16_t ttm_f32_to_f16(float value);
/** float of a bfloat16; exact. */
float ttm_bf16_to_f32(uint16_t value);
/** Nearest bfloat16, ties to even; NaN stays NaN. */
uint16_t ttm_f32_to_bf16(float value);

/**
 * Convert @p count elements between F32, F16 and BF16 (round to nearest even,
 * NaN stays NaN); equal types of any kind copy. Buffers may be unaligned, but
 * may not overlap.
 */
void ttm_convert(void *destination, enum TTMDType to,
                 const void *source, enum TTMDType from, int64_t count);

#endif /* TTM_TENSOR_TENSOR_H */

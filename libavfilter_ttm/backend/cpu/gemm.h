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
 * Small matrix product in f32 that attention and, without oneDNN, the layers
 * are built from: C [m, n] (+)= A [m, k] x B [k, n].
 *
 * A and C are row-major. B is packed in panels of columns: a panel of width w
 * holds its k rows of w elements behind each other. All panels are
 * ttm_gemm_width() wide, but the last may be narrower, see
 * ttm_gemm_panel(); columns beyond n are zero.
 */

#ifndef TTM_BACKEND_CPU_GEMM_H
#define TTM_BACKEND_CPU_GEMM_H

#include <stddef.h>
#include <stdint.h>

/** Rows of A and C are worked on in groups of this many: buffers are padded. */
#define TTM_GEMM_ROWS 12

/** Columns per panel, all but the last. */
#define TTM_GEMM_WIDTH 32

/** Width of the panel that begins at column @p first of @p n. */
static inline int ttm_gemm_panel(int64_t n, int64_t first)
{
    return n - first > 16 ? TTM_GEMM_WIDTH : 16;
}

/** Columns of a packed B with n columns, zeros included. */
static inline int64_t ttm_gemm_columns(int64_t n)
{
    int64_t tail = n % TTM_GEMM_WIDTH;

    return n - tail + (tail > 16 ? TTM_GEMM_WIDTH : tail ? 16 : 0);
}

static inline int64_t ttm_gemm_round_rows(int64_t m)
{
    return (m + TTM_GEMM_ROWS - 1) / TTM_GEMM_ROWS * TTM_GEMM_ROWS;
}

/**
 * Pack one panel from the rows of a transposed matrix: column j of the panel is
 * row j of @p rows (each k elements, @p stride apart); @p count rows exist.
 */
void ttm_gemm_pack_rows(float *panel, int width, const float *rows,
                        int64_t stride, int64_t count, int64_t k);

/**
 * Product with one panel: @p m rows of C (rounded up to TTM_GEMM_ROWS, memory
 * must be there in A and C) and the panel's @p width columns of C.
 * @p add: add to C instead of overwriting it.
 */
void ttm_gemm_panel_product(float *c, int64_t c_stride, const float *a,
                            int64_t a_stride, const float *panel, int width,
                            int64_t m, int64_t k, int add);

#endif /* TTM_BACKEND_CPU_GEMM_H */

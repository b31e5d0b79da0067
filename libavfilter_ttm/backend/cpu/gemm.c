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

/** @file Small matrix product in f32, by the vector types of GCC and clang. */

#include <string.h>

#include "backend/cpu/clones.h"
#include "backend/cpu/gemm.h"

#if defined(__GNUC__)

typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));

#define LANES 16

/**
 * @p rows x (@p vectors * 16) elements of C. Both are constants after inlining,
 * so that sums stay in registers: 12 x 2 with AVX-512; others work through
 * smaller blocks.
 */
TTM_INLINE void block(float *c, int64_t c_stride, const float *a, int64_t a_stride,
           const float *panel, int width, int64_t k, int add, const int rows,
           const int vectors)
{
    Vector sum[12][2];

    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++)
            sum[i][v] = add ? *(const Vector *)(c + i * c_stride + v * LANES)
                            : (Vector){ 0 };
    for (int64_t p = 0; p < k; p++) {
        Vector b[2];

        for (int v = 0; v < vectors; v++)
            b[v] = *(const Vector *)(panel + p * width + v * LANES);
        for (int i = 0; i < rows; i++)
            for (int v = 0; v < vectors; v++)
                sum[i][v] += a[i * a_stride + p] * b[v];
    }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++)
            *(Vector *)(c + i * c_stride + v * LANES) = sum[i][v];
}

/** All rows by blocks that suit 16 vector registers of any width. */
TTM_INLINE void small_blocks(float *c, int64_t c_stride, const float *a, int64_t a_stride,
                  const float *panel, int width, int64_t m, int64_t k, int add)
{
    for (int64_t i = 0; i < m; i += 4)
        for (int j = 0; j < width; j += LANES)
            block(c + i * c_stride + j, c_stride, a + i * a_stride, a_stride,
                  panel + j, width, k, add, 4, 1);
}

static void product_any(float *c, int64_t c_stride, const float *a,
                        int64_t a_stride, const float *panel, int width,
                        int64_t m, int64_t k, int add)
{
    small_blocks(c, c_stride, a, a_stride, panel, width, m, k, add);
}

#ifdef __x86_64__
__attribute__((target("avx2,fma")))
static void product_avx2(float *c, int64_t c_stride, const float *a,
                         int64_t a_stride, const float *panel, int width,
                         int64_t m, int64_t k, int add)
{
    small_blocks(c, c_stride, a, a_stride, panel, width, m, k, add);
}

__attribute__((target("avx512f")))
static void product_avx512(float *c, int64_t c_stride, const float *a,
                           int64_t a_stride, const float *panel, int width,
                           int64_t m, int64_t k, int add)
{
    for (int64_t i = 0; i < m; i += 12) {
        float *to         = c + i * c_stride;
        const float *from = a + i * a_stride;

        if (width == 32)
            block(to, c_stride, from, a_stride, panel, 32, k, add, 12, 2);
        else
            block(to, c_stride, from, a_stride, panel, 16, k, add, 12, 1);
    }
}
#endif

void ttm_gemm_panel_product(float *c, int64_t c_stride, const float *a,
                            int64_t a_stride, const float *panel, int width,
                            int64_t m, int64_t k, int add)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) {
        product_avx512(c, c_stride, a, a_stride, panel, width, m, k, add);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        product_avx2(c, c_stride, a, a_stride, panel, width, m, k, add);
        return;
    }
#endif
    product_any(c, c_stride, a, a_stride, panel, width, m, k, add);
}

#else

void ttm_gemm_panel_product(float *c, int64_t c_stride, const float *a,
                            int64_t a_stride, const float *panel, int width,
                            int64_t m, int64_t k, int add)
{
    m = ttm_gemm_round_rows(m);
    for (int64_t i = 0; i < m; i++)
        for (int j = 0; j < width; j++) {
            float sum = add ? c[i * c_stride + j] : 0;

            for (int64_t p = 0; p < k; p++)
                sum += a[i * a_stride + p] * panel[p * width + j];
            c[i * c_stride + j] = sum;
        }
}

#endif

TTM_CLONES
void ttm_gemm_pack_rows(float *restrict panel, int width,
                        const float *restrict rows, int64_t stride,
                        int64_t count, int64_t k)
{
    if (count < width)
        memset(panel, 0, k * width * sizeof(*panel));
    if (count > width)
        count = width;
    for (int64_t p = 0; p < k; p++)
        for (int64_t j = 0; j < count; j++)
            panel[p * width + j] = rows[j * stride + p];
}

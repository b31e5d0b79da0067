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
 * Elementary functions in f32 without branches or tables, so that loops over
 * them vectorise. Absolute errors are below 5e-7 (relative for exp).
 */

#ifndef TTM_BACKEND_CPU_FAST_MATH_H
#define TTM_BACKEND_CPU_FAST_MATH_H

#include "backend/cpu/element.h"
#include "graph/graph.h"

/**
 * e^x; x is clamped to [-87, 88]. 2^(n + f) with the Taylor series of 2^f on
 * [-1/2, 1/2] and n put into the exponent.
 */
static inline float ttm_fast_exp(float x)
{
    float y, n, f, p;

    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    y = x * 1.44269504f;
    n = (y + 12582912.0f) - 12582912.0f;        /* nearest integer */
    f = x - n * 0.693359375f + n * 2.12194440e-4f;
    p = 1.0f + f * (1.0f + f * (0.5f + f * (1.6666667e-1f + f * (4.1666667e-2f +
        f * (8.3333333e-3f + f * (1.3888889e-3f + f * 1.9841270e-4f))))));
    return p * ttm_bits_float((uint32_t)((int32_t)n + 127) << 23);
}

/** Error function; Abramowitz and Stegun 7.1.26. */
static inline float ttm_fast_erf(float x)
{
    float a = x < 0 ? -x : x;
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f +
              t * (-1.453152027f + t * 1.061405429f))));
    float y = 1.0f - p * ttm_fast_exp(-a * a);

    return x < 0 ? -y : y;
}

static inline float ttm_fast_sigmoid(float x)
{
    return 1.0f / (1.0f + ttm_fast_exp(-x));
}

static inline float ttm_fast_tanh(float x)
{
    return 1.0f - 2.0f / (1.0f + ttm_fast_exp(2.0f * x));
}

static inline float ttm_fast_gelu(float x)
{
    return 0.5f * x * (1.0f + ttm_fast_erf(x * 0.70710678f));
}

/** Apply an activation (not GEGLU) to a row in place. */
void ttm_fast_activate_row(float *row, int64_t count,
                           enum TTMActivation activation);

/** values[i] *= gelu(gate[i]). */
void ttm_fast_geglu_row(float *values, const float *gate, int64_t count);

#endif /* TTM_BACKEND_CPU_FAST_MATH_H */

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
 * Reductions of rows of floats. The order of the additions is always the same:
 * sixteen partial sums, then these in a tree, then what is left at the end.
 */

#ifndef TTM_BACKEND_CPU_LANES_H
#define TTM_BACKEND_CPU_LANES_H

#include "backend/cpu/clones.h"

#define TTM_LANES 16

#if defined(__GNUC__)

typedef float TTMLanes __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t TTMLaneMasks __attribute__((vector_size(64), aligned(4),
                                            may_alias));

/** lanes[i] = max(lanes[i], x[i]). */
TTM_INLINE void ttm_lanes_max(float *lanes, const float *x, int64_t whole)
{
    TTMLanes best = *(const TTMLanes *)lanes;

    for (int64_t i = 0; i < whole; i += TTM_LANES) {
        TTMLanes v        = *(const TTMLanes *)(x + i);
        TTMLaneMasks more = v > best;

        best = (TTMLanes)(((TTMLaneMasks)v & more) | ((TTMLaneMasks)best & ~more));
    }
    *(TTMLanes *)lanes = best;
}

/** lanes[i] += x[i]. */
TTM_INLINE void ttm_lanes_add(float *lanes, const float *x, int64_t whole)
{
    TTMLanes sum = *(const TTMLanes *)lanes;

    for (int64_t i = 0; i < whole; i += TTM_LANES)
        sum += *(const TTMLanes *)(x + i);
    *(TTMLanes *)lanes = sum;
}

/** lanes[i] += (x[i] - centre)^2. */
TTM_INLINE void ttm_lanes_add_squares(float *lanes, const float *x,
                                      int64_t whole, float centre)
{
    TTMLanes sum = *(const TTMLanes *)lanes;

    for (int64_t i = 0; i < whole; i += TTM_LANES) {
        TTMLanes d = *(const TTMLanes *)(x + i) - centre;

        sum += d * d;
    }
    *(TTMLanes *)lanes = sum;
}

#else

TTM_INLINE void ttm_lanes_max(float *lanes, const float *x, int64_t whole)
{
    for (int64_t i = 0; i < whole; i++)
        if (x[i] > lanes[i % TTM_LANES])
            lanes[i % TTM_LANES] = x[i];
}

TTM_INLINE void ttm_lanes_add(float *lanes, const float *x, int64_t whole)
{
    for (int64_t i = 0; i < whole; i++)
        lanes[i % TTM_LANES] += x[i];
}

TTM_INLINE void ttm_lanes_add_squares(float *lanes, const float *x,
                                      int64_t whole, float centre)
{
    for (int64_t i = 0; i < whole; i++)
        lanes[i % TTM_LANES] += (x[i] - centre) * (x[i] - centre);
}

#endif

/** Sum of the lanes. */
TTM_INLINE float ttm_lanes_total(float *lanes)
{
    for (int half = TTM_LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

/** Largest of @p count values and of @p least. */
TTM_INLINE float ttm_row_max(const float *x, int64_t count, float least)
{
    const int64_t whole = count / TTM_LANES * TTM_LANES;
    float lanes[TTM_LANES];

    for (int i = 0; i < TTM_LANES; i++)
        lanes[i] = least;
    ttm_lanes_max(lanes, x, whole);
    for (int64_t i = whole; i < count; i++)
        lanes[i - whole] = x[i] > lanes[i - whole] ? x[i] : lanes[i - whole];
    for (int half = TTM_LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i + half] > lanes[i] ? lanes[i + half] : lanes[i];
    return lanes[0];
}

/** Sum of @p count values. */
TTM_INLINE float ttm_row_sum(const float *x, int64_t count)
{
    const int64_t whole    = count / TTM_LANES * TTM_LANES;
    float lanes[TTM_LANES] = { 0 };

    ttm_lanes_add(lanes, x, whole);
    for (int64_t i = whole; i < count; i++)
        lanes[i - whole] += x[i];
    return ttm_lanes_total(lanes);
}

/** Sum of the squared distances of @p count values from @p centre. */
TTM_INLINE float ttm_row_squares(const float *x, int64_t count, float centre)
{
    const int64_t whole    = count / TTM_LANES * TTM_LANES;
    float lanes[TTM_LANES] = { 0 };

    ttm_lanes_add_squares(lanes, x, whole, centre);
    for (int64_t i = whole; i < count; i++)
        lanes[i - whole] += (x[i] - centre) * (x[i] - centre);
    return ttm_lanes_total(lanes);
}

#endif /* TTM_BACKEND_CPU_LANES_H */

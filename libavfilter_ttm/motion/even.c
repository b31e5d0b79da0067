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

/** @file Where a picture is even, so that looking at each of its pixels tells no more. */

#include "motion/even.h"

#include <stddef.h>

#define MOST 255

/* Value of an element, 0 beyond the border. */
static float value_at(const float *values, int width, int height, int x, int y)
{
    return x < 0 || y < 0 || x >= width || y >= height ? 0 :
           values[(size_t)y * (size_t)width + (size_t)x];
}

/*
 * The same value: one more than there. Another one: 1. Beyond the border the value is 0 for
 * ever, but what comes back from there is not known: as if the border were as far again.
 */
static int through(const float *values, const uint8_t *far, int width, int height, int x, int y,
                   int dx, int dy)
{
    const int u = x + dx, v = y + dy;
    const size_t at = (size_t)y * (size_t)width + (size_t)x;

    if (value_at(values, width, height, u, v) != values[at])
        return 1;
    if (u < 0 || v < 0 || u >= width || v >= height)
        return MOST;
    return far[(size_t)v * (size_t)width + (size_t)u] + 1;
}

void ttm_even_distance(const float *values, int width, int height, uint8_t *far)
{
    static const int8_t before[4][2] = { { -1, -1 }, { 0, -1 }, { 1, -1 }, { -1, 0 } };

    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < width * height; i++) {
            const int at = pass ? width * height - 1 - i : i;
            int least = pass ? far[at] : MOST;

            for (int k = 0; k < 4; k++) {
                const int sign = pass ? -1 : 1;
                const int next = through(values, far, width, height, at % width, at / width,
                                         sign * before[k][0], sign * before[k][1]);

                least = next < least ? next : least;
            }
            far[at] = (uint8_t)least;
        }
}

void ttm_even_runs(const float *values, const float *known, int width, int height,
                   uint8_t *runs)
{
    for (int i = width * height - 1; i >= 0; i--) {
        const int same = i % width + 1 < width && (known[i] > 0 ?
                         known[i + 1] > 0 && values[i] == values[i + 1] : !(known[i + 1] > 0));

        runs[i] = (uint8_t)(!same ? 0 : runs[i + 1] < MOST ? runs[i + 1] + 1 : MOST);
    }
}

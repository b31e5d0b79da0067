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

#ifndef TTM_MOTION_EVEN_H
#define TTM_MOTION_EVEN_H

#include <stdint.h>

/**
 * How far it is to the nearest element of another value, along rows, columns or both: 1
 * beside one, at most 255. Beyond the border all are 0.
 *
 * @param values  [height, width]
 * @param far     [height, width]
 */
void ttm_even_distance(const float *values, int width, int height, uint8_t *far);

/**
 * Elements that follow in the row and are as an element is: known and of the same value, or not
 * known either; [height, width], at most 255.
 */
void ttm_even_runs(const float *values, const float *known, int width, int height,
                   uint8_t *runs);

#endif /* TTM_MOTION_EVEN_H */

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

/** @file Which way a thing seems to face, from its outline alone. */

#ifndef TTM_SEGMENT_FACING_H
#define TTM_SEGMENT_FACING_H

#include <stdint.h>

/**
 * 1 if object @p id of @p ids [height, width] looks as a thing does from the front or from
 * behind: its left is like its right, its top is not like its bottom (as a ball's is), and it
 * does not go on beyond the picture's sides. @p box is its x, y, width and height.
 */
int ttm_is_frontal(const uint8_t *ids, int width, int height, int id, const int box[4]);

#endif /* TTM_SEGMENT_FACING_H */

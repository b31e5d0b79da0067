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
 * Object ids of pixels -> what masked attention sees on a latent grid.
 */

#ifndef TTM_UTIL_REGIONS_H
#define TTM_UTIL_REGIONS_H

#include <stdint.h>

/**
 * Id of each cell of an h x w grid: the id with most of the cell's pixels, of
 * equals the higher. Then each object, in increasing order, that has pixels in
 * the frame but no cell takes the cell where it has most, of equals the first
 * in raster order.
 *
 * @param ids   [frames, height, width], 0 .. objects
 * @param grid  [frames, h, w]
 * @return TTM_ERR_MEMORY (no message) or 0
 */
int ttm_regions_grid(const uint8_t *ids, int frames, int height, int width,
                     int objects, int h, int w, uint8_t *grid);

/**
 * Ids of pictures to those of latent frames that stand for several: the first for one
 * picture, each other for @p scale. What a latent says is about all of its pictures, so
 * the rows of their ids are interleaved, [latent frames, height * scale, width]: a
 * cell of a grid over that has the pixels of the cell in each picture. It takes the id that
 * most of them have, and hears the prompts of all (ttm_regions_grid(), _sets(); a box is
 * the one around the object in all pictures). Rows of the first frame are repeated.
 *
 * @param frames  1 + n * scale
 */
void ttm_regions_gather(const uint8_t *ids, int frames, int height, int width,
                        int scale, uint8_t *gathered);

/**
 * Local prompts that each cell hears: bit l - 1 for object l where at least one
 * of its pixels lies in the cell.
 *
 * @param sets  [frames, h, w]
 */
void ttm_regions_sets(const uint8_t *ids, int frames, int height, int width,
                      int objects, int h, int w, uint32_t *sets);

/**
 * The same where the object's bounding box in that frame meets the cell.
 *
 * @param boxes  [frames, objects, 4] as of ttm_regions_box()
 */
void ttm_regions_box_sets(const int32_t *boxes, int frames, int height, int width,
                          int objects, int h, int w, uint32_t *sets);

/**
 * Bounding box [x0, x1) x [y0, y1) of an id, x0 y0 x1 y1, all 0 where it does
 * not occur; returns its number of pixels.
 */
int64_t ttm_regions_box(const uint8_t *ids, int height, int width, int id,
                        int box[4]);

/**
 * Ids along a sixth of the border or more: wide[id] is 1. They are ground, water or
 * sky rather than things, and hide no other.
 */
void ttm_regions_wide(const uint8_t *ids, int width, int height, uint8_t wide[256]);

#endif /* TTM_UTIL_REGIONS_H */

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

/** @file Object ids of a frame at another size. */

#ifndef TTM_MOTION_IDS_H
#define TTM_MOTION_IDS_H

#include <stdint.h>

/**
 * Resize ids to the nearest pixel; an object that would vanish keeps the cells
 * that ttm_regions_grid() gives it. TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_ids_reduce(const uint8_t *ids, int width, int height, int objects,
                   uint8_t *out, int out_width, int out_height);

#endif /* TTM_MOTION_IDS_H */

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

/** @file The covers of all objects, as frames are composed with them. */

#ifndef TTM_RENDER_COVERS_H
#define TTM_RENDER_COVERS_H

#include "render/cover.h"
#include "render/detail.h"

/**
 * Rim of the covers in pixels: half covered at its reach. Of a picture and of the network's
 * small one.
 */
int ttm_covers_radius(int width, int height, int small_width, int small_height);

/**
 * Covers of all objects behind each other, and where each of them is, see `covers` and
 * `table` of TTM_OP_PICTURE (graph/picture.h).
 *
 * @param bytes  made, also on errors; free() it
 * @param table  [layers of the fit or 1, TTM_COVER_ROW], written
 * @return negative after at most a log line of the device, TTM_ERR_MEMORY and
 *         TTM_ERR_CANCELLED without one, or 0
 */
int ttm_covers_create(const TTMDetailSource *source, TTMPool *pool, uint8_t **bytes, size_t *nb,
                      int32_t *table);

#endif /* TTM_RENDER_COVERS_H */

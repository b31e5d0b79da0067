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

/** @file What lies around an object: background, or its shadow and soft edge. */

#ifndef TTM_RENDER_RIM_H
#define TTM_RENDER_RIM_H

#include "render/patches.h"

/**
 * Settle which doubtful pixels are known and which belong to the hole.
 *
 * The picture is filled at a small size as if all of them did. Where the light of
 * the fill, which goes on from farther outside, is that of the picture, it shows
 * background; where it is not, there is a shadow, or the fill is no evidence.
 *
 * @param pixels  packed [height, width, 3] of so many @p bytes a sample
 * @param place   [height, width], enum TTMFill, changed where it is doubtful
 * @param pool    its wish to stop is heeded
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED without a message, or 0
 */
int ttm_rim_settle(const void *pixels, int bytes, int width, int height,
                   uint8_t *place, TTMPool *pool);

#endif /* TTM_RENDER_RIM_H */

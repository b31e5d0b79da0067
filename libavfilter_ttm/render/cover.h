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

/** @file Soft masks of the objects of the still at full resolution. */

#ifndef TTM_RENDER_COVER_H
#define TTM_RENDER_COVER_H

#include <stdint.h>

#include "render/matting.h"

/** One object: values 0 .. 255 within a box. */
typedef struct TTMCover {
    int x, y, width, height;    ///< box in the image; width 0: no pixels
    uint8_t *alpha;             ///< the object
    uint8_t *spread;            ///< the object and a rim of mixed pixels
    uint8_t *tint;              ///< [height, width, 3], TTM_TINT_NONE where the still has its
                                ///< colour (graph/picture.h)
} TTMCover;

/** Pixels of a cover's box on each side of the object, for a rim of @p radius. */
static inline int ttm_cover_margin(int radius)
{
    return 3 * radius + 2;
}

/**
 * Masks of object @p id of @p ids [height, width]; the rim is @p radius
 * pixels. Its edge is that of @p matting where that has the object, else a pixel soft.
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_cover_create(TTMCover *cover, const uint8_t *ids, int width, int height, int id,
                     int radius, const TTMMatting *matting, TTMCancel *cancel);
void ttm_cover_free(TTMCover *cover);

#endif /* TTM_RENDER_COVER_H */

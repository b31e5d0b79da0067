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
 * How far the pixels at the objects' edges are object, and their own colour there:
 * hair, fur, blur. Estimated once from the still.
 */

#ifndef TTM_RENDER_MATTING_H
#define TTM_RENDER_MATTING_H

#include <stddef.h>
#include <stdint.h>

#include "util/thread.h"

/** What the edges of the objects are in their surroundings; arrays are [height, width]. */
typedef struct TTMMatting {
    int x, y, width, height;    ///< box in the still; width 0: there are no objects
    uint8_t *label;             ///< whose a pixel is: an id, 0 where it is nobody's
    uint8_t *alpha;             ///< how far it is that object, 255: all of it
    int8_t *tint;               ///< [height, width, 3]: half of what the object's own colour
                                ///< differs from the still's by, of 255
} TTMMatting;

/** A still and its objects. */
typedef struct TTMMattingSource {
    const void *pixels;         ///< packed, [height, width, 3]
    int bytes;                  ///< of a sample
    int width, height;
    const uint8_t *ids;         ///< [height, width]
    const uint8_t *wanted;      ///< [256]: edges of the objects with wanted[id]
    int radius;                 ///< pixels from the mask that an edge may reach
} TTMMattingSource;

/** About the bytes that an estimate takes while it is made, of objects in boxes of @p pixels
 * with edges of @p band. */
size_t ttm_matting_bytes(size_t pixels, size_t band);

/**
 * Estimate. A pixel of the band along the masks (render/trimap.h) is a mixture of an
 * object's colour nearby and the background's. Which it may be, and how sure that is, is
 * weighed over pairs of samples of both; where colours do not tell it stays what the mask
 * says, its edge a pixel soft. Neighbours agree along the colours (render/matting_solve.h).
 *
 * @param pool  shares the work; its wish to stop is heeded
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0
 */
int ttm_matting_estimate(TTMMatting *matting, const TTMMattingSource *source, TTMPool *pool);
void ttm_matting_free(TTMMatting *matting);

#endif /* TTM_RENDER_MATTING_H */

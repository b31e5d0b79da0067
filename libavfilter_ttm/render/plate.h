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
 * The still without the objects that move: what they uncover, filled once.
 */

#ifndef TTM_RENDER_PLATE_H
#define TTM_RENDER_PLATE_H

#include <stddef.h>

#include "render/patches.h"

/** Halvings of a picture of @p all pixels at which patches for @p holes are searched. */
int ttm_plate_shift(int64_t holes, int64_t all);

/** About the bytes that filling takes, of a hole of that size in a picture of @p width x
 * @p height. */
size_t ttm_plate_bytes(int width, int height, int hole_width, int hole_height);

/**
 * Fill the hole of a picture, and of a twin of it (its alpha, say) from the same places.
 *
 * Exemplar-based: the fill is made of the picture's own patches, such that
 * every patch of it is like one of the picture's, found by PatchMatch (Barnes
 * et al. 2009) in a pyramid from coarse to fine (Wexler et al. 2007; Newson et
 * al. 2014). Edges and what repeats go on, and so does the light around. Pictures
 * with large holes are searched at a part of their size and filled from their
 * own pixels all the same. Where there is no patch to copy, the surroundings are
 * continued smoothly. The result is the same for any number of threads.
 *
 * @param pixels  packed [height, width, 3], changed in the hole only
 * @param twin    the same of the twin, or NULL
 * @param bytes   of a sample: 1, or 2 in the machine's order
 * @param place   [height, width], enum TTMFill
 * @param pool    its wish to stop is heeded
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED without a message, or 0
 */
int ttm_plate_fill(void *pixels, void *twin, int bytes, int width, int height,
                   const uint8_t *place, TTMPool *pool);

#endif /* TTM_RENDER_PLATE_H */

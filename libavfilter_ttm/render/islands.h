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

/** @file Alpha that hangs together with the object, and holes with the background. */

#ifndef TTM_RENDER_ISLANDS_H
#define TTM_RENDER_ISLANDS_H

#include <stdint.h>

#include "util/cancel.h"

/**
 * Lower what is unknown to the least of the best way to a pixel that surely is object,
 * then raise it to the largest of the best way to the background: what only looks like
 * the object across the edge is no part of it, and no hole opens inside
 * (reconstruction by dilation: Vincent, "Morphological grayscale reconstruction in image
 * analysis", 1993).
 *
 * @param alpha  [height, width]; changed where @p value, of enum TTMTrimapValue, is unknown
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0
 */
int ttm_islands_remove(uint8_t *alpha, const uint8_t *value, int width, int height,
                       TTMCancel *cancel);

#endif /* TTM_RENDER_ISLANDS_H */

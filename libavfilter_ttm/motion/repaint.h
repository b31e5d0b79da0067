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

/** @file Trajectories as people draw them, in ttm's own colours on black. */

#ifndef TTM_MOTION_REPAINT_H
#define TTM_MOTION_REPAINT_H

#include <stddef.h>
#include <stdint.h>

#include "util/cancel.h"

/** The colours of a trajectory: those of the masks in its first frame. */
typedef struct TTMPaints {
    const uint8_t (*colours)[3];    ///< of objects 1 ..
    int objects;
    uint8_t background[3];
    TTMCancel *cancel;              ///< what gives up repainting, or NULL
} TTMPaints;

/**
 * Whether the nearest colour would be wrong at soft edges or on the background:
 * where that is not black, where two colours are near each other (label maps)
 * or where one is a mixture of two others (dark shades of a palette). What
 * ttm's own colours on black are painted with is left as it is, tints included.
 */
int ttm_repaint_needed(const TTMPaints *paints);

/**
 * Repaint a frame: each object in ttm_object_colour(), all else black, edges
 * mixed with black where the background shines through. Pixels of a colour that
 * is a mixture of others go to one of these unless they are part of 3 x 3 of
 * it, where any are.
 *
 * @param rgb  [height, width, 3], may be @p out
 * @param out  [height, width, 3]
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0
 */
int ttm_repaint(const TTMPaints *paints, const uint8_t *rgb, int width,
                int height, uint8_t *out);

#endif /* TTM_MOTION_REPAINT_H */

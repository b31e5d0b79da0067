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

/** @file Fit of the still's objects to a trajectory that is given. */

#ifndef TTM_MOTION_REGISTER_H
#define TTM_MOTION_REGISTER_H

#include "motion/fit.h"

/**
 * A trajectory that is given: frames of any size, of which one pixel in the
 * middle of each of width x height cells is kept.
 */
typedef struct TTMDrawn {
    int width, height;
    int frame_width, frame_height;  ///< of the frames themselves
    const uint8_t *rgb;             ///< [frames, height, width, 3]
    const uint8_t *ids;             ///< [frames, height, width]
    int tinted;                     ///< its colours may be tints (motion/tint.h)
    const uint8_t (*colours)[3];    ///< of objects 1 ..
} TTMDrawn;

/** Position in the frame of the pixel that is kept for cell @p i of @p cells. */
static inline float ttm_drawn_position(int i, int cells, int pixels)
{
    return (float)((2 * (int64_t)i + 1) * pixels / (2 * cells)) + 0.5f;
}

/**
 * Fit the objects of the still to a trajectory that is given, so that shapes
 * that were moved come back as they were moved: least squares between the true
 * mask, moved, and each drawn one. Pixels of other objects and beyond the
 * border say nothing, so that hidden parts do not pull. Nothing is smoothed; the
 * scale is 1 where another explains the drawing no better.
 *
 * @param fit    made by ttm_fit_create() from the same trajectory: its frame 0
 *               is kept, the rest replaced
 * @param ids    [height, width] of the still
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_fit_register(TTMFit *fit, const uint8_t *ids, int width, int height,
                     const TTMDrawn *drawn);

#endif /* TTM_MOTION_REGISTER_H */

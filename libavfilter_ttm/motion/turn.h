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


/** @file Turn of an object over a clip: from the tints of its masks. */

#ifndef TTM_MOTION_TURN_H
#define TTM_MOTION_TURN_H

#include "motion/register.h"

/** What a frame shows of an object's tint (motion/tint.h). */
typedef struct TTMTintSeen {
    double level;               ///< mean, of inner pixels where there are some
    int pixels;                 ///< that the object has
} TTMTintSeen;

/**
 * Tints of a predicted trajectory. Inner pixels are those whose four neighbours are
 * of the same object: others are mixed with what is beside them.
 *
 * @param ids     [frames, height, width]; those of frame 0 are the still's
 * @param levels  the same; of frame 0 they do not matter
 * @param seen    [objects, frames]; of no use where @p cancel says to stop
 */
void ttm_tints_seen(const uint8_t *ids, const uint8_t *levels, int frames,
                    int width, int height, int objects, TTMTintSeen *seen,
                    TTMCancel *cancel);

/** Tints of a trajectory that is given, as exactly as its colours say them. */
void ttm_tints_drawn(const TTMDrawn *drawn, int frames, int objects,
                     TTMTintSeen *seen, TTMCancel *cancel);

/**
 * Turns of a fit from predicted tints, smoothed over the frames in which enough of
 * the object is seen and the scale of tints has not ended, and beyond, outliers counting less (Huber); all are exactly 0 but of what
 * turns steadily, far and clockwise, as predicted tints waver and darken. @p seen [objects, frames].
 * TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_turns_fit(TTMFit *fit, const TTMTintSeen *seen);

/**
 * The same from drawn tints: as drawn, on a line from one frame that tells it to
 * the next. An object in its plain colour, or hidden, tells nothing; one that is so
 * in all frames does not turn.
 */
void ttm_turns_drawn(TTMFit *fit, const TTMTintSeen *seen);

#endif /* TTM_MOTION_TURN_H */

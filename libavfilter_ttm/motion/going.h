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

/** @file How the motion of an object goes on, and how it comes back to its begin. */

#ifndef TTM_MOTION_GOING_H
#define TTM_MOTION_GOING_H

#include "motion/fit.h"

/** What becomes of an object, or of its shape, behind the end of the trajectory. */
enum TTMAfter {
    TTM_AFTER_REST,             ///< it stays as it is
    TTM_AFTER_GO_ON,            ///< at its last speed; scales come to rest
    TTM_AFTER_REPEAT,           ///< its last period once more, and again
    TTM_AFTER_RETURN,           ///< back along its way, and forth
};

/** How one object goes on. */
typedef struct TTMGoing {
    enum TTMAfter way;          ///< of its place, turn and scale
    int period;                 ///< frames that are repeated
    int turns_on;               ///< each period begins as far turned as the last one ended
    TTMMotion speed;            ///< a frame, of what goes on
    float reach;                ///< it goes on slower and slower, as far as it would in so many
                                ///< frames; INFINITY: it does not slow down
    enum TTMAfter shape;        ///< of the corners of its lattice: never TTM_AFTER_GO_ON
    int shape_period;
} TTMGoing;

/** How one object of a clip that is a loop comes back to its begin. */
typedef struct TTMRound {
    int span;                   ///< frames from the first that are repeated; 0: none, it
                                ///< goes to the end of its way and back
    int times;                  ///< that they are, in a loop
    float turn;                 ///< radians that are added over the loop, so that it ends
                                ///< as it began
} TTMRound;

/**
 * Find how object @p id goes on. What comes back to where and how it was repeats
 * itself, with the period that fits place, turn, speed and shape best; a spin, of over a
 * radian, need not come back to its turn. What has turned back without that, or moves in
 * place, returns; paths go on at their last speed or, where they had come to rest, stay.
 */
void ttm_going_find(const TTMFit *fit, int id, TTMGoing *going);

/**
 * The same of a loop, in which what does not repeat itself goes there and back @p returns
 * times: what comes back to its first frame repeats the frames until then, as fast as it
 * was, as often as there is time.
 */
void ttm_round_find(const TTMFit *fit, int id, int returns, TTMRound *round);

#endif /* TTM_MOTION_GOING_H */

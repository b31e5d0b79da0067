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
 * A trajectory as a function of time: where objects are between its frames, and how they
 * go on behind its end.
 */

#ifndef TTM_MOTION_COURSE_H
#define TTM_MOTION_COURSE_H

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
    enum TTMAfter shape;        ///< of the corners of its lattice: never TTM_AFTER_GO_ON
    int shape_period;
} TTMGoing;

/** A fit, and what comes after it. */
typedef struct TTMCourse {
    const TTMFit *fit;          ///< not owned, must stay
    TTMGoing *going;            ///< [objects]
} TTMCourse;

/**
 * Position among @p from frames, from 0 to from - 1, of frame @p t of @p to: the
 * first frame stays the first and the last the last. A single frame is the first.
 */
static inline double ttm_course_position(int t, int to, int from)
{
    return to > 1 ? (double)t * (from - 1) / (to - 1) : 0;
}

/**
 * Find how the objects of @p fit go on. What comes back to where and how it was repeats
 * itself, with the period that fits place, turn, speed and shape best; a spin, of over a
 * radian, need not come back to its turn. What has turned back without that, or moves in
 * place, returns; paths go on at their last speed or, where they had come to rest, stay.
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_course_create(TTMCourse *course, const TTMFit *fit);
void ttm_course_free(TTMCourse *course);

/**
 * Where object @p id is at position @p at >= 0, in frames of the fit: exactly its frame
 * where that is a whole number, else on a curve that is smooth and does not swing beyond
 * the frames beside it (Steffen, "A simple method for monotonic interpolation in one
 * dimension", 1990).
 */
void ttm_course_motion(const TTMCourse *course, int id, double at, TTMMotion *motion);

/**
 * The same of the corners of an object's lattice, [nb_corners], which move with @p now,
 * its motion there.
 */
void ttm_course_corners(const TTMCourse *course, int id, double at, const TTMMotion *now,
                        float (*corners)[2]);

#endif /* TTM_MOTION_COURSE_H */

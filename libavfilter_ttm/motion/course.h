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
 * go on behind its end, or come back to its begin.
 */

#ifndef TTM_MOTION_COURSE_H
#define TTM_MOTION_COURSE_H

#include "motion/going.h"

/** A fit, and what comes after it. */
typedef struct TTMCourse {
    const TTMFit *fit;          ///< not owned, must stay
    TTMGoing *going;            ///< [objects]
    TTMRound *round;            ///< [objects] of a loop, NULL: it is none
    int returns;                ///< times that a loop goes to the end and back, 0: none
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
 * Position among @p frames frames at @p time of a loop, 0 to 1, in which they go to the
 * last one and back @p returns times, slowly at both.
 */
double ttm_course_returning(int frames, int returns, double time);

/**
 * Find how the objects of @p fit go on (motion/going.h), and how they come back to their
 * begin in a loop that goes to the end and back @p returns times; 0: it is none.
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_course_create(TTMCourse *course, const TTMFit *fit, int returns);
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

/** Frame of the fit, not rounded, that object @p id is like at @p time of a loop, 0 to 1. */
double ttm_course_round_frame(const TTMCourse *course, int id, double time);

/** ttm_course_motion() at @p time of a loop: the same at 0 and at 1. */
void ttm_course_round_motion(const TTMCourse *course, int id, double time,
                             TTMMotion *motion);

/** ttm_course_corners() at @p time of a loop. */
void ttm_course_round_corners(const TTMCourse *course, int id, double time,
                              const TTMMotion *now, float (*corners)[2]);

#endif /* TTM_MOTION_COURSE_H */

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

/** @file A fit and the ids of a frame at any moment of a trajectory. */

#ifndef TTM_MOTION_MOMENT_H
#define TTM_MOTION_MOMENT_H

#include <stdint.h>

#include "motion/course.h"

/** What a moment is made of; nothing is owned, all must stay. */
typedef struct TTMMomentSource {
    const TTMCourse *course;
    const uint8_t *first;       ///< [height, width] of the fit, ids of the still
    const uint8_t *ids;         ///< [frames, height, width], of the networks' frames
    int frames;                 ///< of them, over the whole of the trajectory
    int refined;                ///< ids are the still's shapes, moved
} TTMMomentSource;

/** One moment. Not from two threads at once. */
typedef struct TTMMoment {
    TTMMomentSource s;
    TTMFit fit;                 ///< of two frames: that of the still, and the moment
    uint8_t *ids;               ///< [2, height, width], the same
    double at;                  ///< where it is, in frames of the course; -1: nowhere yet
    double round;               ///< the same of a loop, 0 to 1; -1: not in one
} TTMMoment;

/** The moment is nowhere yet. TTM_ERR_MEMORY (no message) or 0. */
int ttm_moment_create(TTMMoment *moment, const TTMMomentSource *source);
void ttm_moment_free(TTMMoment *moment);

/**
 * Go to position @p at >= 0, in frames of the course. Frame 1 of fit and ids is that of
 * there; where a frame of the networks is at it, exactly its ids. TTM_ERR_MEMORY or
 * TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_moment_go(TTMMoment *moment, double at);

/**
 * Go to @p time of a loop, from 0 to 1, on a course that is one: objects are where their
 * rounds have them, the moment's position is that of what goes there and back.
 */
int ttm_moment_go_round(TTMMoment *moment, double time);

/** Whether the moment is exactly at a frame of the networks, and which. */
int ttm_moment_is_frame(const TTMMoment *moment, int *frame);

/** The networks' frame at position @p at, not rounded; that of the end behind it. */
double ttm_moment_frame(const TTMMoment *moment, double at);

#endif /* TTM_MOTION_MOMENT_H */

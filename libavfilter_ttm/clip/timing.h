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

/** @file Frames of a clip, and when they are. */

#ifndef TTM_CLIP_TIMING_H
#define TTM_CLIP_TIMING_H

#include "ttm.h"

/** Frames of a clip, at most. */
#define TTM_MAX_FRAMES 1000000

/** What options ask for, 0: not set. */
typedef struct TTMTimes {
    int frames;
    TTMRational fps;
    double duration, motion_time;   ///< seconds
    int loop;                   ///< the last frame leads into the first
} TTMTimes;

/** When the frames of a clip are. */
typedef struct TTMTiming {
    TTMRational fps;
    int frames;                 ///< of the clip
    int moving;                 ///< over which the motion is spread; it goes on behind them
    int generated;              ///< that networks make; of a draft, of the trajectory
    int returns;                ///< times that a loop goes to the end and back, 0: none
    int eased;                  ///< the motion begins and ends slowly by itself
} TTMTiming;

/** Options as the context has them now. */
TTMTimes ttm_times_asked(const TTMContext *ctx);

/** Both frames and a duration, or too many frames: TTM_ERR_ARGUMENT after a log line. */
int ttm_times_check(const TTMContext *ctx, const TTMTimes *asked);

/**
 * Frames of a clip of @p mode. Without options they are as long as the bundle's, or as
 * many as the trajectory of @p drawn frames, 0: none. Networks make as many as there
 * are, at most as many as they were made for; a motion lasts for the clip, at most twice as
 * long as the bundle's, and one that was drawn for all of it. A loop goes there and back,
 * so it is twice as long, less the two frames that would come twice, and its motion
 * half as long.
 */
TTMTiming ttm_timing(const TTMContext *ctx, const TTMTimes *asked, int mode, int drawn);

/** Position of frame @p index of a clip that is no loop in a motion of @p frames frames, or
 * behind it. */
double ttm_timing_position(const TTMTiming *timing, int index, int frames);

/** Time of frame @p index in a loop, 0 to 1. */
double ttm_timing_round(const TTMTiming *timing, int index);

/** Time of frame @p index, 1: the motion is over. A loop ends with a whole number. */
double ttm_timing_phase(const TTMTiming *timing, int index);

/** Frames of the clip, from the first, that @p made of the networks' are enough for. */
int ttm_timing_ready(const TTMTiming *timing, int made);

#endif /* TTM_CLIP_TIMING_H */

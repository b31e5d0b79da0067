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

/** @file Units of work: the predicted trajectory, and the fit of the objects to it. */

#ifndef TTM_CLIP_TRAJECTORY_H
#define TTM_CLIP_TRAJECTORY_H

#include <stdint.h>

#include "clip/latents.h"
#include "motion/moment.h"
#include "ttm.h"

typedef struct TTMTrajectory {
    uint8_t *predicted;         ///< ids [frames, height, width] at stage 1's size
    uint8_t *levels;            ///< the same of tints; NULL: not tinted
    uint8_t *ids;               ///< [frames, height, width] of the networks' frames, at
                                ///< stage 2's size
    uint8_t *told;              ///< the same before refinement; of masks of drafts, else NULL
    TTMVideo video;             ///< of the frames, while they are decoded
    TTMFit fit;                 ///< of as many frames as were predicted or drawn
    TTMCourse course;           ///< the same as a function of time
    TTMMoment moment;           ///< where frames are looked at
} TTMTrajectory;

/** Frames of latent frame @p unit as stage 1 predicts them; frame 0 is given. */
int ttm_clip_predict(TTMContext *ctx, int unit);
/** Ids and fit, from what was predicted or drawn. */
int ttm_clip_fit(TTMContext *ctx, int unit);
/** Go to position @p at of the fit: frame 1 of the moment. Negative after a log line. */
int ttm_clip_go(TTMContext *ctx, double at);

/** The same to @p time of a clip that is a loop, 0 to 1. */
int ttm_clip_go_round(TTMContext *ctx, double time);
void ttm_trajectory_free(TTMTrajectory *trajectory, TTMBackend *backend);

#endif /* TTM_CLIP_TRAJECTORY_H */

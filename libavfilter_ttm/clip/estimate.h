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

/** @file How long a clip will take, told before its first network runs. */

#ifndef TTM_CLIP_ESTIMATE_H
#define TTM_CLIP_ESTIMATE_H

#include "graph/cost.h"
#include "model/networks.h"
#include "ttm.h"

/** One run of each network of a clip, and what of the denoisers runs once. */
typedef struct TTMEfforts {
    TTMEffort text, encoder[TTM_STAGE_NB], decoder[TTM_STAGE_NB];
    TTMEffort next_encoder[TTM_STAGE_NB], next_decoder[TTM_STAGE_NB];   ///< causal ones
    TTMEffort step[TTM_STAGE_NB], once[TTM_STAGE_NB];
    TTMEffort segmenter, segmenter_once;        ///< a question to it; what a still takes
} TTMEfforts;

/** Parts of a clip, as its units of work (phases.c), and the frames behind them. */
enum TTMTask {
    TTM_TASK_OBJECTS, TTM_TASK_TEXT, TTM_TASK_ENCODE_MOTION, TTM_TASK_STAGE_MOTION,
    TTM_TASK_TRAJECTORY, TTM_TASK_FIT, TTM_TASK_ENCODE_VIDEO, TTM_TASK_STAGE_VIDEO,
    TTM_TASK_BACKGROUND, TTM_TASK_DECODE, TTM_TASK_FRAMES, TTM_TASK_NB
};

typedef struct TTMEstimate {
    double operations[TTM_STAGE_NB];    ///< of all steps of a stage
    double seconds[TTM_TASK_NB];
    double total;               ///< seconds
    int known;                  ///< 0: as the device's speed is not, only their shares mean
                                ///< something
} TTMEstimate;

/** The seconds as they are told: a stage, text encoder and VAE, pictures. */
double ttm_estimate_stage(const TTMEstimate *estimate, int stage);
double ttm_estimate_codec(const TTMEstimate *estimate);
double ttm_estimate_pictures(const TTMEstimate *estimate);

/**
 * Estimate the clip in progress from its networks' efforts and the device's speed,
 * which is measured at the context's first clip with no more than @p limit bytes,
 * and print it: ctx->clip.pace.estimate.
 */
int ttm_clip_estimate(TTMContext *ctx, const TTMEfforts *efforts, size_t limit);

#endif /* TTM_CLIP_ESTIMATE_H */

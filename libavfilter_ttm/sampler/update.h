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
 * One denoising step on the device: guidance and the scheduler's linear update
 * as one TTM_OP_COMBINE: one pass over the latents, one dispatch on a GPU.
 * Multistep solvers take two more, over what they keep of former steps.
 */

#ifndef TTM_SAMPLER_UPDATE_H
#define TTM_SAMPLER_UPDATE_H

#include "run/network.h"
#include "sampler/scheduler.h"

/** Conditions of a forward, in the order of guidance weights. */
enum TTMGuidancePass {
    TTM_PASS_NONE,          ///< e(0, 0)
    TTM_PASS_IMAGE,         ///< e(I, 0)
    TTM_PASS_FULL,          ///< e(I, T)
    TTM_PASS_NB
};

/**
 * Weights of the three forwards, InstructPix2Pix's guidance with the visual
 * conditions as the image: e = e(0,0) + image (e(I,0) - e(0,0)) +
 * text (e(I,T) - e(I,0)). They add up to 1; a forward of weight 0 need not
 * be computed.
 */
void ttm_guidance_weights(double image, double text,
                          float weights[TTM_PASS_NB]);

/** What an update works on. */
typedef struct TTMUpdateShape {
    int frames, height, width, channels;    ///< of the latents
    int nb_outputs;         ///< forwards a step, 1 .. TTM_PASS_NB
    int base_frames;        ///< 0: no residual base, 1: one image, else frames
    int first_given;        ///< frame 0 is put back after the step
    int order;              ///< ttm_scheduler_order()
    int rows;               ///< steps of their own for as many rows; 0 as 1: for all
} TTMUpdateShape;

/** What a multistep solver keeps of former steps, like the latents. */
typedef struct TTMHistory {
    TTMTensor corrected[2];             ///< latents, of this step and of the last
    TTMTensor estimate[TTM_MAX_ORDER + 1];  ///< a ring
    int steps;                          ///< that were done
} TTMHistory;

typedef struct TTMUpdate {
    TTMUpdateShape shape;
    TTMBackend *backend;
    TTMNetwork *network;    ///< x_next, or the estimate of a multistep solver
    TTMNetwork *correct, *advance;  ///< of multistep solvers
    TTMHistory history;
    float *coefficients;    ///< [rows, values]
} TTMUpdate;

/** Rows are frames or all positions; multistep solvers have no rows of their own. */
int ttm_update_create(TTMUpdate *update, TTMBackend *backend,
                      const TTMUpdateShape *shape);
void ttm_update_free(TTMUpdate *update);

/**
 * next = keep * latents + add * sum of weights[i] * outputs[i] + base * base,
 * then frame 0 = first. For a multistep solver this is the estimate, and
 * TTMMultistep tells how next follows from it.
 *
 * @param step           as many as the shape has rows
 * @param latents, next  [frames, height, width, channels], not the same
 * @param outputs        nb_outputs tensors of the same shape
 * @param base           [base_frames, ...] or NULL
 * @param first          [1, height, width, channels] or NULL
 */
int ttm_update_run(TTMUpdate *update, const TTMSchedulerStep *step,
                   const float *weights, const TTMTensor *latents,
                   const TTMTensor *const *outputs, const TTMTensor *base,
                   const TTMTensor *first, const TTMTensor *next);

/** Number of floats that ttm_update_save() writes; 0 for one-step methods. */
int64_t ttm_update_saved(const TTMUpdate *update);

/** Copy what former steps left to the host, in f32. */
int ttm_update_save(TTMUpdate *update, float *saved);

/** Go on from what was saved after @p steps steps. */
int ttm_update_load(TTMUpdate *update, const float *saved, int steps);

#endif /* TTM_SAMPLER_UPDATE_H */

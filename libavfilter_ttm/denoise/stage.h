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

/** @file One stage: the conditions on the device and its denoising steps. */

#ifndef TTM_DENOISE_STAGE_H
#define TTM_DENOISE_STAGE_H

#include "model/networks.h"
#include "sampler/update.h"

/** What a stage is told. Latents are [.., height, width, channels], borrowed. */
typedef struct TTMStageSetup {
    int stage;                  ///< enum TTMStageIndex
    int frames, width, height;  ///< of the latents
    int pictures;               ///< frames of the clip
    int objects;
    int steps;
    double guidance, image_guidance;
    int64_t seed;
    const TTMTensor *image;     ///< [1, ...] E(still)
    const TTMTensor *mask;      ///< [frames, ...] E(masks)
    const TTMTensor *carried;   ///< [frames, ...], not used where not an input
    const TTMTensor *first;     ///< the clean first frame, frame 0 of it
    const uint8_t *ids;         ///< [pictures or 1, ids_height, ids_width]
    int ids_width, ids_height;
    /* hidden states [tokens, dim] of the text, [objects, tokens, dim] of locals */
    const TTMTensor *text, *text_empty, *locals, *locals_empty;
} TTMStageSetup;

typedef struct TTMStage TTMStage;

/** Prepare a stage; the setup's arrays, but not its tensors, can go then. */
int ttm_stage_create(TTMStage **stage, TTMModels *models,
                     const TTMStageSetup *setup);
void ttm_stage_free(TTMStage **stage);

/**
 * Denoising step @p index: up to three forwards and the update. Latents that are
 * not finite then are TTM_ERR_FORMAT (damaged weights), or TTM_ERR_PRECISION where
 * the device computes in less than f32.
 */
int ttm_stage_step(TTMStage *stage, int index);

/** Take the latents [frames, ...] after the last step; the caller frees them. */
void ttm_stage_take(TTMStage *stage, TTMTensor *latents);

/** Number of floats that ttm_stage_save() writes. */
int64_t ttm_stage_saved(const TTMStage *stage);

/** Copy to the host, after a step, what later steps need: latents, and of multistep solvers more. */
int ttm_stage_save(TTMStage *stage, float *saved);
/** Go on from what was saved after @p steps steps, in a stage like that one. */
int ttm_stage_load(TTMStage *stage, const float *saved, int steps);

/** Forwards a step with these guidance scales. */
int ttm_stage_forwards(double guidance, double image_guidance);

#endif /* TTM_DENOISE_STAGE_H */

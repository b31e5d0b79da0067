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

/** @file Units of work: the denoising steps of a stage. */

#ifndef TTM_CLIP_STEPS_H
#define TTM_CLIP_STEPS_H

#include "denoise/stage.h"

typedef struct TTMDenoised {
    TTMStage *stage;            ///< the one under way
    TTMTensor latents;          ///< of the last one that ended, [frames, ...]
} TTMDenoised;

/** Step @p unit; steps that are saved (recover.h) are not done again. */
int ttm_clip_step_motion(TTMContext *ctx, int unit);
int ttm_clip_step_video(TTMContext *ctx, int unit);
void ttm_denoised_free(TTMDenoised *denoised, TTMBackend *backend);

#endif /* TTM_CLIP_STEPS_H */

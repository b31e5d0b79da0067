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

/** @file Units of work: the conditions of a stage as latents. */

#ifndef TTM_CLIP_ENCODE_H
#define TTM_CLIP_ENCODE_H

#include "clip/latents.h"
#include "model/networks.h"
#include "render/carry.h"
#include "render/colours.h"

/** Latents on the device, [latent frames, height, width, channels]. */
typedef struct TTMEncoded {
    TTMTensor still[TTM_STAGE_NB];  ///< one frame
    TTMTensor masks[TTM_STAGE_NB];
    TTMTensor carried;          ///< of stage 2, where it asks for it
    TTMVideo masks_video, carried_video;    ///< of the stage under way
    TTMColours colours[TTM_STAGE_NB];   ///< of ids, and the other way round
    TTMCarry *carry;
} TTMEncoded;

/**
 * Unit 0: the still. Unit 1: the masks of its objects, which stay the same in all frames;
 * where latent frames depend on those before, one of them a unit.
 */
int ttm_clip_encode_motion(TTMContext *ctx, int unit);
/** Unit 0: the still, which is the carried image of frame 0; then a latent frame a unit. */
int ttm_clip_encode_video(TTMContext *ctx, int unit);
/** 1 where stage 2 wants the still carried along the trajectory. */
int ttm_clip_uses_carried(const TTMContext *ctx);
void ttm_encoded_free(TTMEncoded *encoded, TTMBackend *backend);

#endif /* TTM_CLIP_ENCODE_H */

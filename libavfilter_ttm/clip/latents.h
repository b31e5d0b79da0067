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

/** @file Pictures to latents and back, for the clip's sizes. */

#ifndef TTM_CLIP_LATENTS_H
#define TTM_CLIP_LATENTS_H

#include "run/stream.h"
#include "ttm.h"

/**
 * A video on its way to latents or back, picture by picture in their order. Zeroed, it
 * is at its beginning.
 */
typedef struct TTMVideo {
    TTMStream stream;
    TTMTensor picture;          ///< one of several of a latent frame, else not there
    int pictures;               ///< that were encoded so far
    int latents;                ///< latent frames, both ways
} TTMVideo;

void ttm_video_free(TTMVideo *video, TTMBackend *backend);

/** Elements of one frame's latents at a stage's size. */
int64_t ttm_latents_size(const TTMContext *ctx, int stage);

/** Latent frames of the clip. */
int ttm_clip_latents(const TTMContext *ctx);

/** Latents of @p frames frames on the device, in place of those there. */
int ttm_latents_create(TTMContext *ctx, int stage, int frames,
                       TTMTensor *latents);

/** Where the next picture of @p video is written, [1, height, width, 3], -1 .. 1. */
int ttm_latents_input(TTMContext *ctx, int stage, TTMVideo *video,
                      const TTMTensor **image);

/** Encode what was written there; latent frames are done with their last picture. */
int ttm_latents_encode(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents);

/** The picture that was encoded last once more, where pictures do not depend on others. */
int ttm_latents_repeat(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents);

/**
 * Decode the next latent frame of @p latents to @p nb pictures [nb, height, width, 3],
 * valid until the next.
 */
int ttm_latents_decode(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents, const TTMTensor **images, int *nb);

/** Picture @p index of decoded @p images by itself, valid until the next. */
int ttm_latents_picture(TTMContext *ctx, TTMVideo *video, const TTMTensor *images,
                        int index, const TTMTensor **image);

#endif /* TTM_CLIP_LATENTS_H */

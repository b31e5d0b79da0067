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

/** @file Units of work: the frames of stage 2 as pictures. */

#ifndef TTM_CLIP_DECODE_H
#define TTM_CLIP_DECODE_H

#include "clip/latents.h"

/** On the device, [frames, height, width, 3] in -1 .. 1 at stage 2's size. */
typedef struct TTMPictures {
    TTMTensor frames;
    TTMTensor still;            ///< what the VAE makes of the still
    TTMVideo video;             ///< of the frames, while they are decoded
} TTMPictures;

/** What the frames are made with: the decoded still, what moving objects uncover. */
int ttm_clip_make_background(TTMContext *ctx, int unit);
/** A latent frame a unit. */
int ttm_clip_decode(TTMContext *ctx, int unit);
void ttm_pictures_free(TTMPictures *pictures, TTMBackend *backend);

#endif /* TTM_CLIP_DECODE_H */

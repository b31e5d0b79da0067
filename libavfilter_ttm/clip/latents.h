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

#include "backend/backend.h"
#include "ttm.h"

/** Elements of one frame's latents at a stage's size. */
int64_t ttm_latents_size(const TTMContext *ctx, int stage);

/** Latents of @p frames frames on the device, in place of those there. */
int ttm_latents_create(TTMContext *ctx, int stage, int frames,
                       TTMTensor *latents);

/** The encoder's input [1, height, width, 3], -1 .. 1: what is written next is encoded. */
int ttm_latents_input(TTMContext *ctx, int stage, const TTMTensor **image);

/** Encode the encoder's input into frames @p t to @p t + @p nb of latents. */
int ttm_latents_encode(TTMContext *ctx, int stage, const TTMTensor *latents,
                       int t, int nb);

/** Decode frame @p t of latents; @p image is valid until the next. */
int ttm_latents_decode(TTMContext *ctx, int stage, const TTMTensor *latents,
                       int t, const TTMTensor **image);

#endif /* TTM_CLIP_LATENTS_H */

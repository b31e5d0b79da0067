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

/** @file Sizes of the frames and of the networks' images. */

#ifndef TTM_CLIP_SIZES_H
#define TTM_CLIP_SIZES_H

#include "ttm.h"

/** Size of the frames that a still of @p width x @p height gives. */
void ttm_clip_output_size(const TTMContext *ctx, int width, int height,
                          int *out_width, int *out_height);

/**
 * Size at which a stage runs for @p still, whose pixels are not read, and an option
 * generation_size or NULL. By the still's aspect as displayed: networks know
 * pictures of square pixels, and objects turn in those.
 */
void ttm_clip_stage_size(const TTMContext *ctx, const TTMImage *still,
                         const char *size, int stage, int *width, int *height);

/** Warn where the option generation_size has another aspect than @p still. */
void ttm_clip_check_aspect(const TTMContext *ctx, const TTMImage *still);

/** Whether the networks make as many frames of the clip's sizes. */
int ttm_clip_check_frames(const TTMContext *ctx);

/** Frames of the clip, or of one that would begin now. */
int ttm_clip_frames(const TTMContext *ctx);
/** Its rate. */
TTMRational ttm_clip_frame_rate(const TTMContext *ctx);

#endif /* TTM_CLIP_SIZES_H */

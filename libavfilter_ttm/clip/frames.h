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

/** @file Frames of the clip at the output's size. */

#ifndef TTM_CLIP_FRAMES_H
#define TTM_CLIP_FRAMES_H

#include "backend/backend.h"

/** Frame @p index, which is ready, into @p frame, which has the output's size. */
int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame);
/**
 * The same on the device: RGB, U8 [height, width, 3 * bytes], 1 or 2 bytes a sample,
 * valid until the next frame is asked for. Not where ttm_clip_on_host().
 */
int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame);
/** 1 where frames are finished on the host: trajectories, objects, masks of drafts, alpha. */
int ttm_clip_on_host(const TTMContext *ctx);

#endif /* TTM_CLIP_FRAMES_H */

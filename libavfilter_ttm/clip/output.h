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

/** @file What frames of the output's size are composed with. */

#ifndef TTM_CLIP_OUTPUT_H
#define TTM_CLIP_OUTPUT_H

#include <stdint.h>

#include "backend/backend.h"
#include "render/detail.h"
#include "render/tween.h"
#include "ttm.h"
#include "util/palette.h"
#include "util/thread.h"

/** Made before the frames, or when one of another depth is asked for. */
typedef struct TTMOutput {
    int width, height;
    int bytes;                  ///< of a sample, for which detail is made
    const uint8_t *ids;         ///< of the still, [height, width]
    uint8_t *own_ids;           ///< the same, where the still has another size
    TTMTensor still;            ///< packed; not there where the still is used as it is
    TTMDetail *detail;
    TTMTensor alpha, alpha_plate;   ///< of a still that is not opaque, packed as `still`
    TTMDetail *alpha_detail;    ///< the same, of its frames
    TTMTween tween;             ///< pictures between those of the network
    int box[TTM_MAX_OBJECTS][4];    ///< of a plan: ttm_regions_box() of the ids
    TTMPool *pool;              ///< of a plan: draws its rows
} TTMOutput;

/** Make what is of the size: the still's ids; a plan is drawn with more. */
int ttm_output_prepare(TTMContext *ctx, int width, int height);
/** Make what frames of @p bytes a sample are composed with, after it; not of a plan. */
int ttm_output_detail(TTMContext *ctx, int bytes);
/**
 * Make both for the size that is set and the still's depth; otherwise the first frame
 * that is asked for does.
 */
int ttm_output_make(TTMContext *ctx);
void ttm_output_free(TTMOutput *output, TTMBackend *backend);

#endif /* TTM_CLIP_OUTPUT_H */

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

#include "clip/frames.h"

#include "clip/context.h"
#include "clip/doubtful.h"
#include "clip/planned.h"
#include "render/pictures.h"
#include "util/choices.h"

int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame)
{
    int ret = ttm_output_prepare(ctx, width, height);

    if (ret >= 0)
        ret = ttm_output_detail(ctx, bytes);
    return ret < 0 ? ret : ttm_detail_compose(ctx->clip.made.output.detail,
                                              index, frame);
}

/* Compose frame @p index and read it. */
static int read_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    const TTMTensor *tensor;
    int ret = ttm_clip_device_frame(ctx, index, frame->width, frame->height,
                                    frame->format == TTM_PIXEL_RGB16 ? 2 : 1,
                                    &tensor);

    return ret < 0 ? ret : ttm_picture_download(ctx->backend, tensor, frame);
}

int ttm_clip_on_host(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;

    return g->mode == TTM_MODE_PLAN || g->emit == TTM_EMIT_MASK;
}

int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    int ret = ttm_clip_make_ready(ctx, index);

    if (ret >= 0 && ctx->clip.given.mode == TTM_MODE_PLAN) {
        ret = ttm_output_prepare(ctx, frame->width, frame->height);
        if (ret >= 0)
            ret = ttm_clip_draw_plan(ctx, index, frame);
        return ret;
    }
    if (ret >= 0)
        ret = read_frame(ctx, index, frame);
    if (ret >= 0 && ctx->clip.given.emit == TTM_EMIT_MASK)
        ret = ttm_clip_add_new(ctx, index, frame);
    if (ret >= 0 || !ttm_clip_may_recover(ctx))
        return ret;
    ret = ttm_clip_recover(ctx);
    return ret < 0 ? ret : ttm_clip_frame(ctx, index, frame);
}

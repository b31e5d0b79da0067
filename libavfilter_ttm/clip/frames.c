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

#include <stdlib.h>

#include "clip/context.h"
#include "clip/doubtful.h"
#include "clip/labelled.h"
#include "clip/matte.h"
#include "clip/planned.h"
#include "clip/view.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/matte.h"

/* Go to frame @p index of the clip. */
static int go(TTMContext *ctx, int index)
{
    const TTMTiming *timing = &ctx->clip.given.timing;

    return timing->returns ? ttm_clip_go_round(ctx, ttm_timing_round(timing, index)) :
           ttm_clip_go(ctx, ttm_timing_position(timing, index,
                                                ctx->clip.made.trajectory.fit.frames));
}

/* What frame @p index is composed of. */
static int describe(TTMContext *ctx, int index, TTMDetailFrame *f)
{
    const TTMMoment *now = &ctx->clip.made.trajectory.moment;
    const size_t pixels = (size_t)now->fit.width * (size_t)now->fit.height;
    int ret = go(ctx, index);

    *f = (TTMDetailFrame){ .fit = &now->fit, .t = 1, .ids = now->ids + pixels,
                           .time = ttm_timing_phase(&ctx->clip.given.timing, index),
                           .untouched = index == 0 };
    if (ttm_view_moves(ctx))
        f->window = ttm_view_window(ctx, index);
    return ret;
}

/* The network's picture of the clip's moment, where there is one. */
static int add_picture(TTMContext *ctx, TTMDetailFrame *f)
{
    TTMMade *m = &ctx->clip.made;
    const TTMMoment *now = &m->trajectory.moment;
    int ret;

    if (!m->pictures.frames.buffer || ttm_moment_is_frame(now, &f->picture))
        return 0;
    ret = ttm_tween_make(&m->output.tween, ctx->backend, &m->pictures.frames, now);
    f->between = m->output.tween.mixed;
    return ret;
}

int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame)
{
    TTMDetailFrame f;
    int ret = ttm_output_prepare(ctx, width, height);

    if (ret >= 0)
        ret = ttm_output_detail(ctx, bytes);
    if (ret >= 0)
        ret = describe(ctx, index, &f);
    if (ret >= 0)
        ret = add_picture(ctx, &f);
    return ret < 0 ? ret : ttm_detail_compose(ctx->clip.made.output.detail, &f, frame);
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

/* Compose frame @p index and its alpha, and read both as one. */
static int read_with_alpha(TTMContext *ctx, int index, TTMImage *frame)
{
    TTMOutput *o = &ctx->clip.made.output;
    const TTMTensor *flat, *alpha;
    TTMImage colours = { 0 }, alphas = { 0 };
    TTMDetailFrame f;
    int ret = ttm_clip_device_frame(ctx, index, frame->width, frame->height, 2, &flat);

    if (ret >= 0)
        ret = describe(ctx, index, &f);
    if (ret >= 0)
        ret = ttm_detail_compose(o->alpha_detail, &f, &alpha);
    if (ret >= 0 && (ttm_image_alloc(&colours, TTM_PIXEL_RGB16, frame->width,
                                     frame->height) < 0 ||
                     ttm_image_alloc(&alphas, TTM_PIXEL_RGB16, frame->width,
                                     frame->height) < 0))
        ret = ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    if (ret >= 0)
        ret = ttm_picture_download(ctx->backend, flat, &colours);
    if (ret >= 0)
        ret = ttm_picture_download(ctx->backend, alpha, &alphas);
    if (ret >= 0)
        ttm_matte_join(&colours, &alphas, frame);
    free(colours.data);
    free(alphas.data);
    return ret;
}

int ttm_clip_on_host(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;

    return ttm_clip_has_alpha(ctx) || g->mode == TTM_MODE_PLAN ||
           g->mode == TTM_MODE_OBJECTS || g->emit == TTM_EMIT_MASK;
}

/* An opaque frame in a format with alpha. */
static int add_alpha(TTMContext *ctx, int index, TTMImage *frame)
{
    TTMImage rgb;
    int ret = ttm_image_alloc(&rgb, ttm_image_depth(frame->format) == 2 ?
                              TTM_PIXEL_RGB16 : TTM_PIXEL_RGB8, frame->width,
                              frame->height);

    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "out of memory for a frame");
    ret = ttm_clip_frame(ctx, index, &rgb);
    if (ret >= 0)
        ttm_matte_join(&rgb, NULL, frame);
    free(rgb.data);
    return ret;
}

int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    const int mode = ctx->clip.given.mode;
    int ret;

    if (ttm_image_samples(frame->format) == 4 && !ttm_clip_has_alpha(ctx))
        return add_alpha(ctx, index, frame);
    ret = ttm_clip_make_ready(ctx, index);

    if (ret >= 0 && (mode == TTM_MODE_PLAN || mode == TTM_MODE_OBJECTS)) {
        ret = ttm_output_prepare(ctx, frame->width, frame->height);
        if (ret >= 0)
            ret = mode == TTM_MODE_PLAN ? go(ctx, index) : ttm_clip_draw_objects(ctx, frame);
        if (ret >= 0 && mode == TTM_MODE_PLAN)
            ret = ttm_clip_draw_plan(ctx, index, frame);
        return ret;
    }
    if (ret >= 0)
        ret = ttm_clip_has_alpha(ctx) ? read_with_alpha(ctx, index, frame) :
              read_frame(ctx, index, frame);
    if (ret >= 0 && ctx->clip.given.emit == TTM_EMIT_MASK)
        ret = ttm_clip_add_new(ctx, index, frame);
    if (ret >= 0 || !ttm_clip_may_recover(ctx))
        return ret;
    ret = ttm_clip_recover(ctx);
    return ret < 0 ? ret : ttm_clip_frame(ctx, index, frame);
}

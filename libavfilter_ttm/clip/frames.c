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
#include "clip/planned.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/regions.h"

/* Ids at the output's size, made at the first frame; a plan is drawn with more. */
static int prepare_output(TTMContext *ctx, int width, int height)
{
    const TTMImage *still = &ctx->clip.given.still;
    TTMOutput *o = &ctx->clip.made.output;

    if (o->ids)
        return 0;
    o->ids = ttm_array_alloc((size_t)width, (size_t)height);
    if (!o->ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    o->width  = width;
    o->height = height;
    ttm_ids_resize(ctx->clip.made.objects.ids, still->width, still->height,
                   o->ids, width, height);
    if (ctx->clip.given.mode != TTM_MODE_PLAN)
        return 0;
    for (int id = 1; id <= ctx->clip.made.objects.nb; id++)
        ttm_regions_box(o->ids, height, width, id, o->box[id - 1]);
    o->pool = ttm_pool_create(ttm_context_picture_threads(ctx));
    return o->pool ? 0 : ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for threads");
}

static int prepare_detail(TTMContext *ctx, int bytes)
{
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    TTMOutput *o = &m->output;
    const int same = o->width == g->still.width && o->height == g->still.height;
    TTMDetailSource source = {
        .backend = ctx->backend, .still = same ? &m->objects.packed : &o->still,
        .bytes = bytes, .ids = o->ids, .fit = &m->trajectory.fit,
        .first = m->objects.first[1], .trajectory = m->trajectory.ids,
        .decoded = g->mode == TTM_MODE_DRAFT ? NULL : &m->pictures.still,
        .pictures = g->mode == TTM_MODE_DRAFT ? NULL : &m->pictures.frames,
        .opened = g->emit == TTM_EMIT_MASK,
        .refined = g->refine >= TTM_REFINE_SIMILARITY,
        .amount = (float)g->detail, .threads = ttm_context_picture_threads(ctx),
    };
    int ret = 0;

    if (o->detail && o->bytes == bytes)
        return 0;
    ttm_detail_free(&o->detail);
    if (!same && !o->still.buffer)
        ret = ttm_picture_resize(ctx->backend, &m->objects.packed, o->width,
                                 o->height, 0, 2, &o->still);
    if (ret < 0) {
        ttm_tensor_free(ctx->backend, &o->still);
        return ret;
    }
    o->bytes = bytes;
    return ttm_detail_create(&o->detail, &source);
}

int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame)
{
    int ret = prepare_output(ctx, width, height);

    if (ret >= 0)
        ret = prepare_detail(ctx, bytes);
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
        ret = prepare_output(ctx, frame->width, frame->height);
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

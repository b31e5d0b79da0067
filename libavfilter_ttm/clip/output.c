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

#include "clip/output.h"

#include <stdlib.h>

#include "clip/context.h"
#include "clip/sizes.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/regions.h"

int ttm_output_prepare(TTMContext *ctx, int width, int height)
{
    const TTMImage *still = &ctx->clip.given.still;
    TTMOutput *o = &ctx->clip.made.output;
    const int drawn = ctx->clip.given.mode == TTM_MODE_PLAN;

    if (o->ids)
        return 0;
    /* The ids come last: where they are, all is there. */
    if (drawn && !o->pool)
        o->pool = ttm_pool_create(ttm_context_picture_threads(ctx));
    if (drawn && !o->pool)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for threads");
    o->width  = width;
    o->height = height;
    o->ids    = ctx->clip.made.objects.ids;
    if (width != still->width || height != still->height) {
        o->ids = o->own_ids = ttm_array_alloc((size_t)width, (size_t)height);
        if (!o->ids)
            return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
        ttm_ids_resize(ctx->clip.made.objects.ids, still->width, still->height,
                       o->own_ids, width, height);
    }
    for (int id = 1; drawn && id <= ctx->clip.made.objects.nb; id++)
        ttm_regions_box(o->ids, height, width, id, o->box[id - 1]);
    return 0;
}

int ttm_output_detail(TTMContext *ctx, int bytes)
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

int ttm_output_make(TTMContext *ctx)
{
    const TTMImage *still = &ctx->clip.given.still;
    int width, height, ret;

    ttm_clip_output_size(ctx, still->width, still->height, &width, &height);
    ret = ttm_output_prepare(ctx, width, height);
    return ret < 0 ? ret : ttm_output_detail(ctx, still->format == TTM_PIXEL_RGB16 ? 2 : 1);
}

void ttm_output_free(TTMOutput *output, TTMBackend *backend)
{
    ttm_detail_free(&output->detail);
    ttm_tensor_free(backend, &output->still);
    free(output->own_ids);
    ttm_pool_free(&output->pool);
}

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
#include "clip/matte.h"
#include "clip/sizes.h"
#include "clip/view.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/regions.h"

static void free_pictures(TTMOutput *output, TTMBackend *backend)
{
    ttm_detail_free(&output->detail);
    ttm_detail_free(&output->alpha_detail);
    ttm_tensor_free(backend, &output->still);
    ttm_tensor_free(backend, &output->alpha);
    ttm_tensor_free(backend, &output->alpha_plate);
}

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

/*
 * Of a still that is not opaque: its picture over the ground and its alpha take the same
 * ways, both of 16 bits, for colours are taken off the ground again.
 */
static int make_with_alpha(TTMContext *ctx, const TTMDetailSource *opaque)
{
    TTMOutput *o = &ctx->clip.made.output;
    TTMDetailSource colours = *opaque, alpha;
    int ret = ttm_clip_matte_pictures(ctx, o->width, o->height, &o->still, &o->alpha);

    o->bytes = colours.bytes = 2;
    colours.still = &o->still;
    colours.alpha = &o->alpha;
    colours.alpha_plate = &o->alpha_plate;
    colours.matted = 0;         /* the still says itself how far a pixel is there */
    alpha = colours;
    alpha.still    = &o->alpha;
    alpha.plate    = &o->alpha_plate;
    alpha.alpha    = alpha.decoded = alpha.pictures = NULL;
    alpha.amount   = 1;         /* a network has none */
    if (ret >= 0)
        ret = ttm_detail_create(&o->detail, &colours);
    if (ret >= 0)
        ret = ttm_detail_create(&o->alpha_detail, &alpha);
    if (ret < 0)
        free_pictures(o, ctx->backend);
    return ret;
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
        .first = m->objects.first[1],
        .decoded = g->mode == TTM_MODE_DRAFT ? NULL : &m->pictures.still,
        .pictures = g->mode == TTM_MODE_DRAFT ? NULL : &m->pictures.frames,
        .opened = g->emit == TTM_EMIT_MASK, .windowed = ttm_view_moves(ctx),
        .refined = g->refine >= TTM_REFINE_SIMILARITY,
        .matted  = g->refine >= TTM_REFINE_SIMILARITY,
        .amount = (float)g->detail, .threads = ttm_context_picture_threads(ctx),
    };
    int ret = 0;

    if (o->detail && o->bytes == bytes)
        return 0;
    ttm_detail_free(&o->detail);
    if (ttm_clip_has_alpha(ctx))
        return make_with_alpha(ctx, &source);
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
    return ret < 0 ? ret : ttm_output_detail(ctx, ttm_clip_has_alpha(ctx) ? 2 :
                                             ttm_image_depth(still->format));
}

void ttm_output_free(TTMOutput *output, TTMBackend *backend)
{
    free_pictures(output, backend);
    ttm_tween_free(&output->tween, backend);
    free(output->own_ids);
    ttm_pool_free(&output->pool);
}

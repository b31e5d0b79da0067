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

/** @file Units of work: the conditions of a stage as latents. */

#include "clip/encode.h"

#include <stdlib.h>

#include "clip/context.h"
#include "clip/latents.h"
#include "motion/tint.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/mem.h"

static int encode_still(TTMContext *ctx, int stage)
{
    TTMMade *m = &ctx->clip.made;
    const TTMTensor *image;
    int ret = ttm_latents_input(ctx, stage, &image);

    if (ret >= 0)
        ret = ttm_latents_create(ctx, stage, 1, &m->encoded.still[stage]);
    if (ret >= 0)
        ret = ttm_picture_convert(ctx->backend, &m->objects.small[stage], image);
    return ret < 0 ? ret : ttm_latents_encode(ctx, stage,
                                              &m->encoded.still[stage], 0, 1);
}

/* Encode ids (or rows) as colours into frames @p t to @p t + @p nb of E(masks). */
static int encode_ids(TTMContext *ctx, int stage, const uint8_t *ids, int t,
                      int nb)
{
    TTMEncoded *e = &ctx->clip.made.encoded;
    const TTMTensor *image;
    int ret = ttm_latents_input(ctx, stage, &image);

    if (ret >= 0)
        ret = ttm_colours_paint(&e->colours[stage], ctx->backend, ids, image);
    return ret < 0 ? ret : ttm_latents_encode(ctx, stage, &e->masks[stage], t,
                                              nb);
}

/* The masks of the still's objects in each frame. */
static int encode_first(TTMContext *ctx)
{
    const int stage = TTM_STAGE_MOTION;
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    const uint8_t *first = m->objects.first[stage];
    const size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];
    uint8_t *rows;
    int ret = ttm_latents_create(ctx, stage, g->frames,
                                 &m->encoded.masks[stage]);

    m->encoded.colours[stage].tinted = g->tinted;
    if (ret < 0 || !g->tinted)
        return ret < 0 ? ret : encode_ids(ctx, stage, first, 0, g->frames);
    rows = ttm_array_alloc(pixels, 1);
    if (!rows)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    ttm_tint_first(first, pixels, rows);
    ret = encode_ids(ctx, stage, rows, 0, g->frames);
    free(rows);
    return ret;
}

int ttm_clip_encode_motion(TTMContext *ctx, int unit)
{
    return unit == 0 ? encode_still(ctx, TTM_STAGE_MOTION) : encode_first(ctx);
}

int ttm_clip_uses_carried(const TTMContext *ctx)
{
    const TTMDenoiser *d = &ctx->models.denoiser[TTM_STAGE_VIDEO];

    return d->residual == (int)TTM_CONDITION_CARRIED ||
           ttm_denoiser_has(d, TTM_CONDITION_CARRIED);
}

/* E(still), and memory for what the frames add. */
static int begin_video(TTMContext *ctx)
{
    const int stage = TTM_STAGE_VIDEO;
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    TTMEncoded *e = &m->encoded;
    int ret = encode_still(ctx, stage);

    if (ret >= 0)
        ret = ttm_latents_create(ctx, stage, g->frames, &e->masks[stage]);
    if (ret < 0 || !ttm_clip_uses_carried(ctx))
        return ret;
    ret = ttm_latents_create(ctx, stage, g->frames, &e->carried);
    if (ret >= 0)
        ret = ttm_carry_create(&e->carry, ctx->backend, &m->trajectory.fit,
                               &m->objects.small[stage], m->objects.first[stage],
                               g->refine >= TTM_REFINE_SIMILARITY);
    /* Nothing has moved in frame 0. */
    return ret < 0 ? ret :
           ttm_tensor_copy(ctx->backend, &e->carried, 0, &e->still[stage], 0,
                           ttm_latents_size(ctx, stage));
}

int ttm_clip_encode_video(TTMContext *ctx, int unit)
{
    const int stage = TTM_STAGE_VIDEO, t = unit - 1;
    const TTMGiven *g = &ctx->clip.given;
    const TTMTrajectory *trajectory = &ctx->clip.made.trajectory;
    TTMEncoded *e = &ctx->clip.made.encoded;
    size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];
    const uint8_t *ids = trajectory->ids + (size_t)(t > 0 ? t : 0) * pixels;
    const TTMTensor *image;
    int ret;

    if (unit == 0)
        return begin_video(ctx);
    ret = encode_ids(ctx, stage, ids, t, 1);
    if (ret >= 0 && t > 0 && e->carry) {
        ret = ttm_latents_input(ctx, stage, &image);
        if (ret >= 0)
            ret = ttm_carry_run(e->carry, &trajectory->fit, ids, t, image);
        if (ret >= 0)
            ret = ttm_latents_encode(ctx, stage, &e->carried, t, 1);
    }
    return ret;
}

void ttm_encoded_free(TTMEncoded *e, TTMBackend *backend)
{
    ttm_carry_free(&e->carry);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        ttm_tensor_free(backend, &e->still[i]);
        ttm_tensor_free(backend, &e->masks[i]);
        ttm_colours_free(&e->colours[i]);
    }
    ttm_tensor_free(backend, &e->carried);
}

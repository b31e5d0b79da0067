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
#include "motion/tint.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/mem.h"

/* Encode the still, which is at the stage's size, as the next picture of a video. */
static int encode_small(TTMContext *ctx, int stage, TTMVideo *video,
                        const TTMTensor *latents)
{
    const TTMTensor *image;
    int ret = ttm_latents_input(ctx, stage, video, &image);

    if (ret >= 0)
        ret = ttm_picture_convert(ctx->backend,
                                  &ctx->clip.made.objects.small[stage], image);
    return ret < 0 ? ret : ttm_latents_encode(ctx, stage, video, latents);
}

static int encode_still(TTMContext *ctx, int stage)
{
    TTMTensor *latents = &ctx->clip.made.encoded.still[stage];
    TTMVideo video = { 0 };
    int ret = ttm_latents_create(ctx, stage, 1, latents);

    if (ret >= 0)
        ret = encode_small(ctx, stage, &video, latents);
    ttm_video_free(&video, ctx->backend);
    return ret;
}

/* Encode ids (or rows) as colours, as the next picture of E(masks). */
static int encode_ids(TTMContext *ctx, int stage, const uint8_t *ids)
{
    TTMEncoded *e = &ctx->clip.made.encoded;
    const TTMTensor *image;
    int ret = ttm_latents_input(ctx, stage, &e->masks_video, &image);

    if (ret >= 0)
        ret = ttm_colours_paint(&e->colours[stage], ctx->backend, ids, image);
    return ret < 0 ? ret : ttm_latents_encode(ctx, stage, &e->masks_video,
                                              &e->masks[stage]);
}

/* Pictures from the first of latent frame @p t to the last. */
static int frames_of(const TTMContext *ctx, int t)
{
    return ttm_latent_start(&ctx->models.vae, t + 1) -
           ttm_latent_start(&ctx->models.vae, t);
}

/* Latent frame @p t of the masks of the still's objects, and those like it. */
static int encode_first(TTMContext *ctx, int t)
{
    const int stage = TTM_STAGE_MOTION, latents = ttm_clip_latents(ctx);
    const TTMGiven *g = &ctx->clip.given;
    const size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];
    TTMMade *m = &ctx->clip.made;
    TTMEncoded *e = &m->encoded;
    const uint8_t *rows = m->objects.first[stage];
    uint8_t *tinted = NULL;
    int ret = t ? 0 : ttm_latents_create(ctx, stage, latents, &e->masks[stage]);

    e->colours[stage].tinted = g->tinted;
    if (ret >= 0 && g->tinted) {
        tinted = ttm_array_alloc(pixels, 1);
        if (!tinted)
            return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
        ttm_tint_first(rows, pixels, tinted);
        rows = tinted;
    }
    for (int i = 0; ret >= 0 && i < frames_of(ctx, t); i++)
        ret = encode_ids(ctx, stage, rows);
    free(tinted);
    if (ctx->models.vae.causal) {
        if (t == latents - 1)
            ttm_video_free(&e->masks_video, ctx->backend);
        return ret;
    }
    for (int i = 1; ret >= 0 && i < latents; i++)
        ret = ttm_latents_repeat(ctx, stage, &e->masks_video, &e->masks[stage]);
    ttm_video_free(&e->masks_video, ctx->backend);
    return ret;
}

int ttm_clip_encode_motion(TTMContext *ctx, int unit)
{
    return unit == 0 ? encode_still(ctx, TTM_STAGE_MOTION) :
                       encode_first(ctx, unit - 1);
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
    const int stage = TTM_STAGE_VIDEO, latents = ttm_clip_latents(ctx);
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    TTMEncoded *e = &m->encoded;
    int ret = encode_still(ctx, stage);

    if (ret >= 0)
        ret = ttm_latents_create(ctx, stage, latents, &e->masks[stage]);
    if (ret < 0 || !ttm_clip_uses_carried(ctx))
        return ret;
    ret = ttm_latents_create(ctx, stage, latents, &e->carried);
    if (ret >= 0)
        ret = ttm_carry_create(&e->carry, ctx->backend, &m->trajectory.fit,
                               &m->objects.small[stage], m->objects.first[stage],
                               g->refine >= TTM_REFINE_SIMILARITY);
    return ret;
}

/* Carried image of frame @p t, which has @p ids, as the next picture. */
static int encode_carried(TTMContext *ctx, const uint8_t *ids, int t)
{
    const int stage = TTM_STAGE_VIDEO;
    TTMEncoded *e = &ctx->clip.made.encoded;
    const TTMTrajectory *p = &ctx->clip.made.trajectory;
    const TTMTensor *image;
    int ret;

    /* Nothing has moved in frame 0: it is the still, of which a stream must know. */
    if (t == 0 && ctx->models.vae.causal)
        return encode_small(ctx, stage, &e->carried_video, &e->carried);
    if (t == 0) {
        e->carried_video.pictures = e->carried_video.latents = 1;
        return ttm_tensor_copy(ctx->backend, &e->carried, 0, &e->still[stage], 0,
                               ttm_latents_size(ctx, stage));
    }
    ret = ttm_clip_go(ctx, ttm_course_position(t, ctx->clip.given.frames,
                                               p->fit.frames));
    if (ret >= 0)
        ret = ttm_latents_input(ctx, stage, &e->carried_video, &image);
    if (ret >= 0)
        ret = ttm_carry_run(e->carry, &p->moment.fit, ids, 1, image);
    return ret < 0 ? ret :
           ttm_latents_encode(ctx, stage, &e->carried_video, &e->carried);
}

int ttm_clip_encode_video(TTMContext *ctx, int unit)
{
    const int stage = TTM_STAGE_VIDEO;
    const TTMGiven *g = &ctx->clip.given;
    TTMEncoded *e = &ctx->clip.made.encoded;
    const size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];
    const uint8_t *ids = ctx->clip.made.trajectory.ids;
    int begin, end, ret = 0;

    if (unit == 0)
        return begin_video(ctx);
    begin = ttm_latent_start(&ctx->models.vae, unit - 1);
    end   = begin + frames_of(ctx, unit - 1);
    for (int t = begin; t < end && ret >= 0; t++)
        ret = encode_ids(ctx, stage, ids + (size_t)t * pixels);
    for (int t = begin; t < end && ret >= 0 && e->carry; t++)
        ret = encode_carried(ctx, ids + (size_t)t * pixels, t);
    if (unit == ttm_clip_latents(ctx)) {
        ttm_video_free(&e->masks_video, ctx->backend);
        ttm_video_free(&e->carried_video, ctx->backend);
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
    ttm_video_free(&e->masks_video, backend);
    ttm_video_free(&e->carried_video, backend);
}

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

/** @file Units of work: the denoising steps of a stage. */

#include "clip/steps.h"

#include "clip/context.h"
#include "clip/latents.h"
#include "util/mem.h"

static int create_stage(TTMContext *ctx, int stage)
{
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    const TTMEncoded *e = &m->encoded;
    const int scale = ctx->models.vae.block_scale;
    TTMStageSetup setup = {
        .stage = stage, .frames = ttm_clip_latents(ctx), .pictures = g->frames,
        .width = g->width[stage] / scale, .height = g->height[stage] / scale,
        .objects = m->objects.nb, .steps = g->steps[stage],
        .guidance = g->guidance[stage],
        .image_guidance = g->image_guidance[stage], .seed = g->seed,
        .image = &e->still[stage], .mask = &e->masks[stage],
        .carried = &e->carried,
        .first = stage == TTM_STAGE_MOTION ? &e->masks[stage] : &e->still[stage],
        .ids = stage == TTM_STAGE_VIDEO &&
               ctx->models.denoiser[stage].trajectory_regions ?
               m->trajectory.ids : m->objects.first[stage],
        .ids_width = g->width[stage], .ids_height = g->height[stage],
        .text = &m->texts.stage[stage], .text_empty = &m->texts.empty,
        .locals = &m->texts.locals, .locals_empty = &m->texts.locals_empty,
    };

    return ttm_stage_create(&m->denoised.stage, &ctx->models, &setup);
}

/* Keep the latents on the host, for a device that may be lost. */
static int save_step(TTMContext *ctx, int stage, int unit)
{
    TTMSaved *saved = &ctx->clip.saved;
    const TTMDenoised *d = &ctx->clip.made.denoised;
    int ret;

    if (!ctx->backend->functions->is_lost)
        return 0;
    if (!saved->latents[stage])
        saved->latents[stage] =
            ttm_array_alloc((size_t)ttm_stage_saved(d->stage), sizeof(float));
    if (!saved->latents[stage])
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_stage_save(d->stage, saved->latents[stage]);
    if (ret >= 0)
        saved->steps[stage] = unit + 1;
    return ret;
}

static int step(TTMContext *ctx, int stage, int unit)
{
    const TTMSaved *saved = &ctx->clip.saved;
    TTMDenoised *d = &ctx->clip.made.denoised;
    int ret = unit == 0 ? create_stage(ctx, stage) : 0;

    if (ret >= 0 && unit == 0 && saved->steps[stage])
        ret = ttm_stage_load(d->stage, saved->latents[stage],
                             saved->steps[stage]);
    if (ret >= 0 && unit >= saved->steps[stage]) {
        ret = ttm_stage_step(d->stage, unit);
        if (ret >= 0)
            ret = save_step(ctx, stage, unit);
    }
    if (ret < 0 || unit + 1 < ctx->clip.given.steps[stage])
        return ret;
    ttm_tensor_free(ctx->backend, &d->latents);
    ttm_stage_take(d->stage, &d->latents);
    ttm_stage_free(&d->stage);
    return 0;
}

int ttm_clip_step_motion(TTMContext *ctx, int unit)
{
    return step(ctx, TTM_STAGE_MOTION, unit);
}

int ttm_clip_step_video(TTMContext *ctx, int unit)
{
    return step(ctx, TTM_STAGE_VIDEO, unit);
}

void ttm_denoised_free(TTMDenoised *denoised, TTMBackend *backend)
{
    ttm_stage_free(&denoised->stage);
    ttm_tensor_free(backend, &denoised->latents);
}

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

/** @file Opening and closing a context. */

#include "clip/context.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/find.h"
#include "util/choices.h"

static enum TTMDType precision_type(int choice)
{
    switch (choice) {
    case TTM_PRECISION_F32:  return TTM_DTYPE_F32;
    case TTM_PRECISION_F16:  return TTM_DTYPE_F16;
    case TTM_PRECISION_BF16: return TTM_DTYPE_BF16;
    default:                 return TTM_DTYPE_NB;
    }
}

/** Operations of a forward below which a second thread does not pay. */
#define SMALL_FORWARD 2e10

/*
 * Threads of the networks where the option leaves them open. Those of OpenMP
 * wait actively: in a small network they wait more often than they work, and
 * take the cores from the encoder that runs beside the filter.
 */
static int network_threads(const TTMContext *ctx)
{
    const TTMModels *m = &ctx->models;
    double cost = 0;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const TTMDenoiser *d = &m->denoiser[i];
        int width  = d->width  ? d->width  : m->defaults.width;
        int height = d->height ? d->height : m->defaults.height;

        if (m->stage_part[i])
            cost = fmax(cost, ttm_models_denoiser_cost(m, i,
                                                   ttm_latent_frames(&m->vae,
                                                                     m->defaults.frames),
                                                   width / m->vae.block_scale,
                                                   height / m->vae.block_scale));
    }
    return ctx->settings.threads || cost >= SMALL_FORWARD ?
           ttm_context_picture_threads(ctx) : 1;
}

int ttm_context_open_device(TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;
    TTMBackendRequest request = {
        s->device && *s->device ? s->device : "auto",
        ctx->exact ? TTM_DTYPE_F32 : precision_type(s->precision),
        network_threads(ctx), ttm_context_picture_threads(ctx),
        s->kernels, s->vulkan
    };
    int ret = ttm_backend_open(&ctx->backend, &ctx->log, &request);

    if (ret < 0)
        return ret;
    ctx->backend->cancel  = ctx->clip.done ? NULL : &ctx->cancel;
    ctx->backend->profile = s->profile ? &ctx->profile : NULL;
    ctx->models.backend  = ctx->backend;
    snprintf(ctx->device, sizeof(ctx->device), "%s",
             ctx->backend->functions->name);
    if (ctx->backend->functions->describe)
        ctx->backend->functions->describe(ctx->backend, ctx->device,
                                          sizeof(ctx->device));
    return 0;
}

int ttm_context_open(TTMContext *ctx)
{
    const int needed[TTM_STAGE_NB] = {
        ttm_mode_has_networks(ctx->settings.mode) &&
            !ttm_mode_is_drawn(ctx->settings.mode) && !ctx->settings.end,
        ctx->settings.mode == TTM_MODE_FULL ||
            ctx->settings.mode == TTM_MODE_RENDER
    };
    const char *report = ctx->settings.report;
    char *path;
    int ret;

    ctx->cancel.interrupt = ctx->settings.interrupt;
    ctx->cancel.opaque    = ctx->settings.interrupt_opaque;
    ret = report && *report ? ttm_json_check_save(&ctx->log, report) : 0;

    if (ret < 0 || (ret = ttm_asked_check(ctx)) < 0 ||
        (ret = ttm_model_find(&path, &ctx->log, ctx->settings.model)) < 0)
        return ret;
    ret = ttm_models_open(&ctx->models, &ctx->log, path, needed,
                          ctx->settings.sampler, ctx->settings.segmenter);
    if (ret >= 0)
        ret = ttm_loras_parse(&ctx->loras, &ctx->log, ctx->settings.lora);
    if (ret >= 0)
        ret = ttm_context_open_device(ctx);
    if (ret >= 0)
        ret = ttm_loras_merge(&ctx->loras, &ctx->models,
                              ttm_context_picture_threads(ctx));
    if (ret >= 0)
        ttm_log(&ctx->log, TTM_LOG_INFO, "bundle %s (%s), device %s, %s",
                ctx->models.defaults.name, path, ctx->device,
                ttm_dtype_name(ctx->backend->precision));
    free(path);
    return ret;
}

void ttm_context_close(TTMContext *ctx)
{
    ttm_clip_drop(ctx);
    ttm_models_close(&ctx->models);
    ttm_loras_free(&ctx->loras);
    ttm_asked_free(&ctx->asked);
    free(ctx->provenance);
    ctx->provenance = NULL;
    ttm_backend_close(&ctx->backend);
}

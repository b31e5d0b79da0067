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

/** @file Going on with a clip after the device was lost. */

#include "clip/recover.h"

#include <stdlib.h>
#include <string.h>

#include "clip/context.h"

int ttm_clip_may_recover(const TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;

    return c->active && ttm_backend_is_lost(ctx->backend) &&
           !c->saved.recovered && !ctx->settings.vulkan;
}

int ttm_clip_recover(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    int ret;

    ttm_log(&ctx->log, TTM_LOG_WARNING, "the device was lost: it is opened again, "
            "and the clip goes on after step %d of stage 1 and %d of stage 2",
            c->saved.steps[0], c->saved.steps[1]);
    ttm_made_free(&c->made, ctx->backend);
    ttm_models_free_networks(&ctx->models);
    ttm_backend_close(&ctx->backend);
    c->saved.recovered = 1;
    ret = ttm_context_open_device(ctx);
    if (ret < 0)
        ttm_clip_drop(ctx);
    return ret;
}

void ttm_saved_free(TTMSaved *saved)
{
    for (int i = 0; i < TTM_STAGE_NB; i++)
        free(saved->latents[i]);
    memset(saved, 0, sizeof(*saved));
}

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

/** @file Going on with a clip on a device that is opened again. */

#include "clip/recover.h"

#include "clip/context.h"
#include "util/choices.h"

int ttm_clip_may_recover(const TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;

    return c->active && ttm_backend_is_lost(ctx->backend) &&
           !c->saved.recovered && !ctx->settings.vulkan;
}

/* Forget what was made and open the device; the clip is dropped if that fails. */
static int begin_again(TTMContext *ctx)
{
    int ret;

    ttm_made_free(&ctx->clip.made, ctx->backend);
    ttm_models_free_networks(&ctx->models);
    ttm_backend_close(&ctx->backend);
    ret = ttm_context_open_device(ctx);
    if (ret < 0)
        ttm_clip_drop(ctx);
    return ret;
}

int ttm_clip_recover(TTMContext *ctx)
{
    TTMSaved *saved = &ctx->clip.saved;

    ttm_log(&ctx->log, TTM_LOG_WARNING, "the device was lost: it is opened again, "
            "and the clip goes on after step %d of stage 1 and %d of stage 2",
            saved->steps[0], saved->steps[1]);
    saved->recovered = 1;
    return begin_again(ctx);
}

int ttm_clip_may_be_exact(const TTMContext *ctx)
{
    return ctx->clip.active && !ctx->exact &&
           ctx->settings.precision == TTM_PRECISION_AUTO;
}

int ttm_clip_make_exact(TTMContext *ctx)
{
    ttm_log(&ctx->log, TTM_LOG_WARNING, "precision=auto goes from %s to f32, and "
            "the clip begins again; precision=f32 does so from the start",
            ttm_dtype_name(ctx->backend->precision));
    ttm_saved_free(&ctx->clip.saved);
    ctx->exact = 1;
    ctx->speed = (TTMSpeed){ 0 };       /* that was of the other precision */
    return begin_again(ctx);
}

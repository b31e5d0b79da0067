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

/** @file What a clip is made of. */

#include "clip/given.h"

#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "clip/matte.h"
#include "clip/sizes.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/rng.h"

static void set_timing(TTMGiven *g, const TTMContext *ctx)
{
    g->timing = ttm_timing(ctx, &g->times, g->mode, ttm_given_length(g));
    g->timing.eased = g->arrives;
    g->frames = g->timing.generated;
}

static int resolve(TTMGiven *g, const TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;
    const TTMDefaults *d = &ctx->models.defaults;
    char wrong[256];
    int ret = 0;

    g->mode   = s->mode;
    if (s->end && s->mode != TTM_MODE_FULL)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option end is of mode full: in the "
                        "others nothing is on its way, or the trajectory says where to");
    if (s->end && s->loop)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "options end and loop are both set: a "
                        "loop ends with the still");
    /* The way is known, so that the second stage is all there is to do. */
    g->arrives = s->end;
    if (g->arrives)
        g->mode = TTM_MODE_RENDER;
    g->emit   = s->emit;
    g->times  = ttm_times_asked(ctx);
    set_timing(g, ctx);
    g->refine = s->refine;
    if (g->refine == TTM_REFINE_AUTO)
        g->refine = (g->mode == TTM_MODE_RENDER &&
                     d->refine == TTM_REFINE_SIMILARITY) ||
                    g->mode == TTM_MODE_DRAFT ? TTM_REFINE_SHAPE : d->refine;
    /* A draft has nothing but the still's own. */
    g->detail = g->mode == TTM_MODE_DRAFT ? 1 :
                s->detail < 0 ? d->detail : s->detail;
    g->tinted = ctx->models.denoiser[TTM_STAGE_MOTION].tinted;
    g->seed   = s->seed;
    if (g->seed < 0)
        g->seed = ttm_rng_random_seed();
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        g->steps[i] = s->steps ? s->steps : d->steps[i];
        g->guidance[i] = s->guidance < 0 ? d->guidance[i] : s->guidance;
        g->image_guidance[i] = s->image_guidance < 0 ? d->image_guidance[i] :
                               s->image_guidance;
    }
    if (s->promptfile) {
        ret = ttm_prompt_load(&g->prompt, &ctx->log, s->promptfile);
        if (ret < 0)
            return ret;
    } else if (s->prompt) {
        g->prompt = ttm_strdup(s->prompt);
    }
    g->negative_prompt = ttm_strdup(s->negative_prompt ? s->negative_prompt :
                                    "");
    g->camera_is_told = s->camera && *s->camera && strcmp(s->camera, "auto") != 0;
    if (g->camera_is_told)
        ret = ttm_camera_parse(&g->camera, s->camera, wrong, sizeof(wrong));
    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "option camera: %s", wrong);
    g->objects = ttm_strdup(s->objects);
    g->report  = s->report && *s->report ? ttm_strdup(s->report) : NULL;
    if (!g->negative_prompt || (s->prompt && !g->prompt) ||
        (s->objects && !g->objects) || (s->report && *s->report && !g->report))
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    if (g->mode == TTM_MODE_DRAFT && g->refine == TTM_REFINE_NONE)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "mode draft carries the "
                        "still's objects, which refine none does not: give "
                        "refine similarity or shape, or mode render");
    if (g->mode == TTM_MODE_OBJECTS && s->frames > 1)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "option frames: mode objects gives one frame, "
                "not %d", s->frames);
    if (g->mode != TTM_MODE_DRAFT && g->emit == TTM_EMIT_MASK)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "emit mask is of drafts: "
                        "give mode draft as well");
    if (g->mode != TTM_MODE_PLAN && g->emit == TTM_EMIT_VIEW)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "emit view is of plans: give mode plan "
                        "as well; clips are seen through the camera by themselves");
    if (ttm_mode_has_networks(g->mode) && !s->objects && (!g->prompt || !*g->prompt))
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "there is no prompt: say "
                        "what happens with the option prompt, promptfile or "
                        "objects");
    return ttm_times_check(ctx, &g->times);
}

int ttm_given_create(TTMGiven *g, const TTMContext *ctx, const TTMImage *still)
{
    int ret;

    ret = ttm_clip_split_still(ctx, still, &g->still, &g->matte);
    if (ret < 0)
        return ret;
    ret = resolve(g, ctx);
    for (int i = 0; i < TTM_STAGE_NB; i++)
        ttm_clip_stage_size(ctx, still, ctx->settings.generation_size, i,
                            &g->width[i], &g->height[i]);
    if (ret >= 0)
        ttm_clip_check_aspect(ctx, still);
    return ret;
}

void ttm_given_free(TTMGiven *given)
{
    free(given->prompt);
    free(given->negative_prompt);
    free(given->objects);
    free(given->report);
    ttm_source_free(&given->source);
    free(given->still.data);
    free(given->matte.data);
    free(given->masks.data);
    free(given->end.data);
    ttm_drawn_free(&given->drawn);
    memset(given, 0, sizeof(*given));
}

int ttm_given_masks(TTMContext *ctx, const TTMImage *masks)
{
    TTMImage *own = &ctx->clip.given.masks;

    free(own->data);
    memset(own, 0, sizeof(*own));
    if (ttm_image_copy(own, masks) < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for masks");
    return 0;
}

int ttm_given_end(TTMContext *ctx, const TTMImage *end)
{
    TTMImage *own = &ctx->clip.given.end;

    free(own->data);
    memset(own, 0, sizeof(*own));
    if (ttm_image_copy(own, end) < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the end");
    return 0;
}

int ttm_given_trajectory(TTMContext *ctx, const TTMImage *frame)
{
    TTMGiven *g = &ctx->clip.given;
    int ret;

    if (g->drawn.nb == TTM_MAX_DRAWN)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "the trajectory has more "
                        "than %d frames: cut it, e.g. with the filter "
                        "trim=end_frame=%d", TTM_MAX_DRAWN, TTM_MAX_DRAWN);
    /* Its first frame says where the objects are, unless masks do. */
    ret = g->drawn.nb == 0 && !g->masks.data ?
          ttm_image_copy(&g->masks, frame) : 0;
    if (ret >= 0)
        ret = ttm_drawn_add(&g->drawn, frame, g->width[TTM_STAGE_VIDEO],
                            g->height[TTM_STAGE_VIDEO],
                            g->refine == TTM_REFINE_SHAPE ? 2 : 3);
    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory for the trajectory") :
           0;
}

int ttm_given_finish(TTMContext *ctx)
{
    TTMGiven *g = &ctx->clip.given;

    if (g->mode == TTM_MODE_OBJECTS && !g->objects && !g->masks.data &&
        (!g->prompt || !*g->prompt))
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "there are no objects to show: say "
                        "which with the option prompt, promptfile or objects, or give "
                        "masks");
    if (g->arrives && !g->end.data)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "option end is set, and there is no "
                        "picture of the end: give it, or leave the option out");
    if (!ttm_mode_is_drawn(g->mode) || g->arrives)
        return 0;
    if (!g->drawn.nb)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "mode %s needs a trajectory: "
                        "give its frames",
                        g->mode == TTM_MODE_DRAFT ? "draft" : "render");
    set_timing(g, ctx);
    if (g->drawn.nb != g->timing.moving)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the trajectory has %d frames: it is "
                "resampled to the %d of option %s", g->drawn.nb, g->timing.moving,
                g->times.motion_time > 0 ? "motion_time" : g->times.frames ?
                "frames" : "duration");
    return ttm_clip_check_frames(ctx);
}

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

/** @file Beginning, stepping and dropping a clip. */

#include "clip/clip.h"

#include <inttypes.h>
#include <stdio.h>

#include "clip/context.h"
#include "clip/phases.h"
#include "clip/report.h"
#include "clip/sizes.h"
#include "util/clock.h"

int ttm_clip_begin(TTMContext *ctx, const TTMImage *still)
{
    TTMClip *c = &ctx->clip;
    const TTMGiven *g = &c->given;
    char between[64] = "";
    int ret;

    ttm_clip_drop(ctx);
    /* A wish to stop was about the clip before. */
    atomic_store(&ctx->cancel.asked, 0);
    ctx->backend->cancel = &ctx->cancel;
    ttm_asked_begin(&ctx->asked);
    ret = ttm_given_create(&c->given, ctx, still);
    if (ret >= 0)
        ret = ttm_clip_check_frames(ctx);
    if (ret < 0) {
        ttm_clip_drop(ctx);
        return ret;
    }
    if (g->timing.frames != g->frames)
        snprintf(between, sizeof(between), ", %d frames of which make the motion",
                 g->frames);
    if (g->mode == TTM_MODE_DRAFT)
        ttm_log(&ctx->log, TTM_LOG_INFO, "a draft, without networks: trajectory "
                "at %dx%d", g->width[1], g->height[1]);
    else if (g->mode == TTM_MODE_OBJECTS)
        ttm_log(&ctx->log, TTM_LOG_INFO, "the objects of the still, without stages");
    else if (g->mode == TTM_MODE_RENDER && !g->arrives && !g->times.frames && !(g->times.duration > 0))
        ttm_log(&ctx->log, TTM_LOG_INFO, "seed %" PRId64 ", as long as the trajectory%s, "
                "stage 2 at %dx%d", g->seed, g->times.loop ? " there and back" : "",
                g->width[1], g->height[1]);
    else
        ttm_log(&ctx->log, TTM_LOG_INFO, "seed %" PRId64 ", %d frames, stages at "
                "%dx%d and %dx%d%s", g->seed, g->timing.frames, g->width[0],
                g->height[0], g->width[1], g->height[1], between);
    c->active   = 1;
    c->reported = -1;
    c->pace.start = c->pace.last_line = ttm_clock_seconds();
    return 0;
}

/* Go to the next unit of work; 0 if there is none. */
static int next_unit(const TTMContext *ctx, TTMMade *m)
{
    while (ttm_phase_name(m->phase) &&
           m->unit >= ttm_phase_units(ctx, m->phase)) {
        m->phase++;
        m->unit = 0;
    }
    return ttm_phase_name(m->phase) != NULL;
}

/* Do the unit that comes next, or begin to recover; on failure the clip is over. */
static int advance(TTMContext *ctx, TTMProgress *progress)
{
    TTMClip *c = &ctx->clip;
    TTMMade *m = &c->made;
    const double begin = ttm_clock_seconds();
    int phase, unit, ret;

    next_unit(ctx, m);
    phase = m->phase;
    unit  = m->unit;
    /* A complete clip is not cancelled any more, also where it is made again. */
    ret   = !c->done && ttm_cancelled(&ctx->cancel) ? TTM_ERR_CANCELLED :
            ttm_phase_run(ctx, phase, unit);
    if (ret >= 0 && ttm_cancelled(ctx->backend->cancel))
        ret = TTM_ERR_CANCELLED;
    if (ret >= 0 && phase == 0 && c->reported < 0)
        ret = ttm_report_begin(ctx);
    if (ret < 0 && ttm_clip_may_recover(ctx))
        return ttm_clip_recover(ctx);
    if (ret == TTM_ERR_PRECISION && ttm_clip_may_be_exact(ctx))
        return ttm_clip_make_exact(ctx);
    if (ret < 0) {
        /* A cancelled or failed clip is over; the context is not. */
        if (ret == TTM_ERR_CANCELLED)
            ttm_log(&ctx->log, TTM_LOG_INFO, "cancelled");
        else
            c->active = 0;      /* of what failed there is no report */
        ttm_clip_drop(ctx);
        return ret;
    }
    c->pace.name[phase] = ttm_phase_name(phase);
    c->pace.seconds[phase] += ttm_clock_seconds() - begin;
    m->cost += ttm_phase_cost(ctx, phase);
    m->unit++;
    if (!next_unit(ctx, m)) {
        c->done = 1;
        ctx->backend->cancel = NULL;
    }
    c->ready = m->ready > c->ready ? m->ready : c->ready;
    ttm_clip_progress(ctx, phase, unit, progress);
    return 0;
}

int ttm_clip_step(TTMContext *ctx, TTMProgress *progress)
{
    TTMClip *c = &ctx->clip;
    int ret = 0;

    if (c->done) {
        ttm_clip_progress(ctx, c->made.phase - 1, 0, progress);
        return 0;
    }
    if (!c->active)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "there is no still: call "
                        "ttm_set_image() first");
    if (!c->started)
        ret = ttm_given_finish(ctx);
    if (ret < 0) {
        ttm_clip_drop(ctx);
        return ret;
    }
    c->started = 1;
    ret = advance(ctx, progress);
    return ret < 0 || c->done ? ret : TTM_MORE;
}

int ttm_clip_make_ready(TTMContext *ctx, int index)
{
    int ret = 0;

    while (ret >= 0 && ctx->clip.made.ready <= index)
        ret = advance(ctx, NULL);
    return ret;
}

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

/** @file How far a clip is, told and logged. */

#include "clip/progress.h"

#include <math.h>

#include "clip/context.h"
#include "clip/phases.h"
#include "util/clock.h"

static double total_cost(const TTMContext *ctx)
{
    double cost = 0;

    for (int i = 0; ttm_phase_name(i); i++)
        cost += ttm_phase_units(ctx, i) * ttm_phase_cost(ctx, i);
    return cost;
}

void ttm_clip_progress(TTMContext *ctx, int phase, int unit,
                       TTMProgress *progress)
{
    TTMClip *c = &ctx->clip;
    TTMPace *pace = &c->pace;
    const double total = total_cost(ctx), now = ttm_clock_seconds();
    TTMProgress p = {
        sizeof(p), ttm_phase_name(phase), unit + 1, ttm_phase_units(ctx, phase),
        c->done ? 1 : total > 0 ? fmin(c->made.cost / total, 1) : 0, -1
    };

    if (c->done)
        p.eta = 0;
    else if (p.fraction > 0.01)
        p.eta = (now - pace->start) * (1 - p.fraction) / p.fraction;
    pace->fraction = p.fraction = fmax(p.fraction, pace->fraction);
    if (progress)
        *progress = p;
    // a line when a stage has begun, however fast it is, then one a second
    if (c->done || (now - pace->last_line < 1 &&
                    (unit || !ttm_phase_is_stage(phase))))
        return;
    pace->last_line = now;
    if (p.eta >= 0)
        ttm_log(&ctx->log, TTM_LOG_INFO, "%s step %d/%d eta %.0fs", p.phase,
                p.step, p.steps, ceil(p.eta));
    else
        ttm_log(&ctx->log, TTM_LOG_INFO, "%s step %d/%d", p.phase, p.step,
                p.steps);
}

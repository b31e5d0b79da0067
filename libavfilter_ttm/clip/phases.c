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

/** @file The units of work of a clip, in order, and what they cost. */

#include "clip/phases.h"

#include "clip/context.h"
#include "clip/report.h"

/* LATENTS are latent frames, FIRST what the masks of the still are encoded in. */
enum { UNITS_ONE, UNITS_FIRST, UNITS_STEPS, UNITS_LATENTS, UNITS_LATENTS_AND_ONE };

/** A kind of unit; `in_*` are the modes that have it. */
static const struct {
    const char *name;
    int (*run)(TTMContext *ctx, int unit);
    int units, stage;
    int in_full, in_plan, in_render, in_draft, in_objects;
    enum TTMTask work;          ///< of the estimate; TTM_TASK_NB: nothing
} phases[] = {
    { "objects",    ttm_clip_find_objects,    UNITS_ONE,    1, 1, 1, 1, 1, 1,
      TTM_TASK_OBJECTS },
    { "text",       ttm_clip_encode_texts,    UNITS_ONE,    0, 1, 1, 1, 0, 0,
      TTM_TASK_TEXT },
    { "encode",     ttm_clip_encode_motion,  UNITS_FIRST,  0, 1, 1, 0, 0, 0,
      TTM_TASK_ENCODE_MOTION },
    { "stage 1/2",  ttm_clip_step_motion,     UNITS_STEPS,  0, 1, 1, 0, 0, 0,
      TTM_TASK_STAGE_MOTION },
    { "trajectory", ttm_clip_predict,         UNITS_LATENTS, 0, 1, 1, 0, 0, 0,
      TTM_TASK_TRAJECTORY },
    { "fit",        ttm_clip_fit,             UNITS_ONE,    1, 1, 1, 1, 1, 0,
      TTM_TASK_FIT },
    { "encode",     ttm_clip_encode_video,    UNITS_LATENTS_AND_ONE, 1, 1, 0, 1, 0, 0,
      TTM_TASK_ENCODE_VIDEO },
    { "stage 2/2",  ttm_clip_step_video,      UNITS_STEPS,  1, 1, 0, 1, 0, 0,
      TTM_TASK_STAGE_VIDEO },
    { "background", ttm_clip_make_background, UNITS_ONE,    1, 1, 0, 1, 0, 0,
      TTM_TASK_BACKGROUND },
    { "decode",     ttm_clip_decode,          UNITS_LATENTS, 1, 1, 0, 1, 0, 0,
      TTM_TASK_DECODE },
    { "report",     ttm_clip_report,          UNITS_ONE,    1, 1, 1, 1, 1, 1,
      TTM_TASK_NB },
};

#define NB_PHASES ((int)(sizeof(phases) / sizeof(phases[0])))

_Static_assert(sizeof(phases) / sizeof(phases[0]) <= TTM_MAX_PHASES,
               "TTM_MAX_PHASES is too small");

const char *ttm_phase_name(int index)
{
    return index >= 0 && index < NB_PHASES ? phases[index].name : NULL;
}

int ttm_phase_is_stage(int index)
{
    return phases[index].units == UNITS_STEPS;
}

int ttm_phase_run(TTMContext *ctx, int index, int unit)
{
    return phases[index].run(ctx, unit);
}

int ttm_phase_units(const TTMContext *ctx, int index)
{
    const TTMGiven *g = &ctx->clip.given;
    const int in[] = { phases[index].in_full, phases[index].in_plan,
                       phases[index].in_render, phases[index].in_draft,
                       phases[index].in_objects };

    if (!in[g->mode])
        return 0;
    switch (phases[index].units) {
    case UNITS_FIRST:
        return 1 + (ctx->models.vae.causal ? ttm_clip_latents(ctx) : 1);
    case UNITS_STEPS:           return g->steps[phases[index].stage];
    case UNITS_LATENTS:         return ttm_clip_latents(ctx);
    case UNITS_LATENTS_AND_ONE: return ttm_clip_latents(ctx) + 1;
    default:                    return 1;
    }
}

double ttm_phase_cost(const TTMContext *ctx, int index)
{
    const int units = ttm_phase_units(ctx, index);

    return phases[index].work == TTM_TASK_NB || !units ? 0 :
           ctx->clip.pace.estimate.seconds[phases[index].work] / units;
}

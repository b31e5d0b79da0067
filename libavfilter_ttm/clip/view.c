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

#include "clip/view.h"

#include "clip/context.h"
#include "prompt/camera.h"
#include "util/choices.h"

int ttm_view_find(const TTMContext *ctx, TTMCamera *camera)
{
    const TTMGiven *g = &ctx->clip.given;
    const TTMPrompts *p = &ctx->clip.made.objects.prompts;
    char text[TTM_CAMERA_TEXT], wrong[256];
    int ret;

    *camera = g->camera_is_told ? g->camera : p->camera;
    if (!g->camera_is_told && !p->camera_is_told &&
        ttm_prompt_camera(camera, p->global ? p->global : "") < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the prompt");
    if (!ttm_camera_moves(camera))
        return 0;
    /* As the report has it, so that what is made by the report is the same. */
    ttm_camera_format(camera, text);
    ret = ttm_camera_parse(camera, text, wrong, sizeof(wrong));
    if (ret < 0)
        return ttm_fail(&ctx->log, ret == TTM_ERR_MEMORY ? ret : TTM_ERR_INTERNAL,
                        "camera: %s", wrong);
    ttm_log(&ctx->log, TTM_LOG_INFO, "camera: %s%s", text,
            g->mode == TTM_MODE_PLAN && g->emit != TTM_EMIT_VIEW ?
            " (the plan shows the scene without it, with emit=view as it is seen)" : "");
    return 0;
}

int ttm_view_of_plan(const TTMContext *ctx)
{
    return ctx->clip.given.mode == TTM_MODE_PLAN && ctx->clip.given.emit == TTM_EMIT_VIEW &&
           ttm_camera_moves(&ctx->clip.made.objects.camera);
}

int ttm_view_moves(const TTMContext *ctx)
{
    const int mode = ctx->clip.given.mode;

    return mode != TTM_MODE_PLAN && mode != TTM_MODE_OBJECTS &&
           ttm_camera_moves(&ctx->clip.made.objects.camera);
}

TTMWindow ttm_view_window(const TTMContext *ctx, int index)
{
    const TTMTiming *t = &ctx->clip.given.timing;
    const double rate = (double)t->fps.num / t->fps.den;
    const double way = t->returns ? ttm_course_returning(2, t->returns,
                                                         ttm_timing_round(t, index)) :
                       ttm_course_position(index, t->frames, 2);

    return ttm_camera_window(&ctx->clip.made.objects.camera, way, t->returns > 0,
                             index / rate, t->returns ? t->frames / rate : 0);
}

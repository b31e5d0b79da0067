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

/** @file Unit of work: the prompts, and the objects of the still. */

#include "clip/objects.h"

#include <stdlib.h>
#include <string.h>

#include "clip/arrival.h"
#include "clip/budget.h"
#include "clip/context.h"
#include "clip/detected.h"
#include "clip/search.h"
#include "clip/view.h"
#include "motion/ids.h"
#include "prompt/camera.h"
#include "render/pictures.h"
#include "segment/facing.h"
#include "segment/opaque.h"
#include "util/mem.h"
#include "util/runs.h"

/* Options that a missing quote or a missing escape has made part of the prompt. */
static void warn_of_options(const TTMLog *log, const char *prompt)
{
    for (const TTMOption *o = NULL; prompt && (o = ttm_option_next(o));) {
        const size_t length = strlen(o->name);

        for (const char *at = prompt; (at = strstr(at, o->name)); at += length)
            if (at > prompt && at[-1] == ':' && at[length] == '=') {
                ttm_log(log, TTM_LOG_WARNING, "the prompt has ':%s=' in it: if "
                        "that is meant as an option, end the prompt before it, "
                        "e.g. prompt='the ball moves left':%s=...", o->name,
                        o->name);
                break;
            }
    }
}

/* Of a prompt that speaks of the camera alone: what it shows stays still. */
static int keep_still(TTMPrompts *p)
{
    static const char still[] = "the object stays still";
    char *prompt = ttm_strdup(still), *motion = ttm_strdup(still);

    if (!prompt || !motion) {
        free(prompt);
        free(motion);
        return TTM_ERR_MEMORY;
    }
    free(p->objects[0].prompt);
    free(p->motion);
    p->objects[0].prompt     = prompt;
    p->objects[0].kept_still = 1;
    p->motion = motion;
    return 0;
}

static int make_prompts(TTMContext *ctx)
{
    TTMObjects *o = &ctx->clip.made.objects;
    const TTMGiven *g = &ctx->clip.given;
    TTMCamera camera = { 0 };
    int ret;

    warn_of_options(&ctx->log, g->prompt);
    ret = ttm_asked_prompts(ctx, &o->prompts);
    if (ret < 0 || g->objects || o->prompts.answered)
        return ret;
    if (!o->prompts.parsed)
        ret = ttm_prompt_camera(&camera, o->prompts.global);
    if (ret >= 0 && ttm_camera_moves(&camera))
        ret = keep_still(&o->prompts);
    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "out of memory for the prompt");
    if (!ttm_camera_moves(&camera) && !o->prompts.parsed && *o->prompts.global &&
        g->mode != TTM_MODE_DRAFT)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the prompt '%.200s' has no verb that "
                "ttm knows; all of it goes to every object. Say who does what, "
                "e.g. 'the ball moves left', or use the option objects",
                o->prompts.global);
    return ret;
}

static void log_prompts(const TTMContext *ctx)
{
    const TTMPrompts *p = &ctx->clip.made.objects.prompts;

    ttm_log(&ctx->log, TTM_LOG_VERBOSE, "motion prompt: %s", p->motion);
    for (int i = 0; i < p->nb_objects; i++)
        ttm_log(&ctx->log, TTM_LOG_VERBOSE, "prompt of object %d (%s): %s",
                i + 1, p->objects[i].name, p->objects[i].prompt);
}

/*
 * Where every object goes if its prompt says no way: to the side with more room, the right
 * one where both have as much, or as it faces.
 */
static void find_aims(const TTMObjects *o, int width, int height, TTMAim aim[TTM_MAX_OBJECTS])
{
    for (int i = 0; i < o->prompts.nb_objects; i++) {
        const int *box = o->found[i].box;

        aim[i].side    = box[0] > width - box[0] - box[2] ? -1 : 1;
        aim[i].frontal = (signed char)ttm_is_frontal(o->ids, width, height, i + 1, box);
    }
}

/* Where a report says that the objects are. */
static int read_runs(TTMContext *ctx)
{
    TTMObjects *o = &ctx->clip.made.objects;
    const TTMPrompts *p = &o->prompts;
    const TTMImage *still = &ctx->clip.given.still;

    if (p->runs_width != still->width || p->runs_height != still->height)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option objects: the report "
                        "is of a still of %dx%d, this one has %dx%d",
                        p->runs_width, p->runs_height, still->width,
                        still->height);
    if (ttm_runs_read(p->runs, o->ids, (size_t)still->width *
                      (size_t)still->height, p->nb_objects) < 0)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option objects: "
                        "object_ids.runs of the report are damaged");
    for (int i = 0; i < p->nb_objects; i++)
        o->found[i] = (TTMFound){ .sure = !p->objects[i].unsure, .how = "report" };
    return 0;
}

/* Objects from the still alone; alpha tells more than its picture over the ground. */
static int find_in_still(TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;
    TTMObjects *o = &ctx->clip.made.objects;
    int ret = g->matte.data ? ttm_opaque_sprite(&g->matte, &o->prompts, o->ids,
                                                o->found) : 0;

    if (ret == 0 && (ret = ttm_clip_detect(ctx, &g->still, &o->prompts)) < 0)
        return ret;             /* which has said it */
    if (ret == 0) {
        ret = ttm_clip_segment(ctx, &g->still, &o->prompts, o->ids, o->found);
        if (ret < 0)            /* which has said it */
            return ret;
        if (g->matte.data)
            ret = ttm_opaque_complete(&g->matte, &o->prompts, o->ids);
    }
    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory for the objects") : ret;
}

int ttm_clip_find_objects(TTMContext *ctx, int unit)
{
    TTMObjects *o = &ctx->clip.made.objects;
    const TTMGiven *g = &ctx->clip.given;
    const int width = g->still.width, height = g->still.height;
    int ret = make_prompts(ctx);

    (void)unit;
    if (ret < 0)
        return ret;
    o->ids = ttm_array_alloc((size_t)width, (size_t)height);
    if (!o->ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    if (g->masks.data)
        ret = ttm_segment_masks(&ctx->log, &g->masks, width, height,
                                &o->prompts, o->ids, o->found,
                                o->background, ctx->backend->cancel);
    else if (o->prompts.runs)
        ret = read_runs(ctx);
    else
        ret = find_in_still(ctx);
    if (ret >= 0 && g->matte.data && (g->masks.data || !o->prompts.runs) &&
        ttm_opaque_edges(&g->matte, o->ids) < 0)
        ret = ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the objects");
    if (ret < 0)
        return ret;
    ttm_segment_report(&ctx->log, &o->prompts, o->ids, width, height,
                       o->found);
    if (ctx->models.defaults.simple_prompts && !o->prompts.runs &&
        g->mode != TTM_MODE_DRAFT) {
        TTMAim aim[TTM_MAX_OBJECTS] = { { 1, 0 } };

        find_aims(o, width, height, aim);
        ret = ttm_prompts_simplify(&o->prompts, &ctx->log, aim);
        if (ret < 0)
            return ret;
    }
    log_prompts(ctx);
    o->nb = o->prompts.nb_objects;
    ret = ttm_view_find(ctx, &o->camera);
    if (ret >= 0 && g->arrives)
        ret = ttm_arrival_find(ctx);
    if (ret >= 0)
        ret = ttm_clip_plan_memory(ctx);
    if (ret >= 0 && g->mode == TTM_MODE_OBJECTS)
        ctx->clip.made.ready = g->frames;
    if (ret < 0 || g->mode == TTM_MODE_OBJECTS)
        return ret;
    if (!o->packed.buffer)      /* a still on the device is there already */
        ret = ttm_picture_upload(ctx->backend, &g->still, &o->packed);
    for (int i = 0; ret >= 0 && i < TTM_STAGE_NB; i++) {
        size_t pixels = (size_t)g->width[i] * (size_t)g->height[i];

        o->first[i] = ttm_array_alloc(pixels, 1);
        if (!o->first[i] ||
            ttm_ids_reduce(o->ids, width, height, o->nb, o->first[i],
                           g->width[i], g->height[i]) < 0)
            return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
        ret = ttm_picture_resize(ctx->backend, &o->packed, g->width[i],
                                 g->height[i], -1, 0, &o->small[i]);
    }
    return ret;
}

void ttm_objects_free(TTMObjects *objects, TTMBackend *backend)
{
    ttm_prompts_free(&objects->prompts);
    free(objects->ids);
    ttm_tensor_free(backend, &objects->packed);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        free(objects->first[i]);
        ttm_tensor_free(backend, &objects->small[i]);
    }
}

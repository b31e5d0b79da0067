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

/** @file First units of a clip: prompts, objects, hidden states. */

#include <stdlib.h>
#include <string.h>

#include "clip/clip.h"
#include "motion/ids.h"
#include "motion/register.h"
#include "motion/retime.h"
#include "motion/repaint.h"
#include "motion/stray.h"
#include "motion/tint.h"
#include "motion/turn.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

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

static int make_prompts(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    int ret;

    warn_of_options(&ctx->log, c->prompt);
    if (ctx->settings.objects)
        return ttm_prompts_from_json(&c->prompts, &ctx->log,
                                     ctx->settings.objects, c->prompt);
    ret = ttm_prompts_from_text(&c->prompts, &ctx->log, c->prompt);
    if (ret >= 0 && !c->prompts.parsed)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the prompt '%.200s' has no verb that "
                "ttm knows; all of it goes to every object. Say who does what, "
                "e.g. 'the ball moves left', or use the option objects",
                c->prompts.global);
    return ret;
}

static void log_prompts(const TTMContext *ctx)
{
    const TTMPrompts *p = &ctx->clip.prompts;

    ttm_log(&ctx->log, TTM_LOG_VERBOSE, "motion prompt: %s", p->motion);
    for (int i = 0; i < p->nb_objects; i++)
        ttm_log(&ctx->log, TTM_LOG_VERBOSE, "prompt of object %d (%s): %s",
                i + 1, p->objects[i].name, p->objects[i].prompt);
}

/*
 * Which side of every object has more room, where it goes if its prompt says no
 * way: -1 left, 1 right, also where both have as much.
 */
static void find_sides(const TTMClip *c, signed char side[TTM_MAX_OBJECTS])
{
    for (int i = 0; i < TTM_MAX_OBJECTS; i++) {
        const int *box = c->found[i].box;

        side[i] = i < c->prompts.nb_objects &&
                  box[0] > c->still.width - box[0] - box[2] ? -1 : 1;
    }
}

int ttm_clip_find_objects(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    const int width = c->still.width, height = c->still.height;
    int ret = make_prompts(ctx);

    if (ret < 0)
        return ret;
    c->ids = ttm_array_alloc((size_t)width, (size_t)height);
    if (!c->ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    if (c->masks.data)
        ret = ttm_segment_masks(&ctx->log, &c->masks, width, height,
                                &c->prompts, c->ids, c->found,
                                c->background);
    else
        ret = ttm_segment_still(&ctx->log, &c->still, &c->prompts, c->ids,
                                c->found);
    if (ret < 0)
        return ret;
    ttm_segment_report(&ctx->log, &c->prompts, c->ids, width, height,
                       c->found);
    if (ctx->models.defaults.simple_prompts) {
        signed char side[TTM_MAX_OBJECTS];

        find_sides(c, side);
        ret = ttm_prompts_simplify(&c->prompts, &ctx->log, side);
        if (ret < 0)
            return ret;
    }
    log_prompts(ctx);
    c->objects = c->prompts.nb_objects;
    c->tinted  = ctx->models.denoiser[TTM_STAGE_MOTION].tinted;
    c->colours[TTM_STAGE_MOTION].tinted = c->tinted;
    ret = ttm_clip_plan_memory(ctx);
    if (ret >= 0 && !c->packed.buffer)      /* a still on the device is there already */
        ret = ttm_picture_upload(ctx->backend, &c->still, &c->packed);
    for (int i = 0; ret >= 0 && i < TTM_STAGE_NB; i++) {
        size_t pixels = (size_t)c->width[i] * (size_t)c->height[i];

        c->first[i] = ttm_array_alloc(pixels, 1);
        if (!c->first[i] ||
            ttm_ids_reduce(c->ids, width, height, c->objects, c->first[i],
                           c->width[i], c->height[i]) < 0)
            return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
        ret = ttm_picture_resize(ctx->backend, &c->packed, c->width[i],
                                 c->height[i], -1, 0, &c->small[i]);
    }
    return ret;
}

/* Hidden states of @p count prompts, on the device. */
static int make_states(TTMContext *ctx, int count, TTMTensor *states)
{
    return ttm_tensor_create(ctx->backend, states,
                             TTM_SHAPE(count, ctx->models.tokens,
                                       ctx->models.text.hidden_size),
                             ctx->backend->precision);
}

/* Hidden states of one prompt, as numbers @p first to @p last of @p states. */
static int encode_prompt(TTMContext *ctx, const char *text, const TTMTensor *states,
                         int first, int last)
{
    TTMModels *m = &ctx->models;
    const int64_t size = (int64_t)m->tokens * m->text.hidden_size;
    TTMNetwork *network;
    int32_t *ids = ttm_array_alloc((size_t)m->tokens, sizeof(*ids));
    int truncated = 0, ret;

    if (!ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_models_text(m, &network);
    if (ret >= 0)
        ret = ttm_tokenizer_encode(m->tokenizer, text, ids, NULL, &truncated);
    if (ret >= 0 && truncated)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the prompt '%.60s...' is longer "
                "than %d tokens; its end is not read", text, m->tokens);
    if (ret >= 0)
        ret = ttm_network_write(network, "ids", ids, TTM_DTYPE_I32);
    if (ret >= 0)
        ret = ttm_network_run(network);
    for (int i = first; ret >= 0 && i <= last; i++)
        ret = ttm_tensor_copy(ctx->backend, states, i * size,
                              ttm_network_output(network, 0), 0, size);
    free(ids);
    return ret;
}

int ttm_clip_encode_text(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    const TTMPrompts *p = &c->prompts;
    const struct {
        TTMTensor *states;
        const char *text;
    } prompts[] = {
        { &c->text[TTM_STAGE_MOTION], p->motion },
        { &c->text[TTM_STAGE_VIDEO],  p->global },
        { &c->text_empty,             c->negative_prompt },
    };
    int ret = 0;

    for (size_t i = 0; ret >= 0 && i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        ret = make_states(ctx, 1, prompts[i].states);
        if (ret >= 0)
            ret = encode_prompt(ctx, prompts[i].text, prompts[i].states, 0, 0);
    }
    if (ret < 0 || !c->objects)
        return ret;
    ret = make_states(ctx, c->objects, &c->locals);
    if (ret >= 0)
        ret = make_states(ctx, c->objects, &c->locals_empty);
    if (ret >= 0)
        ret = encode_prompt(ctx, "", &c->locals_empty, 0, c->objects - 1);
    for (int i = 0; ret >= 0 && i < c->objects; i++)
        ret = encode_prompt(ctx, p->objects[i].prompt, &c->locals, i, i);
    return ret;
}

/* Ids of the drawn trajectory: nearest of black and the objects' tints. */
static void read_drawn(const TTMClip *c, const uint8_t *drawn,
                       const uint8_t (*colours)[3], size_t pixels, uint8_t *ids)
{
    TTMTintTable table;

    ttm_tint_table(&table, colours, c->objects, c->tinted);
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *rgb = drawn + 3 * i;
        float pixel[3] = { rgb[0], rgb[1], rgb[2] };

        ids[i] = (uint8_t)ttm_tint_id(&table, ttm_tint_nearest(&table, pixel));
    }
}

/* Ids of the trajectory's size from those of another. */
static void scale_frames(const TTMClip *c, const uint8_t *from, int width,
                         int height, uint8_t *to, int frames)
{
    const int to_width = c->width[TTM_STAGE_VIDEO];
    const int to_height = c->height[TTM_STAGE_VIDEO];

    for (int t = 0; t < frames; t++)
        ttm_ids_resize(from + (size_t)t * (size_t)width * (size_t)height, width,
                       height, to + (size_t)t * (size_t)to_width *
                       (size_t)to_height, to_width, to_height);
}

/* Turns of a tinted trajectory, drawn or as @p predicted_levels tell them. */
static int fit_turns(TTMClip *c, const TTMDrawn *drawn)
{
    const int frames = c->fit.frames;
    TTMTintSeen *seen = ttm_array_alloc((size_t)c->objects * (size_t)frames,
                                        sizeof(*seen));
    int ret = 0;

    if (!seen)
        return TTM_ERR_MEMORY;
    if (drawn) {
        ttm_tints_drawn(drawn, frames, c->objects, seen);
        ttm_turns_drawn(&c->fit, seen);
    } else {
        ttm_tints_seen(c->predicted, c->predicted_levels, frames,
                       c->width[TTM_STAGE_MOTION], c->height[TTM_STAGE_MOTION],
                       c->objects, seen);
        ret = ttm_turns_fit(&c->fit, seen);
    }
    free(seen);
    return ret;
}

/*
 * Fit of the still's objects to @p ids [frames, height, width], of the video's size.
 * @p drawn is where the ids come from, NULL if a network predicted them.
 */
static int make_fit(TTMClip *c, const uint8_t *ids, int frames,
                    const TTMDrawn *drawn)
{
    int ret = ttm_fit_create(&c->fit, c->first[TTM_STAGE_VIDEO], ids, frames,
                             c->height[TTM_STAGE_VIDEO],
                             c->width[TTM_STAGE_VIDEO], c->objects);

    if (ret >= 0 && c->tinted)
        ret = fit_turns(c, drawn);
    /* What was drawn needs no smoothing, unlike what a network predicted. */
    if (ret >= 0 && drawn && c->refine == TTM_REFINE_SIMILARITY)
        ret = ttm_fit_register(&c->fit, c->ids, c->still.width,
                               c->still.height, drawn);
    return ret < 0 || frames == c->frames ? ret :
           ttm_fit_retime(&c->fit, c->frames);
}

/* Trajectory at the video's size and of its length from another, and its fit. */
static int fit_trajectory(TTMClip *c, const uint8_t *ids, int ids_width,
                          int ids_height, int frames, const TTMDrawn *drawn)
{
    const size_t pixels = (size_t)c->width[TTM_STAGE_VIDEO] *
                          (size_t)c->height[TTM_STAGE_VIDEO];
    const uint8_t *first = c->first[TTM_STAGE_VIDEO];
    uint8_t *scaled = frames == c->frames ? c->trajectory :
                      ttm_array_alloc((size_t)frames, pixels);
    int ret = TTM_ERR_MEMORY;

    if (scaled) {
        scale_frames(c, ids, ids_width, ids_height, scaled, frames);
        memcpy(scaled, first, pixels);
        ret = make_fit(c, scaled, frames, drawn);
    }
    if (scaled && scaled != c->trajectory)
        ttm_ids_retime(scaled, frames, (int64_t)pixels, c->trajectory, c->frames);
    if (ret >= 0 && c->refine == TTM_REFINE_SIMILARITY)
        ttm_fit_refine(&c->fit, first, c->trajectory, c->trajectory);
    if (scaled != c->trajectory)
        free(scaled);
    return ret;
}

/* The drawn trajectory in plain colours on black; NULL: memory is short. */
static uint8_t *repaint_drawn(const TTMClip *c, const TTMPaints *paints,
                              int width, int height)
{
    const size_t bytes = 3 * (size_t)width * (size_t)height;
    uint8_t *plain = ttm_array_alloc((size_t)c->nb_drawn, bytes);
    int ret = plain ? 0 : TTM_ERR_MEMORY;

    for (int t = 0; ret >= 0 && t < c->nb_drawn; t++)
        ret = ttm_repaint(paints, c->drawn + (size_t)t * bytes, width, height,
                          plain + (size_t)t * bytes);
    if (ret >= 0)
        return plain;
    free(plain);
    return NULL;
}

static int fit_drawn(TTMClip *c)
{
    const int width = c->drawn_scale * c->width[TTM_STAGE_VIDEO];
    const int height = c->drawn_scale * c->height[TTM_STAGE_VIDEO];
    const size_t pixels = (size_t)c->nb_drawn * (size_t)width * (size_t)height;
    uint8_t *ids = ttm_array_alloc(pixels, 1), colours[TTM_MAX_OBJECTS][3];
    TTMDrawn drawn = {
        width, height, c->drawn_width, c->drawn_height, c->drawn, ids, c->tinted,
        (const uint8_t (*)[3])colours
    };
    TTMPaints paints = { drawn.colours, c->objects, { 0 } };
    uint8_t *plain = NULL;
    int ret = TTM_ERR_MEMORY;

    memcpy(paints.background, c->background, sizeof(paints.background));
    for (int id = 1; id <= c->objects; id++)
        memcpy(colours[id - 1], c->prompts.objects[id - 1].colour, 3);
    if (ttm_repaint_needed(&paints)) {
        drawn.rgb = plain = repaint_drawn(c, &paints, width, height);
        for (int id = 1; id <= c->objects; id++)
            memcpy(colours[id - 1], ttm_object_colour(id), 3);
    }
    if (ids && drawn.rgb) {
        read_drawn(c, drawn.rgb, drawn.colours, pixels, ids);
        ret = fit_trajectory(c, ids, width, height, c->nb_drawn, &drawn);
    }
    free(plain);
    free(ids);
    return ret;
}

static int fit_predicted(TTMClip *c)
{
    const int width = c->width[TTM_STAGE_MOTION];
    const int height = c->height[TTM_STAGE_MOTION];
    int ret = ttm_stray_drop(c->predicted, c->frames, height, width, c->objects);

    return ret < 0 ? ret : fit_trajectory(c, c->predicted, width, height,
                                          c->frames, NULL);
}

int ttm_clip_fit(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    int ret;

    c->trajectory = ttm_array_alloc((size_t)c->frames,
                                    (size_t)c->width[TTM_STAGE_VIDEO] *
                                    (size_t)c->height[TTM_STAGE_VIDEO]);
    if (!c->trajectory)
        ret = TTM_ERR_MEMORY;
    else if (c->mode == TTM_MODE_RENDER)
        ret = fit_drawn(c);
    else
        ret = fit_predicted(c);
    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory") : 0;
}

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

/**
 * @file
 * The units of work of a clip, in order, and how long they take.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/clip.h"
#include "motion/tint.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/clock.h"
#include "util/mem.h"

static int no_memory(const TTMContext *ctx)
{
    return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
}

/* Elements of one frame's latents. */
static int64_t latent_size(const TTMContext *ctx, int stage)
{
    const int scale = ctx->models.vae.block_scale;

    return (int64_t)(ctx->clip.width[stage] / scale) *
           (ctx->clip.height[stage] / scale) * ctx->models.vae.latent_channels;
}

/* Latents of @p frames frames on the device. */
static int make_latents(TTMContext *ctx, int stage, int frames,
                        TTMTensor *latents)
{
    const int scale = ctx->models.vae.block_scale;

    ttm_tensor_free(ctx->backend, latents);
    return ttm_tensor_create(ctx->backend, latents,
                             TTM_SHAPE(frames, ctx->clip.height[stage] / scale,
                                       ctx->clip.width[stage] / scale,
                                       ctx->models.vae.latent_channels),
                             ctx->backend->precision);
}

static int get_encoder(TTMContext *ctx, int stage, TTMNetwork **network)
{
    return ttm_models_encoder(&ctx->models, stage, ctx->clip.width[stage],
                              ctx->clip.height[stage], network);
}

/* Encode the encoder's input into frames @p t to @p t + @p nb of latents. */
static int encode(TTMContext *ctx, int stage, const TTMTensor *latents, int t,
                  int nb)
{
    const int64_t size = latent_size(ctx, stage);
    TTMNetwork *network;
    int ret = get_encoder(ctx, stage, &network);

    if (ret >= 0)
        ret = ttm_network_run(network);
    for (int i = t; ret >= 0 && i < t + nb; i++)
        ret = ttm_tensor_copy(ctx->backend, latents, i * size,
                              ttm_network_output(network, 0), 0, size);
    return ret;
}

static int encode_still(TTMContext *ctx, int stage)
{
    TTMClip *c = &ctx->clip;
    TTMNetwork *network;
    int ret = get_encoder(ctx, stage, &network);

    if (ret >= 0)
        ret = make_latents(ctx, stage, 1, &c->image_latents[stage]);
    if (ret >= 0)
        ret = ttm_picture_convert(ctx->backend, &c->small[stage],
                                  ttm_network_input(network, "image"));
    return ret < 0 ? ret : encode(ctx, stage, &c->image_latents[stage], 0, 1);
}

/* Encode ids (or rows) as colours into frames @p t to @p t + @p nb of E(masks). */
static int encode_ids(TTMContext *ctx, int stage, const uint8_t *ids, int t,
                      int nb)
{
    TTMClip *c = &ctx->clip;
    TTMNetwork *network;
    int ret = get_encoder(ctx, stage, &network);

    if (ret >= 0)
        ret = ttm_colours_paint(&c->colours[stage], ctx->backend, ids,
                                ttm_network_input(network, "image"));
    return ret < 0 ? ret : encode(ctx, stage, &c->mask_latents[stage], t, nb);
}

/* Decode frame @p t of latents; the image is the decoder's output. */
static int decode(TTMContext *ctx, int stage, const TTMTensor *latents, int t,
                  TTMNetwork **network)
{
    const int64_t size = latent_size(ctx, stage);
    int ret = ttm_models_decoder(&ctx->models, stage, ctx->clip.width[stage],
                                 ctx->clip.height[stage], network);

    if (ret >= 0)
        ret = ttm_tensor_copy(ctx->backend,
                              ttm_network_input(*network, "latents"), 0,
                              latents, t * size, size);
    return ret < 0 ? ret : ttm_network_run(*network);
}

static int uses(const TTMContext *ctx, enum TTMCondition input)
{
    const TTMDenoiser *d = &ctx->models.denoiser[TTM_STAGE_VIDEO];

    return d->residual == (int)input || ttm_denoiser_has(d, input);
}

static int run_objects(TTMContext *ctx, int unit)
{
    (void)unit;
    return ttm_clip_find_objects(ctx);
}

static int run_text(TTMContext *ctx, int unit)
{
    (void)unit;
    return ttm_clip_encode_text(ctx);
}

/* Unit 0: E(still); unit 1: E(masks), the same for every frame. */
static int run_encode_motion(TTMContext *ctx, int unit)
{
    const int stage = TTM_STAGE_MOTION;
    TTMClip *c = &ctx->clip;
    uint8_t *rows;
    int ret;

    if (unit == 0)
        return encode_still(ctx, stage);
    ret = make_latents(ctx, stage, c->frames, &c->mask_latents[stage]);
    if (ret < 0 || !c->tinted)
        return ret < 0 ? ret : encode_ids(ctx, stage, c->first[stage], 0,
                                          c->frames);
    rows = ttm_array_alloc((size_t)c->width[stage], (size_t)c->height[stage]);
    if (!rows)
        return no_memory(ctx);
    ttm_tint_first(c->first[stage], (size_t)c->width[stage] *
                   (size_t)c->height[stage], rows);
    ret = encode_ids(ctx, stage, rows, 0, c->frames);
    free(rows);
    return ret;
}

static int create_stage(TTMContext *ctx, int stage)
{
    TTMClip *c = &ctx->clip;
    const int scale = ctx->models.vae.block_scale;
    TTMStageSetup setup = {
        .stage = stage, .frames = c->frames,
        .width = c->width[stage] / scale, .height = c->height[stage] / scale,
        .objects = c->objects, .steps = c->steps[stage],
        .guidance = c->guidance[stage],
        .image_guidance = c->image_guidance[stage], .seed = c->seed,
        .image = &c->image_latents[stage], .mask = &c->mask_latents[stage],
        .carried = &c->carried_latents,
        .first = stage == TTM_STAGE_MOTION ? &c->mask_latents[stage] :
                 &c->image_latents[stage],
        .ids = stage == TTM_STAGE_VIDEO &&
               ctx->models.denoiser[stage].trajectory_regions ? c->trajectory :
               c->first[stage],
        .ids_width = c->width[stage], .ids_height = c->height[stage],
        .text = &c->text[stage], .text_empty = &c->text_empty,
        .locals = &c->locals, .locals_empty = &c->locals_empty,
    };

    return ttm_stage_create(&c->stage, &ctx->models, &setup);
}

/* Keep the latents on the host, for a device that may be lost. */
static int save_step(TTMContext *ctx, int stage, int unit)
{
    TTMClip *c = &ctx->clip;
    int ret;

    if (!ctx->backend->functions->is_lost)
        return 0;
    if (!c->saved[stage])
        c->saved[stage] = ttm_array_alloc((size_t)ttm_stage_saved(c->stage),
                                          sizeof(float));
    if (!c->saved[stage])
        return no_memory(ctx);
    ret = ttm_stage_save(c->stage, c->saved[stage]);
    if (ret >= 0)
        c->saved_steps[stage] = unit + 1;
    return ret;
}

static int run_stage(TTMContext *ctx, int stage, int unit)
{
    TTMClip *c = &ctx->clip;
    int ret = unit == 0 ? create_stage(ctx, stage) : 0;

    if (ret >= 0 && unit == 0 && c->saved_steps[stage])
        ret = ttm_stage_load(c->stage, c->saved[stage],
                             c->saved_steps[stage]);
    if (ret >= 0 && unit >= c->saved_steps[stage]) {
        ret = ttm_stage_step(c->stage, unit);
        if (ret >= 0)
            ret = save_step(ctx, stage, unit);
    }
    if (ret < 0 || unit + 1 < c->steps[stage])
        return ret;
    ttm_tensor_free(ctx->backend, &c->latents);
    ttm_stage_take(c->stage, &c->latents);
    ttm_stage_free(&c->stage);
    return 0;
}

static int run_motion(TTMContext *ctx, int unit)
{
    return run_stage(ctx, TTM_STAGE_MOTION, unit);
}

static int run_video(TTMContext *ctx, int unit)
{
    return run_stage(ctx, TTM_STAGE_VIDEO, unit);
}

/* Frame @p unit of the trajectory; frame 0 is given. */
static int run_trajectory(TTMContext *ctx, int unit)
{
    const int stage = TTM_STAGE_MOTION;
    TTMClip *c = &ctx->clip;
    const size_t pixels = (size_t)c->width[stage] * (size_t)c->height[stage];
    const size_t at = (size_t)unit * pixels;
    TTMNetwork *network;
    int ret;

    if (unit == 0) {
        c->predicted = ttm_array_alloc((size_t)c->frames, pixels);
        if (c->tinted)
            c->predicted_levels = ttm_array_alloc((size_t)c->frames, pixels);
        if (!c->predicted || (c->tinted && !c->predicted_levels))
            return no_memory(ctx);
        memcpy(c->predicted, c->first[stage], pixels);
        if (c->tinted)
            memset(c->predicted_levels, 0, pixels);
        return 0;
    }
    ret = decode(ctx, stage, &c->latents, unit, &network);
    if (ret >= 0)
        ret = ttm_colours_nearest(&c->colours[stage], ctx->backend, c->objects,
                                  ttm_network_output(network, 0),
                                  c->predicted + at);
    if (ret >= 0 && c->tinted)
        ttm_tints_split(c->predicted + at, c->predicted_levels + at, pixels);
    return ret;
}

static int run_fit(TTMContext *ctx, int unit)
{
    int ret = ttm_clip_fit(ctx);

    (void)unit;
    if (ret >= 0 && ctx->clip.mode == TTM_MODE_PLAN)
        ctx->clip.ready = ctx->clip.frames;
    return ret;
}

/* E(still), and memory for what the frames add. */
static int begin_video(TTMContext *ctx)
{
    const int stage = TTM_STAGE_VIDEO;
    TTMClip *c = &ctx->clip;
    int ret = encode_still(ctx, stage);

    if (ret >= 0)
        ret = make_latents(ctx, stage, c->frames, &c->mask_latents[stage]);
    if (ret < 0 || !uses(ctx, TTM_CONDITION_CARRIED))
        return ret;
    ret = make_latents(ctx, stage, c->frames, &c->carried_latents);
    if (ret >= 0)
        ret = ttm_carry_create(&c->carry, ctx->backend, &c->fit,
                               &c->small[stage], c->first[stage],
                               c->refine == TTM_REFINE_SIMILARITY);
    /* Nothing has moved in frame 0. */
    return ret < 0 ? ret :
           ttm_tensor_copy(ctx->backend, &c->carried_latents, 0,
                           &c->image_latents[stage], 0,
                           latent_size(ctx, stage));
}

/* Unit 0: E(still), which is E(carried) of frame 0; then a frame a unit. */
static int run_encode_video(TTMContext *ctx, int unit)
{
    const int stage = TTM_STAGE_VIDEO, t = unit - 1;
    TTMClip *c = &ctx->clip;
    size_t pixels = (size_t)c->width[stage] * (size_t)c->height[stage];
    const uint8_t *ids = c->trajectory + (size_t)(t > 0 ? t : 0) * pixels;
    TTMNetwork *network;
    int ret;

    if (unit == 0)
        return begin_video(ctx);
    ret = encode_ids(ctx, stage, ids, t, 1);
    if (ret >= 0 && t > 0 && c->carry) {
        ret = get_encoder(ctx, stage, &network);
        if (ret >= 0)
            ret = ttm_carry_run(c->carry, &c->fit, ids, t,
                                ttm_network_input(network, "image"));
        if (ret >= 0)
            ret = encode(ctx, stage, &c->carried_latents, t, 1);
    }
    return ret;
}

static int make_pictures(TTMContext *ctx, int frames, TTMTensor *pictures)
{
    const TTMClip *c = &ctx->clip;

    return ttm_tensor_create(ctx->backend, pictures,
                             TTM_SHAPE(frames, c->height[1], c->width[1], 3),
                             ctx->backend->precision);
}

/* Decode frame @p t of latents into frame @p t of pictures. */
static int decode_picture(TTMContext *ctx, const TTMTensor *latents, int t,
                          const TTMTensor *pictures)
{
    const int64_t size = 3 * (int64_t)ctx->clip.width[1] * ctx->clip.height[1];
    TTMNetwork *network;
    int ret = decode(ctx, TTM_STAGE_VIDEO, latents, t, &network);

    return ret < 0 ? ret :
           ttm_tensor_copy(ctx->backend, pictures, t * size,
                           ttm_network_output(network, 0), 0, size);
}

/* Frame @p unit of the clip. */
static int run_decode(TTMContext *ctx, int unit)
{
    TTMClip *c = &ctx->clip;
    int ret = 0;

    if (unit == 0) {
        ret = make_pictures(ctx, c->frames, &c->pictures);
        if (ret >= 0)
            ret = make_pictures(ctx, 1, &c->decoded);
        if (ret >= 0)
            ret = decode_picture(ctx, &c->image_latents[1], 0, &c->decoded);
    }
    if (ret >= 0 && unit == 0 && ctx->models.denoiser[1].first_frame_given)
        ret = ttm_tensor_copy(ctx->backend, &c->pictures, 0, &c->decoded, 0,
                              ttm_shape_count(&c->decoded.shape));
    else if (ret >= 0)
        ret = decode_picture(ctx, &c->latents, unit, &c->pictures);
    if (ret >= 0)
        c->ready = unit + 1;
    return ret;
}

static int run_report(TTMContext *ctx, int unit)
{
    (void)unit;
    return ttm_clip_report(ctx);
}

enum { UNITS_ONE, UNITS_TWO, UNITS_STEPS, UNITS_FRAMES, UNITS_FRAMES_AND_ONE };

/** A kind of unit; `in_*` are the modes that have it. */
static const struct {
    const char *name;
    int (*run)(TTMContext *ctx, int unit);
    int units, stage;
    int in_full, in_plan, in_render;
    double cost_pixel;          ///< operations a pixel of the stage's image
} phases[] = {
    { "objects",    run_objects,       UNITS_ONE,    1, 1, 1, 1, 2e3 },
    { "text",       run_text,          UNITS_ONE,    0, 1, 1, 1, 1e3 },
    { "encode",     run_encode_motion, UNITS_TWO,    0, 1, 1, 0, 1e4 },
    { "stage 1/2",  run_motion,        UNITS_STEPS,  0, 1, 1, 0, 0 },
    { "trajectory", run_trajectory,    UNITS_FRAMES, 0, 1, 1, 0, 2e4 },
    { "fit",        run_fit,           UNITS_ONE,    1, 1, 1, 1, 1e3 },
    { "encode",     run_encode_video,  UNITS_FRAMES_AND_ONE, 1, 1, 0, 1, 2e4 },
    { "stage 2/2",  run_video,         UNITS_STEPS,  1, 1, 0, 1, 0 },
    { "decode",     run_decode,        UNITS_FRAMES, 1, 1, 0, 1, 2e4 },
    { "report",     run_report,        UNITS_ONE,    1, 1, 1, 1, 0 },
};

#define NB_PHASES ((int)(sizeof(phases) / sizeof(phases[0])))

const char *ttm_phase_name(int index)
{
    return index >= 0 && index < NB_PHASES ? phases[index].name : NULL;
}

static int phase_units(const TTMClip *c, int phase)
{
    const int in[] = { phases[phase].in_full, phases[phase].in_plan,
                       phases[phase].in_render };

    if (!in[c->mode])
        return 0;
    switch (phases[phase].units) {
    case UNITS_TWO:            return 2;
    case UNITS_STEPS:          return c->steps[phases[phase].stage];
    case UNITS_FRAMES:         return c->frames;
    case UNITS_FRAMES_AND_ONE: return c->frames + 1;
    default:                   return 1;
    }
}

/* Estimated operations of one unit. */
static double unit_cost(const TTMContext *ctx, int phase)
{
    const TTMClip *c = &ctx->clip;
    const int stage = phases[phase].stage;
    const int scale = ctx->models.vae.block_scale;

    if (phases[phase].units == UNITS_STEPS)
        return ttm_models_denoiser_cost(&ctx->models, stage, c->frames,
                                    c->width[stage] / scale,
                                    c->height[stage] / scale) *
               ttm_stage_forwards(c->guidance[stage],
                                  c->image_guidance[stage]);
    return phases[phase].cost_pixel * c->width[stage] * c->height[stage];
}

static double total_cost(const TTMContext *ctx)
{
    double cost = 0;

    for (int i = 0; i < NB_PHASES; i++)
        cost += phase_units(&ctx->clip, i) * unit_cost(ctx, i);
    return cost;
}

static void show_progress(TTMContext *ctx, int phase, int unit,
                          TTMProgress *progress)
{
    TTMClip *c = &ctx->clip;
    double total = total_cost(ctx), now = ttm_clock_seconds();
    TTMProgress p = {
        sizeof(p), phases[phase].name, unit + 1, phase_units(c, phase),
        total > 0 ? fmin(c->cost_done / total, 1) : 0, -1
    };

    if (c->done) {
        p.fraction = 1;
        p.eta = 0;
    } else if (p.fraction > 0.01) {
        p.eta = (now - c->start) * (1 - p.fraction) / p.fraction;
    }
    if (progress)
        *progress = p;
    // a line when a stage has begun, however fast it is, then one a second
    if (c->done || (now - c->last_line < 1 &&
                    (unit || phases[phase].units != UNITS_STEPS)))
        return;
    c->last_line = now;
    if (p.eta >= 0)
        ttm_log(&ctx->log, TTM_LOG_INFO, "%s step %d/%d eta %.0fs", p.phase,
                p.step, p.steps, ceil(p.eta));
    else
        ttm_log(&ctx->log, TTM_LOG_INFO, "%s step %d/%d", p.phase, p.step,
                p.steps);
}

/* What can only be checked once everything was given. */
static int start(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;

    c->started = 1;
    if (c->mode != TTM_MODE_RENDER)
        return 0;
    if (!c->nb_drawn)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "mode render needs a "
                        "trajectory: give its frames");
    if (!ctx->settings.frames)
        c->frames = c->nb_drawn;
    else if (c->nb_drawn != c->frames)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the trajectory has %d frames: it is "
                "resampled to the %d of option frames", c->nb_drawn, c->frames);
    return ttm_clip_check_frames(ctx);
}

static int next_phase(TTMClip *c)
{
    while (c->phase < NB_PHASES && c->unit >= phase_units(c, c->phase)) {
        c->phase++;
        c->unit = 0;
    }
    return c->phase < NB_PHASES;
}

/* Once a clip; a device of the caller's is the caller's to open again. */
static int may_recover(const TTMContext *ctx)
{
    return ttm_backend_is_lost(ctx->backend) && !ctx->clip.recovered &&
           !ctx->settings.vulkan;
}

int ttm_clip_rebuild(TTMContext *ctx, int error)
{
    TTMClip *c = &ctx->clip;
    const int ready = c->ready, done = c->done;
    int ret;

    if (!may_recover(ctx))
        return error;
    ret = ttm_clip_recover(ctx);
    if (ret < 0)
        ttm_clip_drop(ctx);
    /* what the caller has seen done is done once more */
    while (ret >= 0 && (c->ready < ready || (done && !c->done)))
        ret = ttm_clip_step(ctx, NULL);
    return ret;
}

int ttm_clip_step(TTMContext *ctx, TTMProgress *progress)
{
    TTMClip *c = &ctx->clip;
    int phase, unit, ret = 0;
    double begin;

    if (c->done) {
        show_progress(ctx, NB_PHASES - 1, 0, progress);
        return 0;
    }
    if (!c->active)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "there is no still: call "
                        "ttm_set_image() first");
    if (!c->started)
        ret = start(ctx);
    if (ret >= 0 && ctx->cancel)
        ret = TTM_ERR_CANCELLED;
    next_phase(c);
    phase = c->phase;
    unit  = c->unit;
    begin = ttm_clock_seconds();
    if (ret >= 0)
        ret = phases[phase].run(ctx, unit);
    if (ret < 0 && may_recover(ctx)) {
        ret = ttm_clip_recover(ctx);
        if (ret >= 0)
            return TTM_MORE;
    }
    if (ret < 0) {
        /* A cancelled or failed clip is over; the context is not. */
        if (ret == TTM_ERR_CANCELLED)
            ttm_log(&ctx->log, TTM_LOG_INFO, "cancelled");
        ctx->cancel = 0;
        ttm_clip_drop(ctx);
        return ret;
    }
    c->seconds[phase] += ttm_clock_seconds() - begin;
    c->cost_done += unit_cost(ctx, phase);
    c->unit++;
    c->done = !next_phase(c);
    show_progress(ctx, phase, unit, progress);
    return c->done ? 0 : TTM_MORE;
}

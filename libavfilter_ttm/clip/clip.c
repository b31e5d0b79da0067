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

/** @file Opening a context; beginning and dropping a clip. */

#include "clip/clip.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/find.h"
#include "util/choices.h"
#include "util/clock.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/parse.h"
#include "util/rng.h"

static enum TTMDType precision_type(int choice)
{
    switch (choice) {
    case TTM_PRECISION_F32:  return TTM_DTYPE_F32;
    case TTM_PRECISION_F16:  return TTM_DTYPE_F16;
    case TTM_PRECISION_BF16: return TTM_DTYPE_BF16;
    default:                 return TTM_DTYPE_NB;
    }
}

/** Operations of a forward below which a second thread does not pay. */
#define SMALL_FORWARD 2e10

/*
 * Threads of the networks where the option leaves them open. Those of OpenMP
 * wait actively: in a small network they wait more often than they work, and
 * take the cores from the encoder that runs beside the filter.
 */
static int network_threads(const TTMContext *ctx)
{
    const TTMModels *m = &ctx->models;
    double cost = 0;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const TTMDenoiser *d = &m->denoiser[i];
        int width  = d->width  ? d->width  : m->defaults.width;
        int height = d->height ? d->height : m->defaults.height;

        if (m->stage_part[i])
            cost = fmax(cost, ttm_models_denoiser_cost(m, i, m->defaults.frames,
                                                   width / m->vae.block_scale,
                                                   height / m->vae.block_scale));
    }
    return ctx->settings.threads || cost >= SMALL_FORWARD ?
           ctx->settings.threads : 1;
}

static int open_device(TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;
    TTMBackendRequest request = {
        s->device && *s->device ? s->device : "auto",
        precision_type(s->precision), network_threads(ctx), s->threads,
        s->kernels, s->vulkan
    };
    int ret = ttm_backend_open(&ctx->backend, &ctx->log, &request);

    if (ret < 0)
        return ret;
    ctx->backend->cancel  = &ctx->cancel;
    ctx->backend->profile = s->profile ? &ctx->profile : NULL;
    ctx->models.backend  = ctx->backend;
    snprintf(ctx->device, sizeof(ctx->device), "%s",
             ctx->backend->functions->name);
    if (ctx->backend->functions->describe)
        ctx->backend->functions->describe(ctx->backend, ctx->device,
                                          sizeof(ctx->device));
    return 0;
}

int ttm_pipeline_open(TTMContext *ctx)
{
    const int needed[TTM_STAGE_NB] = {
        ctx->settings.mode != TTM_MODE_RENDER,
        ctx->settings.mode != TTM_MODE_PLAN
    };
    const char *report = ctx->settings.report;
    char *path;
    int ret = report && *report ? ttm_json_check_save(&ctx->log, report) : 0;

    if (ret < 0 ||
        (ret = ttm_model_find(&path, &ctx->log, ctx->settings.model)) < 0)
        return ret;
    ret = ttm_models_open(&ctx->models, &ctx->log, path, needed,
                          ctx->settings.sampler);
    if (ret >= 0)
        ret = ttm_loras_parse(&ctx->loras, &ctx->log, ctx->settings.lora);
    if (ret >= 0)
        ret = open_device(ctx);
    if (ret >= 0)
        ret = ttm_loras_merge(&ctx->loras, &ctx->models,
                              ctx->settings.threads);
    if (ret >= 0)
        ttm_log(&ctx->log, TTM_LOG_INFO, "bundle %s (%s), device %s, %s",
                ctx->models.defaults.name, path, ctx->device,
                ttm_dtype_name(ctx->backend->precision));
    free(path);
    return ret;
}

int ttm_clip_recover(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    TTMClip kept = *c;

    ttm_log(&ctx->log, TTM_LOG_WARNING, "the device was lost: it is opened again, "
            "and the clip goes on after step %d of stage 1 and %d of stage 2",
            c->saved_steps[0], c->saved_steps[1]);
    c->still.data = c->masks.data = NULL;
    c->drawn      = NULL;
    c->prompt     = c->negative_prompt = NULL;
    c->saved[0]   = c->saved[1] = NULL;
    ttm_clip_drop(ctx);
    ttm_models_free_networks(&ctx->models);
    ttm_backend_close(&ctx->backend);
    *c = (TTMClip){
        .active = 1, .started = 1, .recovered = 1,
        .mode = kept.mode, .frames = kept.frames, .fps = kept.fps,
        .refine = kept.refine, .detail_amount = kept.detail_amount,
        .seed = kept.seed, .prompt = kept.prompt,
        .negative_prompt = kept.negative_prompt,
        .still = kept.still, .masks = kept.masks, .drawn = kept.drawn,
        .drawn_capacity = kept.drawn_capacity, .nb_drawn = kept.nb_drawn,
        .start = kept.start, .last_line = kept.last_line,
    };
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        c->steps[i]          = kept.steps[i];
        c->guidance[i]       = kept.guidance[i];
        c->image_guidance[i] = kept.image_guidance[i];
        c->width[i]          = kept.width[i];
        c->height[i]         = kept.height[i];
        c->saved[i]          = kept.saved[i];
        c->saved_steps[i]    = kept.saved_steps[i];
    }
    return open_device(ctx);
}

void ttm_clip_drop(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    TTMTensor *tensors[] = {
        &c->packed, &c->small[0], &c->small[1], &c->image_latents[0],
        &c->image_latents[1], &c->mask_latents[0], &c->mask_latents[1],
        &c->carried_latents, &c->latents, &c->pictures, &c->decoded,
        &c->out_still, &c->text[0], &c->text[1], &c->text_empty, &c->locals,
        &c->locals_empty,
    };

    ttm_profile_free(&ctx->profile);
    ttm_stage_free(&c->stage);
    ttm_carry_free(&c->carry);
    for (int i = 0; i < TTM_STAGE_NB; i++)
        ttm_colours_free(&c->colours[i]);
    ttm_detail_free(&c->detail);
    for (size_t i = 0; i < sizeof(tensors) / sizeof(tensors[0]); i++)
        ttm_tensor_free(ctx->backend, tensors[i]);
    ttm_fit_free(&c->fit);
    ttm_prompts_free(&c->prompts);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        free(c->first[i]);
        free(c->saved[i]);
    }
    free(c->prompt);
    free(c->negative_prompt);
    free(c->still.data);
    free(c->masks.data);
    free(c->drawn);
    free(c->ids);
    free(c->predicted);
    free(c->predicted_levels);
    free(c->trajectory);
    free(c->out_ids);
    memset(c, 0, sizeof(*c));
}

void ttm_pipeline_close(TTMContext *ctx)
{
    ttm_clip_drop(ctx);
    ttm_models_close(&ctx->models);
    ttm_loras_free(&ctx->loras);
    ttm_backend_close(&ctx->backend);
}

int ttm_clip_frames(const TTMContext *ctx)
{
    if (ctx->clip.active)
        return ctx->clip.mode == TTM_MODE_RENDER && !ctx->settings.frames &&
               !ctx->clip.started && ctx->clip.nb_drawn ?
               ctx->clip.nb_drawn : ctx->clip.frames;
    return ctx->settings.frames ? ctx->settings.frames :
           ctx->models.defaults.frames;
}

TTMRational ttm_clip_frame_rate(const TTMContext *ctx)
{
    if (ctx->clip.active)
        return ctx->clip.fps;
    return ctx->settings.fps.num ? ctx->settings.fps :
           ttm_rational_of(ctx->models.defaults.fps, TTM_MAX_RATE_TERM);
}

void ttm_clip_output_size(const TTMContext *ctx, int width, int height,
                          int *out_width, int *out_height)
{
    *out_width  = width;
    *out_height = height;
    if (ctx->settings.size)
        ttm_parse_size(ctx->settings.size, out_width, out_height);
}

void ttm_clip_stage_size(const TTMContext *ctx, const char *size, int stage,
                         int *width, int *height)
{
    const TTMModels *m = &ctx->models;
    const TTMDenoiser *d = &m->denoiser[stage];
    const TTMImage *still = &ctx->clip.still;
    int base_width = m->defaults.width, base_height = m->defaults.height;
    int aspect_width = still->width, aspect_height = still->height;
    int multiple = m->vae.block_scale;

    if (d->multiple) {
        multiple = ttm_models_multiple(m, stage);
        if (d->width && d->height) {
            base_width  = d->width;
            base_height = d->height;
        }
    }
    if (size) {
        double factor;

        ttm_parse_size(size, &aspect_width, &aspect_height);
        factor = sqrt((double)aspect_width * aspect_height /
                      ((double)m->defaults.width * m->defaults.height));
        base_width  = (int)lrint(base_width * factor);
        base_height = (int)lrint(base_height * factor);
        base_width  = base_width > multiple ? base_width : multiple;
        base_height = base_height > multiple ? base_height : multiple;
    }
    ttm_generation_size(aspect_width, aspect_height, base_width, base_height,
                        multiple, width, height);
}

/* Settings that the clip keeps until its end. */
static int resolve(TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;
    const TTMDefaults *d = &ctx->models.defaults;
    TTMClip *c = &ctx->clip;

    c->mode   = s->mode;
    c->frames = s->frames ? s->frames : d->frames;
    c->fps    = ttm_clip_frame_rate(ctx);
    c->refine = s->refine == TTM_REFINE_AUTO ? d->refine : s->refine;
    c->detail_amount = s->detail < 0 ? d->detail : s->detail;
    c->seed = s->seed;
    if (c->seed < 0)
        c->seed = ttm_rng_random_seed();
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        c->steps[i] = s->steps ? s->steps : d->steps[i];
        c->guidance[i] = s->guidance < 0 ? d->guidance[i] : s->guidance;
        c->image_guidance[i] = s->image_guidance < 0 ? d->image_guidance[i] :
                               s->image_guidance;
    }
    if (s->promptfile) {
        int ret = ttm_prompt_load(&c->prompt, &ctx->log, s->promptfile);

        if (ret < 0)
            return ret;
    } else if (s->prompt) {
        c->prompt = ttm_strdup(s->prompt);
    }
    c->negative_prompt = ttm_strdup(s->negative_prompt ? s->negative_prompt :
                                    "");
    if (!c->negative_prompt || (s->prompt && !c->prompt))
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    if (!s->objects && (!c->prompt || !*c->prompt))
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "there is no prompt: say "
                        "what happens with the option prompt, promptfile or "
                        "objects");
    return 0;
}

int ttm_clip_check_frames(TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const int most = ctx->models.denoiser[i].max_frames;
        const double pixels = (double)c->width[i] * c->height[i] * c->frames;

        if (ctx->models.stage_part[i] && most > 0 && c->frames > most)
            return c->nb_drawn && !ctx->settings.frames ?
                   ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "the trajectory has %d "
                            "frames, and the bundle %s makes at most %d: set "
                            "frames=%d, and the trajectory is resampled to it",
                            c->frames, ctx->models.defaults.name, most, most) :
                   ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option frames: %d; "
                            "the bundle %s makes at most %d", c->frames,
                            ctx->models.defaults.name, most);
        /* What no machine has memory for is refused before it is tried. */
        if (pixels > 2e9)
            return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option size: %d "
                            "frames of %dx%d are more than can be generated; "
                            "choose a smaller size or fewer frames", c->frames,
                            c->width[i], c->height[i]);
    }
    return 0;
}

int ttm_clip_begin(TTMContext *ctx, const TTMImage *still)
{
    TTMClip *c = &ctx->clip;
    int ret;

    ttm_clip_drop(ctx);
    if (ttm_image_copy(&c->still, still) < 0) {
        ret = ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the "
                       "still");
        goto fail;
    }
    ret = resolve(ctx);
    if (ret < 0)
        goto fail;
    for (int i = 0; i < TTM_STAGE_NB; i++)
        ttm_clip_stage_size(ctx, ctx->settings.size, i, &c->width[i],
                            &c->height[i]);
    ret = ttm_clip_check_frames(ctx);
    if (ret < 0)
        goto fail;
    ttm_log(&ctx->log, TTM_LOG_INFO, "seed %" PRId64 ", %d frames, stages at "
            "%dx%d and %dx%d", c->seed, c->frames, c->width[0], c->height[0],
            c->width[1], c->height[1]);
    c->active = 1;
    c->start = c->last_line = ttm_clock_seconds();
    return 0;
fail:
    ttm_clip_drop(ctx);
    return ret;
}

int ttm_clip_add_drawn(TTMContext *ctx, const TTMImage *frame)
{
    TTMClip *c = &ctx->clip;
    int width = c->width[TTM_STAGE_VIDEO], height = c->height[TTM_STAGE_VIDEO];
    size_t bytes;
    uint8_t *out;
    int ret;

    /* Finer where the frames are, for the fit; odd, so that centres stay. */
    if (c->nb_drawn == 0) {
        c->drawn_width  = frame->width;
        c->drawn_height = frame->height;
        c->drawn_scale  = frame->width >= 3 * width &&
                          frame->height >= 3 * height ? 3 : 1;
    }
    width  *= c->drawn_scale;
    height *= c->drawn_scale;
    bytes = 3 * (size_t)width * (size_t)height;

    if (c->nb_drawn == 0 && !c->masks.data &&
        ttm_image_copy(&c->masks, frame) < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    if (c->nb_drawn == TTM_MAX_DRAWN)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "the trajectory has more "
                        "than %d frames: cut it, e.g. with the filter "
                        "trim=end_frame=%d", TTM_MAX_DRAWN, TTM_MAX_DRAWN);
    ret = ttm_array_grow(&c->drawn, &c->drawn_capacity,
                         (size_t)(c->nb_drawn + 1) * bytes, 1);
    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "out of memory");
    out = c->drawn + (size_t)c->nb_drawn++ * bytes;
    for (int y = 0; y < height; y++) {
        int from_y = (int)((2 * (int64_t)y + 1) * frame->height /
                           (2 * height));

        for (int x = 0; x < width; x++) {
            float rgb[3];

            ttm_image_pixel(frame, (int)((2 * (int64_t)x + 1) * frame->width /
                                         (2 * width)), from_y, rgb);
            for (int k = 0; k < 3; k++)
                *out++ = (uint8_t)(rgb[k] * 255 + 0.5f);
        }
    }
    return 0;
}

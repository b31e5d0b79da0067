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

/** @file One stage: the conditions on the device and its denoising steps. */

#include "denoise/stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "denoise/regions.h"
#include "denoise/steady.h"
#include "util/finite.h"
#include "util/mem.h"
#include "util/rng.h"

/** Device tensors of a condition: the setup's, and all zero. */
typedef struct Condition {
    TTMTensor given, empty;
} Condition;

struct TTMStage {
    TTMModels *models;
    const TTMDenoiser *denoiser;
    TTMStageSetup setup;        ///< its arrays are not valid any more
    TTMNetwork *network, *steady; ///< borrowed
    int network_output;         ///< number of its "output"
    TTMNetwork *masks;          ///< regions and sets, or NULL
    TTMUpdate update;
    TTMTensor latents[2];
    int current;                ///< of latents
    TTMTensor output[TTM_PASS_NB];
    TTMTensor first;            ///< the setup's, as one frame
    Condition input[TTM_CONDITION_NB];
    TTMSteady text, no_text;    ///< of the prompts, of empty ones
    int has_locals;
    float weights[TTM_PASS_NB];
    TTMSchedulerStep *steps;
    int rows;                   ///< frames with a time of their own, or 1
    TTMSchedulerStep *row_steps; ///< [rows] of the step under way
    float *times;               ///< [rows], the same
    float *host;                ///< the latents after the last step
};

int ttm_stage_forwards(double guidance, double image_guidance)
{
    float weights[TTM_PASS_NB];
    int nb = 0;

    ttm_guidance_weights(image_guidance, guidance, weights);
    for (int i = 0; i < TTM_PASS_NB; i++)
        nb += weights[i] != 0;
    return nb ? nb : 1;
}

static int make_tensor(TTMStage *s, TTMTensor *tensor, TTMShape shape,
                       const float *data)
{
    TTMBackend *backend = s->models->backend;
    int ret = ttm_tensor_create(backend, tensor, shape, backend->precision);

    if (ret >= 0 && data)
        ret = ttm_tensor_write(backend, tensor, data, TTM_DTYPE_F32);
    return ret;
}

static TTMShape latent_shape(const TTMStage *s, int frames)
{
    return TTM_SHAPE(frames, s->setup.height, s->setup.width,
                     s->models->vae.latent_channels);
}

static int64_t latent_count(const TTMStage *s)
{
    const TTMShape shape = latent_shape(s, s->setup.frames);

    return ttm_shape_count(&shape);
}

/* The base of a residual network, or NULL. */
static const TTMTensor *residual_base(const TTMStage *s)
{
    return s->denoiser->residual < 0 ? NULL : &s->input[s->denoiser->residual].given;
}

static int make_conditions(TTMStage *s)
{
    const TTMStageSetup *e = &s->setup;
    const TTMTensor *data[] = { NULL, e->image, e->mask, e->carried };
    int no_image = s->weights[TTM_PASS_NONE] != 0;
    int residual = s->denoiser->residual, ret = 0;

    for (int i = TTM_CONDITION_IMAGE; ret >= 0 && i < TTM_CONDITION_NB; i++) {
        if (i != residual && !ttm_denoiser_has(s->denoiser, i))
            continue;
        s->input[i].given = *data[i];
        if (no_image)
            ret = make_tensor(s, &s->input[i].empty, data[i]->shape, NULL);
    }
    s->first = *e->first;
    s->first.shape = latent_shape(s, 1);
    return ret;
}

/* Regions, sets of the positions and sets of the local prompts' tokens. */
static int write_masks(TTMStage *s)
{
    const TTMStageSetup *e = &s->setup;
    TTMMaskSetup masks = {
        .ids = e->ids, .given = s->denoiser->trajectory_regions ? e->pictures : 1,
        .frame_scale = s->models->vae.frame_scale,
        .ids_width = e->ids_width, .ids_height = e->ids_height,
        .frames = e->frames, .width = e->width, .height = e->height,
        .objects = e->objects,
    };
    const int count = e->objects * s->models->tokens;
    uint32_t *keys;
    int ret;

    s->has_locals = s->denoiser->masked_levels && s->denoiser->masked_cross &&
                    e->objects > 0;
    masks.locals  = s->has_locals;
    ret = ttm_masks_bind(&s->masks, s->models->backend, s->steady, s->network,
                         s->denoiser, &masks);
    if (ret < 0 || !s->has_locals)
        return ret;
    keys = ttm_array_alloc((size_t)count, sizeof(*keys));
    if (!keys)
        return ttm_fail(s->models->log, TTM_ERR_MEMORY, "out of memory");
    for (int i = 0; i < count; i++)
        keys[i] = UINT32_C(1) << i / s->models->tokens;
    ret = ttm_network_write(s->network, "local_key_sets", keys, TTM_DTYPE_U32);
    free(keys);
    return ret;
}

/* The network's input keeps its own tensor: it may be bound elsewhere. */
static int copy_input(TTMStage *s, const char *name, const TTMTensor *from)
{
    const TTMTensor *to = ttm_network_input(s->steady, name);

    return to ? ttm_tensor_copy(s->models->backend, to, 0, from, 0,
                                ttm_shape_count(&from->shape)) : TTM_ERR_ARGUMENT;
}

/* What the texts give, once for all steps; after write_masks(). */
static int make_texts(TTMStage *s, TTMSteady *steady, const TTMTensor *text,
                      const TTMTensor *locals)
{
    int ret = copy_input(s, "text", text);

    if (ret >= 0 && s->has_locals)
        ret = copy_input(s, "locals", locals);
    return ret < 0 ? ret : ttm_steady_run(steady, s->models->backend, s->steady);
}

static int make_all_texts(TTMStage *s)
{
    const TTMStageSetup *e = &s->setup;
    int ret = 0;

    if (!s->steady)             /* a network that reads no text */
        return 0;
    ret = make_texts(s, &s->text, e->text, e->locals);
    if (ret >= 0 && (s->weights[TTM_PASS_NONE] != 0 ||
                     s->weights[TTM_PASS_IMAGE] != 0))
        ret = make_texts(s, &s->no_text, e->text_empty, e->locals_empty);
    return ret;
}

/* Noise, with the clean first frame where it is given. */
static int write_noise(TTMStage *s)
{
    const TTMStageSetup *e = &s->setup;
    size_t frame = (size_t)e->height * (size_t)e->width *
                   (size_t)s->models->vae.latent_channels;
    float *noise = ttm_array_alloc(frame * (size_t)e->frames, sizeof(*noise));
    int ret;

    if (!noise)
        return ttm_fail(s->models->log, TTM_ERR_MEMORY, "out of memory");
    ttm_rng_normal((uint64_t)e->seed, (uint32_t)e->stage + 1, 0, noise,
                   (int64_t)(frame * (size_t)e->frames));
    ret = make_tensor(s, &s->latents[0], latent_shape(s, e->frames), noise);
    free(noise);
    if (ret >= 0 && s->denoiser->first_frame_given)
        ret = ttm_tensor_copy(s->models->backend, &s->latents[0], 0, &s->first,
                              0, (int64_t)frame);
    if (ret >= 0)
        ret = make_tensor(s, &s->latents[1], latent_shape(s, e->frames), NULL);
    return ret;
}

static int make_update(TTMStage *s)
{
    const TTMTensor *base = residual_base(s);
    TTMUpdateShape shape = {
        .frames = s->setup.frames, .height = s->setup.height,
        .width = s->setup.width,
        .channels = s->models->vae.latent_channels,
        .base_frames = base ? (int)base->shape.dim[0] : 0,
        .first_given = s->denoiser->first_frame_given,
        .order = ttm_scheduler_order(&s->models->scheduler), .rows = s->rows,
    };
    int ret = 0;

    for (int i = 0; ret >= 0 && i < TTM_PASS_NB; i++) {
        if (s->weights[i] == 0)
            continue;
        ret = make_tensor(s, &s->output[i], latent_shape(s, s->setup.frames),
                          NULL);
        shape.nb_outputs++;
    }
    return ret < 0 ? ret : ttm_update_create(&s->update, s->models->backend,
                                             &shape);
}

/* Room for the times of all rows that the network asks for. */
static int make_times(TTMStage *s)
{
    const TTMTensor *time = ttm_network_input(s->network, "time");

    s->rows = time ? (int)ttm_shape_count(&time->shape) : 0;
    if (s->rows != 1 && s->rows != s->setup.frames)
        return ttm_fail(s->models->log, TTM_ERR_FORMAT, "the network has %d times for "
                        "%d latent frames: it must have one, or one each", s->rows,
                        s->setup.frames);
    s->row_steps = ttm_array_alloc((size_t)s->rows, sizeof(*s->row_steps));
    s->times     = ttm_array_alloc((size_t)s->rows, sizeof(*s->times));
    return s->row_steps && s->times ? 0 :
           ttm_fail(s->models->log, TTM_ERR_MEMORY, "out of memory");
}

/* Times and steps of all rows: a frame that is given has no noise. */
static int set_times(TTMStage *s, int index)
{
    s->row_steps[0] = s->steps[index];
    s->times[0]     = s->steps[index].time;
    if (s->rows == 1)
        return 0;
    for (int row = 0; row < s->rows; row++)
        s->times[row] = row || !s->denoiser->first_frame_given ?
                        s->steps[index].time : 0;
    return ttm_scheduler_row_steps(&s->models->scheduler, s->models->log,
                                   s->denoiser->prediction, s->setup.steps, s->times,
                                   s->rows, s->row_steps);
}

int ttm_stage_create(TTMStage **stage, TTMModels *models,
                     const TTMStageSetup *setup)
{
    TTMStage *s = ttm_array_alloc(1, sizeof(*s));
    int ret = TTM_ERR_MEMORY;

    *stage = s;
    if (!s)
        return ttm_fail(models->log, TTM_ERR_MEMORY, "out of memory");
    s->models = models;
    s->denoiser = &models->denoiser[setup->stage];
    s->setup  = *setup;
    ttm_guidance_weights(setup->image_guidance, setup->guidance, s->weights);
    s->steps = ttm_array_alloc((size_t)setup->steps, sizeof(*s->steps));
    if (!s->steps) {
        ttm_log(models->log, TTM_LOG_ERROR, "out of memory");
        goto fail;
    }
    if ((ret = ttm_scheduler_steps(&models->scheduler, models->log,
                                   s->denoiser->prediction, setup->steps,
                                   s->steps)) < 0 ||
        (ret = ttm_models_denoiser(models, setup->stage, setup->frames,
                                   setup->width, setup->height,
                                   setup->objects, &s->network, &s->steady)) < 0 ||
        (ret = ttm_network_find_output(s->network, "output")) < 0)
        goto fail;
    s->network_output = ret;
    if ((ret = make_times(s)) < 0 || (ret = make_conditions(s)) < 0 ||
        (ret = write_noise(s)) < 0 || (ret = make_update(s)) < 0 ||
        (ret = write_masks(s)) < 0 || (ret = make_all_texts(s)) < 0)
        goto fail;
    return 0;
fail:
    ttm_stage_free(stage);
    return ret;
}

void ttm_stage_free(TTMStage **stage)
{
    TTMStage *s = *stage;
    TTMBackend *backend;

    if (!s)
        return;
    backend = s->models->backend;
    ttm_update_free(&s->update);
    ttm_network_free(&s->masks);
    for (int i = 0; i < 2; i++)
        ttm_tensor_free(backend, &s->latents[i]);
    for (int i = 0; i < TTM_PASS_NB; i++)
        ttm_tensor_free(backend, &s->output[i]);
    for (int i = 0; i < TTM_CONDITION_NB; i++)
        ttm_tensor_free(backend, &s->input[i].empty);
    ttm_steady_free(&s->text, backend);
    ttm_steady_free(&s->no_text, backend);
    free(s->steps);
    free(s->row_steps);
    free(s->times);
    free(s->host);
    free(s);
    *stage = NULL;
}

/* Bind the conditions of one forward and run it. */
static int forward(TTMStage *s, enum TTMGuidancePass pass)
{
    const TTMDenoiser *d = s->denoiser;
    int ret = ttm_network_bind_input(s->network,
                                     ttm_condition_names[TTM_CONDITION_NOISE],
                                     &s->latents[s->current]);

    for (int i = 0; ret >= 0 && i < d->nb_inputs; i++) {
        Condition *c = &s->input[d->inputs[i]];

        if (d->inputs[i] != TTM_CONDITION_NOISE)
            ret = ttm_network_bind_input(s->network,
                                         ttm_condition_names[d->inputs[i]],
                                         pass == TTM_PASS_NONE ? &c->empty :
                                         &c->given);
    }
    if (ret >= 0)
        ret = ttm_steady_bind(pass == TTM_PASS_FULL ? &s->text : &s->no_text,
                              s->steady, s->network);
    if (ret >= 0)
        ret = ttm_network_bind_output(s->network, s->network_output,
                                      &s->output[pass]);
    return ret < 0 ? ret : ttm_network_run(s->network);
}

/* Latents to the host; values that are not finite would go on to all others. */
static int check_latents(TTMStage *s, int index)
{
    static const char *const names[TTM_STAGE_NB] = {
        "stage 1 (image_to_motion)", "stage 2 (motion_to_video)"
    };
    const TTMBackend *backend = s->models->backend;
    const int64_t count = latent_count(s);
    const int exact = backend->precision == TTM_DTYPE_F32;
    int64_t wrong;
    int ret;

    if (!s->host)
        s->host = ttm_array_alloc((size_t)count, sizeof(*s->host));
    if (!s->host)
        return ttm_fail(s->models->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_tensor_read(s->models->backend, &s->latents[s->current], s->host,
                          TTM_DTYPE_F32);
    if (ret < 0)
        return ret;
    wrong = ttm_count_not_finite(s->host, count);
    return !wrong ? 0 :
           ttm_fail(s->models->log, exact ? TTM_ERR_FORMAT : TTM_ERR_PRECISION,
                    "%s: %" PRId64 " of %" PRId64 " latents are not finite after "
                    "step %d, computed in %s: %s", names[s->setup.stage], wrong,
                    count, index + 1, ttm_dtype_name(backend->precision),
                    exact ? "the weights are damaged, or the guidance is too high" :
                    "the network needs precision=f32, or its weights are damaged");
}

int ttm_stage_step(TTMStage *s, int index)
{
    const TTMTensor *outputs[TTM_PASS_NB];
    float weights[TTM_PASS_NB];
    int nb = 0, ret = set_times(s, index);

    if (ret >= 0)
        ret = ttm_network_write(s->network, "time", s->times, TTM_DTYPE_F32);
    for (int i = 0; ret >= 0 && i < TTM_PASS_NB; i++) {
        if (s->weights[i] == 0)
            continue;
        outputs[nb]   = &s->output[i];
        weights[nb++] = s->weights[i];
        ret = forward(s, i);
    }
    if (ret >= 0)
        ret = ttm_update_run(&s->update, s->row_steps, weights,
                             &s->latents[s->current], outputs,
                             residual_base(s), &s->first,
                             &s->latents[!s->current]);
    if (ret < 0)
        return ret;
    s->current = !s->current;
    return check_latents(s, index);
}

void ttm_stage_take(TTMStage *s, TTMTensor *latents)
{
    *latents = s->latents[s->current];
    memset(&s->latents[s->current], 0, sizeof(*latents));
}

int64_t ttm_stage_saved(const TTMStage *s)
{
    return latent_count(s) + ttm_update_saved(&s->update);
}

int ttm_stage_save(TTMStage *s, float *saved)
{
    memcpy(saved, s->host, (size_t)latent_count(s) * sizeof(*saved));
    return ttm_update_save(&s->update, saved + latent_count(s));
}

int ttm_stage_load(TTMStage *s, const float *saved, int steps)
{
    int ret = ttm_tensor_write(s->models->backend, &s->latents[s->current], saved,
                               TTM_DTYPE_F32);

    return ret < 0 ? ret : ttm_update_load(&s->update, saved + latent_count(s),
                                           steps);
}

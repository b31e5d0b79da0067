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

/** @file Opening a bundle: its defaults and configurations. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/networks.h"
#include "util/choices.h"
#include "util/mem.h"

#define DEFAULT_STEPS 20

/* A number, or a list with one number a stage. */
static int read_pair(const TTMModels *m, const TTMJson *defaults,
                     const char *key, double fallback, double min, double max,
                     double out[TTM_STAGE_NB])
{
    const TTMJson *json = ttm_json_get(defaults, key);
    const int is_list = json && ttm_json_type(json) == TTM_JSON_ARRAY;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const TTMJson *item = is_list ? ttm_json_at(json, i) : json;

        out[i] = ttm_json_number(item, json ? max + 1 : fallback);
        if (!(out[i] >= min && out[i] <= max) ||
            (is_list && ttm_json_count(json) != TTM_STAGE_NB))
            return ttm_fail(m->log, TTM_ERR_FORMAT, "%s/model_index.json: "
                            "\"ttm\".\"defaults\".\"%s\" must be a number or a "
                            "list of two, from %g to %g", m->bundle->path, key,
                            min, max);
    }
    return 0;
}

static int read_size(TTMModels *m, const TTMJson *defaults)
{
    const TTMJson *size = ttm_json_get(defaults, "size");
    double w = ttm_json_number(ttm_json_at(size, 0), 0);
    double h = ttm_json_number(ttm_json_at(size, 1), 0);

    if (!size || ttm_json_type(size) != TTM_JSON_ARRAY ||
        ttm_json_count(size) != 2 || !(w >= 8 && w <= 8192) ||
        !(h >= 8 && h <= 8192))
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s/model_index.json: \"ttm\"."
                        "\"defaults\".\"size\" must be [width, height] from 8 "
                        "to 8192", m->bundle->path);
    m->defaults.width  = (int)w;
    m->defaults.height = (int)h;
    return 0;
}

static int read_refine(TTMModels *m, const TTMJson *defaults,
                       const char *origin)
{
    const char *text;
    int ret = ttm_json_get_string(defaults, m->log, origin, "refine", "auto",
                                  &text);

    if (ret < 0)
        return ret;
    if (!strcmp(text, "none"))
        m->defaults.refine = TTM_REFINE_NONE;
    else if (!strcmp(text, "similarity") || !strcmp(text, "auto"))
        m->defaults.refine = TTM_REFINE_SIMILARITY;
    else if (!strcmp(text, "shape"))
        m->defaults.refine = TTM_REFINE_SHAPE;
    else
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: \"refine\": \"%s\" is "
                        "unknown; there are auto, none, similarity and "
                        "shape",
                        origin, text);
    return 0;
}

/* Whether the text encoder knows motions only by the words of their captions. */
static int read_prompts(TTMModels *m, const TTMJson *ttm, const char *origin)
{
    const char *text;
    int ret = ttm_json_get_string(ttm, m->log, origin, "prompts", "as_written",
                                  &text);

    if (ret < 0)
        return ret;
    m->defaults.simple_prompts = !strcmp(text, "motions");
    if (!m->defaults.simple_prompts && strcmp(text, "as_written"))
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: \"prompts\": \"%s\" is "
                        "unknown; there are as_written and motions", origin,
                        text);
    return 0;
}

static int read_defaults(TTMModels *m)
{
    const TTMJson *ttm = ttm_json_get(m->bundle->index, "ttm");
    const TTMJson *defaults = ttm_json_get(ttm, "defaults");
    TTMDefaults *d = &m->defaults;
    double steps[TTM_STAGE_NB];
    int64_t version, frames, generated;
    char origin[512];
    int ret;

    snprintf(origin, sizeof(origin), "%s/model_index.json", m->bundle->path);
    if (!ttm || !defaults)
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: member \"ttm\" with "
                        "\"defaults\" is missing: this is not a "
                        "Through-The-Mask bundle", origin);
    if ((ret = ttm_json_get_int(ttm, m->log, origin, "version", 1, 1, 1,
                                &version)) < 0 ||
        (ret = ttm_json_get_string(ttm, m->log, origin, "name", "unnamed",
                                   &d->name)) < 0 ||
        (ret = ttm_json_get_int(defaults, m->log, origin, "frames", 1, 1024,
                                16, &frames)) < 0 ||
        (ret = ttm_json_get_int(defaults, m->log, origin, "generated_frames", frames,
                                1024, frames, &generated)) < 0 ||
        (ret = ttm_json_get_double(defaults, m->log, origin, "fps", 8,
                                   &d->fps)) < 0 ||
        (ret = ttm_json_get_double(defaults, m->log, origin, "detail", 1,
                                   &d->detail)) < 0 ||
        (ret = read_refine(m, defaults, origin)) < 0 ||
        (ret = read_prompts(m, ttm, origin)) < 0 ||
        (ret = read_size(m, defaults)) < 0 ||
        (ret = read_pair(m, defaults, "steps", DEFAULT_STEPS, 1, TTM_MAX_STEPS,
                         steps)) < 0 ||
        (ret = read_pair(m, defaults, "guidance", 1, 0, 100,
                         d->guidance)) < 0 ||
        (ret = read_pair(m, defaults, "image_guidance", 1, 0, 100,
                         d->image_guidance)) < 0)
        return ret;
    if (!(d->fps > 0 && d->fps <= 1000) || !(d->detail >= 0 && d->detail <= 1))
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: \"fps\" %g must be above "
                        "0 and \"detail\" %g from 0 to 1", origin, d->fps,
                        d->detail);
    d->frames    = (int)frames;
    d->generated = (int)generated;
    for (int i = 0; i < TTM_STAGE_NB; i++)
        d->steps[i] = (int)steps[i];
    return 0;
}

static int open_text(TTMModels *m)
{
    char *folder;
    int ret;

    if ((ret = ttm_part_open(&m->text_part, m->bundle, "text_encoder")) < 0 ||
        (ret = ttm_net_open(&m->text_model, m->text_part, TTM_NET_TEXT)) < 0)
        return ret;
    m->text = m->text_model.facts.text;
    folder = ttm_asprintf("%s/tokenizer", m->bundle->path);
    if (!folder)
        return ttm_fail(m->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_tokenizer_create(&m->tokenizer, m->log, folder);
    if (ret >= 0) {
        m->tokens = ttm_tokenizer_length(m->tokenizer);
        if (m->tokens > m->text.max_tokens)
            ret = ttm_fail(m->log, TTM_ERR_FORMAT, "%s: model_max_length %d is "
                           "more than the text encoder's "
                           "max_position_embeddings %d", folder, m->tokens,
                           m->text.max_tokens);
    }
    free(folder);
    return ret;
}

static int check_stage(const TTMModels *m, int stage)
{
    const TTMDenoiser *d = &m->denoiser[stage];
    const char *config = m->stage_part[stage]->config_path;

    if (d->text_width != m->text.hidden_size)
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: the network reads texts of "
                        "width %d (\"cross_attention_dim\"), but text_encoder's "
                        "\"hidden_size\" is %d", config, d->text_width,
                        m->text.hidden_size);
    if (d->latent_channels != m->vae.latent_channels)
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: the network's latents have "
                        "%d channels, those of the vae %d", config,
                        d->latent_channels, m->vae.latent_channels);
    if (stage == TTM_STAGE_MOTION && ttm_denoiser_has(d, TTM_CONDITION_CARRIED))
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: stage 1 cannot have the "
                        "input \"carried\": there is no trajectory yet", config);
    if (stage == TTM_STAGE_MOTION && d->trajectory_regions)
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: stage 1 needs "
                        "\"regions\": \"first_frame\"", config);
    if (stage == TTM_STAGE_VIDEO && d->tinted)
        return ttm_fail(m->log, TTM_ERR_FORMAT, "%s: \"trajectory\": \"tinted\" "
                        "is of stage 1 only; stage 2 has \"masks\"", config);
    return 0;
}

static int open_stage(TTMModels *m, int stage, const char *name)
{
    int ret = ttm_part_open(&m->stage_part[stage], m->bundle, name);

    if (ret >= 0)
        ret = ttm_net_open(&m->stage_model[stage], m->stage_part[stage],
                           TTM_NET_DENOISER);
    if (ret < 0)
        return ret;
    m->denoiser[stage] = m->stage_model[stage].facts.denoiser;
    return check_stage(m, stage);
}

/* The segmenter of a folder of its own, or of the bundle; none is no error. */
static int open_segmenter(TTMModels *m, const char *chosen)
{
    const int own = chosen && *chosen;
    int ret;

    if (own && !strcmp(chosen, "none"))
        return 0;
    if (!own && !ttm_bundle_has_part(m->bundle, "segmenter"))
        return 0;
    ret = own ? ttm_part_open_folder(&m->segmenter_part, m->log, chosen) :
          ttm_part_open(&m->segmenter_part, m->bundle, "segmenter");
    if (ret >= 0)
        ret = ttm_net_open(&m->segmenter_model, m->segmenter_part, TTM_NET_SEGMENTER);
    if (ret >= 0)
        m->segmenter = m->segmenter_model.facts.segmenter;
    return ret;
}

static int open_parts(TTMModels *m, const int needed[TTM_STAGE_NB],
                      int sampler)
{
    static const char *const names[TTM_STAGE_NB] = {
        "image_to_motion", "motion_to_video"
    };
    int ret;

    if ((ret = open_text(m)) < 0 ||
        (ret = ttm_part_open(&m->vae_part, m->bundle, "vae")) < 0 ||
        (ret = ttm_net_open(&m->vae_model, m->vae_part,
                            TTM_NET_AUTOENCODER)) < 0)
        return ret;
    m->vae = m->vae_model.facts.autoencoder;
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        /*
         * A plan is fitted at the size of stage 2, as it will be rendered; what
         * is rendered may be tinted as stage 1 tints it.
         */
        int settings_only = !needed[i] &&
                            ttm_bundle_has_part(m->bundle, names[i]);

        if ((needed[i] || settings_only) &&
            (ret = open_stage(m, i, names[i])) < 0)
            return ret;
        if (settings_only)
            ttm_part_close(&m->stage_part[i]);
    }
    ret = ttm_part_open(&m->scheduler_part, m->bundle, "scheduler");
    if (ret < 0)
        return ret;
    return ttm_scheduler_load(&m->scheduler, m->log, m->scheduler_part->config,
                              m->scheduler_part->config_path,
                              m->scheduler_part->class_name, sampler);
}

int ttm_models_open(TTMModels *m, const TTMLog *log, const char *path,
                    const int needed[TTM_STAGE_NB], int sampler,
                    const char *segmenter)
{
    int ret;

    memset(m, 0, sizeof(*m));
    m->log = log;
    ret = ttm_bundle_open(&m->bundle, log, path);
    if (ret >= 0)
        ret = read_defaults(m);
    if (ret >= 0)
        ret = open_parts(m, needed, sampler);
    if (ret >= 0)
        ret = open_segmenter(m, segmenter);
    if (ret < 0)
        ttm_models_close(m);
    return ret;
}

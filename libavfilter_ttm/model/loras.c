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


/** @file The `lora` option: its files merged into the networks of a bundle. */

#include "model/loras.h"

#include <stdlib.h>
#include <string.h>

#include "io/lora.h"
#include "util/mem.h"
#include "util/parse.h"

#define MAX_WEIGHT 100

static const char *const stage_names[TTM_STAGE_NB] = {
    [TTM_STAGE_MOTION] = "motion", [TTM_STAGE_VIDEO] = "video",
};

/** What follows a colon may still be a part of the path. */
static int is_path(const char *text)
{
    const char *dot = strrchr(text, '.');

    return strchr(text, '/') || strchr(text, '\\') ||
           (dot && !strcmp(dot, ".safetensors"));
}

/** Take weight and stage off the end of @p item; what is left is the path. */
static int parse_item(TTMLoraUse *use, const TTMLog *log, char *item)
{
    char *colon = strrchr(item, ':'), *end;

    use->weight = 1;
    for (int i = 0; i < TTM_STAGE_NB; i++)
        use->stage[i] = 1;
    for (int i = 0; colon && i < TTM_STAGE_NB; i++) {
        if (strcmp(colon + 1, stage_names[i]))
            continue;
        use->stage[!i] = 0;
        *colon = 0;
        colon  = strrchr(item, ':');
    }
    if (colon && !is_path(colon + 1)) {
        if (ttm_parse_double(colon + 1, &end, &use->weight) < 0)
            return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
        if (*end || end == colon + 1 ||
            !(use->weight >= -MAX_WEIGHT && use->weight <= MAX_WEIGHT))
            return ttm_fail(log, TTM_ERR_ARGUMENT, "option lora: '%s' behind "
                            "'%.*s' is not a weight from %d to %d (nor motion "
                            "or video)", colon + 1, (int)(colon - item), item,
                            -MAX_WEIGHT, MAX_WEIGHT);
        *colon = 0;
    }
    if (!*item)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option lora: a file name is "
                        "missing; it is PATH:WEIGHT, more of them separated by "
                        "'|'");
    use->path = ttm_strdup(item);
    return use->path ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
}

int ttm_loras_parse(TTMLoras *loras, const TTMLog *log, const char *option)
{
    size_t nb = 1;
    int ret = 0;

    memset(loras, 0, sizeof(*loras));
    if (!option || !*option)
        return 0;
    for (const char *c = option; *c; c++)
        nb += *c == '|';
    loras->uses = ttm_array_alloc(nb, sizeof(*loras->uses));
    if (!loras->uses)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    while (ret >= 0 && option) {
        size_t length = strcspn(option, "|");
        char *item = ttm_strndup(option, length);

        ret = item ? parse_item(&loras->uses[loras->nb++], log, item)
                   : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
        free(item);
        option = option[length] ? option + length + 1 : NULL;
    }
    return ret;
}

void ttm_loras_free(TTMLoras *loras)
{
    for (int i = 0; i < loras->nb; i++)
        free(loras->uses[i].path);
    free(loras->uses);
    memset(loras, 0, sizeof(*loras));
}

/** The files while they are merged, and what each part takes of them. */
typedef struct Files {
    TTMLora **loras;
    TTMLora **chosen;
    double *weights;
    int *counts;
} Files;

/** Merge into one part; @p stage is negative for the text encoder. */
static int merge_part(TTMLoras *loras, Files *f, TTMPart *part, int stage,
                      TTMPool *pool)
{
    int nb = 0, ret;

    for (int i = 0; i < loras->nb; i++) {
        if (stage >= 0 && !loras->uses[i].stage[stage])
            continue;
        f->chosen[nb]    = f->loras[i];
        f->weights[nb++] = loras->uses[i].weight;
    }
    ret = ttm_lora_merge(f->chosen, f->weights, nb, part,
                         stage < 0 ? TTM_LORA_TEXT : TTM_LORA_UNET, pool,
                         f->counts);
    nb = 0;
    for (int i = 0; i < loras->nb && ret >= 0; i++) {
        TTMLoraUse *use = &loras->uses[i];

        if (stage < 0)
            use->text_layers = f->counts[nb++];
        else if (use->stage[stage])
            use->layers[stage] = f->counts[nb++];
    }
    return ret;
}

/**
 * A layer that fits nothing is an error, unless its network may be the one
 * that the mode leaves out.
 */
static int check_use(const TTMLoraUse *use, const TTMLora *lora,
                     const TTMModels *models)
{
    int opened = 0, left_out = 0;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        opened   |= use->stage[i] && models->stage_part[i];
        left_out |= use->stage[i] && !models->stage_part[i];
    }
    if (left_out && (!opened || use->text_layers ||
                     use->layers[TTM_STAGE_MOTION] ||
                     use->layers[TTM_STAGE_VIDEO]))
        return 0;
    return ttm_lora_check_merged(lora);
}

static int merge_all(TTMLoras *loras, Files *f, TTMModels *models, TTMPool *pool)
{
    int ret = merge_part(loras, f, models->text_part, -1, pool);

    for (int i = 0; i < TTM_STAGE_NB && ret >= 0; i++)
        if (models->stage_part[i])
            ret = merge_part(loras, f, models->stage_part[i], i, pool);
    for (int i = 0; i < loras->nb && ret >= 0; i++) {
        const TTMLoraUse *use = &loras->uses[i];

        ret = check_use(use, f->loras[i], models);
        if (ret >= 0)
            ttm_log(models->log, TTM_LOG_INFO, "LoRA %s, weight %g: %d layers of "
                    "the text encoder, %d of stage 1, %d of stage 2", use->path,
                    use->weight, use->text_layers, use->layers[TTM_STAGE_MOTION],
                    use->layers[TTM_STAGE_VIDEO]);
    }
    return ret;
}

int ttm_loras_merge(TTMLoras *loras, TTMModels *models, int threads)
{
    const size_t nb = (size_t)loras->nb;
    Files f = {
        ttm_array_alloc(nb, sizeof(*f.loras)),
        ttm_array_alloc(nb, sizeof(*f.chosen)),
        ttm_array_alloc(nb, sizeof(*f.weights)),
        ttm_array_alloc(nb, sizeof(*f.counts)),
    };
    TTMPool *pool = NULL;
    int ret = 0;

    if (!f.loras || !f.chosen || !f.weights || !f.counts)
        ret = ttm_fail(models->log, TTM_ERR_MEMORY, "out of memory");
    for (int i = 0; i < loras->nb && ret >= 0; i++) {
        ret = ttm_lora_open(&f.loras[i], models->log, loras->uses[i].path);
        if (ret >= 0)
            memcpy(loras->uses[i].hash, f.loras[i]->hash,
                   sizeof(loras->uses[i].hash));
    }
    if (ret >= 0 && nb) {
        pool = ttm_pool_create(threads);    // NULL: the caller's thread does it
        ret  = merge_all(loras, &f, models, pool);
    }
    ttm_pool_free(&pool);
    for (int i = 0; f.loras && i < loras->nb; i++)
        ttm_lora_close(&f.loras[i]);
    free(f.loras);
    free(f.chosen);
    free(f.weights);
    free(f.counts);
    return ret;
}

int ttm_loras_report(const TTMLoras *loras, TTMJson *root)
{
    TTMJson *list = ttm_json_new_array();
    int ret = ttm_json_add(root, "lora", list);

    for (int i = 0; i < loras->nb && ret >= 0; i++) {
        const TTMLoraUse *use = &loras->uses[i];
        TTMJson *json = ttm_json_new_object();

        if ((ret = ttm_json_add(list, NULL, json)) < 0 ||
            (ret = ttm_json_add_string(json, "file", use->path)) < 0 ||
            (ret = ttm_json_add_string(json, "hash", use->hash)) < 0 ||
            (ret = ttm_json_add_number(json, "weight", use->weight)) < 0 ||
            (ret = ttm_json_add_number(json, "text_encoder_layers",
                                       use->text_layers)) < 0 ||
            (ret = ttm_json_add_number(json, "stage1_layers",
                                       use->layers[TTM_STAGE_MOTION])) < 0)
            break;
        ret = ttm_json_add_number(json, "stage2_layers",
                                  use->layers[TTM_STAGE_VIDEO]);
    }
    return ret;
}

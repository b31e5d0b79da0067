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

#include "clip/provenance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "settings/options.h"
#include "util/hash.h"
#include "util/image.h"
#include "util/mem.h"

/* IPTC NewsCodes: a photograph set in motion by a trained model. */
#define DIGITAL_SOURCE_TYPE "http://cv.iptc.org/newscodes/digitalsourcetype/" \
                            "compositeWithTrainedAlgorithmicMedia"

static void prompt_hash(const TTMClip *c, char text[17])
{
    const char *prompt = c->made.objects.prompts.global ? c->made.objects.prompts.global :
                         c->given.prompt ? c->given.prompt : "";

    snprintf(text, 17, "%016" PRIx64, ttm_hash64(prompt, strlen(prompt), 0));
}

static void seed_text(const TTMClip *c, char text[24])
{
    snprintf(text, 24, "%" PRId64, c->given.seed);
}

int ttm_provenance_add_origin(TTMContext *ctx, TTMJson *root)
{
    char hash[17];
    int ret;

    prompt_hash(&ctx->clip, hash);
    if ((ret = ttm_json_add_string(root, "generator", "ttm")) < 0 ||
        (ret = ttm_json_add_string(root, "version", ttm_version())) < 0 ||
        (ret = ttm_json_add_string(root, "digital_source_type",
                                   DIGITAL_SOURCE_TYPE)) < 0 ||
        (ret = ttm_json_add_string(root, "model",
                                   ctx->models.defaults.name)) < 0 ||
        (ctx->models.hash[0] &&         /* else not asked for, or cancelled */
         (ret = ttm_json_add_string(root, "model_hash", ctx->models.hash)) < 0) ||
        (ret = ttm_json_add_string(root, "prompt_hash", hash)) < 0)
        return ret;
    return ttm_json_add_string(root, "device", ctx->device);
}

/*
 * The text on one line, of a flat object: braces within its texts are written as numbers, so
 * that the object ends with the first one, for those who look for it in a file.
 */
static char *print_flat(const TTMJson *root)
{
    char *line = ttm_json_print_line(root), *text, *to;
    size_t length = line ? strlen(line) : 0, braces = 0;

    for (size_t i = 0; i < length; i++)
        braces += line[i] == '}';
    if (braces < 2)
        return line;
    text = to = ttm_array_alloc(length + 5 * braces + 1, 1);
    for (const char *from = line; text && *from; from++) {
        if (*from == '}' && from[1]) {
            for (const char *number = "\\u007d"; *number; number++)
                *to++ = *number;
        } else {
            *to++ = *from;
        }
    }
    free(line);
    return text;
}

/* All of it as text, kept in the context. */
static const char *as_text(TTMContext *ctx)
{
    const TTMSource *source = &ctx->clip.given.source;
    TTMJson *root = ttm_json_new_object();
    char seed[24];
    int ret;

    free(ctx->provenance);
    ctx->provenance = NULL;
    if (!root)
        return NULL;
    seed_text(&ctx->clip, seed);
    ret = ttm_provenance_add_origin(ctx, root);
    if (ret >= 0)
        ret = ttm_json_add_string(root, "seed", seed);
    if (ret >= 0 && ctx->loras.nb)
        ret = ttm_json_add_string(root, "lora", ctx->settings.lora);
    if (ret >= 0 && source->name)
        ret = ttm_json_add_string(root, "source", source->name);
    if (ret >= 0)
        ctx->provenance = print_flat(root);
    ttm_json_free(&root);
    return ctx->provenance;
}

const char *ttm_clip_metadata(TTMContext *ctx, const char *key)
{
    const TTMClip *c = &ctx->clip;

    if (!strcmp(key, "model"))
        return ctx->models.defaults.name;
    if (!strcmp(key, "model_hash"))
        return ttm_models_hash(&ctx->models, NULL) < 0 ? NULL : ctx->models.hash;
    if (!strcmp(key, "device"))
        return ctx->device;
    if (!strcmp(key, "digital_source_type"))
        return DIGITAL_SOURCE_TYPE;
    if (!strcmp(key, "lora"))
        return ctx->loras.nb ? ctx->settings.lora : NULL;
    if (!c->active)
        return NULL;
    if (!strcmp(key, "provenance"))
        return as_text(ctx);
    if (!strcmp(key, "source"))
        return c->given.source.name;
    if (!strcmp(key, "seed")) {
        seed_text(c, ctx->text);
        return ctx->text;
    }
    if (!strcmp(key, "prompt_hash")) {
        prompt_hash(c, ctx->text);
        return ctx->text;
    }
    return NULL;
}

int ttm_provenance_add_still(const TTMContext *ctx, TTMJson *root)
{
    const TTMGiven *g = &ctx->clip.given;
    const TTMImage *still = g->matte.data ? &g->matte : &g->still;
    const int samples = ttm_image_samples(still->format);
    const int depth = ttm_image_depth(still->format);
    TTMJson *json = ttm_json_new_object();
    char hash[17];
    int ret = ttm_json_add(root, "still", json);

    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    /* Copies of ours have nothing between their rows. */
    snprintf(hash, sizeof(hash), "%016" PRIx64,
             ttm_hash64(still->data, (size_t)still->height * (size_t)still->stride, 0));
    if ((ret = ttm_json_add_number(json, "width", still->width)) < 0 ||
        (ret = ttm_json_add_number(json, "height", still->height)) < 0 ||
        (ret = ttm_json_add_number(json, "bits", 8 * depth)) < 0 ||
        (ret = ttm_json_add_bool(json, "alpha", samples == 4)) < 0)
        return ret;
    return ttm_json_add_string(json, "hash", hash);
}

/* What stands behind a '?' may be a key. */
static int add_address(TTMJson *json, const char *name, const char *value)
{
    char *shown = ttm_strndup(value, strcspn(value, "?"));
    int ret = shown ? ttm_json_add_string(json, name, shown) : TTM_ERR_MEMORY;

    free(shown);
    return ret;
}

/* One option as JSON has it; 64 bits and ratios are texts. */
static int add_option(TTMJson *json, const TTMOptionRow *row, const void *value)
{
    const char *name = row->option.name;
    TTMRational rate;
    char text[48];

    switch (row->option.type) {
    case TTM_OPTION_BOOL:
        return ttm_json_add_bool(json, name, *(const int *)value);
    case TTM_OPTION_INT:
        return ttm_json_add_number(json, name, *(const int *)value);
    case TTM_OPTION_DOUBLE:
        return ttm_json_add_number(json, name, *(const double *)value);
    case TTM_OPTION_CHOICE:
        return ttm_json_add_string(json, name, row->option.choices[*(const int *)value]);
    case TTM_OPTION_INT64:
        snprintf(text, sizeof(text), "%" PRId64, *(const int64_t *)value);
        return ttm_json_add_string(json, name, text);
    case TTM_OPTION_RATE:
        rate = *(const TTMRational *)value;
        snprintf(text, sizeof(text), "%d/%d", rate.num, rate.den ? rate.den : 1);
        return ttm_json_add_string(json, name, text);
    default:
        if (!*(char *const *)value)
            return 0;
        return strcmp(name, "llm") ? ttm_json_add_string(json, name, *(char *const *)value) :
               add_address(json, name, *(char *const *)value);
    }
}

int ttm_provenance_add_options(const TTMContext *ctx, TTMJson *root)
{
    TTMJson *json = ttm_json_new_object();
    const TTMOptionRow *row;
    int ret = ttm_json_add(root, "options", json);

    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    for (size_t i = 0; ret >= 0 && (row = ttm_option_row(i)); i++)
        ret = add_option(json, row, (const char *)&ctx->settings + row->offset);
    return ret;
}

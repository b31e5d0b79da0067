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

/** @file The table of tokenizers, and what all of them have. */

#include "prompt/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt/tokenizer_class.h"
#include "util/mem.h"
#include "util/utf8.h"

/* More than any text encoder has positions. */
#define MAX_LENGTH 4096

static const TTMTokenizerClass *const classes[] = { &ttm_tokenizer_clip };

#define NB_CLASSES (sizeof(classes) / sizeof(classes[0]))

struct TTMTokenizer {
    TTMLog log;                 /* where encoding says that memory is short */
    const TTMTokenizerClass *of_class;
    void *state;                /* of the class */
    int length;
};

/* "'A' or 'B'": what is known. */
static void list_classes(char *text, size_t size)
{
    size_t used = 0;

    *text = 0;
    for (size_t i = 0; i < NB_CLASSES && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s'%s'",
                                 used ? " or " : "", classes[i]->name);
}

/* The class that is asked for; files that name none are CLIP's. */
static int find_class(TTMTokenizer *tokenizer, const TTMLog *log,
                      const char *path, const TTMJson *config)
{
    const TTMJson *value = ttm_json_get(config, "tokenizer_class");
    const char *name = value && ttm_json_type(value) != TTM_JSON_NULL ?
                       ttm_json_string(value, "(not a text)") :
                       ttm_tokenizer_clip.name;
    char known[256];

    for (size_t i = 0; i < NB_CLASSES; i++)
        if (!strcmp(classes[i]->name, name))
            tokenizer->of_class = classes[i];
    if (tokenizer->of_class)
        return 0;
    list_classes(known, sizeof(known));
    return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"tokenizer_class\" is '%s', but "
                    "only %s is possible", path, name, known);
}

static int read_length(TTMTokenizer *tokenizer, const TTMLog *log,
                       const char *path, const TTMJson *config)
{
    int64_t length;
    int ret = ttm_json_get_int(config, log, path, "model_max_length",
                               tokenizer->of_class->least_length, MAX_LENGTH, 0,
                               &length);

    if (ret >= 0 && !length)
        ret = ttm_fail(log, TTM_ERR_FORMAT, "%s: no \"model_max_length\"; it must be "
                       "the number of positions of the text encoder", path);
    tokenizer->length = (int)length;
    return ret < 0 ? ret : 0;
}

static int read_files(TTMTokenizer *tokenizer, const TTMLog *log,
                      const char *folder)
{
    char *path = ttm_asprintf("%s/tokenizer_config.json", folder);
    TTMJson *config = NULL;
    int ret = path ? ttm_json_load(&config, log, path) :
              ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);

    if (ret >= 0)
        ret = find_class(tokenizer, log, path, config);
    if (ret >= 0)
        ret = read_length(tokenizer, log, path, config);
    if (ret >= 0) {
        tokenizer->state = ttm_array_alloc(1, tokenizer->of_class->state_size);
        ret = tokenizer->state ?
              tokenizer->of_class->read(tokenizer->state, log, folder, path, config) :
              ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);
    }
    ttm_json_free(&config);
    free(path);
    return ret;
}

int ttm_tokenizer_create(TTMTokenizer **tokenizer, const TTMLog *log,
                         const char *folder)
{
    TTMTokenizer *made = calloc(1, sizeof(*made));
    int ret = made ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);

    if (ret >= 0 && log)
        made->log = *log;
    if (ret >= 0)
        ret = read_files(made, log, folder);
    if (ret < 0)
        ttm_tokenizer_free(&made);
    *tokenizer = made;
    return ret;
}

void ttm_tokenizer_free(TTMTokenizer **tokenizer)
{
    TTMTokenizer *old = *tokenizer;

    *tokenizer = NULL;
    if (!old)
        return;
    if (old->state)
        old->of_class->free(old->state);
    free(old->state);
    free(old);
}

int ttm_tokenizer_length(const TTMTokenizer *tokenizer)
{
    return tokenizer->length;
}

int ttm_tokenizer_encode(const TTMTokenizer *tokenizer, const char *text,
                         int32_t *ids, int *nb_tokens, int *truncated)
{
    char *valid = ttm_utf8_repair(text);
    int used, cut;
    int ret = valid ? tokenizer->of_class->encode(tokenizer->state, valid, ids,
                                                  tokenizer->length, &used, &cut) :
              TTM_ERR_MEMORY;

    free(valid);
    if (ret < 0)
        return ttm_fail(&tokenizer->log, ret, "out of memory for the tokens of a "
                        "prompt of %zu bytes", strlen(text));
    if (nb_tokens)
        *nb_tokens = used;
    if (truncated)
        *truncated = cut;
    return ret;
}

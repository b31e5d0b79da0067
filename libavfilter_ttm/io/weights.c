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

/** @file Finding and opening the weight files of a part. */

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/weights.h"
#include "util/file.h"
#include "util/mem.h"

typedef struct Shard {
    char *path;
    TTMSafetensors *file;
} Shard;

struct TTMWeights {
    Shard *shards;
    size_t nb, capacity;
};

/* In the order of preference: ours and diffusers' first, then transformers'. */
static const char *const names[] = {
    "diffusion_pytorch_model.safetensors",
    "model.safetensors",
    "diffusion_pytorch_model.fp16.safetensors",
    "model.fp16.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "model.safetensors.index.json",
    NULL
};

/* Open one more file; takes the path, which may be NULL. */
static int add_file(TTMWeights *weights, const TTMLog *log, char *path)
{
    int ret = path ? ttm_array_grow(&weights->shards, &weights->capacity,
                                    weights->nb + 1, sizeof(*weights->shards))
                   : TTM_ERR_MEMORY;

    if (ret < 0) {
        free(path);
        return ttm_fail(log, ret, "out of memory while opening weights");
    }
    weights->shards[weights->nb].path = path;
    return ttm_safetensors_open(&weights->shards[weights->nb++].file, log, path);
}

/* Shard of an index entry, opened on first sight; NULL: *ret says why. */
static Shard *get_shard(TTMWeights *weights, const TTMLog *log,
                        const char *folder, const char *name, int *ret)
{
    char *path;

    for (size_t i = 0; i < weights->nb; i++)
        if (!strcmp(weights->shards[i].path + strlen(folder) + 1, name))
            return &weights->shards[i];
    path = ttm_asprintf("%s/%s", folder, name);
    *ret = add_file(weights, log, path);
    return *ret < 0 ? NULL : &weights->shards[weights->nb - 1];
}

/* Open the shards of an index and compare both lists of tensors. */
static int read_index(TTMWeights *weights, const TTMLog *log, const char *folder,
                      const char *path, const TTMJson *index)
{
    const TTMJson *map = ttm_json_get(index, "weight_map"), *entry;
    int ret = 0;

    if (!map || ttm_json_type(map) != TTM_JSON_OBJECT || !ttm_json_first(map))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: no \"weight_map\" with the files "
                        "of the tensors", path);
    for (entry = ttm_json_first(map); entry; entry = ttm_json_next(entry)) {
        const char *name = ttm_json_name(entry);
        const char *file = ttm_json_string(entry, "");
        TTMFileTensor *tensor;
        Shard *shard;

        /* the shards lie beside the index, nowhere else */
        if (!file[0] || file[0] == '.' || strchr(file, '/'))
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: \"%s\" is not a "
                            "file name", path, name, file);
        shard = get_shard(weights, log, folder, file, &ret);
        if (!shard)
            return ret;
        tensor = ttm_safetensors_find(shard->file, name);
        if (!tensor)
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s is not in %s", path,
                            name, shard->path);
        tensor->used = 1;
    }
    for (size_t i = 0; i < weights->nb; i++) {
        TTMSafetensors *file = weights->shards[i].file;

        for (size_t j = 0; j < ttm_safetensors_count(file); j++) {
            TTMFileTensor *tensor = ttm_safetensors_at(file, j);

            if (!tensor->used)
                return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s is not listed in "
                                "%s", tensor->path, tensor->name, path);
            tensor->used = 0;   /* from here on the flag is the net's */
        }
    }
    return 0;
}

static int add_sharded(TTMWeights *weights, const TTMLog *log,
                       const char *folder, const char *path)
{
    TTMJson *index;
    int ret = ttm_json_load(&index, log, path);

    if (ret >= 0)
        ret = read_index(weights, log, folder, path, index);
    ttm_json_free(&index);
    return ret;
}

static int open_first(TTMWeights *weights, const TTMLog *log, const char *folder)
{
    for (const char *const *name = names; *name; name++) {
        char *path = ttm_asprintf("%s/%s", folder, *name);
        int ret = path ? ttm_file_exists(log, path) : 1;

        if (ret <= 0) {
            free(path);
            if (ret < 0)
                return ret;
            continue;
        }
        if (!path || !strstr(*name, ".index."))
            return add_file(weights, log, path);
        ret = add_sharded(weights, log, folder, path);
        free(path);
        return ret;
    }
    return ttm_fail(log, TTM_ERR_FILE, "%s: no weights; expected %s, %s, or either "
                    "with .index.json for shards (files of other formats must be "
                    "converted to safetensors)", folder, names[0], names[1]);
}

int ttm_weights_open(TTMWeights **weights, const TTMLog *log, const char *folder)
{
    TTMWeights *opened = calloc(1, sizeof(*opened));
    int ret = opened ? open_first(opened, log, folder)
                     : ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);

    if (ret < 0)
        ttm_weights_close(&opened);
    *weights = opened;
    return ret;
}

void ttm_weights_close(TTMWeights **weights)
{
    TTMWeights *old = *weights;

    *weights = NULL;
    if (!old)
        return;
    for (size_t i = 0; i < old->nb; i++) {
        ttm_safetensors_close(&old->shards[i].file);
        free(old->shards[i].path);
    }
    free(old->shards);
    free(old);
}

TTMFileTensor *ttm_weights_find(const TTMWeights *weights, const char *name)
{
    TTMFileTensor *tensor = NULL;

    for (size_t i = 0; i < weights->nb && !tensor; i++)
        tensor = ttm_safetensors_find(weights->shards[i].file, name);
    return tensor;
}

size_t ttm_weights_count(const TTMWeights *weights)
{
    size_t nb = 0;

    for (size_t i = 0; i < weights->nb; i++)
        nb += ttm_safetensors_count(weights->shards[i].file);
    return nb;
}

TTMFileTensor *ttm_weights_at(const TTMWeights *weights, size_t index)
{
    size_t i = 0;

    while (index >= ttm_safetensors_count(weights->shards[i].file))
        index -= ttm_safetensors_count(weights->shards[i++].file);
    return ttm_safetensors_at(weights->shards[i].file, index);
}

const TTMFileTensor *ttm_weights_unused(const TTMWeights *weights,
                                        int (*is_optional)(const char *name),
                                        size_t *nb)
{
    const TTMFileTensor *first = NULL;

    *nb = 0;
    for (size_t i = 0; i < weights->nb; i++) {
        TTMSafetensors *file = weights->shards[i].file;

        for (size_t j = 0; j < ttm_safetensors_count(file); j++) {
            const TTMFileTensor *tensor = ttm_safetensors_at(file, j);

            if (tensor->used || is_optional(tensor->name))
                continue;
            if (!first)
                first = tensor;
            ++*nb;
        }
    }
    return first;
}

const char *ttm_weights_path(const TTMWeights *weights)
{
    return weights->shards[0].path;
}

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

/** @file Bundles: model_index.json, parts, hash. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/bundle.h"
#include "io/weights.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/mem.h"

/* A part is a folder of the bundle: names that lead elsewhere are none. */
static int is_part_name(const char *name)
{
    return name[0] && name[0] != '.' && name[0] != '_' && !strchr(name, '/');
}

/* [library, class], where an optional part that is missing has nulls. */
static int is_listed(const TTMJson *entry)
{
    return entry && ttm_json_type(entry) == TTM_JSON_ARRAY &&
           ttm_json_string(ttm_json_at(entry, 1), NULL) != NULL;
}

static int read_model_index(TTMBundle *bundle)
{
    char *path = ttm_asprintf("%s/model_index.json", bundle->path);
    int ret;

    if (!path)
        return ttm_fail(bundle->log, TTM_ERR_MEMORY, "%s: out of memory",
                        bundle->path);
    ret = ttm_folder_exists(bundle->log, bundle->path);
    if (!ret)
        ret = ttm_fail(bundle->log, TTM_ERR_FILE, "%s: no such folder; set the "
                       "option model to the folder of a bundle", bundle->path);
    if (ret > 0 && !(ret = ttm_file_exists(bundle->log, path)))
        ret = ttm_fail(bundle->log, TTM_ERR_FILE, "%s: no such file; the option "
                       "model must name a folder in the diffusers layout", path);
    if (ret > 0)
        ret = ttm_json_load(&bundle->index, bundle->log, path);
    if (ret >= 0 && ttm_json_type(bundle->index) != TTM_JSON_OBJECT)
        ret = ttm_fail(bundle->log, TTM_ERR_FORMAT, "%s: not a JSON object", path);
    free(path);
    return ret;
}

int ttm_bundle_open(TTMBundle **bundle, const TTMLog *log, const char *path)
{
    TTMBundle *opened = calloc(1, sizeof(*opened));
    int ret;

    *bundle = NULL;
    if (!opened || !(opened->path = ttm_strdup(path))) {
        free(opened);
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    }
    opened->log = log;
    ret = read_model_index(opened);
    if (ret < 0)
        ttm_bundle_close(&opened);
    *bundle = opened;
    return ret;
}

void ttm_bundle_close(TTMBundle **bundle)
{
    TTMBundle *old = *bundle;

    *bundle = NULL;
    if (!old)
        return;
    ttm_json_free(&old->index);
    free(old->path);
    free(old);
}

int ttm_bundle_has_part(const TTMBundle *bundle, const char *name)
{
    return is_part_name(name) && is_listed(ttm_json_get(bundle->index, name));
}

/*
 * Load the first of the files that a part may be described by. Networks have
 * config.json and, with it, weights.
 */
static int load_config(TTMPart *part, int *is_network)
{
    static const char *const names[] = {
        "config.json", "scheduler_config.json", "tokenizer_config.json", NULL
    };

    for (int i = 0; names[i]; i++) {
        int exists;

        free(part->config_path);
        part->config_path = ttm_asprintf("%s/%s", part->folder, names[i]);
        if (!part->config_path)
            return ttm_fail(part->log, TTM_ERR_MEMORY, "%s: out of memory",
                            part->folder);
        exists = ttm_file_exists(part->log, part->config_path);
        if (exists < 0)
            return exists;
        if (!exists)
            continue;
        *is_network = !i;
        return ttm_json_load(&part->config, part->log, part->config_path);
    }
    return ttm_fail(part->log, TTM_ERR_FILE, "%s: no config.json; the bundle is not "
                    "complete", part->folder);
}

/* The class that the bundle, or NULL, names, or else the part itself. */
static int find_class(TTMPart *part, const TTMBundle *bundle)
{
    const TTMJson *entry = bundle ? ttm_json_get(bundle->index, part->name) : NULL;
    const TTMJson *list = ttm_json_get(part->config, "architectures");
    const char *name = ttm_json_string(ttm_json_at(entry, 1), NULL);

    if (!name || !name[0])
        name = ttm_json_string(ttm_json_get(part->config, "_class_name"), NULL);
    if (!name)
        name = ttm_json_string(ttm_json_at(list, 0), "");
    part->class_name = ttm_strdup(name);
    return part->class_name ? 0 : ttm_fail(part->log, TTM_ERR_MEMORY,
                                           "%s: out of memory", part->folder);
}

/* Configuration and weights of a folder that is there. */
static int open_folder(TTMPart *part, const TTMBundle *bundle)
{
    int is_network = 0, ret = load_config(part, &is_network);

    if (ret >= 0 && ttm_json_type(part->config) != TTM_JSON_OBJECT)
        ret = ttm_fail(part->log, TTM_ERR_FORMAT, "%s: not a JSON object",
                       part->config_path);
    if (ret >= 0)
        ret = find_class(part, bundle);
    if (ret >= 0 && is_network)
        ret = ttm_weights_open(&part->weights, part->log, part->folder);
    return ret;
}

static int open_part(TTMPart *part, const TTMBundle *bundle)
{
    int ret;

    if (!ttm_bundle_has_part(bundle, part->name))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s/model_index.json: lists no "
                        "part \"%s\"", bundle->path, part->name);
    ret = ttm_folder_exists(part->log, part->folder);
    if (ret < 0)
        return ret;
    if (!ret)
        return ttm_fail(part->log, TTM_ERR_FILE, "%s: no such folder, but "
                        "model_index.json lists it; the bundle is not complete",
                        part->folder);
    return open_folder(part, bundle);
}

/* A part with its names and nothing opened; NULL after a line. */
static TTMPart *new_part(const TTMLog *log, const char *name, char *folder)
{
    TTMPart *part = calloc(1, sizeof(*part));

    if (part) {
        part->log    = log;
        part->name   = ttm_strdup(name);
        part->folder = folder;
    } else {
        free(folder);
    }
    if (part && part->name && part->folder)
        return part;
    ttm_log(log, TTM_LOG_ERROR, "%s: out of memory", name);
    ttm_part_close(&part);
    return NULL;
}

int ttm_part_open(TTMPart **part, const TTMBundle *bundle, const char *name)
{
    TTMPart *opened = new_part(bundle->log, name,
                               ttm_asprintf("%s/%s", bundle->path, name));
    int ret = opened ? open_part(opened, bundle) : TTM_ERR_MEMORY;

    if (ret < 0)
        ttm_part_close(&opened);
    *part = opened;
    return ret;
}

int ttm_part_open_folder(TTMPart **part, const TTMLog *log, const char *folder)
{
    TTMPart *opened = new_part(log, folder, ttm_strdup(folder));
    int ret = opened ? ttm_folder_exists(log, folder) : TTM_ERR_MEMORY;

    if (ret == 0)
        ret = ttm_fail(log, TTM_ERR_FILE, "%s: no such folder", folder);
    if (ret >= 0)
        ret = open_folder(opened, NULL);
    if (ret < 0)
        ttm_part_close(&opened);
    *part = opened;
    return ret;
}

void ttm_part_close(TTMPart **part)
{
    TTMPart *old = *part;

    *part = NULL;
    if (!old)
        return;
    ttm_weights_close(&old->weights);
    ttm_json_free(&old->config);
    free(old->config_path);
    free(old->class_name);
    free(old->folder);
    free(old->name);
    free(old);
}

int ttm_part_tensor(TTMPart *part, const char *name, const TTMShape *shape,
                    const TTMFileTensor **tensor)
{
    TTMFileTensor *found = part->weights ? ttm_weights_find(part->weights, name)
                                         : NULL;
    char is[96], expected[96];

    *tensor = NULL;
    if (!found)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: no tensor %s %s, which %s "
                        "calls for", part->weights
                        ? ttm_weights_path(part->weights) : part->folder, name,
                        ttm_shape_string(shape, expected, sizeof(expected)),
                        part->config_path);
    if (!ttm_shape_equal(&found->shape, shape))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: tensor %s has the shape %s, "
                        "but %s calls for %s", found->path, name,
                        ttm_shape_string(&found->shape, is, sizeof(is)),
                        part->config_path,
                        ttm_shape_string(shape, expected, sizeof(expected)));
    if (!ttm_dtype_is_float(found->dtype))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: tensor %s is %s; F32, F16 "
                        "and BF16 are possible", found->path, name,
                        found->dtype_name);
    found->used = 1;
    *tensor = found;
    return 0;
}

const TTMFileTensor *ttm_part_find(const TTMPart *part, const char *name)
{
    return part->weights ? ttm_weights_find(part->weights, name) : NULL;
}

/* Constants that torch saves with the weights; we compute them. */
static int is_constant(const char *name)
{
    static const char *const endings[] = { "position_ids", ".pe", NULL };
    size_t length = strlen(name);

    for (const char *const *ending = endings; *ending; ending++)
        if (length >= strlen(*ending) &&
            !strcmp(name + length - strlen(*ending), *ending))
            return 1;
    return 0;
}

int ttm_part_check_all_used(const TTMPart *part)
{
    const TTMFileTensor *tensor;
    size_t nb;

    if (!part->weights)
        return 0;
    tensor = ttm_weights_unused(part->weights, is_constant, &nb);
    if (!tensor)
        return 0;
    return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: tensor %s%s %s no place in the "
                    "network that %s describes", tensor->path, tensor->name,
                    nb > 1 ? " and others" : "", nb > 1 ? "have" : "has",
                    part->config_path);
}

/** A hash under way. */
typedef struct Hash {
    const TTMBundle *bundle;
    TTMCancel *cancel;
    uint64_t value;
} Hash;

/* Mix the name, inside the bundle, and the contents of a file into the hash. */
static int hash_file(Hash *h, const char *name)
{
    const TTMLog *log = h->bundle->log;
    char *path = ttm_asprintf("%s/%s", h->bundle->path, name);
    TTMFile file;
    int ret;

    if (!path)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", name);
    h->value = ttm_hash64(name, strlen(name), h->value);
    ret = ttm_file_open(&file, log, path);
    if (ret >= 0)
        ret = ttm_file_hash(&file, log, h->cancel, &h->value);
    ttm_file_close(&file);
    free(path);
    return ret;
}

/* What the library may read; pictures and notes do not change a model. */
static int is_hashed(const char *name)
{
    static const char *const endings[] = {
        ".json", ".txt", ".safetensors", NULL
    };
    const char *dot = strrchr(name, '.');

    for (const char *const *ending = endings; dot && *ending; ending++)
        if (!strcmp(dot, *ending))
            return 1;
    return 0;
}

static int hash_part(Hash *h, const char *part)
{
    const TTMLog *log = h->bundle->log;
    char *folder = ttm_asprintf("%s/%s", h->bundle->path, part), **list = NULL;
    int ret;

    if (!folder)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", part);
    ret = ttm_folder_exists(log, folder);
    if (ret > 0)
        ret = ttm_folder_list(&list, log, folder);
    for (size_t i = 0; ret >= 0 && list && list[i]; i++) {
        char *name;

        if (!is_hashed(list[i]))
            continue;
        name = ttm_asprintf("%s/%s", part, list[i]);
        ret  = name ? hash_file(h, name)
                    : ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", part);
        free(name);
    }
    ttm_list_free(&list);
    free(folder);
    return ret;
}

int ttm_bundle_hash(const TTMBundle *bundle, TTMCancel *cancel, char hash[17])
{
    const TTMJson *entry = ttm_json_first(bundle->index);
    Hash h = { bundle, cancel, 0 };
    int ret = hash_file(&h, "model_index.json");

    hash[0] = 0;
    for (; ret >= 0 && entry; entry = ttm_json_next(entry))
        if (is_part_name(ttm_json_name(entry)) && is_listed(entry))
            ret = hash_part(&h, ttm_json_name(entry));
    if (ret >= 0)
        snprintf(hash, 17, "%016llx", (unsigned long long)h.value);
    return ret;
}

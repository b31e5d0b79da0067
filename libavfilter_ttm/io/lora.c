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


/** @file LoRA files: names of the layers, ranks, alphas. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/lora.h"
#include "util/file.h"
#include "util/mem.h"

#define PEFT_PREFIX "base_model.model."

enum Role { ROLE_DOWN, ROLE_UP, ROLE_ALPHA, ROLE_NB };

/** A tensor of the file and what its name says. */
typedef struct Entry {
    char *module;
    int flat, peft;
    enum TTMLoraNetwork network;
    enum Role role;
    const TTMFileTensor *tensor;
} Entry;

typedef struct Reader {
    TTMLora *lora;
    Entry *entries;
    size_t nb;
    TTMJson *metadata;          ///< of diffusers: "unet.lora_alpha", ...
    TTMJson *adapter;           ///< adapter_config.json of PEFT
    char *adapter_path;
} Reader;

static const struct {
    const char *text;
    enum TTMLoraNetwork network;
    int flat;
} prefixes[] = {
    { "lora_unet_",    TTM_LORA_UNET, 1 },
    { "lora_te_",      TTM_LORA_TEXT, 1 },
    { "unet.",         TTM_LORA_UNET, 0 },
    { "text_encoder.", TTM_LORA_TEXT, 0 },
    { "",              TTM_LORA_ANY,  0 },
};

static const struct {
    const char *text;
    enum Role role;
} suffixes[] = {
    { ".lora_A.weight",                 ROLE_DOWN },
    { ".lora_B.weight",                 ROLE_UP },
    { ".lora_A.default.weight",         ROLE_DOWN },
    { ".lora_B.default.weight",         ROLE_UP },
    { ".lora_down.weight",              ROLE_DOWN },
    { ".lora_up.weight",                ROLE_UP },
    { ".lora.down.weight",              ROLE_DOWN },
    { ".lora.up.weight",                ROLE_UP },
    { ".lora_linear_layer.down.weight", ROLE_DOWN },
    { ".lora_linear_layer.up.weight",   ROLE_UP },
    { "_lora.down.weight",              ROLE_DOWN },
    { "_lora.up.weight",                ROLE_UP },
    { ".alpha",                         ROLE_ALPHA },
};

static int out_of_memory(const TTMLora *lora)
{
    return ttm_fail(lora->log, TTM_ERR_MEMORY, "%s: out of memory", lora->path);
}

static int ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);

    return length >= tail && !strcmp(text + length - tail, ending);
}

/**
 * diffusers' older names put the layers of an attention into its processor:
 * "attn1.processor.to_q" is "attn1.to_q", "to_out" is "to_out.0".
 */
static char *without_processor(char *module)
{
    static const char infix[] = ".processor.";
    char *at = strstr(module, infix), *renamed;

    if (!at)
        return module;
    renamed = ttm_asprintf("%.*s.%s%s", (int)(at - module), module,
                           at + sizeof(infix) - 1,
                           ends_with(at, ".to_out") ? ".0" : "");
    free(module);
    return renamed;
}

static int read_name(Reader *r, Entry *e, const TTMFileTensor *tensor)
{
    const char *name = tensor->name;
    size_t i = 0, k = 0;

    while (strncmp(name, prefixes[i].text, strlen(prefixes[i].text)))
        i++;
    name      += strlen(prefixes[i].text);
    e->network = prefixes[i].network;
    e->flat    = prefixes[i].flat;
    if (!strncmp(name, PEFT_PREFIX, strlen(PEFT_PREFIX))) {
        name   += strlen(PEFT_PREFIX);
        e->peft = 1;
    }
    while (k < sizeof(suffixes) / sizeof(*suffixes) &&
           !ends_with(name, suffixes[k].text))
        k++;
    if (k == sizeof(suffixes) / sizeof(*suffixes))
        return ttm_fail(r->lora->log, TTM_ERR_UNSUPPORTED, "%s: tensor %s is no "
                        "part of a LoRA layer in the naming of diffusers, PEFT "
                        "or kohya (LoHa, LoKr, DoRA and others are not "
                        "supported)", r->lora->path, tensor->name);
    e->role   = suffixes[k].role;
    e->tensor = tensor;
    e->module = ttm_strndup(name, strlen(name) - strlen(suffixes[k].text));
    if (e->module)
        e->module = without_processor(e->module);
    return e->module ? 0 : out_of_memory(r->lora);
}

static int compare_modules(const Entry *x, const Entry *y)
{
    if (x->network != y->network)
        return x->network < y->network ? -1 : 1;
    return x->flat != y->flat ? x->flat - y->flat : strcmp(x->module, y->module);
}

static int compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    int order = compare_modules(x, y);

    return order ? order : (int)x->role - (int)y->role;
}

static int check_object(const TTMLora *lora, const TTMJson *json, const char *path)
{
    return ttm_json_type(json) == TTM_JSON_OBJECT ? 0 :
           ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: the configuration of the adapter is not "
                    "a JSON object", path);
}

/** Read the JSON that holds the alphas, where there is one. */
static int open_adapter(Reader *r)
{
    const TTMLora *lora = r->lora;
    const char *text  = ttm_safetensors_metadata(lora->file,
                                                 "lora_adapter_metadata");
    const char *slash = strrchr(lora->path, '/');
    int peft = 0, ret = 0;

    for (size_t i = 0; i < r->nb; i++)
        peft |= r->entries[i].peft;
    if (text)
        ret = ttm_json_parse(&r->metadata, lora->log, text, lora->path);
    if (text && ret >= 0)
        ret = check_object(lora, r->metadata, lora->path);
    if (ret < 0 || !peft)
        return ret;
    r->adapter_path = ttm_asprintf("%.*sadapter_config.json",
                                   slash ? (int)(slash + 1 - lora->path) : 0,
                                   lora->path);
    if (!r->adapter_path)
        return out_of_memory(lora);
    ret = ttm_file_exists(lora->log, r->adapter_path);
    if (ret < 0)
        return ret;
    if (!ret)
        return ttm_fail(lora->log, TTM_ERR_FILE, "%s: no such file; it holds the "
                        "alpha of the layers in %s", r->adapter_path,
                        lora->path);
    ret = ttm_json_load(&r->adapter, lora->log, r->adapter_path);
    return ret < 0 ? ret : check_object(lora, r->adapter, r->adapter_path);
}

/** A key behind the prefix of its network. */
typedef struct Key {
    char text[64];
} Key;

static Key prefixed(const char *prefix, const char *name)
{
    Key key;

    snprintf(key.text, sizeof(key.text), "%s%s", prefix, name);
    return key;
}

/** The alpha of a pattern whose name @p module ends with; else it stays. */
static int pattern_alpha(const TTMLora *lora, const char *path, const TTMJson *patterns,
                         const char *module, double *alpha)
{
    const TTMJson *pattern = ttm_json_first(patterns);
    int ret = 0;

    if (patterns && ttm_json_type(patterns) != TTM_JSON_OBJECT &&
        ttm_json_type(patterns) != TTM_JSON_NULL)
        return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: \"alpha_pattern\" must be an object",
                        path);
    for (; pattern && ret >= 0; pattern = ttm_json_next(pattern)) {
        const char *name = ttm_json_name(pattern);
        const size_t length = strlen(module), tail = strlen(name);

        /* a whole path, or its last modules */
        if (ends_with(module, name) &&
            (length == tail || module[length - tail - 1] == '.'))
            ret = ttm_json_get_double(patterns, lora->log, path, name, *alpha, alpha);
    }
    return ret;
}

/** The scale that an adapter's configuration gives a layer. */
static int adapter_scale(const Reader *r, const Entry *e, double rank,
                         double *scale)
{
    const TTMJson *json = e->peft ? r->adapter : r->metadata;
    const char *path = e->peft ? r->adapter_path : r->lora->path;
    const TTMLog *log = r->lora->log;
    const char *prefix = e->peft || e->network == TTM_LORA_ANY ? "" :
                         e->network == TTM_LORA_UNET ? "unet." : "text_encoder.";
    int ret, dora, rslora;
    double alpha;

    if ((ret = ttm_json_get_double(json, log, path, prefixed(prefix, "lora_alpha").text,
                                   rank, &alpha)) < 0 ||
        (ret = ttm_json_get_bool(json, log, path, prefixed(prefix, "use_dora").text, 0,
                                 &dora)) < 0 ||
        (ret = ttm_json_get_bool(json, log, path, prefixed(prefix, "use_rslora").text, 0,
                                 &rslora)) < 0)
        return ret;
    if (dora)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: a DoRA, which is not supported",
                        r->lora->path);
    ret = pattern_alpha(r->lora, path,
                        ttm_json_get(json, prefixed(prefix, "alpha_pattern").text),
                        e->module, &alpha);
    if (ret < 0)
        return ret;
    if (rslora)
        rank = sqrt(rank);
    *scale = alpha / rank;
    return 0;
}

/** Make a layer of the tensors of one module, indexed by role. */
static int add_layer(Reader *r, Entry *e, const TTMFileTensor *const *tensors)
{
    TTMLora *lora = r->lora;
    TTMLoraLayer *layer = &lora->layers[lora->nb++];
    const TTMFileTensor *down = tensors[ROLE_DOWN], *up = tensors[ROLE_UP];
    const TTMFileTensor *alpha = tensors[ROLE_ALPHA];
    char is_down[96], is_up[96];
    float value = NAN;
    int64_t rank;
    int ret = 0;

    *layer = (TTMLoraLayer){ e->module, e->flat, e->network, down, up };
    e->module = NULL;
    if (!down || !up)
        return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: layer %s lacks its %s "
                        "matrix", lora->path, layer->module,
                        down ? "up (B)" : "down (A)");
    for (int i = 0; i < ROLE_NB; i++)
        if (tensors[i] && !ttm_dtype_is_float(tensors[i]->dtype))
            return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: tensor %s is %s; F32, "
                            "F16 and BF16 are possible", lora->path,
                            tensors[i]->name, tensors[i]->dtype_name);
    rank = down->shape.dim[0];
    if (rank < 1 || down->shape.rank < 2 || up->shape.rank < 2 ||
        up->shape.dim[1] != rank || ttm_shape_count(&down->shape) < 1 ||
        ttm_shape_count(&up->shape) != up->shape.dim[0] * rank)
        return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: layer %s: the shapes %s "
                        "and %s are not those of a down and an up matrix of "
                        "one rank", lora->path, layer->module,
                        ttm_shape_string(&down->shape, is_down, sizeof(is_down)),
                        ttm_shape_string(&up->shape, is_up, sizeof(is_up)));
    if (alpha && ttm_shape_count(&alpha->shape) == 1)
        ret = ttm_file_tensor_convert(alpha, lora->log, 1, TTM_DTYPE_F32, &value);
    if (alpha) {
        layer->scale = value / rank;
    } else {
        Entry of = *e;

        of.module = layer->module;
        ret = adapter_scale(r, &of, rank, &layer->scale);
    }
    if (ret >= 0 && !isfinite(layer->scale))
        ret = ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: the alpha of layer %s is "
                       "not a number", lora->path, layer->module);
    return ret;
}

/** Group the sorted entries by module. */
static int add_layers(Reader *r)
{
    int ret = 0;

    r->lora->layers = ttm_array_alloc(r->nb, sizeof(*r->lora->layers));
    if (!r->lora->layers)
        return out_of_memory(r->lora);
    for (size_t i = 0, end; i < r->nb && ret >= 0; i = end) {
        const TTMFileTensor *tensors[ROLE_NB] = { NULL };

        for (end = i; end < r->nb &&
             !compare_modules(&r->entries[i], &r->entries[end]); end++) {
            const Entry *e = &r->entries[end];

            if (tensors[e->role])
                return ttm_fail(r->lora->log, TTM_ERR_FORMAT, "%s: %s and %s are "
                                "the same matrix of one layer", r->lora->path,
                                tensors[e->role]->name, e->tensor->name);
            tensors[e->role] = e->tensor;
        }
        ret = add_layer(r, &r->entries[i], tensors);
    }
    return ret;
}

static int read_layers(Reader *r)
{
    TTMLora *lora = r->lora;
    const size_t nb = ttm_safetensors_count(lora->file);
    int ret = 0;

    r->entries = ttm_array_alloc(nb, sizeof(*r->entries));
    if (!r->entries)
        return out_of_memory(lora);
    if (!nb)
        return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: there are no tensors in "
                        "it", lora->path);
    for (; r->nb < nb && ret >= 0; r->nb++)
        ret = read_name(r, &r->entries[r->nb],
                        ttm_safetensors_at(lora->file, r->nb));
    if (ret < 0)
        return ret;
    qsort(r->entries, nb, sizeof(*r->entries), compare_entries);
    ret = open_adapter(r);
    return ret < 0 ? ret : add_layers(r);
}

/* Of the file that is open: another may have its name by now. */
static int hash_file(TTMLora *lora)
{
    uint64_t hash = 0;
    int ret = ttm_file_hash(ttm_safetensors_file(lora->file), lora->log, NULL, &hash);

    if (ret < 0)
        return ret;
    snprintf(lora->hash, sizeof(lora->hash), "%016llx", (unsigned long long)hash);
    return 0;
}

int ttm_lora_open(TTMLora **lora, const TTMLog *log, const char *path)
{
    TTMLora *opened = ttm_array_alloc(1, sizeof(*opened));
    Reader r = { opened };
    int ret;

    *lora = NULL;
    if (!opened || !(opened->path = ttm_strdup(path))) {
        free(opened);
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    }
    opened->log = log;
    ret = ttm_file_exists(log, path);
    if (!ret)
        ret = ttm_fail(log, TTM_ERR_FILE, "option lora: there is no file '%s'",
                       path);
    else if (ret > 0)
        ret = ttm_safetensors_open(&opened->file, log, path);
    if (ret >= 0)
        ret = hash_file(opened);
    if (ret >= 0)
        ret = read_layers(&r);
    for (size_t i = 0; r.entries && i < r.nb; i++)
        free(r.entries[i].module);
    free(r.entries);
    ttm_json_free(&r.metadata);
    ttm_json_free(&r.adapter);
    free(r.adapter_path);
    if (ret < 0)
        ttm_lora_close(&opened);
    *lora = opened;
    return ret;
}

void ttm_lora_close(TTMLora **lora)
{
    TTMLora *old = *lora;

    *lora = NULL;
    if (!old)
        return;
    for (size_t i = 0; i < old->nb; i++)
        free(old->layers[i].module);
    free(old->layers);
    ttm_safetensors_close(&old->file);
    free(old->path);
    free(old);
}

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


/** @file Adding LoRA layers to the weights of a part. */

#include <stdlib.h>
#include <string.h>

#include "io/lora.h"
#include "io/weights.h"
#include "util/mem.h"

#define TEXT_ROOT "text_model."

/** A weight by the name of its module. */
typedef struct Target {
    char *flat;                 ///< the module with underscores for dots
    TTMFileTensor *tensor;
} Target;

/** A layer that changes a weight, and how much. */
typedef struct Change {
    TTMFileTensor *tensor;
    const TTMLoraLayer *layer;
    size_t number;              ///< in the order of the files and their layers
    double amount;              ///< times the layer's scale
    float *down, *up;           ///< in f32, while they are added
} Change;

typedef struct Merge {
    TTMPart *part;
    enum TTMLoraNetwork network;
    TTMPool *pool;
    Target *targets;            ///< sorted by flat
    size_t nb_targets;
    Change *changes;
    size_t nb, capacity;
} Merge;

static int out_of_memory(const Merge *m)
{
    return ttm_fail(m->part->log, TTM_ERR_MEMORY, "%s: out of memory for the LoRA's "
                    "sums", m->part->folder);
}

/** Where the name proper begins: text encoders are saved with and without. */
static const char *skip_root(const Merge *m, const char *name, int flat)
{
    const size_t length = strlen(TEXT_ROOT);

    if (m->network != TTM_LORA_TEXT)
        return name;
    return strncmp(name, flat ? "text_model_" : TEXT_ROOT, length) ? name :
           name + length;
}

static int compare_targets(const void *a, const void *b)
{
    return strcmp(((const Target *)a)->flat, ((const Target *)b)->flat);
}

/** List the weights that a layer may have, NAME.weight, by flat name. */
static int list_targets(Merge *m)
{
    static const char ending[] = ".weight";
    const TTMWeights *weights = m->part->weights;
    const size_t nb = ttm_weights_count(weights);

    m->targets = ttm_array_alloc(nb, sizeof(*m->targets));
    for (size_t i = 0; m->targets && i < nb; i++) {
        TTMFileTensor *tensor = ttm_weights_at(weights, i);
        const char *name = skip_root(m, tensor->name, 0);
        size_t length = strlen(name), tail = sizeof(ending) - 1;
        char *flat;

        if (length <= tail || strcmp(name + length - tail, ending) ||
            tensor->shape.rank < 2)
            continue;
        flat = ttm_strndup(name, length - tail);
        if (!flat)
            return out_of_memory(m);
        for (char *c = flat; *c; c++)
            if (*c == '.')
                *c = '_';
        m->targets[m->nb_targets++] = (Target){ flat, tensor };
    }
    if (!m->targets)
        return out_of_memory(m);
    qsort(m->targets, m->nb_targets, sizeof(*m->targets), compare_targets);
    return 0;
}

/** The weight that a layer names: *@p target, NULL where there is none. */
static int find_target(const Merge *m, const TTMLoraLayer *layer,
                       TTMFileTensor **target)
{
    const char *module = skip_root(m, layer->module, layer->flat);
    const char *roots[] = { "", TEXT_ROOT };
    TTMFileTensor *tensor = NULL;

    *target = NULL;
    if (!(layer->network & m->network))
        return 0;
    if (layer->flat) {
        const Target key = { (char *)(uintptr_t)module, NULL };
        const Target *found = bsearch(&key, m->targets, m->nb_targets,
                                      sizeof(key), compare_targets);

        *target = found ? found->tensor : NULL;
        return 0;
    }
    for (int i = 0; i < 2 && !tensor; i++) {
        char *name = ttm_asprintf("%s%s.weight", roots[i], module);

        if (!name)
            return out_of_memory(m);
        tensor = ttm_weights_find(m->part->weights, name);
        free(name);
    }
    *target = tensor && tensor->shape.rank >= 2 ? tensor : NULL;
    return 0;
}

/** A 1x1 convolution takes matrices of a linear layer, and the reverse. */
static int fits(const TTMLoraLayer *layer, const TTMFileTensor *tensor)
{
    const TTMShape *w = &tensor->shape, *down = &layer->down->shape;
    const TTMShape *up = &layer->up->shape;

    return w->dim[0] == up->dim[0] && w->dim[1] == down->dim[1] &&
           ttm_shape_count(w) / w->dim[0] ==
           ttm_shape_count(down) / down->dim[0] &&
           ttm_dtype_is_float(tensor->dtype);
}

static int collect(Merge *m, TTMLora *lora, double amount, int *count)
{
    for (size_t i = 0; i < lora->nb; i++) {
        TTMLoraLayer *layer = &lora->layers[i];
        TTMFileTensor *tensor;
        int ret = find_target(m, layer, &tensor);

        if (ret < 0)
            return ret;
        if (!tensor)
            continue;
        if (!fits(layer, tensor)) {
            layer->misfit = tensor;
            continue;
        }
        if (ttm_array_grow(&m->changes, &m->capacity, m->nb + 1,
                           sizeof(*m->changes)) < 0)
            return out_of_memory(m);
        m->changes[m->nb] = (Change){ tensor, layer, m->nb, amount };
        m->nb++;
        layer->merged++;
        ++*count;
    }
    return 0;
}

/** Changes of one weight that are added together. */
typedef struct Sum {
    const Change *changes;
    size_t nb;
    float *weights;             ///< [out, n]
    int64_t n;                  ///< in * kh * kw
} Sum;

/** Row @p index of the weights: += scale * up[index] down. */
static void add_row(void *opaque, int index, int nb)
{
    const Sum *s = opaque;
    const int64_t n = s->n;
    float *restrict row = s->weights + index * n;

    (void)nb;
    for (size_t i = 0; i < s->nb; i++) {
        const Change *c = &s->changes[i];
        const int64_t rank = c->layer->down->shape.dim[0];
        const float *up = c->up + index * rank, *down = c->down;
        const float scale = (float)(c->amount * c->layer->scale);
        int64_t r = 0;

        for (; r + 4 <= rank; r += 4, down += 4 * n) {
            const float a = scale * up[r], b = scale * up[r + 1];
            const float e = scale * up[r + 2], f = scale * up[r + 3];

            for (int64_t k = 0; k < n; k++)
                row[k] += (a * down[k] + b * down[n + k]) +
                          (e * down[2 * n + k] + f * down[3 * n + k]);
        }
        for (; r < rank; r++, down += n) {
            const float a = scale * up[r];

            for (int64_t k = 0; k < n; k++)
                row[k] += a * down[k];
        }
    }
}

/** All elements in f32: *@p data (malloc). */
static int to_floats(const Merge *m, const TTMFileTensor *tensor, float **data)
{
    const int64_t count = ttm_shape_count(&tensor->shape);

    *data = ttm_array_alloc((size_t)count, sizeof(**data));
    return *data ? ttm_file_tensor_convert(tensor, m->part->log, count,
                                           TTM_DTYPE_F32, *data) : out_of_memory(m);
}

/** Replace the data of one weight by its sum with all its changes. */
static int merge_one(const Merge *m, Change *changes, size_t nb)
{
    TTMFileTensor *tensor = changes[0].tensor;
    const int64_t count = ttm_shape_count(&tensor->shape);
    Sum sum = { changes, nb, NULL, count / tensor->shape.dim[0] };
    int ret = to_floats(m, tensor, &sum.weights);
    void *merged = sum.weights;

    for (size_t i = 0; i < nb && ret >= 0; i++) {
        ret = to_floats(m, changes[i].layer->down, &changes[i].down);
        if (ret >= 0)
            ret = to_floats(m, changes[i].layer->up, &changes[i].up);
    }
    if (ret >= 0) {
        ttm_pool_run(m->pool, add_row, &sum, (int)tensor->shape.dim[0]);
        if (tensor->dtype != TTM_DTYPE_F32) {
            merged = ttm_array_alloc((size_t)count, ttm_dtype_size(tensor->dtype));
            if (merged)
                ttm_convert(merged, tensor->dtype, sum.weights, TTM_DTYPE_F32,
                            count);
            else
                ret = out_of_memory(m);
        }
    }
    if (ret >= 0) {
        free(tensor->replaced);
        tensor->replaced = merged;
    }
    for (size_t i = 0; i < nb; i++) {
        free(changes[i].down);
        free(changes[i].up);
        changes[i].down = changes[i].up = NULL;
    }
    if (merged != sum.weights || ret < 0)
        free(sum.weights);
    return ret;
}

/** Those of a weight together, in their order: sums depend on it. */
static int compare_changes(const void *a, const void *b)
{
    const Change *x = a, *y = b;
    const uintptr_t p = (uintptr_t)x->tensor, q = (uintptr_t)y->tensor;

    if (p != q)
        return p < q ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

int ttm_lora_merge(TTMLora *const *loras, const double *amounts, int nb,
                   TTMPart *part, enum TTMLoraNetwork network, TTMPool *pool,
                   int *counts)
{
    Merge m = { part, network, pool };
    int ret = list_targets(&m);

    for (int i = 0; i < nb && ret >= 0; i++) {
        counts[i] = 0;
        ret = collect(&m, loras[i], amounts[i], &counts[i]);
    }
    if (ret >= 0 && m.nb)
        qsort(m.changes, m.nb, sizeof(*m.changes), compare_changes);
    for (size_t i = 0, end; i < m.nb && ret >= 0; i = end) {
        for (end = i + 1; end < m.nb &&
             m.changes[end].tensor == m.changes[i].tensor; end++)
            ;
        ret = merge_one(&m, m.changes + i, end - i);
    }
    for (size_t i = 0; m.targets && i < m.nb_targets; i++)
        free(m.targets[i].flat);
    free(m.targets);
    free(m.changes);
    return ret;
}

int ttm_lora_check_merged(const TTMLora *lora)
{
    char is[96], down[96], up[96];

    for (size_t i = 0; i < lora->nb; i++) {
        const TTMLoraLayer *layer = &lora->layers[i];

        if (layer->merged)
            continue;
        if (layer->misfit)
            return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: layer %s: matrices %s "
                            "and %s do not fit the bundle's weight %s %s: the "
                            "LoRA was made for another model", lora->path,
                            layer->module,
                            ttm_shape_string(&layer->down->shape, down,
                                             sizeof(down)),
                            ttm_shape_string(&layer->up->shape, up, sizeof(up)),
                            layer->misfit->name,
                            ttm_shape_string(&layer->misfit->shape, is,
                                             sizeof(is)));
        return ttm_fail(lora->log, TTM_ERR_FORMAT, "%s: no network in use has the "
                        "layer %s: the LoRA was made for another model",
                        lora->path, layer->module);
    }
    return 0;
}

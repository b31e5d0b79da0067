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

/** @file What linear layers and convolutions by oneDNN share. */

#include "config.h"

#if HAVE_ONEDNN

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/onednn_layers.h"
#include "util/mem.h"

/** Operations of a call: a fraction of a second on one core, also of an old machine. */
#define MOST_OPERATIONS 4e9

int64_t ttm_onednn_part(int64_t total, double operations)
{
    const double calls = ceil((double)total * operations / MOST_OPERATIONS);

    if (calls <= 1)
        return total;
    return calls < (double)total ?
           (int64_t)ceil((double)total / calls) : 1;
}

size_t ttm_onednn_reserve(TTMCpuStep *step, size_t bytes)
{
    size_t at = step->scratch_bytes;

    step->scratch_bytes += (bytes + 63) / 64 * 64;
    return at;
}

void ttm_onednn_release(TTMCpuStep *step)
{
    TTMOnednnLayer *layer = step->state;

    if (!layer)
        return;
    for (int i = 0; i < TTM_ONEDNN_CALLS; i++)
        ttm_onednn_call_free(&layer->call[i]);
    free(layer);
    step->state = NULL;
}

/** Start over with another compute type. */
static TTMOnednnLayer *reset(TTMCpuStep *step, enum TTMDType compute)
{
    TTMOnednnLayer *layer;

    ttm_onednn_release(step);
    step->scratch_bytes = 0;
    layer = calloc(1, sizeof(*layer));
    step->state = layer;
    if (layer)
        layer->compute = compute;
    return layer;
}

int ttm_onednn_is_absent(const TTMCpuStep *step, int index)
{
    return step->node->input[index] < 0;
}

/** Scratch for f32 copies and for oneDNN; called when all calls are made. */
static void reserve_all(TTMCpuStep *step, int residual)
{
    TTMOnednnLayer *layer = step->state;
    size_t pad    = 0;
    int64_t count = ttm_shape_count(&step->node->shape);

    if (layer->compute != step->graph->dtype) {
        layer->x_at = ttm_onednn_reserve(step, ttm_shape_count(
                                             ttm_cpu_shape(step, 0)) * 4);
        layer->y_at = ttm_onednn_reserve(step, count * 4);
        if (!ttm_onednn_is_absent(step, residual))
            layer->residual_at = ttm_onednn_reserve(step, count * 4);
    }
    for (int i = 0; i < layer->nb_calls; i++)
        if (layer->call[i].scratchpad_bytes > pad)
            pad = layer->call[i].scratchpad_bytes;
    layer->pad_at = ttm_onednn_reserve(step, pad);
}

int ttm_onednn_prepare(TTMCpuStep *step, int residual,
                       int (*make)(TTMCpuStep *step, TTMOnednnLayer *layer,
                                   const void *weights))
{
    const enum TTMDType tries[] = { step->graph->dtype, TTM_DTYPE_F32 };
    const TTMNodeId id  = ttm_graph_root(step->graph, step->node->input[1]);
    const TTMNode *node = &step->graph->nodes[id];
    const int64_t count = ttm_shape_count(&node->shape);

    for (int i = 0; i < 2; i++) {
        TTMOnednnLayer *layer;
        void *weights;
        int made;

        if (tries[i] == TTM_DTYPE_F16 || (i && tries[i] == tries[0]))
            continue;
        layer   = reset(step, tries[i]);
        weights = ttm_aligned_alloc(count * ttm_dtype_size(tries[i]));
        if (!layer || !weights) {
            free(weights);
            return ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory "
                            "for tensor '%s'", step->graph->name, node->name);
        }
        made = ttm_cpu_convert_weight(step->cpu, step->graph, id, tries[i], weights);
        if (made >= 0)
            made = make(step, layer, weights);
        /* needed only until oneDNN has its own form of them */
        free(weights);
        if (made < 0)
            return made;
        if (made) {
            int ret = ttm_cpu_take_weight(step, 2, TTM_DTYPE_F32);

            reserve_all(step, residual);
            for (int k = 0; k < layer->nb_calls; k++)
                ttm_cpu_add_bytes(step, layer->call[k].weight_bytes);
            return ret < 0 ? ret : 1;
        }
    }
    return 0;
}

TTMOnednnViews ttm_onednn_open_views(const TTMCpuStep *step, int residual)
{
    const TTMOnednnLayer *layer = step->state;
    const enum TTMDType type = step->graph->dtype;
    const int64_t count      = ttm_shape_count(&step->node->shape);
    char *scratch            = step->scratch;
    TTMOnednnViews v = { step->in[0], step->in[residual], step->out,
                         scratch + layer->pad_at };

    if (layer->compute == type)
        return v;
    v.x = scratch + layer->x_at;
    v.y = scratch + layer->y_at;
    ttm_cpu_convert(step->cpu, scratch + layer->x_at, layer->compute, step->in[0],
                    type, ttm_shape_count(ttm_cpu_shape(step, 0)));
    if (v.residual) {
        v.residual = scratch + layer->residual_at;
        ttm_cpu_convert(step->cpu, scratch + layer->residual_at, layer->compute,
                        step->in[residual], type, count);
    }
    return v;
}

int ttm_onednn_close_views(const TTMCpuStep *step, const TTMOnednnViews *v, int ok)
{
    const TTMOnednnLayer *layer = step->state;

    if (!ok)
        return ttm_fail(step->cpu->log, TTM_ERR_DEVICE, "%s: oneDNN failed in "
                        "'%s': try device=cpu:plain", step->graph->name,
                        step->node->name);
    if (layer->compute != step->graph->dtype)
        ttm_cpu_convert(step->cpu, step->out, step->graph->dtype, v->y,
                        layer->compute, ttm_shape_count(&step->node->shape));
    return 0;
}

#endif

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

/**
 * @file
 * Weights on the device: converted to the graph's type once, convolution
 * kernels rearranged so that the channels of a tap are next to each other.
 */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/program.h"
#include "util/mem.h"

/** Size of a buffer of weights where one is not larger itself. */
#define CHUNK_BYTES ((size_t)256 << 20)

static size_t align(const TTMVkProgram *p, size_t bytes)
{
    size_t alignment = p->vk->limits.minStorageBufferOffsetAlignment;

    if (alignment < 64)
        alignment = 64;
    return (bytes + alignment - 1) / alignment * alignment;
}

/** Find room for @p bytes, in a new buffer when the last one is full. */
static int reserve(TTMVkProgram *p, size_t bytes, TTMVkRange *range)
{
    size_t aligned = align(p, bytes), size;
    TTMVkBuffer *last = p->nb_weights ? p->weights[p->nb_weights - 1] : NULL;
    int ret;

    if (p->dry) {
        *range = (TTMVkRange){ p->first_weight_slot, 0, bytes };
        p->dry_bytes += aligned;
        return 0;
    }
    if (!last || last->size - p->weights_used < aligned) {
        if (ttm_array_grow(&p->weights, &p->weights_capacity, p->nb_weights + 1,
                           sizeof(*p->weights)) < 0)
            return ttm_fail(p->vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
        size = p->weights_left < CHUNK_BYTES ? p->weights_left : CHUNK_BYTES;
        if (size < aligned)
            size = aligned;
        ret = ttm_vk_buffer_create(p->vk, size, "weights",
                                   &p->weights[p->nb_weights]);
        if (ret < 0)
            return ret;
        p->nb_weights++;
        p->weights_used = 0;
    }
    *range = (TTMVkRange){ p->first_weight_slot + p->nb_weights - 1,
                           p->weights_used, bytes };
    p->weights_used += aligned;
    p->weights_left -= p->weights_left < aligned ? p->weights_left : aligned;
    return 0;
}

static int store(TTMVkProgram *p, const void *data, size_t bytes,
                 TTMVkRange *range)
{
    TTMVkRange reserved;
    int ret = reserve(p, bytes, &reserved);

    if (ret >= 0 && !p->dry)
        ret = ttm_vk_buffer_write(p->vk, p->weights[p->nb_weights - 1],
                                  reserved.offset, data, bytes);
    if (ret >= 0)
        *range = reserved;
    return ret;
}

int ttm_vk_constant(TTMVkProgram *program, const void *data, size_t bytes,
                    TTMVkRange *range)
{
    TTMVkRange *kept = &program->weight_ranges[program->node -
                                               program->graph->nodes];
    int ret = kept->bytes ? 0 : store(program, data, bytes, kept);

    *range = *kept;
    return ret;
}

/** [Cout, Cin, kh, kw] -> [Cout, kh, kw, Cin], elements of @p size bytes. */
static void rearrange(char *to, const char *from, const TTMShape *shape, size_t size)
{
    int64_t channels = shape->dim[1], taps = shape->dim[2] * shape->dim[3];

    for (int64_t o = 0; o < shape->dim[0]; o++) {
        const char *in = from + o * channels * taps * size;

        for (int64_t t = 0; t < taps; t++)
            for (int64_t c = 0; c < channels; c++, to += size)
                memcpy(to, in + (c * taps + t) * size, size);
    }
}

/** Upload weight @p id; @p kernel is its shape where a convolution reads it. */
static int upload(TTMVkProgram *p, TTMNodeId id, const TTMShape *kernel)
{
    const TTMNode *node = &p->graph->nodes[id];
    int64_t count = ttm_shape_count(&node->shape);
    size_t bytes  = count * ttm_dtype_size(node->dtype);
    char *converted = NULL, *rearranged = NULL;
    const void *data = node->host_data;
    int ret;

    if (p->dry)
        return store(p, NULL, bytes, &p->weight_ranges[id]);
    if (!data || node->host_dtype != node->dtype) {
        converted = malloc(bytes);
        if (!converted)
            goto memory;
        ret = ttm_graph_convert_weight(p->graph, id, node->dtype, converted);
        if (ret < 0)
            goto end;
        data = converted;
    }
    if (kernel && kernel->dim[2] * kernel->dim[3] > 1) {
        rearranged = malloc(bytes);
        if (!rearranged)
            goto memory;
        rearrange(rearranged, data, kernel, ttm_dtype_size(node->dtype));
        data = rearranged;
    }
    ret = store(p, data, bytes, &p->weight_ranges[id]);
    goto end;

memory:
    ret = ttm_fail(p->vk->log, TTM_ERR_MEMORY, "vulkan: %s: out of memory for weight "
                   "'%s'", p->graph->name, node->name);
end:
    free(converted);
    free(rearranged);
    return ret;
}

int ttm_vk_weights_upload(TTMVkProgram *program)
{
    const TTMGraph *graph = program->graph;
    const TTMPlan *plan   = program->plan;
    const TTMShape **kernels = ttm_array_alloc(graph->nb_nodes, sizeof(*kernels));
    int ret = 0;

    if (!kernels)
        return ttm_fail(program->vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    for (int i = 0; i < plan->nb_order; i++) {
        const TTMNode *node = &graph->nodes[plan->order[i]];

        if (node->op == TTM_OP_CONV2D)
            kernels[ttm_graph_root(graph, node->input[1])] =
                &graph->nodes[node->input[1]].shape;
    }
    for (int i = 0; i < graph->nb_nodes; i++)
        if (plan->placement[i].place == TTM_PLACE_WEIGHT)
            program->weights_left += align(program,
                ttm_shape_count(&graph->nodes[i].shape) *
                ttm_dtype_size(graph->nodes[i].dtype));
    for (int i = 0; i < graph->nb_nodes && ret >= 0; i++)
        if (plan->placement[i].place == TTM_PLACE_WEIGHT)
            ret = upload(program, i, kernels[i]);
    free(kernels);
    return ret;
}

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

/** @file Weights of a program on the CPU, in the types that kernels ask for. */

#include <stdlib.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/program.h"
#include "util/mem.h"

int ttm_cpu_take_weight(TTMCpuStep *step, int index, enum TTMDType dtype)
{
    TTMNodeId root;
    const TTMNode *node;
    void **converted;
    size_t bytes;
    int ret;

    if (index >= step->node->nb_inputs || step->node->input[index] < 0)
        return 0;
    root      = ttm_graph_root(step->graph, step->node->input[index]);
    node      = &step->graph->nodes[root];
    converted = &step->program->weights[root].converted[dtype];
    if (node->host_data && node->host_dtype == dtype) {
        step->weight[index] = node->host_data;
        return 0;
    }
    if (!*converted) {
        bytes = ttm_shape_count(&node->shape) * ttm_dtype_size(dtype);
        *converted = ttm_aligned_alloc(bytes);
        if (!*converted)
            return ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory for "
                            "tensor '%s'", step->graph->name, node->name);
        ret = ttm_cpu_convert_weight(step->cpu, step->graph, root, dtype, *converted);
        if (ret < 0) {
            free(*converted);
            *converted = NULL;
            return ret;
        }
        step->program->base.bytes += bytes;
    }
    step->weight[index] = *converted;
    return 0;
}

void ttm_cpu_add_bytes(TTMCpuStep *step, size_t bytes)
{
    step->program->base.bytes += bytes;
}

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

#include "backend/cpu/convert.h"
#include "backend/cpu/program.h"
#include "util/mem.h"

const void *ttm_cpu_weight(TTMCpuStep *step, int index, enum TTMDType dtype)
{
    TTMNodeId root      = ttm_graph_root(step->graph, step->node->input[index]);
    const TTMNode *node = &step->graph->nodes[root];
    void **converted    = &step->program->weights[root].converted[dtype];
    int64_t count       = ttm_shape_count(&node->shape);
    size_t bytes        = count * ttm_dtype_size(dtype);

    if (node->host_dtype == dtype &&
        (uintptr_t)node->host_data % ttm_dtype_size(dtype) == 0)
        return node->host_data;
    if (!*converted) {
        *converted = ttm_aligned_alloc(bytes);
        if (!*converted) {
            ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory for "
                     "tensor '%s'", step->graph->name, node->name);
            return NULL;
        }
        ttm_cpu_convert_file(step->cpu, *converted, dtype, node->host_data,
                             node->host_dtype, count);
        step->program->base.bytes += bytes;
    }
    return *converted;
}

int ttm_cpu_take_weight(TTMCpuStep *step, int index, enum TTMDType dtype)
{
    if (index >= step->node->nb_inputs || step->node->input[index] < 0)
        return 0;
    step->weight[index] = ttm_cpu_weight(step, index, dtype);
    return step->weight[index] ? 0 : TTM_ERR_MEMORY;
}

void ttm_cpu_add_bytes(TTMCpuStep *step, size_t bytes)
{
    step->program->base.bytes += bytes;
}

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

/** @file A planned graph on the CPU: kernels chosen once, steps run in order. */

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/gemm.h"
#include "backend/cpu/onednn.h"
#include "backend/cpu/program.h"
#include "graph/cost.h"
#include "util/clock.h"
#include "util/mem.h"

static void fill_kernels(TTMCpuKernels *kernels)
{
    memset(kernels, 0, sizeof(*kernels));
    ttm_cpu_kernels_plain(kernels);
    ttm_cpu_kernels_fast(kernels);
    ttm_cpu_kernels_onednn(kernels);
}

/** Choose the highest kernel that takes the step's node, and prepare it. */
static int prepare_step(TTMCpuStep *step, const TTMCpuKernels *kernels)
{
    for (int level = step->cpu->level; level >= 0; level--) {
        const TTMCpuKernel *kernel = kernels->kernel[step->node->op][level];
        int ret;

        if (!kernel || (level == TTM_CPU_ONEDNN && !step->cpu->onednn))
            continue;
        step->kernel = kernel;
        ret = kernel->prepare ? kernel->prepare(step) : 1;
        if (ret)
            return ret < 0 ? ret : 0;
        if (kernel->release)
            kernel->release(step);
        memset(step->weight, 0, sizeof(step->weight));
        step->kernel        = NULL;
        step->state         = NULL;
        step->scratch_bytes = 0;
    }
    return ttm_fail(step->cpu->log, TTM_ERR_UNSUPPORTED, "%s: %s '%s' is not "
                    "possible on the CPU", step->graph->name,
                    ttm_op_name(step->node->op), step->node->name);
}

/** Take weights that are data like any other to their op. */
static int take_plain_weights(TTMCpuStep *step)
{
    const TTMGraph *graph = step->graph;

    switch (step->node->op) {
    case TTM_OP_LINEAR:
    case TTM_OP_CONV2D:
    case TTM_OP_GROUP_NORM:
    case TTM_OP_LAYER_NORM:
        return 0;               /* kernels choose the form themselves */
    default:
        break;
    }
    for (int i = 0; i < step->node->nb_inputs; i++) {
        TTMNodeId id = step->node->input[i];
        int ret;

        if (id < 0 ||
            graph->nodes[ttm_graph_root(graph, id)].op != TTM_OP_WEIGHT)
            continue;
        ret = ttm_cpu_take_weight(step, i, graph->nodes[id].dtype);
        if (ret < 0)
            return ret;
    }
    return 0;
}

int ttm_cpu_program_create(TTMBackend *backend, const TTMGraph *graph,
                           const TTMPlan *plan, TTMProgram **program)
{
    TTMCpu *cpu      = backend->private_data;
    TTMCpuProgram *p = calloc(1, sizeof(*p));
    size_t scratch   = 0;
    TTMCpuKernels kernels;
    int saved, ret = 0;

    if (!p)
        return ttm_fail(cpu->log, TTM_ERR_MEMORY,
                        "%s: out of memory for the program", graph->name);
    p->graph   = graph;
    p->plan    = plan;
    p->steps   = ttm_array_alloc(plan->nb_order, sizeof(*p->steps));
    p->weights = ttm_array_alloc(graph->nb_nodes, sizeof(*p->weights));
    p->arena   = ttm_aligned_alloc(plan->arena_bytes);
    p->base.bytes = plan->arena_bytes;
    if (!p->steps || !p->weights || !p->arena) {
        ret = ttm_fail(cpu->log, TTM_ERR_MEMORY, "%s: out of memory for %zu "
                       "bytes of activations: use a smaller size or fewer "
                       "frames", graph->name, plan->arena_bytes);
        goto fail;
    }
    fill_kernels(&kernels);
    saved = ttm_onednn_enter(cpu->onednn);
    for (int i = 0; i < plan->nb_order && ret >= 0; i++) {
        TTMCpuStep *step = &p->steps[i];

        step->cpu     = cpu;
        step->program = p;
        step->graph   = graph;
        step->node    = &graph->nodes[plan->order[i]];
        ret = prepare_step(step, &kernels);
        if (ret >= 0)
            ret = take_plain_weights(step);
        if (step->scratch_bytes > scratch)
            scratch = step->scratch_bytes;
        if (ttm_cancelled(backend->cancel))
            ret = TTM_ERR_CANCELLED;
    }
    ttm_onednn_leave(cpu->onednn, saved);
    if (ret < 0)
        goto fail;
    p->scratch = ttm_aligned_alloc(scratch);
    if (!p->scratch) {
        ret = ttm_fail(cpu->log, TTM_ERR_MEMORY, "%s: out of memory for %zu "
                       "bytes of scratch", graph->name, scratch);
        goto fail;
    }
    p->base.bytes += scratch;
    *program = &p->base;
    return 0;

fail:
    ttm_cpu_program_free(backend, &p->base);
    return ret;
}

/** Tiles of the threads and what oneDNN keeps, roughly. */
#define WORK_BYTES ((size_t)512 << 10)

int ttm_cpu_program_bytes(TTMBackend *backend, const TTMGraph *graph,
                          const TTMPlan *plan, size_t *bytes)
{
    double scratch = 0, packed = 0;

    (void)backend;
    /*
     * Every weight read, converted or reordered once, though one that lies in memory
     * already may be used there; scratch memory is for one node's values in f32.
     */
    for (int i = 0; i < plan->nb_order; i++) {
        double used = ttm_node_bytes(graph, plan->order[i]) * 4 /
                      (double)ttm_dtype_size(graph->dtype);

        const TTMNode *node = &graph->nodes[plan->order[i]];

        if (node->op == TTM_OP_ATTENTION && used > scratch)
            scratch = used;
        /* packed for a kernel: f32, and columns filled up */
        if (node->op == TTM_OP_LINEAR || node->op == TTM_OP_CONV2D) {
            const TTMShape *w = ttm_graph_shape(graph, node->input[1]);
            int64_t columns = ttm_gemm_columns(w->dim[0]);

            packed += (double)ttm_shape_count(w) / w->dim[0] *
                      (columns * sizeof(float) -
                       w->dim[0] * ttm_dtype_size(graph->dtype));
        }
    }
    *bytes = plan->arena_bytes + plan->weight_bytes + (size_t)(scratch + packed) +
             WORK_BYTES;
    return 0;
}

void ttm_cpu_program_free(TTMBackend *backend, TTMProgram *program)
{
    TTMCpuProgram *p = (TTMCpuProgram *)program;

    (void)backend;
    for (int i = 0; p->steps && i < p->plan->nb_order; i++)
        if (p->steps[i].kernel && p->steps[i].kernel->release)
            p->steps[i].kernel->release(&p->steps[i]);
    for (int i = 0; p->weights && i < p->graph->nb_nodes; i++)
        for (int k = 0; k < TTM_DTYPE_NB; k++)
            free(p->weights[i].converted[k]);
    free(p->steps);
    free(p->weights);
    free(p->arena);
    free(p->scratch);
    free(p);
}

/** Address of a node's value; NULL for weights. */
static void *value_address(const TTMCpuProgram *p, TTMNodeId node,
                           const TTMTensor *externals)
{
    const TTMPlacement *place =
        &p->plan->placement[ttm_graph_root(p->graph, node)];
    const TTMTensor *tensor;

    if (place->place == TTM_PLACE_ARENA)
        return p->arena + place->offset;
    if (place->place != TTM_PLACE_EXTERNAL)
        return NULL;
    tensor = &externals[place->offset];
    return (char *)((TTMCpuBuffer *)tensor->buffer)->data + tensor->offset;
}

int ttm_cpu_program_run(TTMBackend *backend, TTMProgram *program,
                        const TTMTensor *externals, int nb_externals)
{
    TTMCpuProgram *p = (TTMCpuProgram *)program;
    TTMCpu *cpu      = backend->private_data;
    int saved        = ttm_onednn_enter(cpu->onednn);
    int ret          = 0;

    (void)nb_externals;
    cpu->cancel = backend->cancel;
    for (int i = 0; i < p->plan->nb_order && ret >= 0; i++) {
        TTMCpuStep *step = &p->steps[i];
        double begin;

        if (ttm_cancelled(backend->cancel)) {
            ret = TTM_ERR_CANCELLED;
            break;
        }
        for (int k = 0; k < step->node->nb_inputs; k++) {
            TTMNodeId id = step->node->input[k];

            step->in[k] = id < 0 ? NULL : value_address(p, id, externals);
            if (!step->in[k])
                step->in[k] = step->weight[k];
        }
        step->out     = value_address(p, p->plan->order[i], externals);
        step->scratch = p->scratch;
        begin = backend->profile ? ttm_clock_seconds() : 0;
        ret = step->kernel->run(step);
        if (backend->profile)
            ttm_profile_add(backend->profile, p->graph->name,
                            ttm_op_name(step->node->op),
                            ttm_clock_seconds() - begin,
                            ttm_node_operations(p->graph, p->plan->order[i]),
                            ttm_node_bytes(p->graph, p->plan->order[i]));
    }
    ttm_onednn_leave(cpu->onednn, saved);
    /* loops of the last node may have been left in the middle */
    if (ret >= 0 && ttm_cancelled(backend->cancel))
        ret = TTM_ERR_CANCELLED;
    cpu->cancel = NULL;
    return ret;
}

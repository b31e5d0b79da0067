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

/** @file Make a program: its memory and the dispatches of all its ops. */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/program.h"
#include "util/mem.h"

/** How each op appends its dispatches; NULL: it computes nothing. */
static int (*const ops[TTM_OP_NB])(TTMVkProgram *program) = {
    [TTM_OP_LINEAR]     = ttm_vk_op_linear,
    [TTM_OP_CONV2D]     = ttm_vk_op_conv2d,
    [TTM_OP_GROUP_NORM] = ttm_vk_op_group_norm,
    [TTM_OP_LAYER_NORM] = ttm_vk_op_layer_norm,
    [TTM_OP_ATTENTION]  = ttm_vk_op_attention,
    [TTM_OP_ADD]        = ttm_vk_op_add,
    [TTM_OP_ACTIVATE]   = ttm_vk_op_activate,
    [TTM_OP_SCALE]      = ttm_vk_op_scale,
    [TTM_OP_CONCAT]     = ttm_vk_op_concat,
    [TTM_OP_SLICE]      = ttm_vk_op_slice,
    [TTM_OP_REPEAT]     = ttm_vk_op_repeat,
    [TTM_OP_EMBEDDING]  = ttm_vk_op_embedding,
    [TTM_OP_TIMESTEP]   = ttm_vk_op_timestep,
    [TTM_OP_COMBINE]    = ttm_vk_op_combine,
    [TTM_OP_SORT_REGIONS] = ttm_vk_op_sort_regions,
    [TTM_OP_MASK]       = ttm_vk_op_mask,
    [TTM_OP_PICTURE]    = ttm_vk_op_picture,
    [TTM_OP_WINDOW]     = ttm_vk_op_window,
    [TTM_OP_FOURIER]    = ttm_vk_op_fourier,
    [TTM_OP_PRODUCT]    = ttm_vk_op_product,
};

static int build(TTMVkProgram *p)
{
    p->nb_dispatches = 0;
    p->nb_worklists  = 0;
    p->scratch_bytes = 256;     /* what absent inputs are bound to */
    for (int i = 0; i < p->plan->nb_order; i++) {
        int ret;

        p->node = &p->graph->nodes[p->plan->order[i]];
        if (!ops[p->node->op])
            return ttm_fail(p->vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s: op %s of "
                            "'%s' is not known", p->graph->name,
                            ttm_op_name(p->node->op), p->node->name);
        ret = ops[p->node->op](p);
        if (ret < 0)
            return ret;
    }
    return 0;
}

/** Scratch memory and all that a run of the dispatches needs. */
static int finish(TTMVkProgram *p)
{
    int ret = ttm_vk_buffer_create(p->vk, p->scratch_bytes, "partial results",
                                   &p->scratch);

    return ret < 0 ? ret : ttm_vk_timing_prepare(p);
}

/** Free what build() and finish() have made. */
static void unbuild(TTMVkProgram *p)
{
    ttm_vk_timing_free(p);
    ttm_vk_buffer_free(p->vk, &p->scratch);
    free(p->dispatches);
    free(p->worklists);
    p->dispatches    = NULL;
    p->worklists     = NULL;
    p->nb_dispatches = p->dispatches_capacity = 0;
    p->nb_worklists  = p->worklists_capacity  = 0;
}

/** Move what build() and finish() make from one program to another. */
static void move_built(TTMVkProgram *to, const TTMVkProgram *from)
{
    to->dispatches          = from->dispatches;
    to->nb_dispatches       = from->nb_dispatches;
    to->dispatches_capacity = from->dispatches_capacity;
    to->worklists           = from->worklists;
    to->nb_worklists        = from->nb_worklists;
    to->worklists_capacity  = from->worklists_capacity;
    to->scratch             = from->scratch;
    to->scratch_bytes       = from->scratch_bytes;
    to->queries             = from->queries;
}

int ttm_vk_program_rebuild(TTMVkProgram *program)
{
    static const TTMVkProgram nothing;
    TTMVkProgram before = *program;
    const size_t bytes  = program->scratch->size;
    int ret;

    move_built(program, &nothing);
    ret = build(program);
    if (ret >= 0)
        ret = finish(program);
    if (ret < 0) {
        unbuild(program);
        move_built(program, &before);
        return ret;
    }
    /* recordings name dispatches by number, and queries and scratch memory by handle */
    ttm_vk_recordings_free(program);
    unbuild(&before);
    program->base.bytes += program->scratch->size - bytes;
    return 0;
}

/** Refuse what can never fit, before anything is allocated. */
static int check_memory(const TTMVk *vk, const TTMGraph *graph, const TTMPlan *plan)
{
    const size_t needed = plan->arena_bytes + plan->weight_bytes;
    VkDeviceSize largest = 0;

    for (uint32_t i = 0; i < vk->memory.memoryHeapCount; i++)
        if (vk->memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT &&
            vk->memory.memoryHeaps[i].size > largest)
            largest = vk->memory.memoryHeaps[i].size;
    if (needed <= largest)
        return 0;
    return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: %s needs %zu MiB, %s has %llu "
                    "MiB: use a smaller size, fewer frames or device=cpu",
                    graph->name, (needed >> 20) + 1, vk->name,
                    (unsigned long long)(largest >> 20));
}

/** A program without memory or dispatches. */
static int begin(TTMVkProgram **program, TTMVk *vk, const TTMGraph *graph,
                 const TTMPlan *plan)
{
    TTMVkProgram *p  = calloc(1, sizeof(*p));
    int nb_externals = plan->nb_inputs + plan->nb_outputs;

    *program = p;
    if (!p)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    p->vk            = vk;
    p->graph         = graph;
    p->plan          = plan;
    p->submit_work   = vk->submit_work;
    p->first_weight_slot = TTM_VK_SLOT_EXTERNAL + nb_externals;
    p->weight_ranges = ttm_array_alloc(graph->nb_nodes, sizeof(*p->weight_ranges));
    if (!p->weight_ranges)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    return 0;
}

int ttm_vk_program_create(TTMBackend *backend, const TTMGraph *graph,
                          const TTMPlan *plan, TTMProgram **program)
{
    TTMVk *vk = backend->private_data;
    TTMVkProgram *p = NULL;
    int ret = check_memory(vk, graph, plan);

    if (ret >= 0)
        ret = begin(&p, vk, graph, plan);
    if (ret >= 0)
        ret = ttm_vk_weights_upload(p);
    if (ret >= 0)
        ret = build(p);
    if (ret >= 0)
        ret = ttm_vk_buffer_create(vk, plan->arena_bytes ? plan->arena_bytes : 16,
                                   "intermediate values", &p->arena);
    if (ret >= 0)
        ret = finish(p);
    if (ret < 0) {
        if (p)
            ttm_vk_program_free(backend, &p->base);
        return ret;
    }
    p->base.bytes = p->arena->size + p->scratch->size;
    for (size_t i = 0; i < p->nb_weights; i++)
        p->base.bytes += p->weights[i]->size;
    ttm_log(vk->log, TTM_LOG_DEBUG, "vulkan: %s: %zu dispatches, %zu MiB",
            graph->name, p->nb_dispatches, p->base.bytes >> 20);
    *program = &p->base;
    return 0;
}

int ttm_vk_program_bytes(TTMBackend *backend, const TTMGraph *graph,
                         const TTMPlan *plan, size_t *bytes)
{
    TTMVk *vk = backend->private_data;
    const TTMLog *log = vk->log;
    TTMVkProgram *p;
    int ret;

    vk->log = graph->log;
    ret = begin(&p, vk, graph, plan);
    if (ret >= 0) {
        p->dry = 1;
        ret = ttm_vk_weights_upload(p);
    }
    if (ret >= 0)
        ret = build(p);
    if (ret >= 0)
        *bytes = p->dry_bytes + plan->arena_bytes + p->scratch_bytes;
    if (p)
        ttm_vk_program_free(backend, &p->base);
    vk->log = log;
    return ret;
}

void ttm_vk_program_free(TTMBackend *backend, TTMProgram *program)
{
    TTMVk *vk       = backend->private_data;
    TTMVkProgram *p = (TTMVkProgram *)program;

    ttm_vk_recordings_free(p);
    unbuild(p);
    for (size_t i = 0; i < p->nb_weights; i++)
        ttm_vk_buffer_free(vk, &p->weights[i]);
    ttm_vk_buffer_free(vk, &p->arena);
    free(p->weights);
    free(p->weight_ranges);
    free(p);
}

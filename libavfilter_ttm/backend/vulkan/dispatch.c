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
 * What ops append to a program: dispatches, and the memory that they work on.
 */

#include <string.h>

#include "backend/vulkan/program.h"
#include "util/mem.h"

TTMVkRange ttm_vk_range(const TTMVkProgram *program, TTMNodeId id)
{
    const TTMGraph *graph = program->graph;
    const TTMPlacement *place;
    TTMVkRange range;
    TTMNodeId root;

    if (id == TTM_NO_NODE)
        return TTM_VK_ABSENT;
    root  = ttm_graph_root(graph, id);
    place = &program->plan->placement[root];
    if (place->place == TTM_PLACE_WEIGHT)
        return program->weight_ranges[root];
    range.bytes  = ttm_shape_count(&graph->nodes[root].shape) *
                   ttm_dtype_size(graph->nodes[root].dtype);
    range.slot   = TTM_VK_SLOT_ARENA;
    range.offset = place->offset;
    if (place->place == TTM_PLACE_EXTERNAL) {
        range.slot   = TTM_VK_SLOT_EXTERNAL + place->offset;
        range.offset = 0;
    }
    return range;
}

TTMVkRange ttm_vk_part(TTMVkRange range, size_t bytes, int64_t first,
                       int64_t count)
{
    if (range.slot == TTM_VK_SLOT_ABSENT)
        return range;
    range.offset += bytes * first;
    range.bytes   = bytes * count;
    return range;
}

TTMVkRange ttm_vk_scratch(TTMVkProgram *program, size_t bytes)
{
    TTMVkRange range = { TTM_VK_SLOT_SCRATCH, program->scratch_bytes, bytes };

    program->scratch_bytes += (bytes + 255) / 256 * 256;
    return range;
}

/** One line for a tensor that cannot be bound. */
static int too_large(const TTMVkProgram *program, size_t bytes)
{
    const TTMVk *vk = program->vk;

    return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: %s: '%s' works on %zu MiB "
                    "at a time, %s can bind %u MiB: use a smaller size or fewer "
                    "frames", program->graph->name, program->node->name,
                    bytes >> 20, vk->name, vk->limits.maxStorageBufferRange >> 20);
}

int64_t ttm_vk_chunk(const TTMVkProgram *program, int64_t units, int64_t tile,
                     double work, const size_t *strides, int nb_strides,
                     int64_t max_units)
{
    const TTMVk *vk   = program->vk;
    size_t alignment  = vk->limits.minStorageBufferOffsetAlignment;
    size_t largest    = 1;
    int64_t nb        = units < max_units ? units : max_units, granule = 1, wanted;

    for (int i = 0; i < nb_strides; i++) {
        int64_t fit = strides[i] ?
                      (int64_t)(vk->limits.maxStorageBufferRange / strides[i]) : nb;
        size_t step = alignment;

        if (strides[i] > largest)
            largest = strides[i];
        if (fit < nb)
            nb = fit;
        /* alignment is a power of two: so is what a stride shares with it */
        while (strides[i] && step > 1 && strides[i] % step)
            step /= 2;
        if (strides[i] && (int64_t)(alignment / step) > granule)
            granule = alignment / step;
    }
    wanted = work > 0 && work * nb > program->submit_work ?
             (int64_t)(program->submit_work / work) : nb;
    if (wanted < nb) {
        int64_t rounded = ttm_vk_ceil(wanted > 0 ? wanted : 1, tile) * tile;

        rounded = ttm_vk_ceil(rounded, granule) * granule;
        if (rounded < nb)
            nb = rounded;
    }
    if (nb < units)
        nb = nb / granule * granule;
    if (nb < 1)
        return too_large(program, largest * granule);
    return nb;
}

int ttm_vk_call(TTMVkProgram *program, const TTMVkCall *call)
{
    TTMVk *vk = program->vk;
    const TTMVkKernel *kernel = &ttm_vk_kernels[call->kernel];
    const TTMVkPipeline *pipeline;
    TTMVkDispatch *d;
    int ret;

    for (int i = 0; i < 3; i++)
        if (!call->groups[i] ||
            call->groups[i] > vk->limits.maxComputeWorkGroupCount[i])
            return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s: '%s' needs "
                            "%u workgroups of %s, %s has %u: use a smaller size or "
                            "fewer frames", program->graph->name,
                            program->node->name, call->groups[i], kernel->name,
                            vk->name, vk->limits.maxComputeWorkGroupCount[i]);
    if (vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU && call->loops > TTM_VK_MAX_LOOPS)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s: '%s' needs %lld "
                        "iterations of %s, a software device ends it after %d: use "
                        "a smaller size, fewer frames or device=cpu",
                        program->graph->name, program->node->name,
                        (long long)call->loops, kernel->name, TTM_VK_MAX_LOOPS);
    for (int i = 0; i < kernel->nb_bindings; i++)
        if (call->ranges[i].bytes > vk->limits.maxStorageBufferRange)
            return too_large(program, call->ranges[i].bytes);
    if (program->dry)
        return 0;
    ret = ttm_vk_pipeline(vk, call->kernel, call->dtype, call->constants,
                          call->nb_constants, &pipeline);
    if (ret < 0)
        return ret;
    if (ttm_array_grow(&program->dispatches, &program->dispatches_capacity,
                       program->nb_dispatches + 1,
                       sizeof(*program->dispatches)) < 0)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    d = &program->dispatches[program->nb_dispatches++];
    *d = (TTMVkDispatch){ .pipeline = pipeline, .node = program->node,
                          .work = call->work };
    memcpy(d->ranges, call->ranges, sizeof(d->ranges));
    memcpy(d->groups, call->groups, sizeof(d->groups));
    memcpy(d->push, call->push, kernel->push_bytes);
    return 0;
}

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
 * A program's commands for one set of externals: descriptor sets, barriers, command
 * buffers of bounded work.
 */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/hazard.h"
#include "backend/vulkan/program.h"
#include "util/mem.h"

static int nb_externals(const TTMVkProgram *p)
{
    return p->plan->nb_inputs + p->plan->nb_outputs;
}

/** Descriptor sets and a command pool for all dispatches. */
static int prepare(TTMVkProgram *p, TTMVkRecording *r)
{
    TTMVk *vk = p->vk;
    VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 0 };
    VkDescriptorPoolCreateInfo pool = {
        .sType         = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets       = p->nb_dispatches,
        .poolSizeCount = 1,
        .pPoolSizes    = &size,
    };
    VkDescriptorSetAllocateInfo sets = {
        .sType              = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorSetCount = 1,
    };
    const VkCommandPoolCreateInfo commands = {
        .sType            = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = vk->queue_family,
    };
    VkResult result;

    r->sets      = ttm_array_alloc(p->nb_dispatches, sizeof(*r->sets));
    r->bound     = ttm_array_alloc(nb_externals(p), sizeof(*r->bound));
    r->bound_ids = ttm_array_alloc(nb_externals(p), sizeof(*r->bound_ids));
    if (!r->sets || !r->bound || !r->bound_ids)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    for (size_t i = 0; i < p->nb_dispatches; i++)
        size.descriptorCount +=
            ttm_vk_kernels[p->dispatches[i].pipeline->kernel].nb_bindings;
    result = vk->fn.CreateDescriptorPool(vk->device, &pool, NULL, &r->descriptors);
    if (result == VK_SUCCESS)
        result = vk->fn.CreateCommandPool(vk->device, &commands, NULL,
                                          &r->command_pool);
    sets.descriptorPool = r->descriptors;
    for (size_t i = 0; i < p->nb_dispatches && result == VK_SUCCESS; i++) {
        sets.pSetLayouts = &vk->layouts[p->dispatches[i].pipeline->kernel].set;
        result = vk->fn.AllocateDescriptorSets(vk->device, &sets, &r->sets[i]);
    }
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "making a program");
}

static void drop(TTMVkProgram *p, TTMVkRecording *r)
{
    TTMVk *vk = p->vk;

    if (r->command_pool)
        vk->fn.DestroyCommandPool(vk->device, r->command_pool, NULL);
    if (r->descriptors)
        vk->fn.DestroyDescriptorPool(vk->device, r->descriptors, NULL);
    free(r->commands);
    free(r->sets);
    free(r->bound);
    free(r->bound_ids);
    memset(r, 0, sizeof(*r));
}

void ttm_vk_recordings_free(TTMVkProgram *program)
{
    for (int i = 0; i < TTM_VK_RECORDINGS; i++)
        drop(program, &program->recordings[i]);
    program->current = NULL;
}

/** The bytes behind a range with the externals that are bound. */
static VkDescriptorBufferInfo resolve(const TTMVkProgram *p, TTMVkRange range)
{
    const TTMVkBuffer *buffer = p->scratch;
    size_t offset = range.offset;
    VkDeviceSize bytes = (range.bytes + 3) / 4 * 4;     /* shaders read words */

    if (range.slot == TTM_VK_SLOT_ABSENT)
        return (VkDescriptorBufferInfo){ p->scratch->buffer, 0, 16 };
    if (range.slot == TTM_VK_SLOT_ARENA) {
        buffer = p->arena;
    } else if (range.slot >= p->first_weight_slot) {
        buffer = p->weights[range.slot - p->first_weight_slot];
    } else if (range.slot >= TTM_VK_SLOT_EXTERNAL) {
        const TTMTensor *t = &p->current->bound[range.slot - TTM_VK_SLOT_EXTERNAL];

        buffer  = (const TTMVkBuffer *)t->buffer;
        offset += t->offset;
    }
    if (bytes > buffer->size - offset)
        bytes = buffer->size - offset;
    return (VkDescriptorBufferInfo){ buffer->buffer, offset, bytes };
}

/** 1 when the dispatch must wait for an earlier one; notes what it uses. */
static int find_hazard(TTMVkHazards *h, const TTMVkDispatch *d,
                       const VkDescriptorBufferInfo *info)
{
    const TTMVkKernel *k = &ttm_vk_kernels[d->pipeline->kernel];
    TTMVkAccess accesses[TTM_VK_MAX_BINDINGS];
    int nb = 0;

    for (int i = 0; i < k->nb_bindings; i++)
        if (d->ranges[i].slot != TTM_VK_SLOT_ABSENT)
            accesses[nb++] = (TTMVkAccess){ info[i].buffer, info[i].offset,
                                            info[i].offset + info[i].range,
                                            k->writes >> i & 1 };
    return ttm_vk_hazard(h, accesses, nb);
}

static void bind(TTMVkProgram *p, size_t index, VkDescriptorBufferInfo *info)
{
    const TTMVkDispatch *d = &p->dispatches[index];
    int nb = ttm_vk_kernels[d->pipeline->kernel].nb_bindings;
    const VkWriteDescriptorSet write = {
        .sType           = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet          = p->current->sets[index],
        .descriptorCount = nb,
        .descriptorType  = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo     = info,
    };

    for (int i = 0; i < nb; i++)
        info[i] = resolve(p, d->ranges[i]);
    p->vk->fn.UpdateDescriptorSets(p->vk->device, 1, &write, 0, NULL);
}

static void barrier(TTMVk *vk, VkCommandBuffer commands,
                    VkPipelineStageFlags stage, VkAccessFlags access)
{
    const VkMemoryBarrier memory = {
        .sType         = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = access,
    };

    vk->fn.CmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                              stage, 0, 1, &memory, 0, NULL, 0, NULL);
}

/** The command buffer number @p index, begun. */
static int begin(TTMVkProgram *p, size_t index, VkCommandBuffer *commands)
{
    TTMVk *vk = p->vk;
    TTMVkRecording *r = p->current;
    const VkCommandBufferAllocateInfo allocate = {
        .sType              = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool        = r->command_pool,
        .level              = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    };
    VkResult result = VK_SUCCESS;

    if (ttm_array_grow(&r->commands, &r->commands_capacity, index + 1,
                       sizeof(*r->commands)) < 0)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    if (!r->commands[index].buffer)
        result = vk->fn.AllocateCommandBuffers(vk->device, &allocate,
                                               &r->commands[index].buffer);
    if (result == VK_SUCCESS)
        result = vk->fn.BeginCommandBuffer(r->commands[index].buffer, &info);
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "recording");
    *commands = r->commands[index].buffer;
    r->commands[index].nb_dispatches = 0;
    r->commands[index].work          = 0;
    r->nb_commands = index + 1;
    ttm_vk_timing_begin(p, *commands, index);
    return 0;
}

static int end(TTMVkProgram *p, VkCommandBuffer commands)
{
    VkResult result;

    ttm_vk_timing_end(p, commands, p->current->nb_commands - 1);
    barrier(p->vk, commands, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
    result = p->vk->fn.EndCommandBuffer(commands);
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(p->vk, result, "recording");
}

static int record(TTMVkProgram *p)
{
    TTMVk *vk = p->vk;
    TTMVkRecording *r = p->current;
    VkResult result = vk->fn.ResetCommandPool(vk->device, r->command_pool, 0);
    VkCommandBuffer commands = VK_NULL_HANDLE;
    TTMVkHazards hazards = { .nb_used = 0 };
    TTMVkCommands *current = NULL;

    r->nb_commands = 0;
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "recording");
    for (size_t i = 0; i < p->nb_dispatches; i++) {
        const TTMVkDispatch *d = &p->dispatches[i];
        const TTMVkLayout *layout = &vk->layouts[d->pipeline->kernel];
        VkDescriptorBufferInfo info[TTM_VK_MAX_BINDINGS];
        int ret = 0;

        if (commands && current->work + d->work > p->submit_work) {
            ret = end(p, commands);
            commands = VK_NULL_HANDLE;
        }
        if (ret >= 0 && !commands) {
            ret = begin(p, r->nb_commands, &commands);
            hazards.nb_used = 0;    /* submissions wait for each other */
        }
        if (ret < 0)
            return ret;
        current = &r->commands[r->nb_commands - 1];
        current->work += d->work;
        current->nb_dispatches++;
        bind(p, i, info);
        if (find_hazard(&hazards, d, info) || r->profiled)
            barrier(vk, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                    VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
        vk->fn.CmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                               d->pipeline->pipeline);
        vk->fn.CmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                     layout->pipeline, 0, 1, &r->sets[i], 0, NULL);
        vk->fn.CmdPushConstants(commands, layout->pipeline,
                                VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                ttm_vk_kernels[d->pipeline->kernel].push_bytes,
                                d->push);
        ttm_vk_timing_dispatch(p, commands, i, 0);
        vk->fn.CmdDispatch(commands, d->groups[0], d->groups[1], d->groups[2]);
        ttm_vk_timing_dispatch(p, commands, i, 1);
    }
    return commands ? end(p, commands) : 0;
}

/** 1 when the externals are those of a recording. */
static int fits(const TTMVkRecording *r, const TTMTensor *externals, int nb,
                int profiled)
{
    if (!r->nb_commands || r->profiled != profiled)
        return 0;
    for (int i = 0; i < nb; i++)
        /* an id, as a new buffer may lie where a freed one was */
        if (r->bound_ids[i] != ((TTMVkBuffer *)externals[i].buffer)->id ||
            r->bound[i].offset != externals[i].offset)
            return 0;
    return 1;
}

int ttm_vk_recording_choose(TTMVkProgram *p, const TTMTensor *externals, int nb,
                            int profiled)
{
    const size_t alignment = p->vk->limits.minStorageBufferOffsetAlignment;
    TTMVkRecording *oldest = &p->recordings[0];
    int ret = 0;

    for (int i = 0; i < nb; i++)
        if (externals[i].offset % alignment)
            return ttm_fail(p->vk->log, TTM_ERR_ARGUMENT, "vulkan: '%s' is bound at "
                            "byte %zu, %s needs a multiple of %zu",
                            p->base.externals[i].name, externals[i].offset,
                            p->vk->name, alignment);
    p->nb_runs++;
    for (int i = 0; i < TTM_VK_RECORDINGS; i++) {
        p->current = &p->recordings[i];
        if (fits(p->current, externals, nb, profiled)) {
            p->current->last_run = p->nb_runs;
            return 0;
        }
        if (p->current->last_run < oldest->last_run)
            oldest = p->current;
    }
    p->current = oldest;
    if (!oldest->command_pool)
        ret = prepare(p, oldest);
    if (ret >= 0) {
        memcpy(oldest->bound, externals, nb * sizeof(*externals));
        for (int i = 0; i < nb; i++)
            oldest->bound_ids[i] = ((TTMVkBuffer *)externals[i].buffer)->id;
        oldest->profiled = profiled;
        oldest->last_run = p->nb_runs;
        ret = record(p);
    }
    if (ret < 0)
        drop(p, oldest);
    return ret;
}

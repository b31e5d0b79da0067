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

/** @file Submissions and the timeline semaphore that tells when they are done. */

#include "backend/vulkan/vk.h"

#define MAX_SEMAPHORES 5

/** Wait for and signal all semaphores; the timeline is the first. */
static int submit(TTMVk *vk, VkCommandBuffer commands, uint32_t nb,
                  const VkSemaphore *semaphores, const uint64_t *before)
{
    static const VkPipelineStageFlags stages[MAX_SEMAPHORES] = {
        VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
        VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
        VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
    };
    const TTMVulkanDevice *b = vk->borrowed;
    VkCommandBuffer buffers[2];
    const int copies = ttm_vk_transfers_end(vk, &buffers[0]);
    uint64_t after[MAX_SEMAPHORES];
    const VkTimelineSemaphoreSubmitInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount   = nb,
        .pWaitSemaphoreValues      = before,
        .signalSemaphoreValueCount = nb,
        .pSignalSemaphoreValues    = after,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &timeline,
        .waitSemaphoreCount   = nb,
        .pWaitSemaphores      = semaphores,
        .pWaitDstStageMask    = stages,
        .commandBufferCount   = (uint32_t)(copies > 0) + (commands != VK_NULL_HANDLE),
        .pCommandBuffers      = buffers,
        .signalSemaphoreCount = nb,
        .pSignalSemaphores    = semaphores,
    };
    VkResult result;

    if (copies < 0)
        return copies;
    buffers[copies] = commands;
    for (uint32_t i = 0; i < nb; i++)
        after[i] = before[i] + 1;
    if (b && b->lock_queue)
        b->lock_queue(b->opaque, b->queue_family, b->queue_index);
    result = vk->fn.QueueSubmit(vk->queue, 1, &info, VK_NULL_HANDLE);
    if (b && b->unlock_queue)
        b->unlock_queue(b->opaque, b->queue_family, b->queue_index);
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "a submission");
    vk->timeline_value++;
    if (copies)
        ttm_vk_transfers_submitted(vk);
    return 0;
}

int ttm_vk_submit(TTMVk *vk, VkCommandBuffer commands)
{
    return submit(vk, commands, 1, &vk->timeline, &vk->timeline_value);
}

int ttm_vk_submit_image(TTMVk *vk, VkCommandBuffer commands,
                        TTMVulkanImage *image)
{
    VkSemaphore semaphores[MAX_SEMAPHORES] = { vk->timeline };
    uint64_t values[MAX_SEMAPHORES] = { vk->timeline_value };
    int ret;

    for (int i = 0; i < image->nb_planes; i++) {
        semaphores[1 + i] = TTM_VK_HANDLE(VkSemaphore, image->semaphore[i]);
        values[1 + i]     = image->value[i];
    }
    ret = submit(vk, commands, 1 + image->nb_planes, semaphores, values);
    for (int i = 0; ret >= 0 && i < image->nb_planes; i++)
        image->value[i]++;
    return ret;
}

void ttm_vk_wait_idle(TTMVk *vk)
{
    const TTMVulkanDevice *b = vk->borrowed;

    if (!b) {
        vk->fn.DeviceWaitIdle(vk->device);
        return;
    }
    /* others use the device; a semaphore may go once its submission is over */
    if (b->lock_queue)
        b->lock_queue(b->opaque, b->queue_family, b->queue_index);
    vk->fn.QueueWaitIdle(vk->queue);
    if (b->unlock_queue)
        b->unlock_queue(b->opaque, b->queue_family, b->queue_index);
}

int ttm_vk_wait(TTMVk *vk, uint64_t value)
{
    const VkSemaphoreWaitInfo info = {
        .sType          = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
        .semaphoreCount = 1,
        .pSemaphores    = &vk->timeline,
        .pValues        = &value,
    };
    VkResult result = vk->fn.WaitSemaphores(vk->device, &info, UINT64_MAX);

    if (result != VK_SUCCESS) {
        /* what was submitted may still run, and its memory goes with the error */
        ttm_vk_wait_idle(vk);
        return ttm_vk_fail(vk, result, "waiting");
    }
    if (value > vk->timeline_done)
        vk->timeline_done = value;
    return 0;
}

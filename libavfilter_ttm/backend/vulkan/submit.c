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

int ttm_vk_submit(TTMVk *vk, VkCommandBuffer commands)
{
    const uint64_t before = vk->timeline_value, after = before + 1;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount   = 1,
        .pWaitSemaphoreValues      = &before,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues    = &after,
    };
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &timeline,
        .waitSemaphoreCount   = 1,
        .pWaitSemaphores      = &vk->timeline,
        .pWaitDstStageMask    = &stage,
        .commandBufferCount   = 1,
        .pCommandBuffers      = &commands,
        .signalSemaphoreCount = 1,
        .pSignalSemaphores    = &vk->timeline,
    };
    VkResult result = vk->fn.QueueSubmit(vk->queue, 1, &submit, VK_NULL_HANDLE);

    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "a submission");
    vk->timeline_value = after;
    return 0;
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

    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "waiting");
}

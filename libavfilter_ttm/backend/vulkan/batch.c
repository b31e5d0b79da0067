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


/** @file The batch of copies as a submission sees it, see transfer.c. */

#include "backend/vulkan/vk.h"

int ttm_vk_transfers_end(TTMVk *vk, VkCommandBuffer *commands)
{
    TTMVkTransfers *t = &vk->transfers;
    /* before whatever comes next, and before the host */
    const VkMemoryBarrier barrier = {
        .sType         = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT |
                         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                         VK_ACCESS_HOST_READ_BIT | VK_ACCESS_HOST_WRITE_BIT,
    };
    VkResult result;

    if (t->state == TTM_VK_BATCH_NONE)
        return 0;
    if (t->state == TTM_VK_BATCH_OPEN) {
        vk->fn.CmdPipelineBarrier(t->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                  VK_PIPELINE_STAGE_TRANSFER_BIT |
                                  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
                                  VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier,
                                  0, NULL, 0, NULL);
        result = vk->fn.EndCommandBuffer(t->commands);
        if (result != VK_SUCCESS) {
            /* what callers were told is copied never will be: all must be made anew */
            vk->lost = 1;
            t->state = TTM_VK_BATCH_NONE;
            return ttm_vk_fail(vk, result, "a transfer");
        }
    }
    t->state  = TTM_VK_BATCH_ENDED;
    *commands = t->commands;
    return 1;
}

void ttm_vk_transfers_submitted(TTMVk *vk)
{
    vk->transfers.state = TTM_VK_BATCH_NONE;
    vk->transfers.value = vk->timeline_value;
}

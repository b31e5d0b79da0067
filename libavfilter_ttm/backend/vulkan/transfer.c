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
 * What goes between the host and buffers, and between buffers. Where host and device
 * share memory, the host writes and reads it; else this goes through a staging
 * buffer. Copies of the device are gathered in a batch that goes ahead of the next
 * submission, whatever that is: only who reads waits for it.
 */

#include <string.h>

#include "backend/vulkan/vk.h"

#define STAGING_BYTES ((size_t)16 << 20)

int ttm_vk_transfers_open(TTMVk *vk)
{
    TTMVkTransfers *t = &vk->transfers;
    const VkCommandPoolCreateInfo pool = {
        .sType            = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = vk->queue_family,
    };
    VkCommandBufferAllocateInfo commands = {
        .sType              = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .level              = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VkResult result = vk->fn.CreateCommandPool(vk->device, &pool, NULL, &t->pool);

    if (result == VK_SUCCESS) {
        commands.commandPool = t->pool;
        result = vk->fn.AllocateCommandBuffers(vk->device, &commands, &t->commands);
    }
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "opening the device");
}

void ttm_vk_transfers_close(TTMVk *vk)
{
    TTMVkTransfers *t = &vk->transfers;

    t->state = TTM_VK_BATCH_NONE;
    t->value = 0;
    ttm_vk_buffer_free(vk, &t->staging);
    if (t->pool)
        vk->fn.DestroyCommandPool(vk->device, t->pool, NULL);
    t->pool = VK_NULL_HANDLE;
}

/** Make sure that there is a batch to add to. */
static int begin(TTMVk *vk)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    };
    TTMVkTransfers *t = &vk->transfers;
    VkResult result;
    int ret;

    if (t->state == TTM_VK_BATCH_OPEN)
        return 0;
    ret = ttm_vk_transfers_flush(vk);
    if (ret < 0)
        return ret;
    result = vk->fn.ResetCommandPool(vk->device, t->pool, 0);
    if (result == VK_SUCCESS)
        result = vk->fn.BeginCommandBuffer(t->commands, &info);
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "a transfer");
    t->state  = TTM_VK_BATCH_OPEN;
    t->staged = 0;
    t->hazards.nb_used = 0;
    t->batch++;
    return 0;
}

/** Begin a command of the batch that uses these bytes; @p buffers are theirs. */
static int add(TTMVk *vk, TTMVkBuffer *const *buffers, const TTMVkAccess *accesses,
               int nb)
{
    TTMVkTransfers *t = &vk->transfers;
    const VkMemoryBarrier barrier = {
        .sType         = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    };
    int ret = begin(vk);

    if (ret < 0)
        return ret;
    if (ttm_vk_hazard(&t->hazards, accesses, nb))
        vk->fn.CmdPipelineBarrier(t->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                  VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &barrier,
                                  0, NULL, 0, NULL);
    for (int i = 0; i < nb; i++)
        buffers[i]->batch = t->batch;
    return 0;
}

int ttm_vk_buffer_copy(TTMVk *vk, TTMVkBuffer *to, size_t to_offset,
                       TTMVkBuffer *from, size_t from_offset, size_t bytes)
{
    TTMVkBuffer *const buffers[] = { from, to };
    const TTMVkAccess accesses[] = {
        { from->buffer, from_offset, from_offset + bytes, 0 },
        { to->buffer, to_offset, to_offset + bytes, 1 },
    };
    const VkBufferCopy region = { from_offset, to_offset, bytes };
    int ret = add(vk, buffers, accesses, 2);

    if (ret >= 0)
        vk->fn.CmdCopyBuffer(vk->transfers.commands, from->buffer, to->buffer, 1,
                             &region);
    return ret;
}

int ttm_vk_buffer_clear(TTMVk *vk, TTMVkBuffer *buffer)
{
    const TTMVkAccess access = { buffer->buffer, 0, buffer->size, 1 };
    int ret;

    if (buffer->mapped) {
        ret = ttm_vk_transfers_settle(vk, buffer);
        if (ret >= 0)
            memset(buffer->mapped, 0, buffer->size);
        return ret;
    }
    ret = add(vk, &buffer, &access, 1);
    if (ret >= 0)
        vk->fn.CmdFillBuffer(vk->transfers.commands, buffer->buffer, 0,
                             VK_WHOLE_SIZE, 0);
    return ret;
}

/** Room for up to @p bytes in the staging buffer: how many, from *offset on. */
static int64_t stage(TTMVk *vk, size_t bytes, size_t *offset)
{
    TTMVkTransfers *t = &vk->transfers;
    int ret = t->staging ? 0 : ttm_vk_staging_create(vk, STAGING_BYTES, &t->staging);

    if (ret >= 0 && t->state == TTM_VK_BATCH_OPEN && t->staged >= STAGING_BYTES)
        ret = ttm_vk_transfers_flush(vk);
    if (ret >= 0)
        ret = begin(vk);
    if (ret < 0)
        return ret;
    if (bytes > STAGING_BYTES - t->staged)
        bytes = STAGING_BYTES - t->staged;
    *offset    = t->staged;
    t->staged += (bytes + 15) / 16 * 16;
    return bytes;
}

int ttm_vk_buffer_write(TTMVk *vk, TTMVkBuffer *buffer, size_t offset,
                        const void *data, size_t bytes)
{
    if (buffer->mapped) {
        int ret = ttm_vk_transfers_settle(vk, buffer);

        if (ret >= 0)
            memcpy((char *)buffer->mapped + offset, data, bytes);
        return ret;
    }
    for (size_t done = 0; done < bytes;) {
        size_t from = 0;
        int64_t piece = stage(vk, bytes - done, &from);
        int ret;

        if (piece < 0)
            return piece;
        memcpy((char *)vk->transfers.staging->mapped + from, (const char *)data + done,
               piece);
        ret = ttm_vk_buffer_copy(vk, buffer, offset + done, vk->transfers.staging,
                                 from, piece);
        if (ret < 0)
            return ret;
        done += piece;
    }
    return 0;
}

int ttm_vk_buffer_read(TTMVk *vk, TTMVkBuffer *buffer, size_t offset,
                       void *data, size_t bytes)
{
    if (buffer->mapped) {
        int ret = ttm_vk_transfers_settle(vk, buffer);

        if (ret >= 0)
            memcpy(data, (const char *)buffer->mapped + offset, bytes);
        return ret;
    }
    for (size_t done = 0; done < bytes;) {
        size_t to = 0;
        int64_t piece = stage(vk, bytes - done, &to);
        int ret = piece < 0 ? piece : 0;

        if (ret >= 0)
            ret = ttm_vk_buffer_copy(vk, vk->transfers.staging, to, buffer,
                                     offset + done, piece);
        if (ret >= 0)
            ret = ttm_vk_transfers_flush(vk);
        if (ret < 0)
            return ret;
        memcpy((char *)data + done, (const char *)vk->transfers.staging->mapped + to,
               piece);
        done += piece;
    }
    return 0;
}

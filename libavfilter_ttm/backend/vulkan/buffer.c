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


/** @file Buffers of the device. */

#include <stdlib.h>

#include "backend/vulkan/vk.h"

static int allocate(TTMVk *vk, size_t bytes, int staging, const char *purpose,
                    TTMVkBuffer **buffer)
{
    VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size  = (bytes + 15) / 16 * 16,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                 VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkMemoryRequirements needs;
    TTMVkBuffer *b = NULL;
    VkResult result;

    if (info.size > vk->max_allocation || info.size > vk->max_buffer)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: %s need %zu MiB in one "
                        "piece, %s gives at most %llu MiB: use a smaller size or "
                        "fewer frames", purpose, bytes >> 20, vk->name,
                        (unsigned long long)(vk->max_allocation >> 20));
    b = calloc(1, sizeof(*b));
    if (!b)
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    b->id         = ++vk->next_buffer_id;
    b->size       = info.size;
    b->base.bytes = bytes;
    result = vk->fn.CreateBuffer(vk->device, &info, NULL, &b->buffer);
    if (result != VK_SUCCESS)
        goto fail;
    vk->fn.GetBufferMemoryRequirements(vk->device, b->buffer, &needs);
    result = ttm_vk_memory_take(vk, &needs, staging, &b->memory);
    if (result != VK_SUCCESS)
        goto fail;
    result = vk->fn.BindBufferMemory(vk->device, b->buffer, b->memory.handle,
                                     b->memory.offset);
    if (result != VK_SUCCESS)
        goto fail;
    b->mapped = ttm_vk_memory_mapped(&b->memory);
    *buffer = b;
    return 0;

fail:
    ttm_vk_buffer_free(vk, &b);
    return ttm_fail(vk->log, result == VK_ERROR_FEATURE_NOT_PRESENT ?
                    TTM_ERR_DEVICE : TTM_ERR_MEMORY,
                    "vulkan: %s need %zu MiB, %s answers %s: use a smaller size "
                    "or fewer frames", purpose, (bytes >> 20) + 1, vk->name,
                    ttm_vk_result_name(result));
}

void ttm_vk_buffer_free(TTMVk *vk, TTMVkBuffer **buffer)
{
    TTMVkBuffer *b = *buffer;

    if (!b)
        return;
    ttm_vk_transfers_release(vk, b);
    if (b->buffer)
        vk->fn.DestroyBuffer(vk->device, b->buffer, NULL);
    ttm_vk_memory_give(vk, &b->memory);
    free(b);
    *buffer = NULL;
}

int ttm_vk_staging_create(TTMVk *vk, size_t bytes, TTMVkBuffer **buffer)
{
    return allocate(vk, bytes, 1, "transfers", buffer);
}

int ttm_vk_buffer_create(TTMVk *vk, size_t bytes, const char *purpose,
                         TTMVkBuffer **buffer)
{
    return allocate(vk, bytes, 0, purpose, buffer);
}

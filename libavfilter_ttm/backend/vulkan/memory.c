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
 * Device memory. Where host and device share memory, buffers are mapped.
 */

#include <stdlib.h>

#include "backend/vulkan/vk.h"
#include "util/hostmem.h"

/** 1 where the device works on the host's own memory. */
static int is_unified(const TTMVk *vk)
{
    return vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU ||
           vk->type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
}

size_t ttm_vk_free_memory(TTMVk *vk)
{
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT,
    };
    VkPhysicalDeviceMemoryProperties2 p = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
    };
    size_t best = 0, host = is_unified(vk) ? ttm_host_memory() : 0;

    if (ttm_vk_has_extension(vk, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME))
        p.pNext = &budget;
    vk->fn.GetPhysicalDeviceMemoryProperties2(vk->physical, &p);
    for (uint32_t i = 0; i < vk->memory.memoryHeapCount; i++) {
        VkDeviceSize bytes = vk->memory.memoryHeaps[i].size;

        if (!(vk->memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT))
            continue;
        /* what others hold is not in the size, and both change all the time */
        if (p.pNext && budget.heapBudget[i] < bytes)
            bytes = budget.heapBudget[i];
        if (p.pNext)
            bytes -= budget.heapUsage[i] < bytes ? budget.heapUsage[i] : bytes;
        if (bytes > best)
            best = bytes;
    }
    return host && host < best ? host : best;
}

/** Index of a memory type that has all of @p wanted, or -1. */
static int find_type(const TTMVk *vk, uint32_t allowed, VkMemoryPropertyFlags wanted)
{
    for (uint32_t i = 0; i < vk->memory.memoryTypeCount; i++)
        if (allowed >> i & 1 &&
            (vk->memory.memoryTypes[i].propertyFlags & wanted) == wanted)
            return i;
    return -1;
}

/** Memory that suits: device memory, and host-visible where it is shared. */
static int choose_type(const TTMVk *vk, uint32_t allowed, int staging)
{
    const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    int type = -1;

    if (staging) {
        type = find_type(vk, allowed, host | VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
        return type >= 0 ? type : find_type(vk, allowed, host);
    }
    if (is_unified(vk))
        type = find_type(vk, allowed, host | VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    if (type < 0)
        type = find_type(vk, allowed, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    return type >= 0 ? type : find_type(vk, allowed, 0);
}

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
    VkMemoryAllocateInfo memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
    };
    const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkMemoryRequirements needs;
    TTMVkBuffer *b = NULL;
    VkResult result;
    int type;

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
    type   = choose_type(vk, needs.memoryTypeBits, staging);
    result = VK_ERROR_FEATURE_NOT_PRESENT;
    if (type < 0)
        goto fail;
    memory.allocationSize  = needs.size;
    memory.memoryTypeIndex = type;
    result = vk->fn.AllocateMemory(vk->device, &memory, NULL, &b->memory);
    if (result != VK_SUCCESS)
        goto fail;
    result = vk->fn.BindBufferMemory(vk->device, b->buffer, b->memory, 0);
    if (result != VK_SUCCESS)
        goto fail;
    /* across a bus, reading mapped device memory is far slower than staging */
    if ((staging || is_unified(vk)) &&
        (vk->memory.memoryTypes[type].propertyFlags & host) == host) {
        result = vk->fn.MapMemory(vk->device, b->memory, 0, VK_WHOLE_SIZE, 0,
                                  &b->mapped);
        if (result != VK_SUCCESS)
            goto fail;
    }
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
    if (b->memory)
        vk->fn.FreeMemory(vk->device, b->memory, NULL);
    free(b);
    *buffer = NULL;
}

int ttm_vk_staging_create(TTMVk *vk, size_t bytes, TTMVkBuffer **buffer)
{
    return allocate(vk, bytes, 1, "transfers", buffer);
}

int ttm_vk_buffer_create(TTMVk *vk, size_t bytes, int fill, const char *purpose,
                         TTMVkBuffer **buffer)
{
    int ret = allocate(vk, bytes, 0, purpose, buffer);

    if (ret >= 0 && fill)
        ret = ttm_vk_buffer_clear(vk, *buffer);
    if (ret < 0)
        ttm_vk_buffer_free(vk, buffer);
    return ret;
}

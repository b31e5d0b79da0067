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
 * Device memory. Small pieces share blocks; what is larger has an allocation of its
 * own. A block holds buffers only, so that bufferImageGranularity is no concern, and
 * where host and device share memory it is mapped as a whole. It is given back with
 * its last piece.
 */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/vk.h"
#include "util/hostmem.h"
#include "util/mem.h"

/** Pieces of at most this size share a block. */
#define LARGEST_PIECE (TTM_VK_BLOCK_BYTES / 2)

/** Pieces are multiples of this, and aligned to it. */
#define GRANULE ((VkDeviceSize)256)

/** Free bytes of a block. */
typedef struct Span {
    VkDeviceSize offset, bytes;
} Span;

/** An allocation. */
struct TTMVkBlock {
    VkDeviceMemory memory;
    VkDeviceSize size;
    int type;                   ///< of memory
    int shared;                 ///< has room for several pieces
    char *mapped;               ///< NULL where the host cannot see it
    Span *spans;                ///< that are free, in order; no two touch
    size_t nb_spans, capacity;
    size_t nb_pieces;
};

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

/** 1 when this memory is mapped as a rule. */
static int wants_mapping(const TTMVk *vk, int type, int staging)
{
    const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

    /* across a bus, reading mapped device memory is far slower than staging */
    return (staging || is_unified(vk)) &&
           (vk->memory.memoryTypes[type].propertyFlags & host) == host;
}

static void free_block(TTMVk *vk, TTMVkBlock *block)
{
    if (block->memory) {
        vk->fn.FreeMemory(vk->device, block->memory, NULL);
        vk->memory_held -= block->size;
    }
    for (size_t i = 0; i < vk->nb_blocks; i++)
        if (vk->blocks[i] == block)
            vk->blocks[i] = vk->blocks[--vk->nb_blocks];
    free(block->spans);
    free(block);
}

/** A block without pieces; it is the last of vk->blocks. */
static VkResult make_block(TTMVk *vk, VkDeviceSize size, int type, int mapped,
                           int shared, TTMVkBlock **block)
{
    const VkMemoryAllocateInfo info = {
        .sType           = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize  = size,
        .memoryTypeIndex = type,
    };
    TTMVkBlock *b = calloc(1, sizeof(*b));
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    void *data;

    if (!b || ttm_array_grow(&vk->blocks, &vk->blocks_capacity, vk->nb_blocks + 1,
                             sizeof(*vk->blocks)) < 0 ||
        ttm_array_grow(&b->spans, &b->capacity, 1, sizeof(*b->spans)) < 0)
        goto fail;
    result = vk->fn.AllocateMemory(vk->device, &info, NULL, &b->memory);
    if (result != VK_SUCCESS)
        goto fail;
    b->size   = size;
    b->type   = type;
    b->shared = shared;
    b->spans[b->nb_spans++] = (Span){ 0, size };
    vk->blocks[vk->nb_blocks++] = b;
    vk->memory_held += size;
    if (vk->memory_held > vk->memory_peak)
        vk->memory_peak = vk->memory_held;
    vk->nb_allocations++;
    if (mapped) {
        result = vk->fn.MapMemory(vk->device, b->memory, 0, VK_WHOLE_SIZE, 0, &data);
        if (result != VK_SUCCESS) {
            free_block(vk, b);
            return result;
        }
        b->mapped = data;
    }
    *block = b;
    return VK_SUCCESS;

fail:
    if (b)
        free(b->spans);
    free(b);
    return result;
}

/** Take a piece from the smallest span that has room; 0 when none has. */
static int take_piece(TTMVkBlock *b, VkDeviceSize bytes, TTMVkMemory *memory)
{
    size_t best = b->nb_spans;

    /* now, so that giving it back needs no memory */
    if (ttm_array_grow(&b->spans, &b->capacity, b->nb_pieces + 3,
                       sizeof(*b->spans)) < 0)
        return 0;
    for (size_t i = 0; i < b->nb_spans; i++)
        if (b->spans[i].bytes >= bytes &&
            (best == b->nb_spans || b->spans[i].bytes < b->spans[best].bytes))
            best = i;
    if (best == b->nb_spans)
        return 0;
    *memory = (TTMVkMemory){ b, b->memory, b->spans[best].offset, bytes };
    b->spans[best].offset += bytes;
    b->spans[best].bytes  -= bytes;
    if (!b->spans[best].bytes) {
        b->nb_spans--;
        memmove(&b->spans[best], &b->spans[best + 1],
                (b->nb_spans - best) * sizeof(*b->spans));
    }
    b->nb_pieces++;
    return 1;
}

/** Give a piece back; spans that touch become one. */
static void give_piece(TTMVkBlock *b, VkDeviceSize offset, VkDeviceSize bytes)
{
    size_t at = 0;

    while (at < b->nb_spans && b->spans[at].offset < offset)
        at++;
    memmove(&b->spans[at + 1], &b->spans[at], (b->nb_spans - at) * sizeof(*b->spans));
    b->spans[at] = (Span){ offset, bytes };
    b->nb_spans++;
    for (size_t i = at ? at - 1 : 0; i <= at && i + 1 < b->nb_spans;) {
        if (b->spans[i].offset + b->spans[i].bytes != b->spans[i + 1].offset) {
            i++;
            continue;
        }
        b->spans[i].bytes += b->spans[i + 1].bytes;
        b->nb_spans--;
        memmove(&b->spans[i + 1], &b->spans[i + 2],
                (b->nb_spans - i - 1) * sizeof(*b->spans));
        if (at == i + 1)
            at = i;
    }
    b->nb_pieces--;
}

VkResult ttm_vk_memory_take(TTMVk *vk, const VkMemoryRequirements *needs, int staging,
                            TTMVkMemory *memory)
{
    const VkDeviceSize bytes = (needs->size + GRANULE - 1) / GRANULE * GRANULE;
    const int type   = choose_type(vk, needs->memoryTypeBits, staging);
    const int mapped = type >= 0 && wants_mapping(vk, type, staging);
    const int shared = bytes <= LARGEST_PIECE && needs->alignment <= GRANULE;
    TTMVkBlock *block = NULL;
    VkResult result;

    if (type < 0)
        return VK_ERROR_FEATURE_NOT_PRESENT;
    for (size_t i = 0; i < vk->nb_blocks && shared; i++)
        if (vk->blocks[i]->shared && vk->blocks[i]->type == type &&
            !vk->blocks[i]->mapped == !mapped &&
            take_piece(vk->blocks[i], bytes, memory))
            return VK_SUCCESS;
    result = shared ? make_block(vk, TTM_VK_BLOCK_BYTES, type, mapped, 1, &block) :
                      VK_ERROR_OUT_OF_DEVICE_MEMORY;
    if (result != VK_SUCCESS)   /* there may still be room for less */
        result = make_block(vk, needs->size, type, mapped, 0, &block);
    if (result != VK_SUCCESS)
        return result;
    if (!take_piece(block, block->shared ? bytes : needs->size, memory)) {
        free_block(vk, block);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    return VK_SUCCESS;
}

void ttm_vk_memory_give(TTMVk *vk, TTMVkMemory *memory)
{
    if (!memory->block)
        return;
    give_piece(memory->block, memory->offset, memory->bytes);
    if (!memory->block->nb_pieces)
        free_block(vk, memory->block);
    memory->block = NULL;
}

void *ttm_vk_memory_mapped(const TTMVkMemory *memory)
{
    return memory->block->mapped ? memory->block->mapped + memory->offset : NULL;
}

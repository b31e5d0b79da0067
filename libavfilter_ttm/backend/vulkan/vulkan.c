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

/** @file The Vulkan backend's functions, as the callers of a backend see them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/program.h"

/** The type that is asked for, where the device has it. */
static int choose_precision(TTMBackend *backend, enum TTMDType asked)
{
    const TTMVk *vk = backend->private_data;

    if ((asked == TTM_DTYPE_F16 || asked == TTM_DTYPE_BF16) &&
        !vk->has_f16_storage)
        return ttm_fail(backend->log, TTM_ERR_UNSUPPORTED, "precision %s is not "
                        "possible: %s has no 16-bit storage, use f32",
                        ttm_dtype_name(asked), vk->name);
    if (asked == TTM_DTYPE_NB)
        asked = vk->has_f16_storage && vk->type != VK_PHYSICAL_DEVICE_TYPE_CPU ?
                TTM_DTYPE_F16 : TTM_DTYPE_F32;
    backend->precision = asked;
    return 0;
}

static void close_device(TTMBackend *backend)
{
    ttm_vk_device_close(backend->private_data);
    free(backend->private_data);
    backend->private_data = NULL;
}

static int open_device(TTMBackend *backend, const TTMBackendRequest *request)
{
    TTMVk *vk = calloc(1, sizeof(*vk));
    int ret;

    if (!vk)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    vk->log = backend->log;
    backend->private_data = vk;
    /* a device that is named by number or name is opened, not borrowed */
    ret = ttm_vk_device_open(vk, request->device,
                             strchr(request->device, ':') ? NULL : request->vulkan);
    if (ret >= 0)
        ret = choose_precision(backend, request->precision);
    backend->is_software = vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU;
    backend->spare       = TTM_VK_BLOCK_BYTES;
    backend->alignment   = 64;
    if (vk->limits.minStorageBufferOffsetAlignment > backend->alignment)
        backend->alignment = vk->limits.minStorageBufferOffsetAlignment;
    if (ret >= 0 && request->kernels)
        ret = ttm_vk_tier_set(vk, request->kernels - 1);
    /* a software device compiles longer than the test is worth */
    if (ret >= 0 && vk->tier != TTM_VK_TIER_SOFT)
        ret = ttm_vk_self_test(backend);
    if (ret < 0)
        close_device(backend);
    return ret < 0 ? ret : 0;
}

static void describe(TTMBackend *backend, char *text, size_t size)
{
    const TTMVk *vk = backend->private_data;

    snprintf(text, size, "vulkan: %s, %s, Vulkan %u.%u, %s kernels", vk->name,
             vk->driver, VK_API_VERSION_MAJOR(vk->api_version),
             VK_API_VERSION_MINOR(vk->api_version),
             ttm_vk_tier_name(vk->tier));
}

static int is_lost(const TTMBackend *backend)
{
    return ((const TTMVk *)backend->private_data)->lost;
}

static size_t free_memory(TTMBackend *backend)
{
    return ttm_vk_free_memory(backend->private_data);
}

static int buffer_create(TTMBackend *backend, size_t bytes, TTMBuffer **buffer)
{
    TTMVkBuffer *b = NULL;
    int ret = ttm_vk_buffer_create(backend->private_data, bytes, "tensors", &b);

    if (ret >= 0)
        ret = ttm_vk_buffer_clear(backend->private_data, b);
    if (ret < 0)
        ttm_vk_buffer_free(backend->private_data, &b);
    *buffer = ret < 0 ? NULL : &b->base;
    return ret;
}

static void buffer_free(TTMBackend *backend, TTMBuffer *buffer)
{
    TTMVkBuffer *b = (TTMVkBuffer *)buffer;

    ttm_vk_buffer_free(backend->private_data, &b);
}

static int buffer_write(TTMBackend *backend, TTMBuffer *buffer, size_t offset,
                        const void *data, size_t bytes)
{
    return ttm_vk_buffer_write(backend->private_data, (TTMVkBuffer *)buffer,
                               offset, data, bytes);
}

static int buffer_read(TTMBackend *backend, TTMBuffer *buffer, size_t offset,
                       void *data, size_t bytes)
{
    return ttm_vk_buffer_read(backend->private_data, (TTMVkBuffer *)buffer,
                              offset, data, bytes);
}

static int buffer_copy(TTMBackend *backend, TTMBuffer *to, size_t to_offset,
                       TTMBuffer *from, size_t from_offset, size_t bytes)
{
    return ttm_vk_buffer_copy(backend->private_data, (TTMVkBuffer *)to,
                              to_offset, (TTMVkBuffer *)from, from_offset,
                              bytes);
}

static int image_read(TTMBackend *backend, const TTMImage *image,
                      TTMBuffer *buffer)
{
    return ttm_vk_image_read(backend->private_data, image, (TTMVkBuffer *)buffer);
}

static int image_write(TTMBackend *backend, const TTMImage *image,
                       TTMBuffer *buffer)
{
    return ttm_vk_image_write(backend->private_data, image, (TTMVkBuffer *)buffer);
}

static int unsupported(TTMBackend *backend, const TTMGraph *graph,
                       const TTMNode *node, const char *why)
{
    const TTMVk *vk = backend->private_data;

    return ttm_fail(backend->log, TTM_ERR_UNSUPPORTED, "vulkan: %s: %s '%s' of %s is "
                    "not possible on %s: %s", graph->name, ttm_op_name(node->op),
                    node->name, ttm_dtype_name(node->dtype), vk->name, why);
}

static int supports(TTMBackend *backend, const TTMGraph *graph, TTMNodeId id)
{
    const TTMVk *vk     = backend->private_data;
    const TTMNode *node = &graph->nodes[id];

    if ((node->dtype == TTM_DTYPE_F16 || node->dtype == TTM_DTYPE_BF16) &&
        !vk->has_f16_storage)
        return unsupported(backend, graph, node,
                           "it has no 16-bit storage, use precision f32");
    return 0;
}

const TTMBackendFunctions ttm_backend_vulkan = {
    .name           = "vulkan",
    .open           = open_device,
    .close          = close_device,
    .describe       = describe,
    .is_lost        = is_lost,
    .free_memory    = free_memory,
    .buffer_create  = buffer_create,
    .buffer_free    = buffer_free,
    .buffer_write   = buffer_write,
    .buffer_read    = buffer_read,
    .buffer_copy    = buffer_copy,
    .image_read     = image_read,
    .image_write    = image_write,
    .supports       = supports,
    .program_create = ttm_vk_program_create,
    .program_bytes  = ttm_vk_program_bytes,
    .program_free   = ttm_vk_program_free,
    .program_run    = ttm_vk_program_run,
};

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
 * Images of a borrowed device. Their planes are copied to a buffer of bytes as
 * they would lie in host memory, and the shader `pixels` arranges these as
 * packed R, G, B, or the other way round; nothing passes through the host.
 */

#include "backend/vulkan/kernels.h"

/** Threads of a workgroup of the shader; its groups go on along y. */
#define THREADS    64
#define GROUPS_X   65535

/** Where the planes lie in vk->planes, in bytes. */
typedef struct Planes {
    size_t offset[4], bytes[4], total;
} Planes;

static int check(TTMVk *vk, const TTMImage *image, const TTMVkBuffer *rgb,
                 Planes *planes)
{
    const TTMVulkanImage *v = image->data;
    const size_t pixels = (size_t)image->width * (size_t)image->height;
    int ok = v->nb_planes >= 1 && v->nb_planes <= 4 &&
             (v->depth == 8 || v->depth == 16);

    if (!vk->borrowed)
        return ttm_fail(vk->log, TTM_ERR_ARGUMENT, "vulkan: images of another "
                        "device cannot be used: give the device as well, and "
                        "leave option device at auto");
    planes->total = 0;
    for (int i = 0; ok && i < v->nb_planes; i++) {
        ok = v->step[i] >= 1 && v->step[i] <= 4 && v->image[i] && v->semaphore[i];
        planes->offset[i] = planes->total;
        planes->bytes[i]  = pixels * (size_t)(v->step[i] * v->depth / 8);
        planes->total    += (planes->bytes[i] + 255) / 256 * 256;
    }
    for (int c = 0; ok && c < 3; c++)
        ok = v->plane[c] >= 0 && v->plane[c] < v->nb_planes && v->offset[c] >= 0 &&
             v->offset[c] < v->step[v->plane[c]] &&
             v->step[v->plane[c]] == v->step[v->plane[0]];
    if (!ok)
        return ttm_fail(vk->log, TTM_ERR_ARGUMENT, "vulkan: the planes of an image "
                        "are not described as ttm.h asks");
    if (planes->total > vk->limits.maxStorageBufferRange ||
        rgb->size > vk->limits.maxStorageBufferRange)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: an image of %dx%d "
                        "is larger than the %u MiB that %s can bind: use images "
                        "in host memory", image->width, image->height,
                        vk->limits.maxStorageBufferRange >> 20, vk->name);
    return 0;
}

/** Pipeline, commands, descriptor sets and memory of @p bytes for planes. */
static int prepare(TTMVk *vk, size_t bytes, const TTMVkPipeline **pipeline)
{
    const uint32_t threads = THREADS;
    const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 8 };
    const VkDescriptorPoolCreateInfo pool = {
        .sType         = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets       = 4,
        .poolSizeCount = 1,
        .pPoolSizes    = &size,
    };
    VkDescriptorSetLayout layouts[4];
    VkDescriptorSetAllocateInfo sets = {
        .sType              = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorSetCount = 4,
        .pSetLayouts        = layouts,
    };
    const VkCommandPoolCreateInfo command_pool = {
        .sType            = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = vk->queue_family,
    };
    VkCommandBufferAllocateInfo commands = {
        .sType              = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .level              = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VkResult result = VK_SUCCESS;
    int ret = ttm_vk_pipeline(vk, TTM_VK_PIXELS, TTM_DTYPE_U32, &threads, 1,
                              pipeline);

    if (ret >= 0 && vk->planes && vk->planes->size < bytes)
        ttm_vk_buffer_free(vk, &vk->planes);
    if (ret >= 0 && !vk->planes)
        ret = ttm_vk_buffer_create(vk, bytes, "images", &vk->planes);
    if (ret < 0 || vk->image_commands)
        return ret;
    for (int i = 0; i < 4; i++)
        layouts[i] = vk->layouts[TTM_VK_PIXELS].set;
    if (!vk->image_pool) {
        result = vk->fn.CreateDescriptorPool(vk->device, &pool, NULL,
                                             &vk->image_pool);
        sets.descriptorPool = vk->image_pool;
        if (result == VK_SUCCESS)
            result = vk->fn.AllocateDescriptorSets(vk->device, &sets,
                                                   vk->image_sets);
        if (result != VK_SUCCESS && vk->image_pool) {
            vk->fn.DestroyDescriptorPool(vk->device, vk->image_pool, NULL);
            vk->image_pool = VK_NULL_HANDLE;
        }
    }
    if (result == VK_SUCCESS && !vk->image_command_pool)
        result = vk->fn.CreateCommandPool(vk->device, &command_pool, NULL,
                                          &vk->image_command_pool);
    commands.commandPool = vk->image_command_pool;
    if (result == VK_SUCCESS)
        result = vk->fn.AllocateCommandBuffers(vk->device, &commands,
                                               &vk->image_commands);
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "images");
}

/** Record one call of the shader: @p from to @p to. */
static void dispatch(TTMVk *vk, const TTMVkPipeline *pipeline, int set,
                     VkDescriptorBufferInfo from, VkDescriptorBufferInfo to,
                     TTMVkPixelsPush push)
{
    const TTMVkLayout *layout = &vk->layouts[TTM_VK_PIXELS];
    const VkDescriptorBufferInfo info[2] = { from, to };
    const VkWriteDescriptorSet write = {
        .sType           = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet          = vk->image_sets[set],
        .descriptorCount = 2,
        .descriptorType  = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo     = info,
    };
    uint32_t words  = (push.components * (push.depth / 8) + 3) / 4;
    uint32_t groups = (words + THREADS - 1) / THREADS;
    uint32_t x      = groups < GROUPS_X ? groups : GROUPS_X;

    vk->fn.UpdateDescriptorSets(vk->device, 1, &write, 0, NULL);
    vk->fn.CmdBindPipeline(vk->image_commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                           pipeline->pipeline);
    vk->fn.CmdBindDescriptorSets(vk->image_commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                 layout->pipeline, 0, 1, &vk->image_sets[set], 0,
                                 NULL);
    vk->fn.CmdPushConstants(vk->image_commands, layout->pipeline,
                            VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push), &push);
    vk->fn.CmdDispatch(vk->image_commands, x, (groups + x - 1) / x, 1);
}

static void memory_barrier(TTMVk *vk, VkPipelineStageFlags from,
                           VkAccessFlags written, VkPipelineStageFlags to,
                           VkAccessFlags access)
{
    const VkMemoryBarrier barrier = {
        .sType         = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = written,
        .dstAccessMask = access,
    };

    vk->fn.CmdPipelineBarrier(vk->image_commands, from, to, 0, 1, &barrier, 0, NULL, 0,
                              NULL);
}

/** Give every plane the layout of a copy; old pixels are kept where read. */
static void image_barrier(TTMVk *vk, TTMVulkanImage *v, int reads)
{
    VkImageMemoryBarrier barriers[4];
    VkImageLayout layout = reads ? VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL :
                                   VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;

    for (int i = 0; i < v->nb_planes; i++) {
        barriers[i] = (VkImageMemoryBarrier){
            .sType               = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
            .srcAccessMask       = VK_ACCESS_MEMORY_WRITE_BIT,
            .dstAccessMask       = reads ? VK_ACCESS_TRANSFER_READ_BIT :
                                           VK_ACCESS_TRANSFER_WRITE_BIT,
            .oldLayout           = reads ? (VkImageLayout)v->layout[i] :
                                           VK_IMAGE_LAYOUT_UNDEFINED,
            .newLayout           = layout,
            .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
            .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
            .image               = TTM_VK_HANDLE(VkImage, v->image[i]),
            .subresourceRange    = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1 },
        };
    }
    vk->fn.CmdPipelineBarrier(vk->image_commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                              VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL,
                              v->nb_planes, barriers);
}

static VkBufferImageCopy region(const TTMImage *image, size_t offset)
{
    return (VkBufferImageCopy){
        .bufferOffset     = offset,
        .imageSubresource = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1 },
        .imageExtent      = { (uint32_t)image->width, (uint32_t)image->height, 1 },
    };
}

/** Check the image, and begin to record what is done with it. */
static int begin(TTMVk *vk, const TTMImage *image, const TTMVkBuffer *rgb,
                 Planes *planes, const TTMVkPipeline **pipeline)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    int ret = check(vk, image, rgb, planes);
    VkResult result;

    if (ret >= 0)
        ret = prepare(vk, planes->total, pipeline);
    if (ret < 0)
        return ret;
    result = vk->fn.ResetCommandPool(vk->device, vk->image_command_pool, 0);
    if (result == VK_SUCCESS)
        result = vk->fn.BeginCommandBuffer(vk->image_commands, &info);
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "images");
}

/** Submit it and wait; the planes then have the layout @p layout. */
static int finish(TTMVk *vk, TTMVulkanImage *image, VkImageLayout layout)
{
    VkResult result = vk->fn.EndCommandBuffer(vk->image_commands);
    int ret;

    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "images");
    ret = ttm_vk_submit_image(vk, vk->image_commands, image);
    for (int i = 0; ret >= 0 && i < image->nb_planes; i++)
        image->layout[i] = layout;
    return ret < 0 ? ret : ttm_vk_wait(vk, vk->timeline_value);
}

int ttm_vk_image_read(TTMVk *vk, const TTMImage *image, TTMVkBuffer *rgb)
{
    TTMVulkanImage *v = image->data;
    const uint32_t pixels = (uint32_t)image->width * (uint32_t)image->height;
    const TTMVkPipeline *pipeline = NULL;
    TTMVkPixelsPush push = { 3 * pixels, v->depth, 3, 0x210, v->step[v->plane[0]] };
    Planes planes;
    int ret = begin(vk, image, rgb, &planes, &pipeline);

    if (ret < 0)
        return ret;
    image_barrier(vk, v, 1);
    for (int i = 0; i < v->nb_planes; i++) {
        const VkBufferImageCopy copy = region(image, planes.offset[i]);

        vk->fn.CmdCopyImageToBuffer(vk->image_commands,
                                    TTM_VK_HANDLE(VkImage, v->image[i]),
                                    VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                    vk->planes->buffer, 1, &copy);
    }
    memory_barrier(vk, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                   VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT);
    for (int c = 0; c < 3; c++)
        push.x_first[c] = planes.offset[v->plane[c]] / (v->depth / 8) +
                          v->offset[c];
    dispatch(vk, pipeline, 0,
             (VkDescriptorBufferInfo){ vk->planes->buffer, 0, planes.total },
             (VkDescriptorBufferInfo){ rgb->buffer, 0, rgb->size }, push);
    memory_barrier(vk, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                   VK_ACCESS_SHADER_WRITE_BIT, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT |
                   VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_MEMORY_READ_BIT |
                   VK_ACCESS_HOST_READ_BIT);
    return finish(vk, v, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
}

int ttm_vk_image_write(TTMVk *vk, const TTMImage *image, TTMVkBuffer *rgb)
{
    TTMVulkanImage *v = image->data;
    const uint32_t pixels = (uint32_t)image->width * (uint32_t)image->height;
    const TTMVkPipeline *pipeline = NULL;
    Planes planes;
    int ret = begin(vk, image, rgb, &planes, &pipeline);

    if (ret < 0)
        return ret;
    memory_barrier(vk, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_ACCESS_MEMORY_WRITE_BIT,
                   VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT);
    for (int i = 0; i < v->nb_planes; i++) {
        TTMVkPixelsPush push = { pixels * v->step[i], v->depth, v->step[i], 0x3333,
                                 3, { 0, 1, 2 } };

        for (int c = 0; c < 3; c++)
            if (v->plane[c] == i)
                push.order = (push.order & ~(15u << 4 * v->offset[c])) |
                             (uint32_t)c << 4 * v->offset[c];
        dispatch(vk, pipeline, i,
                 (VkDescriptorBufferInfo){ rgb->buffer, 0, rgb->size },
                 (VkDescriptorBufferInfo){ vk->planes->buffer, planes.offset[i],
                                           (planes.bytes[i] + 3) / 4 * 4 }, push);
    }
    memory_barrier(vk, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                   VK_ACCESS_SHADER_WRITE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT,
                   VK_ACCESS_TRANSFER_READ_BIT);
    image_barrier(vk, v, 0);
    for (int i = 0; i < v->nb_planes; i++) {
        const VkBufferImageCopy copy = region(image, planes.offset[i]);

        vk->fn.CmdCopyBufferToImage(vk->image_commands, vk->planes->buffer,
                                    TTM_VK_HANDLE(VkImage, v->image[i]),
                                    VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
    }
    return finish(vk, v, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
}

void ttm_vk_images_free(TTMVk *vk)
{
    if (vk->image_command_pool)
        vk->fn.DestroyCommandPool(vk->device, vk->image_command_pool, NULL);
    vk->image_command_pool = VK_NULL_HANDLE;
    vk->image_commands     = VK_NULL_HANDLE;
    if (vk->image_pool)
        vk->fn.DestroyDescriptorPool(vk->device, vk->image_pool, NULL);
    vk->image_pool = VK_NULL_HANDLE;
    ttm_vk_buffer_free(vk, &vk->planes);
}

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
 * A device of the caller's: nothing is loaded, created or destroyed. What it was
 * opened with is told by the caller, since Vulkan has no question for it.
 */

#include "backend/vulkan/vk.h"

int ttm_vk_borrow_instance(TTMVk *vk)
{
    const TTMVulkanDevice *b = vk->borrowed;

    if (!b->get_instance_proc_addr || !b->instance || !b->physical_device ||
        !b->device || !b->features)
        return ttm_fail(vk->log, TTM_ERR_ARGUMENT, "vulkan: the device that was "
                        "given lacks its handles, functions or features");
    vk->fn.GetInstanceProcAddr =
        (PFN_vkGetInstanceProcAddr)(void (*)(void))b->get_instance_proc_addr;
    vk->instance = b->instance;
    vk->physical = b->physical_device;
    return ttm_vk_load_instance(vk);
}

/** Features that are enabled, by what ttm uses them for. */
typedef struct Enabled {
    int timeline, float16, memory_model, matrices, maintenance4;
    enum TTMVkMatrices kind;        ///< of the matrices, where there are any
} Enabled;

/** The structs of single features, which may stand for those of a version. */
static void read_single(TTMVk *vk, const VkBaseInStructure *p, Enabled *e)
{
    const void *s = p;

    switch (p->sType) {
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES:
        vk->has_f16_storage |= ((const VkPhysicalDevice16BitStorageFeatures *)s)
                               ->storageBuffer16BitAccess;
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES:
        e->timeline |= ((const VkPhysicalDeviceTimelineSemaphoreFeatures *)s)
                       ->timelineSemaphore;
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES:
        e->float16 |= ((const VkPhysicalDeviceShaderFloat16Int8Features *)s)
                      ->shaderFloat16;
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES: {
        const VkPhysicalDeviceSubgroupSizeControlFeatures *f = s;

        vk->has_subgroup_size  |= f->subgroupSizeControl;
        vk->has_full_subgroups |= f->computeFullSubgroups;
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES: {
        const VkPhysicalDeviceVulkanMemoryModelFeatures *f = s;

        e->memory_model |= f->vulkanMemoryModel && f->vulkanMemoryModelDeviceScope;
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES:
        e->maintenance4 |= ((const VkPhysicalDeviceMaintenance4Features *)s)
                           ->maintenance4;
        break;
    default:
        break;
    }
}

static void read_features(TTMVk *vk, Enabled *e)
{
    for (const VkBaseInStructure *p = vk->borrowed->features; p; p = p->pNext) {
        const void *s = p;

        if (p->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES) {
            const VkPhysicalDeviceVulkan11Features *f = s;

            vk->has_f16_storage |= f->storageBuffer16BitAccess;
        } else if (p->sType ==
                   VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES) {
            const VkPhysicalDeviceVulkan12Features *f = s;

            e->timeline     |= f->timelineSemaphore;
            e->float16      |= f->shaderFloat16;
            e->memory_model |= f->vulkanMemoryModel &&
                               f->vulkanMemoryModelDeviceScope;
        } else if (p->sType ==
                   VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES) {
            const VkPhysicalDeviceVulkan13Features *f = s;

            vk->has_subgroup_size  |= f->subgroupSizeControl;
            vk->has_full_subgroups |= f->computeFullSubgroups;
            e->maintenance4        |= f->maintenance4;
        } else if ((int)p->sType ==
            (int)VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR) {
            const VkPhysicalDeviceCooperativeMatrixFeaturesKHR *f = s;

            e->matrices |= f->cooperativeMatrix;
        } else if ((int)p->sType ==
            (int)VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_FEATURES_NV) {
            if (vk->api_version >= VK_API_VERSION_1_3)
                e->kind = ttm_vk_matrices(s);
        } else {
            read_single(vk, p, e);
        }
    }
}

int ttm_vk_borrow_device(TTMVk *vk)
{
    const TTMVulkanDevice *b = vk->borrowed;
    const VkDeviceQueueInfo2 queue = {
        .sType            = VK_STRUCTURE_TYPE_DEVICE_QUEUE_INFO_2,
        .flags            = b->queue_flags,
        .queueFamilyIndex = b->queue_family,
        .queueIndex       = b->queue_index,
    };
    Enabled e = { .kind = TTM_VK_MATRICES_KHR };

    read_features(vk, &e);
    if (!e.maintenance4)
        e.kind = TTM_VK_MATRICES_KHR;
    if (!e.timeline)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: the device that was "
                        "given, %s, was opened without timelineSemaphore",
                        vk->name);
    vk->device = b->device;
    if (ttm_vk_load_device(vk) < 0) {
        vk->device = VK_NULL_HANDLE;
        return TTM_ERR_DEVICE;
    }
    if (b->queue_flags)
        vk->fn.GetDeviceQueue2(vk->device, &queue, &vk->queue);
    else
        vk->fn.GetDeviceQueue(vk->device, b->queue_family, b->queue_index,
                              &vk->queue);
    vk->has_subgroup_size &= vk->can_require_size;
    ttm_vk_tiers_find(vk, e.matrices && e.float16 && e.memory_model &&
                      vk->has_f16_storage &&
                      (vk->has_subgroup_size || vk->has_one_size) &&
                      vk->has_full_subgroups ? e.kind : TTM_VK_MATRICES_NONE);
    return 0;
}

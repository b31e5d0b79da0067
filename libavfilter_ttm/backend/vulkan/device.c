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

/** @file Choose a Vulkan device, open it and learn what it can do. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/vk.h"

#define MAX_DEVICES 16

static int create_instance(TTMVk *vk)
{
    const VkApplicationInfo application = {
        .sType            = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "ttm",
        .pEngineName      = "ttm",
        .apiVersion       = VK_API_VERSION_1_3,
    };
    const VkInstanceCreateInfo info = {
        .sType            = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
    };
    VkResult result = vk->fn.CreateInstance(&info, NULL, &vk->instance);

    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: no driver is "
                        "installed: install one for your GPU, or use device=cpu");
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "creating an instance");
    return ttm_vk_load_instance(vk);
}

/** 1 when @p name contains @p part, case ignored. */
static int contains(const char *name, const char *part)
{
    size_t length = strlen(part);

    for (; *name; name++) {
        size_t i = 0;

        while (i < length && tolower((unsigned char)name[i]) ==
                             tolower((unsigned char)part[i]))
            i++;
        if (i == length)
            return 1;
    }
    return 0;
}

/** Preference among real GPUs, 0: a software device. */
static int rank_of(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:   return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:    return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:            return 0;
    default:                                     return 1;
    }
}

/** Append "N: NAME" of every device to @p text. */
static void list_devices(TTMVk *vk, const VkPhysicalDevice *devices,
                         uint32_t nb, char *text, size_t size)
{
    size_t used = 0;

    *text = 0;
    for (uint32_t i = 0; i < nb && used < size; i++) {
        VkPhysicalDeviceProperties2 p = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        };

        vk->fn.GetPhysicalDeviceProperties2(devices[i], &p);
        used += snprintf(text + used, size - used, "%s%u: %s", i ? ", " : "", i,
                         p.properties.deviceName);
    }
}

/** Set vk->physical to what @p which ("", "1", "radeon") asks for. */
static int choose(TTMVk *vk, const char *device, const char *which)
{
    VkPhysicalDevice devices[MAX_DEVICES];
    uint32_t nb = MAX_DEVICES;
    int best = -1, best_rank = *which ? -1 : 0;
    VkResult result = vk->fn.EnumeratePhysicalDevices(vk->instance, &nb, devices);
    char *end, text[512];
    unsigned long number;

    if (result != VK_SUCCESS && result != VK_INCOMPLETE)
        return ttm_vk_fail(vk, result, "listing devices");
    number = strtoul(which, &end, 10);
    for (uint32_t i = 0; i < nb; i++) {
        VkPhysicalDeviceProperties2 p = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        };
        int fits = 1;

        vk->fn.GetPhysicalDeviceProperties2(devices[i], &p);
        if (*which)
            fits = *end ? contains(p.properties.deviceName, which) : i == number;
        if (fits && rank_of(p.properties.deviceType) > best_rank) {
            best      = i;
            best_rank = rank_of(p.properties.deviceType);
        }
    }
    if (best >= 0) {
        vk->physical = devices[best];
        return 0;
    }
    list_devices(vk, devices, nb, text, sizeof(text));
    if (!nb)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "device '%s': no Vulkan device "
                        "found: install a driver, or use device=cpu", device);
    if (!*which)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "device '%s': there is no GPU; "
                        "name a software device to use it: vulkan:NUMBER of %s",
                        device, text);
    return ttm_fail(vk->log, TTM_ERR_DEVICE, "device '%s': not found; there is %s",
                    device, text);
}

/** Names, limits and features of vk->physical; fails below the minimum. */
static int inspect(TTMVk *vk)
{
    VkPhysicalDeviceMaintenance4Properties maintenance4 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES,
    };
    VkPhysicalDeviceSubgroupSizeControlProperties sizes = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES,
    };
    VkPhysicalDeviceVulkan12Properties p12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES,
        .pNext = &sizes,
    };
    VkPhysicalDeviceVulkan11Properties p11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES,
        .pNext = &p12,
    };
    VkPhysicalDeviceProperties2 p = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    };
    const VkSubgroupFeatureFlags subgroup = VK_SUBGROUP_FEATURE_BASIC_BIT |
                                            VK_SUBGROUP_FEATURE_BALLOT_BIT |
                                            VK_SUBGROUP_FEATURE_ARITHMETIC_BIT |
                                            VK_SUBGROUP_FEATURE_SHUFFLE_BIT;

    vk->fn.GetPhysicalDeviceProperties2(vk->physical, &p);
    snprintf(vk->name, sizeof(vk->name), "%s", p.properties.deviceName);
    vk->api_version = p.properties.apiVersion;
    if (vk->borrowed && vk->borrowed->api_version < vk->api_version)
        vk->api_version = vk->borrowed->api_version;
    vk->type        = p.properties.deviceType;
    vk->limits      = p.properties.limits;
    if (vk->limits.minStorageBufferOffsetAlignment < 4)     /* shaders read words */
        vk->limits.minStorageBufferOffsetAlignment = 4;
    if (vk->api_version < VK_API_VERSION_1_2)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s has Vulkan "
                        "%u.%u, 1.2 is needed: update its driver, or use "
                        "device=cpu", vk->name,
                        VK_API_VERSION_MAJOR(vk->api_version),
                        VK_API_VERSION_MINOR(vk->api_version));
    if (vk->limits.maxPerStageDescriptorStorageBuffers < TTM_VK_MAX_BINDINGS ||
        vk->limits.maxComputeWorkGroupInvocations < 256 ||
        vk->limits.maxComputeSharedMemorySize < 16384)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: the limits of %s "
                        "are below what the shaders need: use device=cpu",
                        vk->name);
    p.pNext = &p11;
    if (vk->api_version >= VK_API_VERSION_1_3)
        sizes.pNext = &maintenance4;
    else if (!ttm_vk_has_extension(vk, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME))
        p12.pNext = NULL;
    vk->fn.GetPhysicalDeviceProperties2(vk->physical, &p);
    snprintf(vk->driver, sizeof(vk->driver), "%s %s", p12.driverName,
             p12.driverInfo);
    vk->max_allocation = p11.maxMemoryAllocationSize;
    vk->max_buffer     = maintenance4.maxBufferSize ? maintenance4.maxBufferSize :
                                                      p11.maxMemoryAllocationSize;
    vk->subgroup_size  = p11.subgroupSize;
    /* a driver with the feature need not have it in any stage */
    vk->can_require_size = (sizes.requiredSubgroupSizeStages &
                            VK_SHADER_STAGE_COMPUTE_BIT) != 0;
    vk->has_one_size     = sizes.minSubgroupSize == p11.subgroupSize &&
                           sizes.maxSubgroupSize == p11.subgroupSize;
    vk->least_subgroup_size = sizes.minSubgroupSize;
    vk->vendor              = p.properties.vendorID;
    vk->has_subgroup_exchange =
        (p11.subgroupSupportedOperations & subgroup) == subgroup &&
        p11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT;
    memcpy(vk->cache_id, p.properties.pipelineCacheUUID, 16);
    memcpy(vk->cache_id + 16, &p.properties.vendorID, 4);
    memcpy(vk->cache_id + 20, &p.properties.deviceID, 4);
    memcpy(vk->cache_id + 24, &p.properties.driverVersion, 4);
    vk->fn.GetPhysicalDeviceMemoryProperties(vk->physical, &vk->memory);
    return 0;
}

/** Choose a queue family, or look at the borrowed one. */
static int find_queue(TTMVk *vk)
{
    VkQueueFamilyProperties families[32];
    uint32_t nb = 32;
    int best = -1;

    vk->fn.GetPhysicalDeviceQueueFamilyProperties(vk->physical, &nb, families);
    if (vk->borrowed && vk->borrowed->queue_family < nb &&
        families[vk->borrowed->queue_family].queueFlags & VK_QUEUE_COMPUTE_BIT)
        best = vk->borrowed->queue_family;
    /* a family without graphics shares less with the desktop */
    for (uint32_t i = 0; i < nb && !vk->borrowed; i++)
        if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT &&
            (best < 0 || !(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT))) {
            best = i;
            if (!(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT))
                break;
        }
    if (best < 0)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s cannot "
                        "compute%s: use device=cpu", vk->name, vk->borrowed ?
                        " on the queue family that was given" : "");
    vk->queue_family = best;
    vk->tick_mask = families[best].timestampValidBits >= 64 ? UINT64_MAX :
                    (UINT64_C(1) << families[best].timestampValidBits) - 1;
    vk->tick = vk->tick_mask ? vk->limits.timestampPeriod * 1e-9 : 0;
    return 0;
}

/** Create vk->device with the features that are there. */
static int create_device(TTMVk *vk)
{
    const char *extensions[3];
    const float priority = 0.5f;
    int core_size = vk->api_version >= VK_API_VERSION_1_3;
    int extension_size = !core_size &&
                         ttm_vk_has_extension(vk, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    int coop = ttm_vk_has_extension(vk, VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME);
    int coop2 = coop && vk->api_version >= VK_API_VERSION_1_3 &&
                ttm_vk_has_extension(vk, VK_NV_COOPERATIVE_MATRIX_2_EXTENSION_NAME);
    /* every device of Vulkan 1.3 has it, and the SPIR-V of these shaders needs it */
    VkPhysicalDeviceMaintenance4Features newer = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES,
        .maintenance4 = VK_TRUE,
    };
    VkPhysicalDeviceCooperativeMatrix2FeaturesNV flexible = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_FEATURES_NV,
    };
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
        .pNext = coop2 ? &flexible : NULL,
    };
    VkPhysicalDeviceSubgroupSizeControlFeatures size = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES,
    };
    VkPhysicalDeviceVulkan12Features f12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .pNext = core_size || extension_size ? &size : NULL,
    };
    VkPhysicalDeviceVulkan11Features f11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        .pNext = &f12,
    };
    VkPhysicalDeviceFeatures2 f = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .pNext = &f11,
    };
    const VkDeviceQueueCreateInfo queue = {
        .sType            = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = vk->queue_family,
        .queueCount       = 1,
        .pQueuePriorities = &priority,
    };
    VkDeviceCreateInfo info = {
        .sType                   = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext                   = &f,
        .queueCreateInfoCount    = 1,
        .pQueueCreateInfos       = &queue,
        .ppEnabledExtensionNames = extensions,
    };
    enum TTMVkMatrices found = TTM_VK_MATRICES_NONE;
    VkBool32 f16;
    VkResult result;

    size.pNext = coop ? &matrices : NULL;
    vk->fn.GetPhysicalDeviceFeatures2(vk->physical, &f);
    if (!f12.timelineSemaphore)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s has no timeline "
                        "semaphores: update its driver, or use device=cpu",
                        vk->name);
    f16 = f11.storageBuffer16BitAccess;
    vk->has_f16_storage   = f16;
    vk->has_subgroup_size = size.subgroupSizeControl && vk->can_require_size;
    vk->has_full_subgroups = size.computeFullSubgroups;
    coop = matrices.cooperativeMatrix && f16 && f12.shaderFloat16 &&
           f12.vulkanMemoryModel && f12.vulkanMemoryModelDeviceScope &&
           (vk->has_subgroup_size || vk->has_one_size) && size.computeFullSubgroups;
    if (coop)
        found = ttm_vk_matrices(&flexible);

    /* ask for what is used only */
    size.pNext     = coop ? &matrices : NULL;
    matrices.pNext = found >= TTM_VK_MATRICES_FLEXIBLE ? &flexible : NULL;
    matrices.cooperativeMatrixRobustBufferAccess = VK_FALSE;
    flexible.cooperativeMatrixWorkgroupScope     = found == TTM_VK_MATRICES_TENSORS;
    flexible.cooperativeMatrixTensorAddressing   = found == TTM_VK_MATRICES_TENSORS;
    flexible.pNext = &newer;
    flexible.cooperativeMatrixBlockLoads         = VK_FALSE;
    if (extension_size)
        extensions[info.enabledExtensionCount++] =
            VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME;
    if (coop)
        extensions[info.enabledExtensionCount++] =
            VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
    if (found >= TTM_VK_MATRICES_FLEXIBLE)
        extensions[info.enabledExtensionCount++] =
            VK_NV_COOPERATIVE_MATRIX_2_EXTENSION_NAME;
    f12 = (VkPhysicalDeviceVulkan12Features){
        .sType = f12.sType, .pNext = f12.pNext, .timelineSemaphore = VK_TRUE,
        .shaderFloat16 = coop, .vulkanMemoryModel = coop,
        .vulkanMemoryModelDeviceScope = coop,
    };
    f11 = (VkPhysicalDeviceVulkan11Features){
        .sType = f11.sType, .pNext = f11.pNext, .storageBuffer16BitAccess = f16,
    };
    f.features = (VkPhysicalDeviceFeatures){ 0 };
    result = vk->fn.CreateDevice(vk->physical, &info, NULL, &vk->device);
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, "opening the device");
    if (ttm_vk_load_device(vk) < 0) {
        vk->device = VK_NULL_HANDLE;
        return TTM_ERR_DEVICE;
    }
    vk->fn.GetDeviceQueue(vk->device, vk->queue_family, 0, &vk->queue);
    ttm_vk_tiers_find(vk, found);
    return 0;
}

/** What submissions and copies need. */
static int create_objects(TTMVk *vk)
{
    const VkSemaphoreTypeCreateInfo type = {
        .sType         = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
    };
    const VkSemaphoreCreateInfo semaphore = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
        .pNext = &type,
    };
    VkResult result = vk->fn.CreateSemaphore(vk->device, &semaphore, NULL,
                                             &vk->timeline);

    return result == VK_SUCCESS ? ttm_vk_transfers_open(vk) :
                                  ttm_vk_fail(vk, result, "opening the device");
}

/** Operations of about 50 ms for a slow device of its type. */
static double submit_work(VkPhysicalDeviceType type)
{
    return type == VK_PHYSICAL_DEVICE_TYPE_CPU          ? 1e9 :
           type == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU ? 2e11 : 2e10;
}

int ttm_vk_device_open(TTMVk *vk, const char *device,
                       const TTMVulkanDevice *borrowed)
{
    const char *which = strchr(device, ':');
    int ret;

    vk->borrowed = borrowed;
    if (borrowed) {
        ret = ttm_vk_borrow_instance(vk);
    } else {
        ret = ttm_vk_load(vk);
        if (ret >= 0)
            ret = create_instance(vk);
        if (ret >= 0)
            ret = choose(vk, device, which ? which + 1 : "");
    }
    if (ret >= 0)
        ret = inspect(vk);
    if (ret >= 0)
        ret = find_queue(vk);
    if (ret >= 0)
        ret = borrowed ? ttm_vk_borrow_device(vk) : create_device(vk);
    if (ret >= 0)
        ret = create_objects(vk);
    if (ret < 0)
        return ret;
    vk->submit_work = submit_work(vk->type);
    ttm_vk_cache_load(vk);
    return 0;
}

void ttm_vk_device_close(TTMVk *vk)
{
    if (vk->device) {
        ttm_vk_wait_idle(vk);
        ttm_vk_images_free(vk);
        ttm_vk_transfers_close(vk);
        ttm_vk_cache_save(vk);
        ttm_vk_pipelines_free(vk);
        if (vk->timeline)
            vk->fn.DestroySemaphore(vk->device, vk->timeline, NULL);
        ttm_log(vk->log, TTM_LOG_DEBUG, "vulkan: %zu allocations of memory, at most "
                "%.1f MiB at once", vk->nb_allocations,
                (double)vk->memory_peak / (1 << 20));
        free(vk->blocks);
        if (!vk->borrowed)
            vk->fn.DestroyDevice(vk->device, NULL);
    }
    if (vk->instance && !vk->borrowed && vk->fn.DestroyInstance)
        vk->fn.DestroyInstance(vk->instance, NULL);
    ttm_vk_unload(vk);
}

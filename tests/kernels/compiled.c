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

/** @file Compile the kernels for a device that need not be able to run them. */

#include "config.h"

#if HAVE_VULKAN

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/kernels.h"
#include "compiled.h"

#define MAX_DEVICES     16
#define MAX_STATISTICS  64

/** A device of our own and the backend that it is lent to. */
typedef struct Compiled {
    TTMBackend backend;             ///< first, for compiled_close()
    TTMVk own;                      ///< instance, device and functions of the lender
    TTMVulkanDevice lent;
    VkPhysicalDeviceFeatures2 features;
    VkPhysicalDeviceVulkan11Features f11;
    VkPhysicalDeviceVulkan12Features f12;
    VkPhysicalDeviceVulkan13Features f13;
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices;
    VkPhysicalDeviceCooperativeMatrix2FeaturesNV flexible;
    VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR statistics;
} Compiled;

static PFN_vkCreateComputePipelines create_pipelines;

/** The real one, told to keep statistics. */
static VkResult VKAPI_CALL create_counted(VkDevice device, VkPipelineCache cache,
                                          uint32_t nb,
                                          const VkComputePipelineCreateInfo *infos,
                                          const VkAllocationCallbacks *allocator,
                                          VkPipeline *pipelines)
{
    VkResult result = VK_SUCCESS;

    (void)cache;        /* what comes from a cache may have none */
    for (uint32_t i = 0; i < nb && result == VK_SUCCESS; i++) {
        VkComputePipelineCreateInfo info = infos[i];

        info.flags |= VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR;
        result = create_pipelines(device, VK_NULL_HANDLE, 1, &info, allocator,
                                  &pipelines[i]);
    }
    return result;
}

/** Set own.physical to device number @p number; 0 when there is none. */
static int find_device(TTMVk *own, unsigned long number)
{
    const VkApplicationInfo application = {
        .sType      = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .apiVersion = VK_API_VERSION_1_3,
    };
    const VkInstanceCreateInfo info = {
        .sType            = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
    };
    VkPhysicalDevice devices[MAX_DEVICES];
    uint32_t nb = MAX_DEVICES;
    VkResult result;

    if (ttm_vk_load(own) < 0 ||
        own->fn.CreateInstance(&info, NULL, &own->instance) != VK_SUCCESS)
        return 0;
    if (ttm_vk_load_instance(own) < 0)
        return 0;
    result = own->fn.EnumeratePhysicalDevices(own->instance, &nb, devices);
    if ((result != VK_SUCCESS && result != VK_INCOMPLETE) || number >= nb)
        return 0;
    own->physical = devices[number];
    return 1;
}

/** Append the feature struct @p p of an extension when the device has that. */
static void chain_extension(Compiled *c, void *p, VkStructureType type,
                            const char *name, const char **names, uint32_t *nb)
{
    VkBaseOutStructure *end = (VkBaseOutStructure *)&c->features;

    if (!ttm_vk_has_extension(&c->own, name))
        return;
    while (end->pNext)
        end = end->pNext;
    end->pNext = p;
    end->pNext->sType = type;
    names[(*nb)++] = name;
}

/** Open the device with what ttm can use, and nothing that would slow its code. */
static int open_device(Compiled *c)
{
    const float priority = 0.5f;
    const char *names[3];
    const VkDeviceQueueCreateInfo queue = {
        .sType            = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueCount       = 1,
        .pQueuePriorities = &priority,
    };
    VkDeviceCreateInfo info = {
        .sType                   = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext                   = &c->features,
        .queueCreateInfoCount    = 1,
        .pQueueCreateInfos       = &queue,
        .ppEnabledExtensionNames = names,
    };
    VkPhysicalDeviceProperties2 p = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    };

    c->own.fn.GetPhysicalDeviceProperties2(c->own.physical, &p);
    c->features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    c->f11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    c->f12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    c->f13.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES;
    c->features.pNext = &c->f11;
    c->f11.pNext = &c->f12;
    if (p.properties.apiVersion >= VK_API_VERSION_1_3)
        c->f12.pNext = &c->f13;
    chain_extension(c, &c->matrices, (VkStructureType)
                    VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
                    VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME, names,
                    &info.enabledExtensionCount);
    chain_extension(c, &c->flexible, (VkStructureType)
                    VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_FEATURES_NV,
                    VK_NV_COOPERATIVE_MATRIX_2_EXTENSION_NAME, names,
                    &info.enabledExtensionCount);
    chain_extension(c, &c->statistics,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR,
        VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME, names,
        &info.enabledExtensionCount);
    c->own.fn.GetPhysicalDeviceFeatures2(c->own.physical, &c->features);
    c->features.features = (VkPhysicalDeviceFeatures){ 0 };
    c->f11 = (VkPhysicalDeviceVulkan11Features){
        .sType = c->f11.sType, .pNext = c->f11.pNext,
        .storageBuffer16BitAccess = c->f11.storageBuffer16BitAccess,
    };
    c->f12 = (VkPhysicalDeviceVulkan12Features){
        .sType = c->f12.sType, .pNext = c->f12.pNext,
        .timelineSemaphore            = c->f12.timelineSemaphore,
        .shaderFloat16                = c->f12.shaderFloat16,
        .vulkanMemoryModel            = c->f12.vulkanMemoryModel,
        .vulkanMemoryModelDeviceScope = c->f12.vulkanMemoryModelDeviceScope,
    };
    c->f13 = (VkPhysicalDeviceVulkan13Features){
        .sType = c->f13.sType, .pNext = c->f13.pNext,
        .subgroupSizeControl  = c->f13.subgroupSizeControl,
        .computeFullSubgroups = c->f13.computeFullSubgroups,
        .maintenance4         = c->f13.maintenance4,
    };
    c->matrices.cooperativeMatrixRobustBufferAccess = VK_FALSE;
    if (c->own.fn.CreateDevice(c->own.physical, &info, NULL, &c->own.device) !=
        VK_SUCCESS)
        return -1;
    return ttm_vk_load_device(&c->own);
}

TTMBackend *compiled_open(const char *device, enum TTMDType precision,
                          const TTMLog *log)
{
    const char *number = strchr(device, ':');
    Compiled *c        = calloc(1, sizeof(*c));
    TTMBackend *backend = &c->backend;
    TTMVk *vk = calloc(1, sizeof(*vk));

    c->own.log = vk->log = backend->log = log;
    backend->functions    = &ttm_backend_vulkan;
    backend->private_data = vk;
    backend->precision    = precision;
    backend->alignment    = 256;
    if (!number || !find_device(&c->own, strtoul(number + 1, NULL, 10)) ||
        open_device(c) < 0) {
        compiled_close(&backend);
        return NULL;
    }
    c->lent = (TTMVulkanDevice){
        .get_instance_proc_addr = (void (*(*)(void *, const char *))(void))
                                  (void (*)(void))c->own.fn.GetInstanceProcAddr,
        .instance = c->own.instance, .physical_device = c->own.physical,
        .device = c->own.device, .api_version = VK_API_VERSION_1_3,
        .features = &c->features,
    };
    if (ttm_vk_device_open(vk, device, &c->lent) < 0 ||
        (precision != TTM_DTYPE_F32 && !vk->has_f16_storage)) {
        compiled_close(&backend);
        return NULL;
    }
    create_pipelines = vk->fn.CreateComputePipelines;
    if (c->statistics.pipelineExecutableInfo)
        vk->fn.CreateComputePipelines = create_counted;
    return backend;
}

void compiled_close(TTMBackend **backend)
{
    Compiled *c = (Compiled *)*backend;
    TTMVk *own  = &c->own;

    ttm_vk_device_close(c->backend.private_data);
    free(c->backend.private_data);
    if (own->device && own->fn.DestroyDevice)
        own->fn.DestroyDevice(own->device, NULL);
    if (own->instance && own->fn.DestroyInstance)
        own->fn.DestroyInstance(own->instance, NULL);
    ttm_vk_unload(own);
    free(c);
    *backend = NULL;
}

static void print_value(const VkPipelineExecutableStatisticKHR *s)
{
    switch (s->format) {
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR:
        printf("; %s %s", s->name, s->value.b32 ? "yes" : "no");
        break;
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR:
        printf("; %s %lld", s->name, (long long)s->value.i64);
        break;
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR:
        printf("; %s %llu", s->name, (unsigned long long)s->value.u64);
        break;
    default:
        printf("; %s %g", s->name, s->value.f64);
        break;
    }
}

/** The statistics of the one shader that a compute pipeline has. */
static void print_statistics(const TTMVk *vk, VkPipeline pipeline)
{
    const VkPipelineExecutableInfoKHR info = {
        .sType    = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR,
        .pipeline = pipeline,
    };
    VkPipelineExecutableStatisticKHR statistics[MAX_STATISTICS] = { { 0 } };
    uint32_t nb = MAX_STATISTICS;
    PFN_vkGetPipelineExecutableStatisticsKHR get =
        (PFN_vkGetPipelineExecutableStatisticsKHR)vk->fn.GetDeviceProcAddr(
            vk->device, "vkGetPipelineExecutableStatisticsKHR");

    for (uint32_t i = 0; i < nb; i++)
        statistics[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
    if (get && get(vk->device, &info, &nb, statistics) >= 0)
        for (uint32_t i = 0; i < nb; i++)
            print_value(&statistics[i]);
}

void compiled_print(const TTMBackend *backend)
{
    const TTMVk *vk = backend->private_data;

    for (size_t i = 0; i < vk->nb_pipelines; i++) {
        const TTMVkPipeline *p = vk->pipelines[i];

        printf("# %s %s", ttm_vk_kernels[p->kernel].name, ttm_dtype_name(p->dtype));
        for (int k = 0; k < p->nb_constants; k++)
            printf("%c%u", k ? ',' : ' ', p->constants[k]);
        if (vk->fn.CreateComputePipelines == create_counted)
            print_statistics(vk, p->pipeline);
        putchar('\n');
    }
}

#endif

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
 * Vulkan functions that fail when they are told to: the library finds the loader's entry
 * by dlsym(), and gets one here that gives these functions in the driver's place.
 */

#include "config.h"
#include "inject.h"

#if HAVE_VULKAN

#include <string.h>

#include "backend/vulkan/vk.h"

/** The driver's function, and one that may fail in its place. */
#define CALL(name, parameters, arguments)                           \
    static PFN_vk##name real_##name;                                \
    static VKAPI_ATTR VkResult VKAPI_CALL fake_##name parameters    \
    {                                                               \
        return inject_must_fail(INJECT_DEVICE) ?                    \
               VK_ERROR_OUT_OF_DEVICE_MEMORY : real_##name arguments; \
    }

CALL(CreateInstance,
     (const VkInstanceCreateInfo *a, const VkAllocationCallbacks *b, VkInstance *c),
     (a, b, c))
CALL(EnumeratePhysicalDevices,
     (VkInstance a, uint32_t *b, VkPhysicalDevice *c),
     (a, b, c))
CALL(EnumerateDeviceExtensionProperties,
     (VkPhysicalDevice a, const char *b, uint32_t *c, VkExtensionProperties *d),
     (a, b, c, d))
CALL(CreateDevice,
     (VkPhysicalDevice a, const VkDeviceCreateInfo *b,
     const VkAllocationCallbacks *c, VkDevice *d),
     (a, b, c, d))
CALL(DeviceWaitIdle,
     (VkDevice a),
     (a))
CALL(QueueWaitIdle,
     (VkQueue a),
     (a))
CALL(QueueSubmit,
     (VkQueue a, uint32_t b, const VkSubmitInfo *c, VkFence d),
     (a, b, c, d))
CALL(CreateBuffer,
     (VkDevice a, const VkBufferCreateInfo *b,
     const VkAllocationCallbacks *c, VkBuffer *d),
     (a, b, c, d))
CALL(AllocateMemory,
     (VkDevice a, const VkMemoryAllocateInfo *b,
     const VkAllocationCallbacks *c, VkDeviceMemory *d),
     (a, b, c, d))
CALL(BindBufferMemory,
     (VkDevice a, VkBuffer b, VkDeviceMemory c, VkDeviceSize d),
     (a, b, c, d))
CALL(MapMemory,
     (VkDevice a, VkDeviceMemory b, VkDeviceSize c, VkDeviceSize d,
     VkMemoryMapFlags e, void **f),
     (a, b, c, d, e, f))
CALL(CreateShaderModule,
     (VkDevice a, const VkShaderModuleCreateInfo *b,
     const VkAllocationCallbacks *c, VkShaderModule *d),
     (a, b, c, d))
CALL(CreatePipelineCache,
     (VkDevice a, const VkPipelineCacheCreateInfo *b,
     const VkAllocationCallbacks *c, VkPipelineCache *d),
     (a, b, c, d))
CALL(GetPipelineCacheData,
     (VkDevice a, VkPipelineCache b, size_t *c, void *d),
     (a, b, c, d))
CALL(CreateComputePipelines,
     (VkDevice a, VkPipelineCache b, uint32_t c,
     const VkComputePipelineCreateInfo *d, const VkAllocationCallbacks *e,
     VkPipeline *f),
     (a, b, c, d, e, f))
CALL(CreateDescriptorSetLayout,
     (VkDevice a, const VkDescriptorSetLayoutCreateInfo *b,
     const VkAllocationCallbacks *c, VkDescriptorSetLayout *d),
     (a, b, c, d))
CALL(CreatePipelineLayout,
     (VkDevice a, const VkPipelineLayoutCreateInfo *b,
     const VkAllocationCallbacks *c, VkPipelineLayout *d),
     (a, b, c, d))
CALL(CreateDescriptorPool,
     (VkDevice a, const VkDescriptorPoolCreateInfo *b,
     const VkAllocationCallbacks *c, VkDescriptorPool *d),
     (a, b, c, d))
CALL(AllocateDescriptorSets,
     (VkDevice a, const VkDescriptorSetAllocateInfo *b, VkDescriptorSet *c),
     (a, b, c))
CALL(CreateCommandPool,
     (VkDevice a, const VkCommandPoolCreateInfo *b,
     const VkAllocationCallbacks *c, VkCommandPool *d),
     (a, b, c, d))
CALL(ResetCommandPool,
     (VkDevice a, VkCommandPool b, VkCommandPoolResetFlags c),
     (a, b, c))
CALL(AllocateCommandBuffers,
     (VkDevice a, const VkCommandBufferAllocateInfo *b, VkCommandBuffer *c),
     (a, b, c))
CALL(BeginCommandBuffer,
     (VkCommandBuffer a, const VkCommandBufferBeginInfo *b),
     (a, b))
CALL(EndCommandBuffer,
     (VkCommandBuffer a),
     (a))
CALL(CreateQueryPool,
     (VkDevice a, const VkQueryPoolCreateInfo *b,
     const VkAllocationCallbacks *c, VkQueryPool *d),
     (a, b, c, d))
CALL(CreateSemaphore,
     (VkDevice a, const VkSemaphoreCreateInfo *b,
     const VkAllocationCallbacks *c, VkSemaphore *d),
     (a, b, c, d))
CALL(WaitSemaphores,
     (VkDevice a, const VkSemaphoreWaitInfo *b, uint64_t c),
     (a, b, c))

#define ROW(name) { "vk" #name, (PFN_vkVoidFunction)fake_##name, \
                    (PFN_vkVoidFunction *)&real_##name }

static const struct {
    const char *name;
    PFN_vkVoidFunction fake, *real;
} calls[] = {
    ROW(CreateInstance),
    ROW(EnumeratePhysicalDevices),
    ROW(EnumerateDeviceExtensionProperties),
    ROW(CreateDevice),
    ROW(DeviceWaitIdle),
    ROW(QueueWaitIdle),
    ROW(QueueSubmit),
    ROW(CreateBuffer),
    ROW(AllocateMemory),
    ROW(BindBufferMemory),
    ROW(MapMemory),
    ROW(CreateShaderModule),
    ROW(CreatePipelineCache),
    ROW(GetPipelineCacheData),
    ROW(CreateComputePipelines),
    ROW(CreateDescriptorSetLayout),
    ROW(CreatePipelineLayout),
    ROW(CreateDescriptorPool),
    ROW(AllocateDescriptorSets),
    ROW(CreateCommandPool),
    ROW(ResetCommandPool),
    ROW(AllocateCommandBuffers),
    ROW(BeginCommandBuffer),
    ROW(EndCommandBuffer),
    ROW(CreateQueryPool),
    ROW(CreateSemaphore),
    ROW(WaitSemaphores),
};

static PFN_vkGetInstanceProcAddr real_get;
static PFN_vkGetDeviceProcAddr real_get_of_device;

/* What stands for @p function, which is called @p name. */
static PFN_vkVoidFunction replace(const char *name, PFN_vkVoidFunction function)
{
    for (size_t i = 0; function && i < sizeof(calls) / sizeof(*calls); i++)
        if (!strcmp(calls[i].name, name)) {
            *calls[i].real = function;
            return calls[i].fake;
        }
    return function;
}

static PFN_vkVoidFunction VKAPI_CALL get_of_device(VkDevice device, const char *name)
{
    return replace(name, real_get_of_device(device, name));
}

static PFN_vkVoidFunction VKAPI_CALL get(VkInstance instance, const char *name)
{
    PFN_vkVoidFunction function = real_get(instance, name);

    if (strcmp(name, "vkGetDeviceProcAddr") || !function)
        return replace(name, function);
    real_get_of_device = (PFN_vkGetDeviceProcAddr)function;
    return (PFN_vkVoidFunction)get_of_device;
}

void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

void *__wrap_dlsym(void *handle, const char *name)
{
    void *found = __real_dlsym(handle, name), *mine;
    const PFN_vkGetInstanceProcAddr function = get;

    if (!found || strcmp(name, "vkGetInstanceProcAddr"))
        return found;
    /* ISO C does not convert between pointers to functions and to data */
    memcpy(&real_get, &found, sizeof(found));
    memcpy(&mine, &function, sizeof(mine));
    return mine;
}

#else

void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

void *__wrap_dlsym(void *handle, const char *name)
{
    return __real_dlsym(handle, name);
}

#endif

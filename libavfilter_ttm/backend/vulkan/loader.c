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

/** @file Load the Vulkan loader when a device is asked for: no driver is a normal case. */

#include <dlfcn.h>

#include "backend/vulkan/vk.h"

/* a term of the sum that follows */
#define COUNT(name) + 1     // NOLINT(bugprone-macro-parentheses)

const char *ttm_vk_result_name(VkResult result)
{
    switch (result) {
    case VK_SUCCESS:                        return "VK_SUCCESS";
    case VK_TIMEOUT:                        return "VK_TIMEOUT";
    case VK_ERROR_OUT_OF_HOST_MEMORY:       return "VK_ERROR_OUT_OF_HOST_MEMORY";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:     return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    case VK_ERROR_INITIALIZATION_FAILED:    return "VK_ERROR_INITIALIZATION_FAILED";
    case VK_ERROR_DEVICE_LOST:              return "VK_ERROR_DEVICE_LOST";
    case VK_ERROR_MEMORY_MAP_FAILED:        return "VK_ERROR_MEMORY_MAP_FAILED";
    case VK_ERROR_EXTENSION_NOT_PRESENT:    return "VK_ERROR_EXTENSION_NOT_PRESENT";
    case VK_ERROR_FEATURE_NOT_PRESENT:      return "VK_ERROR_FEATURE_NOT_PRESENT";
    case VK_ERROR_INCOMPATIBLE_DRIVER:      return "VK_ERROR_INCOMPATIBLE_DRIVER";
    case VK_ERROR_TOO_MANY_OBJECTS:         return "VK_ERROR_TOO_MANY_OBJECTS";
    case VK_ERROR_OUT_OF_POOL_MEMORY:       return "VK_ERROR_OUT_OF_POOL_MEMORY";
    default:                                return "an unknown Vulkan error";
    }
}

int ttm_vk_fail(TTMVk *vk, VkResult result, const char *what)
{
    int memory = result == VK_ERROR_OUT_OF_HOST_MEMORY ||
                 result == VK_ERROR_OUT_OF_DEVICE_MEMORY ||
                 result == VK_ERROR_OUT_OF_POOL_MEMORY;

    vk->lost |= result == VK_ERROR_DEVICE_LOST;
    return ttm_fail(vk->log, memory ? TTM_ERR_MEMORY : TTM_ERR_DEVICE,
                    "vulkan: %s%s%s: %s (%d)%s", what,
                    *vk->name ? " on " : "", vk->name,
                    ttm_vk_result_name(result), result,
                    result == VK_ERROR_DEVICE_LOST ?
                    "; the driver has reset the device" : "");
}

int ttm_vk_load(TTMVk *vk)
{
    static const char *const names[] = { "libvulkan.so.1", "libvulkan.so" };
    TTMVkFunctions *fn = &vk->fn;
    int missing = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !vk->library; i++)
        vk->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!vk->library)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: libvulkan.so.1 is not "
                        "there: install the Vulkan loader and a driver, or use "
                        "device=cpu");
    *(void **)&fn->GetInstanceProcAddr = dlsym(vk->library,
                                               "vkGetInstanceProcAddr");
    if (!fn->GetInstanceProcAddr)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: libvulkan.so.1 has no "
                        "vkGetInstanceProcAddr: it is not the Vulkan loader");
#define LOAD(name)                                                          \
    fn->name = (PFN_vk##name)fn->GetInstanceProcAddr(NULL, "vk" #name);     \
    missing += !fn->name;
    TTM_VK_GLOBAL_FUNCTIONS(LOAD)
#undef LOAD
    if (missing)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: the Vulkan loader is "
                        "older than 1.2: update it, or use device=cpu");
    return 0;
}

int ttm_vk_load_instance(TTMVk *vk)
{
    TTMVkFunctions *fn = &vk->fn;
    int missing = 0;

#define LOAD(name)                                                            \
    fn->name = (PFN_vk##name)fn->GetInstanceProcAddr(vk->instance, "vk" #name); \
    missing += !fn->name;
    TTM_VK_INSTANCE_FUNCTIONS(LOAD)
#undef LOAD
    if (missing)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: %d of %d functions of "
                        "the instance are missing: update the Vulkan loader",
                        missing, 0 TTM_VK_INSTANCE_FUNCTIONS(COUNT));
    return 0;
}

int ttm_vk_load_device(TTMVk *vk)
{
    TTMVkFunctions *fn = &vk->fn;
    int missing = 0;

#define LOAD(name)                                                        \
    fn->name = (PFN_vk##name)fn->GetDeviceProcAddr(vk->device, "vk" #name); \
    missing += !fn->name;
    TTM_VK_DEVICE_FUNCTIONS(LOAD)
#undef LOAD
    if (missing)
        return ttm_fail(vk->log, TTM_ERR_DEVICE, "vulkan: %d of %d functions of "
                        "%s are missing: update its driver", missing,
                        0 TTM_VK_DEVICE_FUNCTIONS(COUNT), vk->name);
    return 0;
}

void ttm_vk_unload(TTMVk *vk)
{
    if (vk->library)
        dlclose(vk->library);
    vk->library = NULL;
}

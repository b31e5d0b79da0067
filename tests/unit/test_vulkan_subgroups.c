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
 * Drivers that say other things of their subgroups: what a device cannot do must not
 * be asked of it. A device of the backend's own is lent to another one by functions
 * that change what it says.
 */

#include <stdio.h>

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <string.h>

#include "backend/vulkan/kernels.h"

/** What the device says in place of the truth, and what it is asked for. */
static struct {
    TTMVkFunctions fn;              ///< the real ones
    int changed;
    uint32_t vendor;                ///< 0: the truth
    VkPhysicalDeviceSubgroupSizeControlProperties sizes;
    int pipelines, sized, whole;
    uint32_t size, tiers, lanes, lane_registers;    ///< the last three: the backend's
} driver;

static void VKAPI_CALL get_properties(VkPhysicalDevice device,
                                      VkPhysicalDeviceProperties2 *properties)
{
    driver.fn.GetPhysicalDeviceProperties2(device, properties);
    if (driver.vendor)
        properties->properties.vendorID = driver.vendor;
    for (VkBaseOutStructure *p = properties->pNext; p; p = p->pNext)
        if (p->sType ==
            VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES) {
            VkPhysicalDeviceSubgroupSizeControlProperties *s = (void *)p;

            if (driver.changed) {
                s->minSubgroupSize = driver.sizes.minSubgroupSize;
                s->maxSubgroupSize = driver.sizes.maxSubgroupSize;
                s->requiredSubgroupSizeStages = driver.sizes.requiredSubgroupSizeStages;
            }
            driver.sizes = *s;
        }
}

static VkResult VKAPI_CALL create_pipelines(VkDevice device, VkPipelineCache cache,
                                            uint32_t nb,
                                            const VkComputePipelineCreateInfo *infos,
                                            const VkAllocationCallbacks *allocator,
                                            VkPipeline *pipelines)
{
    for (uint32_t i = 0; i < nb; i++) {
        const VkPipelineShaderStageCreateInfo *stage = &infos[i].stage;
        const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo *s = stage->pNext;

        driver.pipelines++;
        driver.whole += (stage->flags &
                         VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT) != 0;
        if (s) {
            driver.sized++;
            driver.size = s->requiredSubgroupSize;
        }
    }
    return driver.fn.CreateComputePipelines(device, cache, nb, infos, allocator,
                                            pipelines);
}

static PFN_vkVoidFunction VKAPI_CALL get_device_function(VkDevice device,
                                                         const char *name)
{
    return strcmp(name, "vkCreateComputePipelines") ?
           driver.fn.GetDeviceProcAddr(device, name) :
           (PFN_vkVoidFunction)create_pipelines;
}

static PFN_vkVoidFunction VKAPI_CALL get_function(VkInstance instance,
                                                  const char *name)
{
    if (!strcmp(name, "vkGetPhysicalDeviceProperties2"))
        return (PFN_vkVoidFunction)get_properties;
    if (!strcmp(name, "vkGetDeviceProcAddr"))
        return (PFN_vkVoidFunction)get_device_function;
    return driver.fn.GetInstanceProcAddr(instance, name);
}

/**
 * Open the first device as one that says @p sizes and @p vendor, or the truth (NULL, 0),
 * and run a small network by kernels that need whole subgroups if it is to @p work.
 * Returns 0 when there is none with such kernels.
 */
static int lend(const VkPhysicalDeviceSubgroupSizeControlProperties *sizes,
                uint32_t vendor, int work)
{
    TTMBackend *owner = test_device_first(), *backend;
    TTMVk *vk = owner->private_data;
    const int coop = vk->tiers >> TTM_VK_TIER_COOP & 1;
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
        .cooperativeMatrix = VK_TRUE,
    };
    VkPhysicalDeviceVulkan11Features f11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        .pNext = coop ? &matrices : NULL, .storageBuffer16BitAccess = VK_TRUE,
    };
    VkPhysicalDeviceVulkan13Features f13 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
        .pNext = &f11, .subgroupSizeControl = VK_TRUE, .computeFullSubgroups = VK_TRUE,
    };
    VkPhysicalDeviceVulkan12Features f12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .pNext = &f13, .timelineSemaphore = VK_TRUE, .shaderFloat16 = coop,
        .vulkanMemoryModel = coop, .vulkanMemoryModelDeviceScope = coop,
    };
    VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &f12,
    };
    const TTMVulkanDevice lent = {
        .get_instance_proc_addr = (void (*(*)(void *, const char *))(void))
                                  (void (*)(void))get_function,
        .instance = vk->instance, .physical_device = vk->physical,
        .device = vk->device, .api_version = VK_API_VERSION_1_3,
        .queue_family = vk->queue_family, .features = &features,
    };
    const TTMBackendRequest request = {
        .device = "vulkan", .precision = TTM_DTYPE_F32, .vulkan = &lent,
    };
    TTMNetwork *network = NULL;
    float weight[16];

    if (vk->tier != TTM_VK_TIER_SOFT || !vk->has_subgroup_size) {
        ttm_backend_close(&owner);
        return 0;
    }
    memset(&driver, 0, sizeof(driver));
    driver.fn     = vk->fn;
    driver.vendor = vendor;
    if (sizes) {
        driver.changed = 1;
        driver.sizes   = *sizes;
    }
    assert_int_equal(ttm_backend_open(&backend, &test_device_log, &request), 0);
    if (work) {
        assert_int_equal(ttm_network_create(&network, backend,
                                            test_double_graph(2, weight)), 0);
        test_double_check(network, 2 * 4096);
        ttm_network_free(&network);
    }
    vk = backend->private_data;
    driver.tiers          = vk->tiers;
    driver.lanes          = vk->subgroup_size;
    driver.lane_registers = vk->lane_registers;
    ttm_backend_close(&backend);
    ttm_backend_close(&owner);
    return 1;
}

static int run(const VkPhysicalDeviceSubgroupSizeControlProperties *sizes)
{
    return lend(sizes, 0, 1);
}

static void test_size_is_required(void **state)
{
    (void)state;
    if (!run(NULL))
        skip();
    assert_true(driver.sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT);
    assert_true(driver.pipelines > 0);
    assert_true(driver.sized > 0);
    assert_true(driver.whole > 0);
    assert_true(driver.size >= driver.sizes.minSubgroupSize &&
                driver.size <= driver.sizes.maxSubgroupSize);
}

/** The feature is there, but no stage whose size can be required (Mesa's NVK). */
static void test_no_stage_for_a_size(void **state)
{
    VkPhysicalDeviceSubgroupSizeControlProperties sizes;

    (void)state;
    if (!run(NULL))
        skip();
    sizes = driver.sizes;
    sizes.requiredSubgroupSizeStages = VK_SHADER_STAGE_FRAGMENT_BIT;
    assert_int_equal(run(&sizes), 1);
    assert_true(driver.pipelines > 0);
    assert_int_equal(driver.sized, 0);
    assert_true(driver.whole > 0);
}

/** Matrices are shared out among a number of lanes that must be known. */
static void test_matrices_need_a_size(void **state)
{
    VkPhysicalDeviceSubgroupSizeControlProperties sizes;

    (void)state;
    if (!run(NULL) || !(driver.tiers >> TTM_VK_TIER_COOP & 1))
        skip();
    sizes = driver.sizes;
    sizes.requiredSubgroupSizeStages = 0;
    assert_int_equal(run(&sizes), 1);           /* all are of one size */
    assert_true(driver.tiers >> TTM_VK_TIER_COOP & 1);
    sizes.maxSubgroupSize *= 2;
    assert_int_equal(run(&sizes), 1);
    assert_false(driver.tiers >> TTM_VK_TIER_COOP & 1);
    sizes.requiredSubgroupSizeStages = VK_SHADER_STAGE_COMPUTE_BIT;
    assert_int_equal(run(&sizes), 1);
    assert_true(driver.tiers >> TTM_VK_TIER_COOP & 1);
}

/** Registers belong to a subgroup there: small ones leave a lane most of them. */
static void test_intel(void **state)
{
    VkPhysicalDeviceSubgroupSizeControlProperties sizes;
    uint32_t lanes;

    (void)state;
    if (!lend(NULL, 0, 0))
        skip();
    lanes = driver.lanes;
    assert_int_equal(driver.lane_registers, 255);
    sizes = driver.sizes;
    sizes.minSubgroupSize = lanes / 2;
    assert_int_equal(lend(&sizes, 0x8086, 0), 1);
    assert_int_equal(driver.lanes, lanes / 2);
    assert_int_equal(driver.lane_registers, 128);
    sizes.requiredSubgroupSizeStages = 0;       /* the driver takes the large ones */
    assert_int_equal(lend(&sizes, 0x8086, 0), 1);
    assert_int_equal(driver.lanes, lanes);
    assert_int_equal(driver.lane_registers, 64);
    assert_int_equal(lend(&sizes, 0x10de, 0), 1);
    assert_int_equal(driver.lane_registers, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_is_required),
        cmocka_unit_test(test_no_stage_for_a_size),
        cmocka_unit_test(test_matrices_need_a_size),
        cmocka_unit_test(test_intel),
    };

    return cmocka_run_group_tests_name("subgroups of Vulkan", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP subgroups of Vulkan: not in this build\n1..1\n");
    return 0;
}

#endif

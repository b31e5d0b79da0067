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

/** @file Tiers of kernels: which ones a device has, and which one is used. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/kernels.h"

/** Shared memory of the smallest tile on cooperative matrices, rounded up. */
#define COOP_SHARED_BYTES 24576

static const char *const names[TTM_VK_TIER_NB] = {
    [TTM_VK_TIER_PLAIN] = "plain",
    [TTM_VK_TIER_SOFT]  = "software",
    [TTM_VK_TIER_COOP]  = "cooperative",
};

const char *ttm_vk_tier_name(enum TTMVkTier tier)
{
    return names[tier];
}

/** 1 when the kernels can use matrices of this shape and these types. */
static int suits(const VkCooperativeMatrixPropertiesKHR *p)
{
    return p->AType == VK_COMPONENT_TYPE_FLOAT16_KHR &&
           p->BType == VK_COMPONENT_TYPE_FLOAT16_KHR &&
           p->CType == VK_COMPONENT_TYPE_FLOAT32_KHR &&
           p->ResultType == VK_COMPONENT_TYPE_FLOAT32_KHR &&
           p->scope == VK_SCOPE_SUBGROUP_KHR && !p->saturatingAccumulation &&
           p->MSize <= 16 && p->NSize <= 16 && p->KSize <= 16 &&
           p->MSize % 8 == 0 && p->NSize % 8 == 0 && p->KSize % 8 == 0;
}

/** The largest shape up to 16 x 16 x 16; 0 when there is none. */
static int choose_shape(TTMVk *vk)
{
    PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR list =
        (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)
        vk->fn.GetInstanceProcAddr(vk->instance,
            "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
    VkCooperativeMatrixPropertiesKHR *p;
    uint32_t nb = 0, best = 0;

    if (!list || list(vk->physical, &nb, NULL) != VK_SUCCESS || !nb ||
        !(p = calloc(nb, sizeof(*p))))
        return 0;
    for (uint32_t i = 0; i < nb; i++)
        p[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
    if (list(vk->physical, &nb, p) == VK_SUCCESS)
        for (uint32_t i = 0; i < nb; i++) {
            uint32_t volume = p[i].MSize * p[i].NSize * p[i].KSize;

            if (!suits(&p[i]) || volume <= best)
                continue;
            best = volume;
            vk->coop_m = p[i].MSize;
            vk->coop_n = p[i].NSize;
            vk->coop_k = p[i].KSize;
        }
    free(p);
    return best > 0;
}

void ttm_vk_tiers_find(TTMVk *vk, int has_coop)
{
    const int software = vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU;

    vk->tiers = 1u << TTM_VK_TIER_PLAIN;
    if (software && vk->has_subgroup_exchange && vk->subgroup_size >= 8)
        vk->tiers |= 1u << TTM_VK_TIER_SOFT;
    if (has_coop && ttm_vk_kernels[TTM_VK_LINEAR_COOP].code[TTM_DTYPE_F16].words &&
        vk->limits.maxComputeSharedMemorySize >= COOP_SHARED_BYTES &&
        4 * vk->subgroup_size <= vk->limits.maxComputeWorkGroupInvocations &&
        choose_shape(vk))
        vk->tiers |= 1u << TTM_VK_TIER_COOP;
    vk->tier        = ttm_vk_tier_best(vk);
    vk->busy_groups = software ? 64 : 128;
}

enum TTMVkTier ttm_vk_tier_best(const TTMVk *vk)
{
    /* on a software device matrices are slower than code that suits it */
    static const enum TTMVkTier orders[2][TTM_VK_TIER_NB] = {
        { TTM_VK_TIER_COOP, TTM_VK_TIER_PLAIN, TTM_VK_TIER_SOFT },
        { TTM_VK_TIER_SOFT, TTM_VK_TIER_PLAIN, TTM_VK_TIER_COOP },
    };
    const enum TTMVkTier *order = orders[vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU];

    for (int i = 0; i < TTM_VK_TIER_NB; i++)
        if (vk->tiers >> order[i] & 1)
            return order[i];
    return TTM_VK_TIER_PLAIN;
}

int ttm_vk_tier_set(TTMVk *vk, enum TTMVkTier tier)
{
    char there[128] = "";

    if (vk->tiers >> tier & 1) {
        vk->tier  = tier;
        vk->tiers = 1u << tier;
        return 0;
    }
    for (int i = 0; i < TTM_VK_TIER_NB; i++) {
        size_t used = strlen(there);

        if (vk->tiers >> i & 1)
            snprintf(there + used, sizeof(there) - used, "%s%s", used ? ", " : "",
                     names[i]);
    }
    return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s has no %s kernels; use "
                    "kernels=auto or one of: %s", vk->name, names[tier], there);
}

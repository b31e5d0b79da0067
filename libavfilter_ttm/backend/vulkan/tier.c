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
/** What kernels on matrices of workgroups have of their own, rounded up. */
#define OWN_SHARED_BYTES 4096

static const char *const names[TTM_VK_TIER_NB] = {
    [TTM_VK_TIER_PLAIN] = "plain",
    [TTM_VK_TIER_SOFT]  = "software",
    [TTM_VK_TIER_COOP]  = "cooperative",
    [TTM_VK_TIER_COOP2] = "cooperative2",
};

const char *ttm_vk_tier_name(enum TTMVkTier tier)
{
    return names[tier];
}

enum TTMVkMatrices
ttm_vk_matrices(const VkPhysicalDeviceCooperativeMatrix2FeaturesNV *features)
{
    if (!features->cooperativeMatrixFlexibleDimensions ||
        !features->cooperativeMatrixReductions ||
        !features->cooperativeMatrixConversions ||
        !features->cooperativeMatrixPerElementOperations)
        return TTM_VK_MATRICES_KHR;
    return features->cooperativeMatrixWorkgroupScope &&
           features->cooperativeMatrixTensorAddressing ? TTM_VK_MATRICES_TENSORS :
                                                         TTM_VK_MATRICES_FLEXIBLE;
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

/**
 * Registers of a lane, up to 255 but on Intel's GPUs: what there is belongs to a subgroup
 * of any size, and is 128 a lane for the smallest; the largest is the driver's own choice.
 */
static void choose_lanes(TTMVk *vk)
{
    const uint32_t intel = 0x8086;

    vk->lane_registers = 255;
    if (vk->vendor != intel || !vk->least_subgroup_size)
        return;
    vk->lane_registers = 128 * vk->least_subgroup_size / vk->subgroup_size;
    if (vk->has_subgroup_size) {
        vk->subgroup_size  = vk->least_subgroup_size;
        vk->lane_registers = 128;
    }
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

/** The entry of vk->flexible for workgroups of this size; NULL: there is no room. */
static TTMVkFlexible *flexible_for(TTMVk *vk, uint32_t threads)
{
    for (int i = 0; i < vk->nb_flexible; i++)
        if (vk->flexible[i].threads == threads)
            return &vk->flexible[i];
    if (vk->nb_flexible == TTM_VK_MAX_FLEXIBLE)
        return NULL;
    vk->flexible[vk->nb_flexible] = (TTMVkFlexible){ threads, 1, 1, 1 };
    return &vk->flexible[vk->nb_flexible++];
}

/**
 * What matrices of f16 times f16 can be, summed in f32 and, as results are
 * rounded to it, in f16.
 */
static void read_flexible(TTMVk *vk,
                          const VkCooperativeMatrixFlexibleDimensionsPropertiesNV *p,
                          uint32_t nb)
{
    const VkScopeKHR scope = vk->has_tensors ? VK_SCOPE_WORKGROUP_KHR :
                                               VK_SCOPE_SUBGROUP_KHR;
    uint32_t sums[TTM_VK_MAX_FLEXIBLE] = { 0 };
    int kept = 0;

    for (uint32_t i = 0; i < nb; i++) {
        const uint32_t threads = vk->has_tensors ? p[i].workgroupInvocations :
                                                   vk->subgroup_size;
        TTMVkFlexible *f;

        if (p[i].AType != VK_COMPONENT_TYPE_FLOAT16_KHR ||
            p[i].BType != VK_COMPONENT_TYPE_FLOAT16_KHR ||
            p[i].CType != p[i].ResultType || p[i].saturatingAccumulation ||
            (p[i].ResultType != VK_COMPONENT_TYPE_FLOAT16_KHR &&
             p[i].ResultType != VK_COMPONENT_TYPE_FLOAT32_KHR) ||
            p[i].scope != scope || !threads || threads % vk->subgroup_size ||
            threads > vk->limits.maxComputeWorkGroupInvocations ||
            !(f = flexible_for(vk, threads)))
            continue;
        /* they are powers of two */
        f->m = f->m > p[i].MGranularity ? f->m : p[i].MGranularity;
        f->n = f->n > p[i].NGranularity ? f->n : p[i].NGranularity;
        f->k = f->k > p[i].KGranularity ? f->k : p[i].KGranularity;
        sums[f - vk->flexible] |= 1u << p[i].ResultType;
    }
    for (int i = 0; i < vk->nb_flexible; i++)
        if (sums[i] == (1u << VK_COMPONENT_TYPE_FLOAT16_KHR |
                        1u << VK_COMPONENT_TYPE_FLOAT32_KHR))
            vk->flexible[kept++] = vk->flexible[i];
    vk->nb_flexible = kept;
}

/** Matrices of the second extension; 0 when there are none that serve. */
static int find_flexible(TTMVk *vk, enum TTMVkMatrices matrices)
{
    PFN_vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV list =
        (PFN_vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV)
        vk->fn.GetInstanceProcAddr(vk->instance,
            "vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV");
    VkPhysicalDeviceCooperativeMatrix2PropertiesNV limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_PROPERTIES_NV,
    };
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .pNext = &limits,
    };
    VkCooperativeMatrixFlexibleDimensionsPropertiesNV *p;
    uint32_t nb = 0;

    if (!list || list(vk->physical, &nb, NULL) != VK_SUCCESS || !nb ||
        !(p = calloc(nb, sizeof(*p))))
        return 0;
    for (uint32_t i = 0; i < nb; i++)
        p[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_FLEXIBLE_DIMENSIONS_PROPERTIES_NV;
    vk->fn.GetPhysicalDeviceProperties2(vk->physical, &properties);
    vk->flexible_most = limits.cooperativeMatrixFlexibleDimensionsMaxDimension;
    vk->has_tensors   = matrices == TTM_VK_MATRICES_TENSORS &&
                        vk->limits.maxComputeSharedMemorySize >= OWN_SHARED_BYTES +
                        limits.cooperativeMatrixWorkgroupScopeReservedSharedMemory;
    vk->nb_flexible = 0;
    if (list(vk->physical, &nb, p) == VK_SUCCESS) {
        read_flexible(vk, p, nb);
        if (vk->has_tensors && !vk->nb_flexible) {
            vk->has_tensors = 0;
            read_flexible(vk, p, nb);
        }
    }
    free(p);
    return vk->nb_flexible > 0;
}

void ttm_vk_tiers_find(TTMVk *vk, enum TTMVkMatrices matrices)
{
    const int software = vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU;

    vk->tiers = 1u << TTM_VK_TIER_PLAIN;
    choose_lanes(vk);
    if (software && vk->has_subgroup_exchange && vk->subgroup_size >= 8)
        vk->tiers |= 1u << TTM_VK_TIER_SOFT;
    if (matrices && ttm_vk_kernels[TTM_VK_LINEAR_COOP].code[TTM_DTYPE_F16].words &&
        vk->limits.maxComputeSharedMemorySize >= COOP_SHARED_BYTES &&
        4 * vk->subgroup_size <= vk->limits.maxComputeWorkGroupInvocations &&
        choose_shape(vk)) {
        vk->tiers |= 1u << TTM_VK_TIER_COOP;
        if (matrices >= TTM_VK_MATRICES_FLEXIBLE &&
            ttm_vk_kernels[TTM_VK_LINEAR_COOP2].code[TTM_DTYPE_F16].words &&
            find_flexible(vk, matrices))
            vk->tiers |= 1u << TTM_VK_TIER_COOP2;
    }
    vk->tier        = ttm_vk_tier_best(vk);
    vk->busy_groups = software ? 64 : 128;
}

enum TTMVkTier ttm_vk_tier_best(const TTMVk *vk)
{
    /* flexible matrices of a subgroup are for tests, as their elements are loaded one
     * by one; on a software device matrices are slower than code that suits it */
    static const enum TTMVkTier orders[3][TTM_VK_TIER_NB] = {
        { TTM_VK_TIER_COOP2, TTM_VK_TIER_COOP, TTM_VK_TIER_PLAIN, TTM_VK_TIER_SOFT },
        { TTM_VK_TIER_COOP, TTM_VK_TIER_PLAIN, TTM_VK_TIER_SOFT, TTM_VK_TIER_COOP2 },
        { TTM_VK_TIER_SOFT, TTM_VK_TIER_PLAIN, TTM_VK_TIER_COOP, TTM_VK_TIER_COOP2 },
    };
    const enum TTMVkTier *order =
        orders[vk->type == VK_PHYSICAL_DEVICE_TYPE_CPU ? 2 : !vk->has_tensors];

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

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

/** @file Compute pipelines: one for each kernel, type and set of constants. */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/kernels.h"
#include "util/mem.h"

static int create_layout(TTMVk *vk, enum TTMVkKernelId kernel)
{
    const TTMVkKernel *k = &ttm_vk_kernels[kernel];
    TTMVkLayout *layout  = &vk->layouts[kernel];
    VkDescriptorSetLayoutBinding bindings[TTM_VK_MAX_BINDINGS];
    const VkDescriptorSetLayoutCreateInfo set = {
        .sType        = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = k->nb_bindings,
        .pBindings    = bindings,
    };
    const VkPushConstantRange push = {
        VK_SHADER_STAGE_COMPUTE_BIT, 0, k->push_bytes,
    };
    const VkPipelineLayoutCreateInfo info = {
        .sType                  = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount         = 1,
        .pSetLayouts            = &layout->set,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges    = &push,
    };
    VkResult result = VK_SUCCESS;

    if (layout->pipeline)
        return 0;
    for (int i = 0; i < k->nb_bindings; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding         = i,
            .descriptorType  = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .descriptorCount = 1,
            .stageFlags      = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    if (!layout->set)
        result = vk->fn.CreateDescriptorSetLayout(vk->device, &set, NULL,
                                                  &layout->set);
    if (result == VK_SUCCESS)
        result = vk->fn.CreatePipelineLayout(vk->device, &info, NULL,
                                             &layout->pipeline);
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, k->name);
}

static int create_pipeline(TTMVk *vk, TTMVkPipeline *p)
{
    const TTMVkKernel *k  = &ttm_vk_kernels[p->kernel];
    const TTMVkCode *code = &k->code[p->dtype];
    VkSpecializationMapEntry entries[TTM_VK_MAX_CONSTANTS];
    const VkShaderModuleCreateInfo module = {
        .sType    = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = *code->bytes,
        .pCode    = code->words,
    };
    const VkSpecializationInfo constants = {
        p->nb_constants, entries, p->nb_constants * sizeof(uint32_t), p->constants,
    };
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo size = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = vk->subgroup_size,
    };
    VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {
            .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
            .pNext = k->whole_subgroups && vk->has_subgroup_size ? &size : NULL,
            .flags = k->whole_subgroups && vk->has_full_subgroups ?
                     VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT : 0,
            .stage = VK_SHADER_STAGE_COMPUTE_BIT,
            .pName = "main",
            .pSpecializationInfo = &constants,
        },
        .layout = vk->layouts[p->kernel].pipeline,
    };
    VkResult result;

    for (int i = 0; i < p->nb_constants; i++)
        entries[i] = (VkSpecializationMapEntry){ i, i * sizeof(uint32_t),
                                                 sizeof(uint32_t) };
    result = vk->fn.CreateShaderModule(vk->device, &module, NULL,
                                       &info.stage.module);
    if (result == VK_SUCCESS) {
        result = vk->fn.CreateComputePipelines(vk->device, vk->cache, 1, &info,
                                               NULL, &p->pipeline);
        vk->fn.DestroyShaderModule(vk->device, info.stage.module, NULL);
    }
    if (result != VK_SUCCESS)
        return ttm_vk_fail(vk, result, k->name);
    vk->cache_changed = 1;
    return 0;
}

int ttm_vk_pipeline(TTMVk *vk, enum TTMVkKernelId kernel, enum TTMDType dtype,
                    const uint32_t *constants, int nb_constants,
                    const TTMVkPipeline **pipeline)
{
    TTMVkPipeline *p;
    int ret;

    for (size_t i = 0; i < vk->nb_pipelines; i++) {
        p = vk->pipelines[i];
        if (p->kernel == kernel && p->dtype == dtype &&
            p->nb_constants == nb_constants &&
            !memcmp(p->constants, constants, nb_constants * sizeof(*constants))) {
            *pipeline = p;
            return 0;
        }
    }
    if (!ttm_vk_kernels[kernel].code[dtype].words)
        return ttm_fail(vk->log, TTM_ERR_UNSUPPORTED, "vulkan: kernel %s is not "
                        "made for %s", ttm_vk_kernels[kernel].name,
                        ttm_dtype_name(dtype));
    ret = create_layout(vk, kernel);
    if (ret < 0)
        return ret;
    if (ttm_array_grow(&vk->pipelines, &vk->pipelines_capacity,
                       vk->nb_pipelines + 1, sizeof(*vk->pipelines)) < 0 ||
        !(p = calloc(1, sizeof(*p))))
        return ttm_fail(vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    p->kernel       = kernel;
    p->dtype        = dtype;
    p->nb_constants = nb_constants;
    memcpy(p->constants, constants, nb_constants * sizeof(*constants));
    ret = create_pipeline(vk, p);
    if (ret < 0) {
        free(p);
        return ret;
    }
    vk->pipelines[vk->nb_pipelines++] = p;
    *pipeline = p;
    return 0;
}

void ttm_vk_pipelines_free(TTMVk *vk)
{
    for (size_t i = 0; i < vk->nb_pipelines; i++) {
        vk->fn.DestroyPipeline(vk->device, vk->pipelines[i]->pipeline, NULL);
        free(vk->pipelines[i]);
    }
    free(vk->pipelines);
    vk->pipelines    = NULL;
    vk->nb_pipelines = vk->pipelines_capacity = 0;
    for (int i = 0; i < TTM_VK_KERNEL_NB; i++) {
        if (vk->layouts[i].pipeline)
            vk->fn.DestroyPipelineLayout(vk->device, vk->layouts[i].pipeline, NULL);
        if (vk->layouts[i].set)
            vk->fn.DestroyDescriptorSetLayout(vk->device, vk->layouts[i].set, NULL);
        vk->layouts[i] = (TTMVkLayout){ 0 };
    }
    if (vk->cache)
        vk->fn.DestroyPipelineCache(vk->device, vk->cache, NULL);
    vk->cache = VK_NULL_HANDLE;
}

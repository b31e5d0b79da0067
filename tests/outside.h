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

/** @file A deliberate fault, which GPU-assisted validation has to notice. */

#ifndef TTM_TESTS_OUTSIDE_H
#define TTM_TESTS_OUTSIDE_H

#include "backend/vulkan/vk.h"

static PFN_vkUpdateDescriptorSets outside_update;

/* The real one, with 64 bytes of every buffer. */
static inline void VKAPI_CALL outside_bind(VkDevice device, uint32_t nb,
                                           const VkWriteDescriptorSet *writes,
                                           uint32_t nb_copies,
                                           const VkCopyDescriptorSet *copies)
{
    for (uint32_t i = 0; i < nb; i++) {
        VkDescriptorBufferInfo infos[TTM_VK_MAX_BINDINGS];
        VkWriteDescriptorSet write = writes[i];

        for (uint32_t k = 0; k < write.descriptorCount; k++) {
            infos[k]       = write.pBufferInfo[k];
            infos[k].range = 64;
        }
        write.pBufferInfo = infos;
        outside_update(device, 1, &write, nb_copies, copies);
    }
}

/** From now on kernels reach past the 64 bytes that are bound of each buffer. */
static inline void outside_begin(TTMVk *vk)
{
    if (vk->fn.UpdateDescriptorSets != outside_bind)
        outside_update = vk->fn.UpdateDescriptorSets;
    vk->fn.UpdateDescriptorSets = outside_bind;
}

#endif /* TTM_TESTS_OUTSIDE_H */

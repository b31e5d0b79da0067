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
 * Which commands must wait for earlier ones: those that read what one has written
 * since the last barrier, or write what one has read or written.
 */

#ifndef TTM_BACKEND_VULKAN_HAZARD_H
#define TTM_BACKEND_VULKAN_HAZARD_H

#include "backend/vulkan/coop.h"

/** Bytes of a buffer that a command reads, or writes (and may read). */
typedef struct TTMVkAccess {
    VkBuffer buffer;
    VkDeviceSize begin, end;
    int written;
} TTMVkAccess;

/** What commands since the last barrier have used. */
typedef struct TTMVkHazards {
    TTMVkAccess used[256];
    int nb_used;
} TTMVkHazards;

/**
 * Note what a command is about to use, at most 256 ranges.
 *
 * @return 1 when a barrier must come before it; all before is then forgotten
 */
int ttm_vk_hazard(TTMVkHazards *hazards, const TTMVkAccess *accesses, int nb);

#endif /* TTM_BACKEND_VULKAN_HAZARD_H */

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


/** @file Extensions of a device. */

#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/vk.h"

int ttm_vk_has_extension(TTMVk *vk, const char *name)
{
    VkExtensionProperties *list = NULL;
    uint32_t nb = 0;
    int found = 0;

    if (vk->fn.EnumerateDeviceExtensionProperties(vk->physical, NULL, &nb, NULL) !=
        VK_SUCCESS)
        return 0;
    list = calloc(nb ? nb : 1, sizeof(*list));
    if (list && vk->fn.EnumerateDeviceExtensionProperties(vk->physical, NULL, &nb,
                                                          list) == VK_SUCCESS)
        for (uint32_t i = 0; i < nb; i++)
            found |= !strcmp(list[i].extensionName, name);
    free(list);
    return found;
}

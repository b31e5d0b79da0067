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


#include "backend/vulkan/hazard.h"

/** 1 when @p b cannot be at work beside @p a. */
static int conflict(const TTMVkAccess *a, const TTMVkAccess *b)
{
    return (a->written || b->written) && a->buffer == b->buffer &&
           a->begin < b->end && b->begin < a->end;
}

int ttm_vk_hazard(TTMVkHazards *hazards, const TTMVkAccess *accesses, int nb)
{
    int hazard = hazards->nb_used + nb >
                 (int)(sizeof(hazards->used) / sizeof(hazards->used[0]));

    for (int i = 0; i < nb && !hazard; i++)
        for (int k = 0; k < hazards->nb_used && !hazard; k++)
            hazard = conflict(&hazards->used[k], &accesses[i]);
    if (hazard)
        hazards->nb_used = 0;
    for (int i = 0; i < nb; i++)
        hazards->used[hazards->nb_used++] = accesses[i];
    return hazard;
}

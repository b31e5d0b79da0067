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

/** @file Ids of another size. */

#include "motion/ids.h"

#include <stdlib.h>

#include "util/image.h"
#include "util/mem.h"
#include "util/regions.h"

int ttm_ids_reduce(const uint8_t *ids, int width, int height, int objects,
                   uint8_t *out, int out_width, int out_height)
{
    const size_t pixels = (size_t)out_width * (size_t)out_height;
    int seen[256] = { 0 }, lost = 0, ret = 0;
    uint8_t *grid;

    ttm_ids_resize(ids, width, height, out, out_width, out_height);
    for (size_t i = 0; i < pixels; i++)
        seen[out[i]] = 1;
    for (int id = 1; id <= objects; id++)
        lost |= !seen[id];
    if (!lost)
        return 0;
    grid = ttm_array_alloc(pixels, 1);
    if (!grid)
        return TTM_ERR_MEMORY;
    ret = ttm_regions_grid(ids, 1, height, width, objects, out_height,
                           out_width, grid);
    for (size_t i = 0; ret >= 0 && i < pixels; i++)
        if (grid[i] && !seen[grid[i]])
            out[i] = grid[i];
    free(grid);
    return ret;
}

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

/** @file Grids of object ids and sets of prompts for masked attention. */

#include "util/regions.h"

#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define BORDER_SHARE 6          /* of the border, 1 /: too wide to be a thing */

/* First pixel of cell @p i; at least one pixel wide where cells are finer. */
static int cell_start(int i, int pixels, int cells)
{
    return (int)((int64_t)i * pixels / cells);
}

static int cell_end(int i, int pixels, int cells)
{
    int start = cell_start(i, pixels, cells);
    int end = cell_start(i + 1, pixels, cells);

    return end > start ? end : start + 1;
}

static void count_cells(const uint8_t *ids, int height, int width, int objects,
                        int h, int w, int *counts)
{
    memset(counts, 0, sizeof(*counts) * (size_t)h * (size_t)w *
           (size_t)(objects + 1));
    for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
            int *count = counts + (size_t)(objects + 1) *
                         ((size_t)i * (size_t)w + (size_t)j);
            int x0 = cell_start(j, width, w), x1 = cell_end(j, width, w);

            for (int y = cell_start(i, height, h);
                 y < cell_end(i, height, h); y++)
                for (int x = x0; x < x1; x++)
                    if (ids[(size_t)y * (size_t)width + (size_t)x] <= objects)
                        count[ids[(size_t)y * (size_t)width + (size_t)x]]++;
        }
    }
}

static void grid_frame(const int *counts, int objects, int cells,
                       uint8_t *grid)
{
    for (int k = 0; k < cells; k++) {
        const int *count = counts + (size_t)k * (size_t)(objects + 1);
        int best = 0;

        for (int id = 1; id <= objects; id++)
            if (count[id] >= count[best])
                best = id;
        grid[k] = (uint8_t)best;
    }
    for (int id = 1; id <= objects; id++) {
        int best = -1, most = 0;

        for (int k = 0; k < cells; k++) {
            int count = counts[(size_t)k * (size_t)(objects + 1) + (size_t)id];

            if (grid[k] == id) {
                best = -1;
                break;
            }
            if (count > most) {
                most = count;
                best = k;
            }
        }
        if (best >= 0)
            grid[best] = (uint8_t)id;
    }
}

int ttm_regions_grid(const uint8_t *ids, int frames, int height, int width,
                     int objects, int h, int w, uint8_t *grid)
{
    size_t cells = (size_t)h * (size_t)w;
    int *counts = ttm_array_alloc(cells * (size_t)(objects + 1),
                                  sizeof(*counts));

    if (!counts)
        return TTM_ERR_MEMORY;
    for (int t = 0; t < frames; t++) {
        count_cells(ids + (size_t)t * (size_t)height * (size_t)width, height,
                    width, objects, h, w, counts);
        grid_frame(counts, objects, (int)cells, grid + (size_t)t * cells);
    }
    free(counts);
    return 0;
}

void ttm_regions_gather(const uint8_t *ids, int frames, int height, int width,
                        int scale, uint8_t *gathered)
{
    const size_t row = (size_t)width, picture = row * (size_t)height;

    for (int t = 0; t < frames; t += t ? scale : 1)
        for (int y = 0; y < height; y++)
            for (int k = 0; k < scale; k++, gathered += row)
                memcpy(gathered, ids + (size_t)(t ? t + k : 0) * picture +
                       (size_t)y * row, row);
}

int64_t ttm_regions_box(const uint8_t *ids, int height, int width, int id,
                        int box[4])
{
    int64_t count = 0;

    box[0] = width;
    box[1] = height;
    box[2] = box[3] = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = ids + (size_t)y * (size_t)width;

        for (int x = 0; x < width; x++) {
            if (row[x] != id)
                continue;
            count++;
            if (x < box[0])
                box[0] = x;
            if (x >= box[2])
                box[2] = x + 1;
            if (y < box[1])
                box[1] = y;
            box[3] = y + 1;
        }
    }
    if (!count)
        box[0] = box[1] = 0;
    return count;
}

void ttm_regions_box_sets(const int32_t *boxes, int frames, int height, int width,
                          int objects, int h, int w, uint32_t *sets)
{
    const size_t cells = (size_t)h * (size_t)w;

    memset(sets, 0, sizeof(*sets) * (size_t)frames * cells);
    for (int t = 0; t < frames; t++, sets += cells)
        for (int id = 1; id <= objects; id++, boxes += 4)
            for (int i = 0; i < h; i++) {
                if (boxes[1] >= cell_end(i, height, h) ||
                    boxes[3] <= cell_start(i, height, h))
                    continue;
                for (int j = 0; j < w; j++)
                    if (boxes[0] < cell_end(j, width, w) &&
                        boxes[2] > cell_start(j, width, w))
                        sets[(size_t)i * (size_t)w + (size_t)j] |=
                            UINT32_C(1) << (id - 1);
            }
}

static void frame_sets(const uint8_t *ids, int height, int width, int objects,
                       int h, int w, uint32_t *sets)
{
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
            for (int y = cell_start(i, height, h);
                 y < cell_end(i, height, h); y++)
                for (int x = cell_start(j, width, w);
                     x < cell_end(j, width, w); x++) {
                    int id = ids[(size_t)y * (size_t)width + (size_t)x];

                    if (id && id <= objects)
                        sets[(size_t)i * (size_t)w + (size_t)j] |=
                            UINT32_C(1) << (id - 1);
                }
}

void ttm_regions_sets(const uint8_t *ids, int frames, int height, int width,
                      int objects, int h, int w, uint32_t *sets)
{
    size_t cells = (size_t)h * (size_t)w;

    memset(sets, 0, sizeof(*sets) * (size_t)frames * cells);
    for (int t = 0; t < frames; t++)
        frame_sets(ids + (size_t)t * (size_t)height * (size_t)width, height, width,
                   objects, h, w, sets + (size_t)t * cells);
}

void ttm_regions_wide(const uint8_t *ids, int width, int height, uint8_t wide[256])
{
    const size_t w = (size_t)width, h = (size_t)height;
    size_t count[256] = { 0 };

    for (size_t x = 0; x < w; x++) {
        count[ids[x]]++;
        count[ids[(h - 1) * w + x]]++;
    }
    for (size_t y = 0; y < h; y++) {
        count[ids[y * w]]++;
        count[ids[y * w + w - 1]]++;
    }
    for (int id = 0; id < 256; id++)
        wide[id] = id > 0 && count[id] * BORDER_SHARE >= 2 * (w + h);
}

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

/** @file Soft masks of the objects of the still at full resolution. */

#include "render/cover.h"

#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"
#include "util/regions.h"

/* Mean of a window of 2 * radius + 1 elements, or 255 where any is set. */
static void window_line(uint8_t *line, int count, ptrdiff_t step, int radius,
                        int any, uint8_t *copy)
{
    int sum = 0, size = 2 * radius + 1;

    for (int i = 0; i < count; i++)
        copy[i] = line[i * step];
    for (int i = 0; i < radius && i < count; i++)
        sum += copy[i];
    for (int i = 0; i < count; i++) {
        if (i + radius < count)
            sum += copy[i + radius];
        if (i - radius - 1 >= 0)
            sum -= copy[i - radius - 1];
        line[i * step] = (uint8_t)(any ? (sum ? 255 : 0) :
                                   (sum + size / 2) / size);
    }
}

static void window(uint8_t *mask, int width, int height, int radius, int any,
                   uint8_t *line, TTMCancel *cancel)
{
    for (int y = 0; y < height && !ttm_cancelled(cancel); y++)
        window_line(mask + (size_t)y * (size_t)width, width, 1, radius, any,
                    line);
    for (int x = 0; x < width && !ttm_cancelled(cancel); x++)
        window_line(mask + x, height, width, radius, any, line);
}

int ttm_cover_create(TTMCover *cover, const uint8_t *ids, int width,
                     int height, int id, int radius, TTMCancel *cancel)
{
    int box[4], margin = ttm_cover_margin(radius);
    uint8_t *line;
    size_t count;

    memset(cover, 0, sizeof(*cover));
    if (!ttm_regions_box(ids, height, width, id, box))
        return 0;
    cover->x = box[0] - margin;
    cover->y = box[1] - margin;
    cover->width  = box[2] - box[0] + 2 * margin;
    cover->height = box[3] - box[1] + 2 * margin;
    count = (size_t)cover->width * (size_t)cover->height;
    cover->alpha  = ttm_array_alloc(count, 1);
    cover->spread = ttm_array_alloc(count, 1);
    line = ttm_array_alloc((size_t)(cover->width > cover->height ?
                                    cover->width : cover->height), 1);
    if (!cover->alpha || !cover->spread || !line) {
        free(line);
        ttm_cover_free(cover);
        return TTM_ERR_MEMORY;
    }
    /* Beyond the image's border the object goes on: no soft edge there. */
    for (int y = 0; y < cover->height; y++) {
        for (int x = 0; x < cover->width; x++) {
            int px = cover->x + x, py = cover->y + y;

            px = px < 0 && px >= -2 ? 0 :
                 px >= width && px < width + 2 ? width - 1 : px;
            py = py < 0 && py >= -2 ? 0 :
                 py >= height && py < height + 2 ? height - 1 : py;
            if (px >= 0 && py >= 0 && px < width && py < height &&
                ids[(size_t)py * (size_t)width + (size_t)px] == id)
                cover->alpha[(size_t)y * (size_t)cover->width + (size_t)x] =
                    255;
        }
    }
    memcpy(cover->spread, cover->alpha, count);
    window(cover->alpha, cover->width, cover->height, 1, 0, line, cancel);
    window(cover->spread, cover->width, cover->height, 2 * radius, 1, line, cancel);
    window(cover->spread, cover->width, cover->height, radius, 0, line, cancel);
    free(line);
    if (!ttm_cancelled(cancel))
        return 0;
    ttm_cover_free(cover);
    return TTM_ERR_CANCELLED;
}

void ttm_cover_free(TTMCover *cover)
{
    free(cover->alpha);
    free(cover->spread);
    memset(cover, 0, sizeof(*cover));
}

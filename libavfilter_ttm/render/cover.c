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

#include "graph/picture.h"
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

/* Where the estimate of edges has the still's pixel (x, y), which is in it. */
static size_t matting_index(const TTMMatting *m, int x, int y)
{
    return (size_t)(y - m->y) * (size_t)m->width + (size_t)(x - m->x);
}

static int is_in_matting(const TTMMatting *m, int x, int y)
{
    return x >= m->x && y >= m->y && x < m->x + m->width && y < m->y + m->height;
}

/* Where a pixel beyond the border has its object from: it goes on for two, with no soft edge. */
static int border_pixel(int at, int size)
{
    return at < 0 && at >= -2 ? 0 : at >= size && at < size + 2 ? size - 1 : at;
}

/* The still that a cover is made from. */
typedef struct Still {
    const uint8_t *ids;
    int width, height, id;
    const TTMMatting *matting;  ///< NULL: it says nothing about the object
} Still;

/*
 * 255 where a pixel is the object's: by the ids, or as @p matting has it, where edges reach
 * beyond the mask, if it is not NULL.
 */
static void set_shape(TTMCover *cover, const Still *s, const TTMMatting *matting)
{
    for (int y = 0; y < cover->height; y++)
        for (int x = 0; x < cover->width; x++) {
            const int px = border_pixel(cover->x + x, s->width);
            const int py = border_pixel(cover->y + y, s->height);
            int id = 0;

            if (px < 0 || py < 0 || px >= s->width || py >= s->height)
                continue;
            if (!matting)
                id = s->ids[(size_t)py * (size_t)s->width + (size_t)px];
            else if (is_in_matting(matting, px, py))
                id = matting->label[matting_index(matting, px, py)];
            cover->alpha[(size_t)y * (size_t)cover->width + (size_t)x] = id == s->id ? 255 : 0;
        }
}

/* The share of an object where it meets others, times how far all are there. */
static void set_edge(TTMCover *cover, const Still *s)
{
    const TTMMatting *m = s->matting;

    for (int y = 0; y < cover->height; y++)
        for (int x = 0; x < cover->width; x++) {
            const int px = border_pixel(cover->x + x, s->width);
            const int py = border_pixel(cover->y + y, s->height);
            const size_t at = (size_t)y * (size_t)cover->width + (size_t)x;
            size_t from;

            if (!cover->alpha[at] || !is_in_matting(m, px, py))
                continue;
            from = matting_index(m, px, py);
            cover->alpha[at] = (uint8_t)((cover->alpha[at] * m->alpha[from] + 127) / 255);
            for (size_t c = 0; c < 3; c++)
                cover->tint[3 * at + c] = (uint8_t)(TTM_TINT_NONE + m->tint[3 * from + c]);
        }
}

static int has_object(const TTMMatting *matting, int id)
{
    return matting && matting->width &&
           memchr(matting->label, id, (size_t)matting->width * (size_t)matting->height);
}

int ttm_cover_create(TTMCover *cover, const uint8_t *ids, int width, int height, int id,
                     int radius, const TTMMatting *matting, TTMCancel *cancel)
{
    const Still still = { ids, width, height, id, has_object(matting, id) ? matting : NULL };
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
    cover->tint   = ttm_array_alloc(count, 3);
    line = ttm_array_alloc((size_t)(cover->width > cover->height ?
                                    cover->width : cover->height), 1);
    if (!cover->alpha || !cover->spread || !cover->tint || !line) {
        free(line);
        ttm_cover_free(cover);
        return TTM_ERR_MEMORY;
    }
    memset(cover->tint, TTM_TINT_NONE, 3 * count);
    set_shape(cover, &still, NULL);
    memcpy(cover->spread, cover->alpha, count);
    window(cover->spread, cover->width, cover->height, 2 * radius, 1, line, cancel);
    window(cover->spread, cover->width, cover->height, radius, 0, line, cancel);
    if (still.matting)
        set_shape(cover, &still, matting);
    window(cover->alpha, cover->width, cover->height, 1, 0, line, cancel);
    if (still.matting)
        set_edge(cover, &still);
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
    free(cover->tint);
    memset(cover, 0, sizeof(*cover));
}

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

/** @file The covers of all objects, as frames are composed with them. */

#include "render/covers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/picture.h"
#include "render/matting.h"
#include "util/mem.h"

#define SURROUNDINGS 32         /* part of the shorter side that leaves with an object */

int ttm_covers_radius(int width, int height, int small_width, int small_height)
{
    const int reach = (small_width < small_height ? small_width : small_height) /
                      SURROUNDINGS;
    const float scale = fmaxf((float)width / (float)small_width,
                              (float)height / (float)small_height);

    return (int)lrintf(0.5f * scale * (float)(reach > 1 ? reach : 1));
}

/*
 * Edges of the objects. What flows goes on behind others and leaves nothing. Where only
 * what opened is shown there are no colours.
 */
static int estimate(const TTMDetailSource *s, int radius, TTMPool *pool, TTMMatting *matting)
{
    const size_t size = (size_t)ttm_shape_count(&s->still->shape);
    uint8_t wanted[256] = { 0 };
    void *copy = NULL;          /* where the device has other memory */
    TTMMattingSource m = {
        .pixels = ttm_tensor_data(s->backend, s->still), .ids = s->ids, .wanted = wanted,
        .bytes = (int)s->still->shape.dim[2] / 3, .width = (int)s->still->shape.dim[1],
        .height = (int)s->still->shape.dim[0], .radius = radius,
    };
    int ret = 0;

    for (int id = 1; id <= s->fit->objects; id++)
        wanted[id] = !ttm_fit_flows(s->fit, id);
    if (!m.pixels) {
        m.pixels = copy = ttm_array_alloc(size, 1);
        ret = copy ? ttm_tensor_read(s->backend, s->still, copy, TTM_DTYPE_U8) : TTM_ERR_MEMORY;
    }
    if (ret >= 0)
        ret = ttm_matting_estimate(matting, &m, pool);
    if (ret >= 0 && s->opened && matting->width)
        memset(matting->tint, 0, 3 * (size_t)matting->width * (size_t)matting->height);
    free(copy);
    return ret;
}

/* Append a cover and set its row of the table. */
static int append(const TTMCover *c, uint8_t **bytes, size_t *nb, size_t *capacity, int32_t *row)
{
    const size_t size = (size_t)c->width * (size_t)c->height;
    const size_t end = *nb + TTM_COVER_BYTES * size;

    if (!size)
        return 0;
    if (end > INT32_MAX || ttm_array_grow(bytes, capacity, end, 1) < 0)
        return TTM_ERR_MEMORY;
    memcpy(*bytes + *nb, c->alpha, size);
    memcpy(*bytes + *nb + size, c->spread, size);
    memcpy(*bytes + *nb + 2 * size, c->tint, 3 * size);
    memcpy(row, (int32_t[]){ c->x, c->y, c->width, c->height, (int32_t)*nb }, 5 * sizeof(*row));
    *nb = end;
    return 0;
}

int ttm_covers_create(const TTMDetailSource *source, TTMPool *pool, uint8_t **bytes, size_t *nb,
                      int32_t *table)
{
    const TTMFit *fit = source->fit;
    const int width = (int)source->still->shape.dim[1];
    const int height = (int)source->still->shape.dim[0];
    const int radius = ttm_covers_radius(width, height, fit->width, fit->height);
    TTMMatting matting = { .width = 0 };
    size_t capacity = 0;
    int ret;

    *nb = 0;
    ret = ttm_array_grow(bytes, &capacity, 1, 1);
    if (ret >= 0 && source->matted && radius > 0)
        ret = estimate(source, radius, pool, &matting);
    for (int id = 1; ret >= 0 && id <= fit->objects; id++) {
        TTMCover cover;

        ret = ttm_cover_create(&cover, source->ids, width, height, id, radius, &matting,
                               source->backend->cancel);
        if (ret < 0)
            break;
        ret = append(&cover, bytes, nb, &capacity, table + TTM_COVER_ROW * (id - 1));
        ttm_cover_free(&cover);
    }
    ttm_matting_free(&matting);
    if (ret < 0)
        return ret;
    *nb = *nb ? *nb : 1;
    for (int i = fit->objects; i < ttm_fit_layers(fit); i++)
        memcpy(table + TTM_COVER_ROW * i,
               table + TTM_COVER_ROW * (ttm_fit_layer_object(fit, i) - 1),
               TTM_COVER_ROW * sizeof(*table));
    return 0;
}

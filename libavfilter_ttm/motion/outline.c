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

/** @file Outlines of an object's mask. */

#include "motion/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

#define FAR_AWAY   1e6f
#define LEAST_RIM  3            /* pixels between two objects that are noise */
#define LOOK       2.5f         /* pixels outside, where contact is looked for */

/*
 * Squared distances along one line to the nearest parabola's foot (Felzenszwalb
 * and Huttenlocher, "Distance transforms of sampled functions", 2012). Room for
 * @p count values in @p value, @p at, and one more in @p begin.
 */
static void transform_line(float *line, int count, size_t step, float *value,
                           int *at, float *begin)
{
    int last = 0;

    for (int i = 0; i < count; i++)
        value[i] = line[(size_t)i * step];
    at[0]    = 0;
    begin[0] = -FAR_AWAY;
    begin[1] = FAR_AWAY;
    for (int i = 1; i < count; i++) {
        float cross;

        do {
            const int k = at[last];

            cross = (value[i] + (float)(i * i) -
                     (value[k] + (float)(k * k))) / (float)(2 * (i - k));
        } while (cross <= begin[last] && last-- > 0);
        last++;
        at[last]        = i;
        begin[last]     = last ? cross : -FAR_AWAY;
        begin[last + 1] = FAR_AWAY;
    }
    for (int i = 0, k = 0; i < count; i++) {
        float away;

        while (begin[k + 1] < (float)i)
            k++;
        away = (float)(i - at[k]);
        line[(size_t)i * step] = away * away + value[at[k]];
    }
}

/* Work of the transforms, for lines of either axis. */
typedef struct Lines {
    float *value, *begin, *soft;
    int *at;
} Lines;

/* Distance of each pixel to the nearest one where @p mask is @p is. */
static void transform(const uint8_t *mask, int is, int width, int height,
                      float *out, const Lines *l)
{
    const size_t w = (size_t)width, pixels = w * (size_t)height;

    for (size_t i = 0; i < pixels; i++)
        out[i] = mask[i] == is ? 0 : FAR_AWAY;
    for (int x = 0; x < width; x++)
        transform_line(out + x, height, w, l->value, l->at, l->begin);
    for (int y = 0; y < height; y++)
        transform_line(out + (size_t)y * w, width, 1, l->value, l->at,
                       l->begin);
    for (size_t i = 0; i < pixels; i++)
        out[i] = sqrtf(out[i]);
}

/* Weights (1, 4, 6, 4, 1) / 16 along one line; edges go on. */
static void soften_line(float *line, int count, size_t step, float *copy)
{
    for (int i = 0; i < count; i++)
        copy[i] = line[(size_t)i * step];
    for (int i = 0; i < count; i++) {
        const float a = copy[ttm_clamp_index(i - 2, count)];
        const float b = copy[ttm_clamp_index(i - 1, count)];
        const float c = copy[ttm_clamp_index(i + 1, count)];
        const float d = copy[ttm_clamp_index(i + 2, count)];

        line[(size_t)i * step] = (a + d + 4 * (b + c) + 6 * copy[i]) / 16;
    }
}

static void find_slopes(const float *soft, int width, int height, float *slope)
{
    for (int y = 0; y < height; y++) {
        const float *row   = soft + (size_t)y * (size_t)width;
        const float *above = soft + (size_t)ttm_clamp_index(y - 1, height) *
                             (size_t)width;
        const float *below = soft + (size_t)ttm_clamp_index(y + 1, height) *
                             (size_t)width;

        for (int x = 0; x < width; x++) {
            *slope++ = (row[ttm_clamp_index(x + 1, width)] -
                        row[ttm_clamp_index(x - 1, width)]) / 2;
            *slope++ = (below[x] - above[x]) / 2;
        }
    }
}

static void distance_free(TTMDistance *d)
{
    free(d->distance);
    free(d->slope);
    *d = (TTMDistance){ 0 };
}

/* Signed distances of @p mask, 0 or 1. */
static int distance_create(TTMDistance *d, const uint8_t *mask, int width,
                           int height, const Lines *l)
{
    const size_t pixels = (size_t)width * (size_t)height;
    float *work = ttm_array_alloc(pixels, sizeof(*work));

    d->width  = width;
    d->height = height;
    d->distance = ttm_array_alloc(pixels, sizeof(float));
    d->slope    = ttm_array_alloc(pixels, 2 * sizeof(float));
    if (!work || !d->distance || !d->slope) {
        free(work);
        distance_free(d);
        return TTM_ERR_MEMORY;
    }
    transform(mask, 0, width, height, d->distance, l);
    transform(mask, 1, width, height, work, l);
    for (size_t i = 0; i < pixels; i++) {
        d->distance[i] = mask[i] ? d->distance[i] - 0.5f : 0.5f - work[i];
        work[i] = d->distance[i];
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int y = 0; y < height; y++)
            soften_line(work + (size_t)y * (size_t)width, width, 1, l->soft);
        for (int x = 0; x < width; x++)
            soften_line(work + x, height, (size_t)width, l->soft);
    }
    find_slopes(work, width, height, d->slope);
    free(work);
    return 0;
}

float ttm_distance_at(const TTMDistance *d, float x, float y, float slope[2])
{
    float value;

    ttm_sample_linear(d->distance, d->width, d->height, 1, 1, x, y, &value);
    if (slope)
        ttm_sample_linear(d->slope, d->width, d->height, 2, 2, x, y, slope);
    return value;
}

int ttm_outline_in(const TTMOutline *o, const float p[2])
{
    return p[0] >= 0 && p[1] >= 0 && p[0] < (float)o->width &&
           p[1] < (float)o->height;
}

int ttm_outline_hidden(const TTMOutline *o, float x, float y)
{
    const float fx = floorf(x), fy = floorf(y);

    return fx >= 0 && fy >= 0 && fx < (float)o->width &&
           fy < (float)o->height &&
           o->hiding[(size_t)fy * (size_t)o->width + (size_t)fx];
}

/* 1 where a pixel of the object meets another one or the border. */
static int on_outline(const uint8_t *mask, int width, int height, int x, int y)
{
    static const int step[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };

    if (!mask[(size_t)y * (size_t)width + (size_t)x])
        return 0;
    for (int k = 0; k < 4; k++) {
        const int i = x + step[k][0], j = y + step[k][1];

        if (i < 0 || j < 0 || i >= width || j >= height ||
            !mask[(size_t)j * (size_t)width + (size_t)i])
            return 1;
    }
    return 0;
}

/* The outline's point at pixel (x, y), with its normal; 0: none. */
static int find_point(const TTMOutline *o, int x, int y, TTMOutlinePoint *p)
{
    const float *slope = o->own.slope + 2 * ((size_t)y * (size_t)o->width +
                                             (size_t)x);
    const float far = o->own.distance[(size_t)y * (size_t)o->width + (size_t)x];
    float length = hypotf(slope[0], slope[1]), out_x, out_y;
    /* Where nothing else is near, the border is the outline. */
    const int border = far > LOOK;

    *p = (TTMOutlinePoint){ .x = (float)x + 0.5f, .y = (float)y + 0.5f };
    if (border) {
        p->normal[0] = (float)((x == 0) - (x == o->width - 1));
        p->normal[1] = (float)((y == 0) - (y == o->height - 1));
        length = hypotf(p->normal[0], p->normal[1]);
    } else {
        memcpy(p->normal, slope, sizeof(p->normal));
    }
    if (length < 0.1f)
        return 0;
    for (int k = 0; k < 2; k++)
        p->normal[k] /= length;
    p->x -= 0.5f * p->normal[0];
    p->y -= 0.5f * p->normal[1];
    out_x = p->x - LOOK * p->normal[0];
    out_y = p->y - LOOK * p->normal[1];
    p->border = out_x < 0 || out_y < 0 || out_x >= (float)o->width ||
                out_y >= (float)o->height;
    p->contact = p->border || ttm_outline_hidden(o, out_x, out_y);
    return 1;
}

static int find_points(TTMOutline *o, const uint8_t *mask)
{
    int count = 0;

    for (int y = 0; y < o->height; y++)
        for (int x = 0; x < o->width; x++)
            count += on_outline(mask, o->width, o->height, x, y);
    o->points = ttm_array_alloc((size_t)count, sizeof(*o->points));
    if (!o->points)
        return TTM_ERR_MEMORY;
    /* Half of them, whatever the direction of the outline. */
    for (int y = 0; y < o->height; y++)
        for (int x = 0; x < o->width; x++)
            if ((x + 2 * y) % 4 < 2 &&
                on_outline(mask, o->width, o->height, x, y))
                o->nb_points += find_point(o, x, y, &o->points[o->nb_points]);
    return 0;
}

/* Pixels of @p from and those up to @p reach pixels away. */
static void widen(const uint8_t *from, int width, int height, int reach,
                  uint8_t *out)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            if (!from[(size_t)y * (size_t)width + (size_t)x])
                continue;
            for (int j = y - reach; j <= y + reach; j++)
                for (int i = x - reach; i <= x + reach; i++)
                    if (i >= 0 && j >= 0 && i < width && j < height)
                        out[(size_t)j * (size_t)width + (size_t)i] = 1;
        }
}

/* Masks of the object, of what may hide it, and of both. */
static void set_masks(TTMOutline *o, const uint8_t *ids, int id,
                      const uint8_t *hides, uint8_t *mask, uint8_t *both)
{
    const size_t pixels = (size_t)o->width * (size_t)o->height;
    double x = 0, y = 0;

    for (size_t i = 0; i < pixels; i++)
        both[i] = ids[i] && ids[i] != id && hides[ids[i]];
    widen(both, o->width, o->height, LEAST_RIM, o->hiding);
    for (size_t i = 0; i < pixels; i++) {
        mask[i] = ids[i] == id;
        o->area += mask[i];
        x += mask[i] ? (double)(i % (size_t)o->width) + 0.5 : 0;
        y += mask[i] ? (double)(i / (size_t)o->width) + 0.5 : 0;
        o->hiding[i] = o->hiding[i] && !mask[i];
        both[i] = mask[i] || o->hiding[i];
    }
    o->x = o->area ? (float)(x / (double)o->area) : 0;
    o->y = o->area ? (float)(y / (double)o->area) : 0;
}

int ttm_outline_create(TTMOutline *o, const uint8_t *ids, int width,
                       int height, int id, const uint8_t *hides)
{
    const size_t pixels = (size_t)width * (size_t)height;
    const size_t line = (size_t)(width > height ? width : height);
    uint8_t *mask = ttm_array_alloc(2 * pixels, 1);
    Lines l = {
        ttm_array_alloc(line, sizeof(float)),
        ttm_array_alloc(line + 1, sizeof(float)),
        ttm_array_alloc(line, sizeof(float)), ttm_array_alloc(line, sizeof(int))
    };
    int ret = TTM_ERR_MEMORY;

    *o = (TTMOutline){ .width = width, .height = height,
                       .hiding = ttm_array_alloc(pixels, 1) };
    if (mask && l.value && l.begin && l.soft && l.at && o->hiding) {
        set_masks(o, ids, id, hides, mask, mask + pixels);
        ret = distance_create(&o->own, mask, width, height, &l);
    }
    if (ret >= 0)
        ret = distance_create(&o->room, mask + pixels, width, height, &l);
    if (ret >= 0)
        ret = find_points(o, mask);
    if (ret < 0)
        ttm_outline_free(o);
    free(mask);
    free(l.value);
    free(l.begin);
    free(l.soft);
    free(l.at);
    return ret;
}

void ttm_outline_free(TTMOutline *o)
{
    distance_free(&o->own);
    distance_free(&o->room);
    free(o->hiding);
    free(o->points);
    memset(o, 0, sizeof(*o));
}

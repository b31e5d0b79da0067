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

/** @file Which pixels surely are objects, which surely background, and which may be both. */

#include "render/trimap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define DEPTH 0.5f              /* of what is thin, that is unknown */

/* Squared distance of two pixels of a picture. */
static int64_t distance2(int a, int b, int width)
{
    const int64_t x = a % width - b % width, y = a / width - b / width;

    return x * x + y * y;
}

/* Take over the nearest pixel of the neighbour at (dx, dy), if that is nearer. */
static void ask(int32_t *nearest, int width, int height, int at, int dx, int dy)
{
    const int x = at % width + dx, y = at / width + dy;
    int other;

    if (x < 0 || y < 0 || x >= width || y >= height)
        return;
    other = nearest[y * width + x];
    if (other >= 0 && (nearest[at] < 0 ||
                       distance2(at, other, width) < distance2(at, nearest[at], width)))
        nearest[at] = other;
}

/*
 * Nearest pixel to each, of those that are their own nearest, all others being -1
 * (Danielsson, "Euclidean distance mapping", 1980, with eight neighbours).
 */
static void spread_nearest(int32_t *nearest, int width, int height, TTMCancel *cancel)
{
    for (int y = 0; y < height && !ttm_cancelled(cancel); y++) {
        for (int x = 0; x < width; x++)
            for (int k = 0; k < 4; k++)
                ask(nearest, width, height, y * width + x, k < 3 ? k - 1 : -1, k < 3 ? -1 : 0);
        for (int x = width - 1; x >= 0; x--)
            ask(nearest, width, height, y * width + x, 1, 0);
    }
    for (int y = height - 1; y >= 0 && !ttm_cancelled(cancel); y--) {
        for (int x = width - 1; x >= 0; x--)
            for (int k = 0; k < 4; k++)
                ask(nearest, width, height, y * width + x, k < 3 ? k - 1 : 1, k < 3 ? 1 : 0);
        for (int x = 0; x < width; x++)
            ask(nearest, width, height, y * width + x, -1, 0);
    }
}

/* Largest value of a window of 2 * radius + 1 elements of a line, by a queue of candidates. */
static void largest_line(float *line, int count, ptrdiff_t step, int radius, float *copy,
                         int *queue)
{
    int first = 0, end = 0;

    for (int i = 0; i < count; i++)
        copy[i] = line[i * step];
    for (int i = 0; i < count + radius; i++) {
        if (i < count) {
            while (end > first && copy[queue[end - 1]] <= copy[i])
                end--;
            queue[end++] = i;
        }
        if (i < radius)
            continue;
        while (queue[first] < i - 2 * radius)
            first++;
        line[(i - radius) * step] = copy[queue[first]];
    }
}

/* Largest value of the square around each pixel. */
static int largest_around(float *values, int width, int height, int radius, TTMCancel *cancel)
{
    const size_t side = (size_t)(width > height ? width : height);
    float *copy = ttm_array_alloc(side, sizeof(*copy));
    int *queue = ttm_array_alloc(side, sizeof(*queue));

    for (int y = 0; copy && queue && y < height && !ttm_cancelled(cancel); y++)
        largest_line(values + (size_t)y * (size_t)width, width, 1, radius, copy, queue);
    for (int x = 0; copy && queue && x < width && !ttm_cancelled(cancel); x++)
        largest_line(values + x, height, width, radius, copy, queue);
    free(queue);
    free(copy);
    return copy && queue ? 0 : TTM_ERR_MEMORY;
}

/* The box of the wanted objects with a margin, as far as the still reaches. */
static void find_box(TTMTrimap *t, const uint8_t *ids, int width, int height,
                     const uint8_t *wanted, int margin)
{
    int box[4] = { width, height, 0, 0 };

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (wanted[ids[(size_t)y * (size_t)width + (size_t)x]]) {
                box[0] = x < box[0] ? x : box[0];
                box[1] = y < box[1] ? y : box[1];
                box[2] = x + 1 > box[2] ? x + 1 : box[2];
                box[3] = y + 1 > box[3] ? y + 1 : box[3];
            }
    if (box[0] >= box[2])
        return;
    t->x = box[0] > margin ? box[0] - margin : 0;
    t->y = box[1] > margin ? box[1] - margin : 0;
    t->width  = (box[2] + margin < width ? box[2] + margin : width) - t->x;
    t->height = (box[3] + margin < height ? box[3] + margin : height) - t->y;
}

/*
 * Distances of the pixels of one side to the other, whose nearest pixels are in
 * nearest, and what of them is sure, into the values.
 */
static int judge_side(TTMTrimap *t, const int32_t *nearest, int inside, int most, int window,
                      float *depth, TTMCancel *cancel)
{
    const int count = t->width * t->height;

    for (int i = 0; i < count; i++) {
        depth[i] = 0;
        if (nearest[i] == i)
            continue;
        /* Half a pixel: the edge is between two pixels. */
        depth[i] = nearest[i] < 0 ? (float)(2 * window) :
                   sqrtf((float)distance2(i, nearest[i], t->width)) - 0.5f;
        t->edge[i] = inside ? depth[i] : -depth[i];
    }
    if (largest_around(depth, t->width, t->height, window, cancel) < 0)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++)
        if (nearest[i] != i)
            t->value[i] = fabsf(t->edge[i]) > fminf((float)most, DEPTH * depth[i]) ?
                          inside ? TTM_TRIMAP_OBJECT : TTM_TRIMAP_BACKGROUND :
                          TTM_TRIMAP_UNKNOWN;
    return 0;
}

/* Each pixel of a value is its own nearest one; the others' are found. */
static void find_nearest(const TTMTrimap *t, int value, int32_t *nearest, TTMCancel *cancel)
{
    for (int i = 0; i < t->width * t->height; i++)
        nearest[i] = t->value[i] == value ? i : -1;
    spread_nearest(nearest, t->width, t->height, cancel);
}

static int fill(TTMTrimap *t, const uint8_t *ids, int width, const uint8_t *wanted, int radius,
                TTMCancel *cancel)
{
    const int count = t->width * t->height;
    float *depth = ttm_array_alloc((size_t)count, sizeof(*depth));
    int ret = depth ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; i < count; i++) {
        const int id = ids[(size_t)(t->y + i / t->width) * (size_t)width +
                           (size_t)(t->x + i % t->width)];

        t->label[i] = wanted[id] ? (uint8_t)id : 0;
        t->object[i]     = t->label[i] ? i : -1;
        t->background[i] = t->label[i] ? -1 : i;
    }
    spread_nearest(t->object, t->width, t->height, cancel);
    spread_nearest(t->background, t->width, t->height, cancel);
    if (ret >= 0)
        ret = judge_side(t, t->background, 1, radius / 2, radius, depth, cancel);
    if (ret >= 0)
        ret = judge_side(t, t->object, 0, radius, 2 * radius, depth, cancel);
    free(depth);
    for (int i = 0; i < count; i++)
        if (!t->label[i] && t->edge[i] >= (float)-radius - 1)
            t->label[i] = t->label[t->object[i]];
    find_nearest(t, TTM_TRIMAP_OBJECT, t->object, cancel);
    find_nearest(t, TTM_TRIMAP_BACKGROUND, t->background, cancel);
    return ret < 0 ? ret : ttm_cancelled(cancel) ? TTM_ERR_CANCELLED : 0;
}

int ttm_trimap_create(TTMTrimap *trimap, const uint8_t *ids, int width, int height,
                      const uint8_t wanted[256], int radius, TTMCancel *cancel)
{
    size_t count;
    int ret = TTM_ERR_MEMORY;

    memset(trimap, 0, sizeof(*trimap));
    find_box(trimap, ids, width, height, wanted, 2 * radius + 2);
    if (!trimap->width)
        return 0;
    count = (size_t)trimap->width * (size_t)trimap->height;
    trimap->value      = ttm_array_alloc(count, 1);
    trimap->label      = ttm_array_alloc(count, 1);
    trimap->edge       = ttm_array_alloc(count, sizeof(*trimap->edge));
    trimap->object     = ttm_array_alloc(count, sizeof(*trimap->object));
    trimap->background = ttm_array_alloc(count, sizeof(*trimap->background));
    if (trimap->value && trimap->label && trimap->edge && trimap->object &&
        trimap->background)
        ret = fill(trimap, ids, width, wanted, radius, cancel);
    if (ret < 0)
        ttm_trimap_free(trimap);
    return ret;
}

void ttm_trimap_free(TTMTrimap *trimap)
{
    free(trimap->value);
    free(trimap->label);
    free(trimap->edge);
    free(trimap->object);
    free(trimap->background);
    memset(trimap, 0, sizeof(*trimap));
}

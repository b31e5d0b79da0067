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

/** @file Things that touch: a part of a mask divided where it is narrow. */

#include "segment/lobes.h"

#include <stdlib.h>

#include "segment/work.h"
#include "util/mem.h"

#define HOLE    0.01            /* of the picture, at most */
#define MAX_HOLES 256
#define MAX_PARTS 256
#define NECK    0.8             /* of the narrower lobe's width, at most */
#define LIKE    0.35            /* of the larger lobe's area, at least */
#define FAR     (1 << 20)       /* more than any depth */
#define STEP    3               /* of a depth to the pixel beside, */
#define ACROSS  4               /* and to the one at its corner: a chamfer distance */

/* The mask as a landscape whose heights are the depths; lobes are what is flooded from a peak. */
typedef struct Lobes {
    int width, height, nb;
    int *depth;                 /* [height, width] */
    int *order;                 /* pixels of the mask, the deepest first */
    int *label;                 /* [height, width], -1: none yet */
    int *parent;                /* of a label, itself if it is a root */
    int *peak, *area;           /* of a root */
} Lobes;

static int root_of(const Lobes *l, int label)
{
    while (l->parent[label] != label)
        label = l->parent[label];
    return label;
}

static void relax(Lobes *l, int at, int dx, int dy, int step)
{
    const int x = at % l->width + dx, y = at / l->width + dy;
    int next;

    if (x < 0 || y < 0 || x >= l->width || y >= l->height)
        return;
    next = l->depth[y * l->width + x] + step;
    l->depth[at] = next < l->depth[at] ? next : l->depth[at];
}

/* Distance of every pixel to the nearest one outside of the mask. */
static void measure_depth(Lobes *l, const uint8_t *mask)
{
    const int count = l->width * l->height;

    for (int i = 0; i < count; i++)
        l->depth[i] = mask[i] ? FAR : 0;
    for (int i = 0; i < count; i++) {
        relax(l, i, -1, 0, STEP);
        relax(l, i, 0, -1, STEP);
        relax(l, i, -1, -1, ACROSS);
        relax(l, i, 1, -1, ACROSS);
    }
    for (int i = count - 1; i >= 0; i--) {
        relax(l, i, 1, 0, STEP);
        relax(l, i, 0, 1, STEP);
        relax(l, i, 1, 1, ACROSS);
        relax(l, i, -1, 1, ACROSS);
    }
}

/* Pixels of the mask by depth, counted into place; returns how many, or TTM_ERR_MEMORY. */
static int sort_pixels(Lobes *l)
{
    const int count = l->width * l->height;
    int most = 0, at = 0, *begin;

    for (int i = 0; i < count; i++)
        most = l->depth[i] > most ? l->depth[i] : most;
    if (most >= FAR)            /* there is nothing outside */
        return 0;
    begin = ttm_array_alloc((size_t)most + 1, sizeof(*begin));
    if (!begin)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++)
        begin[l->depth[i]]++;
    for (int d = most; d > 0; d--) {
        const int here = begin[d];

        begin[d] = at;
        at += here;
    }
    for (int i = 0; i < count; i++)
        if (l->depth[i])
            l->order[begin[l->depth[i]]++] = i;
    free(begin);
    return at;
}

static void join(Lobes *l, int a, int b)
{
    const int high = l->peak[a] >= l->peak[b] ? a : b, low = high == a ? b : a;

    l->parent[low] = high;
    l->area[high] += l->area[low];
}

/* The roots around a pixel. */
static int roots_around(const Lobes *l, int at, int roots[4])
{
    const int x = at % l->width, y = at / l->width;
    const int next[4] = { x > 0 ? at - 1 : -1, x + 1 < l->width ? at + 1 : -1,
                          y > 0 ? at - l->width : -1,
                          y + 1 < l->height ? at + l->width : -1 };
    int nb = 0;

    for (int k = 0; k < 4; k++) {
        int root, known = 0;

        if (next[k] < 0 || l->label[next[k]] < 0)
            continue;
        root = root_of(l, l->label[next[k]]);
        for (int i = 0; i < nb; i++)
            known |= roots[i] == root;
        if (!known)
            roots[nb++] = root;
    }
    return nb;
}

/* Flood from the peaks down; what meets where it is not narrow is one. */
static void flood(Lobes *l, int nb_pixels)
{
    for (int i = 0; i < nb_pixels; i++) {
        const int at = l->order[i], depth = l->depth[at];
        int roots[4], nb = roots_around(l, at, roots), own;

        if (!nb) {
            own = l->nb++;
            l->parent[own] = own;
            l->peak[own]   = depth;
            l->area[own]   = 0;
        } else {
            own = roots[0];
            for (int k = 1; k < nb; k++) {
                const int other = root_of(l, roots[k]);
                const int low = l->peak[own] < l->peak[other] ? l->peak[own] : l->peak[other];

                if (depth > NECK * low)
                    join(l, own, other);
                own = root_of(l, own);
            }
        }
        l->label[at] = own;
        l->area[own]++;
    }
}

/* What is small beside a neighbour belongs to it; returns whether something was joined. */
static int join_small(Lobes *l)
{
    int any = 0;

    for (int i = 0; i < l->width * l->height; i++) {
        const int next[2] = { i % l->width + 1 < l->width ? i + 1 : i,
                              i + l->width < l->width * l->height ? i + l->width : i };

        for (int k = 0; k < 2 && l->label[i] >= 0; k++) {
            const int a = root_of(l, l->label[i]);
            const int b = l->label[next[k]] < 0 ? a : root_of(l, l->label[next[k]]);
            const int small = l->area[a] < l->area[b] ? a : b, large = small == a ? b : a;

            if (a != b && l->area[small] < LIKE * l->area[large]) {
                join(l, a, b);
                any = 1;
            }
        }
    }
    return any;
}

/* Pixels of the mask with another lobe to their right or below them leave it. */
static int cut(const Lobes *l, uint8_t *mask)
{
    int nb = 0;

    for (int i = 0; i < l->width * l->height; i++) {
        const int next[2] = { i % l->width + 1 < l->width ? i + 1 : i,
                              i + l->width < l->width * l->height ? i + l->width : i };
        int meets = 0;

        for (int k = 0; k < 2 && l->label[i] >= 0; k++)
            meets |= l->label[next[k]] >= 0 &&
                     root_of(l, l->label[next[k]]) != root_of(l, l->label[i]);
        mask[i] = mask[i] && !meets;
        nb += meets;
    }
    return nb;
}

/* Set the pixels of small holes. */
static int fill_holes(uint8_t *mask, int width, int height)
{
    const int count = width * height;
    TTMComponent *holes = ttm_array_alloc(MAX_HOLES, sizeof(*holes));
    int *labels = ttm_array_alloc((size_t)count, sizeof(*labels));
    uint8_t *outside = ttm_array_alloc((size_t)count, 1);
    int ret = holes && labels && outside ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; ret >= 0 && i < count; i++)
        outside[i] = !mask[i];
    if (ret >= 0)
        ret = ttm_components(outside, width, height, NULL, labels, holes, MAX_HOLES);
    for (int i = 0; ret >= 0 && i < count; i++) {
        const TTMComponent *hole = labels[i] ? &holes[labels[i] - 1] : NULL;

        mask[i] |= hole && hole->area < HOLE * count && hole->box[0] > 0 && hole->box[1] > 0 &&
                   hole->box[2] < width && hole->box[3] < height;
    }
    free(holes);
    free(labels);
    free(outside);
    return ret < 0 ? ret : 0;
}

static int open_lobes(Lobes *l, int width, int height)
{
    const size_t count = (size_t)width * (size_t)height;
    int *all = ttm_array_alloc(count, 6 * sizeof(*all));

    if (!all)
        return TTM_ERR_MEMORY;
    *l = (Lobes){ width, height, 0, all, all + count, all + 2 * count, all + 3 * count,
                  all + 4 * count, all + 5 * count };
    for (size_t i = 0; i < count; i++)
        l->label[i] = -1;
    return 0;
}

int ttm_divide_lobes(uint8_t *mask, int width, int height)
{
    Lobes l = { 0 };
    int ret = fill_holes(mask, width, height);

    if (ret >= 0)
        ret = open_lobes(&l, width, height);
    if (ret >= 0) {
        measure_depth(&l, mask);
        ret = sort_pixels(&l);
    }
    if (ret >= 0) {
        flood(&l, ret);
        while (join_small(&l))
            ;
        ret = cut(&l, mask);
    }
    free(l.depth);
    return ret;
}

/* Index of the deepest pixel; -1 where the mask is empty or everything. */
static int deepest(Lobes *l, const uint8_t *mask)
{
    int best = 0;

    measure_depth(l, mask);
    for (int i = 0; i < l->width * l->height; i++)
        best = l->depth[i] > l->depth[best] ? i : best;
    return l->depth[best] > 0 && l->depth[best] < FAR ? best : -1;
}

int ttm_lobe_points(const uint8_t *mask, const uint8_t *region, int width, int height,
                    int *inside, int *beside)
{
    const int count = width * height;
    TTMComponent *parts = ttm_array_alloc(MAX_PARTS, sizeof(*parts));
    uint8_t *rest = ttm_array_alloc((size_t)count, 1);
    Lobes l = { 0 };
    int area[2] = { 0 }, own = 0, ret = parts && rest ? open_lobes(&l, width, height) :
                                        TTM_ERR_MEMORY;

    *inside = *beside = -1;
    if (ret >= 0)
        *inside = deepest(&l, region);
    if (ret >= 0)
        ret = ttm_components(mask, width, height, NULL, l.label, parts, MAX_PARTS);
    if (ret >= 0 && *inside >= 0)
        own = l.label[*inside];
    for (int i = 0; own && i < count; i++) {
        rest[i] = l.label[i] == own && !region[i];
        area[0] += region[i];
        area[1] += rest[i];
    }
    if (own && area[1] >= LIKE * area[0])
        *beside = deepest(&l, rest);
    free(parts);
    free(rest);
    free(l.depth);
    return ret < 0 ? ret : 0;
}

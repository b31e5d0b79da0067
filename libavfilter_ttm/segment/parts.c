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

/** @file Connected parts of a picture of labels, and how they touch. */

#include "segment/parts.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define WINDOW      2           ///< a pixel and so many around it on each side
#define CLOSE       12          ///< RGB distance: paint, not a soft edge

/* What parts are found in. */
typedef struct Find {
    TTMParts *parts;
    const uint8_t *labels;
    const TTMImage *image;
    const TTMShades *shades;
    const TTMFlat *flat;
} Find;

static int root_of(const TTMRun *runs, int i)
{
    while (runs[i].parent != i)
        i = runs[i].parent;
    return i;
}

static int label_of(const Find *f, const TTMRun *run)
{
    return f->labels[(size_t)run->y * (size_t)f->image->width +
                     (size_t)run->x0];
}

/* Connect run @p i to those of the row above, of which @p above is the first. */
static void connect(Find *f, int i, int above, int end)
{
    const TTMRun *run = &f->parts->runs[i];

    for (int k = above; k < end && f->parts->runs[k].x0 <= run->x1; k++) {
        int a, b;

        if (f->parts->runs[k].x1 < run->x0 ||
            label_of(f, &f->parts->runs[k]) != label_of(f, run))
            continue;
        a = root_of(f->parts->runs, k);
        b = root_of(f->parts->runs, i);
        if (a < b)
            f->parts->runs[b].parent = a;
        else
            f->parts->runs[a].parent = b;
    }
}

static int find_runs(Find *f)
{
    const int width = f->image->width;
    int above = 0;

    f->parts->nb_runs = 0;
    for (int y = 0; y < f->image->height; y++) {
        const uint8_t *row = f->labels + (size_t)y * (size_t)width;
        int begin = f->parts->nb_runs;

        if (ttm_cancelled(f->shades->cancel))
            return TTM_ERR_CANCELLED;
        for (int x = 0, end; x < width; x = end) {
            for (end = x + 1; end < width && row[end] == row[x]; end++)
                ;
            if (ttm_array_grow(&f->parts->runs, &f->parts->capacity,
                               (size_t)f->parts->nb_runs + 1, sizeof(*f->parts->runs)) < 0)
                return TTM_ERR_MEMORY;
            f->parts->runs[f->parts->nb_runs] = (TTMRun){ y, x, end, f->parts->nb_runs };
            f->parts->nb_runs++;
            while (above < begin && f->parts->runs[above].x1 < x)
                above++;
            connect(f, f->parts->nb_runs - 1, above, begin);
        }
        above = begin;
    }
    return 0;
}

/* Parts in the order of their first run; a run's parent becomes its part. */
static int number_parts(Find *f)
{
    int *number = ttm_array_alloc((size_t)f->parts->nb_runs, sizeof(*number));

    if (!number)
        return TTM_ERR_MEMORY;
    f->parts->nb = 0;
    for (int i = 0; i < f->parts->nb_runs; i++) {
        int root = root_of(f->parts->runs, i);

        number[i] = root == i ? f->parts->nb++ : number[root];
    }
    for (int i = 0; i < f->parts->nb_runs; i++)
        f->parts->runs[i].parent = number[i];
    free(number);
    if (f->parts->nb > TTM_PARTS_MAX) {
        f->parts->list = NULL;
        return 0;
    }
    free(f->parts->list);
    f->parts->list = ttm_array_alloc((size_t)f->parts->nb, sizeof(*f->parts->list));
    return f->parts->list ? 0 : TTM_ERR_MEMORY;
}

/* Whether all labels of the window around a pixel of a run are its own. */
static int is_inside(const Find *f, const TTMRun *run, int x)
{
    const int width = f->image->width, height = f->image->height;
    const int x0 = x > WINDOW ? x - WINDOW : 0;
    const int x1 = x + WINDOW < width ? x + WINDOW : width - 1;
    const int y0 = run->y > WINDOW ? run->y - WINDOW : 0;
    const int y1 = run->y + WINDOW < height ? run->y + WINDOW : height - 1;
    const uint8_t label = (uint8_t)label_of(f, run);

    if (x0 < run->x0 || x1 >= run->x1)
        return 0;
    for (int j = y0; j <= y1; j++) {
        const uint8_t *row = f->labels + (size_t)j * (size_t)width;

        for (int i = x0; i <= x1; i++)
            if (row[i] != label)
                return 0;
    }
    return 1;
}

static void measure_pixel(Find *f, const TTMRun *run, const TTMShade *s, int x)
{
    const int width = f->image->width, height = f->image->height, y = run->y;
    TTMPart *part = &f->parts->list[run->parent];
    const uint8_t *at = f->labels + (size_t)y * (size_t)width + (size_t)x;
    const int neighbour[4] = { x > 0 ? at[-1] : -1,
                               x + 1 < width ? at[1] : -1,
                               y > 0 ? at[-width] : -1,
                               y + 1 < height ? at[width] : -1 };
    const int near = ttm_shade_distance2(s->rgb,
                                         f->flat->colour[part->label].rgb) <=
                     CLOSE * CLOSE;

    part->area++;
    part->near += near;
    f->parts->near += near;
    for (int k = 0; k < 4; k++)
        if (neighbour[k] >= 0 && neighbour[k] != part->label) {
            part->border++;
            part->touching[neighbour[k]]++;
        }
    if (is_inside(f, run, x)) {
        part->core++;
        for (int c = 0; c < 3; c++)
            part->sum[c] += s->rgb[c];
    }
}

static int measure_parts(Find *f)
{
    int *row = ttm_array_alloc((size_t)f->image->width, sizeof(*row));
    int y = -1;

    if (!row)
        return TTM_ERR_MEMORY;
    f->parts->near = 0;
    for (int i = 0; i < f->parts->nb_runs; i++) {
        const TTMRun *run = &f->parts->runs[i];
        TTMPart *p = &f->parts->list[run->parent];

        if (run->y != y && ttm_cancelled(f->shades->cancel))
            break;
        if (run->y != y)
            ttm_shades_row(f->shades, f->image, y = run->y, row);
        if (!p->area) {
            p->label = (uint8_t)label_of(f, run);
            p->first[0] = p->box[0] = run->x0;
            p->first[1] = p->box[1] = run->y;
        }
        p->box[0] = run->x0 < p->box[0] ? run->x0 : p->box[0];
        p->box[2] = run->x1 > p->box[2] ? run->x1 : p->box[2];
        p->box[3] = run->y + 1;
        for (int x = run->x0; x < run->x1; x++)
            measure_pixel(f, run, &f->shades->list[row[x]], x);
    }
    free(row);
    return ttm_cancelled(f->shades->cancel) ? TTM_ERR_CANCELLED : 0;
}

int ttm_parts_find(TTMParts *parts, const uint8_t *labels,
                   const TTMImage *image, const TTMShades *shades,
                   const TTMFlat *flat)
{
    Find f = { parts, labels, image, shades, flat };
    int ret = find_runs(&f);

    if (ret >= 0)
        ret = number_parts(&f);
    return ret < 0 || !parts->list ? ret : measure_parts(&f);
}

void ttm_parts_free(TTMParts *parts)
{
    free(parts->runs);
    free(parts->list);
    memset(parts, 0, sizeof(*parts));
}

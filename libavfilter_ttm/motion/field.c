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

/** @file Deformed lattices drawn as maps from a frame to the still. */

#include "motion/field.h"

#include <math.h>
#include <string.h>

#include "graph/graph.h"
#include "motion/forms.h"
#include "util/mem.h"
#include "util/sample.h"

#define FIELD_SIDE 192          /* longer side; a shape's grid has more */
#define OUTSIDE    1e4f         /* order of what is not the object's */
#define MARGIN     3            /* elements beside the lattice that go with it */
#define MOST_STEP  3.0f         /* elements that a neighbour is off its place */

/* Memory for one field, [height, width] each. */
typedef struct Work {
    float *order;               ///< of what lies there, INFINITY: nothing
    float (*turn)[4];           ///< change of the source with the place
    int *nearest;               ///< where its value is from; -1: none
} Work;

/* A field that is drawn into. */
typedef struct Drawing {
    const struct TTMForms *forms;
    const TTMForm *object;
    int id, width, height;
    float step_x, step_y;       ///< elements of the field a pixel of the grid
    float scale_x, scale_y;     ///< pixels of the fit a pixel of the grid
    const float *row;
    float *field;
    Work work;
} Drawing;

void ttm_field_size(const struct TTMForms *forms, int *width, int *height)
{
    const int side = forms->width > forms->height ? forms->width :
                     forms->height;

    *width  = (int)ceilf((float)(forms->width * FIELD_SIDE) / (float)side);
    *height = (int)ceilf((float)(forms->height * FIELD_SIDE) / (float)side);
}

size_t ttm_field_work(const struct TTMForms *forms)
{
    int width, height;

    ttm_field_size(forms, &width, &height);
    return (size_t)width * (size_t)height * (5 * sizeof(float) + sizeof(int));
}

static Work split_work(void *memory, int width, int height)
{
    const size_t size = (size_t)width * (size_t)height;
    float *order = memory;
    void *turn = order + size, *nearest = order + 5 * size;

    return (Work){ order, turn, nearest };
}

/* 1 where two cells hang together. */
static int share_corner(const TTMLattice *l, int a, int b)
{
    for (int i = 0; i < 16; i++)
        if (l->cells[a].corner[i / 4] == l->cells[b].corner[i % 4])
            return 1;
    return 0;
}

/*
 * Position (x, y) of the still, of cell @p cell, at element @p at, if it lies
 * before what is there. Pixels of cells that do not hang together with this one do
 * not move with it.
 */
static void put(Drawing *d, size_t at, int cell, float x, float y,
                float thickness, const float turn[4])
{
    const struct TTMForms *s = d->forms;
    const float fx = floorf(x), fy = floorf(y);
    const int ix = ttm_clamp_index((int)fx, s->width);
    const int iy = ttm_clamp_index((int)fy, s->height);
    const TTMLattice *l = &d->object->lattice;
    const int found = l->cell_at[iy * s->width + ix];
    const float order = found < 0 ? thickness + OUTSIDE : thickness;

    if (order >= d->work.order[at] ||
        (found >= 0 && found != cell && !share_corner(l, found, cell)))
        return;
    d->work.order[at] = order;
    d->field[TTM_FIELD_ROW * at]     = x;
    d->field[TTM_FIELD_ROW * at + 1] = y;
    memcpy(d->work.turn[at], turn, sizeof(d->work.turn[at]));
}

/* The elements whose centres lie in a triangle of corners. */
static void draw_triangle(Drawing *d, const float (*at)[2], int cell,
                          const int corner[3])
{
    const TTMLattice *l = &d->object->lattice;
    float p[3][2], low[2], high[2], turn[4], area;
    int x0, y0, x1, y1;

    for (int k = 0; k < 3; k++) {
        p[k][0] = at[corner[k]][0] * d->step_x - 0.5f;
        p[k][1] = at[corner[k]][1] * d->step_y - 0.5f;
    }
    for (int a = 0; a < 2; a++) {
        low[a]  = fminf(fminf(p[0][a], p[1][a]), p[2][a]);
        high[a] = fmaxf(fmaxf(p[0][a], p[1][a]), p[2][a]);
    }
    area = (p[1][0] - p[0][0]) * (p[2][1] - p[0][1]) -
           (p[1][1] - p[0][1]) * (p[2][0] - p[0][0]);
    if (!(fabsf(area) > 1e-6f))
        return;
    for (int k = 0; k < 2; k++) {
        const float *r = l->rest[corner[0]];
        const float b = l->rest[corner[1]][k] - r[k];
        const float c = l->rest[corner[2]][k] - r[k];

        turn[2 * k]     = (b * (p[2][1] - p[0][1]) - c * (p[1][1] - p[0][1])) /
                          area;
        turn[2 * k + 1] = (c * (p[1][0] - p[0][0]) - b * (p[2][0] - p[0][0])) /
                          area;
    }
    x0 = (int)fmaxf(ceilf(low[0]), 0);
    y0 = (int)fmaxf(ceilf(low[1]), 0);
    x1 = (int)fminf(floorf(high[0]), (float)(d->width - 1));
    y1 = (int)fminf(floorf(high[1]), (float)(d->height - 1));
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            const float dx = (float)x - p[0][0], dy = (float)y - p[0][1];
            const float b = (dx * (p[2][1] - p[0][1]) -
                             dy * (p[2][0] - p[0][0])) / area;
            const float c = (dy * (p[1][0] - p[0][0]) -
                             dx * (p[1][1] - p[0][1])) / area;
            const float a = 1 - b - c;
            float from[3] = { 0 };

            if (a < -1e-4f || b < -1e-4f || c < -1e-4f)
                continue;
            for (int k = 0; k < 3; k++) {
                const float w = k == 0 ? a : k == 1 ? b : c;

                from[0] += w * l->rest[corner[k]][0];
                from[1] += w * l->rest[corner[k]][1];
                from[2] += w * d->object->thickness[corner[k]];
            }
            put(d, (size_t)y * (size_t)d->width + (size_t)x, cell, from[0],
                from[1], from[2], turn);
        }
}

/* Squared distance of two elements. */
static int apart(int width, int a, int b)
{
    const int dx = a % width - b % width, dy = a / width - b / width;

    return dx * dx + dy * dy;
}

/*
 * The nearest element that has a value, for all (two passes; Danielsson,
 * "Euclidean distance mapping", 1980).
 */
static void find_nearest(int *nearest, int width, int height)
{
    static const int step[4][2] = { { -1, 0 }, { 0, -1 }, { -1, -1 }, { 1, -1 } };
    const int count = width * height;

    for (int pass = 0; pass < 2; pass++) {
        const int sign = pass ? -1 : 1;

        for (int n = 0; n < count; n++) {
            const int at = pass ? count - 1 - n : n;
            const int x = at % width, y = at / width;

            for (int k = 0; k < 4; k++) {
                const int i = x + sign * step[k][0], j = y + sign * step[k][1];
                int other;

                if (i < 0 || j < 0 || i >= width || j >= height)
                    continue;
                other = nearest[j * width + i];
                if (other >= 0 && (nearest[at] < 0 ||
                                   apart(width, at, other) <
                                       apart(width, at, nearest[at])))
                    nearest[at] = other;
            }
        }
    }
}

/* What element @p at has beside the lattice: as its nearest one goes on. */
static void put_beside(Drawing *d, int at)
{
    const int from = d->work.nearest[at], w = d->width;
    const float *turn = d->work.turn[from], *near;
    const TTMLattice *l = &d->object->lattice;
    const float dx = (float)(at % w - from % w);
    const float dy = (float)(at / w - from / w);
    float *f = d->field + TTM_FIELD_ROW * (size_t)at;
    int x, y;

    near = d->field + TTM_FIELD_ROW * (size_t)from;
    f[0] = near[0] + turn[0] * dx + turn[1] * dy;
    f[1] = near[1] + turn[2] * dx + turn[3] * dy;
    x = (int)fminf(fmaxf(f[0], 0), (float)(l->width - 1));
    y = (int)fminf(fmaxf(f[1], 0), (float)(l->height - 1));
    /* Another part of the object is not there. */
    f[2] = dx * dx + dy * dy <= MARGIN * MARGIN &&
           l->cell_at[y * l->width + x] < 0;
}

/* Does element @p b lie elsewhere than element @p a goes on to there? */
static int is_off(const Drawing *d, int a, int b)
{
    const float *turn = d->work.turn[d->work.nearest[a]];
    const float *from = d->field + TTM_FIELD_ROW * (size_t)a;
    const float *to   = d->field + TTM_FIELD_ROW * (size_t)b;
    const float dx = (float)(b % d->width - a % d->width);
    const float dy = (float)(b / d->width - a / d->width);
    const float x = to[0] - from[0] - turn[0] * dx - turn[1] * dy;
    const float y = to[1] - from[1] - turn[2] * dx - turn[3] * dy;

    return hypotf(x * d->step_x, y * d->step_y) > MOST_STEP;
}

/* Where neighbours are of parts that lie over each other: neither goes on there. */
static void set_torn(Drawing *d)
{
    const int w = d->width;

    for (int i = 0; i + w < w * d->height; i++) {
        const int four[4] = { i, i + 1, i + w, i + w + 1 };
        int torn = 0;

        if (i % w == w - 1)
            continue;
        for (int n = 0; n < 16 && !torn; n++) {
            const int a = four[n / 4], b = four[n % 4];

            torn = a < b && is_off(d, a, b) && is_off(d, b, a);
        }
        d->field[TTM_FIELD_ROW * (size_t)i + 2] += torn ? TTM_FIELD_TORN : 0;
    }
}

/* Positions become what is added to the similarity's; gaps are filled. */
static void finish(Drawing *d)
{
    const int size = d->width * d->height;
    int *nearest = d->work.nearest;

    for (int i = 0; i < size; i++)
        nearest[i] = isfinite(d->work.order[i]) ? i : -1;
    find_nearest(nearest, d->width, d->height);
    for (int i = 0; i < size; i++) {
        float *f = d->field + TTM_FIELD_ROW * (size_t)i;

        if (nearest[i] == i)
            f[2] = 1;
        else if (nearest[i] >= 0)
            put_beside(d, i);
        else
            f[0] = f[1] = f[2] = 0;
    }
    if (nearest[0] >= 0)        /* all of them have one, or none has */
        set_torn(d);
    for (int i = 0; i < size; i++) {
        float *f = d->field + TTM_FIELD_ROW * (size_t)i, x, y;

        ttm_motion_source(d->row, ((float)(i % d->width) + 0.5f) / d->step_x *
                          d->scale_x, ((float)(i / d->width) + 0.5f) /
                          d->step_y * d->scale_y, &x, &y);
        f[0] = nearest[i] < 0 ? 0 : f[0] * d->scale_x - x;
        f[1] = nearest[i] < 0 ? 0 : f[1] * d->scale_y - y;
    }
}

void ttm_field_make(const struct TTMForms *s, const TTMFit *fit, int id, int t,
                    const float *row, float *field)
{
    Drawing d = { .forms = s, .object = &s->object[id - 1], .id = id,
                  .row = row, .field = field };
    const TTMLattice *l = &d.object->lattice;
    const float (*at)[2];
    const uint8_t *torn;
    size_t size;

    ttm_field_size(s, &d.width, &d.height);
    d.work = split_work(s->work, d.width, d.height);
    size = (size_t)d.width * (size_t)d.height;
    if (!d.object->deforms) {
        for (size_t i = 0; i < size; i++)
            memcpy(field + TTM_FIELD_ROW * i, (float[]){ 0, 0, 1 },
                   TTM_FIELD_ROW * sizeof(*field));
        return;
    }
    d.step_x  = (float)d.width / (float)s->width;
    d.step_y  = (float)d.height / (float)s->height;
    d.scale_x = (float)fit->width / (float)s->width;
    d.scale_y = (float)fit->height / (float)s->height;
    at = (const float (*)[2])(d.object->corners +
                              (size_t)t * (size_t)l->nb_corners);
    torn = d.object->torn + (size_t)t * (size_t)l->nb_cells;
    for (size_t i = 0; i < size; i++)
        d.work.order[i] = INFINITY;
    for (int i = 0; i < l->nb_cells; i++) {
        const int *c = l->cells[i].corner;

        if (torn[i])
            continue;
        draw_triangle(&d, at, i, (int[]){ c[0], c[1], c[2] });
        draw_triangle(&d, at, i, (int[]){ c[3], c[2], c[1] });
    }
    finish(&d);
}

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

/** @file As-rigid-as-possible lattices. */

#include "motion/lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

#define MOST_STIFF    32.0f
#define MOST_RATIO    1.7f      /* of singular values, before a cell stiffens */
#define LEAST_AREA    0.35f
#define TORN_STIFF    0.02f
#define LEAST_SHARE   0.03f     /* of a cell's area that resists */
#define MOST_STRETCH  1.5f      /* of the whole object, one way by the other */
#define SOLVE_STEPS   40

/* Edges and diagonals of a cell. */
static const int edge[6][2] = {
    { 0, 1 }, { 2, 3 }, { 0, 2 }, { 1, 3 }, { 0, 3 }, { 1, 2 }
};

static int square_of(float step, int i)
{
    return (int)(((float)i + 0.5f) / step);
}

/* Pixels that touch within one square become one cell; their number. */
static int find_cells(TTMLattice *l, const uint8_t *ids, int id, int *stack)
{
    static const int step[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    const int w = l->width, h = l->height;
    int count = 0;

    for (int i = 0; i < w * h; i++)
        l->cell_at[i] = -1;
    for (int i = 0; i < w * h; i++) {
        const int sx = square_of(l->step, i % w);
        const int sy = square_of(l->step, i / w);
        int nb = 0;

        if (ids[i] != id || l->cell_at[i] >= 0)
            continue;
        stack[nb++] = i;
        l->cell_at[i] = count;
        while (nb > 0) {
            const int at = stack[--nb];

            for (int k = 0; k < 4; k++) {
                const int x = at % w + step[k][0], y = at / w + step[k][1];
                const int next = y * w + x;

                if (x < 0 || y < 0 || x >= w || y >= h || ids[next] != id ||
                    l->cell_at[next] >= 0 || square_of(l->step, x) != sx ||
                    square_of(l->step, y) != sy)
                    continue;
                l->cell_at[next] = count;
                stack[nb++] = next;
            }
        }
        count++;
    }
    return count;
}

static int find_root(int *parent, int i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* The lower one becomes the root, so that the numbering is the same always. */
static void join(int *parent, int a, int b)
{
    a = find_root(parent, a);
    b = find_root(parent, b);
    parent[a > b ? a : b] = a > b ? b : a;
}

/* Cells that touch share the corners of the side between them. */
static void join_cells(const TTMLattice *l, int *parent)
{
    const int w = l->width, h = l->height;

    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const int *at = l->cell_at + y * w + x;

            if (*at < 0)
                continue;
            if (x + 1 < w && at[1] >= 0 && at[1] != *at) {
                join(parent, 4 * *at + 1, 4 * at[1]);
                join(parent, 4 * *at + 3, 4 * at[1] + 2);
            }
            if (y + 1 < h && at[w] >= 0 && at[w] != *at) {
                join(parent, 4 * *at + 2, 4 * at[w]);
                join(parent, 4 * *at + 3, 4 * at[w] + 1);
            }
        }
}

static int set_corners(TTMLattice *l, int *parent)
{
    const int nb = 4 * l->nb_cells;

    for (int i = 0; i < nb; i++)
        l->nb_corners += find_root(parent, i) == i;
    l->corners = ttm_array_alloc((size_t)l->nb_corners, sizeof(*l->corners));
    l->rest    = ttm_array_alloc((size_t)l->nb_corners, sizeof(*l->rest));
    if (!l->corners || !l->rest)
        return TTM_ERR_MEMORY;
    for (int i = 0, n = 0; i < nb; i++) {
        TTMLatticeCell *c = &l->cells[i / 4];
        const int root = find_root(parent, i);

        /* A root comes before all that it is the root of. */
        c->corner[i % 4] = root == i ? n++ :
                           l->cells[root / 4].corner[root % 4];
        l->rest[c->corner[i % 4]][0] = c->x + (float)(i & 1) * l->step;
        l->rest[c->corner[i % 4]][1] = c->y + (float)(i >> 1 & 1) * l->step;
    }
    return 0;
}

int ttm_lattice_create(TTMLattice *l, const uint8_t *ids, int width,
                       int height, int id, float step)
{
    const size_t pixels = (size_t)width * (size_t)height;
    int *stack = ttm_array_alloc(pixels, sizeof(*stack)), *parent = NULL;
    int ret = TTM_ERR_MEMORY;

    *l = (TTMLattice){
        .width = width, .height = height, .step = step,
        .stretch = { 1, 0, 1 },
        .cell_at = ttm_array_alloc(pixels, sizeof(*l->cell_at)),
    };
    if (!stack || !l->cell_at)
        goto end;
    l->nb_cells = find_cells(l, ids, id, stack);
    l->cells = ttm_array_alloc((size_t)l->nb_cells, sizeof(*l->cells));
    parent   = ttm_array_alloc((size_t)l->nb_cells, 4 * sizeof(*parent));
    if (!l->cells || !parent)
        goto end;
    for (size_t i = 0; i < pixels; i++) {
        const int sx = square_of(step, (int)(i % (size_t)width));
        const int sy = square_of(step, (int)(i / (size_t)width));

        if (l->cell_at[i] >= 0)
            l->cells[l->cell_at[i]] = (TTMLatticeCell){
                .x = (float)sx * step, .y = (float)sy * step, .stiff = 1, .c = 1,
                .share = l->cells[l->cell_at[i]].share + 1 / (step * step)
            };
    }
    for (int i = 0; i < 4 * l->nb_cells; i++)
        parent[i] = i;
    join_cells(l, parent);
    ret = set_corners(l, parent);
end:
    free(stack);
    free(parent);
    if (ret < 0)
        ttm_lattice_free(l);
    return ret;
}

void ttm_lattice_free(TTMLattice *l)
{
    free(l->cell_at);
    free(l->cells);
    free(l->corners);
    free(l->rest);
    memset(l, 0, sizeof(*l));
}

void ttm_lattice_pin(const TTMLattice *l, float x, float y, int px, int py,
                     TTMPin *pin)
{
    const int cell = l->cell_at[(size_t)py * (size_t)l->width + (size_t)px];
    const float a = (x - l->cells[cell].x) / l->step;
    const float b = (y - l->cells[cell].y) / l->step;

    *pin = (TTMPin){ cell, { (1 - a) * (1 - b), a * (1 - b), (1 - a) * b,
                             a * b } };
}

void ttm_lattice_position(const TTMLattice *l, const float (*at)[2],
                          const TTMPin *pin, float position[2])
{
    const int *corner = l->cells[pin->cell].corner;

    for (int k = 0; k < 2; k++)
        position[k] = pin->weight[0] * at[corner[0]][k] +
                      pin->weight[1] * at[corner[1]][k] +
                      pin->weight[2] * at[corner[2]][k] +
                      pin->weight[3] * at[corner[3]][k];
}

void ttm_lattice_strain(const TTMLattice *l, const float (*at)[2], int cell,
                        float strain[2])
{
    const int *i = l->cells[cell].corner;
    const float side = 2 * l->step;
    float m[4], sum, det, root;

    for (int k = 0; k < 2; k++) {
        m[k]     = (at[i[1]][k] - at[i[0]][k] + at[i[3]][k] - at[i[2]][k]) / side;
        m[k + 2] = (at[i[2]][k] - at[i[0]][k] + at[i[3]][k] - at[i[1]][k]) / side;
    }
    sum  = (m[0] * m[0] + m[1] * m[1] + m[2] * m[2] + m[3] * m[3]) / 2;
    det  = m[0] * m[3] - m[1] * m[2];
    root = sqrtf(fmaxf(sum * sum - det * det, 0));
    strain[0] = sqrtf(sum + root);
    strain[1] = strain[0] > 0 ? det / strain[0] : 0;
}

/* Rest vector of an edge of a cell, stretched as the whole object is. */
static void rest_edge(const TTMLattice *l, const int *corner, int e, float d[2])
{
    const float *a = l->rest[corner[edge[e][0]]];
    const float *b = l->rest[corner[edge[e][1]]];
    const float x = a[0] - b[0], y = a[1] - b[1];

    d[0] = l->stretch[0] * x + l->stretch[1] * y;
    d[1] = l->stretch[1] * x + l->stretch[2] * y;
}

static void set_own_turn(const TTMLattice *l, const float (*at)[2],
                         TTMLatticeCell *cell)
{
    const int *corner = cell->corner;

    cell->own[0] = cell->own[1] = 0;
    for (int e = 0; e < 6; e++) {
        const float *a = at[corner[edge[e][0]]], *b = at[corner[edge[e][1]]];
        const float x = a[0] - b[0], y = a[1] - b[1];
        float d[2];

        rest_edge(l, corner, e, d);
        cell->own[0] += d[0] * x + d[1] * y;
        cell->own[1] += d[0] * y - d[1] * x;
    }
}

/* A symmetric matrix with its two stretches no further apart than allowed. */
static void limit_stretch(const double m[3], float stretch[3])
{
    const double angle = 0.5 * atan2(2 * m[1], m[0] - m[2]);
    const double c = cos(angle), s = sin(angle);
    double a = m[0] * c * c + 2 * m[1] * s * c + m[2] * s * s;
    double b = m[0] * s * s - 2 * m[1] * s * c + m[2] * c * c;
    const double size = sqrt(fabs(a * b));
    const double most = sqrt(sqrt((double)MOST_STRETCH));
    const double all  = fmin(fmax(size, 0.3), 3);

    if (size < 1e-6)
        return;
    a = all * fmin(fmax(fabs(a) / size, 1 / most), most);
    b = all * fmin(fmax(fabs(b) / size, 1 / most), most);
    stretch[0] = (float)(a * c * c + b * s * s);
    stretch[1] = (float)((a - b) * s * c);
    stretch[2] = (float)(a * s * s + b * c * c);
}

/* Stretch of all cells together, each turned back: least squares. */
static void find_stretch(TTMLattice *l, const float (*at)[2])
{
    double dr[4] = { 0 }, rr[3] = { 0 }, m[4], det;

    for (int i = 0; i < l->nb_cells; i++) {
        const TTMLatticeCell *c = &l->cells[i];

        for (int e = 0; e < 6 && !c->torn; e++) {
            const int a = c->corner[edge[e][0]], b = c->corner[edge[e][1]];
            const float x = at[a][0] - at[b][0], y = at[a][1] - at[b][1];
            const float u = c->c * x + c->s * y, v = c->c * y - c->s * x;
            const float p = l->rest[a][0] - l->rest[b][0];
            const float q = l->rest[a][1] - l->rest[b][1];

            dr[0] += u * p;
            dr[1] += u * q;
            dr[2] += v * p;
            dr[3] += v * q;
            rr[0] += p * p;
            rr[1] += p * q;
            rr[2] += q * q;
        }
    }
    det = rr[0] * rr[2] - rr[1] * rr[1];
    if (!(det > 0))
        return;
    m[0] = (dr[0] * rr[2] - dr[1] * rr[1]) / det;
    m[1] = (dr[1] * rr[0] - dr[0] * rr[1]) / det;
    m[2] = (dr[2] * rr[2] - dr[3] * rr[1]) / det;
    m[3] = (dr[3] * rr[0] - dr[2] * rr[1]) / det;
    limit_stretch((double[]){ m[0], (m[1] + m[2]) / 2, m[3] }, l->stretch);
}

void ttm_lattice_update(TTMLattice *l, const float (*at)[2])
{
    for (int i = 0; i < l->nb_corners; i++)
        l->corners[i].turn[0] = l->corners[i].turn[1] = 0;
    for (int i = 0; i < l->nb_cells; i++) {
        TTMLatticeCell *c = &l->cells[i];

        set_own_turn(l, at, c);
        for (int k = 0; k < 4 && !c->torn; k++) {
            l->corners[c->corner[k]].turn[0] += c->own[0];
            l->corners[c->corner[k]].turn[1] += c->own[1];
        }
    }
    for (int i = 0; i < l->nb_cells; i++) {
        TTMLatticeCell *c = &l->cells[i];
        float sum[2] = { 0 }, length, strain[2], bad;

        for (int k = 0; k < 4; k++) {
            sum[0] += l->corners[c->corner[k]].turn[0];
            sum[1] += l->corners[c->corner[k]].turn[1];
        }
        length = hypotf(sum[0], sum[1]);
        c->c = length > 1e-9f ? sum[0] / length : 1;
        c->s = length > 1e-9f ? sum[1] / length : 0;
        if (c->torn) {
            c->stiff = TORN_STIFF;
            continue;
        }
        ttm_lattice_strain(l, at, i, strain);
        bad = strain[0] / fmaxf(strain[1], 1e-3f) / MOST_RATIO;
        bad = fmaxf(bad, LEAST_AREA / fmaxf(strain[0] * strain[1], 0.01f));
        bad = fmaxf(bad, strain[0] * strain[1] / 3);
        c->stiff = fminf(fmaxf(bad > 1 ? c->stiff * fminf(bad, 2) :
                               0.9f * c->stiff, 1), MOST_STIFF);
    }
    find_stretch(l, at);
}

void ttm_lattice_begin(TTMLattice *l, float stiffness)
{
    for (int i = 0; i < l->nb_corners; i++) {
        l->corners[i].right[0] = l->corners[i].right[1] = 0;
        l->corners[i].own = (TTMLatticeTerm){ 0 };
    }
    for (int i = 0; i < l->nb_cells; i++) {
        TTMLatticeCell *c = &l->cells[i];
        const double w = (double)stiffness * c->stiff *
                         fmaxf(fminf(c->share, 1), LEAST_SHARE);

        memset(c->term, 0, sizeof(c->term));
        for (int e = 0; e < 6; e++) {
            const int a = edge[e][0], b = edge[e][1];
            double *to = l->corners[c->corner[a]].right;
            double *from = l->corners[c->corner[b]].right;
            float d[2];

            rest_edge(l, c->corner, e, d);
            c->term[a][a].xx += w;
            c->term[a][a].yy += w;
            c->term[b][b].xx += w;
            c->term[b][b].yy += w;
            c->term[a][b].xx -= w;
            c->term[a][b].yy -= w;
            c->term[b][a].xx -= w;
            c->term[b][a].yy -= w;
            to[0]   += w * (c->c * d[0] - c->s * d[1]);
            to[1]   += w * (c->s * d[0] + c->c * d[1]);
            from[0] -= w * (c->c * d[0] - c->s * d[1]);
            from[1] -= w * (c->s * d[0] + c->c * d[1]);
        }
    }
}

void ttm_lattice_pull(TTMLattice *l, const TTMPin *pin, const TTMPull *p)
{
    TTMLatticeCell *c = &l->cells[pin->cell];
    const double xx = p->point + p->line * p->along[0] * p->along[0];
    const double xy = p->line * p->along[0] * p->along[1];
    const double yy = p->point + p->line * p->along[1] * p->along[1];
    const double x = xx * p->to[0] + xy * p->to[1];
    const double y = xy * p->to[0] + yy * p->to[1];

    for (int i = 0; i < 4; i++) {
        l->corners[c->corner[i]].right[0] += pin->weight[i] * x;
        l->corners[c->corner[i]].right[1] += pin->weight[i] * y;
        for (int j = 0; j < 4; j++) {
            const double w = (double)pin->weight[i] * pin->weight[j];

            c->term[i][j].xx += w * xx;
            c->term[i][j].xy += w * xy;
            c->term[i][j].yy += w * yy;
        }
    }
}

void ttm_lattice_hold(TTMLattice *l, int i, const float to[2], float weight)
{
    l->corners[i].own.xx += weight;
    l->corners[i].own.yy += weight;
    for (int k = 0; k < 2; k++)
        l->corners[i].right[k] += (double)weight * to[k];
}

/* The equations' left side: `image` of `way`. */
static void multiply(TTMLattice *l)
{
    for (int i = 0; i < l->nb_corners; i++) {
        TTMLatticeCorner *k = &l->corners[i];

        k->image[0] = k->own.xx * k->way[0];
        k->image[1] = k->own.yy * k->way[1];
    }
    for (int i = 0; i < l->nb_cells; i++) {
        const TTMLatticeCell *c = &l->cells[i];
        double v[4][2];

        for (int a = 0; a < 4; a++)
            memcpy(v[a], l->corners[c->corner[a]].way, sizeof(v[a]));
        for (int a = 0; a < 4; a++) {
            double *image = l->corners[c->corner[a]].image;

            for (int b = 0; b < 4; b++) {
                const TTMLatticeTerm *t = &c->term[a][b];

                image[0] += t->xx * v[b][0] + t->xy * v[b][1];
                image[1] += t->xy * v[b][0] + t->yy * v[b][1];
            }
        }
    }
}

/* A corner's own coefficients, of all of its cells: the preconditioner. */
static void set_diagonals(TTMLattice *l)
{
    for (int i = 0; i < l->nb_corners; i++)
        l->corners[i].all = l->corners[i].own;
    for (int i = 0; i < l->nb_cells; i++)
        for (int a = 0; a < 4; a++) {
            const TTMLatticeTerm *t = &l->cells[i].term[a][a];
            TTMLatticeTerm *d = &l->corners[l->cells[i].corner[a]].all;

            d->xx += t->xx;
            d->xy += t->xy;
            d->yy += t->yy;
        }
}

static void precondition(const TTMLatticeTerm *t, const double v[2],
                         double out[2])
{
    const double det = t->xx * t->yy - t->xy * t->xy;

    out[0] = det > 0 ? (t->yy * v[0] - t->xy * v[1]) / det : 0;
    out[1] = det > 0 ? (t->xx * v[1] - t->xy * v[0]) / det : 0;
}

void ttm_lattice_solve(TTMLattice *l, float (*at)[2])
{
    double energy = 0, first;

    for (int i = 0; i < l->nb_corners; i++)
        for (int k = 0; k < 2; k++)
            l->corners[i].at[k] = l->corners[i].way[k] = at[i][k];
    multiply(l);
    set_diagonals(l);
    for (int i = 0; i < l->nb_corners; i++) {
        TTMLatticeCorner *c = &l->corners[i];

        for (int k = 0; k < 2; k++)
            c->left[k] = c->right[k] - c->image[k];
        precondition(&c->all, c->left, c->way);
        energy += c->left[0] * c->way[0] + c->left[1] * c->way[1];
    }
    first = energy;
    for (int n = 0; n < SOLVE_STEPS && energy > 1e-6 * first; n++) {
        double curve = 0, length, next = 0, z[2];

        multiply(l);
        for (int i = 0; i < l->nb_corners; i++)
            curve += l->corners[i].way[0] * l->corners[i].image[0] +
                     l->corners[i].way[1] * l->corners[i].image[1];
        if (!(curve > 0))
            break;
        length = energy / curve;
        for (int i = 0; i < l->nb_corners; i++) {
            TTMLatticeCorner *c = &l->corners[i];

            for (int k = 0; k < 2; k++) {
                c->at[k]   += length * c->way[k];
                c->left[k] -= length * c->image[k];
            }
            precondition(&c->all, c->left, z);
            next += c->left[0] * z[0] + c->left[1] * z[1];
        }
        for (int i = 0; i < l->nb_corners; i++) {
            TTMLatticeCorner *c = &l->corners[i];

            precondition(&c->all, c->left, z);
            for (int k = 0; k < 2; k++)
                c->way[k] = z[k] + next / energy * c->way[k];
        }
        energy = next;
    }
    for (int i = 0; i < l->nb_corners; i++)
        for (int k = 0; k < 2; k++)
            at[i][k] = (float)l->corners[i].at[k];
}

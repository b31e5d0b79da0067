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

/** @file How much each pixel of the still stands out. */

#include "segment/salience.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define PATCHES     260         /* about so many */
#define ROUNDS      6
#define COMPACT     12.0f       /* L*a*b* units of a patch's width */
#define SAME        9.0f        /* L*a*b*: as far apart is the same thing */
#define NEAR        0.3f        /* of the longest side: neighbours compare */
#define SWEEPS      60
#define CENTRE      0.4f        /* by so much less the picture's edge counts */

/* Small pieces of about one colour (SLIC, Achanta et al. 2012). */
typedef struct Patches {
    int nb;
    int *label;                 /* [height, width] */
    float *centre;              /* [nb, 5]: L*a*b*, x and y in pixels */
    float *area, *border;       /* [nb]: pixels, pixels at the picture's border */
    float *way;                 /* [nb, nb]: L*a*b* along the cheapest path */
    float *solved;              /* [nb] */
    float *weight;              /* [nb, 2]: ground, figure */
} Patches;

static float lab_distance(const float *a, const float *b)
{
    float sum = 0;

    for (int c = 0; c < 3; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sqrtf(sum);
}

static void patches_free(Patches *p)
{
    free(p->label);
    free(p->centre);
    free(p->area);
    free(p->border);
    free(p->way);
    free(p->solved);
    free(p->weight);
}

/* A grid of seeds with the colours that are there. */
static int patches_create(Patches *p, const TTMWork *w, float *step)
{
    const size_t count = (size_t)w->width * (size_t)w->height;
    int across, down;
    size_t nb;

    memset(p, 0, sizeof(*p));
    *step = fmaxf(sqrtf((float)count / PATCHES), 1);
    across = (int)fmaxf(roundf((float)w->width / *step), 1);
    down = (int)fmaxf(roundf((float)w->height / *step), 1);
    p->nb = across * down;
    nb = (size_t)p->nb;
    p->label = ttm_array_alloc(count, sizeof(int));
    p->centre = ttm_array_alloc(nb, 5 * sizeof(float));
    p->area = ttm_array_alloc(nb, sizeof(float));
    p->border = ttm_array_alloc(nb, sizeof(float));
    p->way = ttm_array_alloc(nb, nb * sizeof(float));
    p->solved = ttm_array_alloc(nb, sizeof(float));
    p->weight = ttm_array_alloc(nb, 2 * sizeof(float));
    if (!p->label || !p->centre || !p->area || !p->border || !p->way ||
        !p->solved || !p->weight)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < p->nb; i++) {
        int x = (2 * (i % across) + 1) * w->width / (2 * across);
        int y = (2 * (i / across) + 1) * w->height / (2 * down);

        memcpy(p->centre + 5 * i, w->lab + 3 * (y * w->width + x),
               3 * sizeof(float));
        p->centre[5 * i + 3] = (float)x;
        p->centre[5 * i + 4] = (float)y;
    }
    return 0;
}

/* Every pixel to the patch that is nearest in colour and place. */
static void assign(Patches *p, const TTMWork *w, float step, float *nearest)
{
    for (int i = 0; i < w->width * w->height; i++)
        nearest[i] = INFINITY;
    for (int k = 0; k < p->nb; k++) {
        const float *c = p->centre + 5 * k;
        int x0 = (int)fmaxf(c[3] - 2 * step, 0);
        int y0 = (int)fmaxf(c[4] - 2 * step, 0);
        int x1 = (int)fminf(c[3] + 2 * step + 1, (float)w->width);
        int y1 = (int)fminf(c[4] + 2 * step + 1, (float)w->height);

        for (int y = y0; y < y1; y++)
            for (int x = x0; x < x1; x++) {
                int i = y * w->width + x;
                float dx = (float)x - c[3], dy = (float)y - c[4];
                float d = lab_distance(w->lab + 3 * i, c);

                d = d * d + COMPACT * COMPACT * (dx * dx + dy * dy) /
                    (step * step);
                if (d < nearest[i]) {
                    nearest[i] = d;
                    p->label[i] = k;
                }
            }
    }
}

/* Means of the patches' pixels. */
static void update(Patches *p, const TTMWork *w)
{
    memset(p->area, 0, (size_t)p->nb * sizeof(float));
    memset(p->border, 0, (size_t)p->nb * sizeof(float));
    memset(p->centre, 0, (size_t)p->nb * 5 * sizeof(float));
    for (int i = 0; i < w->width * w->height; i++) {
        int k = p->label[i], x = i % w->width, y = i / w->width;
        float *c = p->centre + 5 * k;

        p->area[k]++;
        p->border[k] += x == 0 || y == 0 || x + 1 == w->width ||
                        y + 1 == w->height;
        for (int n = 0; n < 3; n++)
            c[n] += w->lab[3 * i + n];
        c[3] += (float)x;
        c[4] += (float)y;
    }
    for (int k = 0; k < p->nb; k++)
        for (int n = 0; n < 5 && p->area[k] > 0; n++)
            p->centre[5 * k + n] /= p->area[k];
}

/* Steps between touching patches, then cheapest ways between all. */
static void find_ways(Patches *p, const TTMWork *w)
{
    const int nb = p->nb;

    for (int i = 0; i < nb * nb; i++)
        p->way[i] = i / nb == i % nb ? 0 : INFINITY;
    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x++) {
            int i = y * w->width + x, a = p->label[i];
            const int next[2] = { x + 1 < w->width ? i + 1 : i,
                                  y + 1 < w->height ? i + w->width : i };

            for (int k = 0; k < 2; k++) {
                int b = p->label[next[k]];

                if (a != b)
                    p->way[a * nb + b] = p->way[b * nb + a] =
                        fmaxf(lab_distance(p->centre + 5 * a,
                                           p->centre + 5 * b) - 3, 0);
            }
        }
    for (int k = 0; k < nb; k++)        /* Floyd and Warshall */
        for (int i = 0; i < nb; i++) {
            float to = p->way[i * nb + k];

            for (int j = 0; to < INFINITY && j < nb; j++)
                p->way[i * nb + j] = fminf(p->way[i * nb + j],
                                           to + p->way[k * nb + j]);
        }
}

/*
 * Ground is what reaches the picture's border over much of its length for its
 * size; figure is what differs in colour from ground near it.
 */
static void weigh(Patches *p, const TTMWork *w, float step)
{
    const float side = NEAR * (float)(w->width > w->height ? w->width :
                                      w->height);
    float most = 14;            /* L*a*b*: no less counts as standing out */

    for (int i = 0; i < p->nb; i++) {
        float area = 0, border = 0, ratio;

        for (int j = 0; j < p->nb; j++) {
            float d = p->way[i * p->nb + j] / SAME, same = expf(-d * d / 2);

            area += same * p->area[j];
            border += same * p->border[j];
        }
        ratio = border / sqrtf(fmaxf(area, step * step));
        p->weight[2 * i] = 1 - expf(-ratio * ratio / 2);
    }
    for (int i = 0; i < p->nb; i++) {
        double sum = 0, total = 1e-6;
        const float *a = p->centre + 5 * i;

        for (int j = 0; j < p->nb; j++) {
            const float *b = p->centre + 5 * j;
            float dx = (a[3] - b[3]) / side, dy = (a[4] - b[4]) / side;
            float near = expf(-(dx * dx + dy * dy) / 2) * p->area[j];

            sum += near * p->weight[2 * j] * lab_distance(a, b);
            total += near;
        }
        p->weight[2 * i + 1] = (float)(sum / total);
        most = fmaxf(most, p->weight[2 * i + 1]);
    }
    for (int i = 0; i < p->nb; i++)
        p->weight[2 * i + 1] /= most;
}

/* Least squares of figure, ground and likeness of neighbours. */
static void solve(Patches *p, float step)
{
    for (int i = 0; i < p->nb; i++)
        p->solved[i] = p->weight[2 * i + 1];
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int i = 0; i < p->nb; i++) {
            const float *a = p->centre + 5 * i;
            float sum = p->weight[2 * i + 1];
            float total = sum + p->weight[2 * i] + 1e-3f;

            for (int j = 0; j < p->nb; j++) {
                const float *b = p->centre + 5 * j;
                float dx = a[3] - b[3], dy = a[4] - b[4], d, like;

                if (i == j || dx * dx + dy * dy > 4 * step * step)
                    continue;
                d = lab_distance(a, b) / SAME;
                like = expf(-d * d / 2) + 0.05f;
                sum += like * p->solved[j];
                total += like;
            }
            p->solved[i] = sum / total;
        }
}

int ttm_salience(const TTMWork *w, float *salience)
{
    const int count = w->width * w->height;
    float step;
    Patches p;
    int ret = patches_create(&p, w, &step);

    for (int round = 0; ret >= 0 && round < ROUNDS; round++) {
        assign(&p, w, step, salience);
        update(&p, w);
    }
    if (ret >= 0) {
        find_ways(&p, w);
        weigh(&p, w, step);
        solve(&p, step);
    }
    for (int i = 0; ret >= 0 && i < count; i++) {
        float x = ((float)(i % w->width) + 0.5f) / (float)w->width - 0.5f;
        float y = ((float)(i / w->width) + 0.5f) / (float)w->height - 0.5f;
        float middle = expf(-(x * x + y * y) / (2 * 0.33f * 0.33f));

        salience[i] = fminf(fmaxf(p.solved[p.label[i]], 0), 1) *
                      (1 - CENTRE + CENTRE * middle);
    }
    patches_free(&p);
    return ret;
}

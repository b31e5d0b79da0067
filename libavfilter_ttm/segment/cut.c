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

/** @file Figure and ground by colour models and smoothness. */

#include "segment/cut.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define ROUNDS          5
#define SWEEPS          40
#define MEANS_ROUNDS    8
#define LEAST_VARIANCE  9.0f

static float distance2(const float *a, const float *b)
{
    float sum = 0;

    for (int c = 0; c < 3; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

/* Means far apart: each next one is the colour with most weight x distance. */
static void first_means(TTMColours *m, const float *lab, const float *weight,
                        int count)
{
    double sum[3] = { 0 }, total = 0;

    for (int i = 0; i < count; i++) {
        total += weight[i];
        for (int c = 0; c < 3; c++)
            sum[c] += (double)weight[i] * lab[3 * i + c];
    }
    for (int c = 0; c < 3; c++)
        m->mean[0][c] = total > 0 ? (float)(sum[c] / total) : 50;
    m->nb = 1;
    while (m->nb < TTM_MIXTURE) {
        float most = 0;
        int best = -1;

        for (int i = 0; i < count; i++) {
            float nearest = INFINITY;

            if (weight[i] < 0.3f)
                continue;
            for (int k = 0; k < m->nb; k++)
                nearest = fminf(nearest, distance2(lab + 3 * i, m->mean[k]));
            /* beyond some distance it is as good as any: no outliers */
            nearest = fminf(nearest, 2500) * weight[i];
            if (nearest > most) {
                most = nearest;
                best = i;
            }
        }
        if (best < 0 || most < 16)
            return;
        memcpy(m->mean[m->nb++], lab + 3 * best, sizeof(m->mean[0]));
    }
}

void ttm_colours_fit(TTMColours *m, const float *lab, const float *weight,
                     int count)
{
    memset(m, 0, sizeof(*m));
    first_means(m, lab, weight, count);
    for (int round = 0; round < MEANS_ROUNDS; round++) {
        double sum[TTM_MIXTURE][3] = { 0 }, square[TTM_MIXTURE][3] = { 0 };
        double n[TTM_MIXTURE] = { 0 }, total = 1e-6;

        for (int i = 0; i < count; i++) {
            float nearest = INFINITY;
            int at = 0;

            if (weight[i] < 1e-3f)
                continue;
            for (int k = 0; k < m->nb; k++) {
                float d = distance2(lab + 3 * i, m->mean[k]);

                if (d < nearest) {
                    nearest = d;
                    at = k;
                }
            }
            n[at] += weight[i];
            total += weight[i];
            for (int c = 0; c < 3; c++) {
                double v = lab[3 * i + c];

                sum[at][c] += weight[i] * v;
                square[at][c] += weight[i] * v * v;
            }
        }
        for (int k = 0; k < m->nb; k++) {
            m->share[k] = (float)(n[k] / total);
            for (int c = 0; c < 3 && n[k] > 0; c++) {
                double mean = sum[k][c] / n[k];

                m->mean[k][c] = (float)mean;
                m->variance[k][c] =
                    fmaxf((float)(square[k][c] / n[k] - mean * mean),
                          LEAST_VARIANCE);
            }
        }
    }
}

float ttm_colours_log(const TTMColours *m, const float lab[3])
{
    float best = -INFINITY;

    for (int k = 0; k < m->nb; k++) {
        float value;

        if (m->share[k] < 1e-3f)
            continue;
        value = logf(m->share[k]);
        for (int c = 0; c < 3; c++) {
            float d = lab[c] - m->mean[k][c];

            value -= 0.5f * (d * d / m->variance[k][c] +
                             logf(m->variance[k][c]));
        }
        best = fmaxf(best, value);
    }
    return fmaxf(best, -60);
}

/* Mean squared colour difference of neighbours: the picture's own contrast. */
static float contrast(const TTMWork *w)
{
    double sum = 0;
    int count = 0;

    for (int y = 0; y + 1 < w->height; y++)
        for (int x = 0; x + 1 < w->width; x++) {
            const float *p = w->lab + 3 * (y * w->width + x);

            sum += distance2(p, p + 3) + distance2(p, p + 3 * w->width);
            count += 2;
        }
    return count ? fmaxf((float)(sum / count), 1) : 1;
}

static float link(const TTMWork *w, int a, int b, float scale)
{
    return 0.1f + 3 * expf(-distance2(w->lab + 3 * a, w->lab + 3 * b) / scale);
}

/* Gauss-Seidel: pull towards `prior` and towards similar neighbours. */
static void relax(const TTMWork *w, const uint8_t *hints, const float *prior,
                  float scale, float *links, float *figure)
{
    const int width = w->width, height = w->height;

    for (int i = 0; i < width * height; i++) {
        links[2 * i] = i % width + 1 < width ? link(w, i, i + 1, scale) : 0;
        links[2 * i + 1] = i / width + 1 < height ?
                           link(w, i, i + width, scale) : 0;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int n = 0; n < width * height; n++) {
            int i = sweep & 1 ? width * height - 1 - n : n;
            int x = i % width, y = i / width;
            float sum, total = 1;

            if (hints[i] != TTM_CUT_FREE) {
                figure[i] = hints[i] == TTM_CUT_FIGURE;
                continue;
            }
            sum = prior[i];
            if (x + 1 < width) {
                sum += links[2 * i] * figure[i + 1];
                total += links[2 * i];
            }
            if (x > 0) {
                sum += links[2 * i - 2] * figure[i - 1];
                total += links[2 * i - 2];
            }
            if (y + 1 < height) {
                sum += links[2 * i + 1] * figure[i + width];
                total += links[2 * i + 1];
            }
            if (y > 0) {
                sum += links[2 * (i - width) + 1] * figure[i - width];
                total += links[2 * (i - width) + 1];
            }
            figure[i] = sum / total;
        }
    }
}

int ttm_cut(const TTMWork *w, const uint8_t *hints, float weight, float *figure)
{
    const int count = w->width * w->height;
    float *shares = ttm_array_alloc((size_t)count, sizeof(float));
    float *prior  = ttm_array_alloc((size_t)count, sizeof(float));
    float *first  = ttm_array_alloc((size_t)count, sizeof(float));
    float *links  = ttm_array_alloc((size_t)count, 2 * sizeof(float));
    float scale = 2 * contrast(w);
    int ret = shares && prior && first && links ? 0 : TTM_ERR_MEMORY;

    if (ret < 0)
        goto end;
    memcpy(first, figure, (size_t)count * sizeof(float));
    for (int round = 0; round < ROUNDS; round++) {
        TTMColours object, ground;

        for (int i = 0; i < count; i++)
            shares[i] = hints[i] == TTM_CUT_GROUND ? 0 :
                        figure[i] > 0.5f ? figure[i] : 0;
        ttm_colours_fit(&object, w->lab, shares, count);
        for (int i = 0; i < count; i++)
            shares[i] = hints[i] == TTM_CUT_FIGURE ? 0 :
                        figure[i] < 0.5f ? 1 - figure[i] : 0;
        ttm_colours_fit(&ground, w->lab, shares, count);
        for (int i = 0; i < count; i++) {
            float odds = ttm_colours_log(&object, w->lab + 3 * i) -
                         ttm_colours_log(&ground, w->lab + 3 * i);
            float place = fminf(fmaxf(first[i], 0.05f), 0.95f);

            odds = weight * fminf(fmaxf(odds, -6), 6) +
                   logf(place / (1 - place));
            prior[i] = 1 / (1 + expf(-odds));
        }
        relax(w, hints, prior, scale, links, figure);
    }
end:
    free(shares);
    free(prior);
    free(first);
    free(links);
    return ret;
}

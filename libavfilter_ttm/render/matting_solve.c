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

/** @file Alpha of the pixels of a band, such that it follows the colours. */

#include "render/matting_solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define SIDE 9                  /* pixels of a window */
#define EPSILON 1e-5            /* variance of colours that is none */
#define MOST_STEPS 60
#define ENOUGH 1e-3             /* of the first residual's length, that may be left */

/* Colours of a window: alpha is mean + (colour - mean colour)' inverse covariance. */
typedef struct Window {
    int32_t pixel[SIDE];
    float mean[3];
    float inverse[6];           ///< of the covariance: 00 01 02 11 12 22
} Window;

typedef struct Solver {
    TTMMattingBand *band;
    Window *windows;
    int nb_windows;
    float *diagonal, *residual, *direction, *product;
} Solver;

/* Inverse of a symmetric 3 x 3 matrix. */
static void invert(const double m[6], float inverse[6])
{
    const double a = m[3] * m[5] - m[4] * m[4], b = m[2] * m[4] - m[1] * m[5];
    const double c = m[1] * m[4] - m[2] * m[3], d = m[0] * m[5] - m[2] * m[2];
    const double e = m[1] * m[2] - m[0] * m[4], f = m[0] * m[3] - m[1] * m[1];
    const double det = m[0] * a + m[1] * b + m[2] * c;

    inverse[0] = (float)(a / det);
    inverse[1] = (float)(b / det);
    inverse[2] = (float)(c / det);
    inverse[3] = (float)(d / det);
    inverse[4] = (float)(e / det);
    inverse[5] = (float)(f / det);
}

/* The window around a pixel of the picture; 0 where it is not whole or has no free pixel. */
static int make_window(const TTMMattingBand *b, int at, Window *w)
{
    const int x = at % b->width, y = at / b->width;
    double covariance[6] = { 0 };
    int nb_free = 0;

    if (x < 1 || y < 1 || x + 1 >= b->width || y + 1 >= b->height)
        return 0;
    memset(w->mean, 0, sizeof(w->mean));
    for (int k = 0; k < SIDE; k++) {
        const int32_t i = b->index[at + (k / 3 - 1) * b->width + k % 3 - 1];

        if (i < 0)
            return 0;
        w->pixel[k] = i;
        nb_free += !b->pixels[i].fixed;
        for (int c = 0; c < 3; c++)
            w->mean[c] += b->pixels[i].rgb[c] / SIDE;
    }
    for (int k = 0; k < SIDE; k++) {
        const float *rgb = b->pixels[w->pixel[k]].rgb;

        for (int i = 0, n = 0; i < 3; i++)
            for (int j = i; j < 3; j++, n++)
                covariance[n] += (double)(rgb[i] - w->mean[i]) *
                                 (double)(rgb[j] - w->mean[j]) / SIDE;
    }
    covariance[0] += EPSILON;
    covariance[3] += EPSILON;
    covariance[5] += EPSILON;
    invert(covariance, w->inverse);
    return nb_free > 0;
}

/* What a colour's distance from the mean counts for: inverse covariance times it. */
static void weigh(const Window *w, const float difference[3], float out[3])
{
    const float *m = w->inverse, *d = difference;

    out[0] = m[0] * d[0] + m[1] * d[1] + m[2] * d[2];
    out[1] = m[1] * d[0] + m[3] * d[1] + m[4] * d[2];
    out[2] = m[2] * d[0] + m[4] * d[1] + m[5] * d[2];
}

static int make_windows(Solver *s)
{
    TTMMattingBand *b = s->band;

    for (int i = 0; i < b->nb; i++)
        s->diagonal[i] = b->pixels[i].weight;
    for (int i = 0; i < b->nb; i++) {
        Window *w = &s->windows[s->nb_windows];

        if (!make_window(b, b->pixels[i].at, w))
            continue;
        s->nb_windows++;
        for (int k = 0; k < SIDE; k++) {
            float d[3], v[3];

            for (int c = 0; c < 3; c++)
                d[c] = b->pixels[w->pixel[k]].rgb[c] - w->mean[c];
            weigh(w, d, v);
            s->diagonal[w->pixel[k]] += 1 - (1 + d[0] * v[0] + d[1] * v[1] + d[2] * v[2]) / SIDE;
        }
    }
    return s->nb_windows > 0;
}

/* out = (L + weights) in: what is left of each window's values beside a linear function. */
static void multiply(const Solver *s, const float *in, float *out)
{
    const TTMMattingPixel *pixels = s->band->pixels;

    for (int i = 0; i < s->band->nb; i++)
        out[i] = pixels[i].weight * in[i];
    for (int n = 0; n < s->nb_windows; n++) {
        const Window *w = &s->windows[n];
        float d[SIDE][3], v[SIDE], mean = 0, sum[3] = { 0 }, slope[3];

        for (int k = 0; k < SIDE; k++) {
            v[k] = in[w->pixel[k]];
            mean += v[k];
        }
        mean /= SIDE;
        for (int k = 0; k < SIDE; k++) {
            const float *rgb = pixels[w->pixel[k]].rgb;

            for (int c = 0; c < 3; c++) {
                d[k][c] = rgb[c] - w->mean[c];
                sum[c] += d[k][c] * v[k] / SIDE;
            }
        }
        weigh(w, sum, slope);
        for (int k = 0; k < SIDE; k++)
            out[w->pixel[k]] += v[k] - mean - d[k][0] * slope[0] - d[k][1] * slope[1] -
                                d[k][2] * slope[2];
    }
}

/* Sum over the free pixels of a b / (diagonal, if @p scaled). */
static double inner(const Solver *s, const float *a, const float *b, int scaled)
{
    double sum = 0;

    for (int i = 0; i < s->band->nb; i++)
        if (!s->band->pixels[i].fixed)
            sum += (double)a[i] * (double)b[i] / (scaled ? (double)s->diagonal[i] : 1);
    return sum;
}

/* Conjugate gradients, preconditioned by the diagonal. */
static int iterate(Solver *s, TTMCancel *cancel)
{
    TTMMattingPixel *pixels = s->band->pixels;
    const int nb = s->band->nb;
    double length, first;

    for (int i = 0; i < nb; i++)
        s->direction[i] = pixels[i].alpha;
    multiply(s, s->direction, s->product);
    for (int i = 0; i < nb; i++) {
        s->residual[i]  = pixels[i].weight * pixels[i].wish - s->product[i];
        s->direction[i] = pixels[i].fixed ? 0 : s->residual[i] / s->diagonal[i];
    }
    first = length = inner(s, s->residual, s->residual, 1);
    for (int step = 0; step < MOST_STEPS && length > ENOUGH * ENOUGH * first; step++) {
        double along, next;

        if (ttm_cancelled(cancel))
            return TTM_ERR_CANCELLED;
        multiply(s, s->direction, s->product);
        along = inner(s, s->direction, s->product, 0);
        if (!(along > 0))
            break;
        along = length / along;
        for (int i = 0; i < nb; i++) {
            if (pixels[i].fixed)
                continue;
            pixels[i].alpha += (float)along * s->direction[i];
            s->residual[i]  -= (float)along * s->product[i];
        }
        next = inner(s, s->residual, s->residual, 1);
        for (int i = 0; i < nb; i++)
            if (!pixels[i].fixed)
                s->direction[i] = s->residual[i] / s->diagonal[i] +
                                  (float)(next / length) * s->direction[i];
        length = next;
    }
    return 0;
}

int ttm_matting_solve(TTMMattingBand *band, TTMCancel *cancel)
{
    const size_t nb = (size_t)band->nb;
    Solver s = {
        .band = band,
        .windows   = ttm_array_alloc(nb, sizeof(*s.windows)),
        .diagonal  = ttm_array_alloc(nb, sizeof(*s.diagonal)),
        .residual  = ttm_array_alloc(nb, sizeof(*s.residual)),
        .direction = ttm_array_alloc(nb, sizeof(*s.direction)),
        .product   = ttm_array_alloc(nb, sizeof(*s.product)),
    };
    int ret = TTM_ERR_MEMORY;

    if (s.windows && s.diagonal && s.residual && s.direction && s.product)
        ret = make_windows(&s) ? iterate(&s, cancel) : 0;
    free(s.windows);
    free(s.diagonal);
    free(s.residual);
    free(s.direction);
    free(s.product);
    return ret;
}

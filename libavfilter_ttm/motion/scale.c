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

/** @file Size of an object over a clip: a robust estimate from its masks. */

#include "motion/scale.h"

#include <math.h>
#include <string.h>

/*
 * The matrix has two diagonals beside the main one: L D L^T, without the start,
 * relative to which everything is.
 */
void ttm_smooth(double *value, const double *weight, int frames, double bend,
                double pull, double *work)
{
    const int n = frames - 1;
    double *d = work, *one = d + n, *two = one + n, *x = two + n;

    for (int i = 0; i < n; i++) {
        /* How often frame i + 1 is the first, middle and last of a bend. */
        int first = i + 3 < frames, middle = i + 2 < frames, last = i > 0;

        d[i]   = weight[i + 1] + pull + bend * (first + 4 * middle + last);
        one[i] = -2 * bend * (middle + first);
        two[i] = bend * first;
        x[i]   = weight[i + 1] * (value[i + 1] - value[0]);
    }
    for (int i = 0; i < n; i++) {
        double by_one = one[i] / d[i], by_two = two[i] / d[i];

        if (i + 1 < n) {
            d[i + 1] -= by_one * one[i];
            one[i + 1] -= by_one * two[i];
            x[i + 1] -= by_one * x[i];
        }
        if (i + 2 < n) {
            d[i + 2] -= by_two * two[i];
            x[i + 2] -= by_two * x[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        double rest = x[i];

        if (i + 1 < n)
            rest -= one[i] * x[i + 1];
        if (i + 2 < n)
            rest -= two[i] * x[i + 2];
        x[i] = rest / d[i];
        value[i + 1] = value[0] + x[i];
    }
}

/*
 * Log of the growth that an object has in every direction, by second moments:
 * the roots of the eigenvalues of S_0^-1 S_t are its growth along two axes. 0
 * where one is larger and the other smaller than 1: a mask that is drawn out
 * along its way is no larger object.
 */
static double steady_part(const TTMSizeSeen *was, const TTMSizeSeen *now)
{
    /* A pixel's own moment keeps single lines regular. */
    const double own = 1.0 / 12;
    const double a = was->xx + own, b = was->xy, c = was->yy + own;
    const double xx = now->xx + own, xy = now->xy, yy = now->yy + own;
    const double first = a * c - b * b;
    double half = (c * xx - 2 * b * xy + a * yy) / (2 * first);
    double root = sqrt(fmax(half * half - (xx * yy - xy * xy) / first, 0));
    double least = 0.5 * log(fmax(half - root, 1e-6));
    double most = 0.5 * log(fmax(half + root, 1e-6));

    return fmax(least, 0) + fmin(most, 0);
}

void ttm_smooth_robustly(const double *value, const double *weight, int frames,
                         const TTMSmoothing *by, double *smooth, double *huber,
                         double *work)
{
    /* The same curve at any number of frames. */
    const double bend = by->bend * pow((frames - 1) / 15.0, 4);

    memcpy(smooth, value, (size_t)frames * sizeof(*value));
    ttm_smooth(smooth, weight, frames, bend, by->pull, work);
    for (int i = 0; i < 4; i++) {
        for (int t = 0; t < frames; t++) {
            double off = fmax(fabs(value[t] - smooth[t]), 1e-9);

            huber[t] = weight[t] * fmin(by->outlier / off, 1);
        }
        memcpy(smooth, value, (size_t)frames * sizeof(*value));
        ttm_smooth(smooth, huber, frames, bend, by->pull, work);
    }
}

static double mean_of_second_half(const double *value, int frames)
{
    double sum = 0;

    for (int t = frames / 2; t < frames; t++)
        sum += value[t];
    return sum / (frames - frames / 2);
}

void ttm_fit_sizes(TTMMotion *motion, const TTMSizeSeen *seen, int frames,
                   int height, double *work)
{
    static const TTMSmoothing by = { .bend = 30, .pull = 0.02, .outlier = 0.05 };
    double *smooth = work + (size_t)TTM_SMOOTH_WORK * (size_t)frames;
    double *value = smooth + frames, *weight = value + frames;
    double *steady = weight + frames, *huber = steady + frames;
    double reach = 0, sum = 0, area, every, least;

    for (int t = 0; t < frames; t++)
        motion[t].scale = 1;
    if (seen[0].area == 0)
        return;
    for (int t = 0; t < frames; t++) {
        double x = seen[t].x - seen[0].x, y = seen[t].y - seen[0].y;

        value[t]  = 0.5 * log(fmax(seen[t].area / seen[0].area, 1e-3));
        steady[t] = steady_part(&seen[0], &seen[t]);
        weight[t] = 1 - fabs(seen[t].contact - seen[0].contact) /
                        (steady[t] > 0 ? 0.6 : 0.2);
        weight[t] = t ? fmax(weight[t], 0) * seen[t].seen : 1;
        sum += t ? weight[t] : 0;
        if (weight[t] > 0.3)
            reach = fmax(reach, sqrt(x * x + y * y) / height);
    }
    ttm_smooth_robustly(steady, weight, frames, &by, smooth, huber, work);
    every = mean_of_second_half(smooth, frames);
    ttm_smooth_robustly(value, weight, frames, &by, smooth, huber, work);
    area  = mean_of_second_half(smooth, frames);
    least = 0.04 + 1 / sqrt(seen[0].area / 3.14159265358979323846) +
            1.2 * reach;
    if (area * every > 0 && sum >= frames / 8.0 &&
        fmin(fabs(2 * area), fabs(every)) > least)
        for (int t = 0; t < frames; t++)
            motion[t].scale = (float)fmin(fmax(exp(smooth[t]), 0.25), 4);
}

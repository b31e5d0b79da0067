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

#include "nets/detector.h"

#include <math.h>
#include <stddef.h>

float ttm_detector_sigmoid(float x)
{
    return (float)(1 / (1 + exp(-(double)x)));
}

void ttm_detector_query(const TTMDetector *d, const int32_t *ids, int tokens,
                        const float *embeddings, float *query)
{
    const float *row;
    double norm = 0;
    int end = 0;

    for (int i = 1; i < tokens; i++)
        if (ids[i] > ids[end])
            end = i;
    row = embeddings + (size_t)end * (size_t)d->width;
    for (int i = 0; i < d->width; i++)
        norm += (double)row[i] * row[i];
    norm = sqrt(norm);
    for (int i = 0; i < d->width; i++)
        query[i] = (float)(row[i] / norm);
}

void ttm_detector_logits(const TTMDetector *d, const TTMDetectorHeads *h,
                         const float *queries, int nb_queries, float *logits)
{
    const int places = ttm_detector_places(d);

    for (int p = 0; p < places; p++) {
        const float *c = h->classes + (size_t)p * (size_t)d->width;
        const double scale = h->scale[p] > 0 ? h->scale[p] + 1.0 : exp((double)h->scale[p]);
        double norm = 0;

        for (int i = 0; i < d->width; i++)
            norm += (double)c[i] * c[i];
        norm = sqrt(norm) + 1e-6;
        for (int q = 0; q < nb_queries; q++) {
            const float *query = queries + (size_t)q * (size_t)d->width;
            double sum = 0;

            for (int i = 0; i < d->width; i++)
                sum += (double)c[i] * query[i];
            logits[(size_t)p * (size_t)nb_queries + (size_t)q] =
                (float)((sum / norm + h->shift[p]) * scale);
        }
    }
}

/* What the sigmoid makes @p x of, but for a little that keeps it finite. */
static double logit(double x)
{
    return log(x + 1e-4) - log1p(1e-4 - x);
}

void ttm_detector_boxes(const TTMDetector *d, const TTMDetectorHeads *h, float *boxes)
{
    const double size = logit(1.0 / d->grid);

    for (int y = 0; y < d->grid; y++)
        for (int x = 0; x < d->grid; x++) {
            const int at = 4 * (y * d->grid + x);
            const double bias[4] = {
                logit((x + 1.0) / d->grid), logit((y + 1.0) / d->grid), size, size
            };

            for (int k = 0; k < 4; k++)
                boxes[at + k] = ttm_detector_sigmoid((float)(h->boxes[at + k] + bias[k]));
        }
}

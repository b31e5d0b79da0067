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

/** @file A mask of a reduced part brought to the still's resolution. */

#include "segment/guided.h"

#include <stdlib.h>

#include "util/image.h"
#include "util/mem.h"
#include "util/sample.h"

#define RADIUS  2
#define EPSILON 4e-4

/* Solve the symmetric 3 x 3 system m x = v by Cramer's rule. */
static void solve(const double m[6], const double v[3], double x[3])
{
    /* m: 00 01 02 11 12 22 */
    double a = m[3] * m[5] - m[4] * m[4], b = m[2] * m[4] - m[1] * m[5];
    double c = m[1] * m[4] - m[2] * m[3], d = m[0] * m[5] - m[2] * m[2];
    double e = m[1] * m[2] - m[0] * m[4], f = m[0] * m[3] - m[1] * m[1];
    double det = m[0] * a + m[1] * b + m[2] * c;

    x[0] = (a * v[0] + b * v[1] + c * v[2]) / det;
    x[1] = (b * v[0] + d * v[1] + e * v[2]) / det;
    x[2] = (c * v[0] + e * v[1] + f * v[2]) / det;
}

/* Linear model of the window around (x, y): 3 factors and an offset. */
static void fit_window(const TTMWork *part, const float *figure, int x, int y,
                       float model[4])
{
    double n = 0, sum[3] = { 0 }, square[6] = { 0 }, product[3] = { 0 };
    double p = 0, factor[3], right[3];

    for (int j = y - RADIUS; j <= y + RADIUS; j++)
        for (int i = x - RADIUS; i <= x + RADIUS; i++) {
            const float *rgb;
            float value;
            int k = 0;

            if (i < 0 || j < 0 || i >= part->width || j >= part->height)
                continue;
            rgb   = part->rgb + 3 * (j * part->width + i);
            value = figure[j * part->width + i];
            n++;
            p += value;
            for (int a = 0; a < 3; a++) {
                sum[a] += rgb[a];
                product[a] += (double)rgb[a] * value;
                for (int b = a; b < 3; b++)
                    square[k++] += (double)rgb[a] * rgb[b];
            }
        }
    p /= n;
    for (int a = 0, k = 0; a < 3; a++) {
        right[a] = product[a] / n - sum[a] / n * p;
        for (int b = a; b < 3; b++, k++)
            square[k] = square[k] / n - sum[a] / n * (sum[b] / n) +
                        (a == b ? EPSILON : 0);
    }
    solve(square, right, factor);
    model[3] = (float)p;
    for (int a = 0; a < 3; a++) {
        model[a] = (float)factor[a];
        model[3] -= (float)(factor[a] * sum[a] / n);
    }
}

/* Mean of the models of all windows that a pixel is in. */
static void average(const float *models, int width, int height, float *out)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float sum[4] = { 0 };
            int n = 0;

            for (int j = y - RADIUS; j <= y + RADIUS; j++)
                for (int i = x - RADIUS; i <= x + RADIUS; i++) {
                    if (i < 0 || j < 0 || i >= width || j >= height)
                        continue;
                    n++;
                    for (int c = 0; c < 4; c++)
                        sum[c] += models[4 * (j * width + i) + c];
                }
            for (int c = 0; c < 4; c++)
                out[4 * (y * width + x) + c] = sum[c] / (float)n;
        }
}

/* The mask around a reduced pixel: its largest value, and if there is another. */
typedef struct Around {
    float high;
    int is_edge;
} Around;

static void look_around(const TTMWork *part, const float *figure, int x, int y,
                        Around *around)
{
    float low = 1, high = 0;

    for (int j = -2; j <= 2; j++)
        for (int i = -2; i <= 2; i++) {
            int px = x + i, py = y + j;
            float v;

            px = px < 0 ? 0 : px >= part->width ? part->width - 1 : px;
            py = py < 0 ? 0 : py >= part->height ? part->height - 1 : py;
            v = figure[py * part->width + px];
            low  = v < low ? v : low;
            high = v > high ? v : high;
        }
    *around = (Around){ high, low != high };
}

int ttm_guided_write(const TTMWork *part, const float *figure,
                     const TTMImage *still, int id, uint8_t *ids,
                     TTMCancel *cancel)
{
    size_t count = (size_t)part->width * (size_t)part->height;
    float *models = ttm_array_alloc(count, 4 * sizeof(*models));
    float *means = ttm_array_alloc(count, 4 * sizeof(*means));
    Around *around = ttm_array_alloc(count, sizeof(*around));
    int same = part->width == part->part_width &&
               part->height == part->part_height;

    if (!models || !means || !around) {
        free(models);
        free(means);
        free(around);
        return TTM_ERR_MEMORY;
    }
    for (int y = 0; y < part->height && !same; y++)
        for (int x = 0; x < part->width; x++) {
            fit_window(part, figure, x, y, models + 4 * (y * part->width + x));
            look_around(part, figure, x, y, &around[y * part->width + x]);
        }
    if (!same)
        average(models, part->width, part->height, means);
    for (int y = 0; y < part->part_height && !ttm_cancelled(cancel); y++) {
        uint8_t *row = ids + (size_t)(part->y + y) * (size_t)still->width +
                       part->x;
        float wy = ((float)y + 0.5f) * (float)part->height /
                   (float)part->part_height;

        for (int x = 0; x < part->part_width; x++) {
            float wx = ((float)x + 0.5f) * (float)part->width /
                       (float)part->part_width;
            float value, rgb[3], model[4], plain;

            if (row[x])
                continue;
            if (same) {
                value = figure[y * part->width + x];
            } else if (!around[(int)wy * part->width + (int)wx].is_edge) {
                value = around[(int)wy * part->width + (int)wx].high;
            } else {
                ttm_image_pixel(still, part->x + x, part->y + y, rgb);
                ttm_sample_linear(means, part->width, part->height, 4, 4, wx, wy,
                                  model);
                ttm_sample_linear(figure, part->width, part->height, 1, 1, wx, wy,
                                  &plain);
                value = model[0] * rgb[0] + model[1] * rgb[1] +
                        model[2] * rgb[2] + model[3];
                value = 0.6f * value + 0.4f * plain;
            }
            if (value > 0.5f)
                row[x] = (uint8_t)id;
        }
    }
    free(models);
    free(means);
    free(around);
    return ttm_cancelled(cancel) ? TTM_ERR_CANCELLED : 0;
}

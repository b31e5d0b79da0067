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

/** @file Pull-push interpolation (Gortler et al., "The Lumigraph", 1996). */

#include "pipeline/membrane.h"

#include <stdlib.h>
#include <string.h>

#include "segment/image.h"
#include "util/mem.h"

#define MAX_LEVELS 16

typedef struct Level {
    int width, height;
    float *colour;              ///< [height, width, 3]
    float *weight;              ///< [height, width]
} Level;

/* Weighted averages of 2 x 2 pixels; weights saturate at 1. */
static void pull(const Level *from, Level *to)
{
    for (int y = 0; y < to->height; y++) {
        for (int x = 0; x < to->width; x++) {
            size_t at = (size_t)y * (size_t)to->width + (size_t)x;
            float sum = 0, *colour = to->colour + 3 * at;

            for (int k = 0; k < 4; k++) {
                int sx = 2 * x + (k & 1), sy = 2 * y + (k >> 1);
                size_t source = (size_t)sy * (size_t)from->width + (size_t)sx;

                if (sx >= from->width || sy >= from->height)
                    continue;
                sum += from->weight[source];
                for (int c = 0; c < 3; c++)
                    colour[c] += from->weight[source] *
                                 from->colour[3 * source + (size_t)c];
            }
            for (int c = 0; c < 3 && sum > 0; c++)
                colour[c] /= sum;
            to->weight[at] = sum < 1 ? sum : 1;
        }
    }
}

/* What a finer level lacks comes from the coarser one. */
static void push(const Level *from, Level *to)
{
    for (int y = 0; y < to->height; y++) {
        for (int x = 0; x < to->width; x++) {
            size_t at = (size_t)y * (size_t)to->width + (size_t)x;
            float w = to->weight[at], fill[3];

            if (w >= 1)
                continue;
            ttm_sample_linear(from->colour, from->width, from->height, 3,
                              ((float)x + 0.5f) / 2, ((float)y + 0.5f) / 2,
                              fill);
            for (int c = 0; c < 3; c++)
                to->colour[3 * at + (size_t)c] =
                    w * to->colour[3 * at + (size_t)c] + (1 - w) * fill[c];
        }
    }
}

int ttm_membrane_fill(float *image, const float *weight, int width, int height)
{
    Level level[MAX_LEVELS] = { { width, height, image, NULL } };
    size_t pixels = (size_t)width * (size_t)height;
    int nb = 1, ret = TTM_ERR_MEMORY;

    level[0].weight = ttm_array_alloc(pixels, sizeof(float));
    if (!level[0].weight)
        return TTM_ERR_MEMORY;
    memcpy(level[0].weight, weight, pixels * sizeof(float));
    for (size_t i = 0; i < pixels; i++)
        if (!(weight[i] > 0))
            image[3 * i] = image[3 * i + 1] = image[3 * i + 2] = 0;
    while (nb < MAX_LEVELS &&
           (level[nb - 1].width > 1 || level[nb - 1].height > 1)) {
        Level *to = &level[nb], *from = &level[nb - 1];

        to->width  = (from->width + 1) / 2;
        to->height = (from->height + 1) / 2;
        pixels = (size_t)to->width * (size_t)to->height;
        to->colour = ttm_array_alloc(pixels, 3 * sizeof(float));
        to->weight = ttm_array_alloc(pixels, sizeof(float));
        nb++;
        if (!to->colour || !to->weight)
            goto end;
        pull(from, to);
    }
    for (int i = nb - 1; i > 0; i--)
        push(&level[i], &level[i - 1]);
    ret = 0;
end:
    for (int i = 0; i < nb; i++) {
        if (i)
            free(level[i].colour);
        free(level[i].weight);
    }
    return ret;
}

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

/** @file The still with its objects moved along their fitted trajectory. */

#include <math.h>
#include <string.h>

#include "pipeline/trajectory.h"
#include "segment/image.h"

static int comes_from(const TTMFit *fit, const uint8_t *first, int id, float x,
                      float y)
{
    float fx = floorf(x), fy = floorf(y);

    return fx >= 0 && fy >= 0 && fx < (float)fit->width &&
           fy < (float)fit->height &&
           first[(size_t)fy * (size_t)fit->width + (size_t)fx] == id;
}

void ttm_carry(const TTMFit *fit, const float *still, const uint8_t *first,
               const uint8_t *ids, int t, int refined, float *carried)
{
    const int width = fit->width, height = fit->height;

    memcpy(carried, still, sizeof(*still) * 3 * (size_t)width *
           (size_t)height);
    if (t == 0)
        return;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float from_x, from_y, *out = carried + 3 * at;
            int id = ids[at];

            if (id == 0) {
                if (first[at])
                    out[0] = out[1] = out[2] = 0;
                continue;
            }
            ttm_fit_source(fit, id, t, (float)x + 0.5f, (float)y + 0.5f,
                           &from_x, &from_y);
            if (refined || comes_from(fit, first, id, from_x, from_y))
                ttm_sample_linear(still, width, height, 3, from_x, from_y,
                                  out);
            else
                out[0] = out[1] = out[2] = 0;
        }
    }
}

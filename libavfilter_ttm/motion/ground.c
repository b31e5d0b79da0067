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

/** @file Objects that are ground, water or sky. */

#include "motion/ground.h"

#include <string.h>

#include "util/regions.h"

#define MOST_CHANGE  0.25       /* of its area, in any frame */

/* Areas of all objects in the still, and what changed against the background. */
static void count_changes(const uint8_t *still, int still_width, int still_height,
                          const uint8_t *ids, int width, int height,
                          double area[256], double gone[256], double come[256])
{
    memset(area, 0, 256 * sizeof(*area));
    memset(gone, 0, 256 * sizeof(*gone));
    memset(come, 0, 256 * sizeof(*come));
    for (int y = 0; y < height; y++) {
        const size_t from_y = (size_t)((2 * (int64_t)y + 1) * still_height /
                                       (2 * height));

        for (int x = 0; x < width; x++, ids++) {
            const size_t from_x = (size_t)((2 * (int64_t)x + 1) * still_width /
                                           (2 * width));
            const int was = still[from_y * (size_t)still_width + from_x];

            area[was]++;
            gone[was] += !*ids;
            come[*ids] += !was;
        }
    }
}

void ttm_ground_find(TTMFit *fit, const uint8_t *still, int still_width,
                     int still_height, const uint8_t *ids, int width, int height)
{
    const size_t pixels = (size_t)width * (size_t)height;

    ttm_regions_wide(still, still_width, still_height, fit->ground);
    for (int t = 1; t < fit->frames && !ttm_cancelled(fit->cancel); t++) {
        double area[256], gone[256], come[256];

        count_changes(still, still_width, still_height, ids + (size_t)t * pixels,
                      width, height, area, gone, come);
        for (int id = 1; id < 256; id++)
            if (gone[id] > MOST_CHANGE * area[id] ||
                come[id] > MOST_CHANGE * area[id])
                fit->ground[id] = 0;
    }
    for (int id = 1; id <= fit->objects; id++) {
        TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;

        for (int t = 1; fit->ground[id] && t < fit->frames; t++)
            m[t] = (TTMMotion){ m[0].x, m[0].y, 1, 0 };
    }
}

void ttm_ground_keep(TTMFit *fit, const uint8_t *still, int width, int height)
{
    uint8_t wide[256];

    ttm_regions_wide(still, width, height, wide);
    for (int id = 1; id <= fit->objects; id++) {
        const TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
        int stays = wide[id] && !ttm_fit_flows(fit, id);

        for (int t = 1; t < fit->frames && stays; t++)
            stays = m[t].x == m[0].x && m[t].y == m[0].y && m[t].scale == 1 &&
                    m[t].turn == 0;
        if (stays)
            fit->ground[id] = 1;
    }
}

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


/** @file Shaded trajectories: colours that show how an object is turned. */

#include "pipeline/shades.h"

#include <math.h>
#include <string.h>

#include "segment/palette.h"

#define WHITE_SHARE 0.6f        ///< of white in the highest level

void ttm_shade_table(TTMShadeTable *table, const uint8_t (*colours)[3],
                     int objects, int shaded)
{
    table->shades = shaded ? TTM_SHADES : 1;
    table->rows   = table->shades * objects + 1;
    memset(table->rgb[0], 0, sizeof(table->rgb[0]));
    for (int row = 1; row < table->rows; row++) {
        int id = ttm_shade_id(table, row);

        ttm_shade_colour(colours ? colours[id - 1] : ttm_object_colour(id),
                         (float)((row - 1) % table->shades), table->rgb[row]);
    }
}

int ttm_shade_nearest(const TTMShadeTable *table, const float rgb[3])
{
    float least = INFINITY;
    int nearest = 0;

    for (int row = 0; row < table->rows; row++) {
        const float *colour = table->rgb[row];
        float distance = 0;

        for (int c = 0; c < 3; c++)
            distance += (colour[c] - rgb[c]) * (colour[c] - rgb[c]);
        if (distance < least) {
            least   = distance;
            nearest = row;
        }
    }
    return nearest;
}

void ttm_shadings(const uint8_t *ids, int width, int height, int objects,
                  TTMShading *shading)
{
    double count[TTM_MAX_OBJECTS + 1] = { 0 };

    memset(shading, 0, (size_t)objects * sizeof(*shading));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int id = *ids++;

            if (id < 1 || id > objects)
                continue;
            count[id]++;
            shading[id - 1].x += x + 0.5;
            shading[id - 1].y += y + 0.5;
        }
    for (int id = 1; id <= objects; id++) {
        TTMShading *s = &shading[id - 1];
        double n = fmax(count[id], 1);

        s->x /= n;
        s->y /= n;
        s->radius = 1.2 * sqrt(n / 3.14159265358979323846);
    }
}

float ttm_shade_level(const TTMShading *shading, float y)
{
    double up = (shading->y - (double)y) / shading->radius;

    return (float)fmin(fmax(TTM_SHADES * (0.5 + 0.5 * up) - 0.5, 0),
                       TTM_SHADES - 1);
}

int ttm_shade_step(const TTMShading *shading, float y)
{
    return (int)floorf(ttm_shade_level(shading, y) + 0.5f);
}

void ttm_shade_colour(const uint8_t colour[3], float level, float shade[3])
{
    const float white = WHITE_SHARE * level / (TTM_SHADES - 1);

    for (int c = 0; c < 3; c++)
        shade[c] = (float)colour[c] + white * (255 - (float)colour[c]);
}

int ttm_shade_unmix(const uint8_t colour[3], const uint8_t rgb[3], float *share,
                    float *level)
{
    /* rgb = of_colour * colour + of_white * white by least squares */
    float cc = 0, cw = 0, ww = 3 * 255.0f * 255, xc = 0, xw = 0;
    float det, of_colour, of_white;

    for (int k = 0; k < 3; k++) {
        cc += (float)(colour[k] * colour[k]);
        cw += (float)(255 * colour[k]);
        xc += (float)(rgb[k] * colour[k]);
        xw += (float)(255 * rgb[k]);
    }
    det = cc * ww - cw * cw;
    if (det <= 0.01f * cc * ww)
        return 0;
    of_colour = (ww * xc - cw * xw) / det;
    of_white  = (cc * xw - cw * xc) / det;
    *share = fminf(fmaxf(of_colour + of_white, 0), 1);
    *level = *share > 0 ? of_white / (of_colour + of_white) : 0;
    *level = fminf(fmaxf(*level / WHITE_SHARE, 0), 1) * (TTM_SHADES - 1);
    return 1;
}

void ttm_shade_first(const uint8_t *ids, int width, int height, int objects,
                     uint8_t *rows)
{
    TTMShading shading[TTM_MAX_OBJECTS];

    ttm_shadings(ids, width, height, objects, shading);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, ids++, rows++) {
            int id = *ids;

            if (id)
                id = 1 + TTM_SHADES * (id - 1) +
                     ttm_shade_step(&shading[id - 1], (float)y + 0.5f);
            *rows = (uint8_t)id;
        }
}

void ttm_shades_split(uint8_t *rows, uint8_t *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int row = rows[i];

        rows[i]   = (uint8_t)((row + TTM_SHADES - 1) / TTM_SHADES);
        levels[i] = (uint8_t)(row ? (row - 1) % TTM_SHADES : 0);
    }
}

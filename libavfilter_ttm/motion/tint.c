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


/** @file Tinted trajectories: colours that say how far an object has turned. */

#include "motion/tint.h"

#include <math.h>
#include <string.h>

#include "util/palette.h"

#define WHITE_SHARE 0.75f       ///< of white in the highest level
#define SPAN        6           ///< levels between no turn and TTM_TINT_FULL

void ttm_tint_table(TTMTintTable *table, const uint8_t (*colours)[3], int objects,
                    int tinted)
{
    table->tints = tinted ? TTM_TINTS : 1;
    table->rows  = table->tints * objects + 1;
    memset(table->rgb[0], 0, sizeof(table->rgb[0]));
    for (int row = 1; row < table->rows; row++) {
        int id = ttm_tint_id(table, row);

        ttm_tint_colour(colours ? colours[id - 1] : ttm_object_colour(id),
                        (float)((row - 1) % table->tints), table->rgb[row]);
    }
}

int ttm_tint_nearest(const TTMTintTable *table, const float rgb[3])
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

double ttm_tint_level(double turn)
{
    return TTM_TINT_REST + copysign(SPAN * sqrt(fmin(fabs(turn) / TTM_TINT_FULL, 1)),
                                    turn);
}

double ttm_tint_turn(double level)
{
    double root = fmin(fmax((level - TTM_TINT_REST) / SPAN, -1), 1);

    return TTM_TINT_FULL * root * fabs(root);
}

void ttm_tint_colour(const uint8_t colour[3], float level, float tint[3])
{
    const float white = WHITE_SHARE * level / (TTM_TINTS - 1);

    for (int c = 0; c < 3; c++)
        tint[c] = (float)colour[c] + white * (255 - (float)colour[c]);
}

int ttm_tint_unmix(const uint8_t colour[3], const uint8_t rgb[3], float *share,
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
    *level = fminf(fmaxf(*level / WHITE_SHARE, 0), 1) * (TTM_TINTS - 1);
    return 1;
}

void ttm_tint_first(const uint8_t *ids, size_t count, uint8_t *rows)
{
    for (size_t i = 0; i < count; i++)
        rows[i] = (uint8_t)(ids[i] ? 1 + TTM_TINTS * (ids[i] - 1) + TTM_TINT_REST :
                            0);
}

void ttm_tints_split(uint8_t *rows, uint8_t *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int row = rows[i];

        rows[i]   = (uint8_t)((row + TTM_TINTS - 1) / TTM_TINTS);
        levels[i] = (uint8_t)(row ? (row - 1) % TTM_TINTS : 0);
    }
}

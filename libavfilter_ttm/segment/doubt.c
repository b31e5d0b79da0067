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

/** @file What speaks against a mask that was found. */

#include "segment/doubt.h"

#include <math.h>

/** Pixels on each side of the outline that are compared, at TTM_WORK_SIDE. */
#define REACH 4

/** Distance in L*a*b* below which two sides have nearly one colour. */
#define SAME_COLOUR 8

/** Shares from which on a mask is doubtful. */
#define MOST_SHARE  0.30
#define MOST_WEAK   0.12
#define MOST_WEAK_BOXED 0.2
#define MOST_BORDER 0.015

/** 1 if all pixels around (x, y) that are in the picture are as it is itself. */
static int is_inner(const TTMWork *w, const uint8_t *mask, int x, int y)
{
    const int self = !!mask[y * w->width + x];

    for (int v = y - 1; v <= y + 1; v++)
        for (int u = x - 1; u <= x + 1; u++)
            if (u >= 0 && v >= 0 && u < w->width && v < w->height &&
                !!mask[v * w->width + u] != self)
                return 0;
    return 1;
}

/**
 * Distance of the mean colours inside and outside near (x, y), without the mixed
 * pixels of the outline itself; negative where one side has too few pixels.
 */
static double contrast(const TTMWork *w, const uint8_t *mask, int x, int y)
{
    double sum[2][3] = { { 0 } }, squares = 0;
    int count[2] = { 0 };

    for (int v = y - REACH; v <= y + REACH; v++)
        for (int u = x - REACH; u <= x + REACH; u++) {
            int at = v * w->width + u, side;

            if (u < 0 || v < 0 || u >= w->width || v >= w->height ||
                !is_inner(w, mask, u, v))
                continue;
            side = !!mask[at];
            count[side]++;
            for (int k = 0; k < 3; k++)
                sum[side][k] += w->lab[3 * at + k];
        }
    if (count[0] < REACH || count[1] < REACH)
        return -1;
    for (int k = 0; k < 3; k++) {
        double d = sum[0][k] / count[0] - sum[1][k] / count[1];

        squares += d * d;
    }
    return sqrt(squares);
}

TTMDoubt ttm_doubt_measure(const TTMWork *w, const uint8_t *mask)
{
    int outline = 0, at_border = 0, seen = 0, weak = 0, area = 0;

    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x++) {
            double distance;

            if (!mask[y * w->width + x])
                continue;
            area++;
            if (x == 0 || y == 0 || x == w->width - 1 || y == w->height - 1) {
                at_border++;
                outline++;
                continue;
            }
            if (is_inner(w, mask, x, y))
                continue;
            outline++;
            distance = contrast(w, mask, x, y);
            seen += distance >= 0;
            weak += distance >= 0 && distance < SAME_COLOUR;
        }
    return (TTMDoubt){
        .share  = (double)area / ((double)w->width * w->height),
        .weak   = seen ? (double)weak / seen : 0,
        .border = outline ? (double)at_border / outline : 0,
    };
}

const char *ttm_doubt_text(const TTMDoubt *doubt, int boxed)
{
    if (!boxed && doubt->share > MOST_SHARE)
        return "it takes a large part of the picture";
    if (doubt->weak > (boxed ? MOST_WEAK_BOXED : MOST_WEAK))
        return "its outline goes through areas of one colour";
    if (!boxed && doubt->border > MOST_BORDER)
        return "it goes on beyond the picture's border";
    return NULL;
}

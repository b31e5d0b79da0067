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

/** @file The distinct colours of a picture, with what tells paint from noise. */

#ifndef TTM_SEGMENT_SHADES_H
#define TTM_SEGMENT_SHADES_H

#include <stddef.h>
#include <stdint.h>

#include "ttm.h"
#include "util/cancel.h"

/** One colour of the picture. */
typedef struct TTMShade {
    int rgb[3];                 ///< 0 .. 255
    int64_t count;              ///< its pixels
    int64_t core;               ///< those whose 8 neighbours have it as well
    int64_t rim;                ///< neighbours (of 4) that have another colour
    int64_t lower, higher;      ///< those of a colour that is hardly darker, lighter
    int64_t chosen;             ///< pixels that whoever looks at them chose
    uint8_t label;              ///< what it was taken for
    uint8_t known;              ///< 1: nothing more is to be looked for in it
} TTMShade;

/** Hardly another colour: RGB distance of neighbours in a soft edge. */
#define TTM_SHADES_STEP 6

/** All colours of a picture, in the order in which they come. */
typedef struct TTMShades {
    TTMShade *list;
    int nb;
    size_t capacity;            ///< of list
    int *slots;                 ///< hash: index + 1, 0 where there is none
    uint32_t mask;              ///< number of slots - 1
    TTMCancel *cancel;          ///< what gives up the work on them, or NULL
} TTMShades;

/**
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0; samples of 16 bits are
 * rounded to 8. Whatever works on the shades heeds @p cancel.
 */
int ttm_shades_read(TTMShades *shades, const TTMImage *image, TTMCancel *cancel);
void ttm_shades_free(TTMShades *shades);

/** Indices into the list for row @p y of the picture that was read. */
void ttm_shades_row(const TTMShades *shades, const TTMImage *image, int y,
                    int *row);

/** Squared RGB distance. */
static inline int ttm_shade_distance2(const int *a, const int *b)
{
    int sum = 0;

    for (int c = 0; c < 3; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

#endif /* TTM_SEGMENT_SHADES_H */

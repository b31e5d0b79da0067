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

/** @file Where in the still a described object probably is. */

#ifndef TTM_SEGMENT_FINDER_H
#define TTM_SEGMENT_FINDER_H

#include "segment/work.h"

/** What the words of a description say about where and what to look for. */
typedef struct TTMLook {
    int nb_colours;
    float lab[4][3];
    int has_x, has_y;           ///< a position was said
    float x, y;                 ///< 0 .. 1
    int size;                   ///< 1: big, -1: small, 0: not said
    int several;                ///< others of the kind are still to be found, maybe beside it
} TTMLook;

void ttm_look_read(TTMLook *look, const char *description);

/**
 * How well a position, of 0 .. 1 across and down the picture, fits where the description
 * says: 0 .. 1.
 */
float ttm_look_place(const TTMLook *look, float x, float y);

/** How specific a description is: more specific objects choose first. */
int ttm_look_rank(const TTMLook *look);

/** Thresholds of what stands out that parts are looked for at. */
#define TTM_FIND_STEPS 4

/**
 * The best connected part for @p look.
 *
 * @param taken   pixels of objects found before
 * @param step    the threshold, -1: the one whose part is best
 * @param region  out: 1 where the part is
 * @param sure    out: 0 if another part is nearly as good
 * @param points  out: indices of a pixel well inside of the part, and of one in what
 *                touches it and is another one of the kind; -1 where there is none
 * @return 1 if a part was found, 0 if none, TTM_ERR_MEMORY
 */
int ttm_find_part(const TTMWork *work, const float *salience,
                  const TTMLook *look, const uint8_t *taken, int step,
                  uint8_t *region, int *sure, int points[2]);

/**
 * The part around pixel index @p seed that ends where the colour changes most: @p region
 * [height, width] is 1 where it is. TTM_ERR_MEMORY or 0.
 */
int ttm_grow_part(const TTMWork *work, int seed, uint8_t *region);

/** Pixels of a reduced picture, as indices. */
typedef struct TTMSeeds {
    int nb;
    const int *pixel;
} TTMSeeds;

/**
 * Cheapest ways by colour from pixels to every pixel, in @p distance [height, width]:
 * INFINITY where there is none.
 */
void ttm_ways_from(const TTMWork *work, TTMSeeds seeds, float *distance);

#endif /* TTM_SEGMENT_FINDER_H */

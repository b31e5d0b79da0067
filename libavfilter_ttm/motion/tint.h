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

#ifndef TTM_MOTION_TINT_H
#define TTM_MOTION_TINT_H

#include <stddef.h>
#include <stdint.h>

#include "util/palette.h"

/*
 * An object's colour is mixed with white, evenly, by a share that says how far it
 * has turned since frame 0: level TTM_TINT_REST is not at all, lighter clockwise;
 * level 0, the colour itself, says nothing of turns. What is painted and decoded
 * is a row of a table: 0 is black, 1 + TTM_TINTS * (id - 1) + level a tint. White
 * itself (object 9) has no tints, grey (15) none that edges mixed with black could
 * be told from.
 */
#define TTM_TINTS     15        ///< levels of an object; all rows fit a byte
#define TTM_TINT_REST 7         ///< level of what has not turned
#define TTM_TINT_FULL 7.853981633974483 ///< radians, the furthest that is told

/** Colours in [0, 255]: black, then the objects' own or their tints. */
typedef struct TTMTintTable {
    int rows, tints;            ///< tints of an object, 1: its colour alone
    float rgb[TTM_MAX_OBJECTS * TTM_TINTS + 1][3];
} TTMTintTable;

/** @param colours  of objects 1 .. @p objects; NULL: ttm's own */
void ttm_tint_table(TTMTintTable *table, const uint8_t (*colours)[3], int objects,
                    int tinted);

/** Row that is nearest (L2) to a colour in [0, 255], of equals the first. */
int ttm_tint_nearest(const TTMTintTable *table, const float rgb[3]);

/** Object of a row of the table. */
static inline int ttm_tint_id(const TTMTintTable *table, int row)
{
    return (row + table->tints - 1) / table->tints;
}

/**
 * Level, not rounded, of a clockwise turn in radians (y points down). It goes with
 * the root of the angle, up to a turn and a quarter either way, so that what does
 * not turn keeps still although predicted tints waver.
 */
double ttm_tint_level(double turn);

/** The inverse. */
double ttm_tint_turn(double level);

/** Colour in [0, 255] at a level, rounded or not. */
void ttm_tint_colour(const uint8_t colour[3], float level, float tint[3]);

/**
 * The inverse, of a tint that may be mixed with black: @p share of the object in
 * it from 0 to 1, and its level. Returns 0 for an object's colour that is grey:
 * mixed with black and with white it is the same.
 */
int ttm_tint_unmix(const uint8_t colour[3], const uint8_t rgb[3], float *share,
                   float *level);

/** Rows of the table for @p count ids of frame 0; @p rows may be @p ids. */
void ttm_tint_first(const uint8_t *ids, size_t count, uint8_t *rows);

/** Rows to ids (in place) and levels; the background's level is 0. */
void ttm_tints_split(uint8_t *rows, uint8_t *levels, size_t count);

#endif /* TTM_MOTION_TINT_H */

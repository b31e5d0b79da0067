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

#ifndef TTM_PIPELINE_SHADES_H
#define TTM_PIPELINE_SHADES_H

#include <stddef.h>
#include <stdint.h>

#include "prompt/prompts.h"

/*
 * An object's colour is mixed with white, the more the further up a pixel of it
 * was in frame 0: level 0 is the colour itself, level TTM_SHADES - 1 is 0.6 white.
 * What is painted and decoded is a row of a table: 0 is black, 1 + TTM_SHADES *
 * (id - 1) + level a shade. White itself (object 9) has no shades.
 */
#define TTM_SHADES 5            ///< levels of an object

/** Colours in [0, 255]: black, then the objects' own or their shades. */
typedef struct TTMShadeTable {
    int rows, shades;           ///< shades of an object, 1: its colour alone
    float rgb[TTM_MAX_OBJECTS * TTM_SHADES + 1][3];
} TTMShadeTable;

/** @param colours  of objects 1 .. @p objects; NULL: ttm's own */
void ttm_shade_table(TTMShadeTable *table, const uint8_t (*colours)[3],
                     int objects, int shaded);

/** Row that is nearest (L2) to a colour in [0, 255], of equals the first. */
int ttm_shade_nearest(const TTMShadeTable *table, const float rgb[3]);

/** Object of a row of the table. */
static inline int ttm_shade_id(const TTMShadeTable *table, int row)
{
    return (row + table->shades - 1) / table->shades;
}

/** What the heights of an object's pixels in frame 0 are relative to. */
typedef struct TTMShading {
    double x, y;                ///< centroid in pixels
    double radius;              ///< 1.2 times that of the disc of its area
} TTMShading;

/** Shading of objects 1 .. @p objects from the ids of frame 0. */
void ttm_shadings(const uint8_t *ids, int width, int height, int objects,
                  TTMShading *shading);

/** Level at height @p y of frame 0, from 0 to TTM_SHADES - 1, not rounded. */
float ttm_shade_level(const TTMShading *shading, float y);

/** The same, rounded. */
int ttm_shade_step(const TTMShading *shading, float y);

/** Colour in [0, 255] at a level, rounded or not. */
void ttm_shade_colour(const uint8_t colour[3], float level, float shade[3]);

/**
 * The inverse, of a shade that may be mixed with black: @p share of the object
 * in it from 0 to 1, and its level. Returns 0 for an object's colour that is
 * grey: mixed with black and with white it is the same.
 */
int ttm_shade_unmix(const uint8_t colour[3], const uint8_t rgb[3], float *share,
                    float *level);

/** Rows of the table for the ids of frame 0; @p rows may be @p ids. */
void ttm_shade_first(const uint8_t *ids, int width, int height, int objects,
                     uint8_t *rows);

/** Rows to ids (in place) and levels; the background's level is 0. */
void ttm_shades_split(uint8_t *rows, uint8_t *levels, size_t count);

#endif /* TTM_PIPELINE_SHADES_H */

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

/** @file Where an object of the option objects is: a box, points, a polygon, a colour. */

#ifndef TTM_PROMPT_PLACE_H
#define TTM_PROMPT_PLACE_H

#include "io/json.h"
#include "util/log.h"

/** Points a list, and corners of a polygon, that are taken. */
#define TTM_MAX_POINTS  64
#define TTM_MAX_CORNERS 4096

/** How an object of the still is found. */
enum TTMLocate {
    TTM_LOCATE_WORDS,       ///< by its description
    TTM_LOCATE_BOX,         ///< and points of it, if there are some
    TTM_LOCATE_POINT,       ///< one or several
    TTM_LOCATE_POLYGON,     ///< it is what the polygon has inside
    TTM_LOCATE_COLOUR,      ///< of the masks input
};

/** Pixels of the still, or percent of its width or height. */
typedef struct TTMLength {
    double value;
    int percent;
} TTMLength;

/** A position, or a width and a height. */
typedef struct TTMSpot {
    TTMLength x, y;
} TTMSpot;

typedef struct TTMSpots {
    int nb;
    TTMSpot *spot;              ///< owned
} TTMSpots;

typedef struct TTMObjectPlace {
    enum TTMLocate locate;
    TTMSpot corner, size;       ///< of the box
    TTMSpots on;                ///< points of the object
    TTMSpots off;               ///< points of what is not the object
    TTMSpots outline;           ///< corners of the polygon
    unsigned char colour[3];
    float score;                ///< of the detector that saw the box; 0: it is given
    const char *doubt;          ///< static text: what speaks against that, or NULL
} TTMObjectPlace;

/** Where messages say that a member of the JSON text is. */
typedef struct TTMMember {
    const TTMLog *log;
    const char *origin;         ///< "option objects" or the file
    int index;                  ///< of the object
} TTMMember;

/** TTM_ERR_ARGUMENT, and the line ORIGIN: objects[INDEX].MEMBER WHAT. */
int ttm_member_error(const TTMMember *at, const char *member, const char *what);

/**
 * Read member @p key of an object if it is one of a place. 1 if it was, 0 if it is not,
 * TTM_ERR_ARGUMENT or TTM_ERR_MEMORY after a line in the log.
 */
int ttm_place_read(TTMObjectPlace *place, const TTMMember *at, const char *key,
                   const TTMJson *value);

/** Whether the members that were read make one place; the line says what is too much. */
int ttm_place_check(const TTMObjectPlace *place, const TTMMember *at);

/** Pixels, of a still that is @p whole pixels wide or high. */
double ttm_length_pixels(TTMLength length, int whole);

void ttm_place_free(TTMObjectPlace *place);

#endif /* TTM_PROMPT_PLACE_H */

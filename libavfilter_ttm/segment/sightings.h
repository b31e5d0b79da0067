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

/** @file Boxes that a detector saw, and which of them is which object of a prompt. */

#ifndef TTM_SEGMENT_SIGHTINGS_H
#define TTM_SEGMENT_SIGHTINGS_H

#include "prompt/prompts.h"

/** Scores from which on something is taken for what was asked for. */
#define TTM_SIGHTING_LEAST 0.1f
/** Of two boxes of one text that share more (IoU) the better one stays. */
#define TTM_SIGHTING_OVERLAP 0.3
/** Boxes that share more are the same thing, whatever it is called. */
#define TTM_SIGHTING_SAME 0.7
/** Part of the best one's value from which on another one may be meant as well. */
#define TTM_SIGHTING_RIVAL 0.75
/** The same for "the birds": all that are there. */
#define TTM_SIGHTING_ALL 0.5

/** A box that may show what a text names. */
typedef struct TTMSighting {
    int query;              ///< number of the text
    float score;            ///< 0 .. 1
    double box[4];          ///< x0, y0, x1, y1 in pixels of the still, inside of it
} TTMSighting;

/**
 * Sort by score, the best first, and take out boxes of a text that overlap with a better
 * one of the same text (non-maximum suppression), and all but the best of a text that has
 * none from TTM_SIGHTING_LEAST on. Returns how many are left.
 */
int ttm_sightings_thin(TTMSighting *list, int nb);

/**
 * Give objects of @p prompts the boxes of thinned sightings as their places, where words
 * alone tell where they are.
 *
 * A sighting's value for an object is its score, by how near its middle is to where the
 * description says, and by its size where that is said. Pairs are taken from the best on;
 * no two objects get the same thing. Objects of which the prompt means several are
 * repeated. Where another sighting is nearly as good the place has a doubt. For an object
 * without a sighting there is a warning, and it stays as it is.
 *
 * @param query  the number of the text of each object, -1: none was asked for
 * @return 0 or TTM_ERR_MEMORY without a line
 */
int ttm_sightings_place(const TTMLog *log, TTMPrompts *prompts,
                        const int query[TTM_MAX_OBJECTS], const TTMSighting *list, int nb,
                        int width, int height);

#endif /* TTM_SEGMENT_SIGHTINGS_H */

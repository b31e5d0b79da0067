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

/** @file A guess of where an object of the still is, and cutting the object out around it. */

#ifndef TTM_SEGMENT_GUESS_H
#define TTM_SEGMENT_GUESS_H

#include "segment/ask.h"
#include "util/log.h"

/** What the objects of one still share. */
typedef struct TTMSearch {
    const TTMLog *log;
    const TTMImage *still;
    TTMWork whole;              ///< the whole still, reduced
    float *salience;            ///< of whole; NULL until it is needed
    uint8_t *taken;             ///< of whole: pixels of objects found before
    uint8_t *ids;               ///< of the still
    TTMAsker asker;             ///< the segmenter; without one colours tell
    TTMAnswer scene;            ///< of it without hints; empty until it is needed
    TTMCancel *cancel;
} TTMSearch;

/** A guess for one object in the reduced whole: box in pixels of the still. */
typedef struct TTMGuess {
    int box[4];                 ///< x0, y0, x1, y1
    const uint8_t *region;      ///< of the reduced whole, NULL: an ellipse in the box
    const uint8_t *other;       ///< of the reduced whole, what is not the object; NULL: not known
    int hard_box;               ///< nothing outside the box is the object
    const TTMAnswer *answer;    ///< of the segmenter, around the box; NULL: it was not asked
    int nb_on, nb_off;
    const float (*on)[2], (*off)[2];    ///< points of it, and of what it is not, in pixels of the still
} TTMGuess;

/**
 * Cut the object out around the guess and write its id to the still's ids, where they
 * are free. *@p sure is set to 0 where colours do not tell it from what is around.
 * TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_guess_cut(TTMSearch *s, const TTMGuess *guess, int id, int *sure);

/** What is looked at for a box in the still: a third of its sides more on each. */
void ttm_guess_around(const TTMSearch *s, const int box[4], int around[4]);

/** Box of a region of the whole, in pixels of the still; 0 where it is empty, else 1. */
int ttm_guess_region(const TTMSearch *s, const uint8_t *region, int box[4]);

/** An ellipse in the guess's box, as a figure of @p part, for when nothing else is known. */
void ttm_guess_ellipse(const TTMGuess *guess, const TTMWork *part, float *figure);

/** Remember the object's pixels so that later objects leave them alone. */
void ttm_guess_take(TTMSearch *s, int id);

#endif /* TTM_SEGMENT_GUESS_H */

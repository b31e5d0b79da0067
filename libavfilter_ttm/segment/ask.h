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

/** @file A segmenter is asked where an object is: by what hints, in which part of the still. */

#ifndef TTM_SEGMENT_ASK_H
#define TTM_SEGMENT_ASK_H

#include "nets/segmenter.h"
#include "run/network.h"
#include "segment/work.h"

/** A segmenter, and who makes its networks. One for each still. */
typedef struct TTMAsker {
    const TTMSegmenter *facts;  ///< NULL: there is none
    /** See ttm_models_segmenter(). */
    int (*network)(void *opaque, int width, int height, int points, TTMNetwork **network);
    void *opaque;
    int encoded;                ///< hints are points, and the still is encoded
} TTMAsker;

/** Where the object is in a part of the still. Zeroed, it is empty. */
typedef struct TTMAnswer {
    TTMWork part;               ///< at the size that the answer has
    float *figure;              ///< [part.height, part.width] probability that it is the object
    float score;                ///< 0 .. 1: how good that is, by enum TTMScore
} TTMAnswer;

/** Hints for one object. Positions are in pixels of the still. */
typedef struct TTMQuestion {
    int crop[4];                ///< x0, y0, x1, y1: the part to look at
    const int *box;             ///< x0, y0, x1, y1; NULL: not known
    int nb_on, nb_off;
    const float (*on)[2], (*off)[2];    ///< pixels of it, and of what it is not
    const TTMAnswer *before;    ///< to a coarser question, or NULL
} TTMQuestion;

/**
 * Ask for the object. Without any hint a segmenter that does not need one tells what the
 * thing of the picture is. @p what names the object in messages.
 *
 * @param answer  empty; the caller frees it, after an error too
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), an error of the device or of
 *         values that are not finite after a line, or 0
 */
int ttm_ask(TTMAsker *asker, const TTMImage *still, const char *what,
            const TTMQuestion *question, TTMAnswer *answer, TTMCancel *cancel);
void ttm_answer_free(TTMAnswer *answer);

/** Probability at a position of the still; 0 outside of the part. */
float ttm_answer_at(const TTMAnswer *answer, float x, float y);

#endif /* TTM_SEGMENT_ASK_H */

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

/**
 * @file
 * Objects of the still: an object id for every pixel, from a masks image, from
 * boxes and points, or by what stands out and how it is described.
 */

#ifndef TTM_SEGMENT_SEGMENT_H
#define TTM_SEGMENT_SEGMENT_H

#include <stdint.h>
#include <string.h>

#include "prompt/prompts.h"
#include "segment/ask.h"
#include "util/cancel.h"

/** What was found for one object. */
typedef struct TTMFound {
    int box[4];                 ///< x, y, width, height in pixels of the still
    double share;               ///< of the picture, 0 .. 1
    int sure;                   ///< 0: the object may be something else
    int network;                ///< 1: the segmenter found it
    double segmenter_score;     ///< what it says of that, 0 .. 1
    const char *doubt;          ///< static text: what speaks against it, or NULL
    const char *how;            ///< static text: "masks", "box", "point", "polygon", "detector", "finder", "middle", "alpha"
    float score;                ///< of the detector, 0 .. 1; 0: there was none
} TTMFound;

/** May it be something else than was meant? A box is taken at its word. */
static inline int ttm_found_is_doubtful(const TTMFound *found)
{
    return !found->sure && strcmp(found->how, "box") != 0;
}

/**
 * Ids from flat colours on black or another one (segment/flat.h), noise and soft
 * edges allowed. A mask goes to the object whose "color" it has; the rest go in
 * order: masks in the order of ttm's object colours where all have one of these,
 * else from left to right. Objects without a mask are dropped, masks without an
 * object get one that stays still; @p prompts is changed accordingly, its
 * colours are those of the masks.
 *
 * @param masks       any size; resized with a warning where it is not the still's
 * @param ids         [height, width], object index + 1
 * @param background  colour of what is no object
 * @param cancel      what gives it up, or NULL
 * @return 0, TTM_ERR_MEMORY or TTM_ERR_ARGUMENT after a line in the log, or
 *         TTM_ERR_CANCELLED
 */
int ttm_segment_masks(const TTMLog *log, const TTMImage *masks, int width,
                      int height, TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS], uint8_t background[3],
                      TTMCancel *cancel);

/**
 * Ids from the still alone. Objects that are not found are dropped from
 * @p prompts with a warning; where nothing is found at all the middle of the
 * picture is taken, with a warning. TTM_ERR_CANCELLED where @p cancel says so.
 *
 * @param asker  the segmenter, or NULL: colours tell
 */
int ttm_segment_still(const TTMLog *log, const TTMImage *still,
                      TTMPrompts *prompts, const TTMAsker *asker, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS], TTMCancel *cancel);

/**
 * Fill box and share of every object from the ids and log one line each;
 * a warning where `sure` is 0.
 */
void ttm_segment_report(const TTMLog *log, const TTMPrompts *prompts,
                       const uint8_t *ids, int width, int height,
                       TTMFound found[TTM_MAX_OBJECTS]);

#endif /* TTM_SEGMENT_SEGMENT_H */

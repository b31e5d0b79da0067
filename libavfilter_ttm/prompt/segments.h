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


/** @file The parts of a sentence between conjunctions and punctuation. */

#ifndef TTM_PROMPT_SEGMENTS_H
#define TTM_PROMPT_SEGMENTS_H

#include "prompt/tokens.h"

#define TTM_MAX_SEGMENTS 64

/** A range of tokens between separators. */
typedef struct TTMSegment {
    int begin, end;
    int subject_end;        ///< the noun phrase before the verb ends here
    int verb;               ///< first token of the verb phrase, -1: none
    int joined;             ///< "and" or a comma stood before it
    int with_and;           ///< "and" did
    int then;               ///< "then" stood before it
    int except;             ///< "except" stood before it
} TTMSegment;

/**
 * Split the tokens; some are changed on the way: fixed pairs ("up and down")
 * and openings ("a video of", "there is") are no longer separators or subjects.
 * Returns the number of segments.
 */
int ttm_segments_split(TTMTokens *tokens, TTMSegment segments[TTM_MAX_SEGMENTS]);

#endif /* TTM_PROMPT_SEGMENTS_H */

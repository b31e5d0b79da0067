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


/** @file Where the words behind a verb say that something goes, and how fast. */

#ifndef TTM_PROMPT_WAYS_H
#define TTM_PROMPT_WAYS_H

#include "prompt/tokens.h"

/** Signs are -1 left or up, 1 right or down; the rest are flags. */
typedef struct TTMWays {
    int x, y;
    int from_x, from_y;     ///< "from the left"
    int aim_y;              ///< by where it goes to: the sky, the ground
    int ahead;              ///< 1 "forward", -1 "back"
    int pace;               ///< -1 slow, 1 fast
    int closer, away, off, out;
    int circle, around;     ///< "in circles", "around"
    int shake;              ///< "from side to side"
    int up_and_down;
    int in_place, still, grow, shrink;
    int places;             ///< "swaps places"
    int to_noun;            ///< "to a girl": where she is says the way
    int past;               ///< "by", "past the house"
    int up_to;              ///< "up to the roof", which is no way up for what walks
} TTMWays;

/**
 * Read the tokens [begin, end).
 *
 * @param leaving  "on the left" is where it leaves, not where it is
 * @param own_y    the verb says whether it goes up or down
 */
void ttm_ways_read(TTMWays *ways, const TTMTokens *tokens, int begin, int end,
                   int leaving, int own_y);

/** The pace that token i says: 1 "quickly", -1 "slowly", else 0. */
int ttm_word_pace(const TTMTokens *tokens, int i);

/** Whether a noun phrase may begin at i, as the object of a verb before it. */
int ttm_starts_object(const TTMTokens *tokens, int i, int end);

#endif /* TTM_PROMPT_WAYS_H */

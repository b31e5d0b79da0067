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


/** @file What a verb phrase does to an object's path. */

#ifndef TTM_PROMPT_ACTS_H
#define TTM_PROMPT_ACTS_H

#include "prompt/aim.h"
#include "prompt/tokens.h"

/** One verb phrase. Ranges are of tokens; where begin is end there is none. */
typedef struct TTMAct {
    enum TTMMotion motion;
    int x, y;               ///< where it goes: -1 left or up, 0, 1 right or down
    int guess;              ///< it goes, but no way is said: 1 ahead, -1 back
    int along;              ///< of a guess: by its own power, where its front is
    int out;                ///< it may leave the picture: "drives off", "out of the frame"
    int pace;               ///< -1 slow, 0, 1 fast
    int unknown;            ///< the verb is not in the table
    int only_is;            ///< "is red": nothing is done
    int passive;            ///< "is thrown"
    int verb;               ///< token of the main verb, -1: none
    int object, object_end; ///< of what the verb is done to
    unsigned flags;         ///< enum TTMVerbFlag of the main verb
    char said[TTM_MAX_WORD];    ///< the main verb, empty where there is none
} TTMAct;

/** Read the verb phrase of the tokens [begin, end). */
void ttm_act_read(TTMAct *act, const TTMTokens *tokens, int begin, int end);

/** More of the same phrase: "moves up | and to the left". */
void ttm_act_continue(TTMAct *act, const TTMTokens *tokens, int begin, int end);

/**
 * Whether the tokens [begin, end) of a phrase that are not dropped are words
 * that the captions of small bundles have.
 */
int ttm_act_known(const TTMAct *act, const TTMTokens *tokens, int begin,
                  int end);

/** What the act is for an object of that aim: one whose front is seen comes closer. */
enum TTMMotion ttm_act_motion(const TTMAct *act, TTMAim aim);

/**
 * The phrase in those words, third person: "moves up and to the left slowly".
 * @p aim tells where an object goes whose way is not said; @p other names the object that
 * FOLLOW and SWAP need.
 */
void ttm_act_write(const TTMAct *act, TTMAim aim, const char *other, char *text,
                   size_t size);

#endif /* TTM_PROMPT_ACTS_H */

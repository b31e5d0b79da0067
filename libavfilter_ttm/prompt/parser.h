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


/** @file What the parts of the parser of clauses share. */

#ifndef TTM_PROMPT_PARSER_H
#define TTM_PROMPT_PARSER_H

#include "prompt/clauses.h"
#include "prompt/nouns.h"
#include "prompt/segments.h"

/** A prompt while its clauses are made. */
typedef struct TTMParser {
    TTMTokens tokens;
    TTMSegment segment[TTM_MAX_SEGMENTS];
    TTMClauses *clauses;
    int waiting;            ///< first clause without a verb phrase yet
    int last;               ///< first clause of the last subjects
    int skipped;            ///< the last subject is not an object
    int place, place_end;   ///< tokens of "on the left," before its subject
    int all_move;           ///< "everything moves": except what stays
} TTMParser;

/** Whether token i is there and has one of the kinds. */
static inline int is(const TTMParser *p, int i, unsigned kinds)
{
    return ttm_token_is(&p->tokens, i, kinds);
}

/** Whether token i is there and its word is one of a list between blanks. */
static inline int in(const TTMParser *p, int i, const char *list)
{
    return ttm_token_in(&p->tokens, i, list);
}

/** Append the words [begin, end) that are not dropped. 0 or TTM_ERR_MEMORY. */
int ttm_parser_add_words(const TTMParser *p, char **text, int begin, int end);

/** The head of the noun phrase [begin, end), -1: there is none. */
int ttm_parser_head(const TTMParser *p, int begin, int end);

/**
 * Whether the tokens [begin, end) end with a noun phrase that has an article, a number or an
 * owner; it begins at *from.
 */
int ttm_parser_last_phrase(const TTMParser *p, int begin, int end, int *from);

/**
 * Make clauses of the noun phrase [begin, end), which have no verb phrase yet.
 * 1, 0 if it is no object, or TTM_ERR_MEMORY.
 */
int ttm_parser_add_subject(TTMParser *p, int begin, int end);

/** Leave the places in the verb phrase [begin, end) out of the texts: "in the park". */
void ttm_parser_drop_places(TTMParser *p, int begin, int end);

/**
 * Give the verb phrase [begin, end) to clause c, behind what it does already with @p joint
 * ("and") between. 0 or TTM_ERR_MEMORY.
 */
int ttm_parser_give_act(TTMParser *p, TTMClause *c, int begin, int end, const char *joint);

/**
 * More of what the clauses from @p first on do: "and falls", "and to the left". 0 or
 * TTM_ERR_MEMORY.
 */
int ttm_parser_continue(TTMParser *p, const TTMSegment *s, int first);

/**
 * A clause of what the verb of a segment moves: "kicks the ball to the left", "makes it jump".
 * 1, 0 if there is none, or TTM_ERR_MEMORY.
 */
int ttm_parser_add_moved(TTMParser *p, const TTMSegment *s);

/** Whether segment k only describes, as the sentence goes on behind it: "loaded with bags". */
int ttm_segment_is_set_apart(const TTMParser *p, int k, int nb);

/** Whether segment k is said of a part of what waits for its verb: "arms outstretched, leaps". */
int ttm_segment_is_of_part(const TTMParser *p, int k, int nb);

/** Whether segment k goes with what was said before it: "walks on, its bell ringing". */
int ttm_segment_is_aside(const TTMParser *p, int k);

/** Whether segment k, a noun phrase without a verb, shares the verb of a later one. */
int ttm_segment_shares_verb(const TTMParser *p, int k, int nb);

/** Whether words of style are in it: "cinematic". */
int ttm_segment_has_style(const TTMParser *p, const TTMSegment *s);

/** Whether it shows a thing and says nothing of it: "an abandoned tricycle". */
int ttm_segment_is_description(const TTMParser *p, const TTMSegment *s);

/** Whether its verb is about the picture: "slow zoom in". */
int ttm_segment_is_about_picture(const TTMParser *p, const TTMSegment *s);

#endif /* TTM_PROMPT_PARSER_H */

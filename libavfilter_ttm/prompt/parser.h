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

#endif /* TTM_PROMPT_PARSER_H */

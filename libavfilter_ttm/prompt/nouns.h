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


/** @file Which words are nouns, and which verbs, where they stand. */

#ifndef TTM_PROMPT_NOUNS_H
#define TTM_PROMPT_NOUNS_H

#include "prompt/tokens.h"

#define TTM_WORD_ANY_VERB (TTM_WORD_VERB | TTM_WORD_VERB_FORM)

/** Whether token i is a verb of the table in that form. */
int ttm_form_is(const TTMTokens *tokens, int i, enum TTMVerbForm form);

/** The next token behind i that is no adverb, @p end if there is none. */
int ttm_next_word(const TTMTokens *tokens, int i, int end);

/** Whether token i can be the noun of a noun phrase. */
int ttm_is_noun(const TTMTokens *tokens, int i);

/** Whether the tokens [begin, end), which have no verb, are a noun phrase. */
int ttm_is_noun_phrase(const TTMTokens *tokens, int begin, int end);

/** Whether the verb's form at i is a plural noun: "wild ducks swim". */
int ttm_is_noun_here(const TTMTokens *tokens, int i, int end);

/**
 * Whether the verb's form at i of the segment [begin, end) is a noun or an adjective: that too,
 * "the jump", "the locomotive's wheels". @p nouns: how many stand before it.
 */
int ttm_is_noun_between(const TTMTokens *tokens, int i, int begin, int end, int nouns);

#endif /* TTM_PROMPT_NOUNS_H */

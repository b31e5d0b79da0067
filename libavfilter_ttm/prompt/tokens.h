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


/** @file A prompt cut into words, with what kind each of them is. */

#ifndef TTM_PROMPT_TOKENS_H
#define TTM_PROMPT_TOKENS_H

#include "prompt/verbs.h"
#include "prompt/words.h"

#define TTM_MAX_WORDS 1024  ///< of a prompt; what follows is not read
#define TTM_MAX_WORD  40    ///< bytes of a word, with the 0

typedef struct TTMToken {
    char word[TTM_MAX_WORD];    ///< lower case
    unsigned kind;              ///< enum TTMWordClass bits; 0: noun or unknown
    char stop;                  ///< punctuation: ',' or '.', else 0
    char dropped;               ///< part of the sentence, but not of the texts
    TTMVerb verb;               ///< where kind has a verb's bit
} TTMToken;

typedef struct TTMTokens {
    TTMToken token[TTM_MAX_WORDS];
    int nb;
    int cut;                    ///< the text has more words
} TTMTokens;

/**
 * Cut UTF-8 text into words. Short forms ("doesn't") are written out, what
 * stands between double quotes is left out, brackets and dashes are commas.
 */
void ttm_tokens_read(TTMTokens *tokens, const char *text);

/** Whether token i is there and has one of the kinds. */
int ttm_token_is(const TTMTokens *tokens, int i, unsigned kinds);

/** Whether token i is there and its word is one of a list between blanks. */
int ttm_token_in(const TTMTokens *tokens, int i, const char *list);

/** Whether a sentence, or a part of one, begins at i. */
int ttm_token_begins(const TTMTokens *tokens, int i);

/** Take the tokens [i, i + nb) out, as far as they are there. */
void ttm_tokens_remove(TTMTokens *tokens, int i, int nb);

/** Make token i a lower-case word shorter than TTM_MAX_WORD, which does not lie in the token. */
void ttm_tokens_put(TTMTokens *tokens, int i, const char *word);

#endif /* TTM_PROMPT_TOKENS_H */

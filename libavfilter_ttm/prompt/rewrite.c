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

/** @file Turns of phrase. */

#include "prompt/rewrite.h"

#include <string.h>

#define VERBS (TTM_WORD_VERB | TTM_WORD_VERB_FORM)

/* Whether a sentence, or a part of one, begins at i. */
static int begins(const TTMTokens *t, int i)
{
    return !i || t->token[i - 1].stop || ttm_token_is(t, i - 1, TTM_WORD_SEPARATOR);
}

static void remove_tokens(TTMTokens *t, int i, int nb)
{
    t->nb -= nb;
    memmove(&t->token[i], &t->token[i + nb], (size_t)(t->nb - i) * sizeof(t->token[0]));
}

static void put_word(TTMTokens *t, int i, const char *word)
{
    TTMToken *token = &t->token[i];

    memset(token, 0, sizeof(*token));
    strcpy(token->word, word);
    token->kind = ttm_word_class(word);
    if (token->kind & VERBS)
        ttm_verb_find(&token->verb, word);
}

/* What does not move, in one token: a verb that says it. */
static void put_still(TTMTokens *t, int i)
{
    put_word(t, i, "stays");
    strcpy(t->token[i].word, "stays still");
}

/* The next token of those kinds before the sentence ends, or -1. */
static int find(const TTMTokens *t, int i, unsigned kinds)
{
    for (; i < t->nb && t->token[i].stop != '.'; i++)
        if (ttm_token_is(t, i, kinds))
            return i;
    return -1;
}

/* "neither A nor B moves" */
static void read_neither(TTMTokens *t, int i)
{
    int nor = i + 1, verb;

    while (nor < t->nb && !t->token[nor].stop && !ttm_token_in(t, nor, " nor "))
        nor++;
    if (!ttm_token_in(t, nor, " nor "))
        return;
    verb = find(t, nor + 2, VERBS);
    if (verb < 0)
        return;
    put_still(t, verb);
    put_word(t, nor, "and");
    remove_tokens(t, i, 1);
}

/* "keep the hills still": a clause of its own */
static void read_keep(TTMTokens *t, int i)
{
    int end = i + 2;

    while (end < t->nb && !t->token[end].stop &&
           !ttm_token_is(t, end, TTM_WORD_SEPARATOR | VERBS) && !ttm_token_in(t, end, " still "))
        end++;
    if (!ttm_token_in(t, end, " still static motionless frozen "))
        return;
    put_still(t, end);
    remove_tokens(t, i, 1);
}

/* "out comes a butler": direction, verb and a noun phrase */
static void read_inverted(TTMTokens *t, int i)
{
    const int phrase = i + 2;
    TTMToken moved[2];
    int end = phrase + 1;

    if (!ttm_token_in(t, i, " out in up down off away along past by over ") ||
        !ttm_token_in(t, i + 1, " comes come goes go walks walk runs run flies fly rolls roll "
                                "pops pop drives drive floats float jumps jump steps step ") ||
        !ttm_token_is(t, phrase, TTM_WORD_DETERMINER))
        return;
    while (end < t->nb && !t->token[end].stop &&
           !ttm_token_is(t, end, TTM_WORD_SEPARATOR | TTM_WORD_PLACE | TTM_WORD_WAY |
                         TTM_WORD_RELATIVE | TTM_WORD_VERB_FORM | TTM_WORD_ADVERB))
        end++;
    moved[0] = t->token[i + 1];
    moved[1] = t->token[i];
    memmove(&t->token[i], &t->token[phrase], (size_t)(end - phrase) * sizeof(t->token[0]));
    memcpy(&t->token[end - 2], moved, sizeof(moved));
}

void ttm_tokens_rewrite(TTMTokens *t)
{
    for (int i = 0; i < t->nb; i++) {
        if (ttm_token_in(t, i, " please ")) {
            remove_tokens(t, i--, 1);
            continue;
        }
        if ((ttm_token_in(t, i, " apart aside ") && ttm_token_in(t, i + 1, " from ")) ||
            (ttm_token_in(t, i, " other ") && ttm_token_in(t, i + 1, " than "))) {
            put_word(t, i, "except");
            remove_tokens(t, i + 1, 1);
        }
        /* "the boat so that it sails" */
        if (ttm_token_in(t, i, " so ") && ttm_token_in(t, i + 1, " that ") &&
            ttm_token_in(t, i + 2, " it they ") && i && !t->token[i - 1].stop &&
            !ttm_token_is(t, i - 1, VERBS) && ttm_token_is(t, i + 3, VERBS))
            remove_tokens(t, i, 3);
        if (ttm_token_in(t, i, " neither "))
            read_neither(t, i);
        if (!begins(t, i))
            continue;
        if (ttm_token_in(t, i, " keep ") && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
            read_keep(t, i);
        read_inverted(t, i);
    }
}

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


/** @file Which words are nouns where they stand. */

#include "prompt/nouns.h"

#include <string.h>

int ttm_is_noun(const TTMTokens *t, int i)
{
    const unsigned never = TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR |
                           TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_SIZE |
                           TTM_WORD_ADVERB | TTM_WORD_DIRECTION |
                           TTM_WORD_AUXILIARY | TTM_WORD_POSITION;

    if (i >= t->nb || t->token[i].stop)
        return 0;
    /* "the white one", "the other runs": they stand for a noun */
    if (ttm_token_in(t, i, " one ones ") &&
        ttm_token_is(t, i - 1, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                     TTM_WORD_SIZE | TTM_WORD_POSITION))
        return 1;
    if (ttm_token_in(t, i, " other others another one both couple pair top ") &&
        ttm_token_is(t, i + 1, TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY))
        return 1;
    if (ttm_token_is(t, i, never))
        return 0;
    /* "the orange", but not "the orange ball" */
    return !ttm_token_is(t, i, TTM_WORD_COLOUR) ||
           ttm_token_is(t, i + 1, TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY) ||
           (ttm_token_in(t, i, " orange ") &&
            ttm_token_is(t, i + 1, TTM_WORD_ADVERB));
}

int ttm_is_noun_phrase(const TTMTokens *t, int begin, int end)
{
    if (ttm_token_is(t, begin, TTM_WORD_PLACE | TTM_WORD_WAY |
                     TTM_WORD_DIRECTION | TTM_WORD_ADVERB) &&
        !(ttm_token_is(t, begin, TTM_WORD_POSITION) &&
          (ttm_is_noun(t, begin + 1) ||
           ttm_token_is(t, begin + 1, TTM_WORD_COLOUR | TTM_WORD_SIZE))))
        return 0;
    for (int i = begin; i < end; i++)
        if (ttm_is_noun(t, i))
            return 1;
    /* "the left (and the right ball)" */
    if (!ttm_token_is(t, begin, TTM_WORD_DETERMINER))
        return 0;
    for (int i = begin + 1; i < end; i++)
        if (!ttm_token_is(t, i, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION))
            return 0;
    return end > begin + 1;
}

int ttm_form_is(const TTMTokens *t, int i, enum TTMVerbForm form)
{
    return ttm_token_is(t, i, TTM_WORD_ANY_VERB) && t->token[i].verb.form == form;
}

/* The next token of a range that is no adverb. */
int ttm_next_word(const TTMTokens *t, int i, int end)
{
    for (i++; i < end && ttm_token_is(t, i, TTM_WORD_ADVERB) &&
         !ttm_token_is(t, i, TTM_WORD_ANY_VERB); i++)
        ;
    return i;
}

/* "wild ducks swim", "ocean waves are rolling": -s makes many things here. */
/* "two sled dogs", "the dogs, tired of it,": the plural that a number asks for. */
static int is_counted(const TTMTokens *t, int i)
{
    int k = i - 1;

    if (!ttm_token_is(t, i, TTM_WORD_LIKE_VERB) || !ttm_word_plural(t->token[i].word))
        return 0;
    if (i + 2 < t->nb && t->token[i + 1].stop == ',' &&
        (ttm_form_is(t, i + 2, TTM_FORM_PAST) || ttm_token_in(t, i + 2, " who which whose ")))
        return 1;
    while (k > 0 && k > i - 4 && !t->token[k].stop && !ttm_word_plural(t->token[k].word) &&
           !ttm_token_is(t, k, TTM_WORD_DETERMINER | TTM_WORD_PLACE | TTM_WORD_WAY))
        k--;
    return k >= 0 && k < i - 1 &&
           ttm_token_in(t, k, " two three four five six seven eight nine ten several many few "
                              "both these those all some dozens ");
}

int ttm_is_noun_here(const TTMTokens *t, int i, int end)
{
    static const char going_on[] = " goes keeps starts begins comes continues lets makes "
                                   "stops tries likes gets ";
    int next = ttm_next_word(t, i, end);

    if (is_counted(t, i))
        return 1;
    if (!ttm_form_is(t, i, TTM_FORM_THIRD) &&
        !ttm_token_is(t, i, TTM_WORD_LIKE_VERB))
        return 0;
    if (next >= end || ttm_token_in(t, i, going_on) ||
        ttm_token_is(t, i, TTM_WORD_AUXILIARY) ||
        ttm_token_is(t, next, TTM_WORD_DIRECTION | TTM_WORD_PLACE | TTM_WORD_WAY))
        return 0;
    return (ttm_form_is(t, next, TTM_FORM_BASE) &&
            !ttm_token_in(t, next, " open shut close free idle ")) ||
           ttm_token_in(t, next, " are were have do that who which ") ||
           (next == i + 1 &&
            (ttm_form_is(t, next, TTM_FORM_ING) || ttm_form_is(t, next, TTM_FORM_THIRD) ||
             (ttm_token_is(t, next, TTM_WORD_LIKE_VERB) &&
              ttm_word_ends(t->token[next].word, "ing"))));
}

/* Whether a verb's form at i is a noun or an adjective where it stands. */
int ttm_is_noun_between(const TTMTokens *t, int i, int begin, int end, int nouns)
{
    /* "who froths milk" */
    if (i == begin + 1 && ttm_token_in(t, begin, " who which it he she they "))
        return 0;
    /* "a barista pours milk": one thing, so -s is the verb's */
    if (nouns && ttm_token_in(t, begin, " a an one another each every ") &&
        ttm_form_is(t, i, TTM_FORM_THIRD) &&
        ttm_form_is(t, ttm_next_word(t, i, end), TTM_FORM_BASE) && ttm_next_word(t, i, end) < end)
        return 0;
    /* "cheered and banged drums" */
    if (i == begin + 1 && ttm_form_is(t, begin, TTM_FORM_PAST) && ttm_form_is(t, i, TTM_FORM_THIRD))
        return 1;
    /* "its glittering rings" */
    if (i + 1 == end && i >= begin + 2 && ttm_form_is(t, i - 1, TTM_FORM_ING) &&
        ttm_token_is(t, i - 2, TTM_WORD_DETERMINER))
        return 1;
    /* "the locomotive's wheels" */
    if (i > begin && ttm_word_ends(t->token[i - 1].word, "'s"))
        return 1;
    /* "a bowl of ripe cherries" */
    if (nouns && ttm_token_is(t, i - 1, TTM_WORD_SIZE) && *t->token[i - 1].word &&
        ttm_token_is(t, i, TTM_WORD_LIKE_VERB))
        return 1;
    /* "cradle rocking", "(the bride and) groom kiss" */
    if (i == begin && ttm_form_is(t, i, TTM_FORM_BASE) && i + 1 < end &&
        (ttm_form_is(t, i + 1, TTM_FORM_ING) || ttm_form_is(t, i + 1, TTM_FORM_BASE)) &&
        !ttm_token_in(t, i, " go come keep start stop try let make help get slow "
                                "continue begin love like finish "))
        return 1;
    /* "jet skis zoom" */
    if (i == begin && ttm_form_is(t, i, TTM_FORM_BASE) && i + 2 < end &&
        (ttm_form_is(t, i + 1, TTM_FORM_THIRD) || ttm_token_is(t, i + 1, TTM_WORD_LIKE_VERB)) &&
        ttm_word_plural(t->token[i + 1].word) &&
        (ttm_form_is(t, i + 2, TTM_FORM_BASE) || ttm_token_is(t, i + 2, TTM_WORD_AUXILIARY)))
        return 1;
    if (i > begin && !nouns &&
        ttm_token_is(t, i - 1, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                     TTM_WORD_SIZE | TTM_WORD_PLACE | TTM_WORD_POSITION))
        return 1;
    /* "through waves", "with its rocking" */
    if (i > begin && nouns &&
        ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY |
                     TTM_WORD_DETERMINER) &&
        !(ttm_token_in(t, i - 1, " to ") && ttm_form_is(t, i, TTM_FORM_BASE) &&
          (i + 1 >= end || ttm_token_is(t, i + 1, TTM_WORD_PLACE | TTM_WORD_WAY |
                               TTM_WORD_DIRECTION | TTM_WORD_ADVERB |
                               TTM_WORD_DETERMINER))) &&
        !ttm_token_in(t, i - 1, " outside inside nearby out off around along "
                                "that both each all one ones other others another "
                                "couple pair "))
        return 1;
    return ttm_is_noun_here(t, i, end);
}

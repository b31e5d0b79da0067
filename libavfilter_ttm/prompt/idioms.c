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


/** @file Idioms: words that say another thing together, or where they stand, than by themselves. */

#include "prompt/idioms.h"

#include <string.h>

#include "prompt/nouns.h"

/* The next stop behind i, or the end of the text. */
static int stop_behind(const TTMTokens *t, int i)
{
    for (i++; i < t->nb && !t->token[i].stop; i++)
        ;
    return i;
}

/* "the hamster's out", "the dog's barking": a short form of "is" */
static void read_short_is(TTMTokens *t, int i)
{
    TTMToken *token = &t->token[i];
    const size_t length = strlen(token->word);
    char owner[TTM_MAX_WORD];

    if (length < 4 || !ttm_word_ends(token->word, "'s") || t->nb == TTM_MAX_WORDS ||
        !(ttm_token_in(t, i + 1, " out away gone back up down off not about being going still ") ||
          (ttm_form_is(t, i + 1, TTM_FORM_ING) && !ttm_token_is(t, i + 1, TTM_WORD_STYLE) &&
           (i + 2 >= t->nb || t->token[i + 2].stop ||
            ttm_token_is(t, i + 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE | TTM_WORD_WAY |
                         TTM_WORD_DIRECTION | TTM_WORD_ADVERB | TTM_WORD_SEPARATOR)))))
        return;
    memmove(token + 2, token + 1, (size_t)(t->nb - i - 1) * sizeof(*token));
    t->nb++;
    memcpy(owner, token->word, length - 2);
    owner[length - 2] = 0;
    ttm_tokens_put(t, i, owner);
    ttm_tokens_put(t, i + 1, "is");
}

/*
 * Words that are a verb elsewhere, but a noun or an adjective between these neighbours: "rose
 * petals", "a can falls", "the lead actress", "the front row".
 */
static void read_noun(TTMTokens *t, int i)
{
    const unsigned behind = TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION | TTM_WORD_ADVERB |
                            TTM_WORD_SEPARATOR | TTM_WORD_DETERMINER | TTM_WORD_AUXILIARY;
    const int last = i + 1 >= t->nb || t->token[i + 1].stop;
    const int determined = ttm_token_is(t, i - 1, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                                        TTM_WORD_SIZE);

    if ((ttm_token_in(t, i, " rose ") && !last && !ttm_token_is(t, i + 1, behind) &&
         (determined || !i || t->token[i - 1].stop ||
          ttm_token_is(t, i - 1, TTM_WORD_SEPARATOR))) ||
        (ttm_token_in(t, i, " can will may might ") && determined && !last) ||
        (ttm_token_in(t, i, " lead front back ") && determined && !last &&
         !ttm_token_is(t, i + 1, behind | TTM_WORD_ANY_VERB | TTM_WORD_POSITION)))
        t->token[i].kind = 0;
    /* "a grizzly backs away", "the top hat spins" */
    if (t->token[i].kind == TTM_WORD_ADVERB && determined &&
        (ttm_form_is(t, i + 1, TTM_FORM_THIRD) ||
         ttm_token_is(t, i + 1, TTM_WORD_AUXILIARY)))
        t->token[i].kind = 0;
    if (ttm_token_in(t, i, " top ") && ttm_token_in(t, i + 1, " hat hats "))
        t->token[i].kind = TTM_WORD_SIZE;
    /* "a giant stomps" */
    if (ttm_token_in(t, i, " giant giants elder ") && determined &&
        (ttm_form_is(t, i + 1, TTM_FORM_THIRD) || ttm_token_is(t, i + 1, TTM_WORD_AUXILIARY)))
        t->token[i].kind = 0;
    /* "the front row ducks" */
    if (ttm_token_in(t, i, " front back ") && determined &&
        ttm_token_in(t, i + 1, " row rows door doors wheel wheels seat seats leg legs line "
                               "lines yard yards wall tire tires tyre tyres end "))
        t->token[i].kind = t->token[i + 1].kind = 0;
}

/* Set phrases that say nothing of a way: "one by one", "upside down". */
static void read_set_phrase(TTMTokens *t, int i)
{
    if (ttm_token_in(t, i + 1, " by after ") && ttm_token_in(t, i, " one two three side step "
                                                              "little inch bit ") &&
        (!strcmp(t->token[i].word, i + 2 < t->nb ? t->token[i + 2].word : "") ||
         (ttm_token_in(t, i, " one ") && ttm_token_in(t, i + 2, " another "))))
        for (int k = i; k < i + 3; k++) {
            t->token[k].kind = TTM_WORD_ADVERB;
            t->token[k].dropped = 1;
        }
    if (ttm_token_in(t, i, " upside ") && ttm_token_in(t, i + 1, " down ")) {
        ttm_tokens_remove(t, i, 1);
        ttm_tokens_put(t, i, "upside-down");
        t->token[i].kind = TTM_WORD_ADVERB;
    }
    /* "passes right through the wall" */
    if (ttm_token_in(t, i, " right straight ") && i && ttm_token_in(t, i + 1, " through into ") &&
        ttm_token_is(t, i - 1, TTM_WORD_ANY_VERB))
        ttm_tokens_remove(t, i, 1);
    /* "stays put" */
    if (ttm_token_in(t, i, " put ") && ttm_token_in(t, i - 1, " stay stays staying stayed "))
        t->token[i].kind = TTM_WORD_ADVERB;
    if (ttm_token_in(t, i, " all ") && ttm_token_in(t, i + 1, " by "))
        ttm_tokens_remove(t, i, 2);
    /* "white as snow" */
    if (ttm_token_in(t, i, " as ") && i &&
        ttm_token_is(t, i - 1, TTM_WORD_COLOUR | TTM_WORD_SIZE) && i + 1 < t->nb &&
        !t->token[i + 1].stop) {
        const int noun = i + 1 + ttm_token_is(t, i + 1, TTM_WORD_DETERMINER);

        if (noun + 1 >= t->nb || t->token[noun + 1].stop)
            ttm_tokens_remove(t, i, noun + 1 - i);
    }
}

/* When something happens, and what is left alone: "after a moment", "after being struck". */
static void read_time(TTMTokens *t, int i)
{
    /* "after a moment", "for a few seconds", "all by itself" */
    for (int k = i + 1; k < i + 4 && ttm_token_in(t, i, " after for in "); k++)
        if (ttm_token_in(t, k, " moment second seconds minute minutes bit beat instant ") &&
            ttm_token_is(t, i + 1, TTM_WORD_DETERMINER)) {
            ttm_tokens_remove(t, i, k + 1 - i);
            break;
        }
    /* "after being struck", "before the curtain goes up, a man sweeps" */
    if (ttm_token_in(t, i, " after before while when ") && ttm_token_in(t, i + 1, " being ")) {
        ttm_tokens_remove(t, i, stop_behind(t, i) - i);
    }
    if (ttm_token_begins(t, i) && ttm_token_in(t, i, " before after once ") &&
        ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
        for (int k = i + 2; k < t->nb && !t->token[k].stop; k++)
            if (ttm_form_is(t, k, TTM_FORM_THIRD) && ttm_is_noun(t, k - 1)) {
                ttm_tokens_remove(t, i, 1);
                break;
            }
    /* "if you look closely, you can see" */
    if (ttm_token_in(t, i, " if ") && ttm_token_in(t, i + 1, " you we ") &&
        stop_behind(t, i) < i + 6 && stop_behind(t, i) < t->nb)
        ttm_tokens_remove(t, i, stop_behind(t, i) - i);
    /* "leave everything else alone" */
    if (ttm_token_in(t, i, " leave leaving ") && ttm_token_in(t, i + 1, " everything everyone ")) {
        ttm_tokens_remove(t, i, stop_behind(t, i) - i);
    }
}

/* Clauses and words of a place: "a workshop where a cobbler works". */
static void read_where(TTMTokens *t, int i)
{
    /* "far below a hiker walks" */
    if (ttm_token_begins(t, i) && ttm_token_in(t, i, " far high just ") &&
        ttm_token_in(t, i + 1, " below above away behind ahead ") &&
        ttm_token_is(t, i + 2, TTM_WORD_DETERMINER) &&
        /* "high above the canyon soars a condor" */
        !(ttm_token_is(t, i + 4, TTM_WORD_ANY_VERB) &&
          ttm_token_is(t, i + 5, TTM_WORD_DETERMINER)))
        ttm_tokens_remove(t, i, 2);
    /* "a workshop where a cobbler works" */
    if (ttm_token_in(t, i, " where ") &&
        (ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) || ttm_token_in(t, i + 1, " only just ")))
        ttm_tokens_put(t, i, "while");
    /* "a flat on which a motorcyclist speeds" */
    if (ttm_token_is(t, i, TTM_WORD_PLACE) && ttm_token_in(t, i + 1, " which ") &&
        ttm_token_is(t, i + 2, TTM_WORD_DETERMINER)) {
        ttm_tokens_put(t, i, "while");
        ttm_tokens_remove(t, i + 1, 1);
    }
    /* "in the mirror we see a customer" */
    if (i && ttm_is_noun(t, i - 1) && ttm_token_in(t, i, " we you ") &&
        ttm_token_in(t, i + 1 + ttm_token_in(t, i + 1, " can "), " see ")) {
        ttm_tokens_remove(t, i + 1, 1 + ttm_token_in(t, i + 1, " can "));
        ttm_tokens_put(t, i, "");
        t->token[i].stop = ',';
    }
}

/* Short words that are another part of speech here: "both yawn", "behind her". */
static void read_function_word(TTMTokens *t, int i)
{
    /* "both yawn", "the dog it runs" */
    if (i && ttm_is_noun(t, i - 1) && !ttm_token_is(t, i - 1, TTM_WORD_PRONOUN) &&
        (ttm_token_in(t, i, " both ") ||
         (ttm_token_in(t, i, " he she it ") && !t->token[i - 1].kind)) &&
        ttm_token_is(t, i + 1, TTM_WORD_ANY_VERB | TTM_WORD_AUXILIARY))
        ttm_tokens_remove(t, i, 1);
    /* "no longer turns" */
    if (ttm_token_in(t, i, " no ") && ttm_token_in(t, i + 1, " longer ")) {
        ttm_tokens_put(t, i, "not");
        ttm_tokens_remove(t, i + 1, 1);
    }
    /* "goes on singing" */
    if (ttm_token_in(t, i, " on ") && ttm_token_in(t, i - 1, " go goes going went keep keeps ") &&
        ttm_form_is(t, i + 1, TTM_FORM_ING))
        ttm_tokens_remove(t, i, 1);
    /* "from 1910" is no number of things */
    if (i && t->token[i].word[0] >= '0' && t->token[i].word[0] <= '9' &&
        strlen(t->token[i].word) == 4 &&
        ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY))
        t->token[i].kind = 0;
    /* "a bus behind her drives off" */
    if (ttm_token_in(t, i, " her ") && ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY) &&
        (i + 1 >= t->nb || t->token[i + 1].stop ||
         ttm_form_is(t, i + 1, TTM_FORM_THIRD)))
        t->token[i].kind = 0;
}

void ttm_tokens_read_idioms(TTMTokens *t, int i)
{
    read_set_phrase(t, i);
    read_time(t, i);
    read_where(t, i);
    read_function_word(t, i);
    read_noun(t, i);
    read_short_is(t, i);
}

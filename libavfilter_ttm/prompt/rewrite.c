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

#include "prompt/nouns.h"

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
    if (token->kind & TTM_WORD_ANY_VERB)
        ttm_verb_find(&token->verb, word);
}

/* What does not move, in one token: a verb that says it. */
static void put_still(TTMTokens *t, int i)
{
    put_word(t, i, "stays");
    strcpy(t->token[i].word, "stays still");
}

/* The next verb before the sentence ends, or -1; "its back" and "on top" are none. */
static int find_verb(const TTMTokens *t, int i)
{
    for (; i < t->nb && t->token[i].stop != '.'; i++)
        if (ttm_token_is(t, i, TTM_WORD_ANY_VERB) &&
            !ttm_token_is(t, i - 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE))
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
    verb = find_verb(t, nor + 2);
    if (verb < 0)
        return;
    put_still(t, verb);
    put_word(t, nor, "and");
    remove_tokens(t, i, 1);
}

/* "keep the hills still": a clause of its own, and what follows it too */
static void read_keep(TTMTokens *t, int i)
{
    int end = i + 2;

    while (end < t->nb && !t->token[end].stop &&
           !ttm_token_is(t, end, TTM_WORD_SEPARATOR | TTM_WORD_ANY_VERB) && !ttm_token_in(t, end, " still "))
        end++;
    if (!ttm_token_in(t, end, " still static motionless frozen "))
        return;
    put_still(t, end);
    if (ttm_token_in(t, end + 1, " and but while ") && ttm_token_is(t, end + 2, TTM_WORD_VERB)) {
        put_word(t, end + 1, "");
        t->token[end + 1].stop = '.';
    }
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

/* "don't move the chair": a clause of its own */
static void read_forbidden(TTMTokens *t, int i)
{
    int end = i + 3;

    if (!ttm_token_in(t, i, " do ") || !ttm_token_in(t, i + 1, " not ") ||
        !ttm_token_in(t, i + 2, " move touch animate change shake ") ||
        end >= t->nb || t->token[end].stop ||
        ttm_token_is(t, end, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION |
                     TTM_WORD_PRONOUN | TTM_WORD_ADVERB | TTM_WORD_SEPARATOR))
        return;
    while (end < t->nb && !t->token[end].stop && !ttm_token_is(t, end, TTM_WORD_SEPARATOR))
        end++;
    if (end == i + 3)
        return;
    /* the three words make room for the one behind the noun phrase */
    memmove(&t->token[i], &t->token[i + 3], (size_t)(end - i - 3) * sizeof(t->token[0]));
    put_still(t, end - 3);
    remove_tokens(t, end - 2, 2);
}

/* "none of them is moving": they stay still */
static void read_none(TTMTokens *t, int i)
{
    int verb;

    if (!ttm_token_in(t, i + 1, " of ") || !ttm_token_in(t, i + 2, " them ") ||
        (verb = find_verb(t, i + 3)) < 0)
        return;
    put_word(t, i, "they");
    put_still(t, i + 1);
    remove_tokens(t, i + 2, verb - i - 1);
}

/* "the hamster's out", "the dog's barking": a short form of "is" */
static void read_short_is(TTMTokens *t, int i)
{
    TTMToken *token = &t->token[i];
    const size_t length = strlen(token->word);
    char owner[TTM_MAX_WORD];

    if (length < 4 || strcmp(token->word + length - 2, "'s") || t->nb == TTM_MAX_WORDS ||
        !(ttm_token_in(t, i + 1, " out away gone back up down off not about being going still ") ||
          (ttm_token_is(t, i + 1, TTM_WORD_ANY_VERB) && t->token[i + 1].verb.form == TTM_FORM_ING &&
           (i + 2 >= t->nb || t->token[i + 2].stop ||
            ttm_token_is(t, i + 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE | TTM_WORD_WAY |
                         TTM_WORD_DIRECTION | TTM_WORD_ADVERB | TTM_WORD_SEPARATOR)))))
        return;
    memmove(token + 2, token + 1, (size_t)(t->nb - i - 1) * sizeof(*token));
    t->nb++;
    memcpy(owner, token->word, length - 2);
    owner[length - 2] = 0;
    put_word(t, i, owner);
    put_word(t, i + 1, "is");
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
    /* "the front row ducks" */
    if (ttm_token_in(t, i, " front back ") && determined &&
        ttm_token_in(t, i + 1, " row rows door doors wheel wheels seat seats leg legs line "
                               "lines yard yards wall tire tires tyre tyres end "))
        t->token[i].kind = t->token[i + 1].kind = 0;
}

/* Set phrases that say nothing of a way: "one by one", "upside down". */
static void read_phrase(TTMTokens *t, int i)
{
    if (ttm_token_in(t, i + 1, " by after ") && ttm_token_in(t, i, " one two three side step "
                                                              "little inch bit ") &&
        (!strcmp(t->token[i].word, i + 2 < t->nb ? t->token[i + 2].word : "") ||
         (ttm_token_in(t, i, " one ") && ttm_token_in(t, i + 2, " another "))))
        for (int k = i; k < i + 3; k++) {
            t->token[k].kind = TTM_WORD_ADVERB;
            t->token[k].dropped = 1;
        }
    /* "after a moment", "for a few seconds", "all by itself" */
    for (int k = i + 1; k < i + 4 && ttm_token_in(t, i, " after for in "); k++)
        if (ttm_token_in(t, k, " moment second seconds minute minutes bit beat instant ") &&
            ttm_token_is(t, i + 1, TTM_WORD_DETERMINER)) {
            remove_tokens(t, i, k + 1 - i);
            break;
        }
    if (ttm_token_in(t, i, " all ") && ttm_token_in(t, i + 1, " by "))
        remove_tokens(t, i, 2);
    /* "far below a hiker walks" */
    if (begins(t, i) && ttm_token_in(t, i, " far high just ") &&
        ttm_token_in(t, i + 1, " below above away behind ahead ") &&
        ttm_token_is(t, i + 2, TTM_WORD_DETERMINER))
        remove_tokens(t, i, 2);
    /* "white as snow" */
    if (ttm_token_in(t, i, " as ") && i && ttm_token_is(t, i - 1, TTM_WORD_COLOUR | TTM_WORD_SIZE) &&
        i + 1 < t->nb && !t->token[i + 1].stop) {
        const int noun = i + 1 + ttm_token_is(t, i + 1, TTM_WORD_DETERMINER);

        if (noun + 1 >= t->nb || t->token[noun + 1].stop)
            remove_tokens(t, i, noun + 1 - i);
    }
    /* "a workshop where a cobbler works" */
    if (ttm_token_in(t, i, " where ") && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
        put_word(t, i, "while");
    /* "a bus behind her drives off" */
    if (ttm_token_in(t, i, " her ") && ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY) &&
        (i + 1 >= t->nb || t->token[i + 1].stop ||
         (ttm_token_is(t, i + 1, TTM_WORD_ANY_VERB) && t->token[i + 1].verb.form == TTM_FORM_THIRD)))
        t->token[i].kind = 0;
    if (ttm_token_in(t, i, " upside ") && ttm_token_in(t, i + 1, " down ")) {
        remove_tokens(t, i, 1);
        put_word(t, i, "upside-down");
        t->token[i].kind = TTM_WORD_ADVERB;
    }
    /* "stays put" */
    if (ttm_token_in(t, i, " put ") && ttm_token_in(t, i - 1, " stay stays staying stayed "))
        t->token[i].kind = TTM_WORD_ADVERB;
}

void ttm_tokens_rewrite(TTMTokens *t)
{
    for (int i = 0; i < t->nb; i++) {
        if (ttm_token_in(t, i, " please ") ||
            (begins(t, i) && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) &&
             ttm_token_in(t, i, " first finally next lastly meanwhile suddenly "))) {
            remove_tokens(t, i--, 1);
            continue;
        }
        read_phrase(t, i);
        read_noun(t, i);
        read_short_is(t, i);
        if ((ttm_token_in(t, i, " apart aside ") && ttm_token_in(t, i + 1, " from ")) ||
            (ttm_token_in(t, i, " other ") && ttm_token_in(t, i + 1, " than "))) {
            put_word(t, i, "except");
            remove_tokens(t, i + 1, 1);
        }
        /* "the boat so that it sails" */
        if (ttm_token_in(t, i, " so ") && ttm_token_in(t, i + 1, " that ") &&
            ttm_token_in(t, i + 2, " it they ") && i && !t->token[i - 1].stop &&
            !ttm_token_is(t, i - 1, TTM_WORD_ANY_VERB) && ttm_token_is(t, i + 3, TTM_WORD_ANY_VERB))
            remove_tokens(t, i, 3);
        if (ttm_token_in(t, i, " neither "))
            read_neither(t, i);
        if (!begins(t, i))
            continue;
        if (ttm_token_in(t, i, " none neither "))
            read_none(t, i);
        read_forbidden(t, i);
        if (ttm_token_in(t, i, " keep ") && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
            read_keep(t, i);
        read_inverted(t, i);
    }
}

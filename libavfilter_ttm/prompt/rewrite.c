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

#include "prompt/idioms.h"
#include "prompt/nouns.h"

/* What does not move, in one token: a verb that says it. */
static void put_still(TTMTokens *t, int i)
{
    ttm_tokens_put(t, i, "stays");
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
    ttm_tokens_put(t, nor, "and");
    ttm_tokens_remove(t, i, 1);
}

/* "keep the hills still": a clause of its own, and what follows it too */
static void read_keep(TTMTokens *t, int i)
{
    int end = i + 2;

    while (end < t->nb && !t->token[end].stop &&
           !ttm_token_is(t, end, TTM_WORD_SEPARATOR | TTM_WORD_ANY_VERB) &&
           !ttm_token_in(t, end, " still "))
        end++;
    if (!ttm_token_in(t, end, " still static motionless frozen "))
        return;
    put_still(t, end);
    if (ttm_token_in(t, end + 1, " and but while ") && ttm_token_is(t, end + 2, TTM_WORD_VERB)) {
        ttm_tokens_put(t, end + 1, "");
        t->token[end + 1].stop = '.';
    }
    ttm_tokens_remove(t, i, 1);
}

/* The end of the noun phrase that begins at i. */
static int phrase_end(const TTMTokens *t, int i)
{
    const int begin = i;

    while (i < t->nb && !t->token[i].stop &&
           !ttm_token_is(t, i, TTM_WORD_SEPARATOR | TTM_WORD_PLACE | TTM_WORD_WAY |
                         TTM_WORD_RELATIVE | TTM_WORD_AUXILIARY) &&
           !(ttm_token_is(t, i, TTM_WORD_ADVERB | TTM_WORD_DIRECTION) &&
             !ttm_token_is(t, i, TTM_WORD_POSITION | TTM_WORD_SIZE)) &&
           !(i > begin + 1 && ttm_token_is(t, i, TTM_WORD_VERB_FORM) &&
             !ttm_word_plural(t->token[i].word)))
        i++;
    return i;
}

/* Move the tokens [from, from + nb) to before token to, which is further behind. */
static void move_behind(TTMTokens *t, int from, int nb, int to)
{
    for (int k = 0; k < nb; k++) {
        const TTMToken token = t->token[from];

        memmove(&t->token[from], &t->token[from + 1],
                (size_t)(to - from - 1) * sizeof(t->token[0]));
        t->token[to - 1] = token;
    }
}

/*
 * "out comes a butler", "over the rooftops drifts a balloon": where, a verb and then a noun
 * phrase, which is put first.
 */
static void read_inverted(TTMTokens *t, int i)
{
    int verb = i, phrases = 0, end;

    if (ttm_token_in(t, i, " there here ") && ttm_token_is(t, i + 1, TTM_WORD_ANY_VERB)) {
        ttm_tokens_remove(t, i, 1);
    } else {
        while (ttm_token_in(t, verb, " high low far deep just right "))
            verb++;
        if (!ttm_token_is(t, verb, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION))
            return;
        for (verb++; verb < t->nb && !t->token[verb].stop; verb++) {
            phrases += ttm_token_is(t, verb, TTM_WORD_DETERMINER) &&
                       !ttm_token_is(t, verb - 1, TTM_WORD_DETERMINER);
            if (ttm_token_is(t, verb, TTM_WORD_SEPARATOR | TTM_WORD_AUXILIARY |
                             TTM_WORD_RELATIVE) || phrases > 2)
                return;
            if (ttm_token_is(t, verb, TTM_WORD_ANY_VERB) &&
                !ttm_token_is(t, verb - 1, TTM_WORD_DETERMINER | TTM_WORD_SIZE |
                              TTM_WORD_COLOUR) &&
                ttm_token_is(t, verb + 1, TTM_WORD_DETERMINER))
                break;
        }
        /* the noun of "over the rooftops" alone may stand before the verb */
        if (verb + 1 >= t->nb || t->token[verb].stop || phrases > 1 ||
            !(ttm_form_is(t, verb, TTM_FORM_THIRD) || ttm_form_is(t, verb, TTM_FORM_BASE)) ||
            ((t->token[verb].verb.flags & (TTM_VERB_MOVES_OTHER | TTM_VERB_MOVES_BOTH)) &&
             !(t->token[verb].verb.flags & TTM_VERB_KNOWN)))
            return;
    }
    if (t->token[i].stop || verb >= t->nb || !ttm_token_is(t, verb + 1, TTM_WORD_DETERMINER))
        return;
    end = phrase_end(t, verb + 1);
    move_behind(t, verb, 1, end);           /* the verb behind its subject */
    if (verb > i)
        move_behind(t, i, verb - i, end);   /* and where behind the verb */
}

/* "does so too": the phrase of the clause before it. */
static void read_likewise(TTMTokens *t, int i)
{
    int end;

    if (ttm_token_in(t, i, " so ") && ttm_token_in(t, i + 1, " do does did is are ") &&
        ttm_token_is(t, i + 2, TTM_WORD_DETERMINER)) {
        ttm_tokens_remove(t, i, 1);
        end = i + 2;
        while (end < t->nb && !t->token[end].stop &&
               !ttm_token_is(t, end, TTM_WORD_SEPARATOR | TTM_WORD_PLACE))
            end++;
        move_behind(t, i, 1, end);
        ttm_tokens_put(t, end - 1, "likewise");
    } else if (ttm_token_in(t, i, " do does did is are ") && ttm_token_in(t, i + 1, " too also ")) {
        ttm_tokens_put(t, i, "likewise");
        ttm_tokens_remove(t, i + 1, 1);
    }
}

/* "send the toboggan down the hill", "float the feather upwards", "can the portrait wink" */
static void read_imperative(TTMTokens *t, int i)
{
    const int end = phrase_end(t, i + 1);
    char word[TTM_MAX_WORD] = "";

    if (!ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) || end <= i + 2)
        return;
    if (ttm_token_in(t, i, " can could will would should may ")) {
        ttm_tokens_remove(t, i, 1);
    } else if (ttm_token_in(t, i, " bring ") && ttm_token_in(t, end, " to ") &&
               ttm_token_in(t, end + 1, " life ")) {
        ttm_tokens_remove(t, end, 2);
        ttm_tokens_remove(t, i, 1);
    } else if (ttm_token_in(t, i, " send bring get ") &&
               ttm_token_is(t, end, TTM_WORD_WAY | TTM_WORD_DIRECTION) && end < t->nb) {
        move_behind(t, i, 1, end);
        ttm_tokens_put(t, end - 1, "goes");
    } else if (ttm_token_in(t, i, " enter ") && ttm_token_in(t, i + 1, " a an ")) {
        move_behind(t, i, 1, end);
        ttm_tokens_put(t, end - 1, "enters");
    } else if (ttm_form_is(t, i, TTM_FORM_BASE) &&
               !(t->token[i].verb.flags & (TTM_VERB_MOVES_OTHER | TTM_VERB_MOVES_BOTH |
                                           TTM_VERB_FIXED)) &&
               ttm_token_is(t, end, TTM_WORD_WAY | TTM_WORD_DIRECTION) && end < t->nb) {
        move_behind(t, i, 1, end);
        ttm_word_third_person(t->token[end - 1].word, word, sizeof(word));
        ttm_tokens_put(t, end - 1, word);
    }
}

/* "don't move the chair": a clause of its own */
static void read_forbidden(TTMTokens *t, int i)
{
    int end = i + 3;

    if (!ttm_token_in(t, i, " do ") || !ttm_token_in(t, i + 1, " not ") ||
        !ttm_token_in(t, i + 2, " move touch animate change shake let ") ||
        end >= t->nb || t->token[end].stop ||
        ttm_token_is(t, end, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION |
                     TTM_WORD_PRONOUN | TTM_WORD_ADVERB | TTM_WORD_SEPARATOR))
        return;
    /* "let the vase move" */
    if (ttm_token_in(t, i + 2, " let "))
        for (end += 1 + ttm_token_is(t, end, TTM_WORD_DETERMINER);
             end < t->nb && !t->token[end].stop && !ttm_token_is(t, end, TTM_WORD_ANY_VERB); end++)
            ;
    while (end < t->nb && !t->token[end].stop && !ttm_token_is(t, end, TTM_WORD_SEPARATOR)) {
        if (ttm_token_in(t, i + 2, " let ") && ttm_token_is(t, end, TTM_WORD_ANY_VERB)) {
            ttm_tokens_remove(t, end, 1);
            break;
        }
        end++;
    }
    if (end == i + 3 || end > t->nb)
        return;
    /* the three words make room for the one behind the noun phrase */
    memmove(&t->token[i], &t->token[i + 3], (size_t)(end - i - 3) * sizeof(t->token[0]));
    put_still(t, end - 3);
    ttm_tokens_remove(t, end - 2, 2);
}

/* "none of them is moving": they stay still */
static void read_none(TTMTokens *t, int i)
{
    const int verb = find_verb(t, i + 3);

    if (!ttm_token_in(t, i + 1, " of ") || verb < 0)
        return;
    if (ttm_token_is(t, i + 2, TTM_WORD_DETERMINER)) {      /* "none of the sheep move" */
        put_still(t, verb);
        ttm_tokens_remove(t, i, 2);
        return;
    }
    if (!ttm_token_in(t, i + 2, " them "))
        return;
    ttm_tokens_put(t, i, "they");
    put_still(t, i + 1);
    ttm_tokens_remove(t, i + 2, verb - i - 1);
}

void ttm_tokens_rewrite(TTMTokens *t)
{
    for (int i = 0; i < t->nb; i++) {
        if (ttm_token_in(t, i, " please plz pls kindly ") ||
            (ttm_token_begins(t, i) && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) &&
             ttm_token_in(t, i, " first finally next lastly meanwhile suddenly "))) {
            ttm_tokens_remove(t, i--, 1);
            continue;
        }
        ttm_tokens_read_idioms(t, i);
        if (!ttm_token_begins(t, i))
            read_likewise(t, i);
        if ((ttm_token_in(t, i, " apart aside ") && ttm_token_in(t, i + 1, " from ")) ||
            (ttm_token_in(t, i, " other ") && ttm_token_in(t, i + 1, " than "))) {
            ttm_tokens_put(t, i, "except");
            ttm_tokens_remove(t, i + 1, 1);
        }
        /* "the boat so that it sails" */
        if (ttm_token_in(t, i, " so ") && ttm_token_in(t, i + 1, " that ") &&
            ttm_token_in(t, i + 2, " it they ") && i && !t->token[i - 1].stop &&
            !ttm_token_is(t, i - 1, TTM_WORD_ANY_VERB) && ttm_token_is(t, i + 3, TTM_WORD_ANY_VERB))
            ttm_tokens_remove(t, i, 3);
        if (ttm_token_in(t, i, " neither "))
            read_neither(t, i);
        if (!ttm_token_begins(t, i))
            continue;
        if (ttm_token_in(t, i, " none neither "))
            read_none(t, i);
        read_forbidden(t, i);
        read_likewise(t, i);
        read_imperative(t, i);
        if (ttm_token_in(t, i, " keep ") && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
            read_keep(t, i);
        read_inverted(t, i);
    }
}

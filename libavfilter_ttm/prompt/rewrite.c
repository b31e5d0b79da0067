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
        remove_tokens(t, i, 1);
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
        remove_tokens(t, i, 1);
        end = i + 2;
        while (end < t->nb && !t->token[end].stop &&
               !ttm_token_is(t, end, TTM_WORD_SEPARATOR | TTM_WORD_PLACE))
            end++;
        move_behind(t, i, 1, end);
        put_word(t, end - 1, "likewise");
    } else if (ttm_token_in(t, i, " do does did is are ") && ttm_token_in(t, i + 1, " too also ")) {
        put_word(t, i, "likewise");
        remove_tokens(t, i + 1, 1);
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
        remove_tokens(t, i, 1);
    } else if (ttm_token_in(t, i, " bring ") && ttm_token_in(t, end, " to ") &&
               ttm_token_in(t, end + 1, " life ")) {
        remove_tokens(t, end, 2);
        remove_tokens(t, i, 1);
    } else if (ttm_token_in(t, i, " send bring get ") &&
               ttm_token_is(t, end, TTM_WORD_WAY | TTM_WORD_DIRECTION) && end < t->nb) {
        move_behind(t, i, 1, end);
        put_word(t, end - 1, "goes");
    } else if (ttm_token_in(t, i, " enter ") && ttm_token_in(t, i + 1, " a an ")) {
        move_behind(t, i, 1, end);
        put_word(t, end - 1, "enters");
    } else if (ttm_form_is(t, i, TTM_FORM_BASE) &&
               !(t->token[i].verb.flags & (TTM_VERB_MOVES_OTHER | TTM_VERB_MOVES_BOTH |
                                           TTM_VERB_FIXED)) &&
               ttm_token_is(t, end, TTM_WORD_WAY | TTM_WORD_DIRECTION) && end < t->nb) {
        move_behind(t, i, 1, end);
        ttm_word_third_person(t->token[end - 1].word, word, sizeof(word));
        put_word(t, end - 1, word);
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
        while (end < t->nb && !t->token[end].stop && !ttm_token_is(t, end, TTM_WORD_ANY_VERB))
            end++;
    while (end < t->nb && !t->token[end].stop && !ttm_token_is(t, end, TTM_WORD_SEPARATOR)) {
        if (ttm_token_in(t, i + 2, " let ") && ttm_token_is(t, end, TTM_WORD_ANY_VERB)) {
            remove_tokens(t, end, 1);
            break;
        }
        end++;
    }
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
    const int verb = find_verb(t, i + 3);

    if (!ttm_token_in(t, i + 1, " of ") || verb < 0)
        return;
    if (ttm_token_is(t, i + 2, TTM_WORD_DETERMINER)) {      /* "none of the sheep move" */
        put_still(t, verb);
        remove_tokens(t, i, 2);
        return;
    }
    if (!ttm_token_in(t, i + 2, " them "))
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
          (ttm_form_is(t, i + 1, TTM_FORM_ING) && !ttm_token_is(t, i + 1, TTM_WORD_STYLE) &&
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
    /* "a grizzly backs away", "the top hat spins" */
    if (t->token[i].kind == TTM_WORD_ADVERB && determined &&
        (ttm_form_is(t, i + 1, TTM_FORM_THIRD) ||
         ttm_token_is(t, i + 1, TTM_WORD_AUXILIARY)))
        t->token[i].kind = 0;
    if (ttm_token_in(t, i, " top ") && ttm_token_in(t, i + 1, " hat hats "))
        t->token[i].kind = TTM_WORD_SIZE;
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
        ttm_token_is(t, i + 2, TTM_WORD_DETERMINER) &&
        /* "high above the canyon soars a condor" */
        !(ttm_token_is(t, i + 4, TTM_WORD_ANY_VERB) &&
          ttm_token_is(t, i + 5, TTM_WORD_DETERMINER)))
        remove_tokens(t, i, 2);
    /* "both yawn", "the dog it runs" */
    if (i && ttm_is_noun(t, i - 1) && !ttm_token_is(t, i - 1, TTM_WORD_PRONOUN) &&
        (ttm_token_in(t, i, " both ") ||
         (ttm_token_in(t, i, " he she it ") && !t->token[i - 1].kind)) &&
        ttm_token_is(t, i + 1, TTM_WORD_ANY_VERB | TTM_WORD_AUXILIARY))
        remove_tokens(t, i, 1);
    /* "no longer turns", "goes on singing", "if you look closely" */
    if (ttm_token_in(t, i, " no ") && ttm_token_in(t, i + 1, " longer ")) {
        put_word(t, i, "not");
        remove_tokens(t, i + 1, 1);
    }
    if (ttm_token_in(t, i, " on ") && ttm_token_in(t, i - 1, " go goes going went keep keeps ") &&
        ttm_form_is(t, i + 1, TTM_FORM_ING))
        remove_tokens(t, i, 1);
    if (ttm_token_in(t, i, " if ") && ttm_token_in(t, i + 1, " you we "))
        for (int k = i; k < i + 6 && k < t->nb; k++)
            if (t->token[k].stop) {
                remove_tokens(t, i, k - i);
                break;
            }
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
        if (ttm_token_in(t, i, " please plz pls kindly ") ||
            (begins(t, i) && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) &&
             ttm_token_in(t, i, " first finally next lastly meanwhile suddenly "))) {
            remove_tokens(t, i--, 1);
            continue;
        }
        read_phrase(t, i);
        read_noun(t, i);
        if (!begins(t, i))
            read_likewise(t, i);
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
        read_likewise(t, i);
        read_imperative(t, i);
        if (ttm_token_in(t, i, " keep ") && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
            read_keep(t, i);
        read_inverted(t, i);
    }
}

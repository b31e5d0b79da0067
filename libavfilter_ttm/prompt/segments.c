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


/** @file Segments of a sentence, and where the verb of each begins. */

#include "prompt/segments.h"

#include <string.h>

#include "prompt/nouns.h"
#include "prompt/openings.h"
#include "prompt/rewrite.h"

/* Back over "slowly" and "does not" to the first word of the verb phrase. */
static int phrase_begin(const TTMTokens *t, int begin, int i)
{
    while (i > begin && ttm_token_is(t, i - 1, TTM_WORD_ADVERB) &&
           !ttm_token_is(t, i - 1, TTM_WORD_ANY_VERB))
        i--;
    return i;
}

/* Whether the noun before the first place in [begin, i) is a plural: "kids in the hall". */
static int is_of_several(const TTMTokens *t, int begin, int i)
{
    for (int k = begin + 1; k < i; k++)
        if (ttm_token_is(t, k, TTM_WORD_PLACE | TTM_WORD_WAY) ||
            ttm_form_is(t, k, TTM_FORM_PAST))
            return ttm_word_plural(t->token[k - 1].word);
    return 0;
}

/* Whether a verb phrase may go on, or end, with token i. */
static int may_follow_verb(const TTMTokens *t, int i, int end)
{
    return i >= end || ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION |
                                    TTM_WORD_ADVERB | TTM_WORD_DETERMINER | TTM_WORD_BODY) ||
           ttm_token_in(t, i, " where ");
}

/* "kids in the hall whisper": a base form behind the place of a plural. */
static int is_behind_place(const TTMTokens *t, int begin, int i, int end)
{
    return ttm_is_noun(t, i - 1) && !ttm_token_is(t, i - 1, TTM_WORD_PRONOUN) &&
           may_follow_verb(t, i + 1, end) && is_of_several(t, begin, i);
}

typedef struct Candidates {
    int finite, participle, base, like;
} Candidates;

/* Whether the word before i is a plural, after which a base form is the verb. */
static int after_plural(const TTMTokens *t, int begin, int i)
{
    for (i--; i >= begin && ttm_token_is(t, i, TTM_WORD_ADVERB); i--)
        ;
    return i >= begin && (ttm_word_plural(t->token[i].word) ||
                          ttm_token_in(t, i, " they both you we i each other "
                                             "others all everyone "));
}

static void look_for_verbs(const TTMTokens *t, int begin, int end, int joined,
                           int with_and, Candidates *c)
{
    int nouns = 0;

    *c = (Candidates){ -1, -1, -1, -1 };
    for (int i = begin; i < end; i++) {
        int first = 1;

        for (int k = begin; k < i; k++)
            if (!ttm_token_is(t, k, TTM_WORD_ADVERB))
                first = 0;
        if (ttm_token_is(t, i, TTM_WORD_ANY_VERB | TTM_WORD_AUXILIARY | TTM_WORD_LIKE_VERB) &&
            (nouns || first || (i == begin + 1 &&
                                ttm_token_is(t, begin, TTM_WORD_PRONOUN))) &&
            !ttm_is_noun_between(t, i, begin, end, nouns)) {
            const int described = c->participle >= 0 && i == c->participle + 1 &&
                                  ttm_form_is(t, c->participle, TTM_FORM_ING);

            /* ", taking slow steps" */
            const int goes_on = joined && c->participle == begin &&
                                ttm_form_is(t, begin, TTM_FORM_ING);

            if (!goes_on && (ttm_token_is(t, i, TTM_WORD_AUXILIARY) ||
                             (ttm_form_is(t, i, TTM_FORM_THIRD) && !described))) {
                c->finite = i;
                return;
            }
            if ((ttm_form_is(t, i, TTM_FORM_ING) || ttm_form_is(t, i, TTM_FORM_PAST)) &&
                c->participle < 0)
                c->participle = i;
            else if (ttm_form_is(t, i, TTM_FORM_BASE) && c->base < 0 &&
                     !(c->like >= 0 && ttm_token_is(t, i, TTM_WORD_DIRECTION)) &&
                     (first || with_and || after_plural(t, begin, i) ||
                      is_behind_place(t, begin, i, end) ||
                      (i == begin + 1 &&
                       ttm_token_is(t, begin, TTM_WORD_PRONOUN))))
                c->base = i;
            else if (ttm_token_is(t, i, TTM_WORD_LIKE_VERB) && c->like < 0 &&
                     (!first || (joined && ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))))
                c->like = i;
        }
        if (ttm_is_noun(t, i))
            nouns++;
    }
    /*
     * A base form without plural, where nothing else is a verb: "(make) the dog jump". At the
     * begin of the text it is a noun, "a toy plane", and in "a model train, pulled by".
     */
    if (end + 1 < t->nb && t->token[end].stop == ',' &&
        (ttm_form_is(t, end + 1, TTM_FORM_PAST) ||
         ttm_token_is(t, end + 1, TTM_WORD_RELATIVE)))
        return;
    for (int i = begin + 1, seen = 0; i < end && c->base < 0 &&
         c->participle < 0 && c->like < 0 &&
         ttm_token_is(t, begin, begin ? TTM_WORD_DETERMINER | TTM_WORD_PRONOUN :
                      TTM_WORD_PRONOUN); i++) {
        seen += ttm_is_noun(t, i - 1);
        if (seen && ttm_form_is(t, i, TTM_FORM_BASE) &&
            !ttm_is_noun_between(t, i, begin, end, seen))
            c->base = i;
    }
}

/* "motorbike go to the right": as learners say it. -1: there is none. */
static int plain_verb(const TTMTokens *t, int begin, int end)
{
    static const char verbs[] = " go come move run walk jump fly fall make do swim dance spin turn "
                                "roll drive eat play sleep ";

    for (int i = begin + 1; i < end && i < begin + 3; i++)
        if (ttm_token_in(t, i, verbs) && ttm_is_noun(t, i - 1) &&
            may_follow_verb(t, i + 1, end))
            return i;
    return -1;
}

/* An unknown word behind a plural: "two glasses clink". -1: there is none. */
static int unknown_verb(const TTMTokens *t, int begin, int end)
{
    for (int i = begin + 1; i < end; i++) {
        if (ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY))
            return -1;
        if (!t->token[i].kind && ttm_is_noun(t, i - 1) && after_plural(t, begin, i) &&
            !ttm_word_plural(t->token[i].word) && may_follow_verb(t, i + 1, end))
            return i;
    }
    return -1;
}

static int first_of(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int find_verb(const TTMTokens *t, int begin, int end, int joined,
                     int with_and)
{
    Candidates c;
    int verb;

    /* ", stadium lights, dew drops": nothing happens in it */
    if (joined && !with_and && end == begin + 2 && !t->token[begin].kind &&
        ttm_token_in(t, end - 1, " lights drops rays sparks shadows streaks ") &&
        (end >= t->nb || t->token[end].stop))
        return -1;
    look_for_verbs(t, begin, end, joined, with_and, &c);
    verb = c.finite;
    if (verb < 0 && ttm_token_is(t, begin, TTM_WORD_PLACE) &&
        ttm_token_is(t, begin + 1, TTM_WORD_DETERMINER))
        return -1;                  /* "over a rough surface" */
    if (verb >= 0 && c.base >= 0 && c.base < verb && after_plural(t, begin, c.base) &&
        /* "the goods lift goes" */
        !(verb == c.base + 1 && ttm_form_is(t, verb, TTM_FORM_THIRD)))
        verb = c.base;
    /* "fans wrapped in flags walk out" */
    if (verb < 0 && c.participle > begin && c.base > c.participle + 1 &&
        ttm_form_is(t, c.participle, TTM_FORM_PAST) && after_plural(t, begin, c.participle) &&
        ttm_token_is(t, c.participle + 1, TTM_WORD_PLACE | TTM_WORD_WAY))
        verb = c.base;
    /* "she froths milk", "a barista froths milk" */
    if (verb < 0 && c.like >= 0 && c.base == c.like + 1 && c.participle < 0 &&
        (ttm_token_in(t, begin, " a an one another ") ||
         ttm_token_is(t, begin, TTM_WORD_PRONOUN | TTM_WORD_RELATIVE)))
        verb = c.like;
    if (verb < 0)
        verb = first_of(c.participle, c.base);
    if (verb < 0)
        verb = c.like;
    if (verb < 0)
        verb = unknown_verb(t, begin, end);
    if (verb < 0 && !joined)
        verb = plain_verb(t, begin, end);
    return verb < 0 ? -1 : phrase_begin(t, begin, verb);
}

/* "in a field a ball rolls": the subject begins at the second article. */
static int skip_leading_place(const TTMTokens *t, int begin, int end)
{
    int nouns = 0;

    if (!ttm_token_is(t, begin, TTM_WORD_PLACE))
        return begin;
    for (int i = begin + 1; i < end; i++) {
        if (nouns && ttm_token_is(t, i, TTM_WORD_DETERMINER) &&
            !ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY))
            return i;
        nouns += ttm_is_noun(t, i) || ttm_token_is(t, i, TTM_WORD_POSITION);
    }
    return begin;
}

/* The verb of a relative clause: "that chases", "whose apron is", "that the boy has". -1: none. */
static int relative_verb(const TTMTokens *t, int i, int end)
{
    const unsigned kinds = TTM_WORD_ANY_VERB | TTM_WORD_AUXILIARY | TTM_WORD_LIKE_VERB;
    int verb = ttm_next_word(t, i, end);

    if (ttm_token_is(t, verb, kinds) && !ttm_token_in(t, i, " whose whom "))
        return verb;
    if (!ttm_token_in(t, i, " whose whom ") && !ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
        return -1;
    for (verb = i + 2; verb < end; verb++)
        if (ttm_token_is(t, verb, kinds) && ttm_is_noun(t, verb - 1))
            return verb;
    return -1;
}

/* "a dog that chases a cat runs": the relative clause only describes. */
static void find_relative(const TTMTokens *t, TTMSegment *s)
{
    for (int i = s->begin + 1; i < s->end; i++) {
        int verb, later;

        if (s->verb >= 0 && s->verb < i)
            return;                 /* of something in the verb phrase */
        if (!ttm_token_is(t, i, TTM_WORD_RELATIVE) ||
            !(ttm_is_noun(t, i - 1) || ttm_token_is(t, i - 1, TTM_WORD_COLOUR |
                              TTM_WORD_DIRECTION | TTM_WORD_POSITION)) ||
            (verb = relative_verb(t, i, s->end)) < 0)
            continue;
        later = -1;
        for (int k = verb + 1; k < s->end && later < 0; k++) {
            int earlier = ttm_next_word(t, k - 1, s->end);

            if (earlier != k || ttm_token_is(t, k - 1, TTM_WORD_AUXILIARY))
                continue;
            if ((ttm_form_is(t, k, TTM_FORM_THIRD) ||
                 ttm_token_is(t, k, TTM_WORD_AUXILIARY)) &&
                !ttm_is_noun_between(t, k, verb, s->end, 1))
                later = k;
        }
        s->subject_end = i;
        s->verb = later >= 0 ? phrase_begin(t, verb + 1, later)
                             : phrase_begin(t, i + 1, verb);
        return;
    }
}

int ttm_segments_split(TTMTokens *t, TTMSegment segments[TTM_MAX_SEGMENTS])
{
    int i = 0, joined = 0, with_and = 0, then = 0, except = 0, nb = 0;

    ttm_tokens_rewrite(t);
    ttm_tokens_drop_openings(t);
    ttm_tokens_join_pairs(t);
    while (i < t->nb && nb < TTM_MAX_SEGMENTS) {
        TTMSegment *s = &segments[nb];
        const int is_except = ttm_token_in(t, i, " except but besides excluding ") &&
                              (i + 1 < t->nb) &&
                              !ttm_token_is(t, i + 1, TTM_WORD_PRONOUN);
        int end;

        if (t->token[i].stop || ttm_token_is(t, i, TTM_WORD_SEPARATOR) ||
            is_except) {
            const int is_and = ttm_token_in(t, i, " and ");

            with_and |= is_and;
            joined   |= t->token[i].stop == ',' || is_and;
            then     |= ttm_token_in(t, i, " then before after ");
            except   |= is_except && !ttm_token_in(t, i, " but ");
            /* "nothing moves but the dog" */
            except   |= ttm_token_in(t, i, " but ") && nb &&
                        ttm_token_in(t, segments[nb - 1].begin, " nothing ");
            if (t->token[i].stop == '.')
                joined = with_and = 0;
            i++;
            if (except && ttm_token_in(t, i, " for "))
                i++;
            continue;
        }
        for (end = i; end < t->nb && !t->token[end].stop &&
             !ttm_token_is(t, end, TTM_WORD_SEPARATOR) &&
             !ttm_token_in(t, end, " except besides excluding ") &&
             !(end > i && ttm_token_in(t, end, " before after ") &&
               (ttm_form_is(t, end + 1, TTM_FORM_ING) ||
                (ttm_token_in(t, end, " before ") &&
                 ttm_token_in(t, end + 1, " it they he she ") &&
                 ttm_token_is(t, end + 2, TTM_WORD_ANY_VERB)))); end++)
            ;
        i  = skip_leading_place(t, i, end);
        *s = (TTMSegment){ i, end, end, find_verb(t, i, end, joined, with_and), joined,
                           with_and, then, except };
        if (s->verb >= 0)
            s->subject_end = s->verb;
        find_relative(t, s);
        /* "feeds pigeons that hop": a clause about the object */
        for (int k = s->verb + 1; s->verb >= 0 && k + 1 < end; k++)
            if (ttm_token_in(t, k, " that which who whose ") && ttm_is_noun(t, k - 1) &&
                relative_verb(t, k, end) >= 0 &&
                (ttm_token_in(t, k, " whose ") ||
                 relative_verb(t, k, end) == ttm_next_word(t, k, end))) {
                if (ttm_token_in(t, k, " that "))
                    strcpy(t->token[k].word, "which");
                t->token[k].kind = ttm_word_class(t->token[k].word);
                s->end = end = k;
                break;
            }
        nb++;
        joined = ttm_token_is(t, end, TTM_WORD_RELATIVE);
        with_and = then = except = 0;
        i = end;
        if (ttm_token_in(t, i, " before after ")) {
            then = 1;
            i++;
        }
    }
    return nb;
}

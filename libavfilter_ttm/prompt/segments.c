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

#include "prompt/rewrite.h"

#define VERBS (TTM_WORD_VERB | TTM_WORD_VERB_FORM)

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

int ttm_is_noun_phrase(const TTMTokens *t, const TTMSegment *s)
{
    if (ttm_token_is(t, s->begin, TTM_WORD_PLACE | TTM_WORD_WAY |
                     TTM_WORD_DIRECTION | TTM_WORD_ADVERB) &&
        !(ttm_token_is(t, s->begin, TTM_WORD_POSITION) &&
          (ttm_is_noun(t, s->begin + 1) ||
           ttm_token_is(t, s->begin + 1, TTM_WORD_COLOUR | TTM_WORD_SIZE))))
        return 0;
    for (int i = s->begin; i < s->end; i++)
        if (ttm_is_noun(t, i))
            return 1;
    /* "the left (and the right ball)" */
    if (!ttm_token_is(t, s->begin, TTM_WORD_DETERMINER))
        return 0;
    for (int i = s->begin + 1; i < s->end; i++)
        if (!ttm_token_is(t, i, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION))
            return 0;
    return s->end > s->begin + 1;
}

static int form_is(const TTMTokens *t, int i, enum TTMVerbForm form)
{
    return ttm_token_is(t, i, VERBS) && t->token[i].verb.form == form;
}

/* The next token of a range that is no adverb. */
static int next_word(const TTMTokens *t, int i, int end)
{
    for (i++; i < end && ttm_token_is(t, i, TTM_WORD_ADVERB) &&
         !ttm_token_is(t, i, VERBS); i++)
        ;
    return i;
}

/* "wild ducks swim", "ocean waves are rolling": -s makes many things here. */
int ttm_is_noun_here(const TTMTokens *t, int i, int end)
{
    static const char going_on[] = " goes keeps starts begins comes continues lets makes "
                                   "stops tries likes gets ";
    int next = next_word(t, i, end);

    if (!form_is(t, i, TTM_FORM_THIRD) &&
        !ttm_token_is(t, i, TTM_WORD_LIKE_VERB))
        return 0;
    if (next >= end || ttm_token_in(t, i, going_on) ||
        ttm_token_is(t, i, TTM_WORD_AUXILIARY) ||
        ttm_token_is(t, next, TTM_WORD_DIRECTION | TTM_WORD_PLACE | TTM_WORD_WAY))
        return 0;
    return (form_is(t, next, TTM_FORM_BASE) &&
            !ttm_token_in(t, next, " open shut close free ")) ||
           ttm_token_in(t, next, " are were have do that who which ") ||
           (next == i + 1 && form_is(t, next, TTM_FORM_ING)) ||
           (next == i + 1 && form_is(t, next, TTM_FORM_THIRD));
}

/* Whether a verb's form at i is a noun or an adjective where it stands. */
static int is_noun_here(const TTMTokens *t, int i, int begin, int end, int nouns)
{
    if (i > begin && !nouns &&
        ttm_token_is(t, i - 1, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                     TTM_WORD_SIZE | TTM_WORD_PLACE | TTM_WORD_POSITION))
        return 1;
    /* "through waves", "with its rocking" */
    if (i > begin && nouns &&
        ttm_token_is(t, i - 1, TTM_WORD_PLACE | TTM_WORD_WAY |
                     TTM_WORD_DETERMINER) &&
        !(ttm_token_in(t, i - 1, " to ") && form_is(t, i, TTM_FORM_BASE) &&
          (i + 1 >= end || ttm_token_is(t, i + 1, TTM_WORD_PLACE | TTM_WORD_WAY |
                               TTM_WORD_DIRECTION | TTM_WORD_ADVERB |
                               TTM_WORD_DETERMINER))) &&
        !ttm_token_in(t, i - 1, " outside inside nearby out off around along "
                                "that both each all one ones other others another "
                                "couple pair "))
        return 1;
    return ttm_is_noun_here(t, i, end);
}

/* Back over "slowly" and "does not" to the first word of the verb phrase. */
static int phrase_begin(const TTMTokens *t, int begin, int i)
{
    while (i > begin && ttm_token_is(t, i - 1, TTM_WORD_ADVERB) &&
           !ttm_token_is(t, i - 1, VERBS))
        i--;
    return i;
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
        if (ttm_token_is(t, i, VERBS | TTM_WORD_AUXILIARY | TTM_WORD_LIKE_VERB) &&
            (nouns || first || (i == begin + 1 &&
                                ttm_token_is(t, begin, TTM_WORD_PRONOUN))) &&
            !is_noun_here(t, i, begin, end, nouns)) {
            const int described = c->participle >= 0 && i == c->participle + 1 &&
                                  form_is(t, c->participle, TTM_FORM_ING);

            /* ", taking slow steps" */
            const int goes_on = joined && c->participle == begin &&
                                form_is(t, begin, TTM_FORM_ING);

            if (!goes_on && (ttm_token_is(t, i, TTM_WORD_AUXILIARY) ||
                             (form_is(t, i, TTM_FORM_THIRD) && !described))) {
                c->finite = i;
                return;
            }
            if ((form_is(t, i, TTM_FORM_ING) || form_is(t, i, TTM_FORM_PAST)) &&
                c->participle < 0)
                c->participle = i;
            else if (form_is(t, i, TTM_FORM_BASE) && c->base < 0 &&
                     !(c->like >= 0 && ttm_token_is(t, i, TTM_WORD_DIRECTION)) &&
                     (first || with_and || after_plural(t, begin, i) ||
                      (i == begin + 1 &&
                       ttm_token_is(t, begin, TTM_WORD_PRONOUN))))
                c->base = i;
            else if (ttm_token_is(t, i, TTM_WORD_LIKE_VERB) && c->like < 0 &&
                     !first)
                c->like = i;
        }
        if (ttm_is_noun(t, i))
            nouns++;
    }
    /* a base form without plural, where nothing else is a verb */
    for (int i = begin + 1, seen = 0; i < end && c->base < 0 &&
         c->participle < 0 && c->like < 0 &&
         ttm_token_is(t, begin, TTM_WORD_DETERMINER | TTM_WORD_PRONOUN); i++) {
        seen += ttm_is_noun(t, i - 1);
        if (seen && form_is(t, i, TTM_FORM_BASE) &&
            !is_noun_here(t, i, begin, end, seen))
            c->base = i;
    }
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

    look_for_verbs(t, begin, end, joined, with_and, &c);
    verb = c.finite;
    if (verb < 0 && ttm_token_is(t, begin, TTM_WORD_PLACE) &&
        ttm_token_is(t, begin + 1, TTM_WORD_DETERMINER))
        return -1;                  /* "over a rough surface" */
    if (verb >= 0 && c.base >= 0 && c.base < verb &&
        after_plural(t, begin, c.base))
        verb = c.base;
    if (verb < 0)
        verb = first_of(c.participle, c.base);
    if (verb < 0)
        verb = c.like;
    return verb < 0 ? -1 : phrase_begin(t, begin, verb);
}

/* "in a field a ball rolls": the subject begins at the second article. */
static int skip_leading_place(const TTMTokens *t, int begin, int end)
{
    int nouns = 0;

    if (!ttm_token_is(t, begin, TTM_WORD_PLACE))
        return begin;
    for (int i = begin + 1; i < end; i++) {
        if (nouns && ttm_token_is(t, i, TTM_WORD_DETERMINER))
            return i;
        nouns += ttm_is_noun(t, i);
    }
    return begin;
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
            !ttm_token_is(t, next_word(t, i, s->end), VERBS | TTM_WORD_AUXILIARY |
                          TTM_WORD_LIKE_VERB))
            continue;
        verb  = next_word(t, i, s->end);
        later = -1;
        for (int k = verb + 1; k < s->end && later < 0; k++) {
            int earlier = next_word(t, k - 1, s->end);

            if (earlier != k || ttm_token_is(t, k - 1, TTM_WORD_AUXILIARY))
                continue;
            if ((form_is(t, k, TTM_FORM_THIRD) ||
                 ttm_token_is(t, k, TTM_WORD_AUXILIARY)) &&
                !is_noun_here(t, k, verb, s->end, 1))
                later = k;
        }
        s->subject_end = i;
        s->verb = later >= 0 ? phrase_begin(t, verb + 1, later)
                             : phrase_begin(t, i + 1, verb);
        return;
    }
}

/* Pairs of words that are one: their "and" does not separate. */
static void join_pairs(TTMTokens *t)
{
    static const char adjectives[] =
        " slow fast long short heavy gentle steady graceful careful quick smooth "
        "soft deep strong elegant rhythmic light calm measured wide old young "
        "sleek shiny fluffy furry cute beautiful wooden metallic majestic ";
    static const char *const pairs[][2] = {
        { "back", "forth" }, { "up", "down" }, { "left", "right" },
        { "to", "fro" }, { "in", "out" }, { "round", "round" },
        { "down", "up" }, { "right", "left" }, { "again", "again" },
        { "over", "over" }, { "forwards", "backwards" },
        { "forward", "backward" }, { "forward", "back" },
    };

    for (int i = 2; i + 1 < t->nb; i++)
        /* "a big, fluffy dog", "taking slow, deliberate steps" */
        if (t->token[i].stop == ',' &&
            (ttm_token_is(t, i - 1, TTM_WORD_SIZE | TTM_WORD_COLOUR) ||
             ttm_token_in(t, i - 1, adjectives)) &&
            (ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE) ||
             form_is(t, i - 2, TTM_FORM_ING)) &&
            !ttm_token_is(t, i + 1, TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR)) {
            memset(&t->token[i], 0, sizeof(t->token[i]));
            t->token[i].kind = TTM_WORD_SIZE;
        }
    for (int i = 1; i + 1 < t->nb; i++) {
        const unsigned placed = TTM_WORD_POSITION | TTM_WORD_COLOUR |
                                TTM_WORD_SIZE;

        /* "stays where it is" */
        if (ttm_token_in(t, i - 1, " where ") && ttm_token_in(t, i, " it they ") &&
            ttm_token_in(t, i + 1, " is are "))
            t->token[i + 1].kind = TTM_WORD_ADVERB;
        if (!ttm_token_in(t, i, " and "))
            continue;
        /* "the left and right meerkats" */
        if ((t->token[i - 1].kind & t->token[i + 1].kind & placed) &&
            (ttm_is_noun(t, i + 2) || ttm_token_is(t, i + 2, placed)) &&
            !ttm_token_is(t, i + 2, TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY) &&
            ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR |
                                   placed))
            t->token[i].kind = TTM_WORD_ADVERB;
        for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
            if (!strcmp(t->token[i - 1].word, pairs[k][0]) &&
                !strcmp(t->token[i + 1].word, pairs[k][1]) &&
                !ttm_is_noun(t, i + 2))
                t->token[i].kind = TTM_WORD_ADVERB;
        /* "a deliberate and controlled motion", "red and blue ball" */
        if (i > 1 && !t->token[i - 1].stop &&
            ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE) &&
            !ttm_token_is(t, i + 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE |
                          TTM_WORD_WAY | TTM_WORD_DIRECTION | TTM_WORD_PRONOUN |
                          TTM_WORD_ADVERB | TTM_WORD_AUXILIARY |
                          TTM_WORD_SEPARATOR) &&
            !form_is(t, i + 1, TTM_FORM_THIRD) &&
            !form_is(t, i + 1, TTM_FORM_BASE) && !t->token[i + 1].stop &&
            ttm_is_noun(t, i + 2) && !ttm_token_is(t, i + 2, VERBS) &&
            !ttm_token_is(t, i + 2, TTM_WORD_LIKE_VERB) &&
            !ttm_word_plural(t->token[i + 2].word) &&
            !ttm_token_is(t, i + 1, TTM_WORD_SIZE) &&
            (!ttm_token_is(t, i + 1, TTM_WORD_COLOUR) ||
             ttm_token_is(t, i - 1, TTM_WORD_COLOUR)))
            t->token[i].kind = TTM_WORD_COLOUR;
    }
}

static void make_stop(TTMTokens *t, int i)
{
    memset(&t->token[i], 0, sizeof(t->token[i]));
    t->token[i].stop = '.';
}

/* Openings that are no part of what happens: their tokens become stops. */
static void drop_openings(TTMTokens *t)
{
    for (int i = 0; i < t->nb; i++) {
        const int begins = !i || t->token[i - 1].stop ||
                           ttm_token_is(t, i - 1, TTM_WORD_SEPARATOR);
        int k = i;

        if (!begins)
            continue;
        if (ttm_token_in(t, k, " there here ") &&
            ttm_token_in(t, k + 1, " is are was were ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            continue;
        }
        if (ttm_token_in(t, k, " we you ") &&
            ttm_token_in(t, k + 1, " see can watch ")) {
            for (; k < i + 3 && ttm_token_in(t, k, " we you can see watch "); k++)
                make_stop(t, k);
            continue;
        }
        /* "the camera zooms in on a cat that sleeps" */
        for (int m = k; m < k + 4 && m < t->nb && !t->token[m].stop; m++)
            if (ttm_token_in(t, m, " camera shot view "))
                for (int n = m + 1; n < m + 7 && n + 1 < t->nb &&
                     !t->token[n].stop; n++)
                    if (ttm_token_in(t, n, " on onto around orbits circles follows "
                                            "tracks shows reveals follow track "
                                            "show reveal following tracking ") &&
                        ttm_token_is(t, n + 1, TTM_WORD_DETERMINER))
                        for (int q = k; q <= n; q++)
                            make_stop(t, q);
        if (t->token[k].stop)
            continue;
        if (ttm_token_in(t, k, " i we ") &&
            ttm_token_in(t, k + 1, " want would need ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            if (ttm_token_in(t, k + 2, " like want "))
                make_stop(t, k + 2);
            continue;
        }
        if (ttm_token_in(t, k, " make let have watch see show animate imagine get ") &&
            ttm_token_is(t, k + 1, TTM_WORD_DETERMINER)) {
            make_stop(t, k);
            continue;
        }
        /* "a video of", "cinematic close-up shot of", "the video shows" */
        for (; k < t->nb && k < i + 8 && !t->token[k].stop &&
             (ttm_token_is(t, k, TTM_WORD_STYLE) ||
              (!ttm_token_is(t, k, TTM_WORD_PLACE | TTM_WORD_SEPARATOR) &&
               !form_is(t, k, TTM_FORM_THIRD)));
             k++)
            ;
        if (k > i && k < t->nb && ttm_token_is(t, k - 1, TTM_WORD_STYLE) &&
            ttm_token_in(t, k, " of shows showing depicts depicting where "
                               "featuring features in which "))
            for (int m = i; m <= k; m++)
                make_stop(t, m);
    }
}

int ttm_segments_split(TTMTokens *t, TTMSegment segments[TTM_MAX_SEGMENTS])
{
    int i = 0, joined = 0, with_and = 0, then = 0, except = 0, nb = 0;

    ttm_tokens_rewrite(t);
    drop_openings(t);
    join_pairs(t);
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
               form_is(t, end + 1, TTM_FORM_ING)); end++)
            ;
        i  = skip_leading_place(t, i, end);
        *s = (TTMSegment){ i, end, end, find_verb(t, i, end, joined, with_and), joined,
                           with_and, then, except };
        if (s->verb >= 0)
            s->subject_end = s->verb;
        find_relative(t, s);
        nb++;
        joined = with_and = then = except = 0;
        i = end;
        if (ttm_token_in(t, i, " before after ")) {
            then = 1;
            i++;
        }
    }
    return nb;
}

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


/** @file Segments that only describe, and those that are about the picture. */

#include "prompt/parser.h"

/* "loaded", "newly hatched", "taking" */
static int is_participle(const TTMParser *p, int i)
{
    if (is(p, i, TTM_WORD_ADVERB) && !is(p, i, TTM_WORD_VERB_FORM))
        return is_participle(p, i + 1);
    if (is(p, i, TTM_WORD_LIKE_VERB))
        return ttm_word_ends(p->tokens.token[i].word, "ed") ||
               ttm_word_ends(p->tokens.token[i].word, "ing");
    return is(p, i, TTM_WORD_VERB_FORM) &&
           (p->tokens.token[i].verb.form == TTM_FORM_PAST ||
            p->tokens.token[i].verb.form == TTM_FORM_ING);
}

/*
 * Whether segment k is said of a part of what waits for its verb: "its lure glowing, sinks",
 * "arms outstretched, leaps".
 */
int ttm_segment_is_of_part(const TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];
    const int owned = in(p, s->begin, " its his her their ");
    const int verb = s->verb > s->begin ? s->verb :
                     is_participle(p, s->begin + 1) ? s->begin + 1 : s->end - 1;

    if (!s->joined || s->with_and || !(owned || is(p, s->begin, TTM_WORD_BODY)) ||
        verb <= s->begin || !is_participle(p, verb))
        return 0;
    for (k++; k < nb && p->segment[k].joined; k++)
        if (p->segment[k].verb == p->segment[k].begin)
            return 1;
    return 0;
}

/* "walks to the left, its bell ringing": what goes with it is no object of its own. */
int ttm_segment_is_aside(const TTMParser *p, int k)
{
    static const char parts[] =
        " wheel wheels turret panel panels light lights headlights sail sails propeller propellers "
        "rotor rotors blade blades oar oars engine engines lure siren bell bells flag flags door "
        "doors pennant string strings chain lantern bow ribbon ribbons petals leaves trunk shell "
        "spokes exhaust apron coat veil shirt trousers hat robe gown kimono sari jacket umbrella ";
    const TTMSegment *s = &p->segment[k];

    /* "not to the right", "one of them holding a fish" */
    if (s->joined && s->verb < 0 && in(p, s->begin, " not "))
        return 1;
    if (s->joined && !s->with_and && in(p, s->begin + 1, " of ") && in(p, s->begin + 2, " them ") &&
        is_participle(p, s->verb))
        return 1;
    if (!s->joined || s->with_and || s->verb <= s->begin || !is_participle(p, s->verb) ||
        p->waiting != p->clauses->nb || !p->clauses->nb)
        return 0;
    return is(p, s->begin, TTM_WORD_BODY) ||
           (in(p, s->begin, " its his her their ") &&
            (in(p, s->verb - 1, parts) || is(p, s->verb - 1, TTM_WORD_BODY)));
}

/* Whether segment k only describes, as the sentence goes on behind it. */
int ttm_segment_is_set_apart(const TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];

    return is_participle(p, s->verb) && k + 1 < nb && s[1].joined &&
           !s[1].with_and && s[1].verb == s[1].begin &&
           !is_participle(p, s[1].verb);
}

/* Whether a noun phrase without a verb shares the verb of a later segment. */
int ttm_segment_shares_verb(const TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];

    for (int i = k + 1; i < nb; i++) {
        const TTMSegment *next = &p->segment[i];

        if (!next->joined)
            return 0;
        if (is(p, next->begin, TTM_WORD_RELATIVE))
            return i == k + 1;
        if (ttm_segment_is_of_part(p, i, nb))
            continue;
        /* "the camel, loaded with bags, walks": a clause stands between */
        if (next->verb == next->begin && !next->with_and)
            return i > k + 1 || ttm_segment_is_set_apart(p, i, nb);
        if (next->verb < 0 && !ttm_is_noun_phrase(&p->tokens, next->begin, next->end) && i == k + 1)
            continue;
        if (next->verb < 0 && i + 1 < nb && next[1].verb == next[1].begin &&
            next[1].joined && i <= k + 2 &&
            !is(p, next->begin, TTM_WORD_DETERMINER))
            continue;
        if (next->verb >= 0)
            return next->subject_end > next->begin && (next->with_and || next->then) &&
                   is(p, s->begin, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                      TTM_WORD_SIZE | TTM_WORD_POSITION) >=
                   is(p, next->begin, TTM_WORD_DETERMINER);
        if (!ttm_is_noun_phrase(&p->tokens, next->begin, next->end))
            return 0;
    }
    return 0;
}

int ttm_segment_has_style(const TTMParser *p, const TTMSegment *s)
{
    for (int i = s->begin; i < s->end; i++)
        if (is(p, i, TTM_WORD_STYLE))
            return 1;
    return 0;
}

/* "an abandoned tricycle", "bowl of ramen on a counter": more than a word or two. */
int ttm_segment_is_description(const TTMParser *p, const TTMSegment *s)
{
    if (s->verb >= 0 || !ttm_is_noun_phrase(&p->tokens, s->begin, s->end) ||
        ttm_segment_has_style(p, s))
        return 0;
    for (int i = s->begin; i < s->end; i++)
        if (i + 1 < s->end && is(p, i, TTM_WORD_DETERMINER | TTM_WORD_SIZE | TTM_WORD_COLOUR |
                                       TTM_WORD_PLACE))
            return 1;
    return 0;
}

/* Words about the picture that are also verbs: "slow zoom in", "film grain". */
int ttm_segment_is_about_picture(const TTMParser *p, const TTMSegment *s)
{
    /* "jet skis zoom left" */
    if (in(p, s->verb, " zoom zooms zooming ") && s->verb > s->begin &&
        ttm_is_noun(&p->tokens, s->verb - 1) && !is(p, s->verb - 1, TTM_WORD_STYLE) &&
        !in(p, s->verb - 1, " slow fast crash quick "))
        return 0;
    if (is(p, s->verb, TTM_WORD_STYLE) &&
        !is(p, s->begin, TTM_WORD_DETERMINER | TTM_WORD_PRONOUN))
        return 1;
    for (int i = s->begin; i < s->end && s->verb == s->begin; i++) {
        if (is(p, i, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DETERMINER | TTM_WORD_DIRECTION))
            break;
        if (is(p, i, TTM_WORD_STYLE) && is(p, s->verb, TTM_WORD_VERB))
            return 1;               /* "slow motion" */
    }
    if (s->verb > s->begin + 1 && !is(p, s->verb - 1, TTM_WORD_STYLE))
        return 0;
    for (int i = s->begin; i < s->end && i < s->begin + 3; i++)
        if (in(p, i, " zoom zooms zooming pan pans panning dolly tracking camera "
                     "lens cinematic "))
            return 1;
    return 0;
}

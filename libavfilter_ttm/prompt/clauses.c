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


/**
 * @file
 * Clauses by rules: segments between conjunctions and punctuation, in each a
 * noun phrase and a verb phrase; a segment that has only a verb phrase goes
 * on with the last subject, one that has only a direction ("and down") goes
 * on with the last verb phrase.
 */

#include "prompt/clauses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt/append.h"
#include "prompt/prompts.h"
#include "prompt/parser.h"
#include "prompt/ways.h"
#include "util/mem.h"

/* A clause that leaves again. */
static void drop_clause(TTMClause *c)
{
    free(c->noun);
    free(c->name);
    free(c->description);
    free(c->subject);
    free(c->action);
    memset(c, 0, sizeof(*c));
}

/* "except the square": what everything else does, it does not. */
static int add_exception(TTMParser *p)
{
    const char *action = p->all_move ? "stays still" : "moves";

    for (int i = p->waiting; i < p->clauses->nb; i++) {
        TTMClause *c = &p->clauses->clause[i];

        if (ttm_text_append(&c->action, "", action) < 0)
            return TTM_ERR_MEMORY;
        c->act[0] = (TTMAct){ .motion = p->all_move ? TTM_MOTION_STILL
                                                    : TTM_MOTION_PLACE };
        c->known[0] = p->all_move;
        c->nb_acts  = 1;
    }
    p->last    = p->waiting;
    p->waiting = p->clauses->nb;
    return 0;
}

/* "the fox and the hare swap places": each with the other. */
static int pair_up(TTMParser *p, int first)
{
    TTMClause *c = &p->clauses->clause[first];

    for (int k = 0; k < 2; k++) {
        if (!c[k].nb_acts || c[k].act[0].motion != TTM_MOTION_SWAP ||
            *c[k].partner)
            continue;
        snprintf(c[k].partner, sizeof(c[k].partner), "%s", c[!k].noun);
        if (ttm_text_append(&c[k].action, " with the ", c[!k].noun) < 0)
            return TTM_ERR_MEMORY;
    }
    return 0;
}

/* A segment with a subject and a verb. */
static int add_sentence(TTMParser *p, const TTMSegment *s)
{
    TTMClauses *c = p->clauses;
    int ret = ttm_parser_add_subject(p, s->begin, s->subject_end);
    int made = c->nb;

    p->skipped = ret == 0;
    if (ret == 0) {
        TTMAct act;

        ttm_act_read(&act, &p->tokens, s->verb, s->end);
        p->all_move = act.motion != TTM_MOTION_STILL &&
                      !in(p, s->begin, " nothing nobody ");
    }
    for (int i = p->waiting; ret >= 0 && i < made; i++)
        ret = ttm_parser_give_act(p, &c->clause[i], s->verb, s->end, "and");
    p->last    = p->waiting;
    p->waiting = made;
    if (ret >= 0 && made == p->last + 2)
        ret = pair_up(p, p->last);
    if (ret >= 0)
        ret = ttm_parser_add_moved(p, s);
    /* what is moved is no subject of what follows, but needs no verb */
    p->waiting = c->nb;
    return ret < 0 ? ret : made;
}

/* A subject and a direction: the verb is the one before. */
static int add_gapped(TTMParser *p, const TTMSegment *s, int noun_end)
{
    const TTMClause *before = &p->clauses->clause[p->clauses->nb - 1];
    TTMClause *c = &p->clauses->clause[p->clauses->nb];
    int ret;

    if (!before->nb_acts || p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    ret = ttm_parser_add_subject(p, s->begin, noun_end);
    if (ret <= 0)
        return ret;
    p->last    = p->waiting;
    p->waiting = p->clauses->nb;
    if (in(p, s->end - 1, " likewise ")) {
        memcpy(c->act, before->act, sizeof(c->act));
        memcpy(c->known, before->known, sizeof(c->known));
        memcpy(c->partner, before->partner, sizeof(c->partner));
        c->nb_acts = before->nb_acts;
        return ttm_text_append(&c->action, "", before->action) < 0 ? TTM_ERR_MEMORY : 1;
    }
    c->act[0]   = before->act[0];
    c->act[0].x = c->act[0].y = 0;
    c->nb_acts  = 1;
    ttm_act_continue(&c->act[0], &p->tokens, noun_end, s->end);
    c->known[0] = before->known[0];
    ret = ttm_text_append(&c->action, "", before->act[0].said);
    return ret < 0 ? ret : ttm_parser_add_words(p, &c->action, noun_end, s->end);
}

/* A segment without a verb. */
static int add_phrase(TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];
    int ret;

    if (s->except && ttm_is_noun_phrase(&p->tokens, s->begin, s->end)) {
        ret = ttm_parser_add_subject(p, s->begin, s->end);
        if (ret > 0 && !(k + 1 < nb && is(p, s[1].begin, TTM_WORD_RELATIVE)))
            ret = add_exception(p);
        p->skipped = 0;
        return ret;
    }
    /* "the tall man walks left and the short man (to the) right" */
    if (s->joined && p->clauses->nb && p->waiting == p->clauses->nb &&
        (is(p, s->end - 1, TTM_WORD_DIRECTION) || ttm_word_pace(&p->tokens, s->end - 1) ||
         in(p, s->end - 1, " likewise ")) && !is(p, s->begin, TTM_WORD_PLACE |
                                                     TTM_WORD_WAY)) {
        int noun_end = s->end - 1;

        if (in(p, noun_end - 1, " the ") && in(p, noun_end - 2, " to towards "))
            noun_end -= 2;
        if (noun_end - 1 > s->begin &&
            (ttm_is_noun(&p->tokens, noun_end - 1) ||
             in(p, noun_end - 1, " other others one ones ")))
            return add_gapped(p, s, noun_end);
    }
    /* "the first domino falls, then the second" */
    if (s->joined && s->then && p->clauses->nb && p->waiting == p->clauses->nb &&
        s->end == s->begin + 2 && is(p, s->begin, TTM_WORD_DETERMINER) &&
        in(p, s->begin + 1, " second third fourth fifth last next other "))
        return add_gapped(p, s, s->end);
    /* "a photo of our dog: it runs" */
    if (!p->clauses->nb && k + 1 < nb && s[1].verb == s[1].begin + 1 &&
        in(p, s[1].begin, " it he she they ") && !ttm_segment_has_style(p, s) &&
        ttm_is_noun_phrase(&p->tokens, s->begin, s->end))
        return ttm_parser_add_subject(p, s->begin, s->end);
    if (ttm_is_noun_phrase(&p->tokens, s->begin, s->end))
        return ttm_segment_shares_verb(p, k, nb) ? ttm_parser_add_subject(p, s->begin, s->end) : 0;
    if (is(p, s->begin, TTM_WORD_PLACE) && is(p, s->begin + 1,
           TTM_WORD_DETERMINER)) {
        for (int i = s->begin; i < s->end; i++)
            if (is(p, i, TTM_WORD_POSITION)) {
                p->place     = s->begin;
                p->place_end = s->end;
            }
        return 0;
    }
    if (p->clauses->nb && p->waiting == p->clauses->nb && !p->skipped &&
        s->joined && !is(p, s->begin, TTM_WORD_PLACE) && !ttm_segment_has_style(p, s) &&
        is(p, s->begin, TTM_WORD_DIRECTION | TTM_WORD_WAY | TTM_WORD_ADVERB))
        return ttm_parser_continue(p, s, p->last);
    return 0;
}

/* A clause of the noun phrase [begin, end) of an earlier verb phrase, which has dropped it. */
static int add_named(TTMParser *p, int begin, int end, const TTMSegment *s)
{
    TTMClauses *c = p->clauses;
    int first = c->nb, ret;

    for (int i = begin; i < end; i++)
        p->tokens.token[i].dropped = 0;
    for (int i = 0; i < c->nb; i++)     /* "kicks a ball, and it rolls" */
        if (c->clause[i].moved && !strcmp(c->clause[i].noun, p->tokens.token[end - 1].word))
            first = i;
    ret = first < c->nb ? 1 : ttm_parser_add_subject(p, begin, end);
    if (ret > 0 && (ret = ttm_parser_give_act(p, &c->clause[first], s->verb, s->end, "and")) >= 0) {
        p->last    = first;
        p->waiting = c->nb;
        return 1;
    }
    return ret;
}

/* "walks past a woman, who waves", "lets go of the rope, which falls" */
static int add_named_last(TTMParser *p, const TTMSegment *s)
{
    TTMAct act;
    int from;

    if (!in(p, s->begin, " who which that ") ||
        !ttm_parser_last_phrase(p, s[-1].verb + 1, s[-1].end, &from))
        return 0;
    ttm_act_read(&act, &p->tokens, s->verb, s->end);
    if (!in(p, s->begin, " who ") && act.motion == TTM_MOTION_STILL)
        return 0;
    return add_named(p, from, s[-1].end, s);
}

/*
 * "the man lets go of the rope, and it falls", "she calls her cats, and they run": not who did
 * something before, but what was named with that.
 */
static int add_thing(TTMParser *p, const TTMSegment *s)
{
    const TTMClauses *c = p->clauses;
    const int it = in(p, s->begin, " it "), they = in(p, s->begin, " they ");
    const int he = in(p, s->begin, " he she ");
    int begin = s->begin, other = 0, from;

    for (int i = s->begin; i < s->end; i++)
        other |= in(p, i, " him her ");
    /* who did something before is meant if it can be */
    if (p->last >= c->nb || c->nb > p->last + 1 + (c->clause[c->nb - 1].moved != 0) ||
        !((it && (other || ttm_word_person(c->clause[p->last].noun))) ||
          (they && c->clause[p->last].count == 1) ||
          (he && !ttm_word_person(c->clause[p->last].noun))))
        return 0;
    while (begin && p->tokens.token[begin - 1].stop != '.')
        begin--;
    for (int end = s->begin; end > begin + 1; end--)
        if (ttm_is_noun(&p->tokens, end - 1) && !is(p, end - 1, TTM_WORD_BODY) &&
            (!they || ttm_word_plural(p->tokens.token[end - 1].word)) &&
            (!he || ttm_word_person(p->tokens.token[end - 1].word)) &&
            ttm_parser_last_phrase(p, begin, end, &from))
            return !strcmp(p->tokens.token[end - 1].word, c->clause[p->last].noun) ? 0 :
                   add_named(p, from, end, s);
    return 0;
}

static int goes_somewhere(const TTMParser *p, const TTMSegment *s)
{
    TTMAct act;

    ttm_act_read(&act, &p->tokens, s->verb, s->end);
    return act.motion != TTM_MOTION_STILL && act.motion != TTM_MOTION_PLACE;
}

/* "feeds the ducks, which swim left": a clause about the object; 0: none. */
static int add_relative(TTMParser *p, const TTMSegment *s)
{
    const TTMSegment *before = s - 1;
    TTMClauses *c = p->clauses;
    TTMAct act;
    int first = c->nb, ret = 1;

    if (s == p->segment || before->verb < 0)
        return 0;
    ttm_act_read(&act, &p->tokens, before->verb, before->end);
    if (act.verb < 0 || act.object >= act.object_end || act.object_end != before->end)
        return s->begin == before->end && !goes_somewhere(p, s) ? 1 : add_named_last(p, s);
    if (s->begin == before->end) {      /* no comma: "looks at a ball that is red" */
        TTMAct own;

        ttm_act_read(&own, &p->tokens, s->verb, s->end);
        if (own.only_is)
            return 1;
    }
    if (c->clause[c->nb - 1].moved)
        first--;
    else
        ret = ttm_parser_add_subject(p, act.object, act.object_end);
    if (ret > 0)
        ret = ttm_parser_give_act(p, &c->clause[first], s->verb, s->end, "and");
    p->last    = first;
    p->waiting = c->nb;
    return ret < 0 ? ret : c->nb > first;
}

static int build_clauses(TTMParser *p, int nb)
{
    TTMClauses *c = p->clauses;
    int last_end = 0;       /* clauses of the last subjects end here */

    for (int k = 0; k < nb; k++) {
        TTMSegment *s = &p->segment[k];
        const int pronoun = s->verb > s->begin &&
                            is(p, s->begin, TTM_WORD_PRONOUN) &&
                            s->verb <= s->begin + 2 &&
                            !is(p, s->begin + 1, TTM_WORD_POSITION |
                                                 TTM_WORD_COLOUR | TTM_WORD_SIZE) &&
                            (s->verb == s->begin + 1 ||
                             !ttm_is_noun(&p->tokens, s->begin + 1));
        int ret = 0, nb_all;

        if ((s->verb >= 0 && ttm_segment_is_about_picture(p, s)) ||
            (p->waiting < c->nb && ttm_segment_is_of_part(p, k, nb)) || ttm_segment_is_aside(p, k))
            continue;
        if (s->verb < 0) {
            ret = add_phrase(p, k, nb);
        } else if (s->subject_end > s->begin && !pronoun) {
            ret = add_sentence(p, s);
            last_end = ret;
        } else if (c->nb && p->waiting < c->nb && ttm_segment_is_set_apart(p, k, nb)) {
            continue;
        } else if (c->nb && p->waiting < c->nb) {
            /* "the square, which moves right" */
            for (int i = p->waiting; ret >= 0 && i < c->nb; i++)
                ret = ttm_parser_give_act(p, &c->clause[i], s->verb, s->end, "and");
            p->last    = p->waiting;
            p->waiting = last_end = c->nb;
            p->skipped = 0;
            if (ret >= 0) {
                ret = ttm_parser_add_moved(p, s);
                p->waiting = c->nb;
            }
        } else if (c->nb && s->joined && is(p, s->begin, TTM_WORD_RELATIVE) &&
                   (ret = add_relative(p, s)) != 0) {
            last_end = c->nb;
        } else if (c->nb && !p->skipped && pronoun && (ret = add_thing(p, s)) != 0) {
            last_end = c->nb;
        } else if (c->nb && !p->skipped && !s->joined && is(p, s->verb, TTM_WORD_VERB) &&
                   is(p, s->verb + 1, TTM_WORD_DETERMINER)) {
            /* "...; rotate the dish" */
            ret = ttm_parser_add_moved(p, s);
            p->last    = p->waiting;
            p->waiting = last_end = c->nb;
        } else if (c->nb && !p->skipped) {
            /* what was moved stands behind the subjects */
            nb_all = c->nb;
            c->nb  = last_end > p->last ? last_end : nb_all;
            ret    = ttm_parser_continue(p, s, p->last);
            c->nb  = nb_all;
            if (ret >= 0 && s->verb >= 0) {
                ret = ttm_parser_add_moved(p, s);
                if (p->waiting == nb_all)
                    p->waiting = c->nb;
            }
        } else if (!c->nb) {
            /* "spin the wheel" */
            ret = ttm_parser_add_moved(p, s);
            p->waiting = last_end = c->nb;
        }
        if (ret < 0)
            return ret;
    }
    /* "a boy on a swing": what is shown, of which nothing is said */
    if (!c->nb)
        for (int k = 0; k < nb && !c->nb; k++)
            if (ttm_segment_is_description(p, &p->segment[k])) {
                if (ttm_parser_add_subject(p, p->segment[k].begin, p->segment[k].end) < 0 ||
                    (c->nb && ttm_text_append(&c->clause[0].action, "", "stays still") < 0))
                    return TTM_ERR_MEMORY;
                c->clause[0].act[0]  = (TTMAct){ .motion = TTM_MOTION_STILL, .only_is = 1 };
                c->clause[0].nb_acts = c->nb;
                c->unsaid            = c->nb;
            }
    /* Subjects that never got a verb are no clauses. */
    while (c->nb && !c->clause[c->nb - 1].action)
        drop_clause(&c->clause[--c->nb]);
    return 0;
}

int ttm_clauses_parse(TTMClauses *clauses, const char *text)
{
    TTMParser *p = ttm_array_alloc(1, sizeof(*p));
    int ret;

    memset(clauses, 0, sizeof(*clauses));
    if (!p)
        return TTM_ERR_MEMORY;
    p->clauses = clauses;
    ttm_tokens_read(&p->tokens, text);
    ret = build_clauses(p, ttm_segments_split(&p->tokens, p->segment));
    clauses->cut = p->tokens.cut;
    free(p);
    if (ret < 0)
        ttm_clauses_free(clauses);
    return ret;
}

void ttm_clauses_free(TTMClauses *clauses)
{
    for (int i = 0; i < TTM_MAX_CLAUSES; i++)
        drop_clause(&clauses->clause[i]);
    memset(clauses, 0, sizeof(*clauses));
}

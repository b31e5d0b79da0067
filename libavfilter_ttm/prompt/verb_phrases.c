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


/** @file Verb phrases as clauses have them: without places, for one thing. */

#include "prompt/parser.h"

#include <stdio.h>
#include <string.h>

#include "prompt/append.h"

/* Phrases with a preposition of place that still say how something moves. */
static int is_motion_phrase(const TTMParser *p, int i, int end)
{
    static const char nouns[] =
        " place circle circles loop loops line spiral spirals zigzag arc "
        "arcs air spot axis itself side direction pendulum motion speed ";

    /* "comes in from the left" */
    if (in(p, i, " in ") && in(p, i + 1, " from "))
        return 1;
    if (in(p, i, " by past ") && i + 1 >= end)
        return 1;                   /* "rattles by" */
    /* "is knocked over by the cat", "turns on", "pulls a rabbit out of a hat" */
    if ((in(p, i, " over ") && in(p, i - 1, " knocked tipped pushed ")) ||
        (in(p, i, " on off ") && in(p, i - 1, " turn turns turning turned switch switches ") &&
         (i + 1 >= end || is(p, i + 1, TTM_WORD_ADVERB | TTM_WORD_PLACE))) ||
        (in(p, i, " of ") && in(p, i - 1, " out ")))
        return 1;
    /* "to a girl on the right" */
    for (int k = i - 1; k >= 0 && k >= i - 5 && in(p, i, " on at ") &&
         is(p, i + 2, TTM_WORD_POSITION); k--)
        if (in(p, k, " to towards toward "))
            return 1;
    /* "leaves on the left", "moves out slowly at the top", "behind the dog" */
    for (int k = i - 1; k >= 0 && k >= i - 4 && in(p, i, " on at "); k--)
        if (in(p, k, " leave leaves leaving exit exits exiting disappear "
                     "disappears disappearing vanishes frame out "))
            return is(p, i + 2, TTM_WORD_POSITION | TTM_WORD_DIRECTION);
    if (in(p, i - 1, " moves moving trails trailing runs running goes going ") &&
        in(p, i, " behind "))
        return 1;
    for (int k = i + 1; k < end && k <= i + 3; k++) {
        if (in(p, k, nouns))
            /* "in the open air" is a place */
            return !in(p, k, " air ") || k <= i + 2;
        if (is(p, k, TTM_WORD_PLACE | TTM_WORD_WAY))
            break;
    }
    return 0;
}

/* The places in the verb phrase [begin, end) are dropped from its words. */
void ttm_parser_drop_places(TTMParser *p, int begin, int end)
{
    for (int i = begin + 1; i < end; i++) {
        int from = i;

        if (!is(p, i, TTM_WORD_PLACE) || is_motion_phrase(p, i, end) ||
            in(p, i - 1, " the ") ||            /* "to the front" */
            is(p, i + 1, TTM_WORD_WAY) ||       /* "along to the left" */
            /* "moves over": a direction, not a place, at the end */
            (is(p, i, TTM_WORD_DIRECTION) && i + 1 == end)) {
            /* "in a circle on grass": only the phrase itself is kept */
            if (is(p, i, TTM_WORD_PLACE) && is_motion_phrase(p, i, end))
                while (i + 1 < end && !is(p, i + 1, TTM_WORD_PLACE))
                    i++;
            continue;
        }
        for (i++; i < end; i++)
            if (is(p, i, TTM_WORD_DIRECTION | TTM_WORD_WAY | TTM_WORD_ADVERB) &&
                !is(p, i - 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE))
                break;
        for (int k = from; k < i; k++)
            p->tokens.token[k].dropped = 1;
        i--;
    }
}

/*
 * The words of the verb phrase [begin, end) for a clause, in the form that goes
 * with one thing: "the ball and the kite move up" says of each that it moves up.
 */
static int add_action(TTMParser *p, TTMClause *clause, int begin, int end)
{
    TTMToken *verb;
    char said[TTM_MAX_WORD];
    int i = begin, ret;

    while (i + 1 < end && is(p, i, TTM_WORD_ADVERB))
        i++;
    verb = &p->tokens.token[i];
    memcpy(said, verb->word, sizeof(said));
    if (clause->count == 1 && !ttm_word_plural(clause->noun))
        ttm_word_third_person(said, verb->word, TTM_MAX_WORD);
    ret = ttm_parser_add_words(p, &clause->action, begin, end);
    memcpy(verb->word, said, sizeof(said));
    return ret;
}

/* "kicks a ball, and his brother runs after it": what the pronoun of a pair stands for. */
static void name_pronoun(const TTMParser *p, TTMClause *c, int pronoun)
{
    const int moved_first = in(p, pronoun, " it ");

    for (int pass = 0; pass < 2 && !*c->partner; pass++)
        for (const TTMClause *other = c - 1; other >= p->clauses->clause && !*c->partner; other--)
            if (other->noun && strcmp(other->noun, c->noun) &&
                (pass || !moved_first || other->moved) &&
                (in(p, pronoun, " them ") ? other->count != 1 : pass || other->count == 1))
                snprintf(c->partner, sizeof(c->partner), "%s", other->noun);
}

/* The noun that names the other one of a pair; the token of a pronoun instead, or -1. */
static int read_partner(const TTMParser *p, TTMClause *c, const TTMAct *act, int end)
{
    int begin = act->object, last = -1, with = act->motion != TTM_MOTION_SWAP;

    if (begin == act->object_end)
        begin = act->verb + 1;
    for (int i = begin; i < end; i++) {
        with |= in(p, i, " with ");         /* "swap places on the shelf" */
        if (with && ttm_is_noun(&p->tokens, i) &&
            !in(p, i, " places place positions position after "))
            last = i;
        if (last >= 0 && is(p, i + 1, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION))
            break;
    }
    if (last >= 0 && in(p, last, " it him her them ")) {
        name_pronoun(p, c, last);
        return *c->partner ? last : -1;
    }
    if (last > 0 && !strcmp(p->tokens.token[last].word, c->noun) &&
             is(p, last - 1, TTM_WORD_COLOUR | TTM_WORD_SIZE) &&
             strlen(p->tokens.token[last - 1].word) + strlen(c->noun) + 2 < TTM_MAX_WORD) {
        /* the other of that kind: "the big dog" */
        strcpy(c->partner, p->tokens.token[last - 1].word);
        strcat(strcat(c->partner, " "), c->noun);
    } else if (last >= 0 && !in(p, last, " other ")) {
        memcpy(c->partner, p->tokens.token[last].word, TTM_MAX_WORD);
    }
    return -1;
}

/* add_action(), with what a pronoun stands for said in its place: the text is read alone. */
static int add_named_action(TTMParser *p, TTMClause *c, int begin, int end, int pronoun)
{
    char *word = pronoun < 0 ? NULL : p->tokens.token[pronoun].word, said[TTM_MAX_WORD];
    int ret;

    if (!word || strlen(c->partner) + 5 > TTM_MAX_WORD)
        return add_action(p, c, begin, end);
    memcpy(said, word, sizeof(said));
    snprintf(word, TTM_MAX_WORD, "the %s", c->partner);
    ret = add_action(p, c, begin, end);
    memcpy(word, said, sizeof(said));
    return ret;
}

/* Give the verb phrase [begin, end) to clause c. */
int ttm_parser_give_act(TTMParser *p, TTMClause *c, int begin, int end,
                    const char *joint)
{
    TTMAct act;
    int pronoun = -1, ret = 0;

    ttm_act_read(&act, &p->tokens, begin, end);
    if (c->body && act.motion != TTM_MOTION_STILL) {
        act.motion = TTM_MOTION_PLACE;      /* arms rise, but stay at their body */
        act.x = act.y = act.guess = 0;
    }
    /* "and is red", "surrounded by trees" */
    if (c->action &&
        (act.only_is || (!act.passive && act.verb >= 0 &&
                         p->tokens.token[act.verb].verb.form == TTM_FORM_PAST &&
                         ((act.flags & TTM_VERB_DESCRIBES) ||
                          in(p, act.verb + 1, " by ")))))
        return 0;
    ttm_parser_drop_places(p, begin, end);
    if (act.motion == TTM_MOTION_FOLLOW || act.motion == TTM_MOTION_SWAP)
        pronoun = read_partner(p, c, &act, end);
    if (c->nb_acts < TTM_MAX_ACTS) {
        c->known[c->nb_acts] = !c->body &&
                               ttm_act_known(&act, &p->tokens, begin, end);
        if (c->nb_acts && c->act[0].only_is)
            c->nb_acts = 0;
        c->act[c->nb_acts++] = act;
    }
    if (c->action)
        ret = ttm_text_append(&c->action, " ", joint);
    return ret < 0 ? ret : add_named_action(p, c, begin, end, pronoun);
}

int ttm_parser_continue(TTMParser *p, const TTMSegment *s, int first)
{
    TTMClauses *c = p->clauses;
    const char *joint = s->then ? "and then" : "and";
    int ret = 0;

    for (int i = first; i < c->nb && ret >= 0; i++) {
        TTMClause *clause = &c->clause[i];

        if (s->verb >= 0) {
            ret = ttm_parser_give_act(p, clause, s->verb, s->end, joint);
            continue;
        }
        if (clause->nb_acts) {
            const int k = clause->nb_acts - 1;

            if (s->then && clause->nb_acts < TTM_MAX_ACTS) {
                clause->act[k + 1] = clause->act[k];
                clause->act[k + 1].x = clause->act[k + 1].y = 0;
                clause->nb_acts++;
            }
            ttm_act_continue(&clause->act[clause->nb_acts - 1], &p->tokens,
                             s->begin, s->end);
            clause->known[clause->nb_acts - 1] =
                clause->known[k] && ttm_act_known(&clause->act[clause->nb_acts - 1],
                                                  &p->tokens, s->begin, s->end);
        }
        ttm_parser_drop_places(p, s->begin, s->end);
        ret = ttm_text_append(&clause->action, " ", joint);
        if (ret >= 0)
            ret = ttm_parser_add_words(p, &clause->action, s->begin, s->end);
    }
    return ret;
}

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
#include "util/mem.h"

static int is(const TTMParser *p, int i, unsigned kinds)
{
    return ttm_token_is(&p->tokens, i, kinds);
}

static int in(const TTMParser *p, int i, const char *list)
{
    return ttm_token_in(&p->tokens, i, list);
}

/* Phrases with a preposition of place that still say how something moves. */
static int is_motion_phrase(const TTMParser *p, int i, int end)
{
    static const char nouns[] =
        " place circle circles loop loops line spiral spirals zigzag arc "
        "arcs air spot axis itself side direction pendulum motion speed ";

    /* "comes in from the left" */
    if (in(p, i, " in ") && in(p, i + 1, " from "))
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
static void drop_places(TTMParser *p, int begin, int end)
{
    for (int i = begin + 1; i < end; i++) {
        int from = i;

        if (!is(p, i, TTM_WORD_PLACE) || is_motion_phrase(p, i, end) ||
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

/* Words that name the other one of a pair. */
static void read_partner(TTMParser *p, TTMClause *c, const TTMAct *act, int end)
{
    int begin = act->object, last = -1;

    if (begin == act->object_end)
        begin = act->verb + 1;
    for (int i = begin; i < end; i++) {
        if (ttm_is_noun(&p->tokens, i) &&
            !in(p, i, " places place positions position after "))
            last = i;
        if (last >= 0 && is(p, i + 1, TTM_WORD_PLACE | TTM_WORD_WAY))
            break;
    }
    if (last >= 0 && !in(p, last, " other "))
        memcpy(c->partner, p->tokens.token[last].word, TTM_MAX_WORD);
}

/* Give the verb phrase [begin, end) to clause c. */
static int give_act(TTMParser *p, TTMClause *c, int begin, int end,
                    const char *joint)
{
    TTMAct act;
    int ret = 0;

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
    drop_places(p, begin, end);
    if (act.motion == TTM_MOTION_FOLLOW || act.motion == TTM_MOTION_SWAP)
        read_partner(p, c, &act, end);
    if (c->nb_acts < TTM_MAX_ACTS) {
        c->known[c->nb_acts] = !c->body &&
                               ttm_act_known(&act, &p->tokens, begin, end);
        if (c->nb_acts && c->act[0].only_is)
            c->nb_acts = 0;
        c->act[c->nb_acts++] = act;
    }
    if (c->action)
        ret = ttm_text_append(&c->action, " ", joint);
    return ret < 0 ? ret : add_action(p, c, begin, end);
}

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

static int continue_action(TTMParser *p, const TTMSegment *s, int first)
{
    TTMClauses *c = p->clauses;
    const char *joint = s->then ? "and then" : "and";
    int ret = 0;

    for (int i = first; i < c->nb && ret >= 0; i++) {
        TTMClause *clause = &c->clause[i];

        if (s->verb >= 0) {
            ret = give_act(p, clause, s->verb, s->end, joint);
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
        drop_places(p, s->begin, s->end);
        ret = ttm_text_append(&clause->action, " ", joint);
        if (ret >= 0)
            ret = ttm_parser_add_words(p, &clause->action, s->begin, s->end);
    }
    return ret;
}

/* Whether something is followed that goes itself, and that nothing else names. */
static int is_followed(const TTMParser *p, const TTMAct *act)
{
    static const char things[] =
        " path road trail street track line rules instructions rhythm beat music "
        "river target camera shape movement movements ";
    int head;

    if (act->motion != TTM_MOTION_FOLLOW || act->passive)
        return 0;
    head = ttm_parser_head(p, act->object, act->object_end);
    if (head < 0 || in(p, head, things) || is(p, head, TTM_WORD_PRONOUN) ||
        in(p, head, " other another "))
        return 0;
    for (int i = 0; i < p->clauses->nb; i++)
        if (!strcmp(p->clauses->clause[i].noun, p->tokens.token[head].word))
            return 0;
    return 1;
}

/* "makes the coin float up": what a subject makes do something; 0: nothing. */
static int add_caused(TTMParser *p, const TTMSegment *s, const TTMAct *act)
{
    if (!in(p, act->verb, " make makes making let lets letting watch watches "
                          "watching see sees have has "))
        return 0;
    for (int i = act->object + 1; i < act->object_end; i++) {
        TTMClause *c = &p->clauses->clause[p->clauses->nb];
        int ret;

        if (!is(p, i, TTM_WORD_VERB) || !ttm_is_noun(&p->tokens, i - 1))
            continue;
        ret = ttm_parser_add_subject(p, act->object, i);
        if (ret <= 0)
            return ret;
        c->moved = 1;
        return give_act(p, c, i, s->end, "and");
    }
    return 0;
}

/* What is hit stays, unless it is said where it goes: a drum, a ball. */
static const char hits[] =
    " hit hits hitting strike strikes striking knock knocks knocking tap taps "
    "tapping blow blows blowing beat beats beating punch punches punching sweep "
    "sweeps sweeping flick flicks flicking nudge nudges nudging smash smashes ";

/* What a subject kicks or pushes: "the ball is kicked to the left". */
static int add_moved_object(TTMParser *p, const TTMSegment *s)
{
    TTMAct act, own;
    TTMClause *c;
    TTMVerb verb;
    int ret, end = s->end;

    ttm_act_read(&act, &p->tokens, s->verb, s->end);
    if (act.verb >= 0 && p->clauses->nb < TTM_MAX_CLAUSES &&
        (ret = add_caused(p, s, &act)) != 0)
        return ret;
    if (act.verb < 0 || act.passive || act.object >= act.object_end ||
        !((act.flags & (TTM_VERB_MOVES_OTHER | TTM_VERB_MOVES_BOTH)) ||
          in(p, act.verb, hits) || is_followed(p, &act)))
        return 0;
    memset(&own, 0, sizeof(own));
    if (in(p, act.verb, hits)) {
        own.motion = TTM_MOTION_GO;
        ttm_act_continue(&own, &p->tokens, act.object_end, end);
        if (!own.x && !own.y)
            return 0;
        memset(&own, 0, sizeof(own));
    }
    /* "rides a wave" */
    for (int i = act.object; i < act.object_end; i++)
        if (is(p, i, TTM_WORD_SCENERY) && i + 1 == act.object_end)
            return 0;
    if (p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    c   = &p->clauses->clause[p->clauses->nb];
    ret = ttm_parser_add_subject(p, act.object, act.object_end);
    if (ret <= 0)
        return ret;
    /* the verb's own motion and the directions behind its object */
    ttm_verb_find(&verb, p->tokens.token[act.verb].word);
    own.motion = verb.motion == TTM_MOTION_FOLLOW || in(p, act.verb, hits)
                 ? TTM_MOTION_GO : verb.motion;
    own.pace   = verb.pace;
    own.verb   = act.verb;
    ttm_act_continue(&own, &p->tokens, act.object_end, end);
    own.passive   = 1;
    c->moved      = 1;
    c->act[0]     = own;
    c->nb_acts    = 1;
    if (ttm_text_append(&c->action, "", c->count == 1 ? "is" : "are") < 0)
        return TTM_ERR_MEMORY;
    {
        char past[TTM_MAX_WORD];

        ttm_word_past(p->tokens.token[act.verb].word, past, sizeof(past));
        if (ttm_text_append(&c->action, " ", past) < 0)
            return TTM_ERR_MEMORY;
    }
    drop_places(p, act.object_end - 1, end);
    return ttm_parser_add_words(p, &c->action, act.object_end, end);
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
        ret = give_act(p, &c->clause[i], s->verb, s->end, "and");
    p->last    = p->waiting;
    p->waiting = made;
    if (ret >= 0 && made == p->last + 2)
        ret = pair_up(p, p->last);
    if (ret >= 0)
        ret = add_moved_object(p, s);
    /* what is moved is no subject of what follows, but needs no verb */
    p->waiting = c->nb;
    return ret < 0 ? ret : made;
}

static int is_participle(const TTMParser *p, int i)
{
    return is(p, i, TTM_WORD_VERB_FORM) &&
           (p->tokens.token[i].verb.form == TTM_FORM_PAST ||
            p->tokens.token[i].verb.form == TTM_FORM_ING);
}

/* Whether segment k only describes, as the sentence goes on behind it. */
static int is_set_apart(const TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];

    return is_participle(p, s->verb) && k + 1 < nb && s[1].joined &&
           !s[1].with_and && s[1].verb == s[1].begin &&
           !is_participle(p, s[1].verb);
}

/* Whether a noun phrase without a verb shares the verb of a later segment. */
static int shares_verb(const TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];

    for (int i = k + 1; i < nb; i++) {
        const TTMSegment *next = &p->segment[i];

        if (!next->joined)
            return 0;
        if (is(p, next->begin, TTM_WORD_RELATIVE))
            return i == k + 1;
        /* "the camel, loaded with bags, walks": a clause stands between */
        if (next->verb == next->begin && !next->with_and)
            return i > k + 1 || is_set_apart(p, i, nb);
        if (next->verb < 0 && !ttm_is_noun_phrase(&p->tokens, next) && i == k + 1)
            continue;
        if (next->verb < 0 && i + 1 < nb && next[1].verb == next[1].begin &&
            next[1].joined && i <= k + 2 &&
            !is(p, next->begin, TTM_WORD_DETERMINER))
            continue;
        if (next->verb >= 0)
            return next->subject_end > next->begin && next->with_and &&
                   is(p, s->begin, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                      TTM_WORD_SIZE | TTM_WORD_POSITION) >=
                   is(p, next->begin, TTM_WORD_DETERMINER);
        if (!ttm_is_noun_phrase(&p->tokens, next))
            return 0;
    }
    return 0;
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
    c->act[0]   = before->act[0];
    c->act[0].x = c->act[0].y = 0;
    c->nb_acts  = 1;
    ttm_act_continue(&c->act[0], &p->tokens, noun_end, s->end);
    c->known[0] = before->known[0];
    p->last     = p->waiting;
    p->waiting  = p->clauses->nb;
    ret = ttm_text_append(&c->action, "", before->act[0].said);
    return ret < 0 ? ret : ttm_parser_add_words(p, &c->action, noun_end, s->end);
}

static int has_style(const TTMParser *p, const TTMSegment *s)
{
    for (int i = s->begin; i < s->end; i++)
        if (is(p, i, TTM_WORD_STYLE))
            return 1;
    return 0;
}

/* A segment without a verb. */
static int add_phrase(TTMParser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];
    int ret;

    if (s->except && ttm_is_noun_phrase(&p->tokens, s)) {
        ret = ttm_parser_add_subject(p, s->begin, s->end);
        if (ret > 0 && !(k + 1 < nb && is(p, s[1].begin, TTM_WORD_RELATIVE)))
            ret = add_exception(p);
        p->skipped = 0;
        return ret;
    }
    /* "the tall man walks left and the short man (to the) right" */
    if (s->joined && p->clauses->nb && p->waiting == p->clauses->nb &&
        is(p, s->end - 1, TTM_WORD_DIRECTION) && !is(p, s->begin, TTM_WORD_PLACE |
                                                     TTM_WORD_WAY)) {
        int noun_end = s->end - 1;

        if (in(p, noun_end - 1, " the ") && in(p, noun_end - 2, " to towards "))
            noun_end -= 2;
        if (noun_end - 1 > s->begin && ttm_is_noun(&p->tokens, noun_end - 1))
            return add_gapped(p, s, noun_end);
    }
    if (ttm_is_noun_phrase(&p->tokens, s))
        return shares_verb(p, k, nb) ? ttm_parser_add_subject(p, s->begin, s->end) : 0;
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
        s->joined && !is(p, s->begin, TTM_WORD_PLACE) && !has_style(p, s) &&
        is(p, s->begin, TTM_WORD_DIRECTION | TTM_WORD_WAY | TTM_WORD_ADVERB))
        return continue_action(p, s, p->last);
    return 0;
}

/* Words about the picture that are also verbs: "slow zoom in", "film grain". */
static int is_about_picture(const TTMParser *p, const TTMSegment *s)
{
    if (is(p, s->verb, TTM_WORD_STYLE) &&
        !is(p, s->begin, TTM_WORD_DETERMINER | TTM_WORD_PRONOUN))
        return 1;
    for (int i = s->begin; i < s->end && s->verb == s->begin; i++)
        if (is(p, i, TTM_WORD_STYLE) && is(p, s->verb, TTM_WORD_VERB) &&
            !is(p, s->begin + 1, TTM_WORD_DETERMINER))
            return 1;               /* "slow motion" */
    if (s->verb > s->begin + 1 && !is(p, s->verb - 1, TTM_WORD_STYLE))
        return 0;
    for (int i = s->begin; i < s->end && i < s->begin + 3; i++)
        if (in(p, i, " zoom zooms zooming pan pans panning dolly tracking camera "
                     "lens cinematic "))
            return 1;
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
    if (ret > 0)
        ret = give_act(p, &c->clause[first], s->verb, s->end, "and");
    if (ret <= 0)
        return ret;
    p->last    = first;
    p->waiting = c->nb;
    return 1;
}

/* "walks past a woman, who waves" */
static int add_person(TTMParser *p, const TTMSegment *s)
{
    int from;

    if (!in(p, s->begin, " who ") ||
        !ttm_parser_last_phrase(p, s[-1].verb + 1, s[-1].end, &from))
        return 0;
    return add_named(p, from, s[-1].end, s);
}

/*
 * "the man lets go of the rope, and it falls": not who did something before, but the thing
 * that was named with that.
 */
static int add_thing(TTMParser *p, const TTMSegment *s)
{
    static const char persons[] =
        " man woman boy girl child person lady gentleman guy kid toddler player worker chef "
        "astronaut dancer singer rider runner farmer fisherman soldier sailor teacher waiter "
        "painter king queen prince princess knight ";
    const TTMClauses *c = p->clauses;
    int begin = s->begin, other = 0, from;

    for (int i = s->begin; i < s->end; i++)
        other |= in(p, i, " him her ");
    if (!in(p, s->begin, " it ") || p->last >= c->nb ||
        !(other || ttm_word_in(persons, c->clause[p->last].noun,
                               strlen(c->clause[p->last].noun))))
        return 0;
    while (begin && p->tokens.token[begin - 1].stop != '.')
        begin--;
    for (int end = s->begin; end > begin + 1; end--)
        if (ttm_is_noun(&p->tokens, end - 1) && !is(p, end - 1, TTM_WORD_BODY) &&
            ttm_parser_last_phrase(p, begin, end, &from))
            return !strcmp(p->tokens.token[end - 1].word, c->clause[p->last].noun) ? 0 :
                   add_named(p, from, end, s);
    return 0;
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
        return add_person(p, s);
    if (c->clause[c->nb - 1].moved)
        first--;
    else
        ret = ttm_parser_add_subject(p, act.object, act.object_end);
    if (ret > 0)
        ret = give_act(p, &c->clause[first], s->verb, s->end, "and");
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

        if (s->verb >= 0 && is_about_picture(p, s))
            continue;
        if (s->verb < 0) {
            ret = add_phrase(p, k, nb);
        } else if (s->subject_end > s->begin && !pronoun) {
            ret = add_sentence(p, s);
            last_end = ret;
        } else if (c->nb && p->waiting < c->nb && is_set_apart(p, k, nb)) {
            continue;
        } else if (c->nb && p->waiting < c->nb) {
            /* "the square, which moves right" */
            for (int i = p->waiting; ret >= 0 && i < c->nb; i++)
                ret = give_act(p, &c->clause[i], s->verb, s->end, "and");
            p->last    = p->waiting;
            p->waiting = last_end = c->nb;
            p->skipped = 0;
        } else if (c->nb && s->joined && is(p, s->begin, TTM_WORD_RELATIVE) &&
                   (ret = add_relative(p, s)) != 0) {
            last_end = c->nb;
        } else if (c->nb && !p->skipped && pronoun && (ret = add_thing(p, s)) != 0) {
            last_end = c->nb;
        } else if (c->nb && !p->skipped) {
            /* what was moved stands behind the subjects */
            nb_all = c->nb;
            c->nb  = last_end > p->last ? last_end : nb_all;
            ret    = continue_action(p, s, p->last);
            c->nb  = nb_all;
        } else if (!c->nb) {
            /* "spin the wheel" */
            ret = add_moved_object(p, s);
            p->waiting = last_end = c->nb;
        }
        if (ret < 0)
            return ret;
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

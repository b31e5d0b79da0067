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


/** @file What a subject moves, makes move or follows: "kicks the ball". */

#include "prompt/parser.h"

#include <string.h>

#include "prompt/append.h"
#include "prompt/prompts.h"

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
        in(p, head, " other another it him her them us me "))
        return 0;
    for (int i = 0; i < p->clauses->nb; i++)
        if (!strcmp(p->clauses->clause[i].noun, p->tokens.token[head].word) &&
            /* "the small dog follows the big dog" */
            !(is(p, head - 1, TTM_WORD_COLOUR | TTM_WORD_SIZE) &&
              !strstr(p->clauses->clause[i].name, p->tokens.token[head - 1].word)))
            return 0;
    return 1;
}

/* "makes the coin float up": what a subject makes do something; 0: nothing. */
static int add_caused(TTMParser *p, const TTMSegment *s, const TTMAct *act)
{
    static const char told[] = " command commands commanding tell tells telling told order orders "
                               "ask asks asking teach teaches teaching help helps helping force "
                               "forces cause causes want wants urge urges ";

    /* "tells her son to wave" */
    if (in(p, act->verb, told) && in(p, act->object_end, " to ") &&
        act->object < act->object_end && is(p, act->object_end + 1, TTM_WORD_VERB)) {
        TTMClause *c = &p->clauses->clause[p->clauses->nb];
        int ret = ttm_parser_add_subject(p, act->object, act->object_end);

        if (ret <= 0)
            return ret;
        c->moved = 1;
        return ttm_parser_give_act(p, c, act->object_end + 1, s->end, "and");
    }
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
        return ttm_parser_give_act(p, c, i, s->end, "and");
    }
    return 0;
}

/* What is hit stays, unless it is said where it goes: a drum, a ball. */
static const char hits[] =
    " hit hits hitting strike strikes striking knock knocks knocking tap taps "
    "tapping blow blows blowing beat beats beating punch punches punching sweep "
    "sweeps sweeping flick flicks flicking nudge nudges nudging smash smashes flip flips "
    "flipping ";

/* What a subject kicks or pushes: "the ball is kicked to the left". */
int ttm_parser_add_moved(TTMParser *p, const TTMSegment *s)
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
    ttm_parser_drop_places(p, act.object_end - 1, end);
    return ttm_parser_add_words(p, &c->action, act.object_end, end);
}

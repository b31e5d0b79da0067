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

#include "prompt/prompts.h"
#include "prompt/segments.h"
#include "util/mem.h"

/* Subjects that are not one thing: "everything stays still". */
static const char forces[] = " wind breeze storm current gust gravity tide ";

static const char all_things[] = " everything everyone everybody nothing nobody "
                                 "something anything else rest ";

typedef struct Parser {
    TTMTokens tokens;
    TTMSegment segment[TTM_MAX_SEGMENTS];
    TTMClauses *clauses;
    int waiting;            /* first clause without a verb phrase yet */
    int last;               /* first clause of the last subjects */
    int skipped;            /* the last subject is not an object */
    int place, place_end;   /* tokens of "on the left," before its subject */
    int all_move;           /* "everything moves": except what stays */
} Parser;

static int is(const Parser *p, int i, unsigned kinds)
{
    return ttm_token_is(&p->tokens, i, kinds);
}

static int in(const Parser *p, int i, const char *list)
{
    return ttm_token_in(&p->tokens, i, list);
}

/* The words [begin, end) that are not dropped are appended. */
static int add_words(const Parser *p, char **text, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (!p->tokens.token[i].dropped && *p->tokens.token[i].word &&
            ttm_text_append(text, " ", p->tokens.token[i].word) < 0)
            return TTM_ERR_MEMORY;
    return 0;
}

/* Phrases with a preposition of place that still say how something moves. */
static int is_motion_phrase(const Parser *p, int i, int end)
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
static void drop_places(Parser *p, int begin, int end)
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
static int add_action(Parser *p, TTMClause *clause, int begin, int end)
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
    ret = add_words(p, &clause->action, begin, end);
    memcpy(verb->word, said, sizeof(said));
    return ret;
}

/* Words that name the other one of a pair. */
static void read_partner(Parser *p, TTMClause *c, const TTMAct *act, int end)
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
static int give_act(Parser *p, TTMClause *c, int begin, int end,
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

/* How many there are by the words before the head of a noun phrase. */
static int count_of(const Parser *p, int begin, int head)
{
    static const char *const numbers[] = {
        " one 1 a an another ", " two 2 both pair couple ", " three 3 trio ",
        " four 4 ", " five 5 ", " six 6 ", " seven 7 ", " eight 8 ",
    };

    for (int i = begin; i < head; i++)
        for (int k = 7; k >= 0; k--)
            if (in(p, i, numbers[k]) &&
                /* "both the red car and the blue car" */
                !(k == 1 && in(p, i, " both ") &&
                  !ttm_word_plural(p->tokens.token[head].word)) &&
                !(k == 0 && !in(p, i + 1, " of ") &&
                  ttm_word_plural(p->tokens.token[head].word)))
                return k + 1;
    return ttm_word_plural(p->tokens.token[head].word) &&
           !in(p, head, " fish sheep deer ") ? 0 : 1;
}

/* Where a noun phrase really begins: "slowly the", "a flock of". */
static int skip_quantity(const Parser *p, int begin, int end)
{
    static const char groups[] =
        " group flock herd pair couple pack school swarm bunch team lot set "
        "trio number dozens hundreds family series row line rest ";

    while (begin < end && (is(p, begin, TTM_WORD_ADVERB) &&
                           !is(p, begin, TTM_WORD_VERB)))
        begin++;
    for (int i = begin; i + 2 < end && i < begin + 3; i++)
        if (in(p, i + 1, " of ") && (in(p, i, groups) ||
            (i == begin && is(p, i, TTM_WORD_DETERMINER))))
            return i + 2;
    return begin;
}

/* The head of the noun phrase [begin, end), -1: there is none. */
static int find_head(const Parser *p, int begin, int end)
{
    int head = -1;

    for (int i = begin; i < end; i++)
        if (ttm_is_noun(&p->tokens, i) || (i + 1 == end && head < 0))
            head = i;
    return head;
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

/* Words of [begin, end) without those that say where the thing is. */
static int add_unplaced(Parser *p, char **text, int begin, int end, int head)
{
    int ret;

    for (int i = begin; i < end; i++)
        if (i != head && is(p, i, TTM_WORD_POSITION))
            p->tokens.token[i].dropped = 1;
    ret = add_words(p, text, begin, end);
    for (int i = begin; i < end; i++)
        p->tokens.token[i].dropped = 0;
    return ret;
}

/* The noun that "one", "the other" and "the red" stand for: an earlier one. */
static const char *borrowed_noun(const Parser *p, int end)
{
    /* "the red and the blue ball" */
    if (in(p, end, " and ") && is(p, end + 1, TTM_WORD_DETERMINER))
        for (int i = end + 2; i < end + 5 && i < p->tokens.nb; i++) {
            if (ttm_is_noun(&p->tokens, i))
                return p->tokens.token[i].word;
            if (!is(p, i, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION))
                break;
        }
    return p->clauses->nb ? p->clauses->clause[p->clauses->nb - 1].noun : NULL;
}

static int is_stand_in(const Parser *p, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (!is(p, i, TTM_WORD_DETERMINER | TTM_WORD_COLOUR | TTM_WORD_SIZE |
                      TTM_WORD_POSITION) && !in(p, i, " ones second first third "))
            return 0;
    return begin < end && !in(p, end - 1, " orange ");
}

/* Strings of a clause; noun overrides the head where it is not NULL. */
static int name_clause(Parser *p, TTMClause *c, int start, int core_end, int end,
                       int head, const char *noun)
{
    int name = start;

    if (noun && in(p, core_end - 1, " one ones ") && core_end - 1 > start)
        p->tokens.token[core_end - 1].word[0] = 0;
    while (name < (noun ? core_end : head) && is(p, name, TTM_WORD_DETERMINER))
        name++;
    if (add_unplaced(p, &c->subject, start, core_end, noun ? -1 : head) < 0 ||
        (noun ? ttm_text_append(&c->noun, "", noun)
              : add_words(p, &c->noun, head, head + 1)) < 0 ||
        add_unplaced(p, &c->name, name, core_end, noun ? -1 : head) < 0 ||
        add_words(p, &c->description, name, core_end) < 0)
        return TTM_ERR_MEMORY;
    if (noun && (ttm_text_append(&c->subject, " ", noun) < 0 ||
                 ttm_text_append(&c->name, " ", noun) < 0 ||
                 ttm_text_append(&c->description, " ", noun) < 0))
        return TTM_ERR_MEMORY;
    if (add_words(p, &c->description, core_end, end) < 0 ||
        (p->place_end > p->place &&
         add_words(p, &c->description, p->place, p->place_end) < 0))
        return TTM_ERR_MEMORY;
    p->place = p->place_end = 0;
    return 1;
}

/* Whether a noun phrase is about the picture and not a thing in it. */
static int is_no_thing(const Parser *p, int start, int head)
{
    if (is(p, head, TTM_WORD_STYLE) || in(p, head, all_things) ||
        in(p, head, forces))
        return 1;
    for (int i = start; i < head; i++)
        if (in(p, i, all_things))
            return 1;
    /* "its tail": what it belongs to has been named */
    return is(p, head, TTM_WORD_BODY) && start < head &&
           in(p, start, " its his her their ");
}

/* "left and right meerkats", "red and blue balls": one of either. */
static int find_two(const Parser *p, int start, int head)
{
    const unsigned kinds[] = { TTM_WORD_POSITION, TTM_WORD_COLOUR, TTM_WORD_SIZE };

    for (int i = start; i + 2 < head; i++)
        for (int k = 0; k < 3; k++)
            if (is(p, i, kinds[k]) && in(p, i + 1, " and ") &&
                is(p, i + 2, kinds[k]) &&
                ttm_word_plural(p->tokens.token[head].word))
                return i;
    return -1;
}

static int add_both(Parser *p, int start, int core_end, int end, int head, int two)
{
    TTMToken *t = p->tokens.token, saved[3], plural = t[head];

    memcpy(saved, t + two, sizeof(saved));
    ttm_word_singular(plural.word, t[head].word, TTM_MAX_WORD);
    for (int k = 0; k < 2; k++) {
        TTMClause *c = &p->clauses->clause[p->clauses->nb++];

        memcpy(t + two, saved, sizeof(saved));
        t[two + 1].word[0] = t[two + (k ? 0 : 2)].word[0] = 0;
        c->count = 1;
        if (name_clause(p, c, start, core_end, end, head, NULL) < 0)
            return TTM_ERR_MEMORY;
    }
    memcpy(t + two, saved, sizeof(saved));
    t[head] = plural;
    return 1;
}

/* A new clause with the subject of [begin, end): 1, or 0 if it is no object. */
static int add_subject(Parser *p, int begin, int end)
{
    TTMClause *c = &p->clauses->clause[p->clauses->nb];
    int start = skip_quantity(p, begin, end), core_end = end, head, two, nouns = 0;
    const char *noun = NULL;

    for (int i = start; i < end; i++)
        if (i > start && (is(p, i, TTM_WORD_PLACE | TTM_WORD_WAY) ||
                          (is(p, i, TTM_WORD_VERB_FORM) && nouns &&
                           !ttm_is_noun_here(&p->tokens, i, end)) ||
                          (is(p, i, TTM_WORD_RELATIVE) && nouns))) {
            core_end = i;
            break;
        } else {
            nouns += ttm_is_noun(&p->tokens, i);
        }
    if (is_stand_in(p, start, core_end))
        noun = borrowed_noun(p, core_end);
    head = find_head(p, start, core_end);
    if (head < 0 || p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    if (!noun && is_no_thing(p, start, head))
        return 0;
    two = find_two(p, start, head);
    if (two >= 0 && p->clauses->nb + 1 < TTM_MAX_CLAUSES)
        return add_both(p, start, core_end, end, head, two);
    p->clauses->nb++;
    c->count = count_of(p, begin, noun ? core_end - 1 : head);
    if (noun)
        c->count = in(p, start, " both ") ? 2 : 1;
    c->other = noun != NULL || in(p, start, " another ") ||
               in(p, start + 1, " other ");
    c->scenery = is(p, head, TTM_WORD_SCENERY) && !noun;
    c->body    = is(p, head, TTM_WORD_BODY) && !noun;
    return name_clause(p, c, start, core_end, end, head, noun);
}

static int continue_action(Parser *p, const TTMSegment *s, int first)
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
            ret = add_words(p, &clause->action, s->begin, s->end);
    }
    return ret;
}

/* Whether something is followed that goes itself, and that nothing else names. */
static int is_followed(const Parser *p, const TTMAct *act)
{
    static const char things[] =
        " path road trail street track line rules instructions rhythm beat music "
        "river target camera shape movement movements ";
    int head;

    if (act->motion != TTM_MOTION_FOLLOW || act->passive)
        return 0;
    head = find_head(p, act->object, act->object_end);
    if (head < 0 || in(p, head, things) || is(p, head, TTM_WORD_PRONOUN) ||
        in(p, head, " other another "))
        return 0;
    for (int i = 0; i < p->clauses->nb; i++)
        if (!strcmp(p->clauses->clause[i].noun, p->tokens.token[head].word))
            return 0;
    return 1;
}

/* "makes the coin float up": what a subject makes do something; 0: nothing. */
static int add_caused(Parser *p, const TTMSegment *s, const TTMAct *act)
{
    if (!in(p, act->verb, " make makes making let lets letting watch watches "
                          "watching see sees have has "))
        return 0;
    for (int i = act->object + 1; i < act->object_end; i++) {
        TTMClause *c = &p->clauses->clause[p->clauses->nb];
        int ret;

        if (!is(p, i, TTM_WORD_VERB) || !ttm_is_noun(&p->tokens, i - 1))
            continue;
        ret = add_subject(p, act->object, i);
        if (ret <= 0)
            return ret;
        c->moved = 1;
        return give_act(p, c, i, s->end, "and");
    }
    return 0;
}

/* What a subject kicks or pushes: "the ball is kicked to the left". */
static int add_moved_object(Parser *p, const TTMSegment *s)
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
          is_followed(p, &act)))
        return 0;
    /* "rides a wave" */
    for (int i = act.object; i < act.object_end; i++)
        if (is(p, i, TTM_WORD_SCENERY) && i + 1 == act.object_end)
            return 0;
    if (p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    c   = &p->clauses->clause[p->clauses->nb];
    ret = add_subject(p, act.object, act.object_end);
    if (ret <= 0)
        return ret;
    /* the verb's own motion and the directions behind its object */
    memset(&own, 0, sizeof(own));
    ttm_verb_find(&verb, p->tokens.token[act.verb].word);
    own.motion = verb.motion == TTM_MOTION_FOLLOW ? TTM_MOTION_GO : verb.motion;
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
    return add_words(p, &c->action, act.object_end, end);
}

/* "except the square": what everything else does, it does not. */
static int add_exception(Parser *p)
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
static int pair_up(Parser *p, int first)
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
static int add_sentence(Parser *p, const TTMSegment *s)
{
    TTMClauses *c = p->clauses;
    int ret = add_subject(p, s->begin, s->subject_end);
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

static int is_participle(const Parser *p, int i)
{
    return is(p, i, TTM_WORD_VERB_FORM) &&
           (p->tokens.token[i].verb.form == TTM_FORM_PAST ||
            p->tokens.token[i].verb.form == TTM_FORM_ING);
}

/* Whether segment k only describes, as the sentence goes on behind it. */
static int is_set_apart(const Parser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];

    return is_participle(p, s->verb) && k + 1 < nb && s[1].joined &&
           !s[1].with_and && s[1].verb == s[1].begin &&
           !is_participle(p, s[1].verb);
}

/* Whether a noun phrase without a verb shares the verb of a later segment. */
static int shares_verb(const Parser *p, int k, int nb)
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
static int add_gapped(Parser *p, const TTMSegment *s)
{
    const TTMClause *before = &p->clauses->clause[p->clauses->nb - 1];
    TTMClause *c = &p->clauses->clause[p->clauses->nb];
    int ret;

    if (!before->nb_acts || p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    ret = add_subject(p, s->begin, s->end - 1);
    if (ret <= 0)
        return ret;
    c->act[0]   = before->act[0];
    c->act[0].x = c->act[0].y = 0;
    c->nb_acts  = 1;
    ttm_act_continue(&c->act[0], &p->tokens, s->end - 1, s->end);
    c->known[0] = before->known[0];
    p->last     = p->waiting;
    p->waiting  = p->clauses->nb;
    ret = ttm_text_append(&c->action, "", before->act[0].said);
    return ret < 0 ? ret : add_words(p, &c->action, s->end - 1, s->end);
}

static int has_style(const Parser *p, const TTMSegment *s)
{
    for (int i = s->begin; i < s->end; i++)
        if (is(p, i, TTM_WORD_STYLE))
            return 1;
    return 0;
}

/* A segment without a verb. */
static int add_phrase(Parser *p, int k, int nb)
{
    const TTMSegment *s = &p->segment[k];
    int ret;

    if (s->except && ttm_is_noun_phrase(&p->tokens, s)) {
        ret = add_subject(p, s->begin, s->end);
        if (ret > 0 && !(k + 1 < nb && is(p, s[1].begin, TTM_WORD_RELATIVE)))
            ret = add_exception(p);
        p->skipped = 0;
        return ret;
    }
    /* "the tall man walks left and the short man right" */
    if (s->with_and && p->clauses->nb && p->waiting == p->clauses->nb &&
        is(p, s->end - 1, TTM_WORD_DIRECTION) && s->end - 2 > s->begin &&
        ttm_is_noun(&p->tokens, s->end - 2))
        return add_gapped(p, s);
    if (ttm_is_noun_phrase(&p->tokens, s))
        return shares_verb(p, k, nb) ? add_subject(p, s->begin, s->end) : 0;
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
static int is_about_picture(const Parser *p, const TTMSegment *s)
{
    if (is(p, s->verb, TTM_WORD_STYLE) &&
        !is(p, s->begin, TTM_WORD_DETERMINER | TTM_WORD_PRONOUN))
        return 1;
    if (s->verb > s->begin + 1 && !is(p, s->verb - 1, TTM_WORD_STYLE))
        return 0;
    for (int i = s->begin; i < s->end && i < s->begin + 3; i++)
        if (in(p, i, " zoom zooms zooming pan pans panning dolly tracking camera "
                     "lens cinematic "))
            return 1;
    return 0;
}

static int build_clauses(Parser *p, int nb)
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
    Parser *p = ttm_array_alloc(1, sizeof(*p));
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

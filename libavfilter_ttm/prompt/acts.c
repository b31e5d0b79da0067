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


/** @file Verb phrases: main verb, its object, directions and pace. */

#include "prompt/acts.h"

#include <stdio.h>
#include <string.h>

#include "prompt/ways.h"

static const char be_forms[] = " is are was were be been being am get gets got "
                               "gotten getting ";
/* Verbs that stand before what is really done: "comes running". */
static const char light_verbs[] =
    " go goes going come comes coming see sees seen saw try tries want wants "
    "need needs seem seems appear appears prepare prepares attempt attempts "
    "love loves like likes help helps spotted ";

static int is_verb(const TTMTokens *t, int i)
{
    return ttm_token_is(t, i, TTM_WORD_VERB | TTM_WORD_VERB_FORM);
}

static int skip_adverbs(const TTMTokens *t, int i, int end)
{
    while (i < end && ttm_token_is(t, i, TTM_WORD_ADVERB) && !is_verb(t, i))
        i++;
    return i;
}

/* Main verb of [begin, end), past auxiliaries; -1: only "is". */
static int main_verb(const TTMTokens *t, int begin, int end, int *negated,
                     int *passive)
{
    int be = 0, i = begin;

    *negated = *passive = 0;
    for (; i < end; i++) {
        int next;

        if (ttm_token_in(t, i, " not never no longer without ")) {
            *negated = 1;
            continue;
        }
        if (ttm_token_in(t, i, be_forms) && !ttm_token_is(t, i, TTM_WORD_VERB |
                         TTM_WORD_VERB_FORM)) {
            be = 1;
            continue;
        }
        /* "does a flip", "has a hat" */
        if (ttm_token_in(t, i, " do does did has have had ") && is_verb(t, i) &&
            i + 1 < end && !is_verb(t, i + 1) &&
            (ttm_token_is(t, i + 1, TTM_WORD_DETERMINER) ||
             !ttm_token_is(t, i + 1, TTM_WORD_ADVERB | TTM_WORD_AUXILIARY |
                           TTM_WORD_PRONOUN | TTM_WORD_LIKE_VERB)))
            return i;
        if (ttm_token_in(t, i, " refuse refuses refused fail fails failed ") &&
            ttm_token_in(t, i + 1, " to ")) {
            *negated = 1;
            continue;
        }
        if (ttm_token_is(t, i, TTM_WORD_AUXILIARY) ||
            ttm_token_in(t, i, " to about busy ") ||
            (ttm_token_is(t, i, TTM_WORD_ADVERB) && !is_verb(t, i)))
            continue;
        if (!is_verb(t, i)) {
            if (ttm_token_is(t, i, TTM_WORD_LIKE_VERB))
                return i;
            return be || i > begin ? -1 : i;
        }
        next = skip_adverbs(t, i + 1, end);
        if (ttm_token_in(t, i, light_verbs) &&
            ((next < end && is_verb(t, next) &&
              t->token[next].verb.form == TTM_FORM_ING) ||
             (ttm_token_in(t, next, " to ") && is_verb(t, next + 1) &&
              next + 1 < end)))
            continue;
        *passive = be && t->token[i].verb.form == TTM_FORM_PAST;
        /* "gets thrown" */
        if (ttm_token_in(t, i, " get gets getting ") && is_verb(t, next) &&
            next < end && t->token[next].verb.form == TTM_FORM_PAST) {
            *passive = 1;
            return next;
        }
        return i;
    }
    return -1;
}

static int goes(enum TTMMotion motion)
{
    return motion == TTM_MOTION_GO || motion == TTM_MOTION_ENTER ||
           motion == TTM_MOTION_LEAVE;
}

/* The noun phrase right behind the verb. */
static void find_object(TTMAct *act, const TTMTokens *t, int end)
{
    int i = skip_adverbs(t, act->verb + 1, end);

    act->object = act->object_end = i;
    /* "runs after the dog", "moves behind it" */
    if (goes(act->motion) &&
        (ttm_token_in(t, i, " after ") ||
         (ttm_token_in(t, i, " behind ") && (act->flags & TTM_VERB_KNOWN)))) {
        act->motion = TTM_MOTION_FOLLOW;
        act->flags &= ~(unsigned)TTM_VERB_MOVES_OTHER;
        i++;
    }
    if (ttm_token_in(t, i, " up down off out away over ") &&
        ttm_token_in(t, i + 1, " its his her their "))
        i++;                        /* "picks up its toy" */
    if (!ttm_starts_object(t, i, end))
        return;
    act->object = i;
    while (i < end && !t->token[i].stop) {
        int inside = ttm_token_is(t, i, TTM_WORD_POSITION | TTM_WORD_COLOUR |
                                        TTM_WORD_SIZE | TTM_WORD_DETERMINER) &&
                     i + 1 < end && ttm_starts_object(t, i + 1, end);

        if (!inside && i > act->object &&
            ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_ADVERB |
                         TTM_WORD_DIRECTION | TTM_WORD_AUXILIARY |
                         TTM_WORD_RELATIVE | TTM_WORD_SEPARATOR))
            break;
        i++;
    }
    act->object_end = i;
}

static int has_body(const TTMTokens *t, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (ttm_token_is(t, i, TTM_WORD_BODY))
            return 1;
    return 0;
}

/* Put together what the verb is and what was said behind it. */
static void combine(TTMAct *a, TTMWays *w, const TTMTokens *t)
{
    const int fixed = (a->flags & TTM_VERB_FIXED) != 0;
    const char *verb = a->verb >= 0 ? t->token[a->verb].word : "";
    const int turn = ttm_word_in(" turn turns turning turned ", verb, strlen(verb));
    const int shake = w->shake && !w->x && !w->y;
    const int flies = ttm_word_in(" fly flies flying flew shoot shoots shooting ",
                                  verb, strlen(verb));
    const int pushes = ttm_word_in(" push pushes pushing pull pulls pulling tug "
                                   "tugs tugging shove shoves shoving ", verb,
                                   strlen(verb));
    int vertical = 1;

    if (w->pace)
        a->pace = w->pace;
    /* "speeds up" is no way up, "speeds up the hill" is; what moves nowhere moves where it is */
    if ((a->verb < 0 || !ttm_token_in(t, a->verb + 1, " up down ") ||
         !ttm_token_is(t, a->verb + 2, TTM_WORD_DETERMINER)) &&
        ttm_word_in(" speed speeds speeding sped slow slows slowing slowed ", verb,
                    strlen(verb)))
        vertical = 0;
    /* "sneaks up on a hen" */
    if (a->verb >= 0 && ttm_token_in(t, a->verb + 1, " up ") &&
        ttm_token_in(t, a->verb + 2, " on ") &&
        ttm_word_in(" sneak sneaks sneaking creep creeps creeping ", verb, strlen(verb)))
        vertical = 0;
    if (a->motion == TTM_MOTION_GO && !w->x && !(w->y && vertical) && !w->ahead &&
        !w->closer && !w->away && !w->off && !w->around &&
        !w->circle && !shake &&
        (w->up_and_down ||
         (!a->passive && a->object == a->object_end && !flies &&
          ((a->flags & TTM_VERB_MOVES_OTHER) || pushes))))
        a->motion = TTM_MOTION_PLACE;
    /* "gulls wheel overhead", but "wheels a cart" */
    if (a->motion == TTM_MOTION_GO && !a->passive && a->object == a->object_end && !w->x &&
        !w->y && ttm_word_in(" wheel wheels wheeling wheeled ", verb, strlen(verb)))
        a->motion = TTM_MOTION_CIRCLE;
    if (a->motion == TTM_MOTION_JUMP && w->away)
        a->motion = TTM_MOTION_AWAY;
    /* "floats away", but not "looks away" */
    if (a->motion == TTM_MOTION_PLACE && !fixed && w->away && !w->x && !w->y)
        a->motion = TTM_MOTION_AWAY;
    /* "the defender tumbles", "coins tumble out" */
    if (a->motion == TTM_MOTION_ROLL && !w->x && !w->y && !w->ahead &&
        ttm_word_in(" tumble tumbles tumbling tumbled ", verb, strlen(verb)))
        a->motion = TTM_MOTION_FALL;
    /* "the bus departs", "disappears into the distance" */
    if (a->motion == TTM_MOTION_LEAVE && !w->x && !w->y &&
        (w->away || ttm_word_in(" depart departs departing departed ", verb, strlen(verb))))
        a->motion = TTM_MOTION_AWAY;
    /* "trams rattle by" */
    if (a->motion == TTM_MOTION_SHAKE && w->past)
        a->motion = TTM_MOTION_GO;
    /* "flutters up to the roof" */
    if (w->up_to && !w->y &&
        ttm_word_in(" fly flies flying flutter flutters fluttering climb climbs climbing float "
                    "floats floating rise rises rising soar soars soaring ", verb, strlen(verb)))
        w->y = -1;
    if (a->motion == TTM_MOTION_SWAP && !w->places)
        a->motion = TTM_MOTION_PLACE;
    if (a->motion == TTM_MOTION_FOLLOW && a->passive)
        a->motion = TTM_MOTION_GO;
    if (fixed && a->passive && a->motion == TTM_MOTION_PLACE && (w->x || w->y)) {
        a->motion = TTM_MOTION_GO;      /* "is hit to the left" */
        a->x = w->x;
        a->y = w->y;
        return;
    }
    if (fixed) {
        if (a->motion == TTM_MOTION_PLACE && w->off &&
            ttm_word_in(" take takes taking took ", verb, strlen(verb)))
            a->motion = TTM_MOTION_LIFT_OFF;
        return;
    }
    if (w->in_place && a->motion != TTM_MOTION_STILL) {
        if (goes(a->motion) || a->motion == TTM_MOTION_UNKNOWN ||
            a->motion == TTM_MOTION_SHAKE)
            a->motion = TTM_MOTION_PLACE;
        return;
    }
    if (a->motion == TTM_MOTION_STILL)
        return;
    if (a->motion == TTM_MOTION_UP && w->off)
        a->motion = TTM_MOTION_LIFT_OFF;
    if (a->motion == TTM_MOTION_PLACE && (w->grow || w->shrink))
        a->motion = w->grow ? TTM_MOTION_GROW : TTM_MOTION_SHRINK;
    if (a->motion == TTM_MOTION_GROW && w->shrink)
        a->motion = TTM_MOTION_SHRINK;
    if (w->closer && (goes(a->motion) || a->motion == TTM_MOTION_PLACE ||
                      a->motion == TTM_MOTION_JUMP ||
                      a->motion == TTM_MOTION_UNKNOWN))
        a->motion = TTM_MOTION_CLOSER;
    else if ((w->away || w->off) && !w->x && !w->y &&
             (a->motion == TTM_MOTION_GO || a->motion == TTM_MOTION_UNKNOWN))
        a->motion = w->off && a->pace == 1 &&
                    ttm_word_in(" shoot shoots shooting ", verb, strlen(verb)) ?
                    TTM_MOTION_LIFT_OFF : TTM_MOTION_AWAY;
    else if (goes(a->motion) && shake)
        a->motion = TTM_MOTION_SHAKE;
    else if (a->motion == TTM_MOTION_GO && (w->circle || w->around) && !w->x &&
             !w->y)
        a->motion = TTM_MOTION_CIRCLE;
    else if (turn && !w->around && (w->x || w->y))
        a->motion = TTM_MOTION_GO;
    else if ((a->motion == TTM_MOTION_PLACE || a->motion == TTM_MOTION_UNKNOWN) &&
             (w->x || w->y))
        a->motion = TTM_MOTION_GO;
    a->x = w->x;
    a->y = vertical ? w->y : 0;
    if (a->motion == TTM_MOTION_CIRCLE && a->y &&
        ttm_word_in(" spiral spirals spiralling spiraling swirl swirls swirling ", verb,
                    strlen(verb)))
        a->motion = TTM_MOTION_GO;
    if (a->motion == TTM_MOTION_UP || a->motion == TTM_MOTION_DOWN) {
        if (!a->y)
            a->y = a->motion == TTM_MOTION_UP ? -1 : 1;
        a->motion = TTM_MOTION_GO;
    }
    if (a->motion == TTM_MOTION_FALL && a->x) {
        a->motion = TTM_MOTION_GO;
        a->y = 1;
    }
    if (a->motion == TTM_MOTION_ROLL && a->y && !a->x)
        a->motion = TTM_MOTION_GO;
    a->guess = (goes(a->motion) || a->motion == TTM_MOTION_ROLL) && !a->x && !a->y
               ? (w->ahead ? w->ahead : 1) : 0;
    a->out = w->out || w->off || w->away || a->motion == TTM_MOTION_LEAVE ||
             a->motion == TTM_MOTION_AWAY || a->motion == TTM_MOTION_LIFT_OFF;
    /* "the car drives" has a front; "the triangle moves" may have none */
    a->along = a->guess && a->motion == TTM_MOTION_GO &&
               (w->ahead || !ttm_word_in(" move moves moving slide slides sliding drift drifts "
                                         "drifting float floats floating ", verb,
                                         strlen(verb)));
}

/* A particle between a verb and its object: "turns up the music", "kicks up dust". */
static int has_particle(const TTMAct *a, const TTMTokens *t, int end)
{
    const int v = a->verb;

    return ttm_token_in(t, v + 1, " up down off out on over ") && v + 2 < end && !a->passive &&
           ((ttm_token_in(t, v, " turn turns turned turning wind winds winding wound set sets "
                                "setting put puts putting hang hangs hanging ") &&
             ttm_token_is(t, v + 2, TTM_WORD_DETERMINER) &&
             !ttm_token_in(t, v + 3, " left right road street path hill stairs ")) ||
            ((a->flags & (TTM_VERB_MOVES_OTHER | TTM_VERB_MOVES_BOTH)) &&
             ttm_token_is(t, v + 2, TTM_WORD_SCENERY)));
}

/* A verb and the word behind it that are one: "gets up", "pops up", "turns green". */
static int read_pair(TTMAct *a, const TTMTokens *t, int end)
{
    static const struct {
        const char *verbs, *behind;
        enum TTMMotion motion;
    } pairs[] = {
        { " tip tips tipping tipped knocked keel keels keeling ", " over ", TTM_MOTION_FALL },
        { " touch touches touching touched ", " down ", TTM_MOTION_DOWN },
        { " take takes taking took taken ", " flight ", TTM_MOTION_LIFT_OFF },
        { " stand stands standing stood ", " up ", TTM_MOTION_PLACE },
        { " sit sits sitting sat ", " down up ", TTM_MOTION_PLACE },
        { " keep keeps keeping kept ", " time pace watch score ", TTM_MOTION_PLACE },
        { " slip slips slipping slipped ", " off from ", TTM_MOTION_FALL },
        { " go goes going went ", " out ", TTM_MOTION_PLACE },
        { " wind winds winding wound ", " up ", TTM_MOTION_PLACE },
        { " fall falls falling fell ", " asleep ", TTM_MOTION_STILL },
    };
    const int v = a->verb;

    /* "shakes itself", "turns to face us", "stops the car", "tries to stand" */
    if ((ttm_token_in(t, v, " turn turns turned turning ") && ttm_token_in(t, v + 1, " to ") &&
         v + 2 < end && is_verb(t, v + 2) && !a->passive) ||
        (ttm_token_in(t, v, " stop stops stopped stopping ") && v + 2 < end &&
         ttm_token_is(t, v + 1, TTM_WORD_DETERMINER)) ||
        (a->motion == TTM_MOTION_SHAKE &&
         ttm_token_in(t, v + 1, " itself himself herself themselves ")) ||
        (a->motion == TTM_MOTION_STILL && ttm_token_in(t, v - 1, " to ") &&
         ttm_token_in(t, v - 2, " try tries trying tried struggle struggles struggling "))) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end = end;
        return 1;
    }
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (ttm_token_in(t, v, pairs[i].verbs) && v + 1 < end &&
            ttm_token_in(t, v + 1, pairs[i].behind) &&
            (v + 2 >= end || pairs[i].motion == TTM_MOTION_FALL ||
             !ttm_starts_object(t, v + 2, end))) {
            a->motion = pairs[i].motion;
            a->y      = pairs[i].motion == TTM_MOTION_DOWN;
            if (a->motion == TTM_MOTION_DOWN)
                a->motion = TTM_MOTION_GO;
            a->object = a->object_end = v + 2;
            return 1;
        }
    if (has_particle(a, t, end) ||
        /* "shuffles her papers", "swirls the wine", "slides a tray" */
        (ttm_token_in(t, v, " shuffle shuffles shuffling shuffled swirl swirls swirling "
                            "swirled slide slides sliding slid ") &&
         v + 1 < end && ttm_token_is(t, v + 1, TTM_WORD_DETERMINER) && !a->passive) ||
        /* "the lamps turn on" */
        (ttm_token_in(t, v, " turn turns turned turning switch switches switching ") &&
         ttm_token_in(t, v + 1, " on off ") && v + 1 < end &&
         (v + 2 >= end || ttm_token_is(t, v + 2, TTM_WORD_ADVERB | TTM_WORD_PLACE)))) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end = end;
        return 1;
    }
    if (ttm_token_in(t, v, " get gets getting got ") && ttm_token_in(t, v + 1, " up ") &&
        v + 1 < end && (v + 2 >= end || !ttm_starts_object(t, v + 2, end))) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end = v + 2;
        return 1;
    }
    if (ttm_token_in(t, v, " pop pops popping popped ") && v + 1 < end &&
        ttm_token_in(t, v + 1, " up "))
        a->motion = TTM_MOTION_UP;
    if (ttm_token_in(t, v, " turn turns turned turning go goes going went ") &&
        ttm_token_is(t, v + 1, TTM_WORD_COLOUR) && v + 2 >= end) {
        a->motion   = TTM_MOTION_STILL;
        a->only_is  = 1;
        return 1;
    }
    return 0;
}

void ttm_act_read(TTMAct *a, const TTMTokens *t, int begin, int end)
{
    TTMWays ways = { 0 };
    int negated, leaving;

    memset(a, 0, sizeof(*a));
    a->verb = main_verb(t, begin, end, &negated, &a->passive);
    if (a->verb < 0) {
        ttm_ways_read(&ways, t, begin, end, 0, 0);
        a->only_is = !negated && !ways.still;
        a->motion = TTM_MOTION_STILL;
        return;
    }
    memcpy(a->said, t->token[a->verb].word, sizeof(a->said));
    if (is_verb(t, a->verb)) {
        a->motion = t->token[a->verb].verb.motion;
        a->pace   = t->token[a->verb].verb.pace;
        a->flags  = t->token[a->verb].verb.flags;
    } else {
        a->motion  = TTM_MOTION_UNKNOWN;
        a->unknown = 1;
    }
    if (read_pair(a, t, end))
        return;
    find_object(a, t, end);
    /* "trailing white smoke" */
    if (a->motion == TTM_MOTION_FOLLOW && a->object < a->object_end &&
        ttm_token_is(t, a->object_end - 1, TTM_WORD_SCENERY)) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end;
        return;
    }
    leaving = a->motion == TTM_MOTION_LEAVE;
    for (int i = a->verb + 1; i < end; i++)
        leaving |= ttm_token_in(t, i, " out ");
    ttm_ways_read(&ways, t, a->object_end > a->object ? a->object_end : a->verb + 1,
              end, leaving, a->motion == TTM_MOTION_UP ||
                            a->motion == TTM_MOTION_DOWN);
    for (int i = a->object; i < a->object_end; i++)
        ways.places |= ttm_token_in(t, i, " place places position positions ");
    for (int i = begin; i < a->verb && !ways.pace; i++)
        ways.pace = ttm_word_pace(t, i);
    if (negated) {
        a->motion = TTM_MOTION_STILL;
        a->unknown = 0;
        return;
    }
    /* "shove each other", "steers it" */
    if (!a->passive && !ways.x && !ways.y && !ways.away &&
        (((a->flags & (TTM_VERB_MOVES_BOTH | TTM_VERB_MOVES_OTHER)) &&
          ttm_token_in(t, a->verb + 1, " each one ") && a->verb + 2 < end &&
          ttm_token_in(t, a->verb + 2, " other another ")) ||
         ((a->flags & TTM_VERB_MOVES_BOTH) && a->verb + 1 < end &&
          ttm_token_in(t, a->verb + 1, " it him them ") &&
          !ttm_token_in(t, a->verb, " ride rides riding rode drive drives driving drove ")) ||
         (a->object == a->object_end && !ways.ahead && !ways.closer &&
          ttm_token_in(t, a->verb, " steer steers steering steered ")))) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end;
        return;
    }
    /* "is pulled out of a hat" */
    if (a->passive && ttm_token_in(t, a->verb, " pulled drawn taken ") && !ways.x &&
        ttm_token_in(t, a->verb + 1, " out ") && ttm_token_in(t, a->verb + 2, " of ") &&
        a->verb + 2 < end)
        ways.y = -1;
    /* "pulls a rabbit out of a hat" */
    if (!a->passive && a->object < a->object_end && ttm_token_in(t, a->object_end, " out ") &&
        ttm_token_in(t, a->object_end + 1, " of ") && a->object_end + 1 < end &&
        ttm_token_in(t, a->verb, " pull pulls pulling pulled draw draws drawing drew take takes "
                                 "taking took ")) {
        a->motion = TTM_MOTION_PLACE;
        a->flags |= TTM_VERB_MOVES_OTHER;
        return;
    }
    if (has_body(t, a->object, a->object_end)) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end;
        return;
    }
    /* "twirls his stick", "leaves a trail", "blows out a candle" */
    if (!a->passive && a->object < a->object_end &&
        (((a->motion == TTM_MOTION_SPIN || a->motion == TTM_MOTION_SWING ||
           a->motion == TTM_MOTION_SHAKE || a->motion == TTM_MOTION_UP ||
           a->motion == TTM_MOTION_DOWN) && !(a->flags & TTM_VERB_MOVES_BOTH) &&
          (ttm_token_in(t, a->object, " its his her their my your ") ||
           (a->motion == TTM_MOTION_SPIN && !(a->flags & TTM_VERB_MOVES_OTHER)))) ||
         (a->motion == TTM_MOTION_LEAVE &&
          !ttm_token_in(t, a->object, " the its his her their this that ")))) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end;
        return;
    }
    if ((a->flags & TTM_VERB_MOVES_OTHER) &&
        (ttm_token_in(t, a->verb + 1, " out ") ||
         (ttm_token_in(t, a->verb + 1, " on off ") &&
          ttm_token_in(t, a->verb, " turn turns turning turned "))) &&
        ttm_token_is(t, a->verb + 2, TTM_WORD_DETERMINER) && !a->passive &&
        !ttm_token_in(t, a->verb + 3, " left right ")) {
        a->motion = TTM_MOTION_PLACE;
        a->object = a->object_end;
        return;
    }
    /* "kicks the ball": the ball goes, the one who kicks does not */
    if (!a->passive && a->object < a->object_end &&
        (a->flags & TTM_VERB_MOVES_OTHER)) {
        a->motion = TTM_MOTION_PLACE;
        return;
    }
    ways.out |= leaving;
    combine(a, &ways, t);
    if (a->motion == TTM_MOTION_UNKNOWN)
        a->motion = TTM_MOTION_PLACE;
}

void ttm_act_continue(TTMAct *a, const TTMTokens *t, int begin, int end)
{
    TTMWays ways = { 0 };

    ttm_ways_read(&ways, t, begin, end, a->motion == TTM_MOTION_LEAVE, a->y);
    if (!ways.x)
        ways.x = a->x;
    if (!ways.y)
        ways.y = a->y;
    if (!ways.pace)
        ways.pace = a->pace;
    ways.out |= a->out;
    for (int i = begin; i < end; i++)
        ways.out |= ttm_token_in(t, i, " out ");
    combine(a, &ways, t);
}

int ttm_act_known(const TTMAct *a, const TTMTokens *t, int begin, int end)
{
    static const char known[] =
        " is are does do not to the a of off from by up down left right leftward "
        "leftwards rightward rightwards upward upwards downward downwards "
        "towards upper lower top bottom diagonally slowly gently gradually "
        "leisurely quickly fast rapidly swiftly speedily clockwise around in "
        "circle circles like pendulum still place where it closer nearer camera "
        "viewer away further distance places positions bigger larger smaller "
        "ground floor out frame picture at on back forth side into air then and "
        "again ";
    const int pair = a->motion == TTM_MOTION_FOLLOW || a->motion == TTM_MOTION_SWAP;

    if (a->guess || a->unknown || a->only_is || a->passive ||
        (a->motion == TTM_MOTION_PLACE &&
         (a->object < a->object_end || a->verb < 0 || !is_verb(t, a->verb) ||
          t->token[a->verb].verb.motion != TTM_MOTION_PLACE)))
        return 0;
    for (int i = begin; i < end; i++) {
        const TTMToken *word = &t->token[i];

        if (word->dropped || word->stop || ttm_token_in(t, i, known))
            continue;
        if (pair && i > a->verb)
            continue;
        if (!is_verb(t, i) || !(word->verb.flags & TTM_VERB_KNOWN))
            return 0;
    }
    /* "does not move" is known, "does not roll" is not */
    return a->motion != TTM_MOTION_STILL || a->verb < 0 ||
           t->token[a->verb].verb.motion == TTM_MOTION_STILL ||
           !strcmp(t->token[a->verb].word, "move") ||
           !strcmp(t->token[a->verb].word, "moving");
}

enum TTMMotion ttm_act_motion(const TTMAct *a, TTMAim aim)
{
    return !a->along || !aim.frontal ? a->motion :
           a->guess < 0 ? TTM_MOTION_AWAY : TTM_MOTION_CLOSER;
}

void ttm_act_write(const TTMAct *a, TTMAim aim, const char *other, char *text,
                   size_t size)
{
    static const char *const phrases[] = {
        [TTM_MOTION_UNKNOWN]  = "shakes",
        [TTM_MOTION_STILL]    = "stays still",
        [TTM_MOTION_PLACE]    = "shakes",
        [TTM_MOTION_GO]       = "moves",
        [TTM_MOTION_UP]       = "moves up",
        [TTM_MOTION_DOWN]     = "moves down",
        [TTM_MOTION_LIFT_OFF] = "lifts off",
        [TTM_MOTION_FALL]     = "falls",
        [TTM_MOTION_JUMP]     = "jumps",
        [TTM_MOTION_BOUNCE]   = "bounces",
        [TTM_MOTION_GROW]     = "grows",
        [TTM_MOTION_SHRINK]   = "shrinks",
        [TTM_MOTION_CIRCLE]   = "circles",
        [TTM_MOTION_SHAKE]    = "shakes",
        [TTM_MOTION_ROLL]     = "rolls",
        [TTM_MOTION_SPIN]     = "spins",
        [TTM_MOTION_SWING]    = "swings",
        [TTM_MOTION_CLOSER]   = "comes closer",
        [TTM_MOTION_AWAY]     = "goes away",
        [TTM_MOTION_FOLLOW]   = "follows",
        [TTM_MOTION_SWAP]     = "swaps places with",
        [TTM_MOTION_ENTER]    = "moves",
        [TTM_MOTION_LEAVE]    = "moves",
    };
    const enum TTMMotion motion = ttm_act_motion(a, aim);
    /* classes of the captions that have a pace */
    const int paced = motion == TTM_MOTION_GO || motion == TTM_MOTION_ENTER ||
                      motion == TTM_MOTION_LEAVE ||
                      motion == TTM_MOTION_ROLL ||
                      motion == TTM_MOTION_GROW ||
                      motion == TTM_MOTION_SHRINK ||
                      motion == TTM_MOTION_CIRCLE ||
                      motion == TTM_MOTION_SHAKE ||
                      motion == TTM_MOTION_SPIN ||
                      motion == TTM_MOTION_SWING ||
                      motion == TTM_MOTION_LIFT_OFF ||
                      motion == TTM_MOTION_CLOSER ||
                      motion == TTM_MOTION_AWAY;
    const int moves = !strcmp(phrases[motion], "moves") ||
                      motion == TTM_MOTION_ROLL;
    const int x = a->guess ? aim.side * a->guess : a->x;
    const int pair = motion == TTM_MOTION_FOLLOW || motion == TTM_MOTION_SWAP;
    const int pace = a->guess ? -1 : a->pace;
    const char *way = "", *across = x < 0 ? "left" : "right";
    char both[40];

    if (pair && !other) {
        snprintf(text, size, "%s", phrases[TTM_MOTION_PLACE]);
        return;
    }
    if (moves && x && a->y && motion != TTM_MOTION_ROLL) {
        snprintf(both, sizeof(both), " %s and to the %s", a->y < 0 ? "up" : "down",
                 across);
        way = both;
    } else if (moves && x) {
        way = x < 0 ? " left" : " right";
    } else if (moves) {
        way = a->y < 0 ? " up" : " down";
    }
    snprintf(text, size, "%s%s%s%s%s", phrases[motion], way,
             pair ? " the " : "", pair ? other : "",
             !paced || !pace ? "" : pace < 0 ? " slowly" : " quickly");
}

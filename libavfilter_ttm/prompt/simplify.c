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
 * Prompts in the words of small bundles. Their text encoder has read captions of
 * 25 motions (models/train/scenes/phrases.py) and nothing else; what another verb
 * makes of an object is chance, so it is said in those words.
 */

#include <stdlib.h>
#include <string.h>

#include "prompt/append.h"
#include "prompt/clauses.h"
#include "prompt/complete.h"
#include "util/mem.h"

#define MAX_PHRASE 200

/* For what moves in place, which no caption says; how far it goes is limited. */
#define IN_PLACE "shakes"
/* For what has no motion. */
#define STILL "stays still"

/* What one object's prompt says, all its clauses taken together. */
typedef struct Summary {
    const TTMAct *act[TTM_MAX_CLAUSES * TTM_MAX_ACTS];
    const char *partner[TTM_MAX_CLAUSES * TTM_MAX_ACTS];
    int nb;
    int known, scenery, plural;
} Summary;

/* Whether an object of that noun is among them. */
static int is_object(const TTMPrompts *p, const char *noun)
{
    const size_t length = strlen(noun);

    for (int i = 0; length && i < p->nb_objects; i++) {
        const char *name = p->objects[i].name;
        const size_t size = strlen(name);

        if (size >= length && !strcmp(name + size - length, noun) &&
            (size == length || name[size - length - 1] == ' '))
            return 1;
    }
    return 0;
}

/* Whether what clause k says is said of another object, which has a prompt of its own. */
static int is_of_other(const TTMClauses *clauses, int k)
{
    for (int i = 0; i < clauses->nb; i++)
        if (!clauses->clause[i].moved)
            return clauses->clause[k].moved;
    return 0;                       /* "spin the wheel": of the object itself */
}

static void summarise(Summary *s, const TTMPrompts *p, const TTMClauses *clauses)
{
    memset(s, 0, sizeof(*s));
    s->known = clauses->nb > 0;
    for (int i = 0; i < clauses->nb; i++) {
        const TTMClause *c = &clauses->clause[i];

        if (is_of_other(clauses, i))
            continue;
        s->scenery |= c->scenery;
        s->plural  |= c->count != 1;
        for (int k = 0; k < c->nb_acts; k++) {
            s->known &= c->known[k] &&
                        ((c->act[k].motion != TTM_MOTION_FOLLOW &&
                          c->act[k].motion != TTM_MOTION_SWAP) ||
                         !*c->partner || is_object(p, c->partner));
            s->partner[s->nb] = c->partner;
            s->act[s->nb++]   = &c->act[k];
        }
    }
}

static int has_path(const TTMAct *act)
{
    return act->motion != TTM_MOTION_STILL && act->motion != TTM_MOTION_PLACE &&
           act->motion != TTM_MOTION_UNKNOWN;
}

/* Whether something is said of it that leads out of the picture, or may. */
static int may_leave(const Summary *s, TTMAim aim)
{
    int out = 0;

    for (int i = 0; i < s->nb; i++)
        out |= s->act[i]->out || ttm_act_motion(s->act[i], aim) == TTM_MOTION_AWAY;
    return out;
}

/*
 * The phrase for all acts: paths if there are any, else a motion in place, else
 * none. Returns 1 where the object must stay where it is. What flows does not move
 * as a whole. @p guessed: the motion whose way was not said, 0 where all were.
 */
static int write_phrase(const Summary *s, const TTMPrompts *p, const TTMFlow *flow,
                        TTMAim aim, char *text, int *guessed)
{
    size_t used = 0;
    int in_place = 0, sure = 0;

    /* "runs to the right, carrying a bag": what is told goes before a guess */
    for (int i = 0; i < s->nb; i++)
        sure |= has_path(s->act[i]) && !s->act[i]->guess &&
                s->act[i]->motion != TTM_MOTION_FOLLOW;
    *guessed = 0;
    text[0]  = 0;
    for (int i = 0; i < s->nb && !s->scenery && !flow->way; i++) {
        const char *other = s->partner[i];
        TTMAct act = *s->act[i];
        char phrase[MAX_PHRASE];

        in_place |= act.motion == TTM_MOTION_PLACE;
        if (!has_path(&act) ||
            (sure && act.guess && act.motion != TTM_MOTION_ROLL &&
             /* "glides backwards, then spins", but not "comes back" */
             (act.guess > 0 || !strncmp(act.said, "com", 3) || !strncmp(act.said, "go", 2))))
            continue;
        if (act.motion == TTM_MOTION_FOLLOW && !is_object(p, other)) {
            act.motion = TTM_MOTION_GO;
            act.guess  = !act.x && !act.y;
        }
        if (act.motion == TTM_MOTION_SWAP && !is_object(p, other))
            other = NULL;
        if (act.guess)
            *guessed = ttm_act_motion(&act, aim);
        ttm_act_write(&act, aim, other, phrase, sizeof(phrase));
        if (strstr(text, phrase) || used + strlen(phrase) + 6 > MAX_PHRASE)
            continue;
        if (used)
            strcpy(text + used, " and ");
        strcat(text, phrase);
        used = strlen(text);
    }
    if (used)
        return 0;
    strcpy(text, in_place ? IN_PLACE : STILL);
    return in_place;
}

/* The name of one of several: "red balls" gives "red ball". */
static char *singular_name(const char *name)
{
    const char *last = strrchr(name, ' ');
    char word[TTM_MAX_WORD];
    size_t before = last ? (size_t)(last + 1 - name) : 0;

    ttm_word_singular(name + before, word, sizeof(word));
    return ttm_asprintf("%.*s%s", (int)before, name, word);
}

/* What scenery does where it is, unless the user says so. */
static void set_flow(TTMPromptObject *o, const Summary *s, const TTMClauses *clauses,
                     int side)
{
    if (!s->scenery || o->flow.way)
        return;
    for (int i = 0; i < clauses->nb; i++)
        for (int k = 0; k < clauses->clause[i].nb_acts; k++) {
            TTMFlow flow = ttm_flow_of(clauses->clause[i].noun,
                                       &clauses->clause[i].act[k], side);

            if (!o->flow.way)
                o->flow.way = flow.way;
            if (!o->flow.pace)  /* "rise and fall slowly" */
                o->flow.pace = flow.pace;
        }
}

static void log_summary(const TTMLog *log, const TTMPromptObject *o,
                        const Summary *s, TTMAim aim, int guessed)
{
    for (int i = 0; i < s->nb; i++)
        if (s->act[i]->unknown)
            ttm_log(log, TTM_LOG_WARNING, "the verb '%s' is not known: '%s' moves "
                    "%s; say it with another, e.g. 'moves left' or 'jumps'",
                    s->act[i]->said, o->name,
                    has_path(s->act[i]) ? "as its direction says"
                                        : "where it is");
    if (!s->nb)
        ttm_log(log, TTM_LOG_WARNING, "'%s' has no verb that ttm knows: '%s' stays "
                "still", o->prompt, o->name);
    if (o->flow.way) {
        char way[TTM_MAX_WORD];

        ttm_flow_write(&o->flow, way, sizeof(way));
        ttm_log(log, TTM_LOG_INFO, "'%s' moves within its outline: %s", o->name, way);
        return;
    }
    if (s->scenery)
        ttm_log(log, TTM_LOG_WARNING, "'%s' is no thing that moves as a whole: it "
                "is kept still", o->name);
    if (guessed)
        ttm_log(log, TTM_LOG_INFO, "the prompt does not say where '%s' goes: "
                "guessed, %s; add 'to the left', 'to the right' or 'closer'", o->name,
                guessed == TTM_MOTION_CLOSER ? "closer, as its front is seen" :
                guessed == TTM_MOTION_AWAY ? "away, as its front is seen" :
                aim.side < 0 ? "to the left" : "to the right");
}

/* One object's prompt; its part of the motion prompt in *part, malloc. */
static int simplify_object(TTMPrompts *p, const TTMLog *log, int i, TTMAim aim,
                           char **part, int *changed)
{
    TTMPromptObject *o = &p->objects[i];
    TTMClauses clauses;
    char phrase[MAX_PHRASE], *name = NULL, *prompt = NULL;
    const TTMClause *c = &clauses.clause[0];
    Summary s;
    int guessed, was_in_place, ret = ttm_clauses_parse(&clauses, o->prompt);

    if (ret < 0)
        return ret;
    summarise(&s, p, &clauses);
    set_flow(o, &s, &clauses, aim.side);
    /* What was put as "shakes" before is no more than that. */
    was_in_place = o->in_place;
    o->in_place = write_phrase(&s, p, &o->flow, aim, phrase, &guessed) ||
                  (was_in_place && !strcmp(phrase, IN_PLACE));
    o->kept_still = !strcmp(phrase, STILL);
    o->inside = !o->in_place && !o->kept_still && !may_leave(&s, aim);
    if (s.known && !s.scenery && !s.plural) {
        for (int k = 0; k < clauses.nb && ret >= 0; k++) {
            char *text;

            if (is_of_other(&clauses, k))
                continue;
            text = ttm_asprintf("the %s %s", c[k].noun, c[k].action);

            ret = text ? ttm_text_append(part, " and ", text) : TTM_ERR_MEMORY;
            free(text);
        }
        ttm_clauses_free(&clauses);
        return ret;
    }
    log_summary(log, o, &s, aim, guessed);
    name = clauses.nb ? singular_name(c->name) : ttm_strdup(o->name);
    if (name) {
        const char *noun = clauses.nb ? strrchr(name, ' ') : NULL;

        *part  = ttm_asprintf("the %s %s", noun ? noun + 1 : name, phrase);
        prompt = clauses.nb && c->count == 1 && !ttm_word_plural(c->noun)
                 ? ttm_asprintf("%s %s", c->subject, phrase)
                 : ttm_asprintf("the %s %s", name, phrase);
    }
    if (!*part || !prompt) {
        free(prompt);
        ret = TTM_ERR_MEMORY;
    } else if (strcmp(prompt, o->prompt)) {
        ttm_log(log, TTM_LOG_VERBOSE, "'%s' is put as '%s'", o->prompt, prompt);
        free(o->prompt);
        o->prompt = prompt;
        *changed  = 1;
    } else {
        free(prompt);
    }
    free(name);
    ttm_clauses_free(&clauses);
    return ret;
}

/* Whether all clauses of the motion prompt are in known words. */
static int motion_is_known(const TTMPrompts *p, int *known)
{
    TTMClauses clauses;
    Summary s;
    int ret = ttm_clauses_parse(&clauses, p->motion);

    if (ret < 0)
        return ret;
    summarise(&s, p, &clauses);
    *known = s.known;
    ttm_clauses_free(&clauses);
    return 0;
}

int ttm_prompts_simplify(TTMPrompts *p, const TTMLog *log,
                         const TTMAim aim[TTM_MAX_OBJECTS])
{
    char *parts[TTM_MAX_OBJECTS] = { NULL };
    int changed = 0, known = 1, ret = 0;

    for (int i = 0; ret >= 0 && i < p->nb_objects; i++)
        ret = simplify_object(p, log, i, aim[i], &parts[i], &changed);
    if (ret >= 0)
        ret = motion_is_known(p, &known);
    if (ret >= 0 && (changed || !known)) {
        free(p->motion);
        p->motion = NULL;
        ret = ttm_join_motion(&p->motion, parts, p->nb_objects);
    }
    for (int i = 0; i < TTM_MAX_OBJECTS; i++)
        free(parts[i]);
    return ret < 0 ? ttm_fail(log, ret, "out of memory") : 0;
}

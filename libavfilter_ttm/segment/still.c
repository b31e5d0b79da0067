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

/** @file Objects of the still without masks: boxes, points and descriptions. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment/doubt.h"
#include "segment/finder.h"
#include "segment/guess.h"
#include "segment/guided.h"
#include "segment/learned.h"
#include "segment/place.h"
#include "segment/salience.h"
#include "segment/segment.h"
#include "util/image.h"
#include "util/mem.h"

#define SAME_PART 0.8           /* IoU from which on two parts are one */
#define BETTER    0.1f          /* by how much another part must be more likely, */
#define GOOD      0.75f         /* and how likely it must be */

/* How much each pixel of the whole stands out, once for all objects. */
static int find_salience(TTMSearch *s)
{
    const size_t count = (size_t)s->whole.width * (size_t)s->whole.height;
    const TTMSegmenter *facts = s->asker.facts;

    if (s->salience)
        return 0;
    s->salience = ttm_array_alloc(count, sizeof(float));
    if (!s->salience)
        return TTM_ERR_MEMORY;
    return facts && !facts->needs_hint ? ttm_learned_salience(s, s->salience) :
           ttm_salience(&s->whole, s->salience);
}

/* The middle of a pixel of the whole, in pixels of the still. */
static void pixel_middle(const TTMSearch *s, int pixel, float at[2])
{
    const TTMWork *w = &s->whole;

    at[0] = ((float)(pixel % w->width) + 0.5f) * (float)s->still->width / (float)w->width;
    at[1] = ((float)(pixel / w->width) + 0.5f) * (float)s->still->height / (float)w->height;
}

/* What words may mean, and what the segmenter says of that. */
typedef struct Candidate {
    uint8_t *region;            /* of the whole */
    float at[2][2];             /* a point in it, and one in what touches it */
    int pointed;                /* there are such points */
    int rival;                  /* something else is nearly as good */
    int box[4];                 /* in pixels of the still */
    TTMAnswer answer;
} Candidate;

/* The guess that a candidate is, whose points and region stay the candidate's. */
static TTMGuess guess_of(const Candidate *c)
{
    return (TTMGuess){
        .box = { c->box[0], c->box[1], c->box[2], c->box[3] }, .region = c->region,
        .nb_on = c->pointed, .on = (const float (*)[2])&c->at[0],
        .nb_off = c->pointed, .off = (const float (*)[2])&c->at[1],
    };
}

static void free_candidate(Candidate *c)
{
    free(c->region);
    ttm_answer_free(&c->answer);
    memset(c, 0, sizeof(*c));
}

/* The best part at a threshold, or at all of them if @p step is -1: 1, or 0 where there is none. */
static int choose_part(const TTMSearch *s, const TTMLook *look, int step, Candidate *c)
{
    int alone, points[2], ret;

    memset(c, 0, sizeof(*c));
    c->region = ttm_array_alloc((size_t)s->whole.width * (size_t)s->whole.height, 1);
    ret = !c->region ? TTM_ERR_MEMORY : ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED :
          ttm_find_part(&s->whole, s->salience, look, s->taken, step, c->region, &alone, points);
    if (ret <= 0)
        return ret;
    c->rival   = !alone;
    c->pointed = points[1] >= 0;        /* the one, not the one beside it */
    for (int i = 0; c->pointed && i < 2; i++)
        pixel_middle(s, points[i], c->at[i]);
    return ttm_guess_region(s, c->region, c->box);
}

/* IoU of two candidates' regions. */
static double alike(const TTMSearch *s, const Candidate *a, const Candidate *b)
{
    int both = 0, any = 0;

    for (int i = 0; i < s->whole.width * s->whole.height; i++) {
        both += a->region[i] && b->region[i];
        any  += a->region[i] || b->region[i];
    }
    return (double)both / any;
}

/*
 * The segmenter's word on what was chosen; where it is not sure of that, on the best parts at
 * each threshold as well, one of which it may find clearly better.
 */
static int ask_of_words(TTMSearch *s, const TTMLook *look, const char *name, Candidate *best)
{
    TTMGuess g = guess_of(best);
    int ret = ttm_learned_look(s, &g, name, &best->answer);

    for (int step = 0; ret >= 0 && step < TTM_FIND_STEPS &&
                       !ttm_learned_is_sure(s, &g, &best->answer); step++) {
        Candidate next;

        ret = choose_part(s, look, step, &next);
        if (ret > 0 && alike(s, best, &next) < SAME_PART) {
            g   = guess_of(&next);
            ret = ttm_learned_look(s, &g, name, &next.answer);
        }
        if (ret >= 0 && next.answer.score >= GOOD &&
            next.answer.score > best->answer.score + BETTER) {
            const Candidate kept = *best;

            *best = next;
            next  = kept;
        }
        free_candidate(&next);
    }
    return ret < 0 ? ret : 1;
}

/* 1 if something was found, 0 if not; @p rival: something else is nearly as good. */
static int by_words(TTMSearch *s, const TTMLook *look, const char *name, int id,
                    TTMFound *f, int *rival)
{
    Candidate c = { 0 };
    int ret = ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED : find_salience(s);

    f->how = "finder";
    if (ret >= 0)
        ret = choose_part(s, look, -1, &c);
    if (ret > 0 && s->asker.facts)
        ret = ask_of_words(s, look, name, &c);
    if (ret > 0) {
        const TTMGuess g = guess_of(&c);

        ret = s->asker.facts ? ttm_learned_take(s, &g, &c.answer, id, f) :
              ttm_guess_cut(s, &g, id, &f->sure);
        ret = ret < 0 ? ret : 1;
    }
    *rival = c.rival;
    free_candidate(&c);
    return ret;
}

static int by_middle(TTMSearch *s, int id, TTMFound *f)
{
    const int width = s->still->width, height = s->still->height;
    TTMGuess g = { .box = { width / 4, height / 4, width - width / 4,
                         height - height / 4 } };
    TTMWork part;
    float *figure;
    int ret;

    f->how  = "middle";
    f->sure = 0;
    ret = ttm_work_create(&part, s->still, 0, 0, width, height, s->cancel);
    if (ret < 0)
        return ret;
    figure = ttm_array_alloc((size_t)part.width * (size_t)part.height,
                             sizeof(*figure));
    ret = TTM_ERR_MEMORY;
    if (figure) {
        ttm_guess_ellipse(&g, &part, figure);
        ret = ttm_guided_write(&part, figure, s->still, id, s->ids, s->cancel);
    }
    free(figure);
    ttm_work_free(&part);
    return ret;
}

static int64_t count_id(const TTMSearch *s, int id)
{
    int64_t count = 0, pixels = (int64_t)s->still->width * s->still->height;

    for (int64_t i = 0; i < pixels; i++)
        count += s->ids[i] == id;
    return count;
}

/*
 * "The red balls": more things like the one that was found as object i, as many
 * as are said, or as long as another one is nearly as good as the last. Returns the last's
 * index; @p rival: something that is none of them is nearly as good.
 */
static int find_others(TTMSearch *s, TTMPrompts *p, const TTMLook *look, int i,
                       TTMFound found[TTM_MAX_OBJECTS], int *rival)
{
    const int count = p->objects[i].count;
    TTMLook like = *look;
    int last = i, nb = 1, ret = 1;

    p->objects[i].count = 1;
    while (ret > 0 && p->nb_objects < TTM_MAX_OBJECTS &&
           (count ? nb < count : *rival)) {
        TTMFound next = { .sure = 1 };

        like.several = count > nb + 1;
        *rival = 0;             /* it is no rival but one of them */
        ret = by_words(s, &like, p->objects[i].name, p->nb_objects + 1, &next, rival);
        if (ret <= 0)
            break;
        last = ttm_prompts_repeat(p, i);
        if (last < 0)
            return last;
        found[last] = next;
        nb++;
    }
    if (ret == 0 && nb < count)
        ttm_log(s->log, TTM_LOG_WARNING, "the prompt speaks of %d '%s', but %d "
                "found; give boxes, points or masks", count, p->objects[i].name,
                nb);
    return ret < 0 ? ret : last;
}

/* Objects by words, the most specific description first. */
static int find_described(TTMSearch *s, TTMPrompts *p,
                          TTMFound found[TTM_MAX_OBJECTS])
{
    const int described = p->nb_objects;    /* more may be appended */
    TTMLook look[TTM_MAX_OBJECTS];
    int done[TTM_MAX_OBJECTS] = { 0 };

    for (int i = 0; i < described; i++)
        ttm_look_read(&look[i], p->objects[i].description);
    for (;;) {
        int next = -1, last, rival = 0, ret;

        for (int i = 0; i < described; i++)
            if (!done[i] && p->objects[i].place.locate == TTM_LOCATE_WORDS &&
                (next < 0 ||
                 ttm_look_rank(&look[i]) > ttm_look_rank(&look[next])))
                next = i;
        if (next < 0)
            return 0;
        done[next] = 1;
        look[next].several = p->objects[next].count != 1;
        for (int i = 0; i < described; i++)
            look[next].several |= !done[i] && !strcmp(p->objects[i].name,
                                                      p->objects[next].name);
        last = next;
        ret = by_words(s, &look[next], p->objects[next].name, next + 1, &found[next], &rival);
        if (ret < 0)
            return ret;
        if (ret == 0 && look[next].nb_colours) {
            /* nothing of that colour: whatever stands out */
            look[next].nb_colours = 0;
            ret = by_words(s, &look[next], p->objects[next].name, next + 1, &found[next],
                           &rival);
            found[next].sure = 0;
        }
        if (ret > 0 && p->objects[next].count != 1)
            ret = last = find_others(s, p, &look[next], next, found, &rival);
        if (ret < 0)
            return ret;
        if (rival)
            found[last].sure = 0;
    }
}

/* Objects without pixels leave; ids are renumbered. */
static void drop_missing(TTMSearch *s, TTMPrompts *p,
                         TTMFound found[TTM_MAX_OBJECTS])
{
    uint8_t number[TTM_MAX_OBJECTS + 1] = { 0 };
    int left = 0;

    for (int i = 0; i < p->nb_objects; i++) {
        if (!count_id(s, i + 1)) {
            ttm_log(s->log, TTM_LOG_WARNING, "'%s' was not found in the "
                    "picture and is left out; give its box, a point of it or "
                    "masks", p->objects[i].name);
            ttm_prompt_object_free(&p->objects[i]);
            continue;
        }
        number[i + 1] = (uint8_t)(left + 1);
        if (left != i) {
            p->objects[left] = p->objects[i];
            found[left] = found[i];
            memset(&p->objects[i], 0, sizeof(p->objects[i]));
        }
        left++;
    }
    p->nb_objects = left;
    for (int64_t i = 0; i < (int64_t)s->still->width * s->still->height; i++)
        s->ids[i] = number[s->ids[i]];
}

/* What was found at the small size, to be measured. */
static int doubt_object(TTMSearch *s, int id, TTMFound *f)
{
    const int width = s->still->width, height = s->still->height;
    const TTMWork *w = &s->whole;
    uint8_t *mask = ttm_array_alloc((size_t)w->width, (size_t)w->height);
    TTMDoubt doubt;

    if (!mask)
        return TTM_ERR_MEMORY;
    ttm_ids_resize(s->ids, width, height, mask, w->width, w->height);
    for (int i = 0; i < w->width * w->height; i++)
        mask[i] = mask[i] == id;
    doubt = ttm_doubt_measure(w, mask);
    if (!f->doubt)
        f->doubt = ttm_doubt_text(&doubt, f->network || !strcmp(f->how, "box") ||
                                          f->score > 0);
    if (f->doubt)
        f->sure = 0;
    free(mask);
    return 0;
}

/* Objects with a place of their own; polygons first, which say it exactly. */
static int find_placed(TTMSearch *s, TTMPrompts *p, int polygons,
                       TTMFound found[TTM_MAX_OBJECTS])
{
    int ret = 0;

    for (int i = 0; ret >= 0 && i < p->nb_objects; i++) {
        const TTMPromptObject *o = &p->objects[i];

        if (o->place.locate == TTM_LOCATE_COLOUR)
            ret = ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: "
                           "objects[%d] (%s) has a color, but there are no "
                           "masks: set option masks=1 and give them, or use "
                           "box, points or polygon", i, o->name);
        else if (o->place.locate != TTM_LOCATE_WORDS &&
                 (o->place.locate == TTM_LOCATE_POLYGON) == polygons)
            ret = ttm_place_find(s, p, i + 1, &found[i]);
    }
    return ret;
}

static int find_all(TTMSearch *s, TTMPrompts *p, TTMFound found[TTM_MAX_OBJECTS])
{
    int ret, any = 0;

    for (int i = 0; i < p->nb_objects; i++) {
        found[i].sure    = 1;
        found[i].network = 0;
        found[i].doubt   = NULL;
        found[i].score   = 0;
    }
    ret = find_placed(s, p, 1, found);
    if (ret >= 0)
        ret = find_placed(s, p, 0, found);
    if (ret >= 0)
        ret = find_described(s, p, found);
    for (int i = 0; ret >= 0 && i < p->nb_objects; i++) {
        if (!count_id(s, i + 1))
            continue;
        any = 1;
        if (ttm_cancelled(s->cancel))
            ret = TTM_ERR_CANCELLED;
        else if (p->objects[i].place.locate != TTM_LOCATE_POLYGON)
            ret = doubt_object(s, i + 1, &found[i]);
    }
    if (ret >= 0 && !any) {
        ttm_log(s->log, TTM_LOG_WARNING, "nothing stands out in the picture: "
                "the middle of it is taken for '%s'; give its box, a point of "
                "it or masks", p->objects[0].name);
        ret = by_middle(s, 1, &found[0]);
    }
    if (ret >= 0)
        drop_missing(s, p, found);
    return ret;
}

int ttm_segment_still(const TTMLog *log, const TTMImage *still,
                      TTMPrompts *prompts, const TTMAsker *asker, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS], TTMCancel *cancel)
{
    TTMSearch s = { .log = log, .still = still, .ids = ids, .cancel = cancel };
    int ret;

    if (asker)
        s.asker = *asker;

    memset(ids, 0, (size_t)still->width * (size_t)still->height);
    ret = ttm_work_create(&s.whole, still, 0, 0, still->width, still->height,
                          cancel);
    if (ret >= 0) {
        s.taken = ttm_array_alloc((size_t)s.whole.width,
                                  (size_t)s.whole.height);
        ret = s.taken ? find_all(&s, prompts, found) : TTM_ERR_MEMORY;
    }
    if (ret == TTM_ERR_MEMORY)
        ttm_log(log, TTM_LOG_ERROR, "out of memory");
    ttm_work_free(&s.whole);
    ttm_answer_free(&s.scene);
    free(s.salience);
    free(s.taken);
    return ret < 0 ? ret : 0;
}

void ttm_segment_report(const TTMLog *log, const TTMPrompts *prompts,
                        const uint8_t *ids, int width, int height,
                        TTMFound found[TTM_MAX_OBJECTS])
{
    int box[TTM_MAX_OBJECTS + 1][4];
    int64_t count[TTM_MAX_OBJECTS + 1] = { 0 };

    for (int i = 0; i <= TTM_MAX_OBJECTS; i++) {
        box[i][0] = width;
        box[i][1] = height;
        box[i][2] = box[i][3] = 0;
    }
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int id = *ids++, *b = box[id];

            count[id]++;
            b[0] = x < b[0] ? x : b[0];
            b[1] = y < b[1] ? y : b[1];
            b[2] = x + 1 > b[2] ? x + 1 : b[2];
            b[3] = y + 1;
        }
    for (int i = 0; i < prompts->nb_objects; i++) {
        TTMFound *f = &found[i];
        const int *b = box[i + 1];
        char score[16];

        f->box[0] = b[0];
        f->box[1] = b[1];
        f->box[2] = b[2] - b[0];
        f->box[3] = b[3] - b[1];
        f->share = (double)count[i + 1] / ((double)width * height);
        if (f->score > 0)
            snprintf(score, sizeof(score), " (%.2f)", f->score);
        ttm_log(log, TTM_LOG_INFO, "object %d '%s' by %s%s%s: %dx%d at %d,%d, "
                "%.1f%% of the picture", i + 1, prompts->objects[i].name,
                f->how, f->score > 0 ? score : "", f->network ? " and segmenter" : "",
                f->box[2], f->box[3], f->box[0], f->box[1], 100 * f->share);
        /* What is known to stay still stays so whatever it is. */
        if (!f->sure && !prompts->objects[i].kept_still)
            ttm_log(log, TTM_LOG_WARNING, "not sure that this is '%s': %s%slook "
                    "at mode=objects, and where it is wrong give its box, a point of "
                    "it or masks",
                    prompts->objects[i].name, f->doubt ? f->doubt : "",
                    f->doubt ? "; " : "");
    }
}

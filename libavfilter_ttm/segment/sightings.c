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

#include "segment/sightings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/finder.h"
#include "util/mem.h"

static double box_area(const double box[4])
{
    return (box[2] - box[0]) * (box[3] - box[1]);
}

/* Intersection over union. */
static double shared(const double a[4], const double b[4])
{
    const double w = fmin(a[2], b[2]) - fmax(a[0], b[0]);
    const double h = fmin(a[3], b[3]) - fmax(a[1], b[1]);
    const double both = w > 0 && h > 0 ? w * h : 0;
    const double all = box_area(a) + box_area(b) - both;

    return all > 0 ? both / all : 0;
}

/* The better first; equal ones in the order of the picture, on every machine. */
static int compare(const void *a, const void *b)
{
    const TTMSighting *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->query != y->query)
        return x->query < y->query ? -1 : 1;
    for (int i = 0; i < 4; i++)
        if (x->box[i] != y->box[i])
            return x->box[i] < y->box[i] ? -1 : 1;
    return 0;
}

int ttm_sightings_thin(TTMSighting *list, int nb)
{
    int left = 0;

    if (nb > 1)
        qsort(list, (size_t)nb, sizeof(*list), compare);
    for (int i = 0; i < nb; i++) {
        const TTMSighting s = list[i];
        int keep = 1;

        for (int k = 0; keep && k < left; k++)
            keep = list[k].query != s.query ||
                   (s.score >= TTM_SIGHTING_LEAST &&
                    shared(list[k].box, s.box) <= TTM_SIGHTING_OVERLAP);
        if (keep)
            list[left++] = s;
    }
    return left;
}

/* What the sightings are for the objects. */
typedef struct Choice {
    const TTMLog *log;
    TTMPrompts *prompts;
    const TTMSighting *list;
    int nb, width, height;
    int *owner;                     /* of each sighting: object + 1, 0: none */
    int query[TTM_MAX_OBJECTS];     /* of each object, also of repeated ones */
    int chosen[TTM_MAX_OBJECTS];    /* sighting of each object, -1: none */
    TTMLook look[TTM_MAX_OBJECTS];
} Choice;

static double value_of(const Choice *c, int object, int at)
{
    const TTMSighting *s = &c->list[at];
    const TTMLook *look = &c->look[object];
    const float x = (float)((s->box[0] + s->box[2]) / 2 / c->width);
    const float y = (float)((s->box[1] + s->box[3]) / 2 / c->height);
    const double share = box_area(s->box) / ((double)c->width * c->height);

    if (s->query != c->query[object] || s->score < TTM_SIGHTING_LEAST)
        return 0;
    return s->score * ttm_look_place(look, x, y) *
           (look->size ? pow(share, look->size > 0 ? 0.5 : -0.5) : 1);
}

/* Whether an object has that thing already. */
static int is_taken(const Choice *c, int at)
{
    for (int i = 0; i < c->nb; i++)
        if (c->owner[i] && shared(c->list[i].box, c->list[at].box) > TTM_SIGHTING_SAME)
            return 1;
    return 0;
}

/* The best free sighting for an object, -1: none. */
static int best_for(const Choice *c, int object, double *value)
{
    int best = -1;

    *value = 0;
    for (int i = 0; i < c->nb; i++) {
        const double v = value_of(c, object, i);

        if (v > *value && !is_taken(c, i)) {
            best   = i;
            *value = v;
        }
    }
    return best;
}

/* From the nearest pixel's edge to another, at least a pixel on. */
static void set_span(double from, double to, int most, TTMLength *begin, TTMLength *size)
{
    const double low = fmin(round(from), most - 1);
    const double high = fmax(round(to), low + 1);

    *begin = (TTMLength){ low, 0 };
    *size  = (TTMLength){ high - low, 0 };
}

static void take(Choice *c, int object, int at)
{
    TTMObjectPlace *place = &c->prompts->objects[object].place;
    const double *box = c->list[at].box;

    c->owner[at]      = object + 1;
    c->chosen[object] = at;
    place->locate     = TTM_LOCATE_BOX;
    place->score      = c->list[at].score;
    set_span(box[0], box[2], c->width, &place->corner.x, &place->size.x);
    set_span(box[1], box[3], c->height, &place->corner.y, &place->size.y);
}

/* One thing for each object that has words alone; the surest pairs first. */
static void choose(Choice *c)
{
    for (;;) {
        double most = 0;
        int object = -1, at = -1;

        for (int i = 0; i < c->prompts->nb_objects; i++) {
            double value;
            const int best = c->chosen[i] < 0 && c->query[i] >= 0 ?
                             best_for(c, i, &value) : -1;

            if (best >= 0 && value > most) {
                most   = value;
                object = i;
                at     = best;
            }
        }
        if (object < 0)
            return;
        take(c, object, at);
    }
}

/* More things for an object of which the prompt means several, or all there are. */
static int choose_others(Choice *c, int object)
{
    TTMPrompts *p = c->prompts;
    const int count = p->objects[object].count;
    const double first = value_of(c, object, c->chosen[object]);
    int nb = 1;

    p->objects[object].count = 1;
    while (p->nb_objects < TTM_MAX_OBJECTS && (!count || nb < count)) {
        double value;
        int copy;
        const int at = best_for(c, object, &value);

        if (at < 0 || (!count && value < TTM_SIGHTING_ALL * first))
            break;
        copy = ttm_prompts_repeat(p, object);
        if (copy < 0)
            return copy;
        c->query[copy] = c->query[object];
        c->look[copy]  = c->look[object];
        take(c, copy, at);
        nb++;
    }
    if (nb < count)
        ttm_log(c->log, TTM_LOG_WARNING, "the prompt speaks of %d '%s', but the detector "
                "found %d; give boxes, points or masks", count, p->objects[object].name,
                nb);
    return 0;
}

/* Whether something that no object has is nearly as good. */
static int has_rival(const Choice *c, int object)
{
    const double own = value_of(c, object, c->chosen[object]);

    for (int i = 0; i < c->nb; i++)
        if (value_of(c, object, i) >= TTM_SIGHTING_RIVAL * own && !is_taken(c, i))
            return 1;
    return 0;
}

static void warn_missing(const Choice *c, int object)
{
    const TTMPromptObject *o = &c->prompts->objects[object];
    const TTMSighting *best = NULL;

    for (int i = 0; !best && i < c->nb; i++)
        if (c->list[i].query == c->query[object])
            best = &c->list[i];
    if (!best)
        ttm_log(c->log, TTM_LOG_WARNING, "the detector found no '%s' in the picture: it "
                "is looked for by colour and what stands out", o->name);
    else
        ttm_log(c->log, TTM_LOG_WARNING, "the detector found no '%s' in the picture%s: the "
                "best is %.0fx%.0f at %.0f,%.0f with a score of %.3f, of at least %.2f; it "
                "is looked for by colour and what stands out", o->name,
                best->score < TTM_SIGHTING_LEAST ? "" : " that is no other object",
                best->box[2] - best->box[0], best->box[3] - best->box[1], best->box[0],
                best->box[1], best->score, TTM_SIGHTING_LEAST);
}

int ttm_sightings_place(const TTMLog *log, TTMPrompts *prompts,
                        const int query[TTM_MAX_OBJECTS], const TTMSighting *list, int nb,
                        int width, int height)
{
    const int described = prompts->nb_objects;  /* more may be appended */
    Choice c = { log, prompts, list, nb, width, height,
                 ttm_array_alloc((size_t)nb, sizeof(int)) };
    int ret = c.owner ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; i < TTM_MAX_OBJECTS; i++) {
        c.chosen[i] = -1;
        c.query[i]  = i < described && prompts->objects[i].place.locate ==
                      TTM_LOCATE_WORDS ? query[i] : -1;
        if (c.query[i] >= 0)
            ttm_look_read(&c.look[i], prompts->objects[i].description);
    }
    if (ret >= 0)
        choose(&c);
    for (int i = 0; ret >= 0 && i < described; i++)
        if (c.chosen[i] >= 0 && prompts->objects[i].count != 1)
            ret = choose_others(&c, i);
    for (int i = 0; ret >= 0 && i < prompts->nb_objects; i++) {
        if (c.query[i] < 0)
            continue;
        if (c.chosen[i] < 0)
            warn_missing(&c, i);
        else if (has_rival(&c, i))
            prompts->objects[i].place.doubt = "another thing in the picture is nearly as "
                                              "much what was asked for";
    }
    free(c.owner);
    return ret;
}

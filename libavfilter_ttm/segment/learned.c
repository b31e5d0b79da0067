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

/** @file Objects of the still by a segmenter: which questions are asked, one after another. */

#include "segment/learned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/salience.h"
#include "util/mem.h"

#define MAX_PARTS 64
#define RIM        4            /* around what words choose, in pixels of the whole */
#define LEAST_CHOSEN 0.6f       /* probability of what they choose, at least */
#define NARROWEST  0.7f         /* shorter side of a crop over the longer */
#define SURE_LOGIT 0.85f        /* probability of an IoU of at least 0.7 */
#define SURE_BOXED 0.6f         /* the same in a box, which says how large the object is */
#define SURE_IOU   0.8f         /* IoU that is told */

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* Make @p side of a crop at least @p least long, as far as the still goes. */
static void lengthen(int crop[4], int side, int least, int still)
{
    const int length = crop[side + 2] - crop[side];
    const int wanted = least < still ? least : still;

    if (length >= wanted)
        return;
    crop[side]     = clamp(crop[side] - (wanted - length) / 2, 0, still - wanted);
    crop[side + 2] = crop[side] + wanted;
}

/* The part of the still around a box, no narrower than those that segmenters are trained with. */
static void grow_box(const TTMSearch *s, const int box[4], int crop[4])
{
    ttm_guess_around(s, box, crop);
    lengthen(crop, 0, (int)(NARROWEST * (float)(crop[3] - crop[1])), s->still->width);
    lengthen(crop, 1, (int)(NARROWEST * (float)(crop[2] - crop[0])), s->still->height);
}

/* Probability at the middle of the pixel that a point is in. */
static float at_point(const TTMAnswer *answer, const float point[2])
{
    return ttm_answer_at(answer, floorf(point[0]) + 0.5f, floorf(point[1]) + 0.5f);
}

/* Index of the pixel of an answer that a point of the still is in. */
static int pixel_of(const TTMWork *part, const float point[2])
{
    const int x = (int)((floorf(point[0]) + 0.5f - (float)part->x) * (float)part->width /
                        (float)part->part_width);
    const int y = (int)((floorf(point[1]) + 0.5f - (float)part->y) * (float)part->height /
                        (float)part->part_height);

    return clamp(y, 0, part->height - 1) * part->width + clamp(x, 0, part->width - 1);
}

/*
 * The box of the connected parts of an answer that have points, in pixels of the still; 0
 * where there are none, else 1.
 */
static int box_parts(const TTMAnswer *answer, const TTMGuess *g, int box[4])
{
    const TTMWork *part = &answer->part;
    const size_t count = (size_t)part->width * (size_t)part->height;
    uint8_t *mask = ttm_array_alloc(count, 1);
    int *labels = ttm_array_alloc(count, sizeof(*labels));
    TTMComponent parts[MAX_PARTS];
    uint8_t chosen[MAX_PARTS + 1] = { 0 };
    float least = 0.5f;
    int b[4] = { part->width, part->height, 0, 0 };
    int nb, any = 0, ret = mask && labels ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; i < g->nb_on; i++)  /* a point is the object however sure the rest is */
        least = fminf(least, fmaxf(0.8f * at_point(answer, g->on[i]), 0.15f));
    for (size_t i = 0; ret >= 0 && i < count; i++)
        mask[i] = answer->figure[i] > least;
    nb = ret < 0 ? ret : ttm_components(mask, part->width, part->height, NULL, labels, parts,
                                        MAX_PARTS);
    for (int i = 0; nb >= 0 && i < g->nb_on; i++)
        chosen[labels[pixel_of(part, g->on[i])]] = 1;
    for (int i = 0; i < nb; i++) {
        if (!chosen[i + 1])
            continue;
        any  = 1;
        b[0] = parts[i].box[0] < b[0] ? parts[i].box[0] : b[0];
        b[1] = parts[i].box[1] < b[1] ? parts[i].box[1] : b[1];
        b[2] = parts[i].box[2] > b[2] ? parts[i].box[2] : b[2];
        b[3] = parts[i].box[3] > b[3] ? parts[i].box[3] : b[3];
    }
    for (int k = 0; any && k < 4; k++) {
        const int64_t side = k & 1 ? part->part_height : part->part_width;
        const int64_t small = k & 1 ? part->height : part->width;

        box[k] = (k & 1 ? part->y : part->x) +
                 (int)((b[k] * side + (k > 1 ? small - 1 : 0)) / small);
    }
    free(mask);
    free(labels);
    return nb < 0 ? nb : any;
}

/* A box around points alone, an eighth of the still more on each side. */
static void box_points(const TTMSearch *s, const TTMGuess *g, int box[4])
{
    const int w = s->still->width, h = s->still->height;

    box[0] = w;
    box[1] = h;
    box[2] = box[3] = 0;
    for (int i = 0; i < g->nb_on; i++) {
        const int x = (int)g->on[i][0], y = (int)g->on[i][1];

        box[0] = clamp(x - w / 8, 0, box[0]);
        box[1] = clamp(y - h / 8, 0, box[1]);
        box[2] = clamp(x + w / 8, box[2], w);
        box[3] = clamp(y + h / 8, box[3], h);
    }
}

/* Points in the whole still: what is around them there goes to @p coarse, and its box. */
static int look_at_points(TTMSearch *s, TTMGuess *g, const char *name, TTMAnswer *coarse)
{
    const TTMQuestion q = {
        .crop = { 0, 0, s->still->width, s->still->height }, .nb_on = g->nb_on,
        .nb_off = g->nb_off, .on = g->on, .off = g->off
    };
    int ret = ttm_ask(&s->asker, s->still, name, &q, coarse, s->cancel);

    if (ret >= 0)
        ret = box_parts(coarse, g, g->box);
    if (ret == 0)
        box_points(s, g, g->box);
    return ret;
}

/* What stands out where the guess's region is, and a rim around it, as the coarse answer. */
static int take_region(const TTMSearch *s, const TTMGuess *g, TTMAnswer *coarse)
{
    const TTMWork *w = &s->whole;
    const int count = w->width * w->height;

    *coarse = (TTMAnswer){ .part = { 0, 0, w->part_width, w->part_height, w->width, w->height,
                                     NULL, NULL } };
    coarse->figure = ttm_array_alloc((size_t)count, sizeof(*coarse->figure));
    if (!coarse->figure)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++) {
        const int x = i % w->width, y = i / w->width;
        int near = 0;

        for (int v = y - RIM; v <= y + RIM && !near; v++)
            for (int u = x - RIM; u <= x + RIM && !near; u++)
                near = u >= 0 && v >= 0 && u < w->width && v < w->height &&
                       g->region[v * w->width + u];
        coarse->figure[i] = !near ? 0 :
                            fmaxf(s->salience[i], g->region[i] ? LEAST_CHOSEN : 0);
    }
    return 1;
}

int ttm_learned_look(TTMSearch *s, TTMGuess *g, const char *name, TTMAnswer *answer)
{
    TTMAnswer coarse = { 0 };
    TTMQuestion q = { .nb_on = g->nb_on, .nb_off = g->nb_off, .on = g->on, .off = g->off };
    int ret = g->hard_box ? 0 : g->region ? take_region(s, g, &coarse) :
              look_at_points(s, g, name, &coarse);

    if (ret >= 0) {
        grow_box(s, g->box, q.crop);
        q.box    = g->hard_box || (g->region && s->asker.facts->needs_hint) ? g->box : NULL;
        q.before = ret ? &coarse : NULL;
        ret = ttm_ask(&s->asker, s->still, name, &q, answer, s->cancel);
    }
    ttm_answer_free(&coarse);
    return ret;
}

int ttm_learned_is_sure(const TTMSearch *s, const TTMGuess *g, const TTMAnswer *answer)
{
    if (s->asker.facts->score == TTM_SCORE_IOU)
        return answer->score >= SURE_IOU;
    return answer->score >= (g->hard_box ? SURE_BOXED : SURE_LOGIT);
}

int ttm_learned_take(TTMSearch *s, const TTMGuess *guess, const TTMAnswer *answer, int id,
                     TTMFound *f)
{
    TTMGuess g = *guess;

    g.answer   = answer;
    f->network = 1;
    f->segmenter_score = answer->score;
    f->sure    = f->sure && ttm_learned_is_sure(s, &g, answer);
    return ttm_guess_cut(s, &g, id, &f->sure);
}

int ttm_learned_cut(TTMSearch *s, TTMGuess *guess, const char *name, int id, TTMFound *f)
{
    TTMAnswer answer = { 0 };
    int ret = ttm_learned_look(s, guess, name, &answer);

    if (ret >= 0)
        ret = ttm_learned_take(s, guess, &answer, id, f);
    ttm_answer_free(&answer);
    return ret;
}

int ttm_learned_salience(TTMSearch *s, float *salience)
{
    const TTMWork *w = &s->whole;
    const TTMQuestion q = { .crop = { 0, 0, s->still->width, s->still->height } };
    int ret = s->scene.figure ? 0 : ttm_ask(&s->asker, s->still, "the still", &q, &s->scene,
                                            s->cancel);

    if (ret >= 0)
        ret = ttm_salience(w, salience);
    for (int i = 0; ret >= 0 && i < w->width * w->height; i++) {
        const float x = ((float)(i % w->width) + 0.5f) * (float)w->part_width /
                        (float)w->width;
        const float y = ((float)(i / w->width) + 0.5f) * (float)w->part_height /
                        (float)w->height;

        salience[i] = 0.5f * salience[i] + 0.5f * ttm_answer_at(&s->scene, x, y);
    }
    return ret;
}

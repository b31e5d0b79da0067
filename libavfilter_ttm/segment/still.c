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
#include <stdlib.h>
#include <string.h>

#include "segment/cut.h"
#include "segment/doubt.h"
#include "segment/finder.h"
#include "segment/guided.h"
#include "segment/salience.h"
#include "segment/segment.h"
#include "util/image.h"
#include "util/mem.h"

/* What the objects of one still share. */
typedef struct Search {
    const TTMLog *log;
    const TTMImage *still;
    TTMWork whole;              ///< the whole still, reduced
    float *salience;            ///< of whole; NULL until it is needed
    uint8_t *taken;             ///< of whole: pixels of objects found before
    uint8_t *ids;               ///< of the still
    TTMCancel *cancel;
} Search;

/* A guess for one object in the reduced whole: box in pixels of the still. */
typedef struct Guess {
    int box[4];                 ///< x0, y0, x1, y1
    const uint8_t *region;      ///< of the reduced whole, NULL: an ellipse
    int hard_box;               ///< nothing outside the box is the object
    double point[2];            ///< in pixels of the still, < 0: none
} Guess;

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* The part of the still around a guess. */
static int open_part(const Search *s, const Guess *g, TTMWork *part)
{
    int w = g->box[2] - g->box[0], h = g->box[3] - g->box[1];
    int x0 = clamp(g->box[0] - w / 3 - 2, 0, s->still->width - 1);
    int y0 = clamp(g->box[1] - h / 3 - 2, 0, s->still->height - 1);
    int x1 = clamp(g->box[2] + w / 3 + 2, x0 + 1, s->still->width);
    int y1 = clamp(g->box[3] + h / 3 + 2, y0 + 1, s->still->height);

    return ttm_work_create(part, s->still, x0, y0, x1 - x0, y1 - y0, s->cancel);
}

/* Soft value of a mask of the whole at a position of the still. */
static float whole_value(const Search *s, const uint8_t *mask, float x,
                         float y)
{
    float sum = 0, weight = 0;
    float wx = x * (float)s->whole.width / (float)s->still->width;
    float wy = y * (float)s->whole.height / (float)s->still->height;

    for (int k = 0; k < 9; k++) {
        int px = clamp((int)(wx + (float)(k % 3) - 1), 0, s->whole.width - 1);
        int py = clamp((int)(wy + (float)(k / 3) - 1), 0, s->whole.height - 1);
        float share = k == 4 ? 4 : k % 2 ? 2 : 1;

        sum += share * (float)(mask[py * s->whole.width + px] != 0);
        weight += share;
    }
    return sum / weight;
}

/* First guess and hints of every pixel of the part. */
static void set_hints(const Search *s, const Guess *g, const TTMWork *part,
                      uint8_t *hints, float *figure)
{
    float cx = (float)(g->box[0] + g->box[2]) / 2;
    float cy = (float)(g->box[1] + g->box[3]) / 2;
    float rx = (float)(g->box[2] - g->box[0]) / 2;
    float ry = (float)(g->box[3] - g->box[1]) / 2;
    float px = (float)part->part_width / (float)part->width;
    float py = (float)part->part_height / (float)part->height;

    for (int i = 0; i < part->width * part->height; i++) {
        float x = (float)part->x + ((float)(i % part->width) + 0.5f) * px;
        float y = (float)part->y + ((float)(i / part->width) + 0.5f) * py;
        float dx = (x - cx) / rx, dy = (y - cy) / ry;
        int outside = fabsf(dx) > 1 + px / rx || fabsf(dy) > 1 + py / ry;

        hints[i] = TTM_CUT_FREE;
        if (g->region)
            figure[i] = 0.12f + 0.76f * whole_value(s, g->region, x, y);
        else
            figure[i] = 0.2f + 0.65f * fminf(fmaxf(1.35f - dx * dx - dy * dy,
                                                   0), 1);
        if ((g->hard_box && outside) ||
            whole_value(s, s->taken, x, y) > 0.9f)
            hints[i] = TTM_CUT_GROUND;
        if (g->point[0] >= 0 && hypotf(x - (float)g->point[0],
                                       y - (float)g->point[1]) < 1.5f * px)
            hints[i] = TTM_CUT_FIGURE;
        if (hints[i] != TTM_CUT_FREE)
            figure[i] = hints[i] == TTM_CUT_FIGURE;
    }
}

/* An ellipse in the box, for when colours tell nothing apart. */
static void draw_ellipse(const Guess *g, const TTMWork *part, float *figure)
{
    float cx = (float)(g->box[0] + g->box[2]) / 2;
    float cy = (float)(g->box[1] + g->box[3]) / 2;
    float rx = (float)(g->box[2] - g->box[0]) / 2;
    float ry = (float)(g->box[3] - g->box[1]) / 2;

    for (int i = 0; i < part->width * part->height; i++) {
        float x = (float)part->x + ((float)(i % part->width) + 0.5f) *
                  (float)part->part_width / (float)part->width;
        float y = (float)part->y + ((float)(i / part->width) + 0.5f) *
                  (float)part->part_height / (float)part->height;
        float dx = (x - cx) / rx, dy = (y - cy) / ry;

        figure[i] = dx * dx + dy * dy <= 1 ? 1 : 0;
    }
}

/* L*a*b* distance between the means of figure and ground. */
static float contrast(const TTMWork *part, const uint8_t *mask)
{
    double sum[2][3] = { { 0 } }, n[2] = { 0 }, d = 0;

    for (int i = 0; i < part->width * part->height; i++) {
        n[mask[i] != 0]++;
        for (int c = 0; c < 3; c++)
            sum[mask[i] != 0][c] += part->lab[3 * i + c];
    }
    if (n[0] == 0 || n[1] == 0)
        return 0;
    for (int c = 0; c < 3; c++)
        d += pow(sum[0][c] / n[0] - sum[1][c] / n[1], 2);
    return (float)sqrt(d);
}

/* Remember the object's pixels so that later objects leave them alone. */
static void mark_taken(Search *s, int id)
{
    for (int y = 0; y < s->whole.height; y++)
        for (int x = 0; x < s->whole.width; x++) {
            int64_t px = (2 * (int64_t)x + 1) * s->still->width /
                         (2 * s->whole.width);
            int64_t py = (2 * (int64_t)y + 1) * s->still->height /
                         (2 * s->whole.height);

            if (s->ids[py * s->still->width + px] == id)
                s->taken[y * s->whole.width + x] = 1;
        }
}

/* Cut the object out around the guess and write its id. */
static int cut_object(Search *s, const Guess *g, int id, int *sure)
{
    TTMWork part;
    uint8_t *hints = NULL, *mask = NULL;
    float *figure = NULL;
    int count, left, ret = open_part(s, g, &part);

    if (ret < 0)
        return ret;
    count  = part.width * part.height;
    hints  = ttm_array_alloc((size_t)count, 1);
    mask   = ttm_array_alloc((size_t)count, 1);
    figure = ttm_array_alloc((size_t)count, sizeof(*figure));
    ret = TTM_ERR_MEMORY;
    if (!hints || !mask || !figure)
        goto end;
    set_hints(s, g, &part, hints, figure);
    ret = ttm_cut(&part, hints, figure);
    if (ret < 0)
        goto end;
    for (int i = 0; i < count; i++)
        mask[i] = figure[i] > 0.5f;
    left = ret = ttm_mask_clean(mask, part.width, part.height);
    if (ret < 0)
        goto end;
    if (left < 4 || (g->hard_box && left * 20 < count / 3)) {
        draw_ellipse(g, &part, figure);
        *sure = 0;
        for (int i = 0; i < count; i++)
            mask[i] = figure[i] > 0.5f;
    }
    if (contrast(&part, mask) < 7)
        *sure = 0;
    for (int i = 0; i < count; i++)
        figure[i] = mask[i];
    ret = ttm_guided_write(&part, figure, s->still, id, s->ids, s->cancel);
    if (ret >= 0)
        mark_taken(s, id);
end:
    free(hints);
    free(mask);
    free(figure);
    ttm_work_free(&part);
    return ret;
}

/* Box of a region of the whole, in pixels of the still. */
static int region_box(const Search *s, const uint8_t *region, int box[4])
{
    int found = 0, b[4] = { s->whole.width, s->whole.height, 0, 0 };

    for (int y = 0; y < s->whole.height; y++)
        for (int x = 0; x < s->whole.width; x++) {
            if (!region[y * s->whole.width + x])
                continue;
            found = 1;
            b[0] = x < b[0] ? x : b[0];
            b[1] = y < b[1] ? y : b[1];
            b[2] = x + 1 > b[2] ? x + 1 : b[2];
            b[3] = y + 1;
        }
    if (!found)
        return 0;
    box[0] = (int)((int64_t)b[0] * s->still->width / s->whole.width);
    box[1] = (int)((int64_t)b[1] * s->still->height / s->whole.height);
    box[2] = (int)((int64_t)b[2] * s->still->width / s->whole.width);
    box[3] = (int)((int64_t)b[3] * s->still->height / s->whole.height);
    box[2] = box[2] > box[0] ? box[2] : box[0] + 1;
    box[3] = box[3] > box[1] ? box[3] : box[1] + 1;
    return 1;
}

static int by_box(Search *s, const TTMPromptObject *o, int id, TTMFound *f)
{
    const int width = s->still->width, height = s->still->height;
    Guess g = { .hard_box = 1, .point = { -1, -1 } };

    f->how = "box";
    g.box[0] = clamp((int)floor(o->box[0]), 0, width);
    g.box[1] = clamp((int)floor(o->box[1]), 0, height);
    g.box[2] = clamp((int)ceil(o->box[0] + o->box[2]), 0, width);
    g.box[3] = clamp((int)ceil(o->box[1] + o->box[3]), 0, height);
    if (g.box[2] <= g.box[0] || g.box[3] <= g.box[1])
        return ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: the box "
                        "[%g, %g, %g, %g] of objects[%d] (%s) lies outside the "
                        "still of %dx%d", o->box[0], o->box[1], o->box[2],
                        o->box[3], id - 1, o->name, width, height);
    return cut_object(s, &g, id, &f->sure);
}

static int by_point(Search *s, const TTMPromptObject *o, int id, TTMFound *f)
{
    const int width = s->still->width, height = s->still->height;
    Guess g = { .point = { o->point[0], o->point[1] } };
    uint8_t *region;
    int ret;

    f->how = "point";
    if (!(o->point[0] >= 0 && o->point[1] >= 0 && o->point[0] < width &&
          o->point[1] < height))
        return ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: the point "
                        "[%g, %g] of objects[%d] (%s) lies outside the still "
                        "of %dx%d", o->point[0], o->point[1], id - 1, o->name,
                        width, height);
    region = ttm_array_alloc((size_t)s->whole.width, (size_t)s->whole.height);
    if (!region)
        return TTM_ERR_MEMORY;
    ret = ttm_grow_part(&s->whole, (int)(o->point[0] * s->whole.width / width),
                        (int)(o->point[1] * s->whole.height / height), region);
    g.region = region;
    if (ret >= 0 && region_box(s, region, g.box))
        ret = cut_object(s, &g, id, &f->sure);
    free(region);
    return ret;
}

/* 1 if something was found, 0 if not. */
static int by_words(Search *s, const TTMLook *look, int id, TTMFound *f)
{
    const size_t count = (size_t)s->whole.width * (size_t)s->whole.height;
    Guess g = { .point = { -1, -1 } };
    uint8_t *region = ttm_array_alloc(count, 1);
    int ret = !region ? TTM_ERR_MEMORY :
              ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED : 0;

    f->how = "finder";
    if (ret >= 0 && !s->salience) {
        s->salience = ttm_array_alloc(count, sizeof(float));
        ret = s->salience ? ttm_salience(&s->whole, s->salience) :
              TTM_ERR_MEMORY;
    }
    if (ret >= 0)
        ret = ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED :
              ttm_find_part(&s->whole, s->salience, look, s->taken, region,
                            &f->sure);
    g.region = region;
    if (ret > 0 && region_box(s, region, g.box)) {
        ret = cut_object(s, &g, id, &f->sure);
        ret = ret < 0 ? ret : 1;
    }
    free(region);
    return ret;
}

static int by_middle(Search *s, int id, TTMFound *f)
{
    const int width = s->still->width, height = s->still->height;
    Guess g = { .box = { width / 4, height / 4, width - width / 4,
                         height - height / 4 }, .point = { -1, -1 } };
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
        draw_ellipse(&g, &part, figure);
        ret = ttm_guided_write(&part, figure, s->still, id, s->ids, s->cancel);
    }
    free(figure);
    ttm_work_free(&part);
    return ret;
}

static int64_t count_id(const Search *s, int id)
{
    int64_t count = 0, pixels = (int64_t)s->still->width * s->still->height;

    for (int64_t i = 0; i < pixels; i++)
        count += s->ids[i] == id;
    return count;
}

/*
 * "The red balls": more things like the one that was found as object i, as many
 * as are said, or as long as another one is nearly as good as the last.
 */
static int find_others(Search *s, TTMPrompts *p, const TTMLook *look, int i,
                       TTMFound found[TTM_MAX_OBJECTS])
{
    const int count = p->objects[i].count;
    int last = i, nb = 1, ret = 1;

    p->objects[i].count = 1;
    while (ret > 0 && p->nb_objects < TTM_MAX_OBJECTS &&
           (count ? nb < count : !found[last].sure)) {
        TTMFound next = { .sure = 1 };

        ret = by_words(s, look, p->nb_objects + 1, &next);
        if (ret <= 0)
            break;
        found[last].sure = 1;   /* it was no rival but one of them */
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
    return ret < 0 ? ret : 0;
}

/* Objects by words, the most specific description first. */
static int find_described(Search *s, TTMPrompts *p,
                          TTMFound found[TTM_MAX_OBJECTS])
{
    const int described = p->nb_objects;    /* more may be appended */
    TTMLook look[TTM_MAX_OBJECTS];
    int done[TTM_MAX_OBJECTS] = { 0 };

    for (int i = 0; i < described; i++)
        ttm_look_read(&look[i], p->objects[i].description);
    for (;;) {
        int next = -1, ret;

        for (int i = 0; i < described; i++)
            if (!done[i] && p->objects[i].locate == TTM_LOCATE_WORDS &&
                (next < 0 ||
                 ttm_look_rank(&look[i]) > ttm_look_rank(&look[next])))
                next = i;
        if (next < 0)
            return 0;
        done[next] = 1;
        ret = by_words(s, &look[next], next + 1, &found[next]);
        if (ret < 0)
            return ret;
        if (ret == 0 && look[next].nb_colours) {
            /* nothing of that colour: whatever stands out */
            look[next].nb_colours = 0;
            ret = by_words(s, &look[next], next + 1, &found[next]);
            found[next].sure = 0;
        }
        if (ret > 0 && p->objects[next].count != 1)
            ret = find_others(s, p, &look[next], next, found);
        if (ret < 0)
            return ret;
    }
}

/* Objects without pixels leave; ids are renumbered. */
static void drop_missing(Search *s, TTMPrompts *p,
                         TTMFound found[TTM_MAX_OBJECTS])
{
    uint8_t number[TTM_MAX_OBJECTS + 1] = { 0 };
    int left = 0;

    for (int i = 0; i < p->nb_objects; i++) {
        if (!count_id(s, i + 1)) {
            ttm_log(s->log, TTM_LOG_WARNING, "'%s' was not found in the "
                    "picture and is left out; give its box, a point of it or "
                    "masks", p->objects[i].name);
            free(p->objects[i].name);
            free(p->objects[i].description);
            free(p->objects[i].prompt);
            memset(&p->objects[i], 0, sizeof(p->objects[i]));
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
static int doubt_object(Search *s, int id, TTMFound *f)
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
    doubt    = ttm_doubt_measure(w, mask);
    f->doubt = ttm_doubt_text(&doubt, !strcmp(f->how, "box"));
    if (f->doubt)
        f->sure = 0;
    free(mask);
    return 0;
}

static int find_all(Search *s, TTMPrompts *p, TTMFound found[TTM_MAX_OBJECTS])
{
    int ret = 0, any = 0;

    for (int i = 0; ret >= 0 && i < p->nb_objects; i++) {
        const TTMPromptObject *o = &p->objects[i];

        found[i].sure  = 1;
        found[i].doubt = NULL;
        if (o->locate == TTM_LOCATE_COLOUR)
            ret = ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: "
                           "objects[%d] (%s) has a color, but there are no "
                           "masks: set option masks=1 and give them, or use "
                           "box or point", i, o->name);
        else if (o->locate == TTM_LOCATE_BOX)
            ret = by_box(s, o, i + 1, &found[i]);
        else if (o->locate == TTM_LOCATE_POINT)
            ret = by_point(s, o, i + 1, &found[i]);
    }
    if (ret >= 0)
        ret = find_described(s, p, found);
    for (int i = 0; ret >= 0 && i < p->nb_objects; i++) {
        if (!count_id(s, i + 1))
            continue;
        any = 1;
        ret = ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED :
              doubt_object(s, i + 1, &found[i]);
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
                      TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS], TTMCancel *cancel)
{
    Search s = { .log = log, .still = still, .ids = ids, .cancel = cancel };
    int ret;

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

        f->box[0] = b[0];
        f->box[1] = b[1];
        f->box[2] = b[2] - b[0];
        f->box[3] = b[3] - b[1];
        f->share = (double)count[i + 1] / ((double)width * height);
        ttm_log(log, TTM_LOG_INFO, "object %d '%s' by %s: %dx%d at %d,%d, "
                "%.1f%% of the picture", i + 1, prompts->objects[i].name,
                f->how, f->box[2], f->box[3], f->box[0], f->box[1],
                100 * f->share);
        if (!f->sure)
            ttm_log(log, TTM_LOG_WARNING, "not sure that this is '%s': %s%slook "
                    "at mode=plan, or give its box, a point of it or masks",
                    prompts->objects[i].name, f->doubt ? f->doubt : "",
                    f->doubt ? "; " : "");
    }
}

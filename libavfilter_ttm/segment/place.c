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

#include "segment/place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/finder.h"
#include "segment/learned.h"
#include "util/mem.h"

/* Lists of points, in pixels of the still. */
typedef struct Points {
    float (*on)[2], (*off)[2];
    int nb_on, nb_off;
} Points;

static int clamp(double value, int high)
{
    return value < 0 ? 0 : value > high ? high : (int)value;
}

/* What lies outside the still, and where that would be. */
static int outside(const TTMSearch *s, const TTMPromptObject *o, int id, const char *what,
                   double x, double y)
{
    return ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: the %s [%g, %g] of "
                    "objects[%d] (%s) lies outside the still of %dx%d", what, x, y,
                    id - 1, o->name, s->still->width, s->still->height);
}

static int has_point(const float (*points)[2], int nb, float x, float y)
{
    for (int i = 0; i < nb; i++)
        if (points[i][0] == x && points[i][1] == y)
            return 1;
    return 0;
}

/* Add an object's points to a list of @p nb, once each, as far as there is room for @p most. */
static int resolve(const TTMSearch *s, const TTMPromptObject *o, int id,
                   const TTMSpots *spots, float (*points)[2], int *nb, int most)
{
    const int width = s->still->width, height = s->still->height;

    for (int i = 0; i < spots->nb && *nb < most; i++) {
        const double x = ttm_length_pixels(spots->spot[i].x, width);
        const double y = ttm_length_pixels(spots->spot[i].y, height);

        if (!(x >= 0 && y >= 0 && x < width && y < height))
            return outside(s, o, id, "point", x, y);
        if (has_point((const float (*)[2])points, *nb, (float)x, (float)y))
            continue;
        points[*nb][0] = (float)x;
        points[(*nb)++][1] = (float)y;
    }
    return 0;
}

/* Its points; those of what it is not, of the others' points as many as there is room for. */
static int resolve_points(const TTMSearch *s, const TTMPrompts *prompts, int id, Points *p)
{
    const TTMPromptObject *o = &prompts->objects[id - 1];
    int ret = 0;

    p->on  = ttm_array_alloc((size_t)o->place.on.nb, sizeof(*p->on));
    p->off = ttm_array_alloc(TTM_MAX_POINTS, sizeof(*p->off));
    if (!p->on || !p->off)
        return TTM_ERR_MEMORY;
    ret = resolve(s, o, id, &o->place.on, p->on, &p->nb_on, o->place.on.nb);
    if (ret >= 0)
        ret = resolve(s, o, id, &o->place.off, p->off, &p->nb_off, TTM_MAX_POINTS);
    for (int i = 0; ret >= 0 && i < prompts->nb_objects; i++)
        if (i != id - 1)
            ret = resolve(s, &prompts->objects[i], i + 1, &prompts->objects[i].place.on,
                          p->off, &p->nb_off, TTM_MAX_POINTS);
    return ret;
}

/* The pixels of the whole that points are in. */
static int *whole_pixels(const TTMSearch *s, const float (*points)[2], int nb)
{
    int *pixels = ttm_array_alloc((size_t)nb, sizeof(*pixels));

    for (int i = 0; pixels && i < nb; i++) {
        const int x = (int)((double)points[i][0] * s->whole.width / s->still->width);
        const int y = (int)((double)points[i][1] * s->whole.height / s->still->height);

        pixels[i] = y * s->whole.width + x;
    }
    return pixels;
}

/* The parts around pixels, together. */
static int grow_parts(const TTMSearch *s, TTMSeeds seeds, uint8_t *region)
{
    const int count = s->whole.width * s->whole.height;
    uint8_t *part = ttm_array_alloc((size_t)count, 1);
    int ret = part ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; ret >= 0 && i < seeds.nb; i++) {
        ret = ttm_cancelled(s->cancel) ? TTM_ERR_CANCELLED :
              ttm_grow_part(&s->whole, seeds.pixel[i], part);
        for (int k = 0; ret >= 0 && k < count; k++)
            region[k] |= part[k];
    }
    free(part);
    return ret;
}

/*
 * @p other: the parts around points that are not the object, as far as they are nearer to
 * those than to points of it.
 */
static int grow_other(const TTMSearch *s, TTMSeeds on, TTMSeeds off, uint8_t *other)
{
    const int count = s->whole.width * s->whole.height;
    float *ways = ttm_array_alloc((size_t)count, 2 * sizeof(*ways));
    int ret = ways ? grow_parts(s, off, other) : TTM_ERR_MEMORY;

    if (ret >= 0) {
        ttm_ways_from(&s->whole, on, ways);
        ttm_ways_from(&s->whole, off, ways + count);
        for (int i = 0; i < count; i++)
            other[i] &= ways[count + i] < ways[i];
    }
    free(ways);
    return ret;
}

/* What the box leaves of the still; an error where that is nothing. */
static int read_box(const TTMSearch *s, const TTMPromptObject *o, int id, int box[4])
{
    const int width = s->still->width, height = s->still->height;
    const double x = ttm_length_pixels(o->place.corner.x, width);
    const double y = ttm_length_pixels(o->place.corner.y, height);
    const double w = ttm_length_pixels(o->place.size.x, width);
    const double h = ttm_length_pixels(o->place.size.y, height);

    box[0] = clamp(floor(x), width);
    box[1] = clamp(floor(y), height);
    box[2] = clamp(ceil(x + w), width);
    box[3] = clamp(ceil(y + h), height);
    return box[2] > box[0] && box[3] > box[1] ? 0 :
           ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: the box [%g, %g, %g, "
                    "%g] of objects[%d] (%s) lies outside the still of %dx%d", x, y,
                    w, h, id - 1, o->name, width, height);
}

/* Points of the object, or else the middle of its box, as pixels of the whole. */
static int *object_pixels(const TTMSearch *s, const TTMGuess *g, int *nb)
{
    const float middle[1][2] = { { (float)(g->box[0] + g->box[2]) / 2,
                                   (float)(g->box[1] + g->box[3]) / 2 } };

    *nb = g->nb_on ? g->nb_on : 1;
    return whole_pixels(s, g->nb_on ? g->on : middle, *nb);
}

/*
 * The guess around points, or in a box, which tells more than what is around a point
 * does; what is around points that are not the object is taken out. 0 where nothing of
 * the reduced whole is left, else 1.
 */
static int make_guess(const TTMSearch *s, const TTMPromptObject *o, int id, TTMGuess *g,
                      uint8_t *region, uint8_t *other)
{
    const size_t count = (size_t)s->whole.width * (size_t)s->whole.height;
    int *on, *off, nb, ret = 0;

    g->hard_box = o->place.locate == TTM_LOCATE_BOX;
    if (g->hard_box && (ret = read_box(s, o, id, g->box)) < 0)
        return ret;
    on  = object_pixels(s, g, &nb);
    off = whole_pixels(s, g->off, g->nb_off);
    if (!on || !off)
        ret = TTM_ERR_MEMORY;
    if (ret >= 0 && !g->hard_box)
        ret = grow_parts(s, (TTMSeeds){ nb, on }, region);
    if (ret >= 0 && g->nb_off)
        ret = grow_other(s, (TTMSeeds){ nb, on }, (TTMSeeds){ g->nb_off, off }, other);
    free(on);
    free(off);
    g->other = g->nb_off ? other : NULL;
    if (ret < 0 || g->hard_box)
        return ret < 0 ? ret : 1;
    for (size_t i = 0; i < count; i++)
        region[i] &= !other[i];
    g->region = region;
    return ttm_guess_region(s, region, g->box);
}

/* The object by the colours around the guess. */
static int by_colours(TTMSearch *s, const TTMPromptObject *o, int id, TTMGuess *g,
                      TTMFound *f)
{
    const size_t count = (size_t)s->whole.width * (size_t)s->whole.height;
    uint8_t *region = ttm_array_alloc(count, 1), *other = ttm_array_alloc(count, 1);
    int ret = region && other ? make_guess(s, o, id, g, region, other) : TTM_ERR_MEMORY;

    if (ret > 0)
        ret = ttm_guess_cut(s, g, id, &f->sure);
    free(region);
    free(other);
    return ret;
}

/* The object by the segmenter. */
static int by_segmenter(TTMSearch *s, const TTMPromptObject *o, int id, TTMGuess *g,
                        TTMFound *f)
{
    int ret = 0;

    g->hard_box = o->place.locate == TTM_LOCATE_BOX;
    if (g->hard_box)
        ret = read_box(s, o, id, g->box);
    return ret < 0 ? ret : ttm_learned_cut(s, g, o->name, id, f);
}

static int by_box_or_points(TTMSearch *s, const TTMPrompts *prompts, int id, TTMFound *f)
{
    const TTMPromptObject *o = &prompts->objects[id - 1];
    Points p = { 0 };
    int ret = resolve_points(s, prompts, id, &p);

    f->how = o->place.locate != TTM_LOCATE_BOX ? "point" :
             o->place.score > 0 ? "detector" : "box";
    f->score = o->place.score;
    f->doubt = o->place.doubt;
    if (f->doubt)
        f->sure = 0;
    if (ret >= 0) {
        TTMGuess g = { .nb_on = p.nb_on, .on = (const float (*)[2])p.on,
                       .nb_off = p.nb_off, .off = (const float (*)[2])p.off };

        ret = s->asker.facts ? by_segmenter(s, o, id, &g, f) : by_colours(s, o, id, &g, f);
    }
    free(p.on);
    free(p.off);
    return ret;
}

/*
 * Where the polygon's sides cross the middle of row @p y, from left to right; returns
 * how many they are. @p corner is in pixels of the still.
 */
static int crossings(const double (*corner)[2], int nb, int y, double *at)
{
    const double middle = y + 0.5;
    int found = 0;

    for (int i = 0; i < nb; i++) {
        const double *a = corner[i], *b = corner[(i + 1) % nb];
        int k = found;

        if ((a[1] <= middle) == (b[1] <= middle))
            continue;
        at[k] = a[0] + (middle - a[1]) * (b[0] - a[0]) / (b[1] - a[1]);
        for (; k > 0 && at[k - 1] > at[k]; k--) {
            const double other = at[k];

            at[k]     = at[k - 1];
            at[k - 1] = other;
        }
        found++;
    }
    return found;
}

/* Pixels whose middle is inside, by the even-odd rule; an error where there is none. */
static int by_polygon(TTMSearch *s, const TTMPromptObject *o, int id, TTMFound *f)
{
    const TTMSpots *outline = &o->place.outline;
    const int width = s->still->width, height = s->still->height, nb = outline->nb;
    double (*corner)[2] = ttm_array_alloc((size_t)nb, sizeof(*corner));
    double *at = ttm_array_alloc((size_t)nb, sizeof(*at));
    int64_t pixels = 0;
    int ret = corner && at ? 0 : TTM_ERR_MEMORY;

    f->how = "polygon";
    for (int i = 0; ret >= 0 && i < nb; i++) {
        corner[i][0] = ttm_length_pixels(outline->spot[i].x, width);
        corner[i][1] = ttm_length_pixels(outline->spot[i].y, height);
    }
    for (int y = 0; ret >= 0 && y < height; y++) {
        const int found = crossings((const double (*)[2])corner, nb, y, at);

        for (int k = 0; k + 1 < found; k += 2)
            for (int x = clamp(ceil(at[k] - 0.5), width);
                 x < clamp(ceil(at[k + 1] - 0.5), width); x++, pixels++) {
                uint8_t *at_pixel = s->ids + (size_t)y * (size_t)width + (size_t)x;

                *at_pixel = *at_pixel ? *at_pixel : (uint8_t)id;
            }
        if (ttm_cancelled(s->cancel))
            ret = TTM_ERR_CANCELLED;
    }
    free(corner);
    free(at);
    if (ret < 0)
        return ret;
    if (!pixels)
        return ttm_fail(s->log, TTM_ERR_ARGUMENT, "option objects: the polygon of "
                        "objects[%d] (%s) has no pixel of the still of %dx%d inside",
                        id - 1, o->name, width, height);
    ttm_guess_take(s, id);
    return 0;
}

int ttm_place_find(TTMSearch *s, const TTMPrompts *prompts, int id, TTMFound *found)
{
    const TTMPromptObject *o = &prompts->objects[id - 1];

    return o->place.locate == TTM_LOCATE_POLYGON ? by_polygon(s, o, id, found) :
           by_box_or_points(s, prompts, id, found);
}

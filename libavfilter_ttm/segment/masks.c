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

/** @file Objects from an image of flat colours on black. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt/words.h"
#include "segment/flat.h"
#include "segment/rims.h"
#include "segment/segment.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"
#include "util/regions.h"

/** What dithered masks need; with a number of pixels. */
#define SPECKLED "%" PRId64 " pixels are speckles or thin lines, as dithering to a " \
    "palette leaves them; convert masks to format=rgb24 before they are scaled"

/** The masks and what becomes of each of their colours. */
typedef struct Masks {
    const TTMLog *log;
    TTMFlat flat;
    int taken[TTM_FLAT_MAX];    ///< object of a colour, -1: none
    uint8_t number[TTM_FLAT_MAX];   ///< its id, 0: none
    uint8_t wide[256];          ///< of colours: ground rather than a thing
    int ground_last;            ///< in the order of the objects
    int64_t thin;               ///< pixels that differ from the background, in specks and lines
    int dithered;               ///< most of what differs changes from pixel to pixel
} Masks;

/* Place of a colour among ttm's object colours, -1 where it is none. */
static int order_of(const int *rgb)
{
    for (int id = 1; id <= TTM_MAX_OBJECTS; id++) {
        const uint8_t *colour = ttm_object_colour(id);
        const int wanted[3] = { colour[0], colour[1], colour[2] };

        if (ttm_shade_distance2(rgb, wanted) < 32 * 32)
            return id;
    }
    return -1;
}

/* Whether a colour, not the background's, is still to be given an object. */
static int is_open(const Masks *m, int i, int with_small)
{
    const TTMFlatColour *c = &m->flat.colour[i];

    return m->taken[i] < 0 &&
           (!c->dropped || (with_small && c->dropped == TTM_FLAT_SMALL &&
                            c->count));
}

/* Colours that no object claims, in order: their number. */
static int open_colours(const Masks *m, int with_small, int *order)
{
    int seen[TTM_MAX_OBJECTS + 1] = { 0 }, by_colour = 1, open = 0;

    for (int i = 1; i < m->flat.nb; i++) {
        int place;

        if (!is_open(m, i, with_small))
            continue;
        order[open++] = i;
        place = order_of(m->flat.colour[i].rgb);
        by_colour &= place > 0 && !seen[place]++;
    }
    for (int i = 1; i < open; i++) {
        for (int k = i; k > 0; k--) {
            const TTMFlatColour *a = &m->flat.colour[order[k - 1]];
            const TTMFlatColour *b = &m->flat.colour[order[k]];
            int behind = m->ground_last ? m->wide[order[k - 1]] -
                                          m->wide[order[k]] : 0;
            int swap = by_colour ? order_of(a->rgb) > order_of(b->rgb) :
                       behind ? behind > 0 : a->x > b->x;
            int other = order[k];

            if (!swap)
                break;
            order[k] = order[k - 1];
            order[k - 1] = other;
        }
    }
    return open;
}

/* An object for a mask that the prompt says nothing about. */
static int still_object(TTMPromptObject *object, const TTMPrompts *prompts)
{
    memset(object, 0, sizeof(*object));
    object->name        = ttm_strdup("object");
    object->description = ttm_strdup("object");
    object->count       = 1;
    object->prompt = ttm_strdup(prompts->parsed ? "the object stays still" :
                                prompts->global);
    return object->name && object->description && object->prompt ? 0 :
           TTM_ERR_MEMORY;
}

/* Objects with "color" take the mask of that colour. */
static int take_by_colour(Masks *m, const TTMPrompts *prompts)
{
    for (int o = 0; o < prompts->nb_objects; o++) {
        const TTMPromptObject *object = &prompts->objects[o];
        const int rgb[3] = { object->place.colour[0], object->place.colour[1],
                             object->place.colour[2] };
        int best = 0, least = TTM_FLAT_APART * TTM_FLAT_APART;

        if (object->place.locate != TTM_LOCATE_COLOUR)
            continue;
        for (int i = 1; i < m->flat.nb; i++) {
            int d = ttm_shade_distance2(rgb, m->flat.colour[i].rgb);

            if (is_open(m, i, 0) && d < least) {
                least = d;
                best  = i;
            }
        }
        if (!best)
            return ttm_fail(m->log, TTM_ERR_ARGUMENT, "option objects: the "
                            "masks have no object of the color #%02x%02x%02x "
                            "of objects[%d] (%s)", (unsigned)rgb[0],
                            (unsigned)rgb[1], (unsigned)rgb[2], o,
                            object->name);
        m->taken[best] = o;
    }
    return 0;
}

static void name_dropped(const Masks *m, const TTMPrompts *prompts,
                         int width, int height)
{
    for (int i = 1; i < m->flat.nb; i++) {
        const TTMFlatColour *c = &m->flat.colour[i];
        const char *whose = m->taken[i] < 0 ? NULL :
                            prompts->objects[m->taken[i]].name;

        if (!c->count || !c->dropped)
            continue;
        ttm_log(m->log, TTM_LOG_WARNING, "the masks' color #%02x%02x%02x%s%s%s "
                "(%" PRId64 " pixels, %dx%d at %d,%d) is left out: %s",
                (unsigned)c->rgb[0], (unsigned)c->rgb[1], (unsigned)c->rgb[2],
                whose ? " of '" : "", whose ? whose : "", whose ? "'" : "",
                c->count, c->box[2] - c->box[0], c->box[3] - c->box[1],
                c->box[0], c->box[1], c->dropped == TTM_FLAT_RIM ?
                "it is a thin rim between others, which it joins" :
                "it is too small");
        if (c->dropped == TTM_FLAT_SMALL)
            ttm_log(m->log, TTM_LOG_WARNING, "at least %" PRId64 " pixels "
                    "count, or any where an object has that \"color\" in the "
                    "option objects", ttm_flat_least(c, width, height));
    }
}

/* Whether the prompt speaks of water, sky or the like, which may be a wide mask. */
static int names_scenery(const TTMPrompts *prompts)
{
    for (int o = 0; o < prompts->nb_objects; o++) {
        const char *name = prompts->objects[o].name, *last = strrchr(name, ' ');

        if (ttm_word_class(last ? last + 1 : name) & TTM_WORD_SCENERY)
            return 1;
    }
    return 0;
}

/*
 * Colours that no object claims by its "color" go to the other objects in
 * order. Where there are more of them, ground comes last: it is rather what a prompt
 * leaves out than a fox. What is too small counts where there is an object for it, so that
 * the others get theirs.
 */
static int take_in_order(Masks *m, TTMPrompts *prompts)
{
    int order[TTM_FLAT_MAX], used[TTM_MAX_OBJECTS] = { 0 };
    int object = 0, left = prompts->nb_objects, open, ret;

    for (int i = 0; i < m->flat.nb; i++) {
        if (m->taken[i] < 0)
            continue;
        used[m->taken[i]] = 1;
        left--;
    }
    open = open_colours(m, 1, order);
    if (left == prompts->nb_objects) {
        ret = ttm_prompts_spread(prompts, open);
        if (ret < 0)
            return ttm_fail(m->log, ret, "out of memory");
        left = prompts->nb_objects;
    }
    if (open > left) {
        m->ground_last = !names_scenery(prompts);
        open = open_colours(m, 0, order);
    }
    for (int i = 0; i < open; i++) {
        const int *rgb = m->flat.colour[order[i]].rgb;

        while (object < prompts->nb_objects && used[object])
            object++;
        /* "the balls": as many as there are masks */
        for (int k = 0; object == prompts->nb_objects && k < object; k++)
            if (!prompts->objects[k].count) {
                ret = ttm_prompts_repeat(prompts, k);
                if (ret < 0)
                    return ttm_fail(m->log, ret, "out of memory");
            }
        if (object == prompts->nb_objects) {
            ttm_log(m->log, TTM_LOG_WARNING, "the masks have more objects than "
                    "the prompt names; mask #%02x%02x%02x %s",
                    (unsigned)rgb[0], (unsigned)rgb[1], (unsigned)rgb[2],
                    prompts->parsed ? "stays still" : "gets the whole prompt");
            ret = still_object(&prompts->objects[object], prompts);
            if (ret < 0)
                return ttm_fail(m->log, ret, "out of memory");
            prompts->nb_objects++;
        }
        used[object] = 1;
        m->taken[order[i]] = object;
    }
    return 0;
}

/* Objects without a mask go; the others close up, and colours get their ids. */
static void number_objects(Masks *m, TTMPrompts *prompts)
{
    int left = 0;

    for (int o = 0; o < prompts->nb_objects; o++) {
        int used = 0;

        for (int i = 0; i < m->flat.nb; i++) {
            if (m->taken[i] != o || m->flat.colour[i].dropped)
                continue;
            used = 1;
            m->number[i] = (uint8_t)(left + 1);
        }
        if (!used) {
            ttm_log(m->log, TTM_LOG_WARNING, "the masks have no object for '%s'",
                    prompts->objects[o].name);
            ttm_prompt_object_free(&prompts->objects[o]);
            continue;
        }
        if (left != o) {
            prompts->objects[left] = prompts->objects[o];
            memset(&prompts->objects[o], 0, sizeof(prompts->objects[o]));
        }
        left++;
    }
    prompts->nb_objects = left;
}

/* "black" or #rrggbb */
static void name_colour(const int *rgb, char name[16])
{
    const int black[3] = { 0 };

    if (ttm_shade_distance2(rgb, black) < TTM_FLAT_BLACK * TTM_FLAT_BLACK)
        snprintf(name, 16, "black");
    else
        snprintf(name, 16, "#%02x%02x%02x", (unsigned)rgb[0], (unsigned)rgb[1],
                 (unsigned)rgb[2]);
}

/*
 * Whether most of what is not background changes its colour from pixel to pixel, among few
 * colours: what dithering leaves, as ffmpeg's scale does to palettes. Dots and lines of one
 * pixel do so less, or are few.
 */
static void find_speckles(Masks *m, const TTMShades *shades)
{
    int64_t pixels = 0, other = 0, rim = 0, least;
    int nb = 0;

    for (int i = 0; i < shades->nb; i++) {
        const TTMShade *s = &shades->list[i];

        pixels += s->count;
        if (ttm_shade_distance2(s->rgb, m->flat.colour[0].rgb) <
            TTM_FLAT_NOISE * TTM_FLAT_NOISE)
            continue;
        other += s->count;
        if (!ttm_flat_is_thin(s))
            continue;
        m->thin += s->count;
        rim     += s->rim;
        nb++;
    }
    least = pixels / 1000 > 64 ? pixels / 1000 : 64;
    m->dithered = shades->nb <= TTM_FLAT_PALETTE && 2 * m->thin > other &&
                  m->thin >= least && 2 * rim > (nb > 1 ? 3 : 5) * m->thin;
}

/* Objects from the colours; what cannot be is said. */
static int check_colours(const Masks *m)
{
    char name[16];
    int kept = 0;

    for (int i = 1; i < m->flat.nb; i++)
        kept += !m->flat.colour[i].dropped;
    if (m->flat.many || kept > TTM_MAX_OBJECTS)
        return ttm_fail(m->log, TTM_ERR_ARGUMENT, "the masks have %s%d "
                        "colours, at most %d objects are possible; each needs "
                        "one flat colour, and all else one other, such as "
                        "black", m->flat.many ? "more than " : "",
                        m->flat.many ? TTM_MAX_OBJECTS : kept,
                        TTM_MAX_OBJECTS);
    name_colour(m->flat.colour[0].rgb, name);
    if (!kept && m->thin)
        return ttm_fail(m->log, TTM_ERR_ARGUMENT, "the masks have no flat colour but "
                        "%s: " SPECKLED, name, m->thin);
    if (m->dithered)
        ttm_log(m->log, TTM_LOG_WARNING, "the masks are not of flat colours: "
                SPECKLED, m->thin);
    if (kept)
        return 0;
    return ttm_fail(m->log, TTM_ERR_ARGUMENT, "the masks are all %s: give each "
                    "object one flat colour on a background of another", name);
}

/* Labels of the masks at their own size, and the flat colours. */
static int read_masks(Masks *m, const TTMImage *masks,
                      const TTMPrompts *prompts, uint8_t *labels,
                      TTMCancel *cancel)
{
    uint8_t claimed[TTM_MAX_OBJECTS][3];
    TTMShades shades;
    int nb = 0, ret = ttm_shades_read(&shades, masks, cancel);

    for (int o = 0; o < prompts->nb_objects; o++)
        if (prompts->objects[o].place.locate == TTM_LOCATE_COLOUR)
            memcpy(claimed[nb++], prompts->objects[o].place.colour, 3);
    if (ret >= 0)
        ret = ttm_flat_find(&m->flat, &shades, masks,
                            (const uint8_t (*)[3])claimed, nb);
    if (ret >= 0 && !m->flat.many)
        ret = ttm_rims_join(m->log, masks, &shades, &m->flat, labels);
    if (ret >= 0)
        find_speckles(m, &shades);
    ttm_shades_free(&shades);
    return ret;
}

/* Ids of the still's size from labels of the masks'. */
static void set_ids(const Masks *m, const uint8_t *labels,
                    const TTMImage *masks, int width, int height, uint8_t *ids)
{
    ttm_ids_resize(labels, masks->width, masks->height, ids, width, height);
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        ids[i] = m->number[ids[i]];
}

/* What the objects and the background looked like. */
static void keep_colours(const Masks *m, TTMPrompts *prompts,
                         TTMFound found[TTM_MAX_OBJECTS],
                         uint8_t background[3])
{
    const int *ground = m->flat.colour[0].rgb;
    char name[16];

    for (int i = 1; i < m->flat.nb; i++) {
        int o = m->number[i] - 1;

        if (o < 0)
            continue;
        for (int c = 0; c < 3; c++)
            prompts->objects[o].place.colour[c] =
                (unsigned char)m->flat.colour[i].rgb[c];
        found[o].sure = 1;
        found[o].how  = "masks";
    }
    for (int c = 0; c < 3; c++)
        background[c] = (uint8_t)ground[c];
    name_colour(ground, name);
    if (*name == '#')
        ttm_log(m->log, TTM_LOG_INFO, "the background of the masks is %s, the "
                "colour of most of their border", name);
}

int ttm_segment_masks(const TTMLog *log, const TTMImage *masks, int width,
                      int height, TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS], uint8_t background[3],
                      TTMCancel *cancel)
{
    uint8_t *labels = ttm_array_alloc((size_t)masks->width,
                                      (size_t)masks->height);
    Masks m = { .log = log };
    int ret = labels ? 0 : TTM_ERR_MEMORY;

    memset(m.taken, -1, sizeof(m.taken));
    if (masks->width != width || masks->height != height)
        ttm_log(log, TTM_LOG_WARNING, "the masks are %dx%d, the still is "
                "%dx%d: they are resized", masks->width, masks->height, width,
                height);
    if (ret >= 0)
        ret = read_masks(&m, masks, prompts, labels, cancel);
    if (ret == TTM_ERR_MEMORY)
        ttm_log(log, TTM_LOG_ERROR, "out of memory for the masks");
    if (ret >= 0)
        ret = check_colours(&m);
    if (ret >= 0) {
        ttm_regions_wide(labels, masks->width, masks->height, m.wide);
        ret = take_by_colour(&m, prompts);
    }
    if (ret >= 0)
        ret = take_in_order(&m, prompts);
    if (ret >= 0) {
        name_dropped(&m, prompts, masks->width, masks->height);
        number_objects(&m, prompts);
        set_ids(&m, labels, masks, width, height, ids);
        keep_colours(&m, prompts, found, background);
    }
    free(labels);
    return ret;
}

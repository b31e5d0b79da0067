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

#include <stdlib.h>
#include <string.h>

#include "segment/segment.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

#define BINS        32          ///< of each channel
#define NEAR        60          ///< a mask's noise, RGB distance
#define NEAR_BLACK  44
#define MAX_PEAKS   (TTM_MAX_OBJECTS + 1)

/** Pixels of similar colour. */
typedef struct Bin {
    int64_t count;
    int64_t sum[3];
} Bin;

/** A colour of the masks. */
typedef struct Peak {
    int rgb[3];
    int64_t count;
    double x;                   ///< sum of the columns, later their mean
} Peak;

static int distance2(const int *a, const int *b)
{
    int sum = 0;

    for (int c = 0; c < 3; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

static void pixel(const TTMImage *image, int x, int y, int rgb[3])
{
    float value[3];

    ttm_image_pixel(image, x, y, value);
    for (int c = 0; c < 3; c++)
        rgb[c] = (int)(value[c] * 255 + 0.5f);
}

static void fill_bins(const TTMImage *masks, Bin *bins)
{
    for (int y = 0; y < masks->height; y++) {
        for (int x = 0; x < masks->width; x++) {
            const int black[3] = { 0, 0, 0 };
            int rgb[3];
            Bin *bin;

            pixel(masks, x, y, rgb);
            if (distance2(rgb, black) < NEAR_BLACK * NEAR_BLACK)
                continue;
            bin = &bins[(rgb[0] * BINS / 256 * BINS + rgb[1] * BINS / 256) *
                        BINS + rgb[2] * BINS / 256];
            bin->count++;
            for (int c = 0; c < 3; c++)
                bin->sum[c] += rgb[c];
        }
    }
}

/* Soft edges give mixtures of black and the masks' colours, or of two. */
static int is_mixture(const Peak *peaks, int nb, const int *rgb, int64_t count)
{
    for (int i = 0; i < nb; i++) {
        for (int k = -1; k < i; k++) {
            const int black[3] = { 0, 0, 0 };
            const int *a = peaks[i].rgb, *b = k < 0 ? black : peaks[k].rgb;
            double length2 = distance2(a, b), along = 0, off = 0;

            if (length2 <= 0 || 8 * count > peaks[i].count ||
                (k >= 0 && 8 * count > peaks[k].count))
                continue;
            for (int c = 0; c < 3; c++)
                along += (double)(rgb[c] - b[c]) * (a[c] - b[c]);
            along /= length2;
            for (int c = 0; c < 3; c++) {
                double d = rgb[c] - (b[c] + along * (a[c] - b[c]));

                off += d * d;
            }
            if (along > 0 && along < 1 && off < 40 * 40)
                return 1;
        }
    }
    return 0;
}

/* The most frequent colours, each with the noise around it. */
static int find_peaks(Bin *bins, int64_t pixels, Peak peaks[MAX_PEAKS])
{
    int64_t least = pixels / 2000 > 1 ? pixels / 2000 : 1;
    int nb = 0;

    while (nb < MAX_PEAKS) {
        Peak *p = &peaks[nb];
        int best = -1;

        for (int i = 0; i < BINS * BINS * BINS; i++)
            if (bins[i].count && (best < 0 ||
                                  bins[i].count > bins[best].count))
                best = i;
        if (best < 0)
            return nb;
        memset(p, 0, sizeof(*p));
        for (int c = 0; c < 3; c++)
            p->rgb[c] = (int)(bins[best].sum[c] / bins[best].count);
        for (int i = 0; i < BINS * BINS * BINS; i++) {
            int rgb[3];

            if (!bins[i].count)
                continue;
            for (int c = 0; c < 3; c++)
                rgb[c] = (int)(bins[i].sum[c] / bins[i].count);
            if (distance2(rgb, p->rgb) > NEAR * NEAR)
                continue;
            p->count += bins[i].count;
            bins[i].count = 0;
        }
        if (p->count >= least && !is_mixture(peaks, nb, p->rgb, p->count))
            nb++;
    }
    return nb;
}

/* Place of a colour among ttm's object colours, -1 where it is none. */
static int order_of(const int *rgb)
{
    for (int id = 1; id <= TTM_MAX_OBJECTS; id++) {
        const uint8_t *colour = ttm_object_colour(id);
        const int wanted[3] = { colour[0], colour[1], colour[2] };

        if (distance2(rgb, wanted) < 32 * 32)
            return id;
    }
    return -1;
}

/* Nearest of black and the peaks; peak index + 1. */
static int nearest(const Peak *peaks, int nb, const int *rgb)
{
    const int black[3] = { 0, 0, 0 };
    int best = 0, least = distance2(rgb, black);

    for (int i = 0; i < nb; i++) {
        int d = distance2(rgb, peaks[i].rgb);

        if (d < least) {
            least = d;
            best = i + 1;
        }
    }
    return best;
}

static void read_ids(const TTMImage *masks, Peak *peaks, int nb, int width,
                     int height, uint8_t *ids)
{
    int64_t count[MAX_PEAKS] = { 0 };

    for (int i = 0; i < nb; i++)
        peaks[i].x = 0;
    for (int y = 0; y < height; y++) {
        int from_y = (int)((2 * (int64_t)y + 1) * masks->height /
                           (2 * height));

        for (int x = 0; x < width; x++) {
            int rgb[3], id;

            pixel(masks, (int)((2 * (int64_t)x + 1) * masks->width /
                               (2 * width)), from_y, rgb);
            id = nearest(peaks, nb, rgb);
            ids[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)id;
            if (id) {
                count[id - 1]++;
                peaks[id - 1].x += x;
            }
        }
    }
    for (int i = 0; i < nb; i++) {
        peaks[i].count = count[i];
        if (count[i])
            peaks[i].x /= (double)count[i];
    }
}

/* Peaks that no object claims by colour, in order: indices into peaks. */
static int open_peaks(const Peak *peaks, int nb, const int *taken, int *order)
{
    int by_colour = 1, open = 0;

    for (int i = 0; i < nb; i++) {
        if (taken[i] >= 0)
            continue;
        order[open++] = i;
        by_colour &= order_of(peaks[i].rgb) > 0;
    }
    for (int i = 1; i < open; i++) {
        for (int k = i; k > 0; k--) {
            const Peak *a = &peaks[order[k - 1]], *b = &peaks[order[k]];
            int swap = by_colour ? order_of(a->rgb) > order_of(b->rgb) :
                       a->x > b->x;
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
    object->prompt = ttm_strdup(prompts->parsed ? "the object stays still" :
                                prompts->global);
    return object->name && object->description && object->prompt ? 0 :
           TTM_ERR_MEMORY;
}

static void free_object(TTMPromptObject *object)
{
    free(object->name);
    free(object->description);
    free(object->prompt);
    memset(object, 0, sizeof(*object));
}

/* Objects with "color" take the mask of that colour: taken[peak] = object. */
static int take_by_colour(const TTMLog *log, const TTMPrompts *prompts,
                          const Peak *peaks, int nb, int *taken)
{
    for (int o = 0; o < prompts->nb_objects; o++) {
        const TTMPromptObject *object = &prompts->objects[o];
        int rgb[3], best = -1;

        if (object->locate != TTM_LOCATE_COLOUR)
            continue;
        for (int c = 0; c < 3; c++)
            rgb[c] = object->colour[c];
        for (int i = 0; i < nb; i++)
            if (taken[i] < 0 && distance2(rgb, peaks[i].rgb) < NEAR * NEAR &&
                (best < 0 || distance2(rgb, peaks[i].rgb) <
                             distance2(rgb, peaks[best].rgb)))
                best = i;
        if (best < 0)
            return ttm_fail(log, TTM_ERR_ARGUMENT, "option objects: the masks "
                            "have no object of the color #%02x%02x%02x of "
                            "objects[%d] (%s)", (unsigned)rgb[0],
                            (unsigned)rgb[1], (unsigned)rgb[2], o,
                            object->name);
        taken[best] = o;
    }
    return 0;
}

/*
 * Give every mask its object. On return prompts' objects are in the order of
 * `number`: number[peak] = object id.
 */
static int assign(const TTMLog *log, TTMPrompts *prompts, const Peak *peaks,
                  int nb, int *number)
{
    int taken[MAX_PEAKS], order[MAX_PEAKS], used[TTM_MAX_OBJECTS] = { 0 };
    int open, object = 0, left, ret;

    for (int i = 0; i < nb; i++)
        taken[i] = -1;
    ret = take_by_colour(log, prompts, peaks, nb, taken);
    if (ret < 0)
        return ret;
    for (int i = 0; i < nb; i++)
        if (taken[i] >= 0)
            used[taken[i]] = 1;
    open = open_peaks(peaks, nb, taken, order);
    for (int i = 0; i < open; i++) {
        while (object < prompts->nb_objects && used[object])
            object++;
        if (object == prompts->nb_objects) {
            ttm_log(log, TTM_LOG_WARNING, "the masks have more objects than "
                    "the prompt names; mask #%02x%02x%02x %s",
                    (unsigned)peaks[order[i]].rgb[0],
                    (unsigned)peaks[order[i]].rgb[1],
                    (unsigned)peaks[order[i]].rgb[2], prompts->parsed ?
                    "stays still" : "gets the whole prompt");
            ret = still_object(&prompts->objects[object], prompts);
            if (ret < 0)
                return ttm_fail(log, ret, "out of memory");
            prompts->nb_objects++;
        }
        used[object] = 1;
        taken[order[i]] = object;
    }
    /* Objects without a mask go; the others close up. */
    left = 0;
    for (int o = 0; o < prompts->nb_objects; o++) {
        if (!used[o]) {
            ttm_log(log, TTM_LOG_WARNING, "the masks have no object for '%s'",
                    prompts->objects[o].name);
            free_object(&prompts->objects[o]);
            continue;
        }
        for (int i = 0; i < nb; i++)
            if (taken[i] == o)
                number[i] = left + 1;
        if (left != o) {
            prompts->objects[left] = prompts->objects[o];
            memset(&prompts->objects[o], 0, sizeof(prompts->objects[o]));
        }
        left++;
    }
    prompts->nb_objects = left;
    return 0;
}

int ttm_segment_masks(const TTMLog *log, const TTMImage *masks, int width,
                      int height, TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS])
{
    Bin *bins = ttm_array_alloc(BINS * BINS * BINS, sizeof(*bins));
    Peak peaks[MAX_PEAKS];
    int number[MAX_PEAKS] = { 0 }, nb, ret;

    if (!bins)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    if (masks->width != width || masks->height != height)
        ttm_log(log, TTM_LOG_WARNING, "the masks are %dx%d, the still is "
                "%dx%d: they are resized", masks->width, masks->height, width,
                height);
    fill_bins(masks, bins);
    nb = find_peaks(bins, (int64_t)masks->width * masks->height, peaks);
    free(bins);
    if (!nb)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "the masks are all black: give "
                        "each object one flat colour on a black background");
    if (nb > TTM_MAX_OBJECTS)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "the masks have more than %d "
                        "colours; each object needs one flat colour, and all "
                        "else must be black", TTM_MAX_OBJECTS);
    read_ids(masks, peaks, nb, width, height, ids);
    ret = assign(log, prompts, peaks, nb, number);
    if (ret < 0)
        return ret;
    for (int i = 0; i < nb; i++) {
        TTMPromptObject *object = &prompts->objects[number[i] - 1];

        for (int c = 0; c < 3; c++)
            object->colour[c] = (unsigned char)peaks[i].rgb[c];
        found[number[i] - 1].sure = 1;
        found[number[i] - 1].how  = "masks";
    }
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        if (ids[i])
            ids[i] = (uint8_t)number[ids[i] - 1];
    return 0;
}

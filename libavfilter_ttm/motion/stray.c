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

/** @file Pieces of predicted masks that are nowhere near their object. */

#include "motion/stray.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define STEP      8         /* hundredths of the height, a frame */
#define FRAMES    16        /* of clips that STEP is for; else squared */
#define LEAST     10        /* seen: 1 / LEAST of the first area */

/* The work on one object. */
typedef struct Work {
    int frames, height, width;
    size_t pixels;              ///< of a frame
    uint8_t *last;              ///< its mask when it was last seen
    uint8_t *near;              ///< where its pieces may begin
    uint8_t *scratch;
    int32_t *queue;             ///< pixels of the pieces
    TTMCancel *cancel;
} Work;

/* How many pixels away a piece may be after @p unseen frames. */
static int get_reach(const Work *w, int unseen)
{
    const int64_t few = w->frames < FRAMES ? w->frames - 1 : FRAMES - 1;
    const int64_t slow = (FRAMES - 1) * (FRAMES - 1), gaps = few * few;

    return (int)((2 * STEP * slow * w->height * unseen + 100 * gaps) /
                 (200 * gaps));
}

/* Set what is within reach of set pixels in a line of @p count. */
static void spread(const uint8_t *from, uint8_t *to, int count, ptrdiff_t step,
                   int reach)
{
    int64_t since = reach;

    for (int i = 0; i < count; i++) {
        since = from[i * step] ? 0 : since + 1;
        to[i * step] |= since <= reach;
    }
    since = reach;
    for (int i = count - 1; i >= 0; i--) {
        since = from[i * step] ? 0 : since + 1;
        to[i * step] |= since <= reach;
    }
}

/* Add to near what is so many pixels away from the last mask, each way. */
static void add_box(const Work *w, int down, int across)
{
    memset(w->scratch, 0, w->pixels);
    for (int y = 0; y < w->height; y++) {
        const ptrdiff_t at = (ptrdiff_t)y * w->width;

        spread(w->last + at, w->scratch + at, w->width, 1, across);
    }
    for (int x = 0; x < w->width && !ttm_cancelled(w->cancel); x++)
        spread(w->scratch + x, w->near + x, w->height, w->width, down);
}

static int any_set(const uint8_t *from, int count, ptrdiff_t step)
{
    for (int i = 0; i < count; i++)
        if (from[i * step])
            return 1;
    return 0;
}

static void find_near(const Work *w, int unseen)
{
    const int width = w->width, height = w->height;
    const int reach = get_reach(w, unseen), least = get_reach(w, 1);
    const int level = any_set(w->last, width, 1) ||
                      any_set(w->last + (ptrdiff_t)(height - 1) * width, width, 1);
    const int upright = any_set(w->last, height, width) ||
                        any_set(w->last + width - 1, height, width);

    memset(w->near, 0, w->pixels);
    if (level)
        add_box(w, least, reach);
    if (upright)
        add_box(w, reach, least);
    if (!level && !upright)
        add_box(w, reach, reach);
}

/* Add the pixel to the queue if it is the object's, and new. */
static int add_pixel(const Work *w, const uint8_t *frame, int id, int at, int nb)
{
    if (frame[at] != id || w->scratch[at])
        return nb;
    w->scratch[at] = 1;
    w->queue[nb]   = at;
    return nb + 1;
}

/* Drop pieces that do not begin near; pixels that stay, set in scratch. */
static int keep_pieces(const Work *w, uint8_t *frame, int id)
{
    const int width = w->width, height = w->height;
    int nb = 0;

    memset(w->scratch, 0, w->pixels);
    for (int i = 0; i < width * height; i++)
        if (w->near[i])
            nb = add_pixel(w, frame, id, i, nb);
    for (int k = 0; k < nb; k++) {
        const int x = w->queue[k] % width, y = w->queue[k] / width;

        for (int v = y > 0 ? y - 1 : 0; v <= y + 1 && v < height; v++)
            for (int u = x > 0 ? x - 1 : 0; u <= x + 1 && u < width; u++)
                nb = add_pixel(w, frame, id, v * width + u, nb);
    }
    for (int i = 0; i < width * height; i++)
        if (frame[i] == id && !w->scratch[i])
            frame[i] = 0;
    return nb;
}

static void drop_of_object(const Work *w, uint8_t *ids, int id)
{
    const size_t pixels = w->pixels;
    int64_t area = 0;
    int known, unseen = 0;

    for (size_t i = 0; i < pixels; i++)
        area += w->last[i] = ids[i] == id;
    known = area > 0;
    for (int t = 1; t < w->frames && !ttm_cancelled(w->cancel); t++) {
        int64_t left;

        unseen++;
        if (known)
            find_near(w, unseen);
        else
            memset(w->near, 1, pixels);
        left = keep_pieces(w, ids + (size_t)t * pixels, id);
        if (left && LEAST * left >= area) {
            memcpy(w->last, w->scratch, pixels);
            known  = 1;
            unseen = 0;
        }
    }
}

int ttm_stray_drop(uint8_t *ids, int frames, int height, int width, int objects,
                   TTMCancel *cancel)
{
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t *masks = ttm_array_alloc(pixels, 3);
    int32_t *queue = ttm_array_alloc(pixels, sizeof(*queue));
    int ret = TTM_ERR_MEMORY;

    if (masks && queue) {
        const Work w = { frames, height, width, pixels, masks, masks + pixels,
                         masks + 2 * pixels, queue, cancel };

        for (int id = 1; id <= objects && !ttm_cancelled(cancel); id++)
            drop_of_object(&w, ids, id);
        ret = ttm_cancelled(cancel) ? TTM_ERR_CANCELLED : 0;
    }
    free(masks);
    free(queue);
    return ret;
}

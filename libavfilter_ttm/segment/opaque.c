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


/** @file Objects where alpha says what is one: sprites on transparency, soft edges. */

#include "segment/opaque.h"

#include <stdlib.h>
#include <string.h>

#include "util/matte.h"
#include "util/mem.h"

#define LEAST_CLEAR  4          /* part of a sprite's picture that is transparent */
#define MOST_PIECES  4096       /* more are noise of the alpha, no sprite */
#define SPECK        50         /* part of the largest piece that is none of its own */
#define OWN_SHARE    10         /* part of a piece that says whose it is */
#define EDGE_REACH   32         /* part of the shorter side */
#define VISIBLE      (1 / 255.0f)

/* Pieces of what is visible, connected by sides and corners. */
typedef struct Pieces {
    int width, height, nb;
    int32_t *label;             ///< [height, width], 1 .. nb; 0: transparent
    int32_t *queue;             ///< [height * width], while something is flooded
    int64_t *pixels;            ///< [nb + 1]
    int64_t visible, largest;
} Pieces;

static void free_pieces(Pieces *p)
{
    free(p->label);
    free(p->queue);
    free(p->pixels);
}

/* Pixel @p k of eight around @p at, or -1 beyond the border. */
static int neighbour(const Pieces *p, int at, int k)
{
    static const int8_t dx[] = { 1, -1, 0, 0, 1, 1, -1, -1 };
    static const int8_t dy[] = { 0, 0, 1, -1, 1, -1, 1, -1 };
    const int x = at % p->width + dx[k], y = at / p->width + dy[k];

    return x < 0 || y < 0 || x >= p->width || y >= p->height ? -1 : y * p->width + x;
}

/* Label -1 is visible and not yet looked at. */
static int64_t flood(Pieces *p, int start, int label)
{
    int head = 0, tail = 0;

    p->queue[tail++] = start;
    p->label[start]  = label;
    while (head < tail) {
        const int at = p->queue[head++];

        for (int k = 0; k < 8; k++) {
            const int next = neighbour(p, at, k);

            if (next < 0 || p->label[next] != -1)
                continue;
            p->label[next]   = label;
            p->queue[tail++] = next;
        }
    }
    return tail;
}

static int find_pieces(Pieces *p, const TTMImage *still)
{
    const int count = still->width * still->height;
    size_t capacity = 0;

    *p = (Pieces){ .width = still->width, .height = still->height };
    p->label = ttm_array_alloc((size_t)count, sizeof(*p->label));
    p->queue = ttm_array_alloc((size_t)count, sizeof(*p->queue));
    if (!p->label || !p->queue || ttm_array_grow(&p->pixels, &capacity, 1,
                                                 sizeof(*p->pixels)) < 0)
        return TTM_ERR_MEMORY;
    p->pixels[0] = 0;
    for (int at = 0; at < count; at++) {
        if (ttm_matte_pixel_alpha(still, at % p->width, at / p->width) < VISIBLE)
            continue;
        p->label[at] = -1;
        p->visible++;
    }
    for (int at = 0; at < count; at++) {
        if (p->label[at] != -1)
            continue;
        p->nb++;
        if (ttm_array_grow(&p->pixels, &capacity, (size_t)p->nb + 1,
                           sizeof(*p->pixels)) < 0)
            return TTM_ERR_MEMORY;
        p->pixels[p->nb] = flood(p, at, p->nb);
        if (p->pixels[p->nb] > p->largest)
            p->largest = p->pixels[p->nb];
    }
    return 0;
}

static int is_sprite(const Pieces *p)
{
    const int64_t count = (int64_t)p->width * p->height;

    return p->visible && p->nb <= MOST_PIECES &&
           (count - p->visible) * LEAST_CLEAR >= count;
}

int ttm_opaque_sprite(const TTMImage *still, const TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS])
{
    const TTMPromptObject *o = &prompts->objects[0];
    Pieces p;
    int large = 0, ret;

    if (prompts->nb_objects != 1 || o->place.locate != TTM_LOCATE_WORDS ||
        o->flow.way != TTM_FLOW_NONE || o->in_place)
        return 0;
    ret = find_pieces(&p, still);
    for (int i = 1; ret >= 0 && i <= p.nb; i++)
        large += p.pixels[i] * SPECK >= p.largest;
    if (ret >= 0 && is_sprite(&p) && large == 1) {
        for (int at = 0; at < p.width * p.height; at++)
            ids[at] = p.label[at] != 0;
        found[0] = (TTMFound){ .sure = 1, .how = "alpha" };
        ret = 1;
    }
    free_pieces(&p);
    return ret;
}

/* Whose a piece is: 0: nobody's, -1: several objects share it. */
static int owner(const int64_t counts[256], int64_t pixels)
{
    int most = 0;

    for (int id = 1; id < 256; id++) {
        if (counts[id] * OWN_SHARE < pixels)
            continue;
        if (most)
            return -1;
        most = id;
    }
    return most;
}

/* Spread ids over pixels of @p open (nonzero) from those around, at most @p reach far. */
static void spread(Pieces *p, const uint8_t *open, uint8_t *ids, int reach)
{
    const int count = p->width * p->height;
    int head = 0, tail = 0, end;

    for (int at = 0; at < count; at++)
        if (ids[at])
            p->queue[tail++] = at;
    for (int step = 0; step < reach && head < tail; step++)
        for (end = tail; head < end; head++)
            for (int k = 0; k < 8; k++) {
                const int next = neighbour(p, p->queue[head], k);

                if (next < 0 || ids[next] || !open[next])
                    continue;
                ids[next] = ids[p->queue[head]];
                p->queue[tail++] = next;
            }
}

int ttm_opaque_complete(const TTMImage *still, const TTMPrompts *prompts, uint8_t *ids)
{
    const size_t count = (size_t)still->width * (size_t)still->height;
    int64_t (*counts)[256] = NULL;
    uint8_t *open = NULL;
    int *owners = NULL;         /* of each piece */
    Pieces p;
    int ret;

    for (int i = 0; i < prompts->nb_objects; i++)
        if (prompts->objects[i].place.locate != TTM_LOCATE_WORDS ||
            prompts->objects[i].in_place ||
            prompts->objects[i].flow.way != TTM_FLOW_NONE)
            return 0;
    ret = find_pieces(&p, still);
    if (ret >= 0 && is_sprite(&p)) {
        counts = ttm_array_alloc((size_t)p.nb + 1, sizeof(*counts));
        owners = ttm_array_alloc((size_t)p.nb + 1, sizeof(*owners));
        open   = ttm_array_alloc(count, 1);
        ret    = counts && owners && open ? 0 : TTM_ERR_MEMORY;
        for (size_t at = 0; ret >= 0 && at < count; at++)
            counts[p.label[at]][ids[at]]++;
        for (int i = 1; ret >= 0 && i <= p.nb; i++)
            owners[i] = owner(counts[i], p.pixels[i]);
        for (size_t at = 0; ret >= 0 && at < count; at++) {
            const int own = owners[p.label[at]];

            if (own > 0)
                ids[at] = (uint8_t)own;
            else if (!own)      /* transparent, or nobody's */
                ids[at] = 0;
            open[at] = own < 0;
        }
        if (ret >= 0)
            spread(&p, open, ids, p.width + p.height);
    }
    free(counts);
    free(owners);
    free(open);
    free_pieces(&p);
    return ret;
}

int ttm_opaque_edges(const TTMImage *still, uint8_t *ids)
{
    const int width = still->width, height = still->height;
    const int shorter = width < height ? width : height;
    const size_t count = (size_t)width * (size_t)height;
    uint8_t *open = ttm_array_alloc(count, 1);
    Pieces p = { .width = width, .height = height };

    p.queue = ttm_array_alloc(count, sizeof(*p.queue));
    for (int y = 0, at = 0; open && y < height; y++)
        for (int x = 0; x < width; x++, at++) {
            const float alpha = ttm_matte_pixel_alpha(still, x, y);

            open[at] = alpha > 0 && alpha < 1;
        }
    if (open && p.queue)
        spread(&p, open, ids, shorter / EDGE_REACH > 2 ? shorter / EDGE_REACH : 2);
    free(open);
    free(p.queue);
    return open && p.queue ? 0 : TTM_ERR_MEMORY;
}

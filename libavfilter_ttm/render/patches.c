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

/** @file Patches that are alike: the search, and the votes on the hole. */

#include "render/patches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define REACH TTM_PATCH_REACH
#define SIDE  (2 * REACH + 1)
#define BAND  16                /* rows of a band */

#define STRENGTH   16           /* of a known pixel's difference */
#define WEAKEST    4            /* of one deep in the hole */
#define INWARD     1.3f         /* confidence lost a pixel, Wexler et al. 2007 */
#define INCOHERENT 1000           /* cost of each neighbour that is not continued */
#define FAR        120000       /* cost of a source as far as the sides' sum */

#define NONE UINT32_MAX

typedef struct Work {
    TTMPatches *p;
    int radius;
    uint32_t round;
    const int32_t *list;        ///< sources
    int nb_list;
    int layer;                  ///< depth of the pixels that are filled
    TTMCancel *cancel;          ///< of the pool
} Work;

float ttm_patches_confidence(int depth)
{
    return powf(INWARD, -(float)depth);
}

int ttm_patches_create(TTMPatches *p, int width, int height)
{
    const size_t pixels = (size_t)width * (size_t)height;

    memset(p, 0, sizeof(*p));
    p->width    = width;
    p->height   = height;
    p->pixels   = ttm_array_alloc(pixels, 4);
    p->strength = ttm_array_alloc(pixels, 4);
    p->place    = ttm_array_alloc(pixels, 1);
    p->depth    = ttm_array_alloc(pixels, 1);
    p->target   = ttm_array_alloc(pixels, 1);
    p->usable   = ttm_array_alloc(pixels, 1);
    p->source   = ttm_array_alloc(pixels, sizeof(*p->source));
    p->before   = ttm_array_alloc(pixels, sizeof(*p->before));
    p->distance = ttm_array_alloc(pixels, sizeof(*p->distance));
    return p->pixels && p->strength && p->place && p->depth && p->target && p->usable &&
           p->source && p->before && p->distance ? 0 : TTM_ERR_MEMORY;
}

void ttm_patches_free(TTMPatches *p)
{
    free(p->pixels);
    free(p->place);
    free(p->strength);
    free(p->depth);
    free(p->target);
    free(p->usable);
    free(p->source);
    free(p->before);
    free(p->distance);
    memset(p, 0, sizeof(*p));
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* Set to[] within REACH of any pixel of from[], along one axis. */
static void widen(const uint8_t *from, uint8_t *to, int count, ptrdiff_t step)
{
    int left = 0;

    for (int i = -REACH; i < count; i++) {
        if (i + REACH < count && from[(i + REACH) * step])
            left = SIDE;
        if (i >= 0)
            to[i * step] = left > 0;
        left--;
    }
}

/* Chessboard distance to the next pixel that is no hole, 0 .. 255. */
static void fill_depth(TTMPatches *p)
{
    const int w = p->width, h = p->height;

    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < w * h; k++) {
            const int at = pass ? w * h - 1 - k : k, x = at % w, y = at / w;
            const int back = pass ? 1 : -1, v = y + back;
            int least = pass ? p->depth[at] : 255;

            if (p->place[at] != TTM_FILL_HOLE) {
                p->depth[at] = 0;
                continue;
            }
            if (x + back >= 0 && x + back < w)
                least = clamp(p->depth[at + back] + 1, 0, least);
            for (int u = x - 1; v >= 0 && v < h && u <= x + 1; u++)
                if (u >= 0 && u < w)
                    least = clamp(p->depth[v * w + u] + 1, 0, least);
            p->depth[at] = (uint8_t)least;
        }
}

void ttm_patches_prepare(TTMPatches *p)
{
    const int w = p->width, h = p->height;

    fill_depth(p);
    p->nb_targets = p->nb_usable = p->deepest = 0;
    p->x0 = w;
    p->y0 = h;
    p->x1 = p->y1 = 0;
    for (int i = 0; i < w * h; i++) {
        const float inward = STRENGTH * ttm_patches_confidence(p->depth[i]);

        memset(p->strength + 4 * i, inward > WEAKEST ? (int)inward : WEAKEST, 4);
        p->usable[i] = p->place[i] == TTM_FILL_HOLE;
        p->deepest   = p->depth[i] > p->deepest ? p->depth[i] : p->deepest;
    }
    for (int y = 0; y < h; y++)
        widen(p->usable + y * w, p->target + y * w, w, 1);
    memcpy(p->usable, p->target, (size_t)w * (size_t)h);
    for (int x = 0; x < w; x++)
        widen(p->usable + x, p->target + x, h, w);
    for (int i = 0; i < w * h; i++)
        p->usable[i] = p->place[i] != TTM_FILL_KNOWN;
    /* Bytes of `before` are free here. */
    for (int y = 0; y < h; y++)
        widen(p->usable + y * w, (uint8_t *)p->before + y * w, w, 1);
    for (int x = 0; x < w; x++)
        widen((uint8_t *)p->before + x, p->usable + x, h, w);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const int at = y * w + x;

            p->usable[at] = !p->usable[at] && x >= REACH && y >= REACH &&
                            x < w - REACH && y < h - REACH;
            p->nb_usable += p->usable[at];
            p->source[at] = -1;
            if (!p->target[at])
                continue;
            p->nb_targets++;
            p->x0 = x < p->x0 ? x : p->x0;
            p->y0 = y < p->y0 ? y : p->y0;
            p->x1 = x >= p->x1 ? x + 1 : p->x1;
            p->y1 = y >= p->y1 ? y + 1 : p->y1;
        }
}

static inline uint32_t row_difference(const uint8_t *a, const uint8_t *b,
                                      const uint8_t *s, int n)
{
    int32_t sum = 0;

    for (int i = 0; i < n; i++) {
        int32_t d = a[i] - b[i];

        sum += d * d * s[i];
    }
    return (uint32_t)sum / STRENGTH;
}

/*
 * Sum of squared differences of the patches around (x, y) and a source; some
 * number that is no less than @p limit where it is no less than that.
 */
static inline uint32_t difference(const TTMPatches *p, int x, int y,
                                  int32_t source, uint32_t limit)
{
    const size_t w = (size_t)p->width;
    const int y0 = y < REACH ? -y : -REACH;
    const int y1 = y + REACH < p->height ? REACH : p->height - 1 - y;
    uint32_t sum = 0;

    if (x >= REACH && x + REACH < p->width) {
        const uint8_t *a = p->pixels + 4 * ((size_t)(y + y0) * w +
                                            (size_t)(x - REACH));
        const uint8_t *b = p->pixels + 4 * ((size_t)source - REACH) +
                           4 * (ptrdiff_t)w * y0;

        const uint8_t *s = p->strength + (a - p->pixels);

        for (int v = y0; v <= y1 && sum < limit; v++, a += 4 * w, b += 4 * w, s += 4 * w)
            sum += row_difference(a, b, s, 4 * SIDE);
    } else {
        const int x0 = x < REACH ? -x : -REACH;
        const int x1 = x + REACH < p->width ? REACH : p->width - 1 - x;

        for (int v = y0; v <= y1 && sum < limit; v++)
            sum += row_difference(p->pixels + 4 * ((size_t)(y + v) * w +
                                                   (size_t)(x + x0)),
                                  p->pixels + 4 * ((ptrdiff_t)source + x0 +
                                                   v * (ptrdiff_t)w),
                                  p->strength + 4 * ((size_t)(y + v) * w +
                                                   (size_t)(x + x0)),
                                  4 * (x1 - x0 + 1));
    }
    return sum;
}

/* A bit mixer (C. Wellons' lowbias32) of a place, a round and a number. */
static uint32_t chance(uint32_t at, uint32_t round, uint32_t k)
{
    uint32_t x = at * 0x9e3779b9u ^ round * 0x85ebca6bu ^ k * 0xc2b2ae35u;

    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

/* A whole number low .. high of some bits. */
static int pick(uint32_t bits, int low, int high)
{
    return low + (int)((uint64_t)bits * (uint64_t)(high - low + 1) >> 32);
}

static int is_source(const TTMPatches *p, int x, int y)
{
    return x >= 0 && y >= 0 && x < p->width && y < p->height &&
           p->usable[y * p->width + x];
}

static int run_bands(TTMPatches *p, TTMPool *pool, TTMPoolTask task, Work *w)
{
    w->cancel = ttm_pool_cancel(pool);
    ttm_pool_run(pool, task, w, (p->y1 - p->y0 + BAND - 1) / BAND);
    return ttm_cancelled(w->cancel) ? TTM_ERR_CANCELLED : 0;
}

/* Places of all sources; NULL when memory is short. */
static int32_t *list_sources(const TTMPatches *p)
{
    int32_t *list = ttm_array_alloc((size_t)p->nb_usable, sizeof(*list));
    int nb = 0;

    for (int32_t i = 0; list && i < p->width * p->height; i++)
        if (p->usable[i])
            list[nb++] = i;
    return list;
}

static void search_all_band(void *opaque, int band, int nb)
{
    const Work *w = opaque;
    TTMPatches *p = w->p;
    const int begin = p->y0 + band * BAND, end = clamp(begin + BAND, 0, p->y1);

    (void)nb;
    for (int y = begin; y < end; y++)
        for (int x = p->x0; x < p->x1; x++) {
            const int at = y * p->width + x;
            uint32_t least = NONE;

            if (!p->target[at])
                continue;
            if (ttm_cancelled(w->cancel))
                return;
            for (int k = 0; k < w->nb_list; k++) {
                uint32_t d = difference(p, x, y, w->list[k], least);

                if (d < least) {
                    least = d;
                    p->source[at] = w->list[k];
                }
            }
            p->distance[at] = least;
        }
}

int ttm_patches_search_all(TTMPatches *p, TTMPool *pool)
{
    int32_t *list = list_sources(p);
    Work w = { .p = p, .list = list, .nb_list = p->nb_usable };
    int ret;

    if (!list)
        return TTM_ERR_MEMORY;
    ret = run_bands(p, pool, search_all_band, &w);
    free(list);
    return ret;
}

/* What is known of a patch or was filled in outer layers, against a source. */
static uint32_t known_difference(const Work *w, int x, int y, int32_t source,
                                 uint32_t limit)
{
    const TTMPatches *p = w->p;
    uint32_t sum = 0;

    for (int v = -REACH; v <= REACH && sum < limit; v++)
        for (int u = -REACH; u <= REACH; u++) {
            const int px = x + u, py = y + v, at = py * p->width + px;

            if (px >= 0 && py >= 0 && px < p->width && py < p->height &&
                p->depth[at] < w->layer)
                sum += row_difference(p->pixels + 4 * at, p->pixels + 4 *
                                      (source + v * p->width + u), p->strength + 4 * at, 4);
        }
    return sum;
}

static void peel_row(void *opaque, int row, int nb)
{
    const Work *w = opaque;
    TTMPatches *p = w->p;

    (void)nb;
    for (int x = p->x0, y = p->y0 + row; x < p->x1; x++) {
        const int at = y * p->width + x;
        uint32_t least = NONE;
        int32_t best = w->list[0];

        if (p->depth[at] != w->layer)
            continue;
        if (ttm_cancelled(w->cancel))
            return;
        for (int k = 0; k < w->nb_list; k++) {
            uint32_t d = known_difference(w, x, y, w->list[k], least);

            if (d < least) {
                least = d;
                best  = w->list[k];
            }
        }
        memcpy(p->pixels + 4 * at, p->pixels + 4 * best, 4);
    }
}

int ttm_patches_peel(TTMPatches *p, TTMPool *pool)
{
    int32_t *list = list_sources(p);
    Work w = { .p = p, .list = list, .nb_list = p->nb_usable,
               .cancel = ttm_pool_cancel(pool) };

    if (!list)
        return TTM_ERR_MEMORY;
    for (w.layer = 1; w.layer <= p->deepest; w.layer++)
        ttm_pool_run(pool, peel_row, &w, p->y1 - p->y0);
    free(list);
    return ttm_cancelled(w.cancel) ? TTM_ERR_CANCELLED : 0;
}

/* A source near (x, y), else any by chance; there must be one. */
static int32_t source_near(const TTMPatches *p, int x, int y, uint32_t seed)
{
    for (int reach = 0; reach <= 2; reach++)
        for (int v = -reach; v <= reach; v++)
            for (int u = -reach; u <= reach; u++)
                if (is_source(p, x + u, y + v))
                    return (y + v) * p->width + x + u;
    for (uint32_t k = 0;; k++) {
        int32_t at = pick(chance(seed, 7, k), 0, p->width * p->height - 1);

        /* Where sources are few, the next one will do. */
        for (int step = 0; step < p->width * p->height && k > 64; step++) {
            if (p->usable[at])
                break;
            at = at + 1 < p->width * p->height ? at + 1 : 0;
        }
        if (p->usable[at])
            return at;
    }
}

void ttm_patches_scatter(TTMPatches *p)
{
    for (int32_t at = 0; at < p->width * p->height; at++)
        if (p->target[at])
            p->source[at] = source_near(p, -9, -9, (uint32_t)at);
}

void ttm_patches_enlarge(TTMPatches *p, const TTMPatches *coarse)
{
    for (int y = p->y0; y < p->y1; y++)
        for (int x = p->x0; x < p->x1; x++) {
            const int at = y * p->width + x;
            const int from = coarse->source[(y >> 1) * coarse->width + (x >> 1)];
            int sx = -9, sy = -9;

            if (!p->target[at])
                continue;
            if (from >= 0) {
                sx = 2 * (from % coarse->width) + (x & 1);
                sy = 2 * (from / coarse->width) + (y & 1);
            }
            p->source[at] = source_near(p, sx, sy, (uint32_t)at);
        }
}

/* State of one target while candidates are tried. */
typedef struct Best {
    int x, y;
    int32_t source;
    uint32_t difference, cost;
    int32_t expected[4];        ///< what continues each neighbour; -1: none
} Best;

/* What a source costs beyond its difference. */
static uint32_t price(const TTMPatches *p, const Best *best, int32_t source)
{
    const int dx = source % p->width - best->x, dy = source / p->width - best->y;
    uint32_t sum = (uint32_t)(FAR * sqrtf((float)(dx * dx + dy * dy)) /
                              (float)(p->width + p->height));

    for (int k = 0; k < 4; k++)
        if (best->expected[k] >= 0 && best->expected[k] != source)
            sum += INCOHERENT;
    return sum;
}

static inline void consider(const Work *w, Best *best, int32_t source)
{
    uint32_t more, d;

    if (source == best->source)
        return;
    more = price(w->p, best, source);
    if (more >= best->cost)
        return;
    d = difference(w->p, best->x, best->y, source, best->cost - more);
    if (d + more < best->cost) {
        best->source     = source;
        best->difference = d;
        best->cost       = d + more;
    }
}

static void search_target(const Work *w, int x, int y, int band)
{
    static const int step[4][2] = { { -1, 0 }, { 0, -1 }, { 1, 0 }, { 0, 1 } };
    TTMPatches *p = w->p;
    const int width = p->width, at = y * width + x;
    Best best = { .x = x, .y = y, .source = p->source[at] };

    for (int k = 0; k < 4; k++) {
        const int u = x + step[k][0], v = y + step[k][1], n = v * width + u;
        int32_t from = -1;

        if (u >= 0 && v >= 0 && u < width && v < p->height && p->target[n])
            from = (v - p->y0) / BAND == band && v >= p->y0 ? p->source[n] :
                   p->before[n];
        best.expected[k] = -1;
        if (from >= 0 && is_source(p, from % width - step[k][0],
                                   from / width - step[k][1]))
            best.expected[k] = from - step[k][1] * width - step[k][0];
    }
    best.difference = difference(p, x, y, best.source, NONE);
    best.cost = best.difference + price(p, &best, best.source);
    for (int k = 0; k < 4; k++)
        if (best.expected[k] >= 0)
            consider(w, &best, best.expected[k]);
    for (int radius = w->radius, k = 0; radius > 0; radius /= 2, k++) {
        const uint32_t bits = chance((uint32_t)at, w->round, (uint32_t)k);
        const int sx = best.source % width, sy = best.source / width;
        const int u = pick(bits << 16, clamp(sx - radius, 0, width - 1),
                           clamp(sx + radius, 0, width - 1));
        const int v = pick(bits & 0xffff0000u,
                           clamp(sy - radius, 0, p->height - 1),
                           clamp(sy + radius, 0, p->height - 1));

        if (p->usable[v * width + u])
            consider(w, &best, v * width + u);
    }
    p->source[at]   = best.source;
    p->distance[at] = best.difference;
}

static void search_band(void *opaque, int band, int nb)
{
    const Work *w = opaque;
    const TTMPatches *p = w->p;
    const int begin = p->y0 + band * BAND, end = clamp(begin + BAND, 0, p->y1);
    const int back = w->round & 1;

    (void)nb;
    for (int y = back ? end - 1 : begin; y >= begin && y < end;
         y += back ? -1 : 1) {
        if (ttm_cancelled(w->cancel))
            return;
        for (int x = back ? p->x1 - 1 : p->x0; x >= p->x0 && x < p->x1;
             x += back ? -1 : 1)
            if (p->target[y * p->width + x])
                search_target(w, x, y, band);
    }
}

int ttm_patches_search(TTMPatches *p, int radius, uint32_t round, TTMPool *pool)
{
    Work w = { .p = p, .radius = radius, .round = round };
    const size_t row = (size_t)p->width;

    memcpy(p->before + (size_t)p->y0 * row, p->source + (size_t)p->y0 * row,
           (size_t)(p->y1 - p->y0) * row * sizeof(*p->before));
    return run_bands(p, pool, search_band, &w);
}

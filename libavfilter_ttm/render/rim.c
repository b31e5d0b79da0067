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

/** @file What lies around an object: background, or its shadow and soft edge. */

#include "render/rim.h"

#include <stdlib.h>
#include <string.h>

#include "render/plate.h"
#include "ttm.h"
#include "util/mem.h"

#define MOST_PIXELS 120000      /* of the small picture */
#define AROUND 2                /* cells that light is averaged over, each way */
#define ALIKE  8                /* difference of light up to which it is the same */

/* The picture at a small size. */
typedef struct Small {
    int side;                   ///< pixels of the picture a cell
    int width, height;
    uint8_t *pixels, *filled;   ///< [height, width, 3]
    uint8_t *place, *wanted;    ///< [height, width], enum TTMFill
} Small;

static int sample(const void *pixels, int bytes, size_t at)
{
    return bytes == 1 ? ((const uint8_t *)pixels)[at] :
           ((const uint16_t *)pixels)[at] >> 8;
}

/* A cell is what the worst of its pixels is, and the mean of those that show. */
static void shrink(Small *s, const void *pixels, int bytes, int width, int height,
                   const uint8_t *place, TTMCancel *cancel)
{
    static const uint8_t rank[] = {
        [TTM_FILL_KNOWN] = 0, [TTM_FILL_FOREIGN] = 1, [TTM_FILL_DOUBTFUL] = 2,
        [TTM_FILL_HOLE] = 3,
    };

    for (int i = 0; i < s->width * s->height; i++) {
        const int x0 = i % s->width * s->side, y0 = i / s->width * s->side;
        int sum[3] = { 0 }, nb = 0;

        if (!x0 && ttm_cancelled(cancel))
            return;
        s->place[i] = TTM_FILL_KNOWN;
        for (int y = y0; y < y0 + s->side && y < height; y++)
            for (int x = x0; x < x0 + s->side && x < width; x++) {
                const size_t at = (size_t)y * (size_t)width + (size_t)x;

                if (rank[place[at]] > rank[s->place[i]])
                    s->place[i] = place[at];
                if (place[at] == TTM_FILL_HOLE)
                    continue;
                nb++;
                for (size_t c = 0; c < 3; c++)
                    sum[c] += sample(pixels, bytes, 3 * at + c);
            }
        for (int c = 0; c < 3 && nb; c++)
            s->pixels[3 * i + c] = (uint8_t)(sum[c] / nb);
        s->wanted[i] = s->place[i] == TTM_FILL_DOUBTFUL ? TTM_FILL_HOLE :
                       s->place[i];
    }
    memcpy(s->filled, s->pixels, 3 * (size_t)s->width * (size_t)s->height);
}

/* Is the light around a doubtful cell that of the fill? */
static int is_background(const Small *s, int at)
{
    const int x = at % s->width, y = at / s->width;
    int sum[3] = { 0 }, nb = 0;

    for (int v = y - AROUND; v <= y + AROUND; v++)
        for (int u = x - AROUND; u <= x + AROUND; u++) {
            const int n = v * s->width + u;

            if (u < 0 || v < 0 || u >= s->width || v >= s->height ||
                s->place[n] != TTM_FILL_DOUBTFUL)
                continue;
            nb++;
            for (int c = 0; c < 3; c++)
                sum[c] += s->pixels[3 * n + c] - s->filled[3 * n + c];
        }
    return abs(sum[0]) <= ALIKE * nb && abs(sum[1]) <= ALIKE * nb &&
           abs(sum[2]) <= ALIKE * nb;
}

int ttm_rim_settle(const void *pixels, int bytes, int width, int height,
                   uint8_t *place, TTMPool *pool)
{
    Small s = { .side = 1 };
    size_t cells;
    int ret = TTM_ERR_MEMORY;

    if (!memchr(place, TTM_FILL_DOUBTFUL, (size_t)width * (size_t)height))
        return 0;
    while ((int64_t)(width / s.side) * (height / s.side) > MOST_PIXELS)
        s.side++;
    s.width  = (width + s.side - 1) / s.side;
    s.height = (height + s.side - 1) / s.side;
    cells    = (size_t)s.width * (size_t)s.height;
    s.pixels = ttm_array_alloc(cells, 3);
    s.filled = ttm_array_alloc(cells, 3);
    s.place  = ttm_array_alloc(cells, 1);
    s.wanted = ttm_array_alloc(cells, 1);
    if (s.pixels && s.filled && s.place && s.wanted) {
        shrink(&s, pixels, bytes, width, height, place, ttm_pool_cancel(pool));
        ret = ttm_cancelled(ttm_pool_cancel(pool)) ? TTM_ERR_CANCELLED :
              ttm_plate_fill(s.filled, NULL, 1, s.width, s.height, s.wanted, pool);
    }
    for (int i = 0; ret >= 0 && i < (int)cells; i++)
        s.wanted[i] = s.place[i] == TTM_FILL_DOUBTFUL && is_background(&s, i) ?
                      TTM_FILL_KNOWN : TTM_FILL_HOLE;
    for (int y = 0; ret >= 0 && y < height; y++)
        for (int x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;

            if (place[at] == TTM_FILL_DOUBTFUL)
                place[at] = s.wanted[y / s.side * s.width + x / s.side];
        }
    free(s.pixels);
    free(s.filled);
    free(s.place);
    free(s.wanted);
    return ret;
}

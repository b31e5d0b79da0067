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

/** @file Alpha that hangs together with the object, and holes with the background. */

#include "render/islands.h"

#include <stdlib.h>
#include <string.h>

#include "render/trimap.h"
#include "ttm.h"
#include "util/mem.h"

#define LEVELS 256

/* Pixels that are to be visited, by their level. */
typedef struct Queue {
    int32_t first[LEVELS];      ///< -1: none
    int32_t *next;              ///< [height, width], of a level
    uint8_t *level;             ///< [height, width], reached so far
} Queue;

static void reach(Queue *q, int at, int level)
{
    q->level[at]     = (uint8_t)level;
    q->next[at]      = q->first[level];
    q->first[level]  = at;
}

/* How far a pixel is what is followed: object, or with @p opposite background. */
static int height_of(const uint8_t *alpha, int at, int opposite)
{
    return opposite ? 255 - alpha[at] : alpha[at];
}

/*
 * Levels of all pixels: the largest over all ways from where it is sure of the least on
 * the way. A pixel is reached once, from the highest level that still has any.
 */
static void flood(Queue *q, const uint8_t *alpha, const uint8_t *value, int width, int height,
                  int opposite, TTMCancel *cancel)
{
    const int sure = opposite ? TTM_TRIMAP_BACKGROUND : TTM_TRIMAP_OBJECT;

    memset(q->level, 0, (size_t)width * (size_t)height);
    for (int l = 0; l < LEVELS; l++)
        q->first[l] = -1;
    for (int i = 0; i < width * height; i++)
        if (value[i] == sure)
            reach(q, i, LEVELS - 1);
    for (int l = LEVELS - 1; l > 0 && !ttm_cancelled(cancel); l--)
        while (q->first[l] >= 0) {
            const int at = q->first[l], x = at % width, y = at / width;

            q->first[l] = q->next[at];
            for (int k = 0; k < 9; k++) {
                const int u = x + k % 3 - 1, v = y + k / 3 - 1, to = v * width + u;
                int level;

                if (u < 0 || v < 0 || u >= width || v >= height ||
                    value[to] != TTM_TRIMAP_UNKNOWN || q->level[to])
                    continue;
                level = height_of(alpha, to, opposite);
                level = level < l ? level : l;
                if (level)
                    reach(q, to, level);
            }
        }
}

int ttm_islands_remove(uint8_t *alpha, const uint8_t *value, int width, int height,
                       TTMCancel *cancel)
{
    const size_t count = (size_t)width * (size_t)height;
    Queue q = { .next = ttm_array_alloc(count, sizeof(*q.next)),
                .level = ttm_array_alloc(count, 1) };
    int ret = q.next && q.level ? 0 : TTM_ERR_MEMORY;

    for (int opposite = 0; ret >= 0 && opposite < 2; opposite++) {
        flood(&q, alpha, value, width, height, opposite, cancel);
        if (ttm_cancelled(cancel))
            ret = TTM_ERR_CANCELLED;
        for (size_t i = 0; ret >= 0 && i < count; i++)
            if (value[i] == TTM_TRIMAP_UNKNOWN)
                alpha[i] = (uint8_t)(opposite ? 255 - q.level[i] : q.level[i]);
    }
    free(q.next);
    free(q.level);
    return ret;
}

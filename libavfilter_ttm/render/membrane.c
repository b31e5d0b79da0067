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

/** @file Values at the rim of a hole, continued smoothly into it. */

#include "render/membrane.h"

#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define SWEEPS 12               /* over each grid */

/* A membrane, or one half its size. */
typedef struct Grid {
    int width, height;
    uint8_t *cells;
    float *values, *bends;
    TTMCancel *cancel;
} Grid;

/* Half the size: fixed where any cell is, else free where any is. */
static void reduce(const Grid *g, Grid *half)
{
    for (int i = 0; i < half->width * half->height; i++) {
        const int x = 2 * (i % half->width), y = 2 * (i / half->width);
        int fixed = 0, is_free = 0;
        float sum[3] = { 0 };

        if (!x && ttm_cancelled(g->cancel))
            return;
        for (int k = 0; k < 4; k++) {
            const int u = x + (k & 1), v = y + (k >> 1), at = v * g->width + u;

            if (u >= g->width || v >= g->height)
                continue;
            is_free |= g->cells[at] == TTM_MEMBRANE_FREE;
            fixed   += g->cells[at] == TTM_MEMBRANE_FIXED;
            for (int c = 0; c < 3; c++) {
                if (g->cells[at] == TTM_MEMBRANE_FIXED)
                    sum[c] += g->values[3 * at + c];
                if (g->cells[at] == TTM_MEMBRANE_FREE)
                    half->bends[3 * i + c] += g->bends[3 * at + c];
            }
        }
        half->cells[i] = fixed ? TTM_MEMBRANE_FIXED : is_free ? TTM_MEMBRANE_FREE :
                         TTM_MEMBRANE_NOTHING;
        for (int c = 0; c < 3 && fixed; c++)
            half->values[3 * i + c] = sum[c] / (float)fixed;
    }
}

/* Gauss-Seidel: each free cell becomes the mean of its neighbours, less its bend. */
static void relax(const Grid *g)
{
    const int width = g->width, count = width * g->height;

    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int k = 0; k < count; k++) {
            const int at = sweep & 1 ? count - 1 - k : k;
            const int x = at % width, y = at / width;
            const int near[4] = { x > 0 ? at - 1 : at,
                                  x + 1 < width ? at + 1 : at,
                                  y > 0 ? at - width : at,
                                  y + 1 < g->height ? at + width : at };
            float sum[3] = { 0 };
            int nb = 0;

            if (!x && ttm_cancelled(g->cancel))
                return;
            if (g->cells[at] != TTM_MEMBRANE_FREE)
                continue;
            for (int n = 0; n < 4; n++) {
                if (near[n] == at || g->cells[near[n]] == TTM_MEMBRANE_NOTHING)
                    continue;
                nb++;
                for (int c = 0; c < 3; c++)
                    sum[c] += g->values[3 * near[n] + c];
            }
            for (int c = 0; c < 3 && nb; c++)
                g->values[3 * at + c] = (sum[c] - g->bends[3 * at + c]) / (float)nb;
        }
}

static int solve(const Grid *g)
{
    Grid half = { (g->width + 1) / 2, (g->height + 1) / 2, NULL, NULL, NULL,
                  g->cancel };
    const size_t count = (size_t)half.width * (size_t)half.height;
    int ret = 0;

    if (g->width > 1 || g->height > 1) {
        half.cells  = ttm_array_alloc(count, 1);
        half.values = ttm_array_alloc(count, 3 * sizeof(*half.values));
        half.bends  = ttm_array_alloc(count, 3 * sizeof(*half.bends));
        ret = TTM_ERR_MEMORY;
        if (half.cells && half.values && half.bends) {
            reduce(g, &half);
            ret = solve(&half);
        }
        for (int i = 0; ret >= 0 && i < g->width * g->height; i++)
            if (g->cells[i] == TTM_MEMBRANE_FREE)
                memcpy(g->values + 3 * i, half.values +
                       3 * (i / g->width / 2 * half.width + i % g->width / 2),
                       3 * sizeof(*half.values));
        free(half.cells);
        free(half.values);
        free(half.bends);
    } else if (*g->cells == TTM_MEMBRANE_FREE) {
        memset(g->values, 0, 3 * sizeof(*g->values));
    }
    if (ret >= 0)
        relax(g);
    return ret >= 0 && ttm_cancelled(g->cancel) ? TTM_ERR_CANCELLED : ret;
}

int ttm_membrane_solve(uint8_t *cells, int width, int height, float *values,
                       float *bends, TTMCancel *cancel)
{
    return solve(&(Grid){ width, height, cells, values, bends, cancel });
}

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

/** @file Cases of the op on square windows of positions. */

#include "cases.h"

static double one_each(const int64_t *p)
{
    return (double)p[1] * p[2] * p[3] * p[4];
}

static TTMNodeId build_window(CaseGraph *g, const int64_t *p)
{
    const int64_t rows = (p[2] + p[5] - 1) / p[5], columns = (p[3] + p[5] - 1) / p[5];

    if (p[0] == TTM_WINDOW_JOIN)
        return ttm_graph_window_join(g->graph,
                                     case_input(g, TTM_SHAPE(p[1] * rows * columns, p[5],
                                                             p[5], p[4]), 1), p[2], p[3]);
    if (p[0] == TTM_WINDOW_MAX)
        return ttm_graph_window_max(g->graph, case_input(g, TTM_SHAPE(p[1], p[2], p[3],
                                                                      p[4]), 1),
                                    (int)p[5]);
    return ttm_graph_window_split(g->graph, case_input(g, TTM_SHAPE(p[1], p[2], p[3],
                                                                    p[4]), 1), (int)p[5]);
}

static const int64_t window_rows[][CASE_MAX_PARAMETERS] = {
    /* kind, four dimensions, size */
    { TTM_WINDOW_SPLIT, 1,   1,   1,   1,  1 }, { TTM_WINDOW_SPLIT, 2,  8,  12,  5,  4 },
    { TTM_WINDOW_SPLIT, 2,   9,   7,   3,  4 }, { TTM_WINDOW_SPLIT, 1,  3,   2,  8,  7 },
    { TTM_WINDOW_JOIN,  1,   1,   1,   1,  1 }, { TTM_WINDOW_JOIN,  2,  8,  12,  5,  4 },
    { TTM_WINDOW_JOIN,  2,   9,   7,   3,  4 }, { TTM_WINDOW_JOIN,  1,  3,   2,  8,  7 },
    { TTM_WINDOW_MAX,   1,   1,   1,   1,  1 }, { TTM_WINDOW_MAX,   3,  8,  12,  5,  2 },
    { TTM_WINDOW_MAX,   2,   9,   7,   3,  2 }, { TTM_WINDOW_MAX,   1,  7,  10, 16,  3 },
    { TTM_WINDOW_SPLIT, 1,  64,  64,  96, 14 }, { TTM_WINDOW_JOIN,  1, 64,  64, 96, 14 },
    { TTM_WINDOW_MAX,  64,  14,  14,  96,  2 },
    { TTM_WINDOW_SPLIT, 1, 256, 256, 96, 8 }, { TTM_WINDOW_JOIN, 1, 256, 256, 96, 8 },
    { TTM_WINDOW_MAX, 1, 256, 256, 192, 2 },
};

const CaseOp case_window = {
    "window", { "kind", "n", "h", "w", "c", "size" }, build_window, one_each,
    { { 0, 0 }, { 0, 0 }, { 0, 0 } }, CASE_ROWS(window_rows, 3)
};

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

/** @file Cases of the work on object ids; every result is exact. */

#include <stdlib.h>

#include "cases.h"

/** Boxes of random objects over one another; a few ids are out of range. */
static TTMNodeId make_ids(CaseGraph *g, int64_t frames, int64_t height,
                          int64_t width, int64_t objects)
{
    uint8_t *ids = calloc(frames * height * width, 1);

    for (int64_t n = 0; n < frames * (objects + 2); n++) {
        int64_t t  = n / (objects + 2), id = n % (objects + 2);
        double size = id % 3 == 2 ? 0.1 : 0.6;
        int64_t x0 = (int64_t)(case_random(g) * width);
        int64_t y0 = (int64_t)(case_random(g) * height);
        int64_t x1 = x0 + 1 + (int64_t)(case_random(g) * width * size);
        int64_t y1 = y0 + 1 + (int64_t)(case_random(g) * height * size);

        if (case_random(g) < 0.3)
            continue;
        for (int64_t y = y0; y < y1 && y < height; y++)
            for (int64_t x = x0; x < x1 && x < width; x++)
                ids[(t * height + y) * width + x] = (uint8_t)id;
    }
    return case_input_data(g, TTM_SHAPE(frames, height, width), TTM_DTYPE_U8, ids);
}

/** Colours; the last two are the same, so that the first must win. */
static TTMNodeId make_table(CaseGraph *g, int64_t rows)
{
    CaseInput *input = &g->input[g->nb_inputs++];
    float *table     = malloc(rows * 3 * sizeof(*table));

    for (int64_t i = 0; i < rows * 3; i++)
        table[i] = (float)((int)(case_random(g) * 5) / 2.0 - 1);
    for (int64_t i = 0; rows > 1 && i < 3; i++)
        table[(rows - 1) * 3 + i] = table[(rows - 2) * 3 + i];
    *input = (CaseInput){ "table", table, TTM_DTYPE_F32 };
    return ttm_graph_input(g->graph, "table", TTM_SHAPE(rows, 3), TTM_DTYPE_F32);
}

static TTMNodeId build_mask(CaseGraph *g, const int64_t *p)
{
    const int64_t frames = p[1], height = p[2], width = p[3];
    const int h = (int)p[4], w = (int)p[5], objects = (int)p[6];
    TTMGraph *graph = g->graph;
    TTMNodeId ids;

    if (p[0] == TTM_MASK_NEAREST) {
        TTMNodeId x = case_input(g, TTM_SHAPE(frames, height, width, 3), 0.7);

        return ttm_graph_nearest(graph, x, make_table(g, objects));
    }
    ids = make_ids(g, frames, height, width, objects);
    switch (p[0]) {
    case TTM_MASK_CELLS:
        return ttm_graph_cells(graph, ids, objects, h, w);
    case TTM_MASK_BOXES:
        return ttm_graph_boxes(graph, ids, objects);
    case TTM_MASK_SETS:
        return ttm_graph_mask_sets(graph, ids, objects, h, w);
    case TTM_MASK_BOX_SETS:
        return ttm_graph_box_sets(graph, ttm_graph_boxes(graph, ids, objects),
                                  (int)height, (int)width, h, w);
    default:
        return ttm_graph_paint(graph, ids, make_table(g, objects));
    }
}

static double mask_operations(const int64_t *p)
{
    return (double)p[1] * p[2] * p[3] * p[6];
}

static const int64_t mask_rows[][CASE_MAX_PARAMETERS] = {
    /* kind, frames, height, width, cell height, cell width, objects */
    { TTM_MASK_CELLS, 1, 1, 1, 1, 1, 0 },
    { TTM_MASK_CELLS, 3, 17, 23, 5, 7, 3 },
    { TTM_MASK_CELLS, 4, 64, 64, 8, 8, 5 },
    { TTM_MASK_CELLS, 2, 33, 20, 3, 3, 16 },
    { TTM_MASK_CELLS, 5, 16, 16, 2, 3, 32 },
    { TTM_MASK_CELLS, 2, 3, 2, 8, 9, 2 },
    { TTM_MASK_CELLS, 1, 70, 300, 1, 1, 4 },
    { TTM_MASK_BOXES, 1, 1, 1, 1, 1, 1 },
    { TTM_MASK_BOXES, 3, 17, 23, 1, 1, 3 },
    { TTM_MASK_BOXES, 2, 90, 31, 1, 1, 32 },
    { TTM_MASK_SETS, 3, 17, 23, 5, 7, 3 },
    { TTM_MASK_SETS, 2, 64, 48, 16, 6, 16 },
    { TTM_MASK_SETS, 2, 3, 2, 8, 9, 2 },
    { TTM_MASK_BOX_SETS, 3, 17, 23, 5, 7, 3 },
    { TTM_MASK_BOX_SETS, 2, 64, 48, 16, 6, 16 },
    { TTM_MASK_BOX_SETS, 2, 3, 2, 8, 9, 2 },
    { TTM_MASK_NEAREST, 1, 1, 3, 1, 1, 1 },
    { TTM_MASK_NEAREST, 2, 19, 21, 1, 1, 17 },
    { TTM_MASK_NEAREST, 1, 64, 64, 1, 1, 5 },
    { TTM_MASK_PAINT, 1, 1, 3, 1, 1, 1 },
    { TTM_MASK_PAINT, 3, 19, 21, 1, 1, 6 },
    { TTM_MASK_CELLS, 16, 512, 512, 64, 64, 4 },
    { TTM_MASK_BOXES, 16, 512, 512, 1, 1, 4 },
    { TTM_MASK_NEAREST, 16, 512, 512, 1, 1, 5 },
};

const CaseOp case_mask = {
    "mask", { "kind", "f", "y", "x", "h", "w", "ids" }, build_mask,
    mask_operations, { { 0, 0 }, { 0, 0 }, { 0, 0 } },
    CASE_ROWS(mask_rows, 3)
};

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

/** @file Shape rules of the work on object ids. */

#include "graph/builder.h"

/** 1 when @p id is of @p dtype and @p rank (0: any); else it rejects. */
static int check_input(TTMGraph *graph, TTMNodeId id, enum TTMDType dtype, int rank,
                       const char *what)
{
    char text[80];
    const TTMNode *node;

    if (!ttm_graph_has(graph, TTM_OP_MASK, id))
        return 0;
    node = &graph->nodes[id];
    if (node->dtype == dtype && (!rank || node->shape.rank == rank))
        return 1;
    ttm_graph_reject(graph, TTM_OP_MASK, id, "%s must be %s%s, not %s %s", what,
                     ttm_dtype_name(dtype), rank == 3 ? " with 3 axes" :
                     rank == 2 ? " with 2 axes" : "", ttm_dtype_name(node->dtype),
                     ttm_shape_string(&node->shape, text, sizeof(text)));
    return 0;
}

/** Append the node, its parameters being in range; else it rejects. */
static TTMNodeId finish(TTMGraph *graph, const TTMMask *mask, TTMShape shape,
                        enum TTMDType dtype, TTMNodeId x, TTMNodeId table)
{
    const TTMNodeId inputs[] = { x, table };
    const int most = UINT16_MAX;    /* cell times pixels fit 32 bits */
    TTMNode *node;

    if (mask->objects < (mask->kind == TTM_MASK_BOXES) || mask->objects > TTM_MASK_OBJECTS ||
        mask->height < 1 || mask->width < 1 || mask->cell_height < 1 ||
        mask->cell_width < 1 || mask->height > most || mask->width > most ||
        mask->cell_height > most || mask->cell_width > most)
        return ttm_graph_reject(graph, TTM_OP_MASK, x, "%d objects (at most %d), "
                                "%dx%d pixels or %dx%d cells are out of range",
                                mask->objects, TTM_MASK_OBJECTS, mask->width,
                                mask->height, mask->cell_width, mask->cell_height);
    node = ttm_graph_append(graph, TTM_OP_MASK, NULL, shape, dtype, inputs, 2);
    if (!node)
        return TTM_NO_NODE;
    node->mask = *mask;
    return graph->nb_nodes - 1;
}

/** The kinds that take ids [F, H, W] and give one value a cell. */
static TTMNodeId of_cells(TTMGraph *graph, TTMNodeId ids, enum TTMMaskKind kind,
                          enum TTMDType dtype, int objects, int h, int w)
{
    const TTMShape *s;
    TTMMask mask = { kind, objects, 0, 0, h, w };

    if (!check_input(graph, ids, TTM_DTYPE_U8, 3, "ids"))
        return TTM_NO_NODE;
    s = &graph->nodes[ids].shape;
    mask.height = (int)s->dim[1];
    mask.width  = (int)s->dim[2];
    return finish(graph, &mask, TTM_SHAPE(s->dim[0], h > 0 ? h : 1, w > 0 ? w : 1),
                  dtype, ids, TTM_NO_NODE);
}

TTMNodeId ttm_graph_cells(TTMGraph *graph, TTMNodeId ids, int objects,
                          int cell_height, int cell_width)
{
    return of_cells(graph, ids, TTM_MASK_CELLS, TTM_DTYPE_U8, objects, cell_height,
                    cell_width);
}

TTMNodeId ttm_graph_mask_sets(TTMGraph *graph, TTMNodeId ids, int objects,
                              int cell_height, int cell_width)
{
    return of_cells(graph, ids, TTM_MASK_SETS, TTM_DTYPE_U32, objects, cell_height,
                    cell_width);
}

TTMNodeId ttm_graph_boxes(TTMGraph *graph, TTMNodeId ids, int objects)
{
    const TTMShape *s;
    TTMMask mask = { TTM_MASK_BOXES, objects, 0, 0, 1, 1 };

    if (!check_input(graph, ids, TTM_DTYPE_U8, 3, "ids"))
        return TTM_NO_NODE;
    s = &graph->nodes[ids].shape;
    mask.height = (int)s->dim[1];
    mask.width  = (int)s->dim[2];
    return finish(graph, &mask, TTM_SHAPE(s->dim[0], objects > 0 ? objects : 1, 4),
                  TTM_DTYPE_I32, ids, TTM_NO_NODE);
}

TTMNodeId ttm_graph_box_sets(TTMGraph *graph, TTMNodeId boxes, int height,
                             int width, int cell_height, int cell_width)
{
    const TTMShape *s;
    TTMMask mask = { TTM_MASK_BOX_SETS, 0, height, width, cell_height, cell_width };

    if (!check_input(graph, boxes, TTM_DTYPE_I32, 3, "boxes"))
        return TTM_NO_NODE;
    s = &graph->nodes[boxes].shape;
    if (s->dim[2] != 4)
        return ttm_graph_reject(graph, TTM_OP_MASK, boxes, "boxes must have 4 "
                                "corners, not %lld", (long long)s->dim[2]);
    mask.objects = (int)s->dim[1];
    return finish(graph, &mask, TTM_SHAPE(s->dim[0], cell_height > 0 ? cell_height : 1,
                                          cell_width > 0 ? cell_width : 1),
                  TTM_DTYPE_U32, boxes, TTM_NO_NODE);
}

/** A table of at most 256 rows of @p columns (0: up to TTM_MASK_COLUMNS). */
static int check_table(TTMGraph *graph, TTMNodeId table, int64_t columns)
{
    const TTMShape *s;

    if (!check_input(graph, table, TTM_DTYPE_F32, 2, "the table"))
        return 0;
    s = &graph->nodes[table].shape;
    if (s->dim[0] <= 256 && s->dim[1] <= TTM_MASK_COLUMNS &&
        (!columns || s->dim[1] == columns))
        return 1;
    ttm_graph_reject(graph, TTM_OP_MASK, table, "the table has %lld rows (at most "
                     "256) of %lld (at most %d), not of %lld",
                     (long long)s->dim[0], (long long)s->dim[1],
                     TTM_MASK_COLUMNS, (long long)columns);
    return 0;
}

TTMNodeId ttm_graph_nearest(TTMGraph *graph, TTMNodeId x, TTMNodeId table)
{
    const TTMMask mask = { TTM_MASK_NEAREST, 0, 1, 1, 1, 1 };
    TTMShape shape;

    if (!ttm_graph_has_value(graph, TTM_OP_MASK, x))
        return TTM_NO_NODE;
    shape = graph->nodes[x].shape;
    if (!check_table(graph, table, ttm_shape_last(&shape)))
        return TTM_NO_NODE;
    if (shape.rank > 1)
        shape.rank--;
    else
        shape.dim[0] = 1;
    return finish(graph, &mask, shape, TTM_DTYPE_U8, x, table);
}

TTMNodeId ttm_graph_paint(TTMGraph *graph, TTMNodeId ids, TTMNodeId table)
{
    const TTMMask mask = { TTM_MASK_PAINT, 0, 1, 1, 1, 1 };
    TTMShape shape;

    if (!check_input(graph, ids, TTM_DTYPE_U8, 0, "ids") ||
        !check_table(graph, table, 0))
        return TTM_NO_NODE;
    shape = graph->nodes[ids].shape;
    if (shape.rank >= TTM_MAX_RANK)
        return ttm_graph_reject(graph, TTM_OP_MASK, ids, "ids have too many axes");
    shape.dim[shape.rank++] = ttm_shape_last(&graph->nodes[table].shape);
    return finish(graph, &mask, shape, graph->dtype, ids, table);
}

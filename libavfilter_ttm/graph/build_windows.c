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

/** @file Square windows of positions, for the builder. */

#include "graph/builder.h"

/** 1 when @p x is positions [N, H, W, C] and @p size a window's; else it rejects. */
static int has_positions(TTMGraph *graph, TTMNodeId x, int64_t size)
{
    const enum TTMOp op = TTM_OP_WINDOW;
    char text[80];

    if (!ttm_graph_has_value(graph, op, x))
        return 0;
    if (graph->nodes[x].shape.rank == 4 && size > 0 && size <= INT32_MAX)
        return 1;
    ttm_graph_reject(graph, op, x, "windows of %lld of %s; it must be [n, height, width, "
                     "channels]", (long long)size,
                     ttm_shape_string(&graph->nodes[x].shape, text, sizeof(text)));
    return 0;
}

static TTMNodeId append(TTMGraph *graph, TTMNodeId x, TTMShape shape,
                        enum TTMWindowKind kind, int64_t size, int64_t height,
                        int64_t width)
{
    TTMNode *node = ttm_graph_append(graph, TTM_OP_WINDOW, NULL, shape, graph->dtype, &x,
                                     1);

    if (!node)
        return TTM_NO_NODE;
    node->windows = (TTMWindows){ kind, (int)size, (int)height, (int)width };
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_window_split(TTMGraph *graph, TTMNodeId x, int size)
{
    TTMShape s;

    if (!has_positions(graph, x, size))
        return TTM_NO_NODE;
    s = graph->nodes[x].shape;
    return append(graph, x, TTM_SHAPE(s.dim[0] * ((s.dim[1] + size - 1) / size) *
                                      ((s.dim[2] + size - 1) / size), size, size,
                                      s.dim[3]),
                  TTM_WINDOW_SPLIT, size, s.dim[1], s.dim[2]);
}

TTMNodeId ttm_graph_window_join(TTMGraph *graph, TTMNodeId x, int64_t height,
                                int64_t width)
{
    int64_t size, windows;
    char text[80];
    TTMShape s;

    if (!has_positions(graph, x, 1))
        return TTM_NO_NODE;
    s       = graph->nodes[x].shape;
    size    = s.dim[1];
    windows = height > 0 && width > 0 ? (height + size - 1) / size *
                                        ((width + size - 1) / size) : 0;
    if (s.dim[2] != size || !windows || s.dim[0] % windows || height > INT32_MAX ||
        width > INT32_MAX)
        return ttm_graph_reject(graph, TTM_OP_WINDOW, x, "%s are no windows of %lldx%lld "
                                "positions", ttm_shape_string(&s, text, sizeof(text)),
                                (long long)width, (long long)height);
    return append(graph, x, TTM_SHAPE(s.dim[0] / windows, height, width, s.dim[3]),
                  TTM_WINDOW_JOIN, size, height, width);
}

TTMNodeId ttm_graph_window_max(TTMGraph *graph, TTMNodeId x, int size)
{
    char text[80];
    TTMShape s;

    if (!has_positions(graph, x, size))
        return TTM_NO_NODE;
    s = graph->nodes[x].shape;
    if (s.dim[1] < size || s.dim[2] < size)
        return ttm_graph_reject(graph, TTM_OP_WINDOW, x, "a window of %d does not fit %s",
                                size, ttm_shape_string(&s, text, sizeof(text)));
    return append(graph, x, TTM_SHAPE(s.dim[0], s.dim[1] / size, s.dim[2] / size,
                                      s.dim[3]),
                  TTM_WINDOW_MAX, size, s.dim[1], s.dim[2]);
}

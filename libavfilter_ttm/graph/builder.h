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

/** @file What the files of the graph builder share; not for other layers. */

#ifndef TTM_GRAPH_BUILDER_H
#define TTM_GRAPH_BUILDER_H

#include "graph/graph.h"

/**
 * Append a node; @p inputs are copied (negative entries are absent optional
 * inputs) and @p name as well (NULL: made from the scope and the op).
 * Returns NULL after marking the graph as failed. The pointer is valid until
 * the next append; the new node's id is graph->nb_nodes - 1.
 */
TTMNode *ttm_graph_append(TTMGraph *graph, enum TTMOp op, const char *name,
                          TTMShape shape, enum TTMDType dtype,
                          const TTMNodeId *inputs, int nb_inputs);

/** Mark @p graph as failed after one log line about an op on @p subject. */
TTMNodeId ttm_graph_reject(TTMGraph *graph, enum TTMOp op, TTMNodeId subject,
                           const char *format, ...) TTM_PRINTF_FORMAT(4, 5);

/** 1 when @p id names a node of a graph that has not failed; else it rejects. */
int ttm_graph_has(TTMGraph *graph, enum TTMOp op, TTMNodeId id);

/** As ttm_graph_has(), and the node is of the graph's dtype. */
int ttm_graph_has_value(TTMGraph *graph, enum TTMOp op, TTMNodeId id);

/** As ttm_graph_has(), and the node is a weight (maybe reshaped). */
int ttm_graph_has_weight(TTMGraph *graph, enum TTMOp op, TTMNodeId id);

/** 1 for TTM_NO_NODE and for a weight of @p count elements; else it rejects. */
int ttm_graph_has_vector(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                         int64_t count, const char *what);

/** 1 for TTM_NO_NODE and for a value of shape @p shape; else it rejects. */
int ttm_graph_has_residual(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                           const TTMShape *shape);

/** 1 for TTM_NO_NODE and for an order of the rows of @p shape; else it rejects. */
int ttm_graph_has_order(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                        const TTMShape *shape);

/** Size of the last axis. */
static inline int64_t ttm_shape_last(const TTMShape *shape)
{
    return shape->dim[shape->rank - 1];
}

#endif /* TTM_GRAPH_BUILDER_H */

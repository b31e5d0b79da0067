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

/** @file What nodes and graphs cost: operations and bytes, for profiles and estimates. */

#ifndef TTM_GRAPH_COST_H
#define TTM_GRAPH_COST_H

#include "graph/graph.h"

/** Multiplications and additions of a node; masks are not deducted. */
double ttm_node_operations(const TTMGraph *graph, TTMNodeId node);

/** Bytes of a node's inputs and its output. */
double ttm_node_bytes(const TTMGraph *graph, TTMNodeId node);

/** What a run takes, by what limits the speed of its nodes. */
typedef struct TTMEffort {
    double linear, conv, attention; ///< operations of nodes of these kinds
    double norm;                ///< bytes of group normalizations
    double bytes;               ///< moved by all other nodes
    double nodes;               ///< that do something
    double weights;             ///< bytes of weights: once, not at every run
} TTMEffort;

/** Add a run of @p graph to @p effort. */
void ttm_graph_effort(const TTMGraph *graph, TTMEffort *effort);

/** Add @p times the runs of @p more, and its weights once. */
void ttm_effort_add(TTMEffort *effort, const TTMEffort *more, double times);

/** Operations of all kinds. */
double ttm_effort_operations(const TTMEffort *effort);

#endif /* TTM_GRAPH_COST_H */

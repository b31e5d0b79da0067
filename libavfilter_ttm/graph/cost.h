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

/** @file What a node costs: operations and bytes, for profiles. */

#ifndef TTM_GRAPH_COST_H
#define TTM_GRAPH_COST_H

#include "graph/graph.h"

/** Multiplications and additions of a node; masks are not deducted. */
double ttm_node_operations(const TTMGraph *graph, TTMNodeId node);

/** Bytes of a node's inputs and its output. */
double ttm_node_bytes(const TTMGraph *graph, TTMNodeId node);

#endif /* TTM_GRAPH_COST_H */

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

/**
 * @file
 * Liveness plan: where each intermediate of a graph lies in one arena.
 */

#ifndef TTM_GRAPH_PLAN_H
#define TTM_GRAPH_PLAN_H

#include "graph/graph.h"

/** Where a node's value is found. */
enum TTMPlace {
    TTM_PLACE_ARENA,        ///< at offset in the arena
    TTM_PLACE_EXTERNAL,     ///< bound at run: inputs and outputs; index = offset
    TTM_PLACE_WEIGHT,       ///< uploaded once
    TTM_PLACE_ALIAS,        ///< same memory as node `offset` (reshape)
    TTM_PLACE_UNUSED,       ///< not needed by any output
};

typedef struct TTMPlacement {
    enum TTMPlace place;
    int64_t offset;
} TTMPlacement;

/**
 * Externals are numbered: the graph's TTM_OP_INPUT nodes in node order, then
 * its outputs in order.
 */
typedef struct TTMPlan {
    TTMPlacement *placement;    ///< one a node
    TTMNodeId *order;           ///< nodes to execute, in order
    int nb_order;
    int nb_inputs, nb_outputs;
    size_t arena_bytes;         ///< known before anything is allocated
    size_t weight_bytes;        ///< in the graph's dtype
} TTMPlan;

/** Offsets are multiples of @p alignment. */
int ttm_plan_create(TTMPlan **plan, const TTMGraph *graph, size_t alignment);
void ttm_plan_free(TTMPlan **plan);

#endif /* TTM_GRAPH_PLAN_H */

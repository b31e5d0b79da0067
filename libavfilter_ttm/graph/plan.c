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
 * Liveness plan. Values that are alive at the same time never share bytes;
 * offsets are chosen largest value first, each in the smallest gap that the
 * values already placed leave during its life.
 */

#include <stdint.h>
#include <stdlib.h>

#include "graph/plan.h"
#include "util/mem.h"

/** Life of a value: positions in the order, both inclusive. */
typedef struct Life {
    TTMNodeId node;
    int first, last;
    int64_t offset, bytes;
} Life;

static int mark_used(char *used, const TTMGraph *graph)
{
    int nb_used = 0;

    for (int i = 0; i < graph->nb_outputs; i++)
        used[graph->outputs[i]] = 1;
    /* inputs have lower ids than the nodes that read them */
    for (int i = graph->nb_nodes - 1; i >= 0; i--) {
        const TTMNode *node = &graph->nodes[i];

        if (!used[i])
            continue;
        nb_used++;
        for (int k = 0; k < node->nb_inputs; k++)
            if (node->input[k] >= 0)
                used[node->input[k]] = 1;
    }
    return nb_used;
}

/** Everything but arena offsets. */
static void place(TTMPlan *plan, const TTMGraph *graph, const char *used)
{
    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];
        TTMPlacement *p     = &plan->placement[i];

        *p = (TTMPlacement){ TTM_PLACE_UNUSED, 0 };
        if (node->op == TTM_OP_INPUT) {
            *p = (TTMPlacement){ TTM_PLACE_EXTERNAL, plan->nb_inputs++ };
        } else if (!used[i]) {
            continue;
        } else if (node->op == TTM_OP_WEIGHT) {
            p->place = TTM_PLACE_WEIGHT;
            plan->weight_bytes += ttm_shape_count(&node->shape) *
                                  ttm_dtype_size(node->dtype);
        } else if (node->op == TTM_OP_RESHAPE) {
            *p = (TTMPlacement){ TTM_PLACE_ALIAS, ttm_graph_root(graph, i) };
        } else {
            p->place = TTM_PLACE_ARENA;
            plan->order[plan->nb_order++] = i;
        }
    }
    for (int i = 0; i < graph->nb_outputs; i++) {
        TTMNodeId root = ttm_graph_root(graph, graph->outputs[i]);

        plan->placement[root] =
            (TTMPlacement){ TTM_PLACE_EXTERNAL, plan->nb_inputs + i };
    }
    plan->nb_outputs = graph->nb_outputs;
}

static int by_size(const void *a, const void *b)
{
    const Life *x = a, *y = b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x->node < y->node ? -1 : x->node > y->node;
}

static int by_offset(const void *a, const void *b)
{
    const Life *x = *(const Life *const *)a, *y = *(const Life *const *)b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/** Choose the offset of @p life among the @p nb others that are placed. */
static void choose_offset(Life *life, const Life *placed, int nb,
                          const Life **conflicts)
{
    int64_t end = 0, best_gap = INT64_MAX, best = -1;
    int nb_conflicts = 0;

    for (int i = 0; i < nb; i++)
        if (placed[i].first <= life->last && placed[i].last >= life->first)
            conflicts[nb_conflicts++] = &placed[i];
    qsort(conflicts, nb_conflicts, sizeof(*conflicts), by_offset);
    for (int i = 0; i < nb_conflicts; i++) {
        int64_t gap = conflicts[i]->offset - end;
        int64_t stop = conflicts[i]->offset + conflicts[i]->bytes;

        if (gap >= life->bytes && gap < best_gap) {
            best_gap = gap;
            best     = end;
        }
        if (stop > end)
            end = stop;
    }
    life->offset = best >= 0 ? best : end;
}

/** Lives of all arena values, in order; returns their number. */
static int find_lives(Life *lives, int *index, const TTMPlan *plan,
                      const TTMGraph *graph, size_t alignment)
{
    int nb = 0;

    for (int i = 0; i < plan->nb_order; i++) {
        TTMNodeId id        = plan->order[i];
        const TTMNode *node = &graph->nodes[id];

        for (int k = 0; k < node->nb_inputs; k++) {
            TTMNodeId root = node->input[k] < 0 ? TTM_NO_NODE :
                             ttm_graph_root(graph, node->input[k]);

            if (root >= 0 && plan->placement[root].place == TTM_PLACE_ARENA)
                lives[index[root]].last = i;
        }
        if (plan->placement[id].place == TTM_PLACE_ARENA) {
            size_t bytes = ttm_shape_count(&node->shape) *
                           ttm_dtype_size(node->dtype);

            index[id]   = nb;
            lives[nb++] = (Life){ id, i, i, 0,
                                  (bytes + alignment - 1) / alignment * alignment };
        }
    }
    return nb;
}

int ttm_plan_create(TTMPlan **plan, const TTMGraph *graph, size_t alignment)
{
    size_t nb_nodes         = graph->nb_nodes;
    TTMPlan *p              = calloc(1, sizeof(*p));
    char *used              = ttm_array_alloc(nb_nodes, sizeof(*used));
    int *index              = ttm_array_alloc(nb_nodes, sizeof(*index));
    Life *lives             = ttm_array_alloc(nb_nodes, sizeof(*lives));
    const Life **conflicts  = ttm_array_alloc(nb_nodes, sizeof(*conflicts));
    int ret                 = graph->error;
    int nb_used, nb_lives;

    *plan = NULL;
    if (ret < 0)
        goto fail;
    ret = TTM_ERR_MEMORY;
    if (!p || !used || !index || !lives || !conflicts)
        goto memory;
    nb_used      = mark_used(used, graph);
    p->placement = ttm_array_alloc(nb_nodes, sizeof(*p->placement));
    p->order     = ttm_array_alloc(nb_used, sizeof(*p->order));
    if (!p->placement || !p->order)
        goto memory;

    place(p, graph, used);
    nb_lives = find_lives(lives, index, p, graph, alignment);
    qsort(lives, nb_lives, sizeof(*lives), by_size);
    for (int i = 0; i < nb_lives; i++) {
        choose_offset(&lives[i], lives, i, conflicts);
        p->placement[lives[i].node].offset = lives[i].offset;
        if ((size_t)(lives[i].offset + lives[i].bytes) > p->arena_bytes)
            p->arena_bytes = lives[i].offset + lives[i].bytes;
    }
    *plan = p;
    p     = NULL;
    ret   = 0;
    goto fail;

memory:
    ttm_log(graph->log, TTM_LOG_ERROR, "%s: out of memory while planning", graph->name);
fail:
    ttm_plan_free(&p);
    free(used);
    free(index);
    free(lives);
    free(conflicts);
    return ret;
}

void ttm_plan_free(TTMPlan **plan)
{
    if (!*plan)
        return;
    free((*plan)->placement);
    free((*plan)->order);
    free(*plan);
    *plan = NULL;
}

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

/** @file What a node costs. */

#include "graph/cost.h"

static double last(const TTMShape *shape)
{
    return (double)shape->dim[shape->rank - 1];
}

double ttm_node_operations(const TTMGraph *graph, TTMNodeId id)
{
    const TTMNode *node = &graph->nodes[id];
    const TTMShape none = { .rank = 1 };
    const TTMShape *x = node->nb_inputs && node->input[0] >= 0 ?
                        ttm_graph_shape(graph, node->input[0]) : &none;
    const TTMShape *w = node->nb_inputs > 1 && node->input[1] >= 0 ?
                        ttm_graph_shape(graph, node->input[1]) : &none;
    const TTMAttention *a = &node->attention;
    double count = (double)ttm_shape_count(&node->shape);

    switch (node->op) {
    case TTM_OP_LINEAR:     /* by the weight's rows: GEGLU has two an output */
        return 2 * count / last(&node->shape) * (double)w->dim[0] * last(x);
    case TTM_OP_PRODUCT:
        return 2 * count * last(x);
    case TTM_OP_CONV2D:
        return 2 * count * (double)(w->dim[1] * w->dim[2] * w->dim[3]);
    case TTM_OP_ATTENTION:  /* q k^T, then times v */
        return 2.0 * a->outer * a->inner * a->tokens * a->key_tokens *
               (last(x) + last(ttm_graph_shape(graph, node->input[2])));
    case TTM_OP_GROUP_NORM:
    case TTM_OP_LAYER_NORM:
        return 8 * count;
    case TTM_OP_COMBINE:
        return 2 * count * (node->nb_inputs - 1);
    case TTM_OP_ADD:
    case TTM_OP_SCALE:
    case TTM_OP_ACTIVATE:
        return count;
    default:
        return 0;
    }
}

double ttm_node_bytes(const TTMGraph *graph, TTMNodeId id)
{
    const TTMNode *node = &graph->nodes[id];
    double bytes = (double)ttm_shape_count(&node->shape) *
                   (double)ttm_dtype_size(node->dtype);

    for (int i = 0; i < node->nb_inputs; i++) {
        const TTMNode *input = node->input[i] < 0 ? NULL :
                               &graph->nodes[node->input[i]];

        /* of a table and of a whole that is sliced, only what is used */
        if (!input || (i == 0 && (node->op == TTM_OP_EMBEDDING ||
                                  node->op == TTM_OP_SLICE)))
            bytes += input ? (double)ttm_shape_count(&node->shape) *
                             (double)ttm_dtype_size(node->dtype) : 0;
        else
            bytes += (double)ttm_shape_count(&input->shape) *
                     (double)ttm_dtype_size(input->dtype);
    }
    return bytes;
}

void ttm_graph_effort(const TTMGraph *graph, TTMEffort *effort)
{
    for (TTMNodeId i = 0; i < graph->nb_nodes; i++) {
        const enum TTMOp op = graph->nodes[i].op;

        if (op == TTM_OP_WEIGHT)
            effort->weights += ttm_node_bytes(graph, i);
        if (op == TTM_OP_INPUT || op == TTM_OP_WEIGHT || op == TTM_OP_RESHAPE)
            continue;
        effort->nodes++;
        if (op == TTM_OP_LINEAR)
            effort->linear += ttm_node_operations(graph, i);
        else if (op == TTM_OP_CONV2D)
            effort->conv += ttm_node_operations(graph, i);
        else if (op == TTM_OP_ATTENTION)
            effort->attention += ttm_node_operations(graph, i);
        else if (op == TTM_OP_GROUP_NORM)
            effort->norm += ttm_node_bytes(graph, i);
        else
            effort->bytes += ttm_node_bytes(graph, i);
    }
}

void ttm_effort_add(TTMEffort *effort, const TTMEffort *more, double times)
{
    effort->linear    += times * more->linear;
    effort->conv      += times * more->conv;
    effort->attention += times * more->attention;
    effort->norm      += times * more->norm;
    effort->bytes     += times * more->bytes;
    effort->nodes     += times * more->nodes;
    effort->weights   += more->weights;
}

double ttm_effort_operations(const TTMEffort *effort)
{
    return effort->linear + effort->conv + effort->attention;
}

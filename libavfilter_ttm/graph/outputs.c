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

/** @file Outputs of a graph and their names. */

#include <stdlib.h>

#include "graph/graph.h"
#include "util/mem.h"

/** 1 when the memory of @p node cannot be that of one more output. */
static int needs_copy(const TTMGraph *graph, TTMNodeId node)
{
    TTMNodeId root = ttm_graph_root(graph, node);

    if (graph->nodes[root].op == TTM_OP_INPUT ||
        graph->nodes[root].op == TTM_OP_WEIGHT)
        return 1;
    for (int i = 0; i < graph->nb_outputs; i++)
        if (ttm_graph_root(graph, graph->outputs[i]) == root)
            return 1;
    return 0;
}

/** Room for one more output and its name. */
static int grow_outputs(TTMGraph *graph)
{
    const size_t nb = (size_t)graph->nb_outputs + 1;
    TTMNodeId *outputs = realloc(graph->outputs, nb * sizeof(*outputs));
    char **names;

    if (!outputs)
        return 0;
    graph->outputs = outputs;
    names = realloc(graph->output_names, nb * sizeof(*names));
    if (!names)
        return 0;
    graph->output_names = names;
    names[nb - 1] = NULL;
    return 1;
}

void ttm_graph_output_named(TTMGraph *graph, TTMNodeId node, const char *name)
{
    if (graph->error)
        return;
    if (node < 0 || node >= graph->nb_nodes) {
        graph->error = ttm_fail(graph->log, TTM_ERR_ARGUMENT, "%s: output %d "
                                "is not a node", graph->name, graph->nb_outputs);
        return;
    }
    if (needs_copy(graph, node)) {
        node = ttm_graph_slice(graph, node, 0, 0, graph->nodes[node].shape.dim[0]);
        if (node == TTM_NO_NODE)
            return;
    }
    if (!grow_outputs(graph) ||
        (name && !(graph->output_names[graph->nb_outputs] =
                   ttm_strdup(name)))) {
        graph->error = ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory",
                                graph->name);
        return;
    }
    graph->outputs[graph->nb_outputs++] = node;
}

void ttm_graph_output(TTMGraph *graph, TTMNodeId node)
{
    ttm_graph_output_named(graph, node, NULL);
}

const char *ttm_graph_output_name(const TTMGraph *graph, int index)
{
    const char *name = graph->output_names[index];

    return name ? name : graph->nodes[graph->outputs[index]].name;
}

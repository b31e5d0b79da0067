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

/** @file What does not change from run to run as a graph of its own. */

#include <stdlib.h>
#include <string.h>

#include "graph/builder.h"
#include "util/mem.h"

/** How a node depends on the inputs. */
enum {
    FREE,       ///< not at all: a weight, or made of weights
    STEADY,     ///< on steady inputs only
    CHANGING,
};

static int starts_with(const char *text, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (!strncmp(text, *prefixes, strlen(*prefixes)))
            return 1;
    return 0;
}

/** Classes of all nodes; inputs have lower ids than the nodes that read them. */
static void classify(const TTMGraph *graph, const char *const *prefixes,
                     uint8_t *classes)
{
    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];

        classes[i] = FREE;
        if (node->op == TTM_OP_INPUT)
            classes[i] = starts_with(node->name, prefixes) ? STEADY : CHANGING;
        for (int k = 0; k < node->nb_inputs; k++)
            if (node->input[k] >= 0 && classes[node->input[k]] > classes[i])
                classes[i] = classes[node->input[k]];
    }
}

/** Mark steady values that were computed and that @p reader needs. */
static int mark(const TTMGraph *graph, const uint8_t *classes, TTMNodeId reader,
                uint8_t *marked)
{
    TTMNodeId root = ttm_graph_root(graph, reader);

    if (classes[root] != STEADY || graph->nodes[root].op == TTM_OP_INPUT ||
        marked[root])
        return 0;
    marked[root] = 1;
    return 1;
}

/** A copy without outputs; data that the graph owns is copied too. */
static TTMGraph *clone(const TTMGraph *graph, const char *name)
{
    TTMGraph *copy = ttm_graph_create(graph->log, name, graph->dtype);

    for (int i = 0; copy && i < graph->nb_nodes; i++) {
        const TTMNode *from = &graph->nodes[i];
        TTMNode *to = ttm_graph_append(copy, from->op, from->name, from->shape,
                                       from->dtype, from->input, from->nb_inputs);
        char *own_name;

        if (!to)
            break;
        own_name = to->name;
        *to      = *from;
        to->name = own_name;
        if (!from->owned_data)
            continue;
        to->owned_data = malloc(ttm_shape_count(&from->shape) * sizeof(float));
        to->host_data  = to->owned_data;
        if (!to->owned_data) {
            copy->error = ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory",
                                   graph->name);
            break;
        }
        memcpy(to->owned_data, from->owned_data,
               ttm_shape_count(&from->shape) * sizeof(float));
    }
    return copy;
}

/** Make an input of a computed node. */
static void make_input(TTMNode *node)
{
    node->op        = TTM_OP_INPUT;
    node->nb_inputs = 0;
    for (int k = 0; k < TTM_MAX_INPUTS; k++)
        node->input[k] = TTM_NO_NODE;
}

/** Inputs that no output needs become weights that nothing reads. */
static int drop_inputs(TTMGraph *graph)
{
    uint8_t *used = ttm_array_alloc(graph->nb_nodes, sizeof(*used));

    if (!used)
        return ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory",
                        graph->name);
    for (int i = 0; i < graph->nb_outputs; i++)
        used[graph->outputs[i]] = 1;
    for (int i = graph->nb_nodes - 1; i >= 0; i--) {
        TTMNode *node = &graph->nodes[i];

        for (int k = 0; used[i] && k < node->nb_inputs; k++)
            if (node->input[k] >= 0)
                used[node->input[k]] = 1;
        if (!used[i] && node->op == TTM_OP_INPUT)
            node->op = TTM_OP_WEIGHT;
    }
    free(used);
    return 0;
}

int ttm_graph_split(TTMGraph *graph, const char *const *prefixes, const char *name,
                    TTMGraph **steady)
{
    uint8_t *classes, *marked;
    int nb = 0, ret = ttm_graph_finish(graph);

    *steady = NULL;
    if (ret < 0)
        return ret;
    classes = ttm_array_alloc(graph->nb_nodes, sizeof(*classes));
    marked  = ttm_array_alloc(graph->nb_nodes, sizeof(*marked));
    if (!classes || !marked) {
        ret = ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory", graph->name);
        goto end;
    }
    classify(graph, prefixes, classes);
    for (int i = 0; i < graph->nb_nodes; i++)
        for (int k = 0; classes[i] == CHANGING && k < graph->nodes[i].nb_inputs; k++)
            if (graph->nodes[i].input[k] >= 0)
                nb += mark(graph, classes, graph->nodes[i].input[k], marked);
    if (!nb)
        goto end;
    *steady = clone(graph, name);
    for (int i = 0; *steady && i < graph->nb_nodes; i++)
        if (marked[i])
            ttm_graph_output(*steady, i);
    ret = *steady ? ttm_graph_finish(*steady) :
          ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory", graph->name);
    for (int i = 0; ret >= 0 && i < graph->nb_nodes; i++)
        if (marked[i])
            make_input(&graph->nodes[i]);
    if (ret >= 0)
        ret = drop_inputs(*steady);
    if (ret >= 0)
        ret = drop_inputs(graph);
    if (ret < 0)
        ttm_graph_free(steady);

end:
    free(classes);
    free(marked);
    return ret;
}

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

/** @file Life of a graph: creation, nodes, names, outputs, errors. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/builder.h"

/** Elements of a tensor above which sizes in bytes could overflow. */
#define MAX_ELEMENTS ((int64_t)1 << 48)

static const char *const op_names[TTM_OP_NB] = {
    [TTM_OP_INPUT]      = "input",
    [TTM_OP_WEIGHT]     = "weight",
    [TTM_OP_LINEAR]     = "linear",
    [TTM_OP_CONV2D]     = "conv2d",
    [TTM_OP_GROUP_NORM] = "group_norm",
    [TTM_OP_LAYER_NORM] = "layer_norm",
    [TTM_OP_ATTENTION]  = "attention",
    [TTM_OP_ADD]        = "add",
    [TTM_OP_ACTIVATE]   = "activate",
    [TTM_OP_SCALE]      = "scale",
    [TTM_OP_CONCAT]     = "concat",
    [TTM_OP_SLICE]      = "slice",
    [TTM_OP_REPEAT]     = "repeat",
    [TTM_OP_RESHAPE]    = "reshape",
    [TTM_OP_EMBEDDING]  = "embedding",
    [TTM_OP_TIMESTEP]   = "timestep",
    [TTM_OP_COMBINE]    = "combine",
    [TTM_OP_SORT_REGIONS] = "sort_regions",
    [TTM_OP_MASK]       = "mask",
    [TTM_OP_PICTURE]    = "picture",
    [TTM_OP_WINDOW]     = "window",
    [TTM_OP_FOURIER]    = "fourier",
    [TTM_OP_PRODUCT]    = "product",
};

const char *ttm_op_name(enum TTMOp op)
{
    return (unsigned)op < TTM_OP_NB ? op_names[op] : "unknown op";
}

static char *copy_text(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

TTMGraph *ttm_graph_create(const TTMLog *log, const char *name,
                           enum TTMDType dtype)
{
    TTMGraph *graph = calloc(1, sizeof(*graph));

    if (!graph)
        return NULL;
    if (!name)
        name = "graph";
    graph->name = copy_text(name, strlen(name));
    if (!graph->name) {
        free(graph);
        return NULL;
    }
    graph->log   = log;
    graph->dtype = dtype;
    if (!ttm_dtype_is_float(dtype))
        graph->error = ttm_fail(log, TTM_ERR_ARGUMENT,
                                "%s: activations cannot be %s, only f32, f16 "
                                "or bf16", name, ttm_dtype_name(dtype));
    return graph;
}

void ttm_graph_free(TTMGraph **graph)
{
    TTMGraph *g = *graph;

    if (!g)
        return;
    for (int i = 0; i < g->nb_nodes; i++) {
        free(g->nodes[i].name);
        free(g->nodes[i].owned_data);
    }
    free(g->nodes);
    for (int i = 0; i < g->nb_outputs; i++)
        free(g->output_names[i]);
    free(g->output_names);
    free(g->outputs);
    free(g->scope);
    free(g->name);
    free(g);
    *graph = NULL;
}

static void out_of_memory(TTMGraph *graph)
{
    if (!graph->error)
        graph->error = ttm_fail(graph->log, TTM_ERR_MEMORY,
                                "%s: out of memory while building the graph",
                                graph->name);
}

TTMNodeId ttm_graph_reject(TTMGraph *graph, enum TTMOp op, TTMNodeId subject,
                           const char *format, ...)
{
    const char *name = graph->scope ? graph->scope : "";
    char text[256];
    va_list arguments;

    if (graph->error)
        return TTM_NO_NODE;
    if (subject >= 0 && subject < graph->nb_nodes)
        name = graph->nodes[subject].name;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    graph->error = ttm_fail(graph->log, TTM_ERR_ARGUMENT, "%s: %s of '%s': %s",
                            graph->name, ttm_op_name(op), name, text);
    return TTM_NO_NODE;
}

int ttm_graph_has(TTMGraph *graph, enum TTMOp op, TTMNodeId id)
{
    if (graph->error)
        return 0;
    if (id < 0 || id >= graph->nb_nodes) {
        ttm_graph_reject(graph, op, TTM_NO_NODE, "a required input is missing");
        return 0;
    }
    return 1;
}

int ttm_graph_has_value(TTMGraph *graph, enum TTMOp op, TTMNodeId id)
{
    if (!ttm_graph_has(graph, op, id))
        return 0;
    if (graph->nodes[id].dtype != graph->dtype) {
        ttm_graph_reject(graph, op, id, "it is %s, but the graph computes in %s",
                         ttm_dtype_name(graph->nodes[id].dtype),
                         ttm_dtype_name(graph->dtype));
        return 0;
    }
    return 1;
}

int ttm_graph_has_weight(TTMGraph *graph, enum TTMOp op, TTMNodeId id)
{
    TTMNodeId root;

    if (!ttm_graph_has_value(graph, op, id))
        return 0;
    root = ttm_graph_root(graph, id);
    if (graph->nodes[root].op != TTM_OP_WEIGHT) {
        ttm_graph_reject(graph, op, id, "it must be a weight");
        return 0;
    }
    return 1;
}

int ttm_graph_has_vector(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                         int64_t count, const char *what)
{
    char text[80];
    const TTMShape *shape;

    if (graph->error)
        return 0;
    if (id == TTM_NO_NODE)
        return 1;
    if (!ttm_graph_has_weight(graph, op, id))
        return 0;
    shape = &graph->nodes[id].shape;
    if (ttm_shape_count(shape) == count)
        return 1;
    ttm_graph_reject(graph, op, id, "the %s is %s, but needs %lld elements",
                     what, ttm_shape_string(shape, text, sizeof(text)),
                     (long long)count);
    return 0;
}

int ttm_graph_has_residual(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                           const TTMShape *shape)
{
    char text[80], wanted[80];

    if (graph->error)
        return 0;
    if (id == TTM_NO_NODE)
        return 1;
    if (!ttm_graph_has_value(graph, op, id))
        return 0;
    if (ttm_shape_equal(&graph->nodes[id].shape, shape))
        return 1;
    ttm_graph_reject(graph, op, id, "the residual is %s, the output %s",
                     ttm_shape_string(&graph->nodes[id].shape, text, sizeof(text)),
                     ttm_shape_string(shape, wanted, sizeof(wanted)));
    return 0;
}

/** Name of a node that was given none. */
static char *make_name(const TTMGraph *graph, enum TTMOp op,
                       const TTMNodeId *inputs, int nb_inputs)
{
    static const char suffix[] = ".weight";
    const char *op_name = ttm_op_name(op);
    size_t scope_length, size;
    char *name;

    if (nb_inputs > 1 && inputs[1] >= 0 && op != TTM_OP_ADD &&
        graph->nodes[inputs[1]].op == TTM_OP_WEIGHT) {
        const char *weight = graph->nodes[inputs[1]].name;
        size_t length      = strlen(weight);
        size_t tail        = sizeof(suffix) - 1;

        if (length > tail && !strcmp(weight + length - tail, suffix))
            return copy_text(weight, length - tail);
    }
    if (!graph->scope)
        return copy_text(op_name, strlen(op_name));
    scope_length = strlen(graph->scope);
    size = scope_length + strlen(op_name) + 2;
    name = malloc(size);
    if (name)
        snprintf(name, size, "%s.%s", graph->scope, op_name);
    return name;
}

static int check_shape(TTMGraph *graph, enum TTMOp op, const char *name,
                       const TTMShape *shape)
{
    int64_t count = 1;

    if (shape->rank < 1 || shape->rank > TTM_MAX_RANK) {
        ttm_graph_reject(graph, op, TTM_NO_NODE, "'%s' has %d dimensions, "
                         "1 to %d are possible", name ? name : "output",
                         shape->rank, TTM_MAX_RANK);
        return 0;
    }
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] < 1 || shape->dim[i] > MAX_ELEMENTS / count) {
            ttm_graph_reject(graph, op, TTM_NO_NODE, "dimension %d of '%s' is "
                             "%lld, which is out of range", i,
                             name ? name : "output", (long long)shape->dim[i]);
            return 0;
        }
        count *= shape->dim[i];
    }
    return 1;
}

TTMNode *ttm_graph_append(TTMGraph *graph, enum TTMOp op, const char *name,
                          TTMShape shape, enum TTMDType dtype,
                          const TTMNodeId *inputs, int nb_inputs)
{
    TTMNode *node;

    if (graph->error || !check_shape(graph, op, name, &shape))
        return NULL;
    if (graph->nb_nodes == graph->capacity) {
        int capacity = graph->capacity ? graph->capacity * 2 : 256;
        TTMNode *nodes = realloc(graph->nodes, capacity * sizeof(*nodes));

        if (!nodes) {
            out_of_memory(graph);
            return NULL;
        }
        graph->nodes    = nodes;
        graph->capacity = capacity;
    }
    node = &graph->nodes[graph->nb_nodes];
    memset(node, 0, sizeof(*node));
    node->name = name ? copy_text(name, strlen(name)) :
                        make_name(graph, op, inputs, nb_inputs);
    if (!node->name) {
        out_of_memory(graph);
        return NULL;
    }
    node->op        = op;
    node->shape     = shape;
    node->dtype     = dtype;
    node->nb_inputs = nb_inputs;
    for (int i = 0; i < TTM_MAX_INPUTS; i++)
        node->input[i] = i < nb_inputs && inputs[i] >= 0 ? inputs[i] : TTM_NO_NODE;
    graph->nb_nodes++;
    return node;
}

TTMNodeId ttm_graph_root(const TTMGraph *graph, TTMNodeId node)
{
    while (graph->nodes[node].op == TTM_OP_RESHAPE)
        node = graph->nodes[node].input[0];
    return node;
}

int ttm_graph_finish(TTMGraph *graph)
{
    if (!graph->error && !graph->nb_outputs)
        graph->error = ttm_fail(graph->log, TTM_ERR_ARGUMENT,
                                "%s: the graph has no output", graph->name);
    return graph->error;
}

void ttm_graph_scope(TTMGraph *graph, const char *scope)
{
    char *copy = NULL;

    if (scope && *scope) {
        copy = copy_text(scope, strlen(scope));
        if (!copy) {
            out_of_memory(graph);
            return;
        }
    }
    free(graph->scope);
    graph->scope = copy;
}

const TTMShape *ttm_graph_shape(const TTMGraph *graph, TTMNodeId node)
{
    static const TTMShape none = { 1, { 1 } };

    return node >= 0 && node < graph->nb_nodes ? &graph->nodes[node].shape
                                               : &none;
}

TTMNodeId ttm_graph_input(TTMGraph *graph, const char *name, TTMShape shape,
                          enum TTMDType dtype)
{
    if (graph->error)
        return TTM_NO_NODE;
    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *other = &graph->nodes[i];

        if (other->op == TTM_OP_INPUT && !strcmp(other->name, name))
            return ttm_graph_reject(graph, TTM_OP_INPUT, i,
                                    "there are two inputs of this name");
    }
    if (!ttm_graph_append(graph, TTM_OP_INPUT, name, shape, dtype, NULL, 0))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_weight(TTMGraph *graph, const char *name, TTMShape shape,
                           const void *data, enum TTMDType dtype)
{
    TTMNode *node;

    if (graph->error)
        return TTM_NO_NODE;
    if (!data || !ttm_dtype_is_float(dtype))
        return ttm_graph_reject(graph, TTM_OP_WEIGHT, TTM_NO_NODE,
                                "'%s' must be f32, f16 or bf16 data", name);
    node = ttm_graph_append(graph, TTM_OP_WEIGHT, name, shape, graph->dtype,
                            NULL, 0);
    if (!node)
        return TTM_NO_NODE;
    node->host_data  = data;
    node->host_dtype = dtype;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_file_weight(TTMGraph *graph, const char *name, TTMShape shape,
                                const TTMFileTensor *tensor)
{
    /* until the node has its file, anything that is not NULL stands for the data */
    const TTMNodeId id = ttm_graph_weight(graph, name, shape, tensor, tensor->dtype);

    if (id != TTM_NO_NODE) {
        graph->nodes[id].host_data = tensor->replaced;
        graph->nodes[id].host_file = tensor;
    }
    return id;
}

TTMNodeId ttm_graph_file_weight_part(TTMGraph *graph, const char *name, TTMShape shape,
                                     const TTMFileTensor *tensor,
                                     const TTMWeightPart *part)
{
    TTMNodeId id;

    if (!graph->error && tensor->replaced)
        return ttm_graph_reject(graph, TTM_OP_WEIGHT, TTM_NO_NODE, "of '%s', which was "
                                "changed, a part cannot be read", name);
    id = ttm_graph_file_weight(graph, name, shape, tensor);
    if (id != TTM_NO_NODE)
        graph->nodes[id].host_part = *part;
    return id;
}

/** Where element @p i of a part lies in the file. */
static int64_t place_of(const TTMWeightPart *part, int64_t i)
{
    return part->first + i / part->run * part->step + i % part->run;
}

int ttm_graph_read_weight(const TTMGraph *graph, TTMNodeId id, int64_t first,
                          int64_t count, void *to)
{
    const TTMNode *node = &graph->nodes[id];
    const TTMWeightPart *part = &node->host_part;
    const size_t size = ttm_dtype_size(node->host_dtype);
    int64_t begin, nb;
    char *span;
    int ret;

    if (!part->step)
        return ttm_file_tensor_read(node->host_file, graph->log, first, count, to);
    begin = place_of(part, first);
    nb    = place_of(part, first + count - 1) + 1 - begin;
    span  = malloc((size_t)nb * size);
    if (!span)
        return ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory for tensor '%s'",
                        graph->name, node->name);
    ret = ttm_file_tensor_read(node->host_file, graph->log, begin, nb, span);
    for (int64_t i = 0; ret >= 0 && i < count; i++)
        memcpy((char *)to + (size_t)i * size,
               span + (size_t)(place_of(part, first + i) - begin) * size, size);
    free(span);
    return ret;
}

int ttm_graph_convert_weight(const TTMGraph *graph, TTMNodeId id,
                             enum TTMDType dtype, void *to)
{
    const TTMNode *node = &graph->nodes[id];
    const int64_t count = ttm_shape_count(&node->shape);
    void *read;
    int ret;

    if (node->host_data) {
        ttm_convert(to, dtype, node->host_data, node->host_dtype, count);
        return 0;
    }
    if (!node->host_part.step)
        return ttm_file_tensor_convert(node->host_file, graph->log, count, dtype, to);
    read = malloc((size_t)count * ttm_dtype_size(node->host_dtype));
    if (!read)
        return ttm_fail(graph->log, TTM_ERR_MEMORY, "%s: out of memory for tensor '%s'",
                        graph->name, node->name);
    ret = ttm_graph_read_weight(graph, id, 0, count, read);
    if (ret >= 0)
        ttm_convert(to, dtype, read, node->host_dtype, count);
    free(read);
    return ret;
}

TTMNodeId ttm_graph_constant(TTMGraph *graph, const char *name, TTMShape shape,
                             float *data)
{
    TTMNodeId id;

    if (!graph->error && !data)
        out_of_memory(graph);
    id = ttm_graph_weight(graph, name, shape, data, TTM_DTYPE_F32);
    if (id == TTM_NO_NODE)
        free(data);
    else
        graph->nodes[id].owned_data = data;
    return id;
}

TTMNodeId ttm_graph_table(TTMGraph *graph, const char *name, TTMShape shape,
                          float *data)
{
    const TTMNodeId id = ttm_graph_constant(graph, name, shape, data);

    if (id != TTM_NO_NODE)
        graph->nodes[id].dtype = TTM_DTYPE_F32;
    return id;
}

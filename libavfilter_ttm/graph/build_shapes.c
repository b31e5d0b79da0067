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

/** @file Shape rules of element-wise ops and of ops that move elements. */

#include "graph/builder.h"

/** Fill @p b so that @p small repeats over @p large; 0 when it cannot. */
static int find_broadcast(TTMBroadcast *b, const TTMShape *large,
                          const TTMShape *small)
{
    int lead = large->rank - small->rank;
    int i    = large->rank;

    if (lead < 0)
        return 0;
#define SMALL(axis) ((axis) < lead ? 1 : small->dim[(axis) - lead])
    *b = (TTMBroadcast){ 1, 1, 1, 0 };
    for (; i > 0 && SMALL(i - 1) == large->dim[i - 1]; i--)
        b->inner *= large->dim[i - 1];
    for (; i > 0 && SMALL(i - 1) == 1; i--)
        b->middle *= large->dim[i - 1];
    for (; i > 0 && SMALL(i - 1) == large->dim[i - 1]; i--)
        b->outer *= large->dim[i - 1];
    for (; i > 0 && SMALL(i - 1) == 1; i--)
        ;
#undef SMALL
    return i == 0;
}

static TTMNodeId combine_two(TTMGraph *graph, TTMNodeId a, TTMNodeId b, int product)
{
    const enum TTMOp op = TTM_OP_ADD;
    const TTMNodeId inputs[] = { a, b };
    char a_text[80], b_text[80];
    TTMBroadcast broadcast;
    const TTMShape *sa, *sb;
    TTMNode *node;

    if (!ttm_graph_has_value(graph, op, a) || !ttm_graph_has_value(graph, op, b))
        return TTM_NO_NODE;
    sa = &graph->nodes[a].shape;
    sb = &graph->nodes[b].shape;
    if (!find_broadcast(&broadcast, sa, sb))
        return ttm_graph_reject(graph, op, a, "%s does not repeat over %s",
                                ttm_shape_string(sb, b_text, sizeof(b_text)),
                                ttm_shape_string(sa, a_text, sizeof(a_text)));
    node = ttm_graph_append(graph, op, NULL, *sa, graph->dtype, inputs, 2);
    if (!node)
        return TTM_NO_NODE;
    node->add = broadcast;
    node->add.product = product;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_add(TTMGraph *graph, TTMNodeId a, TTMNodeId b)
{
    return combine_two(graph, a, b, 0);
}

TTMNodeId ttm_graph_multiply(TTMGraph *graph, TTMNodeId a, TTMNodeId b)
{
    return combine_two(graph, a, b, 1);
}

TTMNodeId ttm_graph_activate(TTMGraph *graph, TTMNodeId x,
                             enum TTMActivation activation)
{
    const enum TTMOp op = TTM_OP_ACTIVATE;
    TTMNode *node;

    if (!ttm_graph_has_value(graph, op, x))
        return TTM_NO_NODE;
    if ((unsigned)activation >= TTM_ACT_NB || activation == TTM_ACT_GEGLU)
        return ttm_graph_reject(graph, op, x, "activation %d is not element-wise",
                                activation);
    node = ttm_graph_append(graph, op, NULL, graph->nodes[x].shape, graph->dtype,
                            &x, 1);
    if (!node)
        return TTM_NO_NODE;
    node->activation = activation;
    return graph->nb_nodes - 1;
}

/** 1 when @p id is a node of a floating type; else the graph is failed. */
static int has_float(TTMGraph *graph, enum TTMOp op, TTMNodeId id)
{
    if (!ttm_graph_has(graph, op, id))
        return 0;
    if (ttm_dtype_is_float(graph->nodes[id].dtype))
        return 1;
    ttm_graph_reject(graph, op, id, "it is %s, not a floating type",
                     ttm_dtype_name(graph->nodes[id].dtype));
    return 0;
}

TTMNodeId ttm_graph_scale(TTMGraph *graph, TTMNodeId x, float scale, float shift)
{
    const enum TTMOp op = TTM_OP_SCALE;
    TTMNode *node;

    if (!has_float(graph, op, x))
        return TTM_NO_NODE;
    node = ttm_graph_append(graph, op, NULL, graph->nodes[x].shape, graph->dtype,
                            &x, 1);
    if (!node)
        return TTM_NO_NODE;
    node->scale = (TTMScale){ scale, shift };
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_concat(TTMGraph *graph, const TTMNodeId *parts, int nb_parts,
                           int axis)
{
    const enum TTMOp op = TTM_OP_CONCAT;
    char text[80], first_text[80];
    const TTMNode *first;
    TTMShape shape;
    TTMNode *node;

    if (graph->error)
        return TTM_NO_NODE;
    if (nb_parts < 1 || nb_parts > TTM_MAX_INPUTS)
        return ttm_graph_reject(graph, op, TTM_NO_NODE, "%d parts, 1 to %d are "
                                "possible", nb_parts, TTM_MAX_INPUTS);
    if (!ttm_graph_has(graph, op, parts[0]))
        return TTM_NO_NODE;
    first = &graph->nodes[parts[0]];
    shape = first->shape;
    if (axis < 0 || axis >= shape.rank)
        return ttm_graph_reject(graph, op, parts[0], "there is no axis %d", axis);
    for (int i = 1; i < nb_parts; i++) {
        const TTMNode *part;
        TTMShape other;

        if (!ttm_graph_has(graph, op, parts[i]))
            return TTM_NO_NODE;
        part  = &graph->nodes[parts[i]];
        other = part->shape;
        if (other.rank == shape.rank)
            other.dim[axis] = first->shape.dim[axis];
        if (part->dtype != first->dtype || !ttm_shape_equal(&other, &first->shape))
            return ttm_graph_reject(graph, op, parts[i], "%s %s does not join %s "
                                    "%s along axis %d",
                                    ttm_dtype_name(part->dtype),
                                    ttm_shape_string(&part->shape, text, sizeof(text)),
                                    ttm_dtype_name(first->dtype),
                                    ttm_shape_string(&first->shape, first_text,
                                                     sizeof(first_text)), axis);
        shape.dim[axis] += part->shape.dim[axis];
    }
    node = ttm_graph_append(graph, op, NULL, shape, first->dtype, parts, nb_parts);
    if (!node)
        return TTM_NO_NODE;
    node->axis.axis = axis;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_slice(TTMGraph *graph, TTMNodeId x, int axis, int64_t start,
                          int64_t length)
{
    const enum TTMOp op = TTM_OP_SLICE;
    char text[80];
    TTMShape shape;
    TTMNode *node;

    if (!ttm_graph_has(graph, op, x))
        return TTM_NO_NODE;
    shape = graph->nodes[x].shape;
    if (axis < 0 || axis >= shape.rank || start < 0 || length < 1 ||
        start > shape.dim[axis] || length > shape.dim[axis] - start)
        return ttm_graph_reject(graph, op, x, "%lld elements from %lld of axis %d "
                                "lie outside %s", (long long)length,
                                (long long)start, axis,
                                ttm_shape_string(&shape, text, sizeof(text)));
    shape.dim[axis] = length;
    node = ttm_graph_append(graph, op, NULL, shape, graph->nodes[x].dtype, &x, 1);
    if (!node)
        return TTM_NO_NODE;
    node->axis = (TTMAxis){ axis, start, length };
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_repeat(TTMGraph *graph, TTMNodeId x, int64_t count)
{
    const enum TTMOp op = TTM_OP_REPEAT;
    char text[80];
    TTMShape shape;
    TTMNode *node;

    if (!ttm_graph_has(graph, op, x))
        return TTM_NO_NODE;
    shape = graph->nodes[x].shape;
    if (shape.dim[0] != 1 || count < 1)
        return ttm_graph_reject(graph, op, x, "%s cannot be repeated %lld times: "
                                "the first dimension must be 1",
                                ttm_shape_string(&shape, text, sizeof(text)),
                                (long long)count);
    shape.dim[0] = count;
    node = ttm_graph_append(graph, op, NULL, shape, graph->nodes[x].dtype, &x, 1);
    if (!node)
        return TTM_NO_NODE;
    node->axis = (TTMAxis){ 0, 0, count };
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_reshape(TTMGraph *graph, TTMNodeId x, TTMShape shape)
{
    const enum TTMOp op = TTM_OP_RESHAPE;
    char text[80], wanted[80];
    const TTMNode *from;

    if (!ttm_graph_has(graph, op, x))
        return TTM_NO_NODE;
    from = &graph->nodes[x];
    if (shape.rank < 1 || shape.rank > TTM_MAX_RANK ||
        ttm_shape_count(&shape) != ttm_shape_count(&from->shape))
        return ttm_graph_reject(graph, op, x, "%s cannot be seen as %s",
                                ttm_shape_string(&from->shape, text, sizeof(text)),
                                ttm_shape_string(&shape, wanted, sizeof(wanted)));
    if (!ttm_graph_append(graph, op, from->name, shape, from->dtype, &x, 1))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_embedding(TTMGraph *graph, TTMNodeId table, TTMNodeId indices)
{
    const enum TTMOp op = TTM_OP_EMBEDDING;
    const TTMNodeId inputs[] = { table, indices };
    TTMShape shape;

    if (!ttm_graph_has_weight(graph, op, table) ||
        !ttm_graph_has(graph, op, indices))
        return TTM_NO_NODE;
    shape = graph->nodes[indices].shape;
    if (graph->nodes[table].shape.rank != 2 ||
        graph->nodes[indices].dtype != TTM_DTYPE_I32 ||
        shape.rank >= TTM_MAX_RANK)
        return ttm_graph_reject(graph, op, table, "the table must be [rows, "
                                "channels] and the indices i32");
    shape.dim[shape.rank++] = graph->nodes[table].shape.dim[1];
    if (!ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs, 2))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_timestep(TTMGraph *graph, TTMNodeId time,
                             const TTMTimestep *parameters)
{
    const enum TTMOp op = TTM_OP_TIMESTEP;
    TTMShape shape;
    TTMNode *node;

    if (!ttm_graph_has(graph, op, time))
        return TTM_NO_NODE;
    shape = graph->nodes[time].shape;
    if (graph->nodes[time].dtype != TTM_DTYPE_F32 || shape.rank != 1 ||
        parameters->channels < 2 || parameters->channels % 2 ||
        !(parameters->max_period > 0) ||
        parameters->frequency_shift == parameters->channels / 2)
        return ttm_graph_reject(graph, op, time, "the times must be a list of f32 "
                                "and the channels (%d) even", parameters->channels);
    shape = shape.dim[0] == 1 ? TTM_SHAPE(parameters->channels) :
            TTM_SHAPE(shape.dim[0], parameters->channels);
    node = ttm_graph_append(graph, op, NULL, shape, graph->dtype, &time, 1);
    if (!node)
        return TTM_NO_NODE;
    node->timestep = *parameters;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_fourier(TTMGraph *graph, TTMNodeId x, TTMNodeId matrix)
{
    const enum TTMOp op = TTM_OP_FOURIER;
    const TTMNodeId inputs[] = { x, matrix };
    char text[80], wanted[80];
    const TTMNode *points, *m;

    if (!ttm_graph_has(graph, op, x) || !ttm_graph_has(graph, op, matrix))
        return TTM_NO_NODE;
    points = &graph->nodes[x];
    m      = &graph->nodes[matrix];
    if (points->dtype != TTM_DTYPE_F32 || m->dtype != TTM_DTYPE_F32 ||
        points->shape.rank != 2 || m->shape.rank != 2 ||
        points->shape.dim[1] != m->shape.dim[0])
        return ttm_graph_reject(graph, op, x, "points %s and the matrix %s do not fit; both "
                                "must be f32",
                                ttm_shape_string(&points->shape, text, sizeof(text)),
                                ttm_shape_string(&m->shape, wanted, sizeof(wanted)));
    if (!ttm_graph_append(graph, op, NULL, TTM_SHAPE(points->shape.dim[0],
                                                     2 * m->shape.dim[1]),
                          graph->dtype, inputs, 2))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

/** 1 when @p id is [nb], or [rows, nb] with as many rows as first axes have. */
static int is_coefficients(const TTMGraph *graph, TTMNodeId id, int nb,
                           const TTMShape *values)
{
    const TTMShape *shape = &graph->nodes[id].shape;
    int64_t rows = 1;

    if (graph->nodes[id].dtype != TTM_DTYPE_F32 || shape->rank < 1 ||
        shape->rank > 2 || shape->dim[shape->rank - 1] != nb)
        return 0;
    if (shape->rank == 1)
        return 1;
    for (int i = 0; i < values->rank; i++) {
        rows *= values->dim[i];
        if (rows == shape->dim[0])
            return 1;
    }
    return 0;
}

/** 1 when @p id is [1, ...] where @p shape is [n, ...]. */
static int is_frame(const TTMGraph *graph, TTMNodeId id, const TTMShape *shape)
{
    TTMShape frame = *shape;

    frame.dim[0] = 1;
    return ttm_shape_equal(&graph->nodes[id].shape, &frame);
}

TTMNodeId ttm_graph_combine(TTMGraph *graph, TTMNodeId coefficients,
                            const TTMNodeId *values, int nb_values,
                            TTMNodeId first)
{
    const enum TTMOp op = TTM_OP_COMBINE;
    const int given = first != TTM_NO_NODE;
    TTMNodeId inputs[TTM_MAX_INPUTS] = { coefficients };
    TTMShape shape;
    TTMNode *node;

    if (!ttm_graph_has(graph, op, coefficients))
        return TTM_NO_NODE;
    if (nb_values < 1 || nb_values + given >= TTM_MAX_INPUTS)
        return ttm_graph_reject(graph, op, coefficients, "%d values, 1 to %d are "
                                "possible", nb_values, TTM_MAX_INPUTS - 1 - given);
    for (int i = 0; i < nb_values; i++) {
        if (!has_float(graph, op, values[i]))
            return TTM_NO_NODE;
        if (i == 0)
            shape = graph->nodes[values[0]].shape;
        if (!ttm_shape_equal(&graph->nodes[values[i]].shape, &shape) &&
            !is_frame(graph, values[i], &shape))
            return ttm_graph_reject(graph, op, values[i],
                                    "the values differ in shape");
        inputs[i + 1] = values[i];
    }
    if (!is_coefficients(graph, coefficients, nb_values, &shape))
        return ttm_graph_reject(graph, op, coefficients, "the coefficients must "
                                "be %d f32 elements, or as many for each row of the "
                                "first axes", nb_values);
    if (given) {
        if (!has_float(graph, op, first))
            return TTM_NO_NODE;
        if (!is_frame(graph, first, &shape))
            return ttm_graph_reject(graph, op, first,
                                    "the first frame differs in shape");
        inputs[nb_values + 1] = first;
    }
    node = ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs,
                            nb_values + 1 + given);
    if (!node)
        return TTM_NO_NODE;
    node->combine.first_given = given;
    return graph->nb_nodes - 1;
}

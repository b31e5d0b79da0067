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

/** @file Shape rules of the ops with weights: linear, convolution, norms. */

#include "graph/builder.h"

TTMNodeId ttm_graph_linear(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                           TTMNodeId bias, TTMNodeId residual,
                           enum TTMActivation activation)
{
    return ttm_graph_linear_unsorted(graph, x, weight, bias, residual,
                                     TTM_NO_NODE, activation);
}

TTMNodeId ttm_graph_linear_unsorted(TTMGraph *graph, TTMNodeId x,
                                    TTMNodeId weight, TTMNodeId bias,
                                    TTMNodeId residual, TTMNodeId order,
                                    enum TTMActivation activation)
{
    const enum TTMOp op = TTM_OP_LINEAR;
    const TTMNodeId inputs[] = { x, weight, bias, residual, order };
    char x_text[80], w_text[80];
    TTMShape shape;
    const TTMShape *w;
    TTMNode *node;
    int64_t channels, features;

    if (!ttm_graph_has_value(graph, op, x) ||
        !ttm_graph_has_weight(graph, op, weight))
        return TTM_NO_NODE;
    shape    = graph->nodes[x].shape;
    w        = &graph->nodes[weight].shape;
    channels = w->dim[0];
    features = ttm_shape_count(w) / channels;
    /* a 1x1 convolution is a linear layer over positions */
    if (w->rank < 2 || w->dim[1] != features || ttm_shape_last(&shape) != features)
        return ttm_graph_reject(graph, op, weight, "weight %s does not fit x %s",
                                ttm_shape_string(w, w_text, sizeof(w_text)),
                                ttm_shape_string(&shape, x_text, sizeof(x_text)));
    if ((unsigned)activation > TTM_ACT_GEGLU ||
        (activation == TTM_ACT_GEGLU && channels % 2))
        return ttm_graph_reject(graph, op, weight, "activation %d is not "
                                "possible with %lld channels", activation,
                                (long long)channels);
    shape.dim[shape.rank - 1] = activation == TTM_ACT_GEGLU ? channels / 2
                                                            : channels;
    if (!ttm_graph_has_vector(graph, op, bias, channels, "bias") ||
        !ttm_graph_has_residual(graph, op, residual, &shape) ||
        !ttm_graph_has_order(graph, op, order, &shape))
        return TTM_NO_NODE;
    node = ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs, 5);
    if (!node)
        return TTM_NO_NODE;
    node->linear.activation = activation;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_product(TTMGraph *graph, TTMNodeId x, TTMNodeId w)
{
    const enum TTMOp op = TTM_OP_PRODUCT;
    const TTMNodeId inputs[] = { x, w };
    char x_text[80], w_text[80];
    TTMShape shape, other;

    if (!ttm_graph_has_value(graph, op, x) || !ttm_graph_has_value(graph, op, w))
        return TTM_NO_NODE;
    shape = graph->nodes[x].shape;
    other = graph->nodes[w].shape;
    if (other.rank != 2 || other.dim[1] != ttm_shape_last(&shape))
        return ttm_graph_reject(graph, op, w, "w %s does not fit x %s",
                                ttm_shape_string(&other, w_text, sizeof(w_text)),
                                ttm_shape_string(&shape, x_text, sizeof(x_text)));
    shape.dim[shape.rank - 1] = other.dim[0];
    if (!ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs, 2))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_conv2d(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                           TTMNodeId bias, TTMNodeId shift, TTMNodeId residual,
                           const TTMConv2d *parameters)
{
    const enum TTMOp op = TTM_OP_CONV2D;
    const TTMNodeId inputs[] = { x, weight, bias, shift, residual };
    const TTMConv2d *p = parameters;
    char x_text[80], w_text[80];
    TTMShape shape;
    const TTMShape *in, *w;
    TTMNode *node;
    int64_t height, width;

    if (!ttm_graph_has_value(graph, op, x) ||
        !ttm_graph_has_weight(graph, op, weight))
        return TTM_NO_NODE;
    in = &graph->nodes[x].shape;
    w  = &graph->nodes[weight].shape;
    if (in->rank != 4 || w->rank != 4 || in->dim[3] != w->dim[1])
        return ttm_graph_reject(graph, op, weight, "weight %s does not fit x %s "
                                "(frames, height, width, channels)",
                                ttm_shape_string(w, w_text, sizeof(w_text)),
                                ttm_shape_string(in, x_text, sizeof(x_text)));
    if (p->stride < 1 || p->stride > 2 || p->upsample < 1 || p->upsample > 2 ||
        p->pad_top < 0 || p->pad_left < 0 || p->pad_bottom < 0 ||
        p->pad_right < 0 || (unsigned)p->activation >= TTM_ACT_GEGLU)
        return ttm_graph_reject(graph, op, weight, "stride %d, upsample %d, "
                                "padding %d %d %d %d or activation %d is out of "
                                "range", p->stride, p->upsample, p->pad_top,
                                p->pad_left, p->pad_bottom, p->pad_right,
                                p->activation);
    height = in->dim[1] * p->upsample + p->pad_top + p->pad_bottom - w->dim[2];
    width  = in->dim[2] * p->upsample + p->pad_left + p->pad_right - w->dim[3];
    if (height < 0 || width < 0)
        return ttm_graph_reject(graph, op, weight, "the kernel %s is larger than "
                                "the padded x %s",
                                ttm_shape_string(w, w_text, sizeof(w_text)),
                                ttm_shape_string(in, x_text, sizeof(x_text)));
    shape = TTM_SHAPE(in->dim[0], height / p->stride + 1, width / p->stride + 1,
                      w->dim[0]);
    if (!ttm_graph_has_vector(graph, op, bias, w->dim[0], "bias") ||
        !ttm_graph_has_residual(graph, op, residual, &shape))
        return TTM_NO_NODE;
    if (shift != TTM_NO_NODE) {
        if (!ttm_graph_has_value(graph, op, shift))
            return TTM_NO_NODE;
        if (ttm_shape_count(&graph->nodes[shift].shape) != shape.dim[3])
            return ttm_graph_reject(graph, op, shift, "the shift needs one "
                                    "element for each of %lld channels",
                                    (long long)shape.dim[3]);
    }
    node = ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs, 5);
    if (!node)
        return TTM_NO_NODE;
    node->conv2d = *p;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_group_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                               TTMNodeId bias, const TTMGroupNorm *parameters)
{
    const enum TTMOp op = TTM_OP_GROUP_NORM;
    const TTMNodeId inputs[] = { x, weight, bias };
    const TTMGroupNorm *p = parameters;
    const TTMShape *shape;
    TTMNode *node;
    int64_t channels;

    if (!ttm_graph_has_value(graph, op, x))
        return TTM_NO_NODE;
    shape    = &graph->nodes[x].shape;
    channels = ttm_shape_last(shape);
    if (shape->rank < 2 || p->groups < 1 || channels % p->groups ||
        p->pool < 1 || shape->dim[0] % p->pool || !(p->epsilon >= 0) ||
        (p->activation != TTM_ACT_NONE && p->activation != TTM_ACT_SILU))
        return ttm_graph_reject(graph, op, x, "%d groups, pool %d, epsilon %g or "
                                "activation %d does not fit [%lld, ..., %lld]",
                                p->groups, p->pool, p->epsilon, p->activation,
                                (long long)shape->dim[0], (long long)channels);
    if (!ttm_graph_has_vector(graph, op, weight, channels, "weight") ||
        !ttm_graph_has_vector(graph, op, bias, channels, "bias"))
        return TTM_NO_NODE;
    node = ttm_graph_append(graph, op, NULL, *shape, graph->dtype, inputs, 3);
    if (!node)
        return TTM_NO_NODE;
    node->group_norm = *p;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_layer_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                               TTMNodeId bias, float epsilon)
{
    return ttm_graph_layer_norm_sorted(graph, x, weight, bias, TTM_NO_NODE,
                                       epsilon);
}

TTMNodeId ttm_graph_layer_norm_sorted(TTMGraph *graph, TTMNodeId x,
                                      TTMNodeId weight, TTMNodeId bias,
                                      TTMNodeId order, float epsilon)
{
    const enum TTMOp op = TTM_OP_LAYER_NORM;
    const TTMNodeId inputs[] = { x, weight, bias, order };
    const TTMShape *shape;
    TTMNode *node;

    if (!ttm_graph_has_value(graph, op, x))
        return TTM_NO_NODE;
    shape = &graph->nodes[x].shape;
    if (!(epsilon >= 0))
        return ttm_graph_reject(graph, op, x, "epsilon %g is negative", epsilon);
    if (!ttm_graph_has_vector(graph, op, weight, ttm_shape_last(shape), "weight") ||
        !ttm_graph_has_vector(graph, op, bias, ttm_shape_last(shape), "bias") ||
        !ttm_graph_has_order(graph, op, order, shape))
        return TTM_NO_NODE;
    node = ttm_graph_append(graph, op, NULL, *shape, graph->dtype, inputs, 4);
    if (!node)
        return TTM_NO_NODE;
    node->layer_norm.epsilon = epsilon;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_rms_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                             float epsilon)
{
    const TTMNodeId id = ttm_graph_layer_norm(graph, x, weight, TTM_NO_NODE, epsilon);

    if (id != TTM_NO_NODE)
        graph->nodes[id].layer_norm.mean_square = 1;
    return id;
}

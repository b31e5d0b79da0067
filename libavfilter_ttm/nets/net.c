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

/** @file Layers with their weights, shared by the builders of all networks. */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "nets/net.h"

TTMPath ttm_path(const char *format, ...)
{
    TTMPath path;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path.text, sizeof(path.text), format, arguments);
    va_end(arguments);
    return path;
}

TTMNodeId ttm_net_fail(TTMNet *net, int code, const char *format, ...)
{
    char text[256];
    va_list arguments;

    if (net->graph->error)
        return TTM_NO_NODE;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    net->graph->error = ttm_fail(net->graph->log, code, "%s: %s",
                                 net->part->config_path, text);
    return TTM_NO_NODE;
}

int64_t ttm_net_channels(const TTMNet *net, TTMNodeId x)
{
    const TTMShape *shape = ttm_graph_shape(net->graph, x);

    return shape->dim[shape->rank - 1];
}

TTMNodeId ttm_net_weight_head(TTMNet *net, const char *module, const char *name,
                              TTMShape file_shape, TTMShape shape)
{
    const TTMPath path = ttm_path("%s.%s", module, name);
    const TTMFileTensor *tensor;
    int ret;

    if (net->graph->error)
        return TTM_NO_NODE;
    ret = ttm_part_tensor(net->part, path.text, &file_shape, &tensor);
    if (ret < 0) {
        net->graph->error = ret;
        return TTM_NO_NODE;
    }
    if (ttm_shape_count(&shape) > ttm_shape_count(&file_shape))
        return ttm_net_fail(net, TTM_ERR_INTERNAL, "too much of '%s' is used",
                            path.text);
    return ttm_graph_file_weight(net->graph, path.text, shape, tensor);
}

TTMNodeId ttm_net_weight(TTMNet *net, const char *module, const char *name,
                         TTMShape shape)
{
    return ttm_net_weight_head(net, module, name, shape, shape);
}

static TTMNodeId bias_of(TTMNet *net, const char *module, int64_t out, int flags)
{
    if (!(flags & TTM_NET_BIAS))
        return TTM_NO_NODE;
    return ttm_net_weight(net, module, "bias", TTM_SHAPE(out));
}

TTMNodeId ttm_net_linear(TTMNet *net, TTMNodeId x, const char *module,
                         int64_t out, int flags, TTMNodeId residual,
                         enum TTMActivation activation)
{
    const int64_t in     = ttm_net_channels(net, x);
    const TTMShape shape = flags & TTM_NET_POINT ? TTM_SHAPE(out, in, 1, 1)
                                                 : TTM_SHAPE(out, in);
    const TTMNodeId weight = ttm_net_weight(net, module, "weight", shape);
    const TTMNodeId bias   = bias_of(net, module, out, flags);

    return ttm_graph_linear(net->graph, x, weight, bias, residual, activation);
}

TTMNodeId ttm_net_conv_with(TTMNet *net, TTMNodeId x, const char *module,
                            int64_t out, int flags, TTMNodeId shift,
                            TTMNodeId residual, const TTMConv2d *parameters)
{
    const int64_t in       = ttm_net_channels(net, x);
    const TTMNodeId weight = ttm_net_weight(net, module, "weight",
                                            TTM_SHAPE(out, in, 3, 3));
    const TTMNodeId bias   = bias_of(net, module, out, flags);

    return ttm_graph_conv2d(net->graph, x, weight, bias, shift, residual,
                            parameters);
}

TTMNodeId ttm_net_conv(TTMNet *net, TTMNodeId x, const char *module, int64_t out,
                       int flags, TTMNodeId shift, TTMNodeId residual,
                       enum TTMActivation activation)
{
    const TTMConv2d same = { 1, 1, 1, 1, 1, 1, activation };

    return ttm_net_conv_with(net, x, module, out, flags, shift, residual, &same);
}

TTMNodeId ttm_net_group_norm(TTMNet *net, TTMNodeId x, const char *module,
                             int groups, int pool, float epsilon,
                             enum TTMActivation activation)
{
    const TTMShape shape         = TTM_SHAPE(ttm_net_channels(net, x));
    const TTMNodeId weight       = ttm_net_weight(net, module, "weight", shape);
    const TTMNodeId bias         = ttm_net_weight(net, module, "bias", shape);
    const TTMGroupNorm parameters = { groups, pool, epsilon, activation };

    return ttm_graph_group_norm(net->graph, x, weight, bias, &parameters);
}

TTMNodeId ttm_net_layer_norm(TTMNet *net, TTMNodeId x, const char *module,
                             float epsilon)
{
    return ttm_net_layer_norm_sorted(net, x, module, TTM_NO_NODE, epsilon);
}

TTMNodeId ttm_net_layer_norm_sorted(TTMNet *net, TTMNodeId x, const char *module,
                                    TTMNodeId order, float epsilon)
{
    const TTMShape shape   = TTM_SHAPE(ttm_net_channels(net, x));
    const TTMNodeId weight = ttm_net_weight(net, module, "weight", shape);
    const TTMNodeId bias   = ttm_net_weight(net, module, "bias", shape);

    return ttm_graph_layer_norm_sorted(net->graph, x, weight, bias, order, epsilon);
}

TTMNodeId ttm_net_resnet(TTMNet *net, TTMNodeId x, const char *module,
                         int64_t out, TTMNodeId embedding, int groups,
                         float epsilon)
{
    TTMNodeId shift = TTM_NO_NODE, skip = x, h;

    if (embedding != TTM_NO_NODE)
        shift = ttm_net_linear(net, embedding,
                               ttm_path("%s.time_emb_proj", module).text, out,
                               TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
    if (ttm_net_channels(net, x) != out)
        skip = ttm_net_linear(net, x, ttm_path("%s.conv_shortcut", module).text,
                              out, TTM_NET_BIAS | TTM_NET_POINT, TTM_NO_NODE,
                              TTM_ACT_NONE);
    h = ttm_net_group_norm(net, x, ttm_path("%s.norm1", module).text, groups, 1,
                           epsilon, TTM_ACT_SILU);
    h = ttm_net_conv(net, h, ttm_path("%s.conv1", module).text, out,
                     TTM_NET_BIAS, shift, TTM_NO_NODE, TTM_ACT_NONE);
    h = ttm_net_group_norm(net, h, ttm_path("%s.norm2", module).text, groups, 1,
                           epsilon, TTM_ACT_SILU);
    return ttm_net_conv(net, h, ttm_path("%s.conv2", module).text, out,
                        TTM_NET_BIAS, TTM_NO_NODE, skip, TTM_ACT_NONE);
}

TTMNodeId ttm_net_double_size(TTMNet *net, TTMNodeId x, int64_t height,
                              int64_t width)
{
    TTMGraph *graph   = net->graph;
    const TTMShape in = *ttm_graph_shape(graph, x);
    const int64_t n = in.dim[0], h = in.dim[1], w = in.dim[2], c = in.dim[3];
    TTMNodeId two[2];

    two[0] = two[1] = ttm_graph_reshape(graph, x, TTM_SHAPE(n * h, 1, w * c));
    x = ttm_graph_concat(graph, two, 2, 1);                 // [n * h, 2, w * c]
    x = ttm_graph_reshape(graph, x, TTM_SHAPE(n, 2 * h, w, c));
    if (height < 2 * h)
        x = ttm_graph_slice(graph, x, 1, 0, height);
    two[0] = two[1] = ttm_graph_reshape(graph, x, TTM_SHAPE(n * height * w, 1, c));
    x = ttm_graph_concat(graph, two, 2, 1);                 // [n * height * w, 2, c]
    x = ttm_graph_reshape(graph, x, TTM_SHAPE(n, height, 2 * w, c));
    if (width < 2 * w)
        x = ttm_graph_slice(graph, x, 2, 0, width);
    return x;
}

TTMNodeId ttm_net_upsample(TTMNet *net, TTMNodeId x, const char *module,
                           int64_t height, int64_t width)
{
    const TTMConv2d doubled = { 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };
    const TTMPath conv      = ttm_path("%s.conv", module);
    const int64_t channels  = ttm_net_channels(net, x);
    const TTMShape *in      = ttm_graph_shape(net->graph, x);

    if (net->graph->error)
        return TTM_NO_NODE;
    if (in->rank != 4 || (height + 1) / 2 != in->dim[1] ||
        (width + 1) / 2 != in->dim[2])
        return ttm_net_fail(net, TTM_ERR_UNSUPPORTED, "%s cannot give %lldx%lld",
                            module, (long long)width, (long long)height);
    if (height == 2 * in->dim[1] && width == 2 * in->dim[2])
        return ttm_net_conv_with(net, x, conv.text, channels, TTM_NET_BIAS,
                                 TTM_NO_NODE, TTM_NO_NODE, &doubled);
    ttm_graph_scope(net->graph, module);
    x = ttm_net_double_size(net, x, height, width);
    return ttm_net_conv(net, x, conv.text, channels, TTM_NET_BIAS, TTM_NO_NODE,
                        TTM_NO_NODE, TTM_ACT_NONE);
}

TTMNodeId ttm_net_attention(TTMNet *net, TTMNodeId x, const char *module,
                            TTMNodeId residual, const TTMNetAttention *parameters)
{
    const TTMNetAttention *p = parameters;
    const int64_t channels   = ttm_net_channels(net, x);
    const int self           = p->context == TTM_NO_NODE;
    const TTMNodeId source   = self ? x : p->context;
    const TTMAttention attention = {
        .heads      = p->heads,
        .scale      = 1 / sqrt(channels / (double)p->heads),
        .outer      = p->outer,
        .tokens     = p->tokens,
        .inner      = p->inner,
        .key_outer  = self ? p->outer : p->key_outer,
        .key_tokens = self ? p->tokens : p->key_tokens,
        .causal     = p->causal,
        .regions    = p->order,
        .query_sets = p->query_sets,
        .key_sets   = p->key_sets,
    };
    const TTMPath to_out     = ttm_path("%s.%s", module, p->names[3]);
    TTMNodeId qkv[3], out, weight, bias;

    for (int i = 0; i < 3; i++)
        qkv[i] = ttm_net_linear(net, i ? source : x,
                                ttm_path("%s.%s", module, p->names[i]).text,
                                channels, p->flags, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_scope(net->graph, module);
    out = ttm_graph_attention(net->graph, qkv[0], qkv[1], qkv[2], &attention);
    weight = ttm_net_weight(net, to_out.text, "weight", TTM_SHAPE(channels, channels));
    bias   = ttm_net_weight(net, to_out.text, "bias", TTM_SHAPE(channels));
    return ttm_graph_linear_unsorted(net->graph, out, weight, bias, residual,
                                     p->order, TTM_ACT_NONE);
}

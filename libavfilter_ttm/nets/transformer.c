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

/** @file Transformer blocks of the U-Net: spatial, masked, temporal. */

#include <math.h>
#include <stdlib.h>

#include "nets/transformer.h"

#define LAYER_EPSILON 1e-5f
#define GROUP_EPSILON 1e-6f

/** Attention over the positions of each frame of x [F, H, W, C]. */
static TTMNetAttention spatial(const TTMShape *x, int heads)
{
    return (TTMNetAttention){
        .heads = heads, .outer = x->dim[0], .tokens = x->dim[1] * x->dim[2],
        .inner = 1, .context = TTM_NO_NODE, .order = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
        .names = TTM_NET_DIFFUSERS_NAMES,
    };
}

/** As spatial(), over all positions of all frames together. */
static TTMNetAttention whole_clip(const TTMShape *x, int heads)
{
    TTMNetAttention attention = spatial(x, heads);

    attention.tokens *= attention.outer;
    attention.outer   = 1;
    return attention;
}

static TTMNodeId layer_norm(TTMNet *net, TTMNodeId x, const char *module,
                            const char *name)
{
    return ttm_net_layer_norm(net, x, ttm_path("%s.%s", module, name).text,
                              LAYER_EPSILON);
}

/** x + ff(norm3(x)), four times as wide inside, with a GEGLU. */
static TTMNodeId feed_forward(TTMNet *net, TTMNodeId x, const char *module)
{
    const int64_t channels = ttm_net_channels(net, x);
    TTMNodeId h = layer_norm(net, x, module, "norm3");

    h = ttm_net_linear(net, h, ttm_path("%s.ff.net.0.proj", module).text,
                       8 * channels, TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_GEGLU);
    return ttm_net_linear(net, h, ttm_path("%s.ff.net.2", module).text, channels,
                          TTM_NET_BIAS, x, TTM_ACT_NONE);
}

/** Each position attends to the positions of its own region in all frames. */
static TTMNodeId masked_self(TTMNet *net, TTMNodeId x, const char *module,
                             int heads, const TTMMasked *masked)
{
    const TTMShape shape      = *ttm_graph_shape(net->graph, x);
    TTMNetAttention attention = whole_clip(&shape, heads);
    TTMNodeId h;

    attention.order = masked->order;
    h = ttm_net_layer_norm_sorted(net, x, ttm_path("%s.masked_norm1", module).text,
                                  masked->order, LAYER_EPSILON);
    return ttm_net_attention(net, h, ttm_path("%s.masked_attn1", module).text, x,
                             &attention);
}

/** Each position attends to the local prompts that its set names. */
static TTMNodeId masked_cross(TTMNet *net, TTMNodeId x, const char *module,
                              int heads, int64_t context_channels,
                              const TTMMasked *masked)
{
    const TTMShape shape      = *ttm_graph_shape(net->graph, x);
    const TTMPath path        = ttm_path("%s.masked_attn2", module);
    TTMNetAttention attention = whole_clip(&shape, heads);
    const int64_t channels    = shape.dim[shape.rank - 1];
    TTMNodeId h;

    if (masked->locals == TTM_NO_NODE) {
        /*
         * No prompts: the attention gives zero everywhere, so that only the
         * bias of its output layer is left. The other weights are fetched for
         * the check of the file.
         */
        TTMNodeId bias;

        for (int i = 0; i < 3; i++)
            ttm_net_weight(net, path.text, (const char *[]){ "to_q.weight",
                           "to_k.weight", "to_v.weight" }[i],
                           TTM_SHAPE(channels, i ? context_channels : channels));
        ttm_net_weight(net, path.text, "to_out.0.weight",
                       TTM_SHAPE(channels, channels));
        ttm_net_weight(net, module, "masked_norm2.weight", TTM_SHAPE(channels));
        ttm_net_weight(net, module, "masked_norm2.bias", TTM_SHAPE(channels));
        bias = ttm_net_weight(net, path.text, "to_out.0.bias",
                              TTM_SHAPE(channels));
        ttm_graph_scope(net->graph, path.text);
        return ttm_graph_add(net->graph, x, bias);
    }
    attention.context    = masked->locals;
    attention.key_outer  = 1;
    attention.key_tokens = ttm_graph_shape(net->graph, masked->locals)->dim[1];
    attention.query_sets = masked->query_sets;
    attention.key_sets   = masked->key_sets;
    h = layer_norm(net, x, module, "masked_norm2");
    return ttm_net_attention(net, h, path.text, x, &attention);
}

static TTMNodeId spatial_block(TTMNet *net, TTMNodeId x, const char *module,
                               int heads, TTMNodeId text, const TTMMasked *masked)
{
    const TTMShape shape  = *ttm_graph_shape(net->graph, x);
    TTMNetAttention self  = spatial(&shape, heads);
    TTMNetAttention cross = self;
    TTMNodeId h;

    cross.context    = text;
    cross.key_outer  = 1;
    cross.key_tokens = ttm_graph_shape(net->graph, text)->dim[1];

    h = layer_norm(net, x, module, "norm1");
    x = ttm_net_attention(net, h, ttm_path("%s.attn1", module).text, x, &self);
    if (masked && masked->self)
        x = masked_self(net, x, module, heads, masked);
    h = layer_norm(net, x, module, "norm2");
    x = ttm_net_attention(net, h, ttm_path("%s.attn2", module).text, x, &cross);
    if (masked && masked->cross)
        x = masked_cross(net, x, module, heads, ttm_net_channels(net, text),
                         masked);
    return feed_forward(net, x, module);
}

TTMNodeId ttm_net_spatial_transformer(TTMNet *net, TTMNodeId x,
                                      const char *module, int layers, int heads,
                                      int groups, int linear_projection,
                                      TTMNodeId text, const TTMMasked *masked)
{
    const int flags        = TTM_NET_BIAS | (linear_projection ? 0 : TTM_NET_POINT);
    const int64_t channels = ttm_net_channels(net, x);
    TTMNodeId h;

    if (net->graph->error)
        return TTM_NO_NODE;
    h = ttm_net_group_norm(net, x, ttm_path("%s.norm", module).text, groups, 1,
                           GROUP_EPSILON, TTM_ACT_NONE);
    h = ttm_net_linear(net, h, ttm_path("%s.proj_in", module).text, channels,
                       flags, TTM_NO_NODE, TTM_ACT_NONE);
    for (int i = 0; i < layers; i++)
        h = spatial_block(net, h,
                          ttm_path("%s.transformer_blocks.%d", module, i).text,
                          heads, text, i ? NULL : masked);
    return ttm_net_linear(net, h, ttm_path("%s.proj_out", module).text, channels,
                          flags, x, TTM_ACT_NONE);
}

/**
 * diffusers SinusoidalPositionalEmbedding, [frames, 1, 1, channels]: sines and
 * cosines take turns. The file's own table is used where there is one, so that
 * its rounding is the same here and in PyTorch.
 */
static TTMNodeId frame_positions(TTMNet *net, const char *module, int64_t frames,
                                 int64_t channels, int max_frames)
{
    const TTMShape shape = TTM_SHAPE(frames, 1, 1, channels);
    const TTMPath path   = ttm_path("%s.pos_embed.pe", module);
    float *table;

    if (ttm_part_find(net->part, path.text))
        return ttm_net_weight_head(net, module, "pos_embed.pe",
                                   TTM_SHAPE(1, max_frames, channels), shape);
    table = malloc(frames * channels * sizeof(*table));
    for (int64_t i = 0; table && i < frames * channels; i++) {
        const int64_t frame = i / channels, channel = i % channels;
        const float rate    = expf((float)(channel - channel % 2) *
                                   (float)(-log(10000.0) / channels));
        const float angle   = frame * rate;

        table[i] = channel % 2 ? cosf(angle) : sinf(angle);
    }
    return ttm_graph_constant(net->graph, path.text, shape, table);
}

static TTMNodeId temporal_block(TTMNet *net, TTMNodeId x, const char *module,
                                int heads, int max_frames)
{
    const TTMShape shape      = *ttm_graph_shape(net->graph, x);
    TTMNetAttention attention = spatial(&shape, heads);
    TTMNodeId positions, h;

    attention.outer  = 1;
    attention.tokens = shape.dim[0];
    attention.inner  = shape.dim[1] * shape.dim[2];
    positions = frame_positions(net, module, shape.dim[0], shape.dim[3],
                                max_frames);
    for (int i = 1; i <= 2; i++) {
        const TTMPath path = ttm_path("%s.attn%d", module, i);

        h = layer_norm(net, x, module, i == 1 ? "norm1" : "norm2");
        ttm_graph_scope(net->graph, path.text);
        h = ttm_graph_add(net->graph, h, positions);
        x = ttm_net_attention(net, h, path.text, x, &attention);
    }
    return feed_forward(net, x, module);
}

TTMNodeId ttm_net_motion_module(TTMNet *net, TTMNodeId x, const char *module,
                                int layers, int heads, int groups, int max_frames)
{
    const TTMShape shape   = *ttm_graph_shape(net->graph, x);
    const int64_t channels = ttm_net_channels(net, x);
    TTMNodeId h;

    if (net->graph->error)
        return TTM_NO_NODE;
    h = ttm_net_group_norm(net, x, ttm_path("%s.norm", module).text, groups,
                           shape.dim[0], GROUP_EPSILON, TTM_ACT_NONE);
    h = ttm_net_linear(net, h, ttm_path("%s.proj_in", module).text, channels,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
    for (int i = 0; i < layers; i++)
        h = temporal_block(net, h,
                           ttm_path("%s.transformer_blocks.%d", module, i).text,
                           heads, max_frames);
    return ttm_net_linear(net, h, ttm_path("%s.proj_out", module).text, channels,
                          TTM_NET_BIAS, x, TTM_ACT_NONE);
}

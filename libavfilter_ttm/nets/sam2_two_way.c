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
 * transformers' Sam2TwoWayTransformer: tokens and the picture's positions attend to each
 * other. Where tokens and positions are queries or keys, what they were called at first is
 * added again.
 */

#include <math.h>

#include "nets/sam2.h"

#define MODULE "mask_decoder.transformer"
#define EPSILON 1e-5f           ///< torch.nn.LayerNorm's own

/** One attention: what queries, keys and values are made of. */
typedef struct Source {
    TTMNodeId queries, keys, values;
} Source;

/** Sam2Attention with @p width channels inside, plus @p residual (or TTM_NO_NODE). */
static TTMNodeId attention(TTMNet *net, const TTMSam2Config *c, const char *module,
                           const Source *s, int width, TTMNodeId residual)
{
    TTMGraph *graph = net->graph;
    const TTMAttention a = {
        .heads = c->decoder_heads,
        .scale = (float)(1 / sqrt((double)width / c->decoder_heads)),
        .outer = 1, .tokens = ttm_graph_shape(graph, s->queries)->dim[0], .inner = 1,
        .key_outer = 1, .key_tokens = ttm_graph_shape(graph, s->keys)->dim[0],
        .regions = TTM_NO_NODE, .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNodeId q, k, v;

    q = ttm_net_linear(net, s->queries, ttm_path("%s.q_proj", module).text, width,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
    k = ttm_net_linear(net, s->keys, ttm_path("%s.k_proj", module).text, width,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
    v = ttm_net_linear(net, s->values, ttm_path("%s.v_proj", module).text, width,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_scope(graph, module);
    q = ttm_graph_attention(graph, q, k, v, &a);
    return ttm_net_linear(net, q, ttm_path("%s.o_proj", module).text, c->pyramid,
                          TTM_NET_BIAS, residual, TTM_ACT_NONE);
}

static TTMNodeId norm(TTMNet *net, TTMNodeId x, const char *module, int index)
{
    return ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm%d", module, index).text,
                              EPSILON);
}

/** @p x and what it was called, @p name, under the scope of @p module. */
static TTMNodeId named(TTMNet *net, TTMNodeId x, TTMNodeId name, const char *module)
{
    ttm_graph_scope(net->graph, module);
    return ttm_graph_add(net->graph, x, name);
}

void ttm_sam2_two_way(TTMNet *net, const TTMSam2Config *c, TTMNodeId *tokens,
                      TTMNodeId *keys, TTMNodeId positions)
{
    const int width = c->pyramid / c->downsample;
    const TTMNodeId names = *tokens;
    TTMNodeId x = names, p = *keys, q, k;

    for (int i = 0; i < c->layers; i++) {
        const TTMPath layer = ttm_path(MODULE ".layers.%d", i);
        const char *m = layer.text;

        q = i ? named(net, x, names, m) : x;
        x = attention(net, c, ttm_path("%s.self_attn", m).text, &(Source){ q, q, x },
                      c->pyramid, i ? x : TTM_NO_NODE);
        x = norm(net, x, m, 1);

        q = named(net, x, names, m);
        k = named(net, p, positions, m);
        x = attention(net, c, ttm_path("%s.cross_attn_token_to_image", m).text,
                      &(Source){ q, k, p }, width, x);
        x = norm(net, x, m, 2);

        x = ttm_sam2_mlp(net, x, ttm_path("%s.mlp", m).text, c->mlp, c->pyramid, c->layers,
                         TTM_ACT_RELU, x);
        x = norm(net, x, m, 3);

        q = named(net, x, names, m);
        p = attention(net, c, ttm_path("%s.cross_attn_image_to_token", m).text,
                      &(Source){ k, q, x }, width, p);
        p = norm(net, p, m, 4);
    }
    q = named(net, x, names, MODULE);
    k = named(net, p, positions, MODULE);
    x = attention(net, c, MODULE ".final_attn_token_to_image", &(Source){ q, k, p }, width,
                  x);
    *tokens = ttm_net_layer_norm(net, x, MODULE ".layer_norm_final_attn", EPSILON);
    *keys   = p;
}

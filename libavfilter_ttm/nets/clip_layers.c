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

#include "nets/clip_layers.h"

int ttm_clip_layers_read(TTMClipLayers *c, const TTMPart *part,
                         const TTMClipLayers *fallback)
{
    static const char *const activations[] = {
        "quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh", NULL
    };
    static const enum TTMActivation values[] = {
        TTM_ACT_QUICK_GELU, TTM_ACT_GELU, TTM_ACT_GELU_TANH, TTM_ACT_GELU_TANH
    };
    int ret, activation;

    if ((ret = ttm_config_int(part, "hidden_size", 1, 1 << 16, fallback->hidden_size,
                              &c->hidden_size)) < 0 ||
        (ret = ttm_config_int(part, "intermediate_size", 1, 1 << 18,
                              fallback->intermediate_size,
                              &c->intermediate_size)) < 0 ||
        (ret = ttm_config_int(part, "num_hidden_layers", 1, 256, fallback->layers,
                              &c->layers)) < 0 ||
        (ret = ttm_config_int(part, "num_attention_heads", 1, 1 << 10, fallback->heads,
                              &c->heads)) < 0 ||
        (ret = ttm_config_float(part, "layer_norm_eps", 0, fallback->epsilon,
                                &c->epsilon)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "hidden_act",
                                 activations, 0, &activation)) < 0)
        return ret;
    c->activation = values[activation];
    if (c->hidden_size % c->heads)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'hidden_size' %d is not a "
                        "multiple of 'num_attention_heads' %d", part->config_path,
                        c->hidden_size, c->heads);
    return 0;
}

static TTMNodeId layer(TTMNet *net, TTMNodeId x, const char *module,
                       const TTMClipLayers *c, const TTMNetAttention *attention)
{
    TTMNodeId h;

    h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm1", module).text,
                           c->epsilon);
    x = ttm_net_attention(net, h, ttm_path("%s.self_attn", module).text, x,
                          attention);
    h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm2", module).text,
                           c->epsilon);
    h = ttm_net_linear(net, h, ttm_path("%s.mlp.fc1", module).text,
                       c->intermediate_size, TTM_NET_BIAS, TTM_NO_NODE,
                       c->activation);
    return ttm_net_linear(net, h, ttm_path("%s.mlp.fc2", module).text,
                          c->hidden_size, TTM_NET_BIAS, x, TTM_ACT_NONE);
}

TTMNodeId ttm_clip_layers(TTMNet *net, TTMNodeId x, const char *module,
                          const TTMClipLayers *c, int sequences, int tokens,
                          int causal)
{
    const TTMNetAttention attention = {
        .heads = c->heads, .outer = sequences, .tokens = tokens, .inner = 1,
        .context = TTM_NO_NODE, .causal = causal, .order = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
        .flags = TTM_NET_BIAS,
        .names = { "q_proj", "k_proj", "v_proj", "out_proj" },
    };

    for (int i = 0; i < c->layers; i++)
        x = layer(net, x, ttm_path("%s.layers.%d", module, i).text, c, &attention);
    return x;
}

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
 * transformers CLIPTextModel: the text side of CLIP (arXiv 2103.00020), a
 * causal transformer with learned positions and normalisation before each
 * layer.
 */

#include "nets/clip_text.h"

#include "nets/net.h"

int ttm_clip_text_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    static const char *const activations[] = {
        "quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh", NULL
    };
    static const enum TTMActivation values[] = {
        TTM_ACT_QUICK_GELU, TTM_ACT_GELU, TTM_ACT_GELU_TANH, TTM_ACT_GELU_TANH
    };
    TTMClipTextConfig *c = config;
    int ret, activation;

    if ((ret = ttm_config_int(part, "vocab_size", 1, 1 << 24, 49408,
                              &c->vocab_size)) < 0 ||
        (ret = ttm_config_int(part, "hidden_size", 1, 1 << 16, 512,
                              &c->hidden_size)) < 0 ||
        (ret = ttm_config_int(part, "intermediate_size", 1, 1 << 18, 2048,
                              &c->intermediate_size)) < 0 ||
        (ret = ttm_config_int(part, "num_hidden_layers", 1, 256, 12,
                              &c->layers)) < 0 ||
        (ret = ttm_config_int(part, "num_attention_heads", 1, 1 << 10, 8,
                              &c->heads)) < 0 ||
        (ret = ttm_config_int(part, "max_position_embeddings", 1, 1 << 16, 77,
                              &c->max_positions)) < 0 ||
        (ret = ttm_config_float(part, "layer_norm_eps", 0, 1e-5,
                                &c->epsilon)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "hidden_act",
                                 activations, 0, &activation)) < 0)
        return ret;
    c->activation = values[activation];
    if (c->hidden_size % c->heads)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'hidden_size' %d is not a "
                        "multiple of 'num_attention_heads' %d", part->config_path,
                        c->hidden_size, c->heads);
    facts->text = (TTMTextEncoder){ c->hidden_size, c->max_positions };
    return 0;
}

static TTMNodeId layer(TTMNet *net, TTMNodeId x, const char *module,
                       const TTMClipTextConfig *c, int prompts, int tokens)
{
    const TTMNetAttention attention = {
        .heads = c->heads, .outer = prompts, .tokens = tokens, .inner = 1,
        .context = TTM_NO_NODE, .causal = 1, .order = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
        .flags = TTM_NET_BIAS,
        .names = { "q_proj", "k_proj", "v_proj", "out_proj" },
    };
    TTMNodeId h;

    h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm1", module).text,
                           c->epsilon);
    x = ttm_net_attention(net, h, ttm_path("%s.self_attn", module).text, x,
                          &attention);
    h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm2", module).text,
                           c->epsilon);
    h = ttm_net_linear(net, h, ttm_path("%s.mlp.fc1", module).text,
                       c->intermediate_size, TTM_NET_BIAS, TTM_NO_NODE,
                       c->activation);
    return ttm_net_linear(net, h, ttm_path("%s.mlp.fc2", module).text,
                          c->hidden_size, TTM_NET_BIAS, x, TTM_ACT_NONE);
}

int ttm_clip_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes)
{
    const TTMClipTextConfig *c = config;
    const int prompts = sizes->batch, tokens = sizes->tokens;
    /* files written by transformers 5 may lack the outer module's name */
    const char *root = ttm_part_find(part, "embeddings.token_embedding.weight")
                       ? "" : "text_model.";
    const TTMPath embeddings = ttm_path("%sembeddings", root);
    TTMNet net = { graph, part };
    TTMNodeId ids, table, positions, x;

    if (tokens > c->max_positions) {
        ttm_net_fail(&net, TTM_ERR_ARGUMENT, "%d tokens, but "
                     "'max_position_embeddings' is %d", tokens, c->max_positions);
        return graph->error;
    }
    ids   = ttm_graph_input(graph, "ids", TTM_SHAPE(prompts, tokens),
                            TTM_DTYPE_I32);
    table = ttm_net_weight(&net, embeddings.text, "token_embedding.weight",
                           TTM_SHAPE(c->vocab_size, c->hidden_size));
    positions = ttm_net_weight_head(&net, embeddings.text,
                                    "position_embedding.weight",
                                    TTM_SHAPE(c->max_positions, c->hidden_size),
                                    TTM_SHAPE(tokens, c->hidden_size));
    ttm_graph_scope(graph, embeddings.text);
    x = ttm_graph_embedding(graph, table, ids);     // [prompts, tokens, hidden]
    x = ttm_graph_add(graph, x, positions);
    for (int i = 0; i < c->layers; i++)
        x = layer(&net, x, ttm_path("%sencoder.layers.%d", root, i).text, c,
                  prompts, tokens);
    x = ttm_net_layer_norm(&net, x, ttm_path("%sfinal_layer_norm", root).text,
                           c->epsilon);
    ttm_graph_output_named(graph, x, "states");
    return ttm_graph_finish(graph);
}

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

int ttm_clip_text_read_config(TTMClipTextConfig *c, const TTMPart *part,
                              int max_positions)
{
    static const TTMClipLayers fallback = {
        .hidden_size = 512, .intermediate_size = 2048, .layers = 12, .heads = 8,
        .epsilon = 1e-5f
    };
    int ret;

    if ((ret = ttm_config_int(part, "vocab_size", 1, 1 << 24, 49408,
                              &c->vocab_size)) < 0 ||
        (ret = ttm_config_int(part, "max_position_embeddings", 1, 1 << 16,
                              max_positions, &c->max_positions)) < 0)
        return ret;
    return ttm_clip_layers_read(&c->layers, part, &fallback);
}

int ttm_clip_text_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    TTMClipTextConfig *c = config;
    int ret = ttm_clip_text_read_config(c, part, 77);

    if (ret >= 0)
        facts->text = (TTMTextEncoder){ c->layers.hidden_size, c->max_positions };
    return ret;
}

TTMNodeId ttm_clip_text_states(TTMNet *net, const TTMClipTextConfig *c,
                               const char *root, int prompts, int tokens)
{
    TTMGraph *graph          = net->graph;
    const int width          = c->layers.hidden_size;
    const TTMPath embeddings = ttm_path("%sembeddings", root);
    TTMNodeId ids, table, positions, x;

    if (tokens > c->max_positions)
        return ttm_net_fail(net, TTM_ERR_ARGUMENT, "%d tokens, but "
                            "'max_position_embeddings' is %d", tokens,
                            c->max_positions);
    ids   = ttm_graph_input(graph, "ids", TTM_SHAPE(prompts, tokens),
                            TTM_DTYPE_I32);
    table = ttm_net_weight(net, embeddings.text, "token_embedding.weight",
                           TTM_SHAPE(c->vocab_size, width));
    positions = ttm_net_weight_head(net, embeddings.text, "position_embedding.weight",
                                    TTM_SHAPE(c->max_positions, width),
                                    TTM_SHAPE(tokens, width));
    ttm_graph_scope(graph, embeddings.text);
    x = ttm_graph_embedding(graph, table, ids);     // [prompts, tokens, hidden]
    x = ttm_graph_add(graph, x, positions);
    x = ttm_clip_layers(net, x, ttm_path("%sencoder", root).text, &c->layers, prompts,
                        tokens, 1);
    return ttm_net_layer_norm(net, x, ttm_path("%sfinal_layer_norm", root).text,
                              c->layers.epsilon);
}

int ttm_clip_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes)
{
    /* files written by transformers 5 may lack the outer module's name */
    const char *root = ttm_part_find(part, "embeddings.token_embedding.weight")
                       ? "" : "text_model.";
    TTMNet net = { graph, part };
    const TTMNodeId states = ttm_clip_text_states(&net, config, root, sizes->batch,
                                                  sizes->tokens);

    ttm_graph_output_named(graph, states, "states");
    return ttm_graph_finish(graph);
}

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
 * transformers Owlv2ForObjectDetection (arXiv 2306.09683): CLIP's two transformers, where
 * each place of the picture's says of itself how near it is to a text, the box of what is
 * there, and whether that is a thing at all.
 */

#include "nets/owlv2.h"

#include "nets/net.h"

#define ROOT   "owlv2."
#define VISION ROOT "vision_model."

/* Tensors that the files have and that finding has no use for. */
static int pass_over(TTMNet *net, const char *name, TTMShape shape)
{
    const TTMFileTensor *tensor;

    return ttm_part_find(net->part, name) ?
           ttm_part_tensor(net->part, name, &shape, &tensor) : 0;
}

int ttm_owlv2_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                         const TTMNetSizes *sizes)
{
    const TTMOwlv2Config *c = config;
    TTMNet net = { graph, part };
    TTMNodeId x;

    x = ttm_clip_text_states(&net, &c->text, ROOT "text_model.", sizes->batch,
                             sizes->tokens);
    x = ttm_net_linear(&net, x, ROOT "text_projection", c->width, 0, TTM_NO_NODE,
                       TTM_ACT_NONE);
    ttm_graph_output_named(graph, x, "embeddings");
    return ttm_graph_finish(graph);
}

/* The token of the whole picture and those of its places, [1 + places, C]. */
static TTMNodeId embed(TTMNet *net, const TTMOwlv2Config *c)
{
    const int places = c->grid * c->grid, width = c->vision.hidden_size;
    const int values = 3 * c->patch * c->patch;
    TTMGraph *graph  = net->graph;
    TTMNodeId parts[2], weight, positions, x;

    x = ttm_graph_input(graph, "patches", TTM_SHAPE(places, values), graph->dtype);
    /* a convolution whose stride is its size */
    weight = ttm_net_weight_head(net, VISION "embeddings", "patch_embedding.weight",
                                 TTM_SHAPE(width, 3, c->patch, c->patch),
                                 TTM_SHAPE(width, values));
    parts[0] = ttm_net_weight_head(net, VISION "embeddings", "class_embedding",
                                   TTM_SHAPE(width), TTM_SHAPE(1, width));
    parts[1] = ttm_graph_linear(graph, x, weight, TTM_NO_NODE, TTM_NO_NODE,
                                TTM_ACT_NONE);
    positions = ttm_net_weight(net, VISION "embeddings", "position_embedding.weight",
                               TTM_SHAPE(places + 1, width));
    ttm_graph_scope(graph, VISION "embeddings");
    x = ttm_graph_concat(graph, parts, 2, 0);
    return ttm_graph_add(graph, x, positions);
}

/* Owlv2BoxPredictionHead: [places, C] -> [places, out]. */
static TTMNodeId head(TTMNet *net, TTMNodeId x, const char *module, int out)
{
    const int64_t width = ttm_net_channels(net, x);

    x = ttm_net_linear(net, x, ttm_path("%s.dense0", module).text, width,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_GELU);
    x = ttm_net_linear(net, x, ttm_path("%s.dense1", module).text, width,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_GELU);
    return ttm_net_linear(net, x, ttm_path("%s.dense2", module).text, out,
                          TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
}

static TTMNodeId class_layer(TTMNet *net, TTMNodeId x, const char *module, int out)
{
    return ttm_net_linear(net, x, ttm_path("class_head.%s", module).text, out,
                          TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_NONE);
}

int ttm_owlv2_picture_build(TTMGraph *graph, TTMPart *part, const void *config,
                            const TTMNetSizes *sizes)
{
    const TTMOwlv2Config *c = config;
    const int places = c->grid * c->grid;
    TTMNet net = { graph, part };
    TTMNodeId x, whole;
    int ret;

    (void)sizes;
    if ((ret = pass_over(&net, ROOT "visual_projection.weight",
                         TTM_SHAPE(c->width, c->vision.hidden_size))) < 0 ||
        (ret = pass_over(&net, ROOT "logit_scale", TTM_SHAPE(1))) < 0 ||
        (ret = pass_over(&net, "box_bias", TTM_SHAPE(places, 4))) < 0)
        return graph->error = ret;
    x = embed(&net, c);
    x = ttm_net_layer_norm(&net, x, VISION "pre_layernorm", c->vision.epsilon);
    x = ttm_clip_layers(&net, x, VISION "encoder", &c->vision, 1, places + 1, 0);
    x = ttm_net_layer_norm(&net, x, VISION "post_layernorm", c->vision.epsilon);
    /* every place times what the token of the whole says */
    ttm_graph_scope(graph, "merged");
    whole = ttm_graph_slice(graph, x, 0, 0, 1);
    x = ttm_graph_slice(graph, x, 0, 1, places);
    x = ttm_graph_multiply(graph, x, whole);
    x = ttm_net_layer_norm(&net, x, "layer_norm", c->vision.epsilon);
    ttm_graph_output_named(graph, class_layer(&net, x, "dense0", c->width), "classes");
    ttm_graph_output_named(graph, class_layer(&net, x, "logit_shift", 1), "shift");
    ttm_graph_output_named(graph, class_layer(&net, x, "logit_scale", 1), "scale");
    ttm_graph_output_named(graph, head(&net, x, "box_head", 4), "boxes");
    ttm_graph_output_named(graph, head(&net, x, "objectness_head", 1), "objectness");
    return ttm_graph_finish(graph);
}

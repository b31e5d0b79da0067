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
 * transformers' Sam2MaskDecoder without masks among the hints: tokens for the masks, their
 * quality and whether there is an object go through the two-way transformer; the picture's
 * positions, enlarged, times what became of a mask's token are the mask.
 */

#include <stdlib.h>

#include "nets/sam2.h"
#include "util/mem.h"

#define MODULE "mask_decoder"
#define EPSILON 1e-6f           ///< Sam2LayerNorm's own

/** torch's ConvTranspose2d weight [in, out, 2, 2] as a linear layer's [2, 2, out, in] */
static float *enlarging_kernel(TTMNet *net, const char *module, int in, int out)
{
    float *from = ttm_sam2_values(net, ttm_path("%s.weight", module).text,
                                  TTM_SHAPE(in, out, 2, 2));
    float *to = from ? ttm_array_alloc((size_t)in * (size_t)out, 4 * sizeof(*to)) : NULL;

    for (int i = 0; to && i < in; i++)
        for (int o = 0; o < out; o++)
            for (int tap = 0; tap < 4; tap++)
                to[(tap * out + o) * in + i] = from[(i * out + o) * 4 + tap];
    free(from);
    return to;
}

/** ConvTranspose2d of kernel and stride 2: [h * w, in] -> [1, 2 h, 2 w, out] */
static TTMNodeId enlarge(TTMNet *net, TTMNodeId x, const char *module, int side, int out)
{
    const int in = (int)ttm_net_channels(net, x);
    TTMGraph *graph = net->graph;
    float *bias = ttm_sam2_values(net, ttm_path("%s.bias", module).text, TTM_SHAPE(out));
    float *four = bias ? ttm_array_alloc((size_t)out, 4 * sizeof(*four)) : NULL;
    TTMNodeId weight;

    for (int i = 0; four && i < 4 * out; i++)
        four[i] = bias[i % out];
    free(bias);
    weight = ttm_graph_constant(graph, ttm_path("%s.weight", module).text,
                                TTM_SHAPE(4 * out, in),
                                enlarging_kernel(net, module, in, out));
    x = ttm_graph_linear(graph, x, weight,
                         ttm_graph_constant(graph, ttm_path("%s.bias", module).text,
                                            TTM_SHAPE(4 * out), four),
                         TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_scope(graph, module);
    x = ttm_graph_reshape(graph, x, TTM_SHAPE((int64_t)side * side, 2, 2, out));
    return ttm_graph_window_join(graph, x, 2 * side, 2 * side);
}

/** Positions of the coarsest level [N, C] -> [1, 4 side, 4 side, C / 8] */
static TTMNodeId upscale(TTMNet *net, const TTMSam2Config *c, TTMNodeId x,
                         const TTMNodeId fine[2])
{
    const int side = ttm_sam2_level_side(c, TTM_SAM2_LEVELS - 1);
    const int64_t n = 4 * (int64_t)side * side;
    TTMGraph *graph = net->graph;

    x = enlarge(net, x, MODULE ".upscale_conv1", side, c->pyramid / 4);
    x = ttm_graph_add(graph, x, fine[1]);
    x = ttm_net_layer_norm(net, x, MODULE ".upscale_layer_norm", EPSILON);
    ttm_graph_scope(graph, MODULE ".upscale_layer_norm");
    x = ttm_graph_activate(graph, x, TTM_ACT_GELU);
    x = ttm_graph_reshape(graph, x, TTM_SHAPE(n, c->pyramid / 4));
    x = enlarge(net, x, MODULE ".upscale_conv2", 2 * side, c->pyramid / 8);
    x = ttm_graph_add(graph, x, fine[0]);
    return ttm_graph_activate(graph, x, TTM_ACT_GELU);
}

/** Row @p index of the tokens, [1, C] */
static TTMNodeId token(TTMNet *net, TTMNodeId tokens, int index)
{
    ttm_graph_scope(net->graph, MODULE);
    return ttm_graph_slice(net->graph, tokens, 0, index, 1);
}

/** 1 / (1 + exp(-x)) */
static TTMNodeId sigmoid(TTMNet *net, TTMNodeId x)
{
    x = ttm_graph_activate(net->graph, ttm_graph_scale(net->graph, x, 0.5f, 0),
                           TTM_ACT_TANH);
    return ttm_graph_scale(net->graph, x, 0.5f, 0.5f);
}

/** Outputs of what became of the tokens @p x and of the picture's positions @p fine. */
static void finish(TTMNet *net, const TTMSam2Config *c, TTMNodeId x, TTMNodeId fine)
{
    TTMGraph *graph = net->graph;
    TTMNodeId kernels[TTM_MAX_INPUTS], masks, scores, object;

    for (int i = 0; i < c->masks; i++)
        kernels[i] = ttm_sam2_mlp(net, token(net, x, 2 + i),
                                  ttm_path(MODULE ".output_hypernetworks_mlps.%d", i).text,
                                  c->pyramid, c->pyramid / 8, 3, TTM_ACT_RELU, TTM_NO_NODE);
    ttm_graph_scope(graph, MODULE ".output_hypernetworks_mlps");
    masks = ttm_graph_concat(graph, kernels, c->masks, 0);      // [masks, C / 8]
    ttm_graph_scope(graph, MODULE);
    masks = ttm_graph_product(graph, fine, masks);
    ttm_graph_output_named(graph, masks, "masks");
    scores = ttm_sam2_mlp(net, token(net, x, 1), MODULE ".iou_prediction_head",
                          c->iou_hidden, c->masks, c->iou_depth, TTM_ACT_RELU, TTM_NO_NODE);
    scores = sigmoid(net, scores);
    scores = ttm_graph_reshape(graph, scores, TTM_SHAPE(1, 1, 1, c->masks));
    ttm_graph_output_named(graph, scores, "scores");
    object = ttm_sam2_mlp(net, token(net, x, 0), MODULE ".pred_obj_score_head", c->pyramid,
                          1, 3, TTM_ACT_RELU, TTM_NO_NODE);
    ttm_graph_output_named(graph, object, "object");
}

/** The coarsest level, to which it is added that there is no mask among the hints. */
static TTMNodeId coarse_input(TTMNet *net, const TTMSam2Config *c)
{
    const int64_t side = ttm_sam2_level_side(c, 2), width = c->pyramid;
    TTMGraph *graph = net->graph;
    TTMNodeId x = ttm_graph_input(graph, "features.2", TTM_SHAPE(1, side, side, width),
                                  graph->dtype);
    const TTMNodeId none = ttm_net_weight_head(net, "prompt_encoder.no_mask_embed",
                                               "weight", TTM_SHAPE(1, width),
                                               TTM_SHAPE(width));

    ttm_graph_scope(graph, "prompt_encoder");
    x = ttm_graph_add(graph, x, none);
    return ttm_graph_reshape(graph, x, TTM_SHAPE(side * side, width));
}

int ttm_sam2_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                           const TTMNetSizes *sizes)
{
    const TTMSam2Config *c = config;
    const int64_t width = c->pyramid;
    TTMNet net = { graph, part };
    TTMNodeId fine[2], parts[4], tokens, keys;

    if (sizes->points < 1 || sizes->points > 1 << 12) {
        ttm_net_fail(&net, TTM_ERR_ARGUMENT, "%d points: 1 to 4096 are possible",
                     sizes->points);
        return graph->error;
    }
    for (int i = 0; i < 2; i++) {
        const int side = ttm_sam2_level_side(c, i);

        fine[i] = ttm_graph_input(graph, ttm_path("features.%d", i).text,
                                  TTM_SHAPE(1, side, side, width / (8 >> i)), graph->dtype);
    }
    keys     = coarse_input(&net, c);
    parts[0] = ttm_net_weight(&net, MODULE ".obj_score_token", "weight",
                              TTM_SHAPE(1, width));
    parts[1] = ttm_net_weight(&net, MODULE ".iou_token", "weight", TTM_SHAPE(1, width));
    parts[2] = ttm_net_weight(&net, MODULE ".mask_tokens", "weight",
                              TTM_SHAPE(c->masks, width));
    parts[3] = ttm_sam2_points(&net, c, sizes->points);
    tokens   = ttm_graph_concat(graph, parts, 4, 0);
    ttm_sam2_two_way(&net, c, &tokens, &keys, ttm_sam2_positions(&net, c));
    finish(&net, c, tokens, upscale(&net, c, keys, fine));
    return ttm_graph_finish(graph);
}

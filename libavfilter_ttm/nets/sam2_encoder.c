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
 * What transformers' Sam2Model.get_image_embeddings() gives: the backbone, the feature
 * pyramid on top of it (Sam2VisionNeck), and the decoder's first layers of the finer levels,
 * which depend on no hint.
 */

#include "nets/sam2.h"

/**
 * Sam2VisionNeck: levels of the same width; where `top_down` says so what is one coarser is
 * added, twice as large.
 */
static void pyramid(TTMNet *net, const TTMSam2Config *c, const TTMNodeId *stages,
                    TTMNodeId levels[TTM_SAM2_STAGES])
{
    const int top = c->nb_stages - 1;

    for (int i = top; i >= 0; i--) {
        const TTMPath module = ttm_path("vision_encoder.neck.convs.%d", top - i);
        TTMNodeId above = TTM_NO_NODE;

        if (i < top && c->top_down[i]) {
            ttm_graph_scope(net->graph, module.text);
            above = ttm_net_double_size(net, levels[i + 1], ttm_sam2_level_side(c, i),
                                        ttm_sam2_level_side(c, i));
        }
        levels[i] = ttm_net_linear(net, stages[i], module.text, c->pyramid,
                                   TTM_NET_BIAS | TTM_NET_POINT, above, TTM_ACT_NONE);
    }
}

/** What transformers' Sam2Model passes over too, and what encodes masks among the hints. */
static void pass_over(TTMPart *part)
{
    static const char *const prefixes[] = {
        "memory_", "mask_downsample", "object_pointer_proj",
        "temporal_positional_encoding_projection_layer", "no_memory_positional_encoding",
        "no_object_pointer", "occlusion_spatial_embedding_parameter",
        "prompt_encoder.mask_embed.", NULL
    };

    for (int i = 0; prefixes[i]; i++)
        ttm_part_pass_over(part, prefixes[i]);
}

int ttm_sam2_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                           const TTMNetSizes *sizes)
{
    const TTMSam2Config *c = config;
    TTMNet net = { graph, part };
    TTMNodeId stages[TTM_SAM2_STAGES] = { 0 }, levels[TTM_SAM2_STAGES] = { 0 }, x;

    if (sizes->height != c->side || sizes->width != c->side) {
        ttm_net_fail(&net, TTM_ERR_ARGUMENT, "a picture of %dx%d: it must be %dx%d",
                     sizes->width, sizes->height, c->side, c->side);
        return graph->error;
    }
    x = ttm_graph_input(graph, "image", TTM_SHAPE(1, c->side, c->side, 3), graph->dtype);
    pass_over(part);
    ttm_sam2_hiera(&net, c, x, stages);
    pyramid(&net, c, stages, levels);

    x = ttm_graph_constant(graph, "no_memory_embedding", TTM_SHAPE(c->pyramid),
                           ttm_sam2_values(&net, "no_memory_embedding",
                                           TTM_SHAPE(1, 1, c->pyramid)));
    ttm_graph_scope(graph, "no_memory_embedding");
    x = ttm_graph_add(graph, levels[2], x);
    ttm_graph_output_named(graph, x, "features.2");
    x = ttm_net_linear(&net, levels[0], "mask_decoder.conv_s0", c->pyramid / 8,
                       TTM_NET_BIAS | TTM_NET_POINT, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_output_named(graph, x, "features.0");
    x = ttm_net_linear(&net, levels[1], "mask_decoder.conv_s1", c->pyramid / 4,
                       TTM_NET_BIAS | TTM_NET_POINT, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_output_named(graph, x, "features.1");
    return ttm_graph_finish(graph);
}

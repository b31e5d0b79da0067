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
 * TTMSegmenter (models/train/segmenter.py): a U-Net of diffusers' residual blocks without
 * time that begins at half the size, with attention in the middle, and a head there that
 * scores the mask.
 */

#include "nets/segmenter_unet.h"

#include "nets/net.h"

#define EPSILON 1e-5f

static const TTMConv2d halve   = { 2, 1, 1, 1, 1, 1, TTM_ACT_NONE };
static const TTMConv2d doubled = { 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };

int ttm_segmenter_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    static const char *const known[] = {
        "sample_size", "in_channels", "block_out_channels", "layers_per_block",
        "norm_num_groups", "attention_head_dim", "score_channels", NULL
    };
    const int inputs = 3 + TTM_HINT_MAPS_NB;
    TTMSegmenterConfig *c = config;
    int ret, unused, last, multiple;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = ttm_config_int(part, "in_channels", inputs, inputs, inputs,
                              &unused)) < 0 ||
        (ret = ttm_config_int(part, "layers_per_block", 1, 1, 1, &unused)) < 0 ||
        (ret = ttm_config_list(part, "block_out_channels", 1, 1 << 12,
                               TTM_SEGMENTER_LEVELS, c->channels,
                               &c->nb_levels)) < 0 ||
        (ret = ttm_config_int(part, "sample_size", 1 << c->nb_levels, 4096, 160,
                              &c->side)) < 0 ||
        (ret = ttm_config_int(part, "norm_num_groups", 1, 1 << 12, 8,
                              &c->groups)) < 0 ||
        (ret = ttm_config_int(part, "attention_head_dim", 1, 1 << 12, 48,
                              &c->head_dim)) < 0 ||
        (ret = ttm_config_int(part, "score_channels", 1, 1 << 12, 32,
                              &c->score_channels)) < 0)
        return ret;
    multiple = 1 << c->nb_levels;
    if (c->side % multiple)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'sample_size' %d is not a "
                        "multiple of %d, as the %d of 'block_out_channels' need it",
                        part->config_path, c->side, multiple, c->nb_levels);
    for (int i = 0; i < c->nb_levels; i++)
        if (c->channels[i] % c->groups)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'block_out_channels' "
                            "has %d, not a multiple of 'norm_num_groups' %d",
                            part->config_path, c->channels[i], c->groups);
    last = c->channels[c->nb_levels - 1];
    if (last % c->head_dim)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: the last of "
                        "'block_out_channels', %d, is not a multiple of "
                        "'attention_head_dim' %d", part->config_path, last,
                        c->head_dim);
    facts->segmenter = (TTMSegmenter){
        .hints = TTM_HINT_MAPS, .side = c->side, .multiple = multiple,
        .mask_scale = 1, .masks = 1, .score = TTM_SCORE_LOGIT,
        .mean = { 0.5f, 0.5f, 0.5f }, .deviation = { 0.5f, 0.5f, 0.5f },
    };
    return 0;
}

static TTMNodeId resnet(TTMNet *net, TTMNodeId x, const char *block, int index,
                        int channels, const TTMSegmenterConfig *c)
{
    return ttm_net_resnet(net, x, ttm_path("%s.resnets.%d", block, index).text, channels,
                          TTM_NO_NODE, c->groups, EPSILON);
}

/** The down path; what comes out of the residual block of each level goes to @p skips. */
static TTMNodeId down_path(TTMNet *net, TTMNodeId x, const TTMSegmenterConfig *c,
                           TTMNodeId skips[TTM_SEGMENTER_LEVELS])
{
    for (int i = 0; i < c->nb_levels; i++) {
        const TTMPath block = ttm_path("down_blocks.%d", i);

        x = skips[i] = resnet(net, x, block.text, 0, c->channels[i], c);
        if (i + 1 < c->nb_levels)
            x = ttm_net_conv_with(net, x, ttm_path("%s.downsamplers.0.conv",
                                                   block.text).text,
                                  c->channels[i + 1], TTM_NET_BIAS, TTM_NO_NODE,
                                  TTM_NO_NODE, &halve);
    }
    return x;
}

static TTMNodeId mid_block(TTMNet *net, TTMNodeId x, const TTMSegmenterConfig *c)
{
    const int channels = c->channels[c->nb_levels - 1];
    TTMNetAttention attention = {
        .heads = channels / c->head_dim, .outer = 1, .inner = 1,
        .context = TTM_NO_NODE, .order = TTM_NO_NODE, .query_sets = TTM_NO_NODE,
        .key_sets = TTM_NO_NODE, .flags = TTM_NET_BIAS, .names = TTM_NET_DIFFUSERS_NAMES,
    };
    const TTMShape *shape;
    TTMNodeId h;

    x = resnet(net, x, "mid_block", 0, channels, c);
    h = ttm_net_group_norm(net, x, "mid_block.attentions.0.group_norm", c->groups, 1,
                           EPSILON, TTM_ACT_NONE);
    if (net->graph->error)
        return TTM_NO_NODE;
    shape = ttm_graph_shape(net->graph, x);
    attention.tokens = shape->dim[1] * shape->dim[2];
    x = ttm_net_attention(net, h, "mid_block.attentions.0", x, &attention);
    return resnet(net, x, "mid_block", 1, channels, c);
}

static TTMNodeId up_block(TTMNet *net, TTMNodeId x, int index, TTMNodeId skip,
                          int channels, const TTMSegmenterConfig *c)
{
    const TTMPath block = ttm_path("up_blocks.%d", index);
    TTMNodeId parts[2];

    parts[0] = ttm_net_conv_with(net, x, ttm_path("%s.upsamplers.0.conv",
                                                  block.text).text,
                                 channels, TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE,
                                 &doubled);
    parts[1] = skip;
    ttm_graph_scope(net->graph, block.text);
    x = ttm_graph_concat(net->graph, parts, 2, 3);
    return resnet(net, x, block.text, 0, channels, c);
}

/** The score at each position of the middle. */
static TTMNodeId score_head(TTMNet *net, TTMNodeId x, const TTMSegmenterConfig *c)
{
    x = ttm_net_conv(net, x, "score_head.conv_1", c->score_channels, TTM_NET_BIAS,
                     TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_SILU);
    return ttm_net_linear(net, x, "score_head.conv_2", 1, TTM_NET_BIAS | TTM_NET_POINT,
                          TTM_NO_NODE, TTM_ACT_NONE);
}

int ttm_segmenter_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes)
{
    const TTMSegmenterConfig *c = config;
    const int height = sizes->height, width = sizes->width;
    const int multiple = 1 << c->nb_levels;
    TTMNodeId skips[TTM_SEGMENTER_LEVELS], parts[2], x, score;
    TTMNet net = { graph, part };

    if (height < 1 || width < 1 || height % multiple || width % multiple) {
        ttm_net_fail(&net, TTM_ERR_ARGUMENT, "a picture of %dx%d: both sides must be "
                     "multiples of %d", width, height, multiple);
        return graph->error;
    }
    parts[0] = ttm_graph_input(graph, "image", TTM_SHAPE(1, height, width, 3),
                               graph->dtype);
    parts[1] = ttm_graph_input(graph, "hints",
                               TTM_SHAPE(1, height, width, TTM_HINT_MAPS_NB),
                               graph->dtype);
    ttm_graph_scope(graph, "inputs");
    x = ttm_graph_concat(graph, parts, 2, 3);
    x = ttm_net_conv_with(&net, x, "conv_in", c->channels[0], TTM_NET_BIAS, TTM_NO_NODE,
                          TTM_NO_NODE, &halve);
    x     = mid_block(&net, down_path(&net, x, c, skips), c);
    score = score_head(&net, x, c);
    for (int i = 0; i + 1 < c->nb_levels; i++) {
        const int level = c->nb_levels - 2 - i;

        x = up_block(&net, x, i, skips[level], c->channels[level], c);
    }
    x = ttm_net_group_norm(&net, x, "conv_norm_out", c->groups, 1, EPSILON, TTM_ACT_SILU);
    x = ttm_net_conv_with(&net, x, "conv_out", 1, TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE,
                          &doubled);
    ttm_graph_output_named(graph, x, "masks");
    ttm_graph_output_named(graph, score, "scores");
    return ttm_graph_finish(graph);
}

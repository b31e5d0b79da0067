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
 * TTMSegmenter, see models/train/segmenter.py: the U-Net of diffusers' UNet2DModel without
 * time, with attention in the middle, and a head there that scores the mask.
 */

#include "nets/segmenter_unet.h"

#include "nets/net.h"

#define EPSILON 1e-5f
#define MAX_SKIPS 64

/** A network under construction. */
typedef struct Build {
    TTMNet net;
    const TTMSegmenterConfig *config;
    TTMNodeId skips[MAX_SKIPS];
    int nb_skips;
} Build;

int ttm_segmenter_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    static const char *const known[] = {
        "sample_size", "in_channels", "block_out_channels", "layers_per_block",
        "norm_num_groups", "attention_head_dim", NULL
    };
    TTMSegmenterConfig *c = config;
    int ret, channels;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = ttm_config_int(part, "in_channels", 3 + TTM_HINT_MAPS_NB,
                              3 + TTM_HINT_MAPS_NB, 3 + TTM_HINT_MAPS_NB,
                              &channels)) < 0 ||
        (ret = ttm_config_list(part, "block_out_channels", 1, 1 << 12,
                               TTM_SEGMENTER_LEVELS, c->channels,
                               &c->nb_levels)) < 0 ||
        (ret = ttm_config_int(part, "sample_size", 1 << (c->nb_levels - 1), 4096, 160,
                              &c->side)) < 0 ||
        (ret = ttm_config_int(part, "layers_per_block", 1, 6, 2, &c->layers)) < 0 ||
        (ret = ttm_config_int(part, "norm_num_groups", 1, 1 << 12, 32,
                              &c->groups)) < 0 ||
        (ret = ttm_config_int(part, "attention_head_dim", 1, 1 << 12, 8,
                              &c->head_dim)) < 0)
        return ret;
    for (int i = 0; i < c->nb_levels; i++)
        if (c->channels[i] % c->groups)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'block_out_channels' "
                            "has %d, not a multiple of 'norm_num_groups' %d",
                            part->config_path, c->channels[i], c->groups);
    if (c->channels[c->nb_levels - 1] % c->head_dim)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: the last of "
                        "'block_out_channels', %d, is not a multiple of "
                        "'attention_head_dim' %d", part->config_path,
                        c->channels[c->nb_levels - 1], c->head_dim);
    facts->segmenter = (TTMSegmenter){
        .hints = TTM_HINT_MAPS, .side = c->side, .multiple = 1 << (c->nb_levels - 1),
        .mask_scale = 1, .masks = 1, .score = TTM_SCORE_LOGIT,
        .mean = { 0.5f, 0.5f, 0.5f }, .deviation = { 0.5f, 0.5f, 0.5f },
    };
    return 0;
}

static TTMNodeId resnet(Build *b, TTMNodeId x, const char *block, int index, int channels)
{
    return ttm_net_resnet(&b->net, x, ttm_path("%s.resnets.%d", block, index).text,
                          channels, TTM_NO_NODE, b->config->groups, EPSILON);
}

static void push_skip(Build *b, TTMNodeId x)
{
    b->skips[b->nb_skips++] = x;    /* levels and layers are bounded */
}

static TTMNodeId down_block(Build *b, TTMNodeId x, int level)
{
    const TTMConv2d halve = { 2, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const TTMSegmenterConfig *c = b->config;
    const TTMPath block = ttm_path("down_blocks.%d", level);

    for (int i = 0; i < c->layers; i++) {
        x = resnet(b, x, block.text, i, c->channels[level]);
        push_skip(b, x);
    }
    if (level == c->nb_levels - 1)
        return x;
    x = ttm_net_conv_with(&b->net, x, ttm_path("%s.downsamplers.0.conv", block.text).text,
                          c->channels[level], TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE,
                          &halve);
    push_skip(b, x);
    return x;
}

static TTMNodeId mid_block(Build *b, TTMNodeId x)
{
    const TTMSegmenterConfig *c = b->config;
    const int channels = c->channels[c->nb_levels - 1];
    TTMNetAttention attention = {
        .heads = channels / c->head_dim, .outer = 1, .inner = 1,
        .context = TTM_NO_NODE, .order = TTM_NO_NODE, .query_sets = TTM_NO_NODE,
        .key_sets = TTM_NO_NODE, .flags = TTM_NET_BIAS, .names = TTM_NET_DIFFUSERS_NAMES,
    };
    TTMNodeId h;

    x = resnet(b, x, "mid_block", 0, channels);
    h = ttm_net_group_norm(&b->net, x, "mid_block.attentions.0.group_norm", c->groups, 1,
                           EPSILON, TTM_ACT_NONE);
    if (b->net.graph->error)
        return TTM_NO_NODE;
    attention.tokens = ttm_graph_shape(b->net.graph, x)->dim[1] *
                       ttm_graph_shape(b->net.graph, x)->dim[2];
    x = ttm_net_attention(&b->net, h, "mid_block.attentions.0", x, &attention);
    return resnet(b, x, "mid_block", 1, channels);
}

static TTMNodeId up_block(Build *b, TTMNodeId x, int index)
{
    const TTMSegmenterConfig *c = b->config;
    const int level = c->nb_levels - 1 - index;
    const TTMPath block = ttm_path("up_blocks.%d", index);
    const TTMShape *in;

    for (int i = 0; i <= c->layers; i++) {
        const TTMNodeId parts[] = { x, b->skips[--b->nb_skips] };

        ttm_graph_scope(b->net.graph, ttm_path("%s.resnets.%d", block.text, i).text);
        x = ttm_graph_concat(b->net.graph, parts, 2, 3);
        x = resnet(b, x, block.text, i, c->channels[level]);
    }
    if (!level || b->net.graph->error)
        return x;
    in = ttm_graph_shape(b->net.graph, x);
    return ttm_net_upsample(&b->net, x, ttm_path("%s.upsamplers.0", block.text).text,
                            2 * in->dim[1], 2 * in->dim[2]);
}

int ttm_segmenter_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes)
{
    const TTMSegmenterConfig *c = config;
    const int height = sizes->height, width = sizes->width;
    const int multiple = 1 << (c->nb_levels - 1);
    Build b = { .net = { graph, part }, .config = c };
    TTMNodeId parts[2], x, score;

    if (height < 1 || width < 1 || height % multiple || width % multiple) {
        ttm_net_fail(&b.net, TTM_ERR_ARGUMENT, "a picture of %dx%d: both sides must be "
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
    x = ttm_net_conv(&b.net, x, "conv_in", c->channels[0], TTM_NET_BIAS, TTM_NO_NODE,
                     TTM_NO_NODE, TTM_ACT_NONE);
    push_skip(&b, x);
    for (int i = 0; i < c->nb_levels; i++)
        x = down_block(&b, x, i);
    x     = mid_block(&b, x);
    score = ttm_net_linear(&b.net, x, "score_head", 1, TTM_NET_BIAS | TTM_NET_POINT,
                           TTM_NO_NODE, TTM_ACT_NONE);
    for (int i = 0; i < c->nb_levels; i++)
        x = up_block(&b, x, i);
    x = ttm_net_group_norm(&b.net, x, "conv_norm_out", c->groups, 1, EPSILON, TTM_ACT_SILU);
    x = ttm_net_conv(&b.net, x, "conv_out", 1, TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE,
                     TTM_ACT_NONE);
    ttm_graph_output_named(graph, x, "masks");
    ttm_graph_output_named(graph, score, "scores");
    return ttm_graph_finish(graph);
}

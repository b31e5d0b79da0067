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

/** @file Blocks of the U-Net: down, middle and up path. */

#include "nets/transformer.h"
#include "nets/unet.h"

static void push_skip(TTMUnetBuild *b, TTMNodeId x)
{
    if (b->nb_skips < TTM_UNET_MAX_SKIPS)
        b->skips[b->nb_skips++] = x;
    else
        ttm_net_fail(&b->net, TTM_ERR_INTERNAL, "too many skips");
}

static TTMNodeId pop_skip(TTMUnetBuild *b)
{
    if (b->nb_skips > 0)
        return b->skips[--b->nb_skips];
    return ttm_net_fail(&b->net, TTM_ERR_INTERNAL, "too few skips");
}

/** Input "NAME.LEVEL" with one element a position of the level's grid. */
static TTMNodeId grid_input(TTMUnetBuild *b, TTMNodeId *slot, const char *name,
                            int level, enum TTMDType dtype)
{
    const int64_t round = ((int64_t)1 << level) - 1;
    const int64_t h = (b->height + round) >> level;
    const int64_t w = (b->width + round) >> level;

    if (*slot == TTM_NO_NODE)
        *slot = ttm_graph_input(b->net.graph, ttm_path("%s.%d", name, level).text,
                                TTM_SHAPE(b->frames * h * w), dtype);
    return *slot;
}

/** The order of the tokens of a level by region, made of its input "regions.L". */
static TTMNodeId sort_regions(TTMUnetBuild *b, int level)
{
    TTMNodeId regions = TTM_NO_NODE;

    if (b->order[level] == TTM_NO_NODE) {
        grid_input(b, &regions, "regions", level, TTM_DTYPE_U8);
        ttm_graph_scope(b->net.graph, ttm_path("regions.%d", level).text);
        b->order[level] = ttm_graph_sort_regions(b->net.graph, regions);
    }
    return b->order[level];
}

/** The masks of the next spatial block of the down path; NULL: it has none. */
static const TTMMasked *next_masked(TTMUnetBuild *b, int level, TTMMasked *masked)
{
    const TTMUnetConfig *c = b->config;

    if (b->nb_spatial++ >= c->masked_blocks)
        return NULL;
    *masked = (TTMMasked){
        .self       = c->denoiser.masked_self,
        .cross      = c->denoiser.masked_cross,
        .order      = TTM_NO_NODE,
        .locals     = b->locals,
        .query_sets = TTM_NO_NODE,
        .key_sets   = b->key_sets,
    };
    if (c->denoiser.masked_self)
        masked->order = sort_regions(b, level);
    if (c->denoiser.masked_cross && b->objects > 0)
        masked->query_sets = grid_input(b, &b->query_sets[level], "sets", level,
                                        TTM_DTYPE_U32);
    return masked;
}

static TTMNodeId resnet(TTMUnetBuild *b, TTMNodeId x, const char *block, int index,
                        int channels)
{
    return ttm_net_resnet(&b->net, x, ttm_path("%s.resnets.%d", block, index).text,
                          channels, b->embedding, b->config->groups,
                          b->config->epsilon);
}

static TTMNodeId attention(TTMUnetBuild *b, TTMNodeId x, const char *block,
                           int index, int layers, int heads,
                           const TTMMasked *masked)
{
    return ttm_net_spatial_transformer(&b->net, x,
                                       ttm_path("%s.attentions.%d", block,
                                                index).text,
                                       layers, heads, b->config->groups,
                                       b->config->linear_projection, b->text,
                                       masked);
}

static TTMNodeId motion(TTMUnetBuild *b, TTMNodeId x, const char *block, int index,
                        int layers, int heads)
{
    return ttm_net_motion_module(&b->net, x,
                                 ttm_path("%s.motion_modules.%d", block,
                                          index).text,
                                 layers, heads, b->config->groups,
                                 b->config->motion_max_length);
}

TTMNodeId ttm_unet_down_block(TTMUnetBuild *b, TTMNodeId x, int level)
{
    const TTMConv2d halve  = { 2, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const TTMUnetConfig *c = b->config;
    const TTMPath block    = ttm_path("down_blocks.%d", level);

    for (int i = 0; i < c->layers_per_block[level]; i++) {
        TTMMasked masked;

        x = resnet(b, x, block.text, i, c->channels[level]);
        if (c->cross_attention_levels[level])
            x = attention(b, x, block.text, i, c->transformer_layers[level],
                          c->heads[level], next_masked(b, level, &masked));
        x = motion(b, x, block.text, i, c->motion_layers[level],
                   c->motion_heads[level]);
        push_skip(b, x);
    }
    if (level == c->nb_levels - 1)
        return x;
    x = ttm_net_conv_with(&b->net, x,
                          ttm_path("%s.downsamplers.0.conv", block.text).text,
                          c->channels[level], TTM_NET_BIAS, TTM_NO_NODE,
                          TTM_NO_NODE, &halve);
    push_skip(b, x);
    return x;
}

/** A residual block of the middle, whose output is divided by mid_scale. */
static TTMNodeId mid_resnet(TTMUnetBuild *b, TTMNodeId x, int index)
{
    const TTMUnetConfig *c = b->config;

    x = resnet(b, x, "mid_block", index, c->channels[c->nb_levels - 1]);
    ttm_graph_scope(b->net.graph, ttm_path("mid_block.resnets.%d", index).text);
    return c->mid_scale == 1 ? x :
           ttm_graph_scale(b->net.graph, x, 1 / c->mid_scale, 0);
}

TTMNodeId ttm_unet_mid_block(TTMUnetBuild *b, TTMNodeId x)
{
    const TTMUnetConfig *c = b->config;
    const int last = c->nb_levels - 1;

    x = mid_resnet(b, x, 0);
    for (int i = 0; i < c->mid_layers; i++) {
        x = attention(b, x, "mid_block", i, c->mid_transformer_layers[i],
                      c->heads[last], NULL);
        if (c->mid_motion)
            x = motion(b, x, "mid_block", i, c->motion_mid_layers[i],
                       c->motion_mid_heads);
        x = mid_resnet(b, x, i + 1);
    }
    return x;
}

TTMNodeId ttm_unet_up_block(TTMUnetBuild *b, TTMNodeId x, int index)
{
    const TTMUnetConfig *c = b->config;
    const int level        = c->nb_levels - 1 - index;
    const TTMPath block    = ttm_path("up_blocks.%d", index);
    const TTMShape *target;

    for (int i = 0; i <= c->layers_per_block[level]; i++) {
        const TTMNodeId parts[] = { x, pop_skip(b) };

        ttm_graph_scope(b->net.graph,
                        ttm_path("%s.resnets.%d", block.text, i).text);
        x = ttm_graph_concat(b->net.graph, parts, 2, 3);
        x = resnet(b, x, block.text, i, c->channels[level]);
        if (c->up_cross_attention_levels[index])
            x = attention(b, x, block.text, i, c->up_transformer_layers[index],
                          c->heads[level], NULL);
        x = motion(b, x, block.text, i, c->up_motion_layers[index],
                   c->motion_heads[level]);
    }
    if (!level || b->nb_skips < 1)
        return x;
    /* the size of the next skip: odd sizes were rounded up on the way down */
    target = ttm_graph_shape(b->net.graph, b->skips[b->nb_skips - 1]);
    return ttm_net_upsample(&b->net, x,
                            ttm_path("%s.upsamplers.0", block.text).text,
                            target->dim[1], target->dim[2]);
}

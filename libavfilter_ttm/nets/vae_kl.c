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
 * diffusers AutoencoderKL: the autoencoder of latent diffusion (arXiv
 * 2112.10752), residual blocks with GroupNorm and SiLU, one attention layer
 * in the middle.
 */

#include <string.h>

#include "nets/vae.h"

#define EPSILON 1e-6f

/** All entries of the list @p key must be @p name, @p count of them. */
static int check_types(const TTMPart *part, const char *key, const char *name,
                       int count)
{
    const TTMJson *json = ttm_json_get(part->config, key);

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY ||
        ttm_json_count(json) != count)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of %d "
                        "names, one for each of 'block_out_channels'",
                        part->config_path, key, count);
    for (int i = 0; i < count; i++) {
        const char *type = ttm_json_string(ttm_json_at(json, i), "(not a text)");

        if (strcmp(type, name))
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: '%s' has '%s', "
                            "but only '%s' is possible", part->config_path, key,
                            type, name);
    }
    return 0;
}

int ttm_vae_kl_config(TTMVaeConfig *config, const TTMPart *part)
{
    static const char *const known[] = {
        "in_channels", "out_channels", "down_block_types", "up_block_types",
        "block_out_channels", "layers_per_block", "act_fn", "latent_channels",
        "norm_num_groups", "sample_size", "scaling_factor", "shift_factor",
        "latents_mean", "latents_std", "force_upcast", "use_quant_conv",
        "use_post_quant_conv", "mid_block_add_attention", NULL
    };
    static const char *const unused[] = { "latents_mean", "latents_std", NULL };
    static const char *const activations[] = { "silu", "swish", NULL };
    TTMVaeConfig *c = config;
    int ret, activation;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = ttm_config_unused(part, unused)) < 0 ||
        (ret = ttm_config_list(part, "block_out_channels", 1, 1 << 16, 8,
                               c->channels, &c->nb_levels)) < 0 ||
        (ret = check_types(part, "down_block_types", "DownEncoderBlock2D",
                           c->nb_levels)) < 0 ||
        (ret = check_types(part, "up_block_types", "UpDecoderBlock2D",
                           c->nb_levels)) < 0 ||
        (ret = ttm_config_int(part, "layers_per_block", 1, 64, 1,
                              &c->layers_per_block)) < 0 ||
        (ret = ttm_config_int(part, "norm_num_groups", 1, 1 << 16, 32,
                              &c->groups)) < 0 ||
        (ret = ttm_config_bool(part, "mid_block_add_attention", 1,
                               &c->mid_attention)) < 0 ||
        (ret = ttm_config_bool(part, "use_quant_conv", 1, &c->quant_conv)) < 0 ||
        (ret = ttm_config_bool(part, "use_post_quant_conv", 1,
                               &c->post_quant_conv)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "act_fn", activations, 0,
                                 &activation)) < 0)
        return ret;
    c->activation  = TTM_ACT_SILU;
    c->block_scale = 1 << (c->nb_levels - 1);
    for (int i = 0; i < c->nb_levels; i++) {
        if (c->channels[i] % c->groups)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'block_out_channels' "
                            "has %d, not a multiple of 'norm_num_groups' %d",
                            part->config_path, c->channels[i], c->groups);
    }
    return 0;
}

/**
 * The middle's attention: one head over all positions of an image. Files of
 * older diffusers call its layers query, key, value and proj_attn.
 */
static TTMNodeId mid_attention(TTMNet *net, TTMNodeId x, const char *module,
                               const TTMVaeConfig *c)
{
    const TTMShape shape = *ttm_graph_shape(net->graph, x);
    const int old = ttm_part_find(net->part,
                                  ttm_path("%s.query.weight", module).text) != NULL;
    TTMNetAttention attention = {
        .heads = 1, .outer = shape.dim[0], .tokens = shape.dim[1] * shape.dim[2],
        .inner = 1, .context = TTM_NO_NODE, .order = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
        .flags = TTM_NET_BIAS, .names = TTM_NET_DIFFUSERS_NAMES,
    };
    static const char *const old_names[] = { "query", "key", "value", "proj_attn" };
    TTMNodeId h;

    if (net->graph->error)
        return TTM_NO_NODE;
    if (old)
        memcpy(attention.names, old_names, sizeof(old_names));
    h = ttm_net_group_norm(net, x, ttm_path("%s.group_norm", module).text,
                           c->groups, 1, EPSILON, TTM_ACT_NONE);
    return ttm_net_attention(net, h, module, x, &attention);
}

static TTMNodeId mid_block(TTMNet *net, TTMNodeId x, const char *module,
                           const TTMVaeConfig *c)
{
    const int channels = c->channels[c->nb_levels - 1];

    x = ttm_net_resnet(net, x, ttm_path("%s.resnets.0", module).text, channels,
                       TTM_NO_NODE, c->groups, EPSILON);
    if (c->mid_attention)
        x = mid_attention(net, x, ttm_path("%s.attentions.0", module).text, c);
    return ttm_net_resnet(net, x, ttm_path("%s.resnets.1", module).text, channels,
                          TTM_NO_NODE, c->groups, EPSILON);
}

/**
 * The layer that ends the encoder gives mean and log variance of the
 * posterior; only the mean, the first half of its rows, is computed.
 */
static TTMNodeId conv_out_mean(TTMNet *net, TTMNodeId x, const char *module,
                               int latents)
{
    const TTMConv2d same = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const int64_t in     = ttm_net_channels(net, x);
    const TTMNodeId weight =
        ttm_net_weight_head(net, module, "weight",
                            TTM_SHAPE(2 * latents, in, 3, 3),
                            TTM_SHAPE(latents, in, 3, 3));
    const TTMNodeId bias = ttm_net_weight_head(net, module, "bias",
                                               TTM_SHAPE(2 * latents),
                                               TTM_SHAPE(latents));

    return ttm_graph_conv2d(net->graph, x, weight, bias, TTM_NO_NODE, TTM_NO_NODE,
                            &same);
}

static TTMNodeId quant_conv_mean(TTMNet *net, TTMNodeId x, int latents)
{
    const TTMNodeId weight =
        ttm_net_weight_head(net, "quant_conv", "weight",
                            TTM_SHAPE(2 * latents, 2 * latents, 1, 1),
                            TTM_SHAPE(latents, 2 * latents));
    const TTMNodeId bias = ttm_net_weight_head(net, "quant_conv", "bias",
                                               TTM_SHAPE(2 * latents),
                                               TTM_SHAPE(latents));

    return ttm_graph_linear(net->graph, x, weight, bias, TTM_NO_NODE,
                            TTM_ACT_NONE);
}

TTMNodeId ttm_vae_kl_encode(TTMNet *net, const TTMVaeConfig *config, TTMNodeId x)
{
    /* diffusers pads right and bottom only before it halves the size */
    const TTMConv2d halve  = { 2, 0, 0, 1, 1, 1, TTM_ACT_NONE };
    const TTMVaeConfig *c  = config;

    x = ttm_net_conv(net, x, "encoder.conv_in", c->channels[0], TTM_NET_BIAS,
                     TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    for (int i = 0; i < c->nb_levels; i++) {
        const TTMPath block = ttm_path("encoder.down_blocks.%d", i);

        for (int j = 0; j < c->layers_per_block; j++)
            x = ttm_net_resnet(net, x, ttm_path("%s.resnets.%d", block.text,
                                                j).text,
                               c->channels[i], TTM_NO_NODE, c->groups, EPSILON);
        if (i < c->nb_levels - 1)
            x = ttm_net_conv_with(net, x, ttm_path("%s.downsamplers.0.conv",
                                                   block.text).text,
                                  c->channels[i], TTM_NET_BIAS, TTM_NO_NODE,
                                  TTM_NO_NODE, &halve);
    }
    x = mid_block(net, x, "encoder.mid_block", c);
    x = ttm_net_group_norm(net, x, "encoder.conv_norm_out", c->groups, 1, EPSILON,
                           TTM_ACT_SILU);
    if (!c->quant_conv)
        return conv_out_mean(net, x, "encoder.conv_out", c->latent_channels);
    x = ttm_net_conv(net, x, "encoder.conv_out", 2 * c->latent_channels,
                     TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    return quant_conv_mean(net, x, c->latent_channels);
}

TTMNodeId ttm_vae_kl_decode(TTMNet *net, const TTMVaeConfig *config, TTMNodeId x)
{
    const TTMVaeConfig *c = config;
    const int top = c->nb_levels - 1;

    if (c->post_quant_conv)
        x = ttm_net_linear(net, x, "post_quant_conv", c->latent_channels,
                           TTM_NET_BIAS | TTM_NET_POINT, TTM_NO_NODE,
                           TTM_ACT_NONE);
    x = ttm_net_conv(net, x, "decoder.conv_in", c->channels[top], TTM_NET_BIAS,
                     TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    x = mid_block(net, x, "decoder.mid_block", c);
    for (int i = 0; i <= top; i++) {
        const TTMPath block = ttm_path("decoder.up_blocks.%d", i);
        const TTMShape *in;

        for (int j = 0; j <= c->layers_per_block; j++)
            x = ttm_net_resnet(net, x, ttm_path("%s.resnets.%d", block.text,
                                                j).text,
                               c->channels[top - i], TTM_NO_NODE, c->groups,
                               EPSILON);
        in = ttm_graph_shape(net->graph, x);
        if (i < top)
            x = ttm_net_upsample(net, x, ttm_path("%s.upsamplers.0",
                                                  block.text).text,
                                 2 * in->dim[1], 2 * in->dim[2]);
    }
    x = ttm_net_group_norm(net, x, "decoder.conv_norm_out", c->groups, 1, EPSILON,
                           TTM_ACT_SILU);
    return ttm_net_conv(net, x, "decoder.conv_out", 3, TTM_NET_BIAS, TTM_NO_NODE,
                        TTM_NO_NODE, TTM_ACT_NONE);
}

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
 * diffusers AutoencoderTiny (TAESD): plain convolutions without
 * normalisation. Its weights work on images in [0, 1].
 */

#include "nets/vae.h"

int ttm_vae_tiny_config(TTMVaeConfig *config, const TTMPart *part)
{
    static const char *const known[] = {
        "in_channels", "out_channels", "encoder_block_out_channels",
        "decoder_block_out_channels", "act_fn", "upsample_fn", "latent_channels",
        "upsampling_scaling_factor", "num_encoder_blocks", "num_decoder_blocks",
        "latent_magnitude", "latent_shift", "force_upcast", "scaling_factor",
        "shift_factor", "block_out_channels", NULL
    };
    static const char *const activations[] = { "relu", "silu", "swish", "gelu",
                                               NULL };
    static const enum TTMActivation values[] = { TTM_ACT_RELU, TTM_ACT_SILU,
                                                 TTM_ACT_SILU, TTM_ACT_GELU };
    static const char *const upsamplers[] = { "nearest", NULL };
    TTMVaeConfig *c = config;
    int ret, activation, upsampler, levels;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = ttm_config_list(part, "encoder_block_out_channels", 1, 1 << 16, 8,
                               c->channels, &c->nb_levels)) < 0 ||
        (ret = ttm_config_list(part, "decoder_block_out_channels", 1, 1 << 16, 8,
                               c->decoder_channels, &levels)) < 0 ||
        (ret = ttm_config_levels(part, "num_encoder_blocks", c->nb_levels, 0, 64,
                                 1, c->encoder_blocks)) < 0 ||
        (ret = ttm_config_levels(part, "num_decoder_blocks", levels, 0, 64, 1,
                                 c->decoder_blocks)) < 0 ||
        (ret = ttm_config_int(part, "upsampling_scaling_factor", 2, 2, 2,
                              &c->upsampling_factor)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "upsample_fn", upsamplers,
                                 0, &upsampler)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "act_fn", activations, 0,
                                 &activation)) < 0)
        return ret;
    if (levels != c->nb_levels)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: "
                        "'decoder_block_out_channels' has %d elements, "
                        "'encoder_block_out_channels' %d", part->config_path,
                        levels, c->nb_levels);
    /* the class has no layer that changes the width between levels */
    for (int i = 1; i < levels; i++) {
        if (c->channels[i] != c->channels[0] ||
            c->decoder_channels[i] != c->decoder_channels[0])
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: the elements of '%s' "
                            "must be equal", part->config_path,
                            c->channels[i] != c->channels[0] ?
                            "encoder_block_out_channels" :
                            "decoder_block_out_channels");
    }
    c->activation  = values[activation];
    c->block_scale = 1 << (levels - 1);
    return 0;
}

/** AutoencoderTinyBlock: three convolutions, then relu(x + them). */
static TTMNodeId block(TTMNet *net, TTMNodeId x, const char *module,
                       const TTMVaeConfig *c)
{
    const int64_t channels = ttm_net_channels(net, x);
    TTMNodeId h = x;

    for (int i = 0; i < 3; i++)
        h = ttm_net_conv(net, h, ttm_path("%s.conv.%d", module, 2 * i).text,
                         channels, TTM_NET_BIAS, TTM_NO_NODE,
                         i < 2 ? TTM_NO_NODE : x,
                         i < 2 ? c->activation : TTM_ACT_NONE);
    ttm_graph_scope(net->graph, module);
    return ttm_graph_activate(net->graph, h, TTM_ACT_RELU);
}

TTMNodeId ttm_vae_tiny_encode(TTMNet *net, const TTMVaeConfig *config,
                              TTMNodeId x)
{
    const TTMConv2d halve = { 2, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const TTMVaeConfig *c = config;
    int index = 0;      // of encoder.layers, an nn.Sequential

    ttm_graph_scope(net->graph, "encoder");
    x = ttm_graph_scale(net->graph, x, 0.5f, 0.5f);
    for (int i = 0; i < c->nb_levels; i++) {
        const TTMPath conv = ttm_path("encoder.layers.%d", index++);

        if (!i)
            x = ttm_net_conv(net, x, conv.text, c->channels[0], TTM_NET_BIAS,
                             TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
        else
            x = ttm_net_conv_with(net, x, conv.text, c->channels[i], 0,
                                  TTM_NO_NODE, TTM_NO_NODE, &halve);
        for (int j = 0; j < c->encoder_blocks[i]; j++)
            x = block(net, x, ttm_path("encoder.layers.%d", index++).text, c);
    }
    return ttm_net_conv(net, x, ttm_path("encoder.layers.%d", index).text,
                        c->latent_channels, TTM_NET_BIAS, TTM_NO_NODE,
                        TTM_NO_NODE, TTM_ACT_NONE);
}

TTMNodeId ttm_vae_tiny_decode(TTMNet *net, const TTMVaeConfig *config,
                              TTMNodeId x)
{
    const TTMConv2d doubled = { 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };
    const TTMVaeConfig *c   = config;
    const int last = c->nb_levels - 1;
    int index = 2;      // of decoder.layers; 1 is the first activation

    /* soft clamp: 3 tanh(x / 3) */
    ttm_graph_scope(net->graph, "decoder");
    x = ttm_graph_scale(net->graph, x, 1 / 3.0f, 0);
    x = ttm_graph_activate(net->graph, x, TTM_ACT_TANH);
    x = ttm_graph_scale(net->graph, x, 3, 0);
    x = ttm_net_conv(net, x, "decoder.layers.0", c->decoder_channels[0],
                     TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE, c->activation);
    for (int i = 0; i < last; i++) {
        for (int j = 0; j < c->decoder_blocks[i]; j++)
            x = block(net, x, ttm_path("decoder.layers.%d", index++).text, c);
        index++;        // nn.Upsample
        x = ttm_net_conv_with(net, x,
                              ttm_path("decoder.layers.%d", index++).text,
                              c->decoder_channels[i], 0, TTM_NO_NODE, TTM_NO_NODE,
                              &doubled);
    }
    for (int j = 0; j < c->decoder_blocks[last]; j++)
        x = block(net, x, ttm_path("decoder.layers.%d", index++).text, c);
    x = ttm_net_conv(net, x, ttm_path("decoder.layers.%d", index).text, 3,
                     TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_scope(net->graph, "decoder");
    return ttm_graph_scale(net->graph, x, 2, -1);
}

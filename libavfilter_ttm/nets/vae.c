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

/** @file Autoencoders: choice of the class, scaling of latents, sizes. */

#include <string.h>

#include "nets/vae.h"

int ttm_vae_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    TTMVaeConfig *c = config;
    int ret, channels;

    c->tiny = !strcmp(part->class_name, "AutoencoderTiny");
    if ((ret = ttm_config_int(part, "in_channels", 3, 3, 3, &channels)) < 0 ||
        (ret = ttm_config_int(part, "out_channels", 3, 3, 3, &channels)) < 0 ||
        (ret = ttm_config_int(part, "latent_channels", 1, 1024, 4,
                              &c->latent_channels)) < 0 ||
        (ret = ttm_config_float(part, "scaling_factor", 0,
                                c->tiny ? 1.0 : 0.18215,
                                &c->scaling_factor)) < 0 ||
        (ret = ttm_config_float(part, "shift_factor", -1e6, 0,
                                &c->shift_factor)) < 0)
        return ret;
    ret = c->tiny ? ttm_vae_tiny_config(c, part) : ttm_vae_kl_config(c, part);
    facts->autoencoder = (TTMAutoencoder){
        .latent_channels = c->latent_channels, .block_scale = c->block_scale,
        .frame_scale = 1,
    };
    return ret;
}

/** 0 when the image size fits the network; else the graph is failed. */
static int check_size(TTMNet *net, const TTMVaeConfig *config, int n, int height,
                      int width)
{
    const int s = config->block_scale;

    if (n > 0 && height > 0 && width > 0 && height % s == 0 && width % s == 0)
        return 0;
    ttm_net_fail(net, TTM_ERR_ARGUMENT, "%d images of %dx%d: both sides must be "
                 "multiples of %d", n, width, height, s);
    return net->graph->error;
}

int ttm_vae_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes)
{
    const TTMVaeConfig *c = config;
    const int n = sizes->batch, height = sizes->height, width = sizes->width;
    const float scale = c->scaling_factor, shift = c->shift_factor;
    TTMNet net = { graph, part };
    TTMNodeId x;

    if (check_size(&net, c, n, height, width) < 0)
        return graph->error;
    x = ttm_graph_input(graph, "image", TTM_SHAPE(n, height, width, 3),
                        graph->dtype);
    x = c->tiny ? ttm_vae_tiny_encode(&net, c, x)
                     : ttm_vae_kl_encode(&net, c, x);
    ttm_graph_scope(graph, "latents");
    if (scale != 1 || shift != 0)
        x = ttm_graph_scale(graph, x, scale, -shift * scale);
    ttm_graph_output_named(graph, x, "latents");
    return ttm_graph_finish(graph);
}

int ttm_vae_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes)
{
    const TTMVaeConfig *c = config;
    const int n = sizes->batch, height = sizes->height, width = sizes->width;
    const int s = c->block_scale;
    const float scale = c->scaling_factor, shift = c->shift_factor;
    TTMNet net = { graph, part };
    TTMNodeId x;

    if (check_size(&net, c, n, height, width) < 0)
        return graph->error;
    x = ttm_graph_input(graph, "latents",
                        TTM_SHAPE(n, height / s, width / s,
                                  c->latent_channels), graph->dtype);
    ttm_graph_scope(graph, "latents.raw");
    if (scale != 1 || shift != 0)
        x = ttm_graph_scale(graph, x, 1 / scale, shift);
    x = c->tiny ? ttm_vae_tiny_decode(&net, c, x)
                     : ttm_vae_kl_decode(&net, c, x);
    ttm_graph_output_named(graph, x, "image");
    return ttm_graph_finish(graph);
}

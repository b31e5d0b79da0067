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
 * diffusers UNetMotionModel (Stable Diffusion 1.5 with AnimateDiff's motion
 * modules) with condition channels and masked attention: one forward of a
 * stage of Through-The-Mask.
 */

#include "nets/unet.h"

/** The noisy latents and the conditions side by side: [F, h, w, in_channels]. */
static TTMNodeId join_inputs(TTMUnetBuild *b)
{
    const TTMUnetConfig *c = b->config;
    const TTMDenoiser *d   = &c->denoiser;
    TTMGraph *graph        = b->net.graph;
    TTMNodeId parts[TTM_CONDITION_NB] = { TTM_NO_NODE };

    for (int i = 0; i < d->nb_inputs; i++) {
        const char *name = ttm_condition_names[d->inputs[i]];
        const int still  = d->inputs[i] == TTM_CONDITION_IMAGE;

        parts[i] = ttm_graph_input(graph, name,
                                   TTM_SHAPE(still ? 1 : b->frames, b->height,
                                             b->width, c->out_channels),
                                   graph->dtype);
        ttm_graph_scope(graph, name);
        if (still && b->frames > 1)
            parts[i] = ttm_graph_repeat(graph, parts[i], b->frames);
    }
    ttm_graph_scope(graph, "inputs");
    return d->nb_inputs > 1 ? ttm_graph_concat(graph, parts, d->nb_inputs, 3)
                            : parts[0];
}

/**
 * silu(time embedding), [1, 4 channels]: all that residual blocks use of it.
 */
static TTMNodeId embed_time(TTMUnetBuild *b)
{
    const TTMUnetConfig *c = b->config;
    TTMNet *net            = &b->net;
    const int channels     = c->channels[0];
    const TTMTimestep sinusoid = {
        .channels        = channels,
        .flip_sin_to_cos = c->flip_sin_to_cos,
        .frequency_shift = c->frequency_shift,
        .max_period      = 10000,
    };
    TTMNodeId x = ttm_graph_input(net->graph, "time", TTM_SHAPE(1), TTM_DTYPE_F32);

    /* only distilled networks are given this condition; zero without it */
    if (c->time_cond_proj_dim)
        ttm_net_weight(net, "time_embedding.cond_proj", "weight",
                       TTM_SHAPE(channels, c->time_cond_proj_dim));
    ttm_graph_scope(net->graph, "time_proj");
    x = ttm_graph_timestep(net->graph, x, &sinusoid);
    x = ttm_graph_reshape(net->graph, x, TTM_SHAPE(1, channels));
    x = ttm_net_linear(net, x, "time_embedding.linear_1", 4 * channels,
                       TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_SILU);
    return ttm_net_linear(net, x, "time_embedding.linear_2", 4 * channels,
                          TTM_NET_BIAS, TTM_NO_NODE, TTM_ACT_SILU);
}

/** Inputs with the encoded prompts. */
static void make_prompts(TTMUnetBuild *b, int tokens)
{
    const TTMUnetConfig *c = b->config;
    const int dim          = c->cross_attention_dim;
    TTMGraph *graph        = b->net.graph;

    b->text = ttm_graph_input(graph, "text", TTM_SHAPE(1, tokens, dim),
                              graph->dtype);
    if (!c->denoiser.masked_cross || b->objects < 1)
        return;
    b->locals = ttm_graph_input(graph, "locals", TTM_SHAPE(b->objects, tokens, dim),
                                graph->dtype);
    ttm_graph_scope(graph, "locals");
    b->locals = ttm_graph_reshape(graph, b->locals,
                                  TTM_SHAPE(1, (int64_t)b->objects * tokens, dim));
    b->key_sets = ttm_graph_input(graph, "local_key_sets",
                                  TTM_SHAPE((int64_t)b->objects * tokens),
                                  TTM_DTYPE_U32);
}

int ttm_unet_build(TTMGraph *graph, TTMPart *part, const void *config,
                   const TTMNetSizes *sizes)
{
    const TTMUnetConfig *c = config;
    const int frames = sizes->frames, height = sizes->height;
    const int width = sizes->width, tokens = sizes->tokens;
    const int objects = sizes->objects;
    TTMUnetBuild b = {
        .net = { graph, part }, .config = config, .frames = frames,
        .height = height, .width = width, .objects = objects,
        .locals = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNodeId x;

    if (frames < 1 || frames > c->motion_max_length || height < 1 || width < 1 ||
        tokens < 1 || objects < 0 || objects > 32) {
        ttm_net_fail(&b.net, TTM_ERR_ARGUMENT, "%d frames ('motion_max_seq_length' "
                     "is %d) of %dx%d latents, %d tokens, %d objects (at most 32) "
                     "are out of range", frames, c->motion_max_length, width,
                     height, tokens, objects);
        return graph->error;
    }
    for (int i = 0; i < TTM_UNET_MAX_LEVELS; i++)
        b.order[i] = b.query_sets[i] = TTM_NO_NODE;
    x           = join_inputs(&b);
    b.embedding = embed_time(&b);
    make_prompts(&b, tokens);

    x = ttm_net_conv(&b.net, x, "conv_in", c->channels[0], TTM_NET_BIAS,
                     TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    b.skips[b.nb_skips++] = x;
    for (int i = 0; i < c->nb_levels; i++)
        x = ttm_unet_down_block(&b, x, i);
    x = ttm_unet_mid_block(&b, x);
    for (int i = 0; i < c->nb_levels; i++)
        x = ttm_unet_up_block(&b, x, i);
    x = ttm_net_group_norm(&b.net, x, "conv_norm_out", c->groups, 1, c->epsilon,
                           TTM_ACT_SILU);
    x = ttm_net_conv(&b.net, x, "conv_out", c->out_channels, TTM_NET_BIAS,
                     TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_output_named(graph, x, "output");
    return ttm_graph_finish(graph);
}

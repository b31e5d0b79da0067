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

/** @file The U-Net: its configuration, and its state under construction. */

#ifndef TTM_NETS_UNET_H
#define TTM_NETS_UNET_H

#include "nets/denoiser.h"
#include "nets/net.h"
#include "nets/network_class.h"

#define TTM_UNET_MAX_LEVELS 6
#define TTM_UNET_MAX_LAYERS 16          ///< largest layers_per_block

/** diffusers UNetMotionModel with the masked attention of the paper. */
typedef struct TTMUnetConfig {
    int nb_levels;
    int channels[TTM_UNET_MAX_LEVELS];
    int cross_attention_levels[TTM_UNET_MAX_LEVELS];    ///< down_block_types
    int up_cross_attention_levels[TTM_UNET_MAX_LEVELS]; ///< up_block_types
    int layers_per_block[TTM_UNET_MAX_LEVELS];
    int transformer_layers[TTM_UNET_MAX_LEVELS];        ///< of the down path
    int up_transformer_layers[TTM_UNET_MAX_LEVELS];     ///< innermost first
    int heads[TTM_UNET_MAX_LEVELS];
    int motion_heads[TTM_UNET_MAX_LEVELS];
    int motion_layers[TTM_UNET_MAX_LEVELS];     ///< temporal_transformer_layers_per_block
    int up_motion_layers[TTM_UNET_MAX_LEVELS];  ///< innermost first
    int mid_motion, motion_mid_heads;
    int mid_transformer_layers[TTM_UNET_MAX_LEVELS]; ///< one a layer of the middle
    int motion_mid_layers[TTM_UNET_MAX_LEVELS];
    int mid_layers;                             ///< mid_block_layers
    int motion_max_length;
    int in_channels, out_channels;
    int groups;
    float epsilon;
    int cross_attention_dim;
    int linear_projection;                      ///< use_linear_projection
    int downsample_padding;
    float mid_scale;                            ///< mid_block_scale_factor
    int flip_sin_to_cos;
    float frequency_shift;
    int time_cond_proj_dim;

    int masked_blocks;                          ///< K
    TTMDenoiser denoiser;                       ///< what other layers see of it
} TTMUnetConfig;

/** TTMNetClass.read of a TTMUnetConfig. */
int ttm_unet_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/**
 * log2 of the down-sampling at which masked attention block @p block, below
 * masked_blocks, runs; -1 where there is no such block.
 */
int ttm_unet_masked_level(const TTMUnetConfig *config, int block);

/**
 * "denoiser": one forward. "regions.L" is there if masked_self, "sets.L" and the
 * "locals" if masked_cross and there are objects, for each level L that has a
 * masked block; its positions are [F, ceil(h / 2^L), ceil(w / 2^L)].
 */
int ttm_unet_build(TTMGraph *graph, TTMPart *part, const void *config,
                   const TTMNetSizes *sizes);

/** TTMNetClass.cost of it. */
double ttm_unet_cost(const void *config, const TTMNetSizes *sizes);

/** Values that wait for the up path: the first convolution, layers, samplers. */
#define TTM_UNET_MAX_SKIPS (1 + TTM_UNET_MAX_LEVELS * (TTM_UNET_MAX_LAYERS + 1))

typedef struct TTMUnetBuild {
    TTMNet net;
    const TTMUnetConfig *config;
    int frames, height, width, objects;
    TTMNodeId embedding;                        ///< silu(time embedding) [1, D]
    TTMNodeId text;                             ///< [1, tokens, D]
    TTMNodeId locals;                           ///< [1, objects * tokens, D], or none
    TTMNodeId key_sets;
    TTMNodeId order[TTM_UNET_MAX_LEVELS];       ///< of the regions, made at first use
    TTMNodeId query_sets[TTM_UNET_MAX_LEVELS];
    int nb_spatial;                             ///< spatial blocks so far in the down path
    TTMNodeId skips[TTM_UNET_MAX_SKIPS];
    int nb_skips;
} TTMUnetBuild;

/** Down block @p level; its outputs are pushed onto the skips. */
TTMNodeId ttm_unet_down_block(TTMUnetBuild *b, TTMNodeId x, int level);
TTMNodeId ttm_unet_mid_block(TTMUnetBuild *b, TTMNodeId x);
/** Up block @p index, counted from the innermost; pops its skips. */
TTMNodeId ttm_unet_up_block(TTMUnetBuild *b, TTMNodeId x, int index);

#endif /* TTM_NETS_UNET_H */

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
 * The networks of a bundle as graphs. Builders read the architecture from a
 * part's config.json, fetch and check every weight and name every node after
 * its module; an unknown configuration value is an error that names the key.
 */

#ifndef TTM_NETS_NETS_H
#define TTM_NETS_NETS_H

#include "graph/graph.h"
#include "io/bundle.h"

/** transformers CLIPTextModel. */
typedef struct TTMClipTextConfig {
    int vocab_size, hidden_size, layers, heads, intermediate_size;
    int max_positions;
    enum TTMActivation activation;
    float epsilon;
} TTMClipTextConfig;

int ttm_clip_text_config(TTMClipTextConfig *config, const TTMPart *part);
/**
 * Input "ids" I32 [prompts, tokens]; output 0: last_hidden_state
 * [prompts, tokens, hidden]. Causal attention, no padding mask.
 */
int ttm_clip_text_build(TTMGraph *graph, TTMPart *part,
                        const TTMClipTextConfig *config, int prompts, int tokens);

/** diffusers AutoencoderKL or AutoencoderTiny. */
typedef struct TTMVaeConfig {
    int tiny;                           ///< AutoencoderTiny
    int nb_levels;
    int channels[8];                    ///< block_out_channels (KL), of the encoder (tiny)
    int decoder_channels[8];            ///< tiny
    int encoder_blocks[8], decoder_blocks[8]; ///< tiny: num_*_blocks
    int layers_per_block;               ///< KL
    int latent_channels;
    int groups;
    int mid_attention;
    int quant_conv, post_quant_conv;
    int upsampling_factor;              ///< tiny
    int block_scale;                    ///< total down-sampling, e.g. 8
    enum TTMActivation activation;
    float scaling_factor, shift_factor;
} TTMVaeConfig;

int ttm_vae_config(TTMVaeConfig *config, const TTMPart *part);
/**
 * Input "image" [N, H, W, 3] in [-1, 1]; output 0: latents
 * [N, H/s, W/s, latent_channels], the mean of the posterior, shifted and
 * scaled: (mean - shift_factor) * scaling_factor. @p height and @p width are
 * the image's, multiples of block_scale.
 */
int ttm_vae_encoder_build(TTMGraph *graph, TTMPart *part,
                          const TTMVaeConfig *config, int n, int height, int width);
/**
 * Input "latents" (scaled) [N, H/s, W/s, C]; output 0: image [N, H, W, 3].
 * @p height and @p width are the image's here too.
 */
int ttm_vae_decoder_build(TTMGraph *graph, TTMPart *part,
                          const TTMVaeConfig *config, int n, int height, int width);

#define TTM_UNET_MAX_LEVELS 6
#define TTM_UNET_MAX_LAYERS 16          ///< largest layers_per_block
#define TTM_UNET_MAX_CONDITIONS 4

/** What the channels of a stage's input are, in order. */
enum TTMUnetInput {
    TTM_UNET_NOISE,         ///< noisy latents
    TTM_UNET_IMAGE,         ///< E(x0), repeated over the frames
    TTM_UNET_MASK,          ///< E(s): of the first frame or of the trajectory
    TTM_UNET_CARRIED,       ///< E(still with each object carried along its trajectory)
};

enum TTMPrediction {
    TTM_PREDICT_VELOCITY,   ///< flow matching: noise - sample
    TTM_PREDICT_SAMPLE,
    TTM_PREDICT_V,          ///< v-prediction
    TTM_PREDICT_EPSILON,
};

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

    /* the "ttm" member of config.json */
    int nb_inputs;
    enum TTMUnetInput inputs[TTM_UNET_MAX_CONDITIONS];
    int width, height;                          ///< pixels this stage runs at, 0: the bundle's
    enum TTMPrediction prediction;
    int residual;                               ///< enum TTMUnetInput, -1: none
    int first_frame_given;
    int masked_blocks;                          ///< K
    int masked_self, masked_cross;
    int cross_boxes;                            ///< 1: boxes, 0: masks
    int trajectory_regions;                     ///< 1: of the trajectory, 0: of the first frame
    int tinted;                                 ///< its masks are tinted (motion/tint.h)
} TTMUnetConfig;

int ttm_unet_config(TTMUnetConfig *config, const TTMPart *part);
/**
 * log2 of the down-sampling at which masked attention block @p block, below
 * masked_blocks, runs; -1 where there is no such block.
 */
int ttm_unet_masked_level(const TTMUnetConfig *config, int block);

/**
 * One forward; @p height and @p width are those of the latents (h, w).
 * Inputs:
 *   "noise"              [F, h, w, latent channels]
 *   one a condition: "image" [1, h, w, C], "mask" [F, h, w, C], "carried" [F, h, w, C]
 *   "time"               F32 [1], the scheduler's time step (0 .. 1000)
 *   "text"               [1, tokens, cross_attention_dim]
 *   "locals"             [objects, tokens, cross_attention_dim], if masked_cross and objects > 0
 *   "local_key_sets"     U32 [objects * tokens], the same
 *   "regions.L"          U8  [F * h_L * w_L] for each level L that has a masked block,
 *                        if masked_self
 *   "sets.L"             U32 [F * h_L * w_L], the same, if masked_cross and objects > 0
 * h_L = ceil(h / 2^L). Output 0: [F, h, w, out_channels].
 */
int ttm_unet_build(TTMGraph *graph, TTMPart *part, const TTMUnetConfig *config,
                   int frames, int height, int width, int tokens, int objects);

#endif /* TTM_NETS_NETS_H */

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

/** @file The two kinds of autoencoder, for vae.c only. */

#ifndef TTM_NETS_VAE_H
#define TTM_NETS_VAE_H

#include "nets/net.h"
#include "nets/network_class.h"

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

/** TTMNetClass.read of a TTMVaeConfig. */
int ttm_vae_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/**
 * "encoder": the mean of the posterior, shifted and scaled:
 * (mean - shift_factor) * scaling_factor.
 */
int ttm_vae_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes);
/** "decoder" of such latents; sizes are the picture's here too. */
int ttm_vae_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes);

/*
 * Bodies of the networks, without the scaling of latents. Encoders take the
 * image [N, H, W, 3] in [-1, 1] and return latents [N, H/s, W/s, C]; decoders
 * the other way round.
 */
TTMNodeId ttm_vae_kl_encode(TTMNet *net, const TTMVaeConfig *config, TTMNodeId x);
TTMNodeId ttm_vae_kl_decode(TTMNet *net, const TTMVaeConfig *config, TTMNodeId x);
TTMNodeId ttm_vae_tiny_encode(TTMNet *net, const TTMVaeConfig *config,
                              TTMNodeId x);
TTMNodeId ttm_vae_tiny_decode(TTMNet *net, const TTMVaeConfig *config,
                              TTMNodeId x);

/** Members of @p config that only this class has. */
int ttm_vae_kl_config(TTMVaeConfig *config, const TTMPart *part);
int ttm_vae_tiny_config(TTMVaeConfig *config, const TTMPart *part);

#endif /* TTM_NETS_VAE_H */

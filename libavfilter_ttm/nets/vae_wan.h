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
 * diffusers AutoencoderKLWan of Wan 2.1: an autoencoder of videos whose convolutions look
 * back in time. The first picture is a latent frame of its own, each later one stands
 * for `frame_scale` pictures.
 */

#ifndef TTM_NETS_VAE_WAN_H
#define TTM_NETS_VAE_WAN_H

#include "nets/net.h"
#include "nets/network_class.h"

#define TTM_WAN_LEVELS 8
#define TTM_WAN_LATENTS 64          ///< most latent channels

typedef struct TTMWanVaeConfig {
    int latent_channels;            ///< z_dim
    int base, decoder_base;         ///< base_dim, decoder_base_dim
    int nb_levels;
    int multiple[TTM_WAN_LEVELS];   ///< dim_mult
    int blocks;                     ///< num_res_blocks
    int attention[TTM_WAN_LEVELS];  ///< of the encoder, by attn_scales
    int temporal[TTM_WAN_LEVELS];   ///< temperal_downsample, behind each level but the last
    float mean[TTM_WAN_LATENTS], std[TTM_WAN_LATENTS];  ///< latents_mean, latents_std
    int block_scale, frame_scale;
} TTMWanVaeConfig;

/** TTMNetClass.read of a TTMWanVaeConfig. */
int ttm_wan_vae_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/**
 * "encoder" of the first picture and "next_encoder" of frame_scale later ones: the mean of
 * the posterior, normalised: (mean - latents_mean) / latents_std. Sizes are the
 * picture's, also of the decoders. Outputs but the first are states (run/stream.h).
 */
int ttm_wan_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes);
int ttm_wan_next_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                               const TTMNetSizes *sizes);
/** "decoder" and "next_decoder" of such latents; pictures are clamped to -1 .. 1. */
int ttm_wan_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes);
int ttm_wan_next_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                               const TTMNetSizes *sizes);

#endif /* TTM_NETS_VAE_WAN_H */

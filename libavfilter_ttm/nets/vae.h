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
#include "nets/nets.h"

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

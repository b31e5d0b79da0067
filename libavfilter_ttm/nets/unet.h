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

/** @file State of a U-Net under construction, for unet.c and unet_blocks.c. */

#ifndef TTM_NETS_UNET_H
#define TTM_NETS_UNET_H

#include "nets/net.h"
#include "nets/nets.h"

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

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

/** @file Transformer blocks of the U-Net, for unet*.c only. */

#ifndef TTM_NETS_TRANSFORMER_H
#define TTM_NETS_TRANSFORMER_H

#include "nets/net.h"

/** What the masked attention layers of a block see; see ttm_unet_build(). */
typedef struct TTMMasked {
    int self, cross;            ///< which of the two layers the block has
    TTMNodeId order;            ///< of all tokens by region: TTM_OP_SORT_REGIONS
    TTMNodeId locals;           ///< [1, keys, D]; TTM_NO_NODE: no objects
    TTMNodeId query_sets, key_sets;
} TTMMasked;

/**
 * diffusers Transformer2DModel over the positions of each frame:
 * [F, H, W, C] -> the same. @p text is [1, tokens, D]. @p masked adds the two
 * masked attention layers (arXiv 2501.03059, section 3.3) to the first of the
 * @p layers blocks, or is NULL.
 */
TTMNodeId ttm_net_spatial_transformer(TTMNet *net, TTMNodeId x,
                                      const char *module, int layers, int heads,
                                      int groups, int linear_projection,
                                      TTMNodeId text, const TTMMasked *masked);

/**
 * diffusers AnimateDiffTransformer3D (arXiv 2307.04725): attention over the
 * frames at each position, [F, H, W, C] -> the same. @p max_frames is the
 * length of the position table.
 */
TTMNodeId ttm_net_motion_module(TTMNet *net, TTMNodeId x, const char *module,
                                int layers, int heads, int groups,
                                int max_frames);

#endif /* TTM_NETS_TRANSFORMER_H */

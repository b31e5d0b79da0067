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
 * TTMSegmenter: a small U-Net that finds the object of a crop by its hints, as
 * models/train/segmenter.py defines it.
 */

#ifndef TTM_NETS_SEGMENTER_UNET_H
#define TTM_NETS_SEGMENTER_UNET_H

#include "nets/network_class.h"

#define TTM_SEGMENTER_LEVELS 8

typedef struct TTMSegmenterConfig {
    int side;               ///< sample_size
    int nb_levels;
    int channels[TTM_SEGMENTER_LEVELS]; ///< block_out_channels
    int groups;             ///< norm_num_groups
    int head_dim;           ///< attention_head_dim
    int score_channels;
} TTMSegmenterConfig;

/** TTMNetClass.read of a TTMSegmenterConfig. */
int ttm_segmenter_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/** "segmenter": see nets/segmenter.h. */
int ttm_segmenter_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes);

#endif /* TTM_NETS_SEGMENTER_UNET_H */

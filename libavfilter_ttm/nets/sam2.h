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
 * transformers Sam2Model: SAM 2 (arXiv 2408.00714) on single images. Hiera (arXiv
 * 2306.00989) with a feature pyramid encodes the picture, a two-way transformer decodes a
 * mask for points or a box. Of a Sam2VideoModel, as the published ones are, the same parts
 * are taken; its memory of earlier frames is passed over.
 */

#ifndef TTM_NETS_SAM2_H
#define TTM_NETS_SAM2_H

#include "nets/net.h"
#include "nets/network_class.h"

#define TTM_SAM2_STAGES 8
#define TTM_SAM2_LEVELS 3           ///< of the pyramid that the decoder sees
#define TTM_SAM2_GLOBAL 64          ///< most blocks with global attention

typedef struct TTMSam2Config {
    int side;                       ///< of the picture
    /* vision_config.backbone_config */
    int kernel, stride, padding;    ///< patch_kernel_size, patch_stride, patch_padding
    int nb_stages;
    int blocks[TTM_SAM2_STAGES];    ///< blocks_per_stage
    int channels[TTM_SAM2_STAGES];  ///< embed_dim_per_stage
    int heads[TTM_SAM2_STAGES];     ///< num_attention_heads_per_stage
    int windows[TTM_SAM2_STAGES];   ///< window_size_per_stage
    int global[TTM_SAM2_GLOBAL], nb_global;     ///< global_attention_blocks
    int pooled;                     ///< num_query_pool_stages
    int background[2];              ///< window_positional_embedding_background_size
    int64_t hidden[TTM_SAM2_STAGES]; ///< embed_dim_per_stage times mlp_ratio
    float epsilon;
    /* vision_config */
    int pyramid;                    ///< fpn_hidden_size, hidden_size of the other parts
    int top_down[TTM_SAM2_STAGES];  ///< fpn_top_down_levels, one flag a level
    /* mask_decoder_config */
    int mlp, layers, decoder_heads; ///< mlp_dim, num_hidden_layers, num_attention_heads
    int downsample;                 ///< attention_downsample_rate
    int masks;                      ///< num_multimask_outputs and the single one
    int iou_depth, iou_hidden;      ///< iou_head_depth, iou_head_hidden_dim
    float stability_delta, stability_threshold; ///< threshold 0: not looked at
} TTMSam2Config;

/** TTMNetClass.read of a TTMSam2Config. */
int ttm_sam2_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/**
 * "encoder": see nets/segmenter.h. Of the pyramid the two finest levels as the decoder
 * wants them, "features.0" [1, s, s, C / 8] and "features.1" [1, s / 2, s / 2, C / 4], and
 * "features.2" [1, s / 4, s / 4, C], which comes first; s is side / stride.
 */
int ttm_sam2_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                           const TTMNetSizes *sizes);
/**
 * "decoder": sizes->points of them. One more output than nets/segmenter.h tells: "object"
 * [1, 1], the logit of the probability that there is an object.
 */
int ttm_sam2_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                           const TTMNetSizes *sizes);

/* What the files of this network share. */

/** Side of the picture's positions at a level of the pyramid, 0 being the finest. */
static inline int ttm_sam2_level_side(const TTMSam2Config *c, int level)
{
    return c->side / c->stride >> level;
}

/** Elements of the tensor @p name of exactly @p shape, malloc()ed; NULL after an error. */
float *ttm_sam2_values(TTMNet *net, const char *name, TTMShape shape);

/**
 * transformers Sam2FeedForward: "proj_in", "layers.I", "proj_out", @p depth of them, with
 * @p activation between them.
 */
TTMNodeId ttm_sam2_mlp(TTMNet *net, TTMNodeId x, const char *module, int64_t hidden,
                       int64_t out, int depth, enum TTMActivation activation,
                       TTMNodeId residual);

/** Sam2HieraDetModel: image [1, side, side, 3] -> the last of each stage, [1, h, h, C]. */
void ttm_sam2_hiera(TTMNet *net, const TTMSam2Config *c, TTMNodeId image,
                    TTMNodeId stages[TTM_SAM2_STAGES]);

/**
 * Sam2PromptEncoder of points, which are inputs of the graph: @p count of them and the
 * padding, [count + 1, C].
 */
TTMNodeId ttm_sam2_points(TTMNet *net, const TTMSam2Config *c, int count);
/** Positions of the coarsest level, [side * side, C]. */
TTMNodeId ttm_sam2_positions(TTMNet *net, const TTMSam2Config *c);

/**
 * Sam2TwoWayTransformer: @p tokens [T, C] and the picture's @p keys [N, C] at
 * @p positions [N, C] learn of each other and are replaced.
 */
void ttm_sam2_two_way(TTMNet *net, const TTMSam2Config *c, TTMNodeId *tokens,
                      TTMNodeId *keys, TTMNodeId positions);

#endif /* TTM_NETS_SAM2_H */

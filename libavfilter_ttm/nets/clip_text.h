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

/** @file transformers CLIPTextModel, and the same as a part of other networks. */

#ifndef TTM_NETS_CLIP_TEXT_H
#define TTM_NETS_CLIP_TEXT_H

#include "nets/clip_layers.h"
#include "nets/network_class.h"

typedef struct TTMClipTextConfig {
    int vocab_size, max_positions;
    TTMClipLayers layers;
} TTMClipTextConfig;

/** Read the configuration; @p max_positions is that of one that does not say it. */
int ttm_clip_text_read_config(TTMClipTextConfig *config, const TTMPart *part,
                              int max_positions);

/**
 * last_hidden_state [prompts, tokens, hidden_size] of the input "ids" that is made. Causal
 * attention, no padding mask. @p root is what the names of its tensors begin with,
 * "text_model." or "".
 */
TTMNodeId ttm_clip_text_states(TTMNet *net, const TTMClipTextConfig *config,
                               const char *root, int prompts, int tokens);

/** TTMNetClass.read of a TTMClipTextConfig. */
int ttm_clip_text_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/** "text": last_hidden_state, see ttm_clip_text_states(). */
int ttm_clip_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes);

#endif /* TTM_NETS_CLIP_TEXT_H */

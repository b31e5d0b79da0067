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

/** @file transformers CLIPTextModel. */

#ifndef TTM_NETS_CLIP_TEXT_H
#define TTM_NETS_CLIP_TEXT_H

#include "nets/network_class.h"

typedef struct TTMClipTextConfig {
    int vocab_size, hidden_size, layers, heads, intermediate_size;
    int max_positions;
    enum TTMActivation activation;
    float epsilon;
} TTMClipTextConfig;

/** TTMNetClass.read of a TTMClipTextConfig. */
int ttm_clip_text_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/** "text": last_hidden_state. Causal attention, no padding mask. */
int ttm_clip_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                        const TTMNetSizes *sizes);

#endif /* TTM_NETS_CLIP_TEXT_H */

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
 * The layers of CLIP's transformers (arXiv 2103.00020), of texts and of pictures:
 * normalisation before attention and before a layer of two linear ones, each with what it
 * came from added (transformers CLIPEncoder).
 */

#ifndef TTM_NETS_CLIP_LAYERS_H
#define TTM_NETS_CLIP_LAYERS_H

#include "nets/net.h"

/** What a configuration says of them. */
typedef struct TTMClipLayers {
    int hidden_size, intermediate_size, layers, heads;
    enum TTMActivation activation;
    float epsilon;              ///< of the normalisations
} TTMClipLayers;

/** Read them from the part's configuration; a key that is absent has the fallback's value. */
int ttm_clip_layers_read(TTMClipLayers *layers, const TTMPart *part,
                         const TTMClipLayers *fallback);

/**
 * All layers of @p module ("text_model.encoder"), over @p x [sequences, tokens, C] or,
 * where there is one sequence, [tokens, C]. Where @p causal is set a token sees itself and
 * those before it.
 */
TTMNodeId ttm_clip_layers(TTMNet *net, TTMNodeId x, const char *module,
                          const TTMClipLayers *layers, int sequences, int tokens,
                          int causal);

#endif /* TTM_NETS_CLIP_LAYERS_H */

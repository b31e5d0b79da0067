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

/** @file transformers Owlv2ForObjectDetection (arXiv 2306.09683). */

#ifndef TTM_NETS_OWLV2_H
#define TTM_NETS_OWLV2_H

#include "nets/clip_text.h"

typedef struct TTMOwlv2Config {
    TTMClipTextConfig text;
    TTMClipLayers vision;
    int side, patch, grid;
    int width;              ///< of the embeddings that text and picture share
} TTMOwlv2Config;

/** TTMNetClass.read of a TTMOwlv2Config. */
int ttm_owlv2_read(void *config, const TTMPart *part, TTMNetFacts *facts);

/** "text": the projected states of every token; see nets/detector.h. */
int ttm_owlv2_text_build(TTMGraph *graph, TTMPart *part, const void *config,
                         const TTMNetSizes *sizes);

/** "picture": a vision transformer and the heads over each of its places. */
int ttm_owlv2_picture_build(TTMGraph *graph, TTMPart *part, const void *config,
                            const TTMNetSizes *sizes);

#endif /* TTM_NETS_OWLV2_H */

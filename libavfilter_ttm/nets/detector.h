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
 * Detectors: where in a still what a text names is, as boxes. What other layers need to
 * know of one, and what the host makes of the outputs of its graphs:
 *
 *   "text"     "ids" I32 [queries, tokens]       -> "embeddings" [queries, tokens, width]
 *   "picture"  "patches" [places, 3 patch^2]     -> "classes" [places, width], "shift" and
 *                                                   "scale" [places, 1], "boxes" [places, 4],
 *                                                   "objectness" [places, 1]
 *
 * The picture is square, side x side, (sRGB in 0 .. 1 - mean) / deviation, and cut into
 * grid x grid patches, row by row; an element of a patch is that of channel c, row y and
 * column x at (c patch + y) patch + x. A place is a patch, whose box need not be there.
 */

#ifndef TTM_NETS_DETECTOR_H
#define TTM_NETS_DETECTOR_H

#include <stdint.h>

/** A detector. */
typedef struct TTMDetector {
    int side;               ///< of the picture, in pixels
    int patch;              ///< side of a patch
    int grid;               ///< patches along each side; places are grid x grid
    int tokens;             ///< of a query, at most
    int vocabulary;         ///< ids of tokens are below
    int width;              ///< of the embeddings
} TTMDetector;

/** What the "picture" graph gives, as f32. */
typedef struct TTMDetectorHeads {
    const float *classes, *shift, *scale, *boxes, *objectness;
} TTMDetectorHeads;

static inline int ttm_detector_places(const TTMDetector *detector)
{
    return detector->grid * detector->grid;
}

/**
 * The embedding of a query, of length 1, from those of its @p tokens ids: that of the end,
 * which is the first of the largest id. @p query is [width].
 */
void ttm_detector_query(const TTMDetector *detector, const int32_t *ids, int tokens,
                        const float *embeddings, float *query);

/**
 * How far each place shows what each query names: @p logits [places, queries] are
 * (c q / (|c| + 1e-6) + shift) (elu(scale) + 1), c being the place's class and q of length
 * 1 (transformers Owlv2ClassPredictionHead). A score is their sigmoid.
 */
void ttm_detector_logits(const TTMDetector *detector, const TTMDetectorHeads *heads,
                         const float *queries, int nb_queries, float *logits);

/**
 * The boxes of all places as [places, 4]: middle x and y, width and height, in units of
 * the picture's side. They are the sigmoid of the head's and of the place's own box, one
 * patch that ends where the place does (Owlv2ForObjectDetection.compute_box_bias).
 */
void ttm_detector_boxes(const TTMDetector *detector, const TTMDetectorHeads *heads,
                        float *boxes);

/** 1 / (1 + exp(-x)). */
float ttm_detector_sigmoid(float x);

#endif /* TTM_NETS_DETECTOR_H */

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
 * Promptable segmenters: where in a still the object is that a box or points tell of.
 * What other layers need to know of one, of whatever class. There are two kinds, by how
 * the hints are given.
 *
 * TTM_HINT_MAPS (TTMSegmenter): one graph, "segmenter", over a crop of the still that is
 * resized to width x height, the longer of which is at most `side` and both of which are
 * multiples of `multiple`. The hints are maps of the same size, in the order of enum
 * TTMHintMap, 0 where there is no such hint.
 *
 *   "image"   [1, height, width, 3]
 *   "hints"   [1, height, width, TTM_HINT_MAPS_NB]
 *
 * TTM_HINT_POINTS (Sam2Model): the whole still is stretched to side x side and encoded
 * once; the outputs of "encoder" are inputs of "decoder" under the same names, all of
 * which begin with "features.". That runs for each object with its hints: sizes.points of
 * them, at least 1, in pixels of the stretched still ((0, 0) is the corner of the first
 * pixel). What else a class appends to the list is its own matter.
 *
 *   encoder   "image"   [1, side, side, 3]           -> "features.X"
 *   decoder   "features.X", "points" F32 [points, 2] x and y, "labels" I32 [points] of enum
 *             TTMPointLabel; a box is its corner of the least coordinates with
 *             TTM_POINT_CORNER and that of the largest with TTM_POINT_OPPOSITE
 *
 * Both kinds give, height and width being side in the second:
 *
 *   "masks"   [1, height / mask_scale, width / mask_scale, masks], logits: above 0 it is
 *             the object. Output 0.
 *   "scores"  [1, a, b, masks] with any a and b: how good each mask is, the mean over the
 *             a x b positions being what counts; see `score`. Output 1.
 *
 * Pictures are (sRGB in 0 .. 1 - mean) / deviation, channel by channel.
 */

#ifndef TTM_NETS_SEGMENTER_H
#define TTM_NETS_SEGMENTER_H

/** How a segmenter is told where the object is. */
enum TTMHintKind {
    TTM_HINT_MAPS,
    TTM_HINT_POINTS,
};

/** Maps of TTM_HINT_MAPS, in the order of their channels. */
enum TTMHintMap {
    TTM_HINT_BOX,           ///< 1 inside of the box
    TTM_HINT_ON,            ///< points of the object: exp(-d^2 / (2 TTM_HINT_SIGMA^2)), the largest
    TTM_HINT_OFF,           ///< the same of points that are not the object
    TTM_HINT_MASK,          ///< the probability found in a coarser pass
    TTM_HINT_MAPS_NB
};

/** Of the points of TTM_HINT_MAPS, in pixels of the crop as the network sees it. */
#define TTM_HINT_SIGMA 4

/** Labels of TTM_HINT_POINTS. */
enum TTMPointLabel {
    TTM_POINT_OFF,          ///< not the object
    TTM_POINT_ON,           ///< the object
    TTM_POINT_CORNER,       ///< left and top of a box
    TTM_POINT_OPPOSITE,     ///< right and bottom of it
};

/** What a score is. */
enum TTMScore {
    TTM_SCORE_LOGIT,        ///< of the probability that the mask has an IoU of at least 0.7
    TTM_SCORE_IOU,          ///< the IoU itself, 0 .. 1
};

/** A segmenter. */
typedef struct TTMSegmenter {
    enum TTMHintKind hints;
    int side;               ///< MAPS: longer side at most; POINTS: both sides
    int multiple;           ///< MAPS: of both sides
    int mask_scale;         ///< pixels of the picture for one of a mask, along each side
    /**
     * How many masks there are. Of several the first is for a box or several points; the
     * others are what a single point may mean (the whole, a part, a part of that), of
     * which the best scored is taken.
     */
    int masks;
    enum TTMScore score;
    int needs_hint;         ///< 0: without hints the mask is the thing of the picture
    /**
     * Of several masks, that the first is only taken where its logits are sure of
     * themselves: of those above -delta at least `stability_threshold` are above +delta;
     * else it is as for a single point. Threshold 0: always.
     */
    float stability_delta, stability_threshold;
    float mean[3], deviation[3];
} TTMSegmenter;

#endif /* TTM_NETS_SEGMENTER_H */

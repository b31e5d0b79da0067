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
 * Work on the pixels of pictures: what lies between a still, its objects and the
 * frames that are composed of them. The operation is one of a graph like any other;
 * its kinds are this application's.
 */

#ifndef TTM_GRAPH_PICTURE_H
#define TTM_GRAPH_PICTURE_H

/**
 * Kinds of TTM_OP_PICTURE, with inputs -> output. Values are F32 whatever the
 * graph's type, ids U8 [h, w] with 0 for the background, packed pictures U8
 * [H, W, 3 * bytes] of 1 or 2 bytes a sample in the host's order.
 *
 * `motion` is [objects, TTM_MOTION_ROW]: the centre c x, y of each object in
 * frame 0, its centre d x, y in this frame, in pixels of [h, w], and a, b: its
 * turn's cosine and sine over its size relative to frame 0. Position p is from
 * c + (a x + b y, a y - b x), x and y being p - d. Where objects change their shape a
 * row goes on with a field [field_height, field_width, TTM_FIELD_ROW] over the
 * whole of [h, w]: what is added to that source, x and y, and how far the object is
 * there at all, 0 .. 1. It is bilinear, but the nearest between an element, its
 * right, lower and diagonal neighbour where TTM_FIELD_TORN is added to how far
 * the object is there: they are of parts that lie over each other. `covers` are
 * bytes, `table` I32 [objects, TTM_COVER_ROW] says where in them each object has
 * its planes: x, y, width, height of a box in pixels of [H, W] and the offset of
 * its alpha plane, which one of the same size follows that also covers the
 * object's surroundings, and the tint, [height, width, 3]: its own colours are the still's
 * plus (tint - TTM_TINT_NONE) * TTM_TINT_STEP, of 255, as an edge is a mixture with what is
 * behind. Sampling has pixel centres at + 0.5.
 */
#define TTM_MOTION_ROW    6
#define TTM_FIELD_ROW     3
#define TTM_COVER_ROW     5
/** Bytes of a pixel of an object's planes: alpha, surroundings, tint. */
#define TTM_COVER_BYTES   5
#define TTM_TINT_NONE     128
#define TTM_TINT_STEP     2

enum TTMPictureKind {
    /** x [...] of any floating type -> x * scale + shift within low .. high */
    TTM_PICTURE_VALUES,
    /**
     * picture [h, w, 3] or packed (as 0 .. 1), filter [to, 1 + taps] ->
     * resized along `axis`: 1 [h, to, 3], 0 [to, w, 3]. A row of the filter is
     * the first tap's position and the weights.
     */
    TTM_PICTURE_RESAMPLE,
    /** picture [H, W, 3] -> packed of `bytes`, clamped and rounded */
    TTM_PICTURE_PACK,
    /**
     * still [h, w, 3], ids of frame 0, ids, motion -> [h, w, 3], the still
     * with its objects moved along, bilinear; 0 where background came to light
     * and, with `refined` 0, where an object's pixel comes from outside it.
     */
    TTM_PICTURE_CARRY,
    /**
     * net, decoded still [h, w, 3], depth [h, w, 1], ids, motion -> [h, w, 4]:
     * net - decoded at an object's pixel's source (bicubic), and the depth
     * there (bilinear) as weight
     */
    TTM_PICTURE_CHANGE,
    /**
     * [h, w, 4], ids -> [h, w, 3], weighted mean m of the same id around, times
     * 1 - (low / |m|)^2, at least 0
     */
    TTM_PICTURE_SMOOTH,
    /**
     * still packed, plate packed as the still is (what objects uncover is
     * taken from it), covers, table, motion, ids, layers [h, w, 6] (net,
     * change), source (depth [h, w, 1] where `refined`, else the decoded still
     * [h, w, 3]) -> frame, packed of `bytes`; see render/detail.h
     */
    TTM_PICTURE_COMPOSE,
    TTM_PICTURE_NB
};

typedef struct TTMPicture {
    enum TTMPictureKind kind;
    int axis, bytes, refined;
    int field_width, field_height;  ///< of the objects' fields, 0: none
    float scale, shift, low, high;
    float amount;               ///< COMPOSE: 0 .. 1, the rest is the net's
} TTMPicture;

#endif /* TTM_GRAPH_PICTURE_H */

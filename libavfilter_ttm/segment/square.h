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

/** @file A still as networks see it that take squares, cut into patches. */

#ifndef TTM_SEGMENT_SQUARE_H
#define TTM_SEGMENT_SQUARE_H

#include "ttm.h"
#include "util/cancel.h"

/** What a still is made into. */
typedef struct TTMSquare {
    int side, patch;            ///< pixels; what is left over beyond the last patch goes
    float mean[3], deviation[3];///< of R, G, B in 0 .. 1
} TTMSquare;

/**
 * The still on grey (0.5) at the left and top of a square that its longer side fills,
 * resized to side x side, less the mean and over the deviation: @p patches is
 * [grid x grid, 3 patch^2], grid = side / patch, see nets/detector.h. Where it gets smaller
 * by a factor f it is blurred before by a Gaussian of (f - 1) / 2 pixels that ends at three
 * times that, and read bilinearly (transformers Owlv2ImageProcessor; the grey is that of the
 * model's authors). 0, TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message).
 */
int ttm_square_patches(const TTMImage *still, const TTMSquare *square, float *patches,
                       TTMCancel *cancel);

#endif /* TTM_SEGMENT_SQUARE_H */

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

/** @file Alpha of the pixels of a band, such that it follows the colours. */

#ifndef TTM_RENDER_MATTING_SOLVE_H
#define TTM_RENDER_MATTING_SOLVE_H

#include <stdint.h>

#include "util/cancel.h"

/** A pixel of the band or of its surroundings. */
typedef struct TTMMattingPixel {
    int32_t at;                 ///< index in the picture
    int fixed;                  ///< its alpha is known
    float rgb[3];               ///< 0 .. 1
    float alpha;                ///< known, or a first guess, then the solution
    float wish, weight;         ///< what alpha should be, and how much that counts; not fixed
} TTMMattingPixel;

/** Pixels of a picture of @p width x @p height: free ones and all up to two beside them. */
typedef struct TTMMattingBand {
    int width, height;
    int32_t *index;             ///< [height, width], of the pixel in the list; -1: in none
    TTMMattingPixel *pixels;
    int nb;
} TTMMattingBand;

/** Bytes of work a pixel of the band. */
#define TTM_MATTING_SOLVE_BYTES 100

/**
 * Set the alpha of the free pixels so that in every window of 3 x 3 pixels it is nearly
 * a linear function of the colour, and near to what is wished: the least of
 * alpha' L alpha + sum weight (alpha - wish)^2 with the matting Laplacian L (Levin, Lischinski, Weiss,
 * "A Closed-Form Solution to Natural Image Matting", 2008), by conjugate gradients.
 *
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0
 */
int ttm_matting_solve(TTMMattingBand *band, TTMCancel *cancel);

#endif /* TTM_RENDER_MATTING_SOLVE_H */

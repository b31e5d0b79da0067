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
 * Pictures with alpha as two without: the picture over the ground, and its alpha.
 *
 * The ground is mid grey, 0 in the networks' -1 .. 1. What is linear does the same to
 * both, so that the colours can be taken off the ground again: what alpha a says
 * of a colour c is o = a c + (1 - a) g over the ground g (Porter and Duff 1984), and
 * c = (o - (1 - a) g) / a. Nothing that is under alpha 0 gets into it.
 */

#ifndef TTM_UTIL_MATTE_H
#define TTM_UTIL_MATTE_H

#include "ttm.h"

/** Value of the ground, of R, G and B in 0 .. 1. */
#define TTM_MATTE_GROUND 0.5f

/** What alpha says of a picture. */
typedef struct TTMMatteFacts {
    int64_t pixels;
    int64_t opaque;             ///< pixels with the largest alpha
    int64_t visible;            ///< with any alpha that shows in 8 bits
    int64_t brighter;           ///< with a colour larger than their alpha
    int dark_rims;              ///< straight colours that look multiplied by alpha
} TTMMatteFacts;

/** Look at a picture of any format of host memory; those without alpha are opaque. */
TTMMatteFacts ttm_matte_facts(const TTMImage *image);

/** Alpha of a pixel, 0 .. 1. */
float ttm_matte_pixel_alpha(const TTMImage *image, int x, int y);

/**
 * The picture over the ground: a new RGB image of @p depth bytes a sample; free(out->data).
 * Opaque pixels of the same depth come out bit for bit. TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_matte_flatten(const TTMImage *image, int depth, TTMImage *out);

/** Its alpha: a new RGB image of two bytes a sample, all three alike; the same errors. */
int ttm_matte_alpha(const TTMImage *image, TTMImage *out);

/**
 * The colours multiplied by alpha, and the alpha, of two bytes a sample and as 0.25 +
 * value / 2: with room for what filters with negative weights make of them. New images;
 * the same errors.
 */
int ttm_matte_spread(const TTMImage *image, TTMImage *colours, TTMImage *alpha);

/** Such images, resampled, to what ttm_matte_flatten() and ttm_matte_alpha() give. */
void ttm_matte_gather(TTMImage *colours, TTMImage *alpha);

/**
 * A frame of any format of host memory from one over the ground and its alpha, of the
 * same size; @p alpha NULL: opaque, where the depth is the same bit for bit. Formats
 * without alpha take it as it is over the ground. Where alpha is 0 straight colours
 * are the ground's, multiplied ones 0.
 */
void ttm_matte_join(const TTMImage *flat, const TTMImage *alpha, TTMImage *frame);

#endif /* TTM_UTIL_MATTE_H */

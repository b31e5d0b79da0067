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

/** @file Pictures: size choice, resampling, conversion to and from floats. */

#ifndef TTM_UTIL_IMAGE_H
#define TTM_UTIL_IMAGE_H

#include "ttm.h"
#include "util/cancel.h"

#define TTM_IMAGE_MAX_SIZE 16384

/** Samples of a pixel in host memory: 3, or 4 with alpha. */
int ttm_image_samples(enum TTMPixelFormat format);

/** Bytes of a sample in host memory, 1 or 2. */
int ttm_image_depth(enum TTMPixelFormat format);

/** 0 if the image has pixels and a legal size, format and stride. */
int ttm_image_check(const TTMImage *image);

/** Copy of @p image with its own pixels; free(copy->data). */
int ttm_image_copy(TTMImage *copy, const TTMImage *image);

/** Make an image with zeroed pixels; free(image->data). */
int ttm_image_alloc(TTMImage *image, enum TTMPixelFormat format, int width,
                    int height);

/** Pixel as R, G, B in 0 .. 1. */
void ttm_image_pixel(const TTMImage *image, int x, int y, float rgb[3]);

/** Write one pixel from R, G, B in 0 .. 1 (clamped, rounded). */
void ttm_image_set_pixel(TTMImage *image, int x, int y, const float rgb[3]);

/**
 * Resample to @p width x @p height: bicubic with a support that grows with
 * the reduction, so that it averages. @p out [height, width, 3] is
 * value * scale + shift of values 0 .. 1. 0, TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no
 * message).
 */
int ttm_image_resample(const TTMImage *image, int width, int height,
                       float scale, float shift, float *out, TTMCancel *cancel);

/**
 * The same, linear: torch's interpolate() with mode "bilinear" and antialias, scale 1 and
 * shift 0.
 */
int ttm_image_resample_linear(const TTMImage *image, int width, int height, float *out,
                              TTMCancel *cancel);

/**
 * The filter of that resampling along one side: [to, 1 + *taps], each row the
 * first of @p from pixels that a pixel is made of, and the weights. NULL when
 * memory is short; the caller frees it.
 */
float *ttm_image_filter(int from, int to, int *taps);

/** The same of a part of the side, @p span pixels from @p begin on, inside of it. */
float *ttm_image_part_filter(int from, double begin, double span, int to, int *taps);

/** Nearest pixel of ids [height, width] for each pixel of another size. */
void ttm_ids_resize(const uint8_t *ids, int width, int height, uint8_t *out,
                    int out_width, int out_height);

/** Width of an image's pixels to their height, as displayed; 1 where not known. */
double ttm_image_pixel_aspect(const TTMImage *image);

/**
 * Sides that are multiples of @p multiple, near @p width x @p height in
 * number of pixels and near the aspect (width to height) of the input. Where that
 * is the aspect of width x height, these come out unchanged.
 */
void ttm_generation_size(double aspect, int width, int height, int multiple,
                         int *out_width, int *out_height);

#endif /* TTM_UTIL_IMAGE_H */

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

/** @file Small pictures in a perceptual colour space, and masks of them. */

#ifndef TTM_SEGMENT_WORK_H
#define TTM_SEGMENT_WORK_H

#include <stdint.h>

#include "ttm.h"
#include "util/cancel.h"

/** A part of the still, reduced. */
typedef struct TTMWork {
    int x, y, part_width, part_height;  ///< the part, in pixels of the still
    int width, height;                  ///< of the small picture
    float *rgb;                         ///< [height, width, 3] in 0 .. 1
    float *lab;                         ///< [height, width, 3], CIE L*a*b*
} TTMWork;

/** Longest side of a small picture. */
#define TTM_WORK_SIDE 176

/** TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0. */
int ttm_work_create(TTMWork *work, const TTMImage *still, int x, int y,
                    int width, int height, TTMCancel *cancel);
/** The same of @p part: x, y, width, height, as a picture of @p width x @p height. */
int ttm_work_create_sized(TTMWork *work, const TTMImage *still, const int part[4],
                          int width, int height, TTMCancel *cancel);
void ttm_work_free(TTMWork *work);

/** CIE L*a*b* (D65) of sRGB 0 .. 1. */
void ttm_rgb_to_lab(const float rgb[3], float lab[3]);

/** A connected (4 neighbours) part of a mask. */
typedef struct TTMComponent {
    int first;                  ///< a pixel of it
    int area;
    int box[4];                 ///< x0, y0, x1, y1 (exclusive)
    double weight;              ///< sum of the values given
    double x, y;                ///< centre of weight
} TTMComponent;

/**
 * Label the set pixels of @p mask: labels[i] = component index + 1, 0 where
 * the mask is 0. Components beyond @p max, the smallest index last, are
 * labelled 0. @p values (may be NULL) gives weights.
 * @return number of components or TTM_ERR_MEMORY
 */
int ttm_components(const uint8_t *mask, int width, int height,
                   const float *values, int *labels, TTMComponent *components,
                   int max);

/**
 * Keep the component with most area and those of at least a quarter of it;
 * fill holes. TTM_ERR_MEMORY or the number of pixels left.
 */
int ttm_mask_clean(uint8_t *mask, int width, int height);

/** Otsu's threshold of values 0 .. 1. */
float ttm_otsu(const float *values, int count);

/**
 * Cheapest paths from all pixels whose @p distance is 0 (others: INFINITY);
 * a step costs the difference of the colours less @p floor, at least 0, plus
 * @p step.
 */
void ttm_geodesic(const TTMWork *work, float floor, float step,
                  float *distance);

#endif /* TTM_SEGMENT_WORK_H */

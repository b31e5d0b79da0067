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

/** @file Pixels of a picture of masks, each to a flat colour. */

#ifndef TTM_SEGMENT_RIMS_H
#define TTM_SEGMENT_RIMS_H

#include "segment/flat.h"
#include "util/log.h"

/**
 * Every pixel to the nearest flat colour, then: thin mixtures of two colours
 * that are near a third, and thin rims of a colour of their own between others,
 * go to the neighbours whose colour is nearest; colours with less than the
 * smallest area go as well. Sets dropped, count, x and box of @p flat (of dropped
 * ones as they were); names in the log every speck of a colour that is none of
 * these.
 *
 * @param shades  of @p image
 * @param labels  [height, width], index into @p flat's colours
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), TTM_ERR_ARGUMENT after a line if two parts
 *         of one colour are so different that they may be two objects, or 0
 */
int ttm_rims_join(const TTMLog *log, const TTMImage *image, TTMShades *shades,
                  TTMFlat *flat, uint8_t *labels);

#endif /* TTM_SEGMENT_RIMS_H */

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

/** @file What speaks against a mask that was found. */

#ifndef TTM_SEGMENT_DOUBT_H
#define TTM_SEGMENT_DOUBT_H

#include "segment/work.h"

/** Measures of a mask on its picture. */
typedef struct TTMDoubt {
    double share;           ///< of the picture, 0 .. 1
    double weak;            ///< of its outline: both sides have nearly one colour
    double border;          ///< of its outline: at the picture's border
} TTMDoubt;

/**
 * Measure @p mask [height, width] of a small picture. An outline that has nearly
 * one colour on both sides over a good part goes through a thing, not around it.
 */
TTMDoubt ttm_doubt_measure(const TTMWork *work, const uint8_t *mask);

/**
 * What speaks against a mask, as static text that ends the sentence "not sure that
 * this is it: ...", or NULL. Thresholds are stated in docs/options.md.
 *
 * @param boxed  the mask was found in a box: only its outline is looked at, as
 *               size and place are the user's
 */
const char *ttm_doubt_text(const TTMDoubt *doubt, int boxed);

#endif /* TTM_SEGMENT_DOUBT_H */

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

/** @file Connected parts of a picture of labels, and how they touch. */

#ifndef TTM_SEGMENT_PARTS_H
#define TTM_SEGMENT_PARTS_H

#include "segment/flat.h"

/** More parts are no masks. */
#define TTM_PARTS_MAX 100000

/** Pixels of a row that have one label. */
typedef struct TTMRun {
    int y, x0, x1;
    int parent;                 ///< index of its part
} TTMRun;

/** A connected (8 neighbours) part of one label. */
typedef struct TTMPart {
    int64_t area;               ///< pixels
    int64_t near;               ///< those of about the label's colour: paint
    int64_t core;               ///< those that have no other label within 2 pixels
    int64_t border;             ///< neighbours (of 4) of other labels
    int32_t touching[TTM_FLAT_MAX]; ///< the same by label
    double sum[3];              ///< of the core's colours
    int first[2];               ///< x, y of a pixel
    int box[4];                 ///< x0, y0, x1, y1 (exclusive)
    uint8_t label;
    uint8_t dropped;            ///< for whoever looks at the parts
} TTMPart;

/** All parts of a picture. */
typedef struct TTMParts {
    TTMRun *runs;               ///< from the top, from left to right
    TTMPart *list;              ///< in the order of their first run
    int nb_runs, nb;            ///< nb > TTM_PARTS_MAX: list is NULL
    size_t capacity;            ///< of runs
    int64_t near;               ///< pixels of about the label's colour
} TTMParts;

/**
 * Find the parts of @p labels [height, width], indices into @p flat's colours.
 *
 * @param parts  zeroed, or of before
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0
 */
int ttm_parts_find(TTMParts *parts, const uint8_t *labels,
                   const TTMImage *image, const TTMShades *shades,
                   const TTMFlat *flat);
void ttm_parts_free(TTMParts *parts);

#endif /* TTM_SEGMENT_PARTS_H */

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

/** @file Which pixels surely are objects, which surely background, and which may be both. */

#ifndef TTM_RENDER_TRIMAP_H
#define TTM_RENDER_TRIMAP_H

#include <stdint.h>

#include "util/cancel.h"

/** What is known of a pixel. */
enum TTMTrimapValue {
    TTM_TRIMAP_BACKGROUND,
    TTM_TRIMAP_OBJECT,
    TTM_TRIMAP_UNKNOWN,
};

/** The surroundings of all objects in a still; arrays are [height, width]. */
typedef struct TTMTrimap {
    int x, y, width, height;    ///< box in the still; width 0: there are no objects
    uint8_t *value;             ///< enum TTMTrimapValue
    uint8_t *label;             ///< the object, or the nearest one; 0 far from all
    float *edge;                ///< pixels to the masks' edge, negative outside
    int32_t *object;            ///< index of the nearest pixel that surely is an object
    int32_t *background;        ///< the same of background; -1: there is none
} TTMTrimap;

/**
 * A band along the edges of the objects @p wanted[id] of @p ids [height, width] is unknown:
 * of the half of @p radius pixels inside and @p radius outside, and at most of half the
 * depth of what is thin, be it a limb or a gap. Between two objects no edge is sought, nor
 * along the still's border. Where others than the wanted ones are, there is background.
 *
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0
 */
int ttm_trimap_create(TTMTrimap *trimap, const uint8_t *ids, int width, int height,
                      const uint8_t wanted[256], int radius, TTMCancel *cancel);
void ttm_trimap_free(TTMTrimap *trimap);

#endif /* TTM_RENDER_TRIMAP_H */

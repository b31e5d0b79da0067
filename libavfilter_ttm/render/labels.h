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

/** @file Numbers and names beside the objects of a picture. Thread-safe. */

#ifndef TTM_RENDER_LABELS_H
#define TTM_RENDER_LABELS_H

#include <stdint.h>

#include "render/marks.h"
#include "ttm.h"
#include "util/palette.h"

/** One object's label. Rectangles are x0, y0, x1, y1 in pixels of the picture. */
typedef struct TTMLabel {
    int id;                     ///< its number, and whose colour it has
    const char *name;           ///< UTF-8
    int sure;                   ///< 0: a question mark stands behind the name
    int box[4];                 ///< around the object
    int place[4];               ///< out: where it goes; all 0: there is no room
    int columns;                ///< out: of the name, in units of the pen; more is cut
} TTMLabel;

/** What labels are placed on. */
typedef struct TTMLabelled {
    const uint8_t *ids;         ///< [height, width]
    int width, height;
    TTMPen pen;
    const int (*avoid)[4];      ///< rectangles that should stay free; or NULL
    int nb_avoid;
} TTMLabelled;

/**
 * Find a place inside of the picture for each label: beside its object, off other labels,
 * off what should stay free, and off the objects, in this order of importance. Names
 * that are too long are cut; where not even the number has room there is no label.
 */
void ttm_labels_place(const TTMLabelled *on, TTMLabel *labels, int nb);

/** Draw a label that has its place. TTM_ERR_MEMORY (no message), or 0. */
int ttm_label_draw(TTMImage *image, const TTMLabel *label, TTMPen pen);

#endif /* TTM_RENDER_LABELS_H */

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
 * Objects of a picture made visible: outlines, boxes and points drawn into it. Pictures
 * are TTM_PIXEL_RGB8 or _RGB16; what lies outside of them is left out. Thread-safe.
 */

#ifndef TTM_RENDER_MARKS_H
#define TTM_RENDER_MARKS_H

#include <stdint.h>

#include "ttm.h"
#include "util/cancel.h"

/** The unit of strokes and letters, in whole pixels across and down. */
typedef struct TTMPen {
    int x, y;
} TTMPen;

/**
 * The pen of a picture: a 220th of its shorter side as displayed, 1 pixel at least.
 *
 * @param aspect  width of a pixel to its height
 */
TTMPen ttm_pen(int width, int height, double aspect);

/** Thickness of outlines in pixels. */
int ttm_pen_thickness(TTMPen pen);

/**
 * Darken what is no object, tint what is one, and draw each object's outline in its colour
 * (util/palette.h) inside of it, as thick as the pen: its outermost pixels,
 * those at the picture's border too. Beside it, on the background, lies a thin line of
 * black or white, whichever stands out.
 *
 * @param ids     [height, width] of the picture, up to TTM_MAX_OBJECTS
 * @param unsure  bit id - 1: the outline of this object is dashed
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0
 */
int ttm_marks_objects(TTMImage *image, const uint8_t *ids, uint32_t unsure, TTMPen pen,
                      TTMCancel *cancel);

/** Draw a thin frame in the colour of an object, inside of @p box: x0, y0, x1, y1. */
void ttm_marks_box(TTMImage *image, const int box[4], int id, TTMPen pen);

/**
 * Draw a cross in the colour of an object at a point: upright, or slanted where it is
 * @p off, a point of what is not the object.
 */
void ttm_marks_point(TTMImage *image, int x, int y, int off, int id, TTMPen pen);

/** What of a picture a cross takes: x0, y0, x1, y1. */
void ttm_marks_point_box(int x, int y, TTMPen pen, int box[4]);

/** Mix @p share of a colour of 0 .. 255 with each pixel of a rectangle. */
void ttm_marks_fill(TTMImage *image, const int box[4], const uint8_t colour[3],
                    float share);

/** How light a colour is, 0 .. 1. */
float ttm_marks_light(const uint8_t colour[3]);

#endif /* TTM_RENDER_MARKS_H */

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
 * Text in pictures: a small font of our own, drawn in whole multiples of its size. It
 * has the printable characters of ASCII; any other one is an empty box.
 */

#ifndef TTM_UTIL_GLYPHS_H
#define TTM_UTIL_GLYPHS_H

#include <stddef.h>
#include <stdint.h>

/** Rows of a line: seven down to the foot of the letters, two for what hangs below. */
#define TTM_GLYPH_ROWS    9
/** Columns of a character, of which most have fewer. */
#define TTM_GLYPH_COLUMNS 5

/** A character: from the top, bit columns - 1 of a row is its leftmost. */
typedef struct TTMGlyph {
    int columns;                ///< without the empty one between characters
    uint8_t rows[TTM_GLYPH_ROWS];
} TTMGlyph;

/** The glyph of a code point, a box where there is none. */
TTMGlyph ttm_glyph(uint32_t code_point);

/** Columns of UTF-8 text, with an empty one between two characters; 0 where there is none. */
int ttm_glyphs_columns(const char *text);

/**
 * Bytes of the longest beginning of UTF-8 @p text, in whole characters, that has
 * @p columns columns at most.
 */
size_t ttm_glyphs_fit(const char *text, int columns);

/** Bytes of coverage, one a pixel, 255 where all of it is covered. */
typedef struct TTMTextPlane {
    uint8_t *pixels;            ///< [height, width]
    int width, height;
} TTMTextPlane;

/**
 * Draw a line of UTF-8 text, its upper left corner at (@p x, @p y), each column
 * @p scale_x pixels wide and each row @p scale_y high (1 or more). Steps of slanted
 * strokes are filled where there are pixels for it. What lies outside of @p cover is
 * left out; where more is there already it stays. Thread-safe, as all of these.
 */
void ttm_glyphs_draw(const TTMTextPlane *cover, const char *text, int x, int y, int scale_x,
                     int scale_y);

#endif /* TTM_UTIL_GLYPHS_H */

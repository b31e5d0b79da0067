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
 * A camera that turns and zooms: which window of the picture each frame shows. A camera
 * that stands in one place sees a plane, so that a window is exact; one that travels is
 * not meant.
 */

#ifndef TTM_UTIL_CAMERA_H
#define TTM_UTIL_CAMERA_H

#include <stddef.h>

/** Bytes of a camera as text, with the 0. */
#define TTM_CAMERA_TEXT 96

/** Moves of a clip; all 0: it stands still. */
typedef struct TTMCamera {
    double pan, tilt;           ///< shares of the picture's sides: right and down are > 0
    double zoom;                ///< factor in, negative: out
    double shake;               ///< share of the sides
} TTMCamera;

/** Defaults of moves of which no amount is said. */
#define TTM_CAMERA_PAN   0.1
#define TTM_CAMERA_ZOOM  1.25
#define TTM_CAMERA_SHAKE 0.008

/** Least and greatest of each. */
#define TTM_CAMERA_MOST_PAN   0.5
#define TTM_CAMERA_MOST_ZOOM  4.0
#define TTM_CAMERA_MOST_SHAKE 0.05

/**
 * Read moves, joined by '+' or ',': "pan left|right [N%]", "tilt up|down [N%]", "zoom in|out
 * [FACTOR]" ("pull back" is out, "push in" is in), "shake [N%]"; or "none". Returns 0, or
 * TTM_ERR_ARGUMENT or TTM_ERR_MEMORY with what is wrong in @p wrong.
 */
int ttm_camera_parse(TTMCamera *camera, const char *text, char *wrong, size_t size);

/** The same as text that reads so again: "pan left 10%+zoom in 1.25", "none". */
void ttm_camera_format(const TTMCamera *camera, char text[TTM_CAMERA_TEXT]);

/** Whether it moves at all. */
int ttm_camera_moves(const TTMCamera *camera);

/** What a frame shows, in shares of the picture's sides; never beyond it. */
typedef struct TTMWindow {
    double x, y;                ///< its upper left corner
    double size;                ///< of both sides, at most 1
} TTMWindow;

/**
 * The window at @p progress of the way, 0 to 1, which begins and ends slowly by itself where
 * @p eased is 0, and @p seconds into the clip, for what shakes. @p period > 0: the shaking
 * comes back after so many seconds.
 */
TTMWindow ttm_camera_window(const TTMCamera *camera, double progress, int eased,
                            double seconds, double period);

#endif /* TTM_UTIL_CAMERA_H */

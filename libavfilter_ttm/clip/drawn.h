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

/** @file Frames of a trajectory that is given. */

#ifndef TTM_CLIP_DRAWN_H
#define TTM_CLIP_DRAWN_H

#include <stddef.h>
#include <stdint.h>

#include "ttm.h"

/** Frames of a trajectory that is given, at most. */
#define TTM_MAX_DRAWN 1024

/** The frames at `scale` times the size of stage 2, one pixel a cell. */
typedef struct TTMDrawnFrames {
    uint8_t *pixels;            ///< RGB8, [nb, height, width, 3]
    size_t capacity;
    int nb;
    int width, height;          ///< of the pixels that are kept
    int frame_width, frame_height;  ///< of the frames themselves
} TTMDrawnFrames;

/**
 * Append a frame, of which one pixel in the middle of each cell is kept: @p width x
 * @p height cells, or three times as many each way where the first frame has at
 * least @p least times as many.
 * TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_drawn_add(TTMDrawnFrames *drawn, const TTMImage *frame, int width,
                  int height, int least);
void ttm_drawn_free(TTMDrawnFrames *drawn);

#endif /* TTM_CLIP_DRAWN_H */

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

/** @file The network's picture between two of its frames. */

#ifndef TTM_RENDER_TWEEN_H
#define TTM_RENDER_TWEEN_H

#include "backend/backend.h"
#include "motion/moment.h"

/** Numbers that are kept a pixel of the network's frame, with a moment's ids. */
#define TTM_TWEEN_FLOATS 13

/** Zeroed, it is at its beginning. Frames are kept on the host. */
typedef struct TTMTween {
    TTMTensor one;              ///< a frame on the device
    float *frame[2];            ///< [height, width, 3], network frames `index`
    int index[2];               ///< + 1; 0: none
    float *mixed;               ///< the same, the picture between them
} TTMTween;

/**
 * The picture at the moment, of the two of @p pictures [frames, height, width, 3] beside
 * it: each object's pixels come from where it is in either by its similarity, so that it
 * does not show twice; background fades. Behind the end: of the last frame alone.
 * In tween->mixed. TTM_ERR_MEMORY or what the device answers after a line, or 0.
 */
int ttm_tween_make(TTMTween *tween, TTMBackend *backend, const TTMTensor *pictures,
                   const TTMMoment *moment);
void ttm_tween_free(TTMTween *tween, TTMBackend *backend);

#endif /* TTM_RENDER_TWEEN_H */

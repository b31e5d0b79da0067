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
 * Frames at the output's resolution: the network's frames enlarged, with the
 * still's own detail carried along by the fitted motion of each object.
 */

#ifndef TTM_RENDER_DETAIL_H
#define TTM_RENDER_DETAIL_H

#include "motion/fit.h"
#include "run/network.h"
#include "util/camera.h"

/**
 * Everything that the frames of a clip share. The pointers are borrowed and
 * must stay valid while the detail is used.
 */
typedef struct TTMDetailSource {
    TTMBackend *backend;
    const TTMTensor *still;     ///< packed, at the output's size
    int bytes;                  ///< of a sample of the frames: 1 or 2
    const uint8_t *ids;         ///< [height, width] of the still, frame 0
    const TTMFit *fit;          ///< its size is that of the small images
    const uint8_t *first;       ///< [height, width], small ids of frame 0
    const TTMTensor *decoded;   ///< [1, height, width, 3] in -1 .. 1: D(E(still))
    const TTMTensor *pictures;  ///< [frames, height, width, 3]: the network's, which
                                ///< change nothing where both are NULL
    /** Alpha of the still, packed as it is: R, G and B alike. NULL: the still is opaque. */
    const TTMTensor *alpha;
    TTMTensor *alpha_plate;     ///< with alpha, made: that of the plate
    const TTMTensor *plate;     ///< given, packed as the still; NULL: it is filled
    int refined;                ///< shapes are those of frame 0, moved
    int matted;                 ///< their edges are estimated from the still (render/matting.h)
    float amount;               ///< 0 .. 1
    int opened;                 ///< frames are white where background came to light
    int windowed;               ///< frames show windows of what is composed
    int threads;                ///< that fill the plate; 0: one a core
} TTMDetailSource;

/** What the memory that frames take depends on. */
typedef struct TTMDetailSize {
    int width, height;          ///< of the frames
    int still_bytes, bytes;     ///< of a sample of the still at this size, of the frames
    int small_width, small_height;  ///< of the network's frames
    const uint8_t *ids;         ///< [ids_height, ids_width] of the still
    int ids_width, ids_height, objects;
    int windowed;               ///< frames show windows
} TTMDetailSize;

typedef struct TTMDetail TTMDetail;

/** About the bytes that ttm_detail_create() and composing take at most, of all objects
 * moving. */
size_t ttm_detail_bytes(const TTMDetailSize *size);

/** About the pixels that objects uncover, of all objects moving. */
int64_t ttm_detail_holes(const TTMDetailSize *size);

/** Negative after a log line, or 0. */
int ttm_detail_create(TTMDetail **detail, const TTMDetailSource *source);
void ttm_detail_free(TTMDetail **detail);

/** A frame that is to be composed. */
typedef struct TTMDetailFrame {
    const TTMFit *fit;          ///< of the source's objects and size
    int t;                      ///< frame of it
    double time;                ///< 1: the end of the motion (ttm_fit_layer_rows())
    const uint8_t *ids;         ///< [height, width], small ids of it
    int untouched;              ///< it is the still
    int picture;                ///< the network's frame that goes with it, if
    const float *between;       ///< NULL, else this is it, [height, width, 3]
    TTMWindow window;           ///< what it shows, where frames are windowed
} TTMDetailFrame;

/**
 * Compose a frame on the device; @p frame is packed, of the still's size,
 * and valid until the next call.
 *
 * Background that no object leaves is the still's pixel; an object's pixel is
 * the still's at its source, with the light and colour (but not the fine
 * structure) that the network changed inside the object; background that came
 * to light is the plate's (render/plate.h), the same in all frames. With amount < 1
 * the result is mixed with the network's frame, enlarged.
 */
int ttm_detail_compose(TTMDetail *detail, const TTMDetailFrame *what,
                       const TTMTensor **frame);

#endif /* TTM_RENDER_DETAIL_H */

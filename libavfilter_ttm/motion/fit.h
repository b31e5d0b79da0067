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

/** @file Fit of the first frame's masks to a trajectory: where objects are. */

#ifndef TTM_MOTION_FIT_H
#define TTM_MOTION_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "util/cancel.h"
#include "util/sample.h"

/** Where an object is in a frame. */
typedef struct TTMMotion {
    float x, y;                 ///< centre in pixels
    float scale;                ///< relative to frame 0
    float turn;                 ///< since frame 0, in radians, clockwise
} TTMMotion;

struct TTMForms;

/** Translation, scale and turn of every object in every frame, and its shape. */
typedef struct TTMFit {
    int frames, objects;
    int width, height;          ///< pixels that it is in
    TTMMotion *motion;          ///< [objects, frames], object 1 first
    uint8_t ground[256];        ///< 1: id is ground, water or sky, which stays (motion/ground.h)
    struct TTMForms *forms;     ///< owned; NULL: no object changes its shape
    TTMCancel *cancel;          ///< what gives up the work on it, or NULL
} TTMFit;

/**
 * Fit the objects of @p first [height, width] to @p ids [frames, height,
 * width], whose frame 0 counts as @p first. Scales are a robust estimate over
 * all frames and 1 where the evidence for a change is weak (motion/scale.h).
 *
 * Places go by centroids, but not where the border cuts an object: where it
 * reaches a border that it does not in frame 0, and its area differs from
 * before by over 5 %, or if it reaches one in frame 0, its place goes by the
 * side inside. An object's frame with less than a tenth of its first area is
 * lost: interpolated between its neighbours; after it left it keeps its speed.
 * Places are lightly smoothed but for frame 0, which is the identity. Turns are
 * 0: masks do not tell them.
 *
 * What works on the fit from then on gives up where @p cancel says so, which must
 * stay; it returns TTM_ERR_CANCELLED (no message), and the fit is of no use. Otherwise
 * TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_fit_create(TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                   int frames, int height, int width, int objects,
                   TTMCancel *cancel);
void ttm_fit_free(TTMFit *fit);

/** Motions of object @p id, [frames]. */
static inline const TTMMotion *ttm_fit_motions(const TTMFit *fit, int id)
{
    return fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
}

/**
 * Where pixel position (x, y) of object @p id in frame @p t was in frame 0:
 * c_0 + R(p - c_t) / scale with R(dx, dy) = (cos dx + sin dy, cos dy - sin dx)
 * of its turn. By the similarity alone.
 */
void ttm_fit_source(const TTMFit *fit, int id, int t, float x, float y,
                    float *from_x, float *from_y);

/**
 * Ids with the true first-frame shapes moved along the fit. Where the still's
 * border cuts an object the prediction decides how it goes on. Where several
 * objects claim a pixel the predicted one wins if it is among them, else the
 * lowest. @p refined [frames, height, width] may be @p ids. TTM_ERR_MEMORY or
 * TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_fit_refine(const TTMFit *fit, const uint8_t *first,
                   const uint8_t *ids, uint8_t *refined);

/** The fields of the objects' shapes; of width 0 where none changes its shape. */
TTMFieldShape ttm_fit_field(const TTMFit *fit);

/** Numbers an object in ttm_fit_rows(). */
size_t ttm_fit_row_size(const TTMFit *fit);

/** 1 where an object moves within its outline only (motion/flow.h). */
int ttm_fit_flows(const TTMFit *fit, int id);

/**
 * Pictures of objects that frames are composed of: one an object, object 1 first, and
 * behind them one more for each region that travels within its outline.
 */
int ttm_fit_layers(const TTMFit *fit);

/** The object that layer @p layer shows. */
int ttm_fit_layer_object(const TTMFit *fit, int layer);

/**
 * Frame @p t as ttm_fit_rows() tells it, but with what moves within outlines, which
 * the networks are not told, at @p time, 1 being the end of the motion:
 * @p rows [ttm_fit_layers(), ttm_fit_row_size()].
 */
void ttm_fit_layer_rows(const TTMFit *fit, int t, double time, float *rows);

/**
 * Frame @p t as the device's work on pictures takes it: @p rows [objects,
 * ttm_fit_row_size()] (`motion` of TTM_OP_PICTURE, graph/graph.h). Not from two
 * threads at once.
 */
void ttm_fit_rows(const TTMFit *fit, int t, float *rows);

#endif /* TTM_MOTION_FIT_H */

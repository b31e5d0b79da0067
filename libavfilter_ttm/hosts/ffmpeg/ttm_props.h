/*
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * Properties of the ttm filter's frames: what of the still is true of every frame
 * of its clip, what is told of how they were made, what will not play, and alpha.
 */

#ifndef AVFILTER_TTM_PROPS_H
#define AVFILTER_TTM_PROPS_H

#include <ttm.h>

#include "libavutil/frame.h"
#include "libavutil/rational.h"

#include "avfilter.h"

/**
 * The input's sample aspect ratio, where the clip has another shape stretched so
 * that it is displayed in that of the still.
 */
AVRational ff_ttm_output_sar(const AVFilterLink *inlink, int width, int height);

/**
 * Give a frame of the clip the properties of the still that hold for it;
 * not its pts.
 */
int ff_ttm_frame_props(AVFilterLink *outlink, const AVFrame *still, AVFrame *frame);

/**
 * Give it the metadata of how it was made, with @p hash that of the bundle, for which every
 * weight is read, and the same as a message that encoders of H.264 and H.265 write.
 */
int ff_ttm_frame_provenance(TTMContext *engine, int hash, int index, AVFrame *frame);

/** Say before the clip is made what encoders will refuse, or players will guess. */
void ff_ttm_tell_what_fails(const AVFilterLink *outlink);

/**
 * A view of a frame in host memory, of one of our formats. Alpha is straight where the frame
 * says nothing.
 */
TTMImage ff_ttm_image(const AVFrame *frame);

/**
 * Look at a still whether it is transparent anywhere and @p outlink leads to a format
 * without alpha, which a warning says. 1: frames are to be put over the ground with
 * ff_ttm_flatten(), 0: not.
 */
int ff_ttm_loses_alpha(const AVFilterLink *outlink, const AVFrame *still);

/** The format to fill a frame in that is flattened then: colours multiplied by alpha. */
enum TTMPixelFormat ff_ttm_multiplied(enum TTMPixelFormat format);

/** Put such a frame over mid grey; it is opaque then. */
void ff_ttm_flatten(AVFrame *frame);

/** Swap the samples of an input other than the first; the frame may be copied. */
int ff_ttm_bgr_to_rgb(AVFrame *frame);

#endif /* AVFILTER_TTM_PROPS_H */

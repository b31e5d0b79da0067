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
 * The inputs of the ttm filter behind the still's: masks or a trajectory, and the picture
 * of the end.
 */

#ifndef AVFILTER_TTM_INPUTS_H
#define AVFILTER_TTM_INPUTS_H

#include <ttm.h>

#include "libavutil/frame.h"

#include "avfilter.h"

/** The still, masks or a trajectory, the end. */
#define TTM_MAX_INPUTS 3

/** Which inputs there are, and what was taken of them for the clip under way. */
typedef struct TTMInputs {
    int masks;              ///< an input gives the objects of the still
    int drawn;              ///< or all of a trajectory
    int end;                ///< the last input shows where the objects end
    int each;               ///< there are masks for each still that follows

    int nb_masks;           ///< frames of masks, or of the trajectory, that are taken
    int nb_given;           ///< the same of all clips
    AVFrame *last_masks;    ///< with each: for the stills that have none of their own
    int has_end;            ///< the picture of the end is taken
    int ignored[TTM_MAX_INPUTS];    ///< it was told of that later frames are not used
} TTMInputs;

/** Add the inputs to the filter; the first four members are set. */
int ff_ttm_inputs_add(AVFilterContext *ctx, TTMInputs *inputs);

/**
 * Take what is here of the inputs, one picture of each or all of a trajectory, and ask the
 * input that is waited for.
 *
 * @return 1: all is taken, 0: not yet, negative: error
 */
int ff_ttm_inputs_take(AVFilterContext *ctx, TTMInputs *inputs, TTMContext *engine);

/** The clip is sent: the next one takes masks of its own. */
void ff_ttm_inputs_next(TTMInputs *inputs);

/**
 * Frames that nobody needs must not stay queued: of an input that has some, that of the
 * still included, warn once, and tell the source that no more are wanted.
 */
void ff_ttm_inputs_ignore_rest(AVFilterContext *ctx, TTMInputs *inputs);

/** Free what is kept of them. */
void ff_ttm_inputs_free(TTMInputs *inputs);

#endif /* AVFILTER_TTM_INPUTS_H */

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
 * The clip that a context works on. What was given (given.h) is apart from what is
 * made of it, which is made again where the device is lost (recover.h). Functions
 * expect checked arguments; api.c checks them.
 */

#ifndef TTM_CLIP_CLIP_H
#define TTM_CLIP_CLIP_H

#include "clip/decode.h"
#include "clip/encode.h"
#include "clip/frames.h"
#include "clip/given.h"
#include "clip/objects.h"
#include "clip/output.h"
#include "clip/progress.h"
#include "clip/recover.h"
#include "clip/steps.h"
#include "clip/texts.h"
#include "clip/trajectory.h"

/** What the units of work have made so far, a part a file. */
typedef struct TTMMade {
    int phase, unit;            ///< what comes next
    int ready;                  ///< frames that can be composed
    double cost;                ///< of the units that are done
    TTMObjects objects;
    TTMTexts texts;
    TTMEncoded encoded;
    TTMDenoised denoised;
    TTMTrajectory trajectory;
    TTMPictures pictures;
    TTMOutput output;
} TTMMade;

typedef struct TTMClip {
    int active;                 ///< a still was set, nothing failed
    int started;                ///< all was given
    int ready, done;            ///< as the caller was told: never taken back
    int delivered;              ///< frames that the caller has got
    int reported;               ///< frames that the report says so of; -1: no report yet
    TTMGiven given;
    TTMSaved saved;
    TTMPace pace;
    TTMMade made;
} TTMClip;

/** Drop the clip and begin another. */
int ttm_clip_begin(TTMContext *ctx, const TTMImage *still);
void ttm_clip_drop(TTMContext *ctx);

/** One unit of work; TTM_MORE while there is work left. */
int ttm_clip_step(TTMContext *ctx, TTMProgress *progress);
/** Work until frame @p index can be composed, which it can but after a lost device. */
int ttm_clip_make_ready(TTMContext *ctx, int index);

/** Frees all and clears it. */
void ttm_made_free(TTMMade *made, TTMBackend *backend);

#endif /* TTM_CLIP_CLIP_H */

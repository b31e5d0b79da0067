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
 * What a clip is made of: settings as they were when it began, the still, masks, the
 * trajectory. Nothing here changes while the clip is made.
 */

#ifndef TTM_CLIP_GIVEN_H
#define TTM_CLIP_GIVEN_H

#include "clip/drawn.h"
#include "clip/source.h"
#include "clip/timing.h"
#include "model/networks.h"
#include "ttm.h"
#include "util/camera.h"

/** Arrays of two are indexed by enum TTMStageIndex. */
typedef struct TTMGiven {
    int mode;                   ///< enum TTMMode
    int emit;                   ///< enum TTMEmitChoice
    TTMTimes times;             ///< as options ask for
    TTMTiming timing;           ///< with a trajectory, known at the first step
    int frames;                 ///< that networks make: timing.generated
    int steps[TTM_STAGE_NB];
    double guidance[TTM_STAGE_NB], image_guidance[TTM_STAGE_NB];
    int refine;                 ///< enum TTMRefineChoice, not auto
    int tinted;                 ///< the trajectory is, by stage 1 of the bundle
    double detail;
    int64_t seed;
    char *prompt, *negative_prompt;
    TTMCamera camera;           ///< as the option says
    int camera_is_told;         ///< by the option; else the prompt may
    char *objects;              ///< the option; NULL: not set
    char *report;               ///< the option; NULL: none is wanted
    int width[TTM_STAGE_NB], height[TTM_STAGE_NB];  ///< of the networks' images
    TTMSource source;           ///< of the still
    TTMImage still;             ///< without alpha, over the ground of util/matte.h
    TTMImage matte;             ///< the same with alpha; data NULL: it is opaque
    TTMImage masks;             ///< data NULL: none
    TTMDrawnFrames drawn;       ///< of mode render
    int arrives;                ///< it is rendered to where objects are in:
    TTMImage end;               ///< data NULL: not given yet
} TTMGiven;

/** Take the context's settings and a copy of @p still. Negative after a log line. */
int ttm_given_create(TTMGiven *given, const TTMContext *ctx,
                     const TTMImage *still);
void ttm_given_free(TTMGiven *given);

/** Take a copy of the masks; those given before go. */
int ttm_given_masks(TTMContext *ctx, const TTMImage *masks);
/** Take a copy of the picture of the end. */
int ttm_given_end(TTMContext *ctx, const TTMImage *end);
/** Frames of the trajectory that was given, which tell how long the clip is; 0: none do. */
static inline int ttm_given_length(const TTMGiven *given)
{
    return given->arrives ? 0 : given->drawn.nb;
}
/** Next frame of the trajectory; more than TTM_MAX_DRAWN are an error. */
int ttm_given_trajectory(TTMContext *ctx, const TTMImage *frame);
/** Nothing more is given: whether it is enough, and how many frames it makes. */
int ttm_given_finish(TTMContext *ctx);

#endif /* TTM_CLIP_GIVEN_H */

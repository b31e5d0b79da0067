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
 * A context and the clip it works on. Functions expect checked arguments;
 * api.c checks them.
 */

#ifndef TTM_CLIP_CLIP_H
#define TTM_CLIP_CLIP_H

#include "clip/settings.h"
#include "denoise/stage.h"
#include "model/loras.h"
#include "model/networks.h"
#include "prompt/prompts.h"
#include "render/carry.h"
#include "render/colours.h"
#include "render/detail.h"
#include "segment/segment.h"
#include "ttm.h"

/** Frames of a trajectory that is given, at most. */
#define TTM_MAX_DRAWN 1024

/** What one clip is made of. Sizes indexed by enum TTMStageIndex. */
typedef struct TTMClip {
    int active;                 ///< a still was set, nothing failed
    int started, done;
    int phase, unit;            ///< what comes next
    int ready;                  ///< frames that can be fetched

    /* resolved settings */
    int mode, frames, objects;
    TTMRational fps;
    int steps[TTM_STAGE_NB];
    double guidance[TTM_STAGE_NB], image_guidance[TTM_STAGE_NB];
    int refine;
    int tinted;                 ///< the trajectory is, by stage 1 of the bundle
    double detail_amount;
    int64_t seed;
    char *prompt, *negative_prompt;
    TTMPrompts prompts;
    TTMFound found[TTM_MAX_OBJECTS];

    /* pictures */
    TTMImage still;             ///< as given
    TTMImage masks;             ///< as given; data NULL: none
    uint8_t background[3];      ///< colour of what is no object in the masks
    uint8_t *drawn;             ///< given trajectory, RGB8 at drawn_scale * the video's size
    int drawn_scale;
    int drawn_width, drawn_height;  ///< of the frames themselves
    size_t drawn_capacity;
    int nb_drawn;
    int width[TTM_STAGE_NB], height[TTM_STAGE_NB];
    uint8_t *ids;               ///< of the still, [still.height, still.width]
    uint8_t *first[TTM_STAGE_NB];   ///< the same at the stages' sizes
    TTMTensor packed;           ///< the still on the device
    TTMTensor small[TTM_STAGE_NB]; ///< the same, F32 [height, width, 3] in -1 .. 1

    /* hidden states on the device, [tokens, dim]; of locals [objects, tokens, dim] */
    TTMTensor text[TTM_STAGE_NB], text_empty, locals, locals_empty;

    /* latents on the device, [frames, height, width, channels] */
    TTMTensor image_latents[TTM_STAGE_NB], mask_latents[TTM_STAGE_NB];
    TTMTensor carried_latents, latents;
    TTMColours colours[TTM_STAGE_NB];
    TTMCarry *carry;
    TTMStage *stage;
    float *saved[TTM_STAGE_NB]; ///< latents after saved_steps steps, on the host
    int saved_steps[TTM_STAGE_NB];
    int recovered;              ///< the device was lost once

    /* trajectory at the video's size, and where it came from */
    uint8_t *predicted;         ///< [frames, height[0], width[0]]
    uint8_t *predicted_levels;  ///< the same; NULL: not tinted
    uint8_t *trajectory;        ///< [frames, height[1], width[1]]
    TTMFit fit;

    /* result */
    TTMTensor pictures;         ///< [frames, height[1], width[1], 3] in -1 .. 1
    TTMTensor decoded;          ///< [1, ...] of the still
    TTMTensor out_still;        ///< still at the output's size, packed
    uint8_t *out_ids;           ///< [out_height, out_width]
    int out_width, out_height, out_bytes;
    TTMDetail *detail;          ///< made for frames of out_bytes

    /* progress */
    double start, last_line, cost_done;
    double seconds[16];         ///< spent in each phase
} TTMClip;

struct TTMContext {
    TTMSettings settings;       ///< owned
    TTMLog log;
    TTMBackend *backend;
    TTMModels models;
    TTMLoras loras;             ///< merged into the models
    TTMClip clip;
    char device[128];           ///< description of the backend
    char text[64];              ///< value of the last ttm_metadata()
    TTMProfile profile;         ///< of the clip, where the option profile asks for it
    volatile int cancel;
};

/** Open bundle and device for ctx->settings; ctx is zeroed but for these. */
int ttm_pipeline_open(TTMContext *ctx);
void ttm_pipeline_close(TTMContext *ctx);

/** Drop the clip and begin another. */
int ttm_clip_begin(TTMContext *ctx, const TTMImage *still);
void ttm_clip_drop(TTMContext *ctx);
/**
 * The device was lost: open it again and begin the clip anew from what the host
 * has; the steps that were done are not done again.
 */
int ttm_clip_recover(TTMContext *ctx);
/** Next frame of the trajectory; more than TTM_MAX_DRAWN are an error. */
int ttm_clip_add_drawn(TTMContext *ctx, const TTMImage *frame);
/** Whether the networks make as many frames of the clip's sizes. */
int ttm_clip_check_frames(TTMContext *ctx);

/** One unit of work; TTM_MORE while there is work left. */
int ttm_clip_step(TTMContext *ctx, TTMProgress *progress);
/**
 * After a frame could not be composed (@p error): if that was for a lost device
 * that may be opened again, bring the clip to where it was and return 0; else
 * return @p error, or what went wrong then, and the clip is over.
 */
int ttm_clip_rebuild(TTMContext *ctx, int error);

/** Prompts and ids of the still (first unit). */
int ttm_clip_find_objects(TTMContext *ctx);
/** Hidden states of all prompts (second unit). */
int ttm_clip_encode_text(TTMContext *ctx);
/** Predicted or drawn ids -> fit, trajectory at the video's size. */
int ttm_clip_fit(TTMContext *ctx);

/**
 * Frame @p index on the device: RGB, U8 [height, width, 3 * bytes], 1 or 2
 * bytes a sample, valid until the next frame is asked for. The size is the
 * output's; not in mode plan.
 */
int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame);
/** Frame @p index into @p frame, which has the output's size. */
int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame);

/** Frames of the clip, or of one that would begin now. */
int ttm_clip_frames(const TTMContext *ctx);
/** Its rate. */
TTMRational ttm_clip_frame_rate(const TTMContext *ctx);
void ttm_clip_output_size(const TTMContext *ctx, int width, int height,
                          int *out_width, int *out_height);

/** Size at which a stage runs for the clip's still and an option size or NULL. */
void ttm_clip_stage_size(const TTMContext *ctx, const char *size, int stage,
                         int *width, int *height);

/**
 * Print what the clip takes of the device's memory, and choose whether its
 * networks stay there together; TTM_ERR_MEMORY after a line that names settings
 * that would fit, where none does. Nothing is allocated.
 */
int ttm_clip_plan_memory(TTMContext *ctx);

/** Write the `report` file. */
int ttm_clip_report(TTMContext *ctx);
/** The value behind ttm_metadata(). */
const char *ttm_clip_metadata(TTMContext *ctx, const char *key);

/** Static name of phase @p index, NULL past the last. */
const char *ttm_phase_name(int index);

#endif /* TTM_CLIP_CLIP_H */

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
 * The inputs of the ttm filter behind the still's.
 */

#include <stddef.h>
#include <stdint.h>

#include <ttm.h>

#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"

#include "avfilter.h"
#include "filters.h"
#include "ttm_engine.h"
#include "ttm_inputs.h"
#include "ttm_props.h"

/* A trajectory has many frames, for which a pool of buffers is right. */
static int add_input(AVFilterContext *ctx, const char *name, int single)
{
    AVFilterPad pad = {
        .name = name,
        .type = AVMEDIA_TYPE_VIDEO,
        .get_buffer.video = single ? ff_ttm_single_buffer : NULL,
    };

    return ff_append_inpad(ctx, &pad);
}

int ff_ttm_inputs_add(AVFilterContext *ctx, TTMInputs *inputs)
{
    int ret = inputs->masks || inputs->drawn ?
              add_input(ctx, "masks", !inputs->drawn) : 0;

    return ret >= 0 && inputs->end ? add_input(ctx, "end", 1) : ret;
}

/*
 * The next frame of an input, with R, G and B in their order.
 * @return 1: *frame is it, 0: not yet, AVERROR_EOF: there is no more, negative: error
 */
static int take_frame(AVFilterLink *inlink, AVFrame **frame)
{
    int64_t pts;
    int status, ret = ff_inlink_consume_frame(inlink, frame);

    if (ret < 0)
        return ret;
    if (!ret)
        return ff_inlink_acknowledge_status(inlink, &status, &pts) ? AVERROR_EOF : 0;
    ret = ff_ttm_bgr_to_rgb(*frame);
    if (ret < 0)
        av_frame_free(frame);
    return ret < 0 ? ret : 1;
}

/* The input has ended: its last frame is for the stills that follow, too. */
static int repeat_masks(AVFilterContext *ctx, TTMInputs *inputs, TTMContext *engine)
{
    TTMImage image = ff_ttm_image(inputs->last_masks);

    if (!inputs->ignored[1])
        av_log(ctx, AV_LOG_WARNING, "input 'masks' has %d frames: the last one is used "
               "for the stills that follow, too\n", inputs->nb_given);
    inputs->ignored[1] = 1;
    inputs->nb_masks++;
    return ttm_set_masks(engine, &image) < 0 ? AVERROR(EINVAL) : 1;
}

/* One frame of masks, or a trajectory to its end, however long it is; as take_frame(). */
static int take_masks(AVFilterContext *ctx, TTMInputs *inputs, TTMContext *engine)
{
    while (!inputs->nb_masks || inputs->drawn) {
        AVFrame *frame = NULL;
        TTMImage image;
        int ret = take_frame(ctx->inputs[1], &frame);

        if (ret == AVERROR_EOF && inputs->nb_masks)
            return 1;
        if (ret == AVERROR_EOF && inputs->last_masks)
            return repeat_masks(ctx, inputs, engine);
        if (ret == AVERROR_EOF) {
            av_log(ctx, AV_LOG_ERROR, "input 'masks' ended before its first "
                   "frame: give it an image or a trajectory\n");
            return AVERROR(EINVAL);
        }
        if (ret <= 0)
            return ret;
        image = ff_ttm_image(frame);
        ret   = inputs->drawn ? ttm_add_trajectory_frame(engine, &image) :
                ttm_set_masks(engine, &image);
        if (inputs->each)
            FFSWAP(AVFrame *, inputs->last_masks, frame);
        av_frame_free(&frame);
        if (ret < 0)
            return ff_ttm_averror(ret);
        inputs->nb_masks++;
        inputs->nb_given++;
    }
    return 1;
}

/* The picture of the end; as take_frame(). */
static int take_end(AVFilterContext *ctx, TTMInputs *inputs, TTMContext *engine)
{
    AVFrame *frame = NULL;
    TTMImage image;
    int ret = take_frame(ctx->inputs[ctx->nb_inputs - 1], &frame);

    if (ret == AVERROR_EOF) {
        av_log(ctx, AV_LOG_ERROR, "input 'end' ended before its first frame: give it the "
               "picture that shows where the objects end\n");
        return AVERROR(EINVAL);
    }
    if (ret <= 0)
        return ret;
    image = ff_ttm_image(frame);
    ret   = ttm_set_end(engine, &image);
    av_frame_free(&frame);
    inputs->has_end = ret >= 0;
    return ret < 0 ? ff_ttm_averror(ret) : 1;
}

/* What was not here yet is asked for, where somebody waits for frames of the clip. */
static int ask(AVFilterContext *ctx, unsigned index, int ret)
{
    if (!ret && ff_outlink_frame_wanted(ctx->outputs[0]))
        ff_inlink_request_frame(ctx->inputs[index]);
    return ret;
}

int ff_ttm_inputs_take(AVFilterContext *ctx, TTMInputs *inputs, TTMContext *engine)
{
    int ret = 1;

    if (inputs->masks || inputs->drawn)
        ret = ask(ctx, 1, take_masks(ctx, inputs, engine));
    if (ret > 0 && inputs->end && !inputs->has_end)
        ret = ask(ctx, ctx->nb_inputs - 1, take_end(ctx, inputs, engine));
    return ret;
}

void ff_ttm_inputs_next(TTMInputs *inputs)
{
    inputs->nb_masks = 0;
}

static void ignore_rest(AVFilterContext *ctx, AVFilterLink *inlink, int *ignored)
{
    if (!*ignored)
        av_log(ctx, AV_LOG_WARNING, "only the first frame of input '%s' is "
               "used, later frames are ignored\n", avfilter_pad_get_name(inlink->dstpad, 0));
    *ignored = 1;
    ff_inlink_set_status(inlink, AVERROR_EOF);
}

void ff_ttm_inputs_ignore_rest(AVFilterContext *ctx, TTMInputs *inputs)
{
    int i;

    for (i = 0; i < FFMIN(ctx->nb_inputs, TTM_MAX_INPUTS); i++)
        if (ff_inlink_queued_frames(ctx->inputs[i]))
            ignore_rest(ctx, ctx->inputs[i], &inputs->ignored[i]);
}

void ff_ttm_inputs_free(TTMInputs *inputs)
{
    av_frame_free(&inputs->last_masks);
}

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
 * Image-to-video by Through-The-Mask (arXiv 2501.03059), through libttm.
 *
 * Builds as libavfilter/vf_ttm.c of FFmpeg 7.1 and of 8.0 to 9.0. Frames of a
 * Vulkan device go in and out where FFmpeg was built with Vulkan.
 */

#include "config.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include <ttm.h>

#include "libavutil/attributes.h"
#include "libavutil/avutil.h"
#include "libavutil/buffer.h"
#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/internal.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/opt.h"
#include "libavutil/pixfmt.h"
#include "libavutil/rational.h"

#include "avfilter.h"
#include "filters.h"
#include "ttm_engine.h"
#include "ttm_inputs.h"
#include "ttm_props.h"
#include "ttm_vulkan.h"
#include "video.h"

#if LIBAVFILTER_VERSION_MAJOR >= 11
#define FILTER_TYPE   FFFilter
#define PUBLIC(field) .p.field
#else
#define FILTER_TYPE   AVFilter
#define PUBLIC(field) .field
#endif

#ifndef AVFILTER_FLAG_FIRST_FRAME_ONLY      // of our third patch
#define AVFILTER_FLAG_FIRST_FRAME_ONLY 0
#endif

/** Of ff_filter_set_ready(): frames that others hold go first. */
#define STEP_PRIORITY 50

/** The option mode, in the order of its names. */
enum Mode { MODE_FULL, MODE_PLAN, MODE_RENDER, MODE_DRAFT, MODE_OBJECTS };

typedef struct TTMFilter {
    const AVClass *class;

    // values of the options, in libttm's order
    char *model, *lora, *segmenter, *detector, *prompt, *promptfile, *objects, *llm, *llm_model;
    char *camera, *negative_prompt, *device, *report;
    int size[2], generation_size[2];
    char *memory;
    int mode, emit, frames;
    char *fps;
    double duration, motion_time, llm_timeout;
    int loop, end, steps;
    double guidance, image_guidance;
    int sampler, refine;
    double detail;
    int precision, kernels;
    int64_t seed;
    int profile;
    int masks;              ///< a second input gives the masks
    int each;               ///< one clip for each frame of the first input
    int provenance;         ///< frames say how they were made

    TTMContext *engine;
    TTMVulkanShare share;   ///< FFmpeg's device that the engine works on
    AVFrame *still;         ///< the first frame without its pixels: properties of ours
    int flat;               ///< its alpha goes no farther: frames are put over a ground
    TTMInputs inputs;       ///< but the still's
    int nb_clips;           ///< that are sent
    int running;            ///< the clip has all its input
    int nb_frames;          ///< of the clip
    int next_frame;         ///< the next one to send
    int complete;           ///< ttm_step() has nothing left to do
    int64_t first_pts;      ///< of the clip, in the output's time base
} TTMFilter;

static int set_still(AVFilterContext *ctx, int index, TTMImage *image)
{
    const AVFilterLink *inlink = ctx->inputs[0];

    (void)index;
    image->sample_aspect_ratio = (TTMRational){
        inlink->sample_aspect_ratio.num, inlink->sample_aspect_ratio.den
    };
    return ff_ttm_averror(ttm_set_image(((TTMFilter *)ctx->priv)->engine, image));
}

static int get_frame(AVFilterContext *ctx, int index, TTMImage *image)
{
    TTMFilter *s = ctx->priv;

    if (s->flat)
        image->format = ff_ttm_multiplied(image->format);
    return ff_ttm_averror(ttm_get_frame(s->engine, index, image));
}

/* Give a frame to libttm, wherever its pixels are. */
static int use_frame(AVFilterContext *ctx, AVFrame *frame, int index,
                     int (*use)(AVFilterContext *ctx, int index,
                                TTMImage *image))
{
    TTMImage image;

#if CONFIG_VULKAN
    if (frame->format == AV_PIX_FMT_VULKAN)
        return ff_ttm_vulkan_use(ctx, frame, index, use);
#endif
    image = ff_ttm_image(frame);
    return use(ctx, index, &image);
}

/* Is the second input a trajectory? */
static int is_drawn(const TTMFilter *s)
{
    return s->mode == MODE_RENDER || s->mode == MODE_DRAFT;
}

static av_cold int init(AVFilterContext *ctx)
{
    TTMFilter *s = ctx->priv;

    if (s->each && is_drawn(s)) {
        av_log(ctx, AV_LOG_ERROR, "each: a trajectory belongs to one still; use mode "
               "full or plan, or one ffmpeg for each still\n");
        return AVERROR(EINVAL);
    }
    if (s->each && s->end) {
        av_log(ctx, AV_LOG_ERROR, "each: the picture of an end belongs to one still; use "
               "one ffmpeg for each still\n");
        return AVERROR(EINVAL);
    }
    s->inputs = (TTMInputs){
        .masks = s->masks,
        .drawn = is_drawn(s),
        .end   = s->end && !is_drawn(s),    // which libttm refuses
        .each  = s->each,
    };
    return ff_ttm_inputs_add(ctx, &s->inputs);
}

static av_cold void uninit(AVFilterContext *ctx)
{
    TTMFilter *s = ctx->priv;

    ttm_close(&s->engine);
    av_frame_free(&s->still);
    ff_ttm_inputs_free(&s->inputs);
    av_buffer_unref(&s->share.device);
}

static int config_output(AVFilterLink *outlink)
{
    AVFilterContext *ctx = outlink->src;
    const AVFilterLink *inlink = ctx->inputs[0];
    FilterLink *link = ff_filter_link(outlink);
    TTMFilter *s = ctx->priv;
    int ret, width, height;
    TTMRational rate;

    ret = ff_ttm_open(ctx, &s->engine, &s->share, s->device);
    if (ret < 0)
        return ret;
    ret = ttm_output_size(s->engine, inlink->w, inlink->h, &width, &height);
    if (ret < 0)
        return ff_ttm_averror(ret);

    rate = ttm_frame_rate(s->engine);
    link->frame_rate   = av_make_q(rate.num, rate.den);
    outlink->time_base = av_inv_q(link->frame_rate);
    outlink->w         = width;
    outlink->h         = height;
    outlink->sample_aspect_ratio = ff_ttm_output_sar(inlink, width, height);
    ff_ttm_tell_what_fails(outlink);
#if CONFIG_VULKAN
    return ff_ttm_vulkan_frames(outlink, &s->share);
#else
    return 0;
#endif
}

/* What is kept of the still: libttm has its pixels, of which there may be many. */
static int keep_props(TTMFilter *s, const AVFrame *still)
{
    s->still = av_frame_alloc();
    if (!s->still)
        return AVERROR(ENOMEM);
    s->still->format = still->format;
    s->still->width  = still->width;
    s->still->height = still->height;
    return av_frame_copy_props(s->still, still);
}

/* @return 1: the clip's still is here, 0: not yet or never, negative: error */
static int take_still(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0], *outlink = ctx->outputs[0];
    TTMFilter *s = ctx->priv;
    AVFrame *frame = NULL;
    int ret;

    if (s->still)
        return 1;
    ret = ff_inlink_consume_frame(inlink, &frame);
    if (ret <= 0)
        return ret;
    ret = keep_props(s, frame);
    if (ret >= 0 && s->each)
        ret = ff_ttm_number_files(ctx, s->engine, s->nb_clips + 1);
    if (ret >= 0)
        ret = use_frame(ctx, frame, 0, set_still);
    if (ret >= 0)
        ret = ff_ttm_name_source(s->engine, s->still);
    if (ret >= 0)
        s->flat = ff_ttm_loses_alpha(outlink, frame);
    av_frame_free(&frame);
    if (ret < 0)
        return ret;
    if (s->still->pts != AV_NOPTS_VALUE && !s->nb_clips)
        s->first_pts = av_rescale_q(s->still->pts, inlink->time_base,
                                    outlink->time_base);
    return 1;
}

static int send_frame(AVFilterContext *ctx)
{
    AVFilterLink *outlink = ctx->outputs[0];
    TTMFilter *s = ctx->priv;
    AVFrame *frame = ff_get_video_buffer(outlink, outlink->w, outlink->h);
    int ret;

    if (!frame)
        return AVERROR(ENOMEM);
    ret = ff_ttm_frame_props(outlink, s->still, frame);
    if (ret >= 0 && s->provenance)
        ret = ff_ttm_frame_provenance(s->engine, s->report && *s->report, s->next_frame,
                                      frame);
    if (ret >= 0)
        ret = use_frame(ctx, frame, s->next_frame, get_frame);
    if (ret >= 0 && s->flat)
        ff_ttm_flatten(frame);
    if (ret < 0) {
        av_frame_free(&frame);
        return ret;
    }
    frame->pts = s->first_pts + s->next_frame;
    s->next_frame++;
    return ff_filter_frame(outlink, frame);
}

/* All frames are sent: look once whether there was more input of any kind, then end. */
static int finish(AVFilterContext *ctx)
{
    AVFilterLink *outlink = ctx->outputs[0];
    TTMFilter *s = ctx->priv;
    int64_t pts;
    int status, i;

    for (i = 0; i < ctx->nb_inputs; i++)
        if (!s->inputs.ignored[i] &&
            !ff_inlink_acknowledge_status(ctx->inputs[i], &status, &pts)) {
            FF_FILTER_FORWARD_WANTED(outlink, ctx->inputs[i]);
            return FFERROR_NOT_READY;
        }
    for (i = 0; i < ctx->nb_inputs; i++)
        ff_inlink_set_status(ctx->inputs[i], AVERROR_EOF);
    ff_outlink_set_status(outlink, AVERROR_EOF, s->first_pts + s->nb_frames);
    return 0;
}

/* The clip is sent: the next still's follows it without a gap. */
static int begin_next(AVFilterContext *ctx)
{
    TTMFilter *s = ctx->priv;

    s->first_pts += s->nb_frames;
    s->nb_frames = s->next_frame = 0;
    s->running = s->complete = 0;
    ff_ttm_inputs_next(&s->inputs);
    s->nb_clips++;
    av_frame_free(&s->still);
    ff_filter_set_ready(ctx, STEP_PRIORITY);
    return 0;
}

/* There is no still yet: ask for it, or end with the input. */
static int wait_for_still(AVFilterContext *ctx)
{
    AVFilterLink *inlink = ctx->inputs[0], *outlink = ctx->outputs[0];
    TTMFilter *s = ctx->priv;
    int64_t pts;
    int status, i;

    if (!s->nb_clips)
        FF_FILTER_FORWARD_STATUS(inlink, outlink);
    if (ff_inlink_acknowledge_status(inlink, &status, &pts)) {
        for (i = 1; i < ctx->nb_inputs; i++)
            ff_inlink_set_status(ctx->inputs[i], AVERROR_EOF);
        ff_outlink_set_status(outlink, status, s->first_pts);
        return 0;
    }
    FF_FILTER_FORWARD_WANTED(outlink, inlink);
    return FFERROR_NOT_READY;
}

/* One step of the clip at most: commands and statuses are seen in between. */
static int activate(AVFilterContext *ctx)
{
    AVFilterLink *outlink = ctx->outputs[0];
    TTMFilter *s = ctx->priv;
    int ret;

    FF_FILTER_FORWARD_STATUS_BACK_ALL(outlink, ctx);

    ret = take_still(ctx);
    if (ret < 0)
        return ret;
    if (!ret)
        return wait_for_still(ctx);
    if (!s->running && ctx->nb_inputs > 1) {
        ret = ff_ttm_inputs_take(ctx, &s->inputs, s->engine);
        if (ret <= 0)
            return ret < 0 ? ret : FFERROR_NOT_READY;
    }
    if (!s->running)
        s->nb_frames = ttm_frame_count(s->engine);
    s->running = 1;
    if (!s->each)
        ff_ttm_inputs_ignore_rest(ctx, &s->inputs);

    if (s->complete && s->next_frame >= s->nb_frames)
        return s->each ? begin_next(ctx) : finish(ctx);
    if (!ff_outlink_frame_wanted(outlink))
        return FFERROR_NOT_READY;
    if (s->next_frame < ttm_frames_ready(s->engine))
        return send_frame(ctx);

    ret = ttm_step(s->engine, NULL);    // logs its progress
    if (ret < 0)
        return ff_ttm_averror(ret);
    s->complete = ret != TTM_MORE;
    if (s->complete && s->next_frame < s->nb_frames &&
        s->next_frame >= ttm_frames_ready(s->engine)) {
        av_log(ctx, AV_LOG_ERROR, "the clip ended after %d of %d frames\n",
               s->next_frame, s->nb_frames);
        return AVERROR_BUG;
    }
    ff_filter_set_ready(ctx, STEP_PRIORITY);
    return 0;
}

static int process_command(AVFilterContext *ctx, const char *command,
                           const char *argument, char *response,
                           int response_size, int flags)
{
    TTMFilter *s = ctx->priv;

    // with each there is a next clip, from which it is so
    int begun = !s->each && (s->still || ff_inlink_queued_frames(ctx->inputs[0]));

    return ff_ttm_command(ctx, s->engine, begun, command, argument, response,
                          response_size, flags);
}

#define OFFSET(x) offsetof(TTMFilter, x)
#define FLAGS     (AV_OPT_FLAG_FILTERING_PARAM | AV_OPT_FLAG_VIDEO_PARAM)
#define RUN_TIME  (FLAGS | AV_OPT_FLAG_RUNTIME_PARAM)

/* As ttm_option_next() has them, in its order; `masks`, `each` and `provenance` are the filter's
 * own. A rate is a text, as in the filter fps: a video rate cannot be left open. */
static const AVOption ttm_options[] = {
    { "model", "bundle folder; unset: $TTM_MODEL, else the one that comes with ttm",
        OFFSET(model), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "lora", "LoRA files to merge, as PATH:WEIGHT, separated by '|'; behind the weight, :motion or :video keeps one to a stage",
        OFFSET(lora), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "segmenter", "folder of a network that finds the objects; none: colours find them; unset: the bundle's, or none",
        OFFSET(segmenter), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "detector", "folder of a network that finds in the still what the prompt names, as boxes (OWLv2); unset: colours and what stands out do",
        OFFSET(detector), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "prompt", "what happens in the clip, e.g. 'the red ball moves left while the kite flies up'",
        OFFSET(prompt), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "promptfile", "text file that holds the prompt",
        OFFSET(promptfile), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "objects", "the objects and their prompts, as JSON text that begins with '{' or as a JSON file; unset: found from the prompt",
        OFFSET(objects), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "llm", "address of an OpenAI-compatible server (llama.cpp, Ollama, vLLM) that reads the prompt, e.g. http://localhost:8080; the words of the prompt are sent there; unset: built-in rules read it",
        OFFSET(llm), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "llm_model", "model that the server of llm is asked for; unset: the server's choice",
        OFFSET(llm_model), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "camera", "moves of the camera, e.g. pan left or zoom in 1.3, more of them joined by '+'; none; unset or auto: as the prompt says",
        OFFSET(camera), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "negative_prompt", "what text guidance leads away from",
        OFFSET(negative_prompt), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "device", "auto, cpu, vulkan, vulkan:N or vulkan:NAME; unset: auto, a real GPU, else the CPU",
        OFFSET(device), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "report", "JSON file to write when the clip is done",
        OFFSET(report), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, RUN_TIME },
    { "size", "size of the output; unset: the input's",
        OFFSET(size), AV_OPT_TYPE_IMAGE_SIZE, { .str = NULL }, 0, 0, FLAGS },
    { "generation_size", "size of the networks' frames, rounded to what they take; unset: the bundle's at the aspect of the input as displayed",
        OFFSET(generation_size), AV_OPT_TYPE_IMAGE_SIZE, { .str = NULL }, 0, 0, FLAGS },
    { "memory", "device memory that may be used: bytes, with K, M or G; unset or auto: what is free",
        OFFSET(memory), AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, FLAGS },
    { "mode", "full: still to video; plan: stage 1 only, emits the trajectory; render: stage 2 only, the trajectory is given; draft: no stage, the still is carried along the given trajectory; objects: one frame, which shows the objects of the still",
        OFFSET(mode), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 4, FLAGS, .unit = "mode" },
        { "full",    "", 0, AV_OPT_TYPE_CONST, { .i64 = MODE_FULL },     0, 0, FLAGS, .unit = "mode" },
        { "plan",    "", 0, AV_OPT_TYPE_CONST, { .i64 = MODE_PLAN },     0, 0, FLAGS, .unit = "mode" },
        { "render",  "", 0, AV_OPT_TYPE_CONST, { .i64 = MODE_RENDER },   0, 0, FLAGS, .unit = "mode" },
        { "draft",   "", 0, AV_OPT_TYPE_CONST, { .i64 = MODE_DRAFT },    0, 0, FLAGS, .unit = "mode" },
        { "objects", "", 0, AV_OPT_TYPE_CONST, { .i64 = MODE_OBJECTS },  0, 0, FLAGS, .unit = "mode" },
    { "emit", "of a draft, clip: its pictures; mask: white where it does not know the picture; of a plan, clip: the scene; view: as the camera sees it",
        OFFSET(emit), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 2, FLAGS, .unit = "emit" },
        { "clip", "", 0, AV_OPT_TYPE_CONST, { .i64 = 0 }, 0, 0, FLAGS, .unit = "emit" },
        { "mask", "", 0, AV_OPT_TYPE_CONST, { .i64 = 1 }, 0, 0, FLAGS, .unit = "emit" },
        { "view", "", 0, AV_OPT_TYPE_CONST, { .i64 = 2 }, 0, 0, FLAGS, .unit = "emit" },
    { "frames", "number of frames; 0: as duration says",
        OFFSET(frames), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 1000000, FLAGS },
    { "fps", "frames per second; 0: the bundle's",
        OFFSET(fps), AV_OPT_TYPE_STRING, { .str = "0" }, 0, 0, FLAGS },
    { "duration", "seconds of the clip; 0: as long as the bundle's, or as the given trajectory",
        OFFSET(duration), AV_OPT_TYPE_DOUBLE, { .dbl = 0 }, 0, 1000000, FLAGS },
    { "motion_time", "seconds that the generated motion lasts, behind which it goes on; 0: the clip, at most twice the bundle's",
        OFFSET(motion_time), AV_OPT_TYPE_DOUBLE, { .dbl = 0 }, 0, 1000000, FLAGS },
    { "llm_timeout", "seconds that the server of llm has for its answer; then the rules read the prompt",
        OFFSET(llm_timeout), AV_OPT_TYPE_DOUBLE, { .dbl = 60 }, 0.5, 3600, FLAGS },
    { "loop", "the last frame leads into the first: what comes back repeats, the rest goes there and back",
        OFFSET(loop), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, FLAGS },
    { "end", "objects go to where they are in another picture, which is given: masks where those of the still are, else a photograph of the same scene",
        OFFSET(end), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, FLAGS },
    { "steps", "denoising steps of each stage; 0: the bundle's",
        OFFSET(steps), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 1000, RUN_TIME },
    { "guidance", "text guidance scale, 1 is none; negative: the bundle's",
        OFFSET(guidance), AV_OPT_TYPE_DOUBLE, { .dbl = -1 }, -1, 100, RUN_TIME },
    { "image_guidance", "image guidance scale, 1 is none; negative: the bundle's",
        OFFSET(image_guidance), AV_OPT_TYPE_DOUBLE, { .dbl = -1 }, -1, 100, RUN_TIME },
    { "sampler", "auto: the bundle's; ddim, euler, linear_quadratic, unipc",
        OFFSET(sampler), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 4, FLAGS, .unit = "sampler" },
        { "auto",             "", 0, AV_OPT_TYPE_CONST, { .i64 = 0 }, 0, 0, FLAGS, .unit = "sampler" },
        { "ddim",             "", 0, AV_OPT_TYPE_CONST, { .i64 = 1 }, 0, 0, FLAGS, .unit = "sampler" },
        { "euler",            "", 0, AV_OPT_TYPE_CONST, { .i64 = 2 }, 0, 0, FLAGS, .unit = "sampler" },
        { "linear_quadratic", "", 0, AV_OPT_TYPE_CONST, { .i64 = 3 }, 0, 0, FLAGS, .unit = "sampler" },
        { "unipc",            "", 0, AV_OPT_TYPE_CONST, { .i64 = 4 }, 0, 0, FLAGS, .unit = "sampler" },
    { "refine", "fit the masks of the first frame to the trajectory's; auto: shape where that is given, else the bundle's",
        OFFSET(refine), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 3, FLAGS, .unit = "refine" },
        { "auto",       "", 0, AV_OPT_TYPE_CONST, { .i64 = 0 }, 0, 0, FLAGS, .unit = "refine" },
        { "none",       "", 0, AV_OPT_TYPE_CONST, { .i64 = 1 }, 0, 0, FLAGS, .unit = "refine" },
        { "similarity", "", 0, AV_OPT_TYPE_CONST, { .i64 = 2 }, 0, 0, FLAGS, .unit = "refine" },
        { "shape",      "", 0, AV_OPT_TYPE_CONST, { .i64 = 3 }, 0, 0, FLAGS, .unit = "refine" },
    { "detail", "share of the still's own detail that is carried along; negative: the bundle's",
        OFFSET(detail), AV_OPT_TYPE_DOUBLE, { .dbl = -1 }, -1, 1, FLAGS },
    { "precision", "type of the networks' activations; auto: the device's choice",
        OFFSET(precision), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 3, FLAGS, .unit = "precision" },
        { "auto", "", 0, AV_OPT_TYPE_CONST, { .i64 = 0 }, 0, 0, FLAGS, .unit = "precision" },
        { "f32",  "", 0, AV_OPT_TYPE_CONST, { .i64 = 1 }, 0, 0, FLAGS, .unit = "precision" },
        { "f16",  "", 0, AV_OPT_TYPE_CONST, { .i64 = 2 }, 0, 0, FLAGS, .unit = "precision" },
        { "bf16", "", 0, AV_OPT_TYPE_CONST, { .i64 = 3 }, 0, 0, FLAGS, .unit = "precision" },
    { "kernels", "form of the Vulkan kernels, for tests; auto: the best that the device has",
        OFFSET(kernels), AV_OPT_TYPE_INT, { .i64 = 0 }, 0, 4, FLAGS, .unit = "kernels" },
        { "auto",        "", 0, AV_OPT_TYPE_CONST, { .i64 = 0 }, 0, 0, FLAGS, .unit = "kernels" },
        { "plain",       "", 0, AV_OPT_TYPE_CONST, { .i64 = 1 }, 0, 0, FLAGS, .unit = "kernels" },
        { "software",    "", 0, AV_OPT_TYPE_CONST, { .i64 = 2 }, 0, 0, FLAGS, .unit = "kernels" },
        { "cooperative", "", 0, AV_OPT_TYPE_CONST, { .i64 = 3 }, 0, 0, FLAGS, .unit = "kernels" },
        { "cooperative2", "", 0, AV_OPT_TYPE_CONST, { .i64 = 4 }, 0, 0, FLAGS, .unit = "kernels" },
    { "seed", "seed of the noise; -1: random, logged",
        OFFSET(seed), AV_OPT_TYPE_INT64, { .i64 = -1 }, -1, (double)((1LL << 53) - 1), RUN_TIME },
    { "profile", "time every kernel, for the log and the report; slower",
        OFFSET(profile), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, FLAGS },
    { "masks", "take the objects of the still from a second input: one flat color an object on black",
        OFFSET(masks), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, FLAGS },
    { "each", "make a clip of each frame of the input, not of the first only; %d in promptfile, objects and report is the clip's number, from 1",
        OFFSET(each), AV_OPT_TYPE_BOOL, { .i64 = 0 }, 0, 1, FLAGS },
    { "provenance", "frames say how they were made, as metadata and as a message that encoders may write",
        OFFSET(provenance), AV_OPT_TYPE_BOOL, { .i64 = 1 }, 0, 1, FLAGS },
    { NULL }
};

AVFILTER_DEFINE_CLASS(ttm);

static const AVFilterPad ttm_inputs[] = {
    {
        .name             = "default",
        .type             = AVMEDIA_TYPE_VIDEO,
        .get_buffer.video = ff_ttm_single_buffer,
    },
};

static const AVFilterPad ttm_outputs[] = {
    {
        .name         = "default",
        .type         = AVMEDIA_TYPE_VIDEO,
        .config_props = config_output,
    },
};

const FILTER_TYPE ff_vf_ttm = {
    PUBLIC(name)        = "ttm",
    PUBLIC(description) = NULL_IF_CONFIG_SMALL("Make a clip from a still and a prompt (Through-The-Mask)."),
    PUBLIC(priv_class)  = &ttm_class,
    PUBLIC(flags)       = AVFILTER_FLAG_DYNAMIC_INPUTS | AVFILTER_FLAG_HWDEVICE |
                          AVFILTER_FLAG_FIRST_FRAME_ONLY,
    .init               = init,
    .uninit             = uninit,
    .flags_internal     = FF_FILTER_FLAG_HWFRAME_AWARE,
    .priv_size          = sizeof(TTMFilter),
    .activate           = activate,
    .process_command    = process_command,
    FILTER_INPUTS(ttm_inputs),
    FILTER_OUTPUTS(ttm_outputs),
    FILTER_QUERY_FUNC2(ff_ttm_query_formats),
};

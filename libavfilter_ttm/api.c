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

/** @file The public functions: argument checks over clip/. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clip/context.h"
#include "clip/provenance.h"
#include "clip/sizes.h"
#include "render/hardware.h"
#include "settings/options.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"

/*
 * 0 where @p ctx may be used; else an error, after a line. In a child of fork() the
 * threads of a context, and those of its driver, are not there: waiting for them would
 * not end.
 */
static int check_context(const TTMContext *ctx)
{
    if (!ctx)
        return TTM_ERR_ARGUMENT;
    return ctx->process == getpid() ? 0 :
           ttm_fail(&ctx->log, TTM_ERR_STATE, "this context was opened by process %ld, "
                    "before fork(), and works there only: open another one in the "
                    "child", (long)ctx->process);
}

int ttm_open(TTMContext **ctx, const TTMSettings *settings)
{
    TTMContext *c;
    TTMLog log;
    int ret;

    if (!ctx)
        return TTM_ERR_ARGUMENT;
    *ctx = NULL;
    if (!settings)
        return TTM_ERR_ARGUMENT;
    log = (TTMLog){ settings->log, settings->log_opaque };
    ret = ttm_settings_check(settings, &log);
    if (ret < 0)
        return ret;
    c = ttm_array_alloc(1, sizeof(*c));
    if (!c || ttm_settings_copy(&c->settings, settings) < 0) {
        free(c);
        return ttm_fail(&log, TTM_ERR_MEMORY, "out of memory");
    }
    c->log     = log;
    c->process = getpid();
    ret = ttm_context_open(c);
    if (ret < 0) {
        ttm_close(&c);
        return ret;
    }
    *ctx = c;
    return 0;
}

void ttm_close(TTMContext **ctx)
{
    TTMContext *old = ctx ? *ctx : NULL;

    if (!old)
        return;
    *ctx = NULL;
    /* in a child the memory stays: its threads cannot be stopped, the report is the parent's */
    if (old->process != getpid())
        return;
    ttm_context_close(old);
    ttm_settings_uninit(&old->settings);
    free(old);
}

int ttm_set_option(TTMContext *ctx, const char *name, const char *value)
{
    const TTMOption *option = ttm_option_find(name);
    int ret = check_context(ctx);

    if (ret < 0)
        return ret;
    if (option && !(option->flags & TTM_OPTION_RUN_TIME))
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option %s cannot change "
                        "while the filter runs", name);
    if (option && !strcmp(name, "report") && value && *value)
        ret = ttm_json_check_save(&ctx->log, value);
    if (ret >= 0)
        ret = ttm_settings_set(&ctx->settings, name, value);
    /* A new prompt takes the place of the one in the file. */
    if (ret >= 0 && !strcmp(name, "prompt")) {
        free(ctx->settings.promptfile);
        ctx->settings.promptfile = NULL;
    }
    return ret;
}

/*
 * Take over what this library knows of an image that the caller describes, and
 * check it; @p what is what it is called in messages.
 */
static int read_image(const TTMContext *ctx, const TTMImage *given,
                      const char *what, TTMImage *image)
{
    const TTMLog *log = &ctx->log;
    const TTMVulkanImage *v;

    if (!given)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%s: no image", what);
    if (given->struct_size < sizeof(*given))
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%s: struct_size of the TTMImage "
                        "is %zu; set it to sizeof(TTMImage), %zu", what,
                        given->struct_size, sizeof(*given));
    *image = *given;
    if ((unsigned)image->format > TTM_PIXEL_PRGBA16)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: pixel format %d is not "
                        "known to ttm %s", what, image->format, ttm_version());
    if (image->sample_aspect_ratio.num < 0 || image->sample_aspect_ratio.den < 0)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%s: a sample aspect ratio of "
                        "%d:%d; both terms must be positive, or 0 where it is "
                        "not known", what, image->sample_aspect_ratio.num,
                        image->sample_aspect_ratio.den);
    if (ttm_image_check(image) < 0)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%s: %dx%d pixels with %td "
                        "bytes a row is no image that ttm takes (RGB or RGBA, "
                        "up to %dx%d)", what, image->width, image->height,
                        image->stride, TTM_IMAGE_MAX_SIZE, TTM_IMAGE_MAX_SIZE);
    if (image->format != TTM_PIXEL_VULKAN)
        return 0;
    v = image->data;
    if (v->struct_size < sizeof(*v))
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%s: struct_size of the "
                        "TTMVulkanImage is %zu; set it to sizeof(TTMVulkanImage)"
                        ", %zu", what, v->struct_size, sizeof(*v));
    return v->depth == 8 || v->depth == 16 ? 0 :
           ttm_fail(log, TTM_ERR_ARGUMENT, "%s: %d bits a component are not "
                    "possible, 8 and 16 are", what, v->depth);
}

/*
 * Pass an image on as one in host memory; @p packed gets what is on the device
 * already (NULL: not wanted), where @p use takes the image.
 */
static int with_host_image(TTMContext *ctx, const TTMImage *image,
                           TTMTensor *packed,
                           int (*use)(TTMContext *ctx, const TTMImage *image))
{
    TTMTensor tensor;
    TTMImage host;
    int ret;

    if (image->format != TTM_PIXEL_VULKAN)
        return use(ctx, image);
    ret = ttm_hardware_read(ctx->backend, image, &tensor, &host);
    if (ret < 0)
        return ret;
    host.sample_aspect_ratio = image->sample_aspect_ratio;
    ret = use(ctx, &host);
    free(host.data);
    if (ret >= 0 && packed)
        *packed = tensor;
    else
        ttm_tensor_free(ctx->backend, &tensor);
    return ret;
}

int ttm_set_image(TTMContext *ctx, const TTMImage *still)
{
    TTMImage image;
    int ret = check_context(ctx);

    if (ret < 0)
        return ret;
    if (!ctx->backend)
        return ttm_fail(&ctx->log, TTM_ERR_DEVICE, "the device was lost and could "
                        "not be opened again: close this context");
    ret = read_image(ctx, still, "still", &image);
    return ret < 0 ? ret : with_host_image(ctx, &image, &ctx->clip.made.objects.packed,
                                            ttm_clip_begin);
}

/* Colours tell objects apart, and black is none of them. */
static int check_no_alpha(const TTMContext *ctx, const TTMImage *image, const char *what)
{
    return ttm_image_samples(image->format) == 3 ? 0 :
           ttm_fail(&ctx->log, TTM_ERR_UNSUPPORTED, "%s: pixels with alpha are for the "
                    "still and the frames; give them without", what);
}

/* Masks and trajectory belong between the still and the first step. */
static int check_before_step(const TTMContext *ctx, const char *what)
{
    if (!ctx->clip.active || ctx->clip.started)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "%s must come after the "
                        "still and before the first step", what);
    return 0;
}

int ttm_set_masks(TTMContext *ctx, const TTMImage *masks)
{
    TTMImage image;
    int ret = check_context(ctx);

    if (ret < 0 || (ret = read_image(ctx, masks, "masks", &image)) < 0 ||
        (ret = check_no_alpha(ctx, &image, "masks")) < 0 ||
        (ret = check_before_step(ctx, "masks")) < 0)
        return ret;
    return with_host_image(ctx, &image, NULL, ttm_given_masks);
}

int ttm_set_end(TTMContext *ctx, const TTMImage *end)
{
    TTMImage image;
    int ret = check_context(ctx);

    if (ret < 0 || (ret = read_image(ctx, end, "the end", &image)) < 0 ||
        (ret = check_no_alpha(ctx, &image, "the end")) < 0 ||
        (ret = check_before_step(ctx, "the end")) < 0)
        return ret;
    if (!ctx->clip.given.arrives)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "the end can only be given with the "
                        "option end");
    return with_host_image(ctx, &image, NULL, ttm_given_end);
}

int ttm_set_source(TTMContext *ctx, const char *path)
{
    int ret = check_context(ctx);

    if (ret < 0 || (ret = check_before_step(ctx, "the still's file")) < 0)
        return ret;
    return ttm_source_take(&ctx->clip.given.source, &ctx->log, path);
}

int ttm_add_trajectory_frame(TTMContext *ctx, const TTMImage *frame)
{
    TTMImage image;
    int ret = check_context(ctx);

    if (ret < 0 || (ret = read_image(ctx, frame, "trajectory", &image)) < 0 ||
        (ret = check_no_alpha(ctx, &image, "trajectory")) < 0 ||
        (ret = check_before_step(ctx, "the trajectory")) < 0)
        return ret;
    if (!ttm_mode_is_drawn(ctx->clip.given.mode) || ctx->clip.given.arrives)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "a trajectory can only be "
                        "given with modes render and draft");
    return with_host_image(ctx, &image, NULL, ttm_given_trajectory);
}

int ttm_step(TTMContext *ctx, TTMProgress *progress)
{
    TTMProgress p = { sizeof(p), NULL, 0, 0, 0, -1 };
    int ret = check_context(ctx);

    if (ret < 0)
        return ret;
    if (progress && progress->struct_size < sizeof(p))
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "struct_size of the "
                        "TTMProgress is %zu; set it to sizeof(TTMProgress), %zu",
                        progress->struct_size, sizeof(p));
    ret = ttm_clip_step(ctx, &p);
    if (progress && ret >= 0) {
        p.struct_size = progress->struct_size;
        memcpy(progress, &p, sizeof(p));
    }
    return ret;
}

int ttm_frame_count(const TTMContext *ctx)
{
    int ret = check_context(ctx);

    return ret < 0 ? ret : ttm_clip_frames(ctx);
}

TTMRational ttm_frame_rate(const TTMContext *ctx)
{
    return check_context(ctx) < 0 ? (TTMRational){ 0, 0 } : ttm_clip_frame_rate(ctx);
}

int ttm_frames_ready(const TTMContext *ctx)
{
    int ret = check_context(ctx);

    return ret < 0 ? ret : ctx->clip.ready;
}

int ttm_output_size(const TTMContext *ctx, int width, int height,
                    int *output_width, int *output_height)
{
    int ret = check_context(ctx);

    if (ret < 0)
        return ret;
    if (!output_width || !output_height)
        return TTM_ERR_ARGUMENT;
    if (width < 1 || height < 1 || width > TTM_IMAGE_MAX_SIZE ||
        height > TTM_IMAGE_MAX_SIZE)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "a still of %dx%d; it may "
                        "have 1x1 to %dx%d pixels", width, height,
                        TTM_IMAGE_MAX_SIZE, TTM_IMAGE_MAX_SIZE);
    ttm_clip_output_size(ctx, width, height, output_width, output_height);
    return 0;
}

static int get_hardware_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    const TTMVulkanImage *v = frame->data;
    const TTMTensor *packed;
    TTMImage host;
    int ret;

    if (!ttm_clip_on_host(ctx)) {
        ret = ttm_clip_device_frame(ctx, index, frame->width, frame->height,
                                    v->depth / 8, &packed);
        return ret < 0 ? ret : ttm_tensor_to_image(ctx->backend, packed, frame);
    }
    /* trajectories and masks are drawn on the host */
    if (ttm_image_alloc(&host, ttm_hardware_format(frame), frame->width,
                        frame->height) < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    ret = ttm_clip_frame(ctx, index, &host);
    if (ret >= 0)
        ret = ttm_hardware_write(ctx->backend, &host, frame);
    free(host.data);
    return ret;
}

int ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    int width, height, ret = check_context(ctx);
    TTMImage image;

    if (ret < 0)
        return ret;
    ret = read_image(ctx, frame, "frame", &image);
    if (ret < 0)
        return ret;
    if (index < 0 || index >= ctx->clip.ready)
        return ttm_fail(&ctx->log, TTM_ERR_STATE, "frame %d is not ready; %d "
                        "are", index, ctx->clip.ready);
    ttm_clip_output_size(ctx, ctx->clip.given.still.width,
                         ctx->clip.given.still.height, &width, &height);
    if (image.width != width || image.height != height)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "frame: %dx%d, the "
                        "output is %dx%d", image.width, image.height, width,
                        height);
    ret = image.format == TTM_PIXEL_VULKAN ?
          get_hardware_frame(ctx, index, &image) :
          ttm_clip_frame(ctx, index, &image);
    if (ret >= 0 && ctx->clip.delivered <= index)
        ctx->clip.delivered = index + 1;
    return ret;
}

const char *ttm_metadata(const TTMContext *ctx, const char *key)
{
    /* The text is kept in the context, as documented. */
    return check_context(ctx) >= 0 && key ? ttm_clip_metadata((TTMContext *)(uintptr_t)ctx, key) :
           NULL;
}

/* Called by signal handlers: no line. In a child it is about nothing. */
void ttm_cancel(TTMContext *ctx)
{
    if (ctx)
        atomic_store(&ctx->cancel.asked, 1);
}

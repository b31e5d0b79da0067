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
 * The ttm filter's frames on a Vulkan device: FFmpeg's device and frames as
 * libttm describes them.
 */

#include "config.h"

#if CONFIG_VULKAN

#include <stdint.h>
#include <string.h>

#include "libavutil/buffer.h"
#include "libavutil/error.h"
#include "libavutil/hwcontext.h"
#include "libavutil/hwcontext_vulkan.h"
#include "libavutil/internal.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/pixdesc.h"
#include "libavutil/version.h"

#include "filters.h"
#include "ttm_vulkan.h"

static void lock_queue(void *opaque, uint32_t family, uint32_t index)
{
#if LIBAVUTIL_VERSION_MAJOR < 61 || FF_API_VULKAN_SYNC_QUEUES
    AVHWDeviceContext *device = opaque;
    AVVulkanDeviceContext *vk = device->hwctx;

FF_DISABLE_DEPRECATION_WARNINGS
    vk->lock_queue(device, family, index);
FF_ENABLE_DEPRECATION_WARNINGS
#endif
}

static void unlock_queue(void *opaque, uint32_t family, uint32_t index)
{
#if LIBAVUTIL_VERSION_MAJOR < 61 || FF_API_VULKAN_SYNC_QUEUES
    AVHWDeviceContext *device = opaque;
    AVVulkanDeviceContext *vk = device->hwctx;

FF_DISABLE_DEPRECATION_WARNINGS
    vk->unlock_queue(device, family, index);
FF_ENABLE_DEPRECATION_WARNINGS
#endif
}

/* Describe FFmpeg's device to libttm. */
static int describe_device(AVFilterContext *ctx, TTMVulkanShare *s)
{
    AVHWDeviceContext *device = (AVHWDeviceContext *)s->device->data;
    AVVulkanDeviceContext *vk = device->hwctx;
    int i;

    for (i = 0; i < vk->nb_qf; i++)
        if (vk->qf[i].flags & VK_QUEUE_COMPUTE_BIT && vk->qf[i].num > 0)
            break;
    if (i == vk->nb_qf) {
        av_log(ctx, AV_LOG_ERROR, "the Vulkan device has no queue that can "
               "compute: use option device=cpu\n");
        return AVERROR(ENOTSUP);
    }
    s->vulkan = (TTMVulkanDevice){
        .struct_size     = sizeof(s->vulkan),
        .get_instance_proc_addr = (void (*(*)(void *, const char *))(void))
                                  vk->get_proc_addr,
        .instance        = vk->inst,
        .physical_device = vk->phys_dev,
        .device          = vk->act_dev,
        .api_version     = VK_API_VERSION_1_3,      // FFmpeg asks for no less
        .queue_family    = vk->qf[i].idx,
        .queue_index     = vk->qf[i].num - 1,       // decoders begin at the first
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 32, 100)
        .queue_flags     = vk->queue_flags,
#endif
        .features        = &vk->device_features,
        .extensions      = vk->enabled_dev_extensions,
        .nb_extensions   = vk->nb_enabled_dev_extensions,
        .lock_queue      = lock_queue,
        .unlock_queue    = unlock_queue,
        .opaque          = device,
    };
    return 1;
}

int ff_ttm_vulkan_device(AVFilterContext *ctx, TTMVulkanShare *s,
                         const char *name)
{
    const AVFilterLink *inlink = ctx->inputs[0];
    FilterLink *link = ff_filter_link(ctx->inputs[0]);
    AVBufferRef *device = ctx->hw_device_ctx;

    av_buffer_unref(&s->device);
    if (inlink->format == AV_PIX_FMT_VULKAN) {
        if (!link->hw_frames_ctx) {
            av_log(ctx, AV_LOG_ERROR, "the input is on a Vulkan device that "
                   "does not come along: put hwupload before ttm\n");
            return AVERROR(EINVAL);
        }
        device = ((AVHWFramesContext *)link->hw_frames_ctx->data)->device_ref;
    }
    if (name && *name && strcmp(name, "auto") && strcmp(name, "vulkan")) {
        if (inlink->format != AV_PIX_FMT_VULKAN)
            return 0;
        av_log(ctx, AV_LOG_ERROR, "device '%s' cannot take frames of FFmpeg's "
               "Vulkan device: leave option device at auto, or put hwdownload "
               "before ttm\n", name);
        return AVERROR(EINVAL);
    }
    if (!device ||
        ((AVHWDeviceContext *)device->data)->type != AV_HWDEVICE_TYPE_VULKAN)
        return 0;
    s->device = av_buffer_ref(device);
    return s->device ? describe_device(ctx, s) : AVERROR(ENOMEM);
}

int ff_ttm_vulkan_frames(AVFilterLink *outlink, const TTMVulkanShare *s)
{
    FilterLink *in = ff_filter_link(outlink->src->inputs[0]);
    FilterLink *out = ff_filter_link(outlink);
    AVHWFramesContext *frames;
    int ret;

    if (outlink->format != AV_PIX_FMT_VULKAN)
        return 0;
    av_buffer_unref(&out->hw_frames_ctx);
    out->hw_frames_ctx = av_hwframe_ctx_alloc(s->device);
    if (!out->hw_frames_ctx)
        return AVERROR(ENOMEM);
    frames = (AVHWFramesContext *)out->hw_frames_ctx->data;
    frames->format    = AV_PIX_FMT_VULKAN;
    frames->sw_format = ((AVHWFramesContext *)in->hw_frames_ctx->data)->sw_format;
    frames->width     = outlink->w;
    frames->height    = outlink->h;
    ret = av_hwframe_ctx_init(out->hw_frames_ctx);
    if (ret < 0)
        av_log(outlink->src, AV_LOG_ERROR, "the Vulkan device has no frames of "
               "%dx%d %s: choose another size, or put hwdownload before ttm\n",
               outlink->w, outlink->h, av_get_pix_fmt_name(frames->sw_format));
    return ret;
}

/* Where R, G and B are in the images of a frame. */
static int describe_image(AVFilterContext *ctx, const AVFrame *frame,
                          TTMVulkanImage *v)
{
    const AVHWFramesContext *frames =
        (const AVHWFramesContext *)frame->hw_frames_ctx->data;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frames->sw_format);
    const int depth = desc->comp[0].depth, bytes = depth / 8;
    const AVVkFrame *f = (const AVVkFrame *)frame->data[0];
    int i;

    if (!(desc->flags & AV_PIX_FMT_FLAG_RGB) || desc->nb_components < 3 ||
        desc->flags & (AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BE |
                       AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM) ||
        (depth != 8 && depth != 16)) {
        av_log(ctx, AV_LOG_ERROR, "Vulkan frames of %s cannot be used: put e.g. "
               "format=rgb0 before hwupload (any RGB of 8 or 16 bits will do)\n",
               desc->name);
        return AVERROR(ENOSYS);
    }
    memset(v, 0, sizeof(*v));
    v->struct_size = sizeof(*v);
    v->depth     = depth;
    v->nb_planes = av_pix_fmt_count_planes(frames->sw_format);
    for (i = 0; i < v->nb_planes; i++) {
        v->image[i]     = (uint64_t)(uintptr_t)f->img[i];
        v->semaphore[i] = (uint64_t)(uintptr_t)f->sem[i];
        v->value[i]     = f->sem_value[i];
        v->layout[i]    = f->layout[i];
        v->step[i]      = 1;
    }
    for (i = 0; i < 3; i++) {
        v->plane[i]  = desc->comp[i].plane;
        v->offset[i] = desc->comp[i].offset / bytes;
        v->step[v->plane[i]] = desc->comp[i].step / bytes;
    }
    return 0;
}

int ff_ttm_vulkan_use(AVFilterContext *ctx, AVFrame *frame, int index,
                      int (*use)(AVFilterContext *ctx, int index,
                                 TTMImage *image))
{
    AVHWFramesContext *frames = (AVHWFramesContext *)frame->hw_frames_ctx->data;
    AVVulkanFramesContext *vk = frames->hwctx;
    AVVkFrame *f = (AVVkFrame *)frame->data[0];
    TTMVulkanImage v;
    TTMImage image = {
        .struct_size = sizeof(image),
        .format = TTM_PIXEL_VULKAN,
        .width  = frame->width,
        .height = frame->height,
        .data   = &v,
    };
    int i, ret;

    vk->lock_frame(frames, f);
    ret = describe_image(ctx, frame, &v);
    if (ret >= 0) {
        ret = use(ctx, index, &image);
        for (i = 0; i < v.nb_planes; i++) {
            f->sem_value[i] = v.value[i];
            f->layout[i]    = v.layout[i];
            f->access[i]    = VK_ACCESS_TRANSFER_READ_BIT |
                              VK_ACCESS_TRANSFER_WRITE_BIT;
        }
    }
    vk->unlock_frame(frames, f);
    return ret;
}

#endif

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
 * The ttm filter's frames on a Vulkan device. Only where FFmpeg was built with
 * Vulkan.
 */

#ifndef AVFILTER_TTM_VULKAN_H
#define AVFILTER_TTM_VULKAN_H

#include <ttm.h>

#include "libavutil/buffer.h"
#include "libavutil/frame.h"

#include "avfilter.h"

/** A device of FFmpeg's that libttm works on. */
typedef struct TTMVulkanShare {
    AVBufferRef *device;    ///< NULL: none; the caller unrefs it
    TTMVulkanDevice vulkan; ///< the same for libttm
} TTMVulkanShare;

/**
 * Take the device of the first input's frames, else that of -filter_hw_device,
 * where the filter's option device (@p name) leaves that open.
 *
 * @return 1: share->vulkan is to be used, 0: there is none, negative: error
 */
int ff_ttm_vulkan_device(AVFilterContext *ctx, TTMVulkanShare *share,
                         const char *name);

/**
 * Where the output's frames are on the device: make them like those of the
 * first input, in the size of the output.
 */
int ff_ttm_vulkan_frames(AVFilterLink *outlink, const TTMVulkanShare *share);

/** Call @p use, which returns AVERROR codes, with a frame of the device. */
int ff_ttm_vulkan_use(AVFilterContext *ctx, AVFrame *frame, int index,
                      int (*use)(AVFilterContext *ctx, int index,
                                 TTMImage *image));

#endif /* AVFILTER_TTM_VULKAN_H */

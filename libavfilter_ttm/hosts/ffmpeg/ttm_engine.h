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
 * libttm as the ttm filter uses it: the filter's options, log lines, errors and
 * threads.
 */

#ifndef AVFILTER_TTM_ENGINE_H
#define AVFILTER_TTM_ENGINE_H

#include <ttm.h>

#include "avfilter.h"
#include "ttm_vulkan.h"

/** AVERROR of a code; the line that says what is wrong was logged by libttm. */
int ff_ttm_averror(int code);

/**
 * Open an engine with the values of the filter's options, each of which has the
 * name and the type of libttm's; its lines are logged as the filter's.
 *
 * @param engine  closed first; NULL on failure
 * @param share   gets FFmpeg's Vulkan device, where the engine works on that
 * @param device  the option device
 */
int ff_ttm_open(AVFilterContext *ctx, TTMContext **engine, TTMVulkanShare *share,
                const char *device);

/**
 * With one clip a frame: the options promptfile, objects and report may be names of
 * numbered files (clip%03d.json, as in FFmpeg's image2), which become those of clip
 * @p number of the next ttm_set_image().
 */
int ff_ttm_number_files(AVFilterContext *ctx, TTMContext *engine, int number);

/**
 * Name to libttm the file that the still comes from, where FFmpeg's demuxer image2 has written
 * it into the metadata (its option export_path_metadata).
 */
int ff_ttm_name_source(TTMContext *engine, const AVFrame *still);

/**
 * A command: a run-time option is changed for the clip to come.
 *
 * @param engine  NULL: not open yet
 * @param begun   the clip has its still, so that a change would come too late
 */
int ff_ttm_command(AVFilterContext *ctx, TTMContext *engine, int begun,
                   const char *command, const char *argument, char *response,
                   int response_size, int flags);

/** Formats of all inputs and the output. */
int ff_ttm_query_formats(const AVFilterContext *ctx, AVFilterFormatsConfig **inputs,
                         AVFilterFormatsConfig **outputs);

/** A frame that is the only one: a pool would keep its memory when it is freed. */
AVFrame *ff_ttm_single_buffer(AVFilterLink *inlink, int width, int height);

#endif /* AVFILTER_TTM_ENGINE_H */

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

#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/common.h"
#include "libavutil/cpu.h"
#include "libavutil/dict.h"
#include "libavutil/error.h"
#include "libavutil/frame.h"
#include "libavutil/log.h"
#include "libavutil/macros.h"
#include "libavutil/mem.h"
#include "libavutil/opt.h"
#include "libavutil/pixfmt.h"

#include "filters.h"
#include "formats.h"
#include "ttm_engine.h"
#include "video.h"

#if CONFIG_LIBTTM_HTTP
#include <ttm_http.h>
#endif

/** Threads that FFmpeg's graphs have at most if nobody says how many. */
#define MAX_AUTO_THREADS 16

static void log_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    static const int levels[] = {
        [TTM_LOG_ERROR]   = AV_LOG_ERROR,
        [TTM_LOG_WARNING] = AV_LOG_WARNING,
        [TTM_LOG_INFO]    = AV_LOG_INFO,
        [TTM_LOG_VERBOSE] = AV_LOG_VERBOSE,
        [TTM_LOG_DEBUG]   = AV_LOG_DEBUG,
    };

    av_log(opaque, levels[level], "%s\n", message);
}

int ff_ttm_averror(int code)
{
    switch (code) {
    case TTM_ERR_MEMORY:      return AVERROR(ENOMEM);
    case TTM_ERR_ARGUMENT:    return AVERROR(EINVAL);
    case TTM_ERR_FILE:        return AVERROR(ENOENT);
    case TTM_ERR_FORMAT:      return AVERROR_INVALIDDATA;
    case TTM_ERR_UNSUPPORTED: return AVERROR(ENOSYS);
    case TTM_ERR_DEVICE:      return AVERROR_EXTERNAL;
    case TTM_ERR_CANCELLED:   return AVERROR_EXIT;
    default:                  return code < 0 ? AVERROR_BUG : code;
    }
}

/* Give the value of an option to libttm. */
static int set_option(AVFilterContext *ctx, TTMSettings *settings,
                      const TTMOption *option)
{
    void *priv = ctx->priv;
    const char *name = option->name;
    const char *text;
    char *string = NULL;
    int64_t whole = 0;
    double number = 0;
    int width = 0, height = 0, ret;
    char size[32];

    switch (option->type) {
    case TTM_OPTION_STRING:
    case TTM_OPTION_RATE:
        ret = av_opt_get(priv, name, AV_OPT_ALLOW_NULL, (uint8_t **)&string);
        if (ret < 0 || !string)
            return ret;
        ret = ttm_settings_set(settings, name, string);
        av_free(string);
        return ff_ttm_averror(ret);
    case TTM_OPTION_SIZE:
        ret = av_opt_get_image_size(priv, name, 0, &width, &height);
        snprintf(size, sizeof(size), "%dx%d", width, height);
        text = width || height ? size : NULL;
        break;
    case TTM_OPTION_DOUBLE:
        ret = av_opt_get_double(priv, name, 0, &number);
        return ret < 0 ? ret :
               ff_ttm_averror(ttm_settings_set_double(settings, name, number));
    case TTM_OPTION_CHOICE:
        ret  = av_opt_get_int(priv, name, 0, &whole);
        text = option->choices[whole];
        break;
    default:
        ret = av_opt_get_int(priv, name, 0, &whole);
        return ret < 0 ? ret :
               ff_ttm_averror(ttm_settings_set_int(settings, name, whole));
    }
    return ret < 0 ? ret : ff_ttm_averror(ttm_settings_set(settings, name, text));
}

/* Threads that the graph was told to have (-filter_threads), 0: it was not. */
static int graph_threads(const AVFilterContext *ctx)
{
    int cpus = av_cpu_count(), most = ctx->graph ? ctx->graph->nb_threads : 0;

    return most > 0 && most < (cpus > 1 ? FFMIN(cpus + 1, MAX_AUTO_THREADS) : 1) ?
           most : 0;
}

/* The generic option threads, and that of the graph. */
static int set_threads(AVFilterContext *ctx, TTMSettings *settings)
{
    const TTMOption *option = ttm_option_find("threads");
    int most = graph_threads(ctx), wanted = FFMAX(ctx->nb_threads, 0);
    int ret = ttm_settings_set_int(settings, "max_threads", most);

    if (wanted && most)
        wanted = FFMIN(wanted, most);
    if (ret >= 0)
        ret = ttm_settings_set_int(settings, "threads",
                                   FFMIN(wanted, (int)option->max));
    return ff_ttm_averror(ret);
}

int ff_ttm_open(AVFilterContext *ctx, TTMContext **engine, TTMVulkanShare *share,
                const char *device)
{
    TTMSettings *settings = ttm_settings_alloc();
    const TTMOption *option = NULL;
    int ret;

    ttm_close(engine);
    if (!settings)
        return AVERROR(ENOMEM);
    ttm_settings_set_log(settings, log_line, ctx);
#if CONFIG_LIBTTM_HTTP
    ttm_settings_set_post(settings, ttm_http_post, NULL);
#endif
#ifdef AVFILTER_GRAPH_INTERRUPT     // of our second patch
    ttm_settings_set_interrupt(settings, ctx->graph->interrupt_callback,
                               ctx->graph->interrupt_opaque);
#endif
    ret = set_threads(ctx, settings);
    while (ret >= 0 && (option = ttm_option_next(option)))
        if (!(option->flags & TTM_OPTION_OF_HOST))
            ret = set_option(ctx, settings, option);
#if CONFIG_VULKAN
    if (ret >= 0)
        ret = ff_ttm_vulkan_device(ctx, share, device);
    if (ret > 0)
        ret = ff_ttm_averror(ttm_settings_set_vulkan(settings, &share->vulkan));
    // Frames name their device, software or not; auto would not take software.
    if (ret >= 0 && ctx->inputs[0]->format == AV_PIX_FMT_VULKAN)
        ret = ff_ttm_averror(ttm_settings_set(settings, "device", "vulkan"));
#endif
    if (ret >= 0)
        ret = ff_ttm_averror(ttm_open(engine, settings));
    ttm_settings_free(&settings);
    return ret;
}

/*
 * @p pattern with %d, or %03d and the like, replaced by a number, and %% by %.
 * @return a new string, NULL: it is not such a pattern (@p has is 0), or out of memory
 */
static char *number_name(const char *pattern, int number, int *has)
{
    size_t size = strlen(pattern) + 32;
    char *name = av_malloc(size), *to = name;
    const char *p;
    int nb = 0;

    *has = 1;
    if (!name)
        return NULL;
    for (p = pattern; *p; p++) {
        const char *digit = p + 1;
        int width = 0;

        if (*p != '%') {
            *to++ = *p;
            continue;
        }
        if (p[1] == '%') {
            *to++ = *p++;
            continue;
        }
        if (*digit == '0')
            while (av_isdigit(*digit) && width < 10)
                width = 10 * width + *digit++ - '0';
        if (*digit != 'd' || width > 20 || nb++)
            break;
        to += snprintf(to, size - (to - name), "%0*d", width, number);
        p = digit;
    }
    *to = 0;
    *has = !*p && nb;
    if (!*has)
        av_freep(&name);
    return name;
}

int ff_ttm_number_files(AVFilterContext *ctx, TTMContext *engine, int number)
{
    static const char *const names[] = { "promptfile", "objects", "report" };
    int i, ret = 0;

    for (i = 0; i < FF_ARRAY_ELEMS(names) && ret >= 0; i++) {
        char *pattern = NULL, *name = NULL;
        int has = 0;

        ret = av_opt_get(ctx->priv, names[i], AV_OPT_ALLOW_NULL, (uint8_t **)&pattern);
        // objects may also be a text, in which a sign is a sign
        if (ret >= 0 && pattern && *pattern != '{' && strchr(pattern, '%')) {
            name = number_name(pattern, number, &has);
            if (name)
                ret = ff_ttm_averror(ttm_set_option(engine, names[i], name));
            else if (has)
                ret = AVERROR(ENOMEM);
        }
        av_free(name);
        av_free(pattern);
    }
    return ret;
}

int ff_ttm_name_source(TTMContext *engine, const AVFrame *still)
{
    const AVDictionaryEntry *entry =
        av_dict_get(still->metadata, "lavf.image2dec.source_path", NULL, 0);
    const char *path = entry ? entry->value : NULL;
    char *url = NULL;
    int ret;

    if (path && !av_strstart(path, "file:", &path) && strstr(path, "://")) {
        // what is behind the name is for the server, and may be secret
        url = av_strdup(path);
        if (!url)
            return AVERROR(ENOMEM);
        url[strcspn(url, "?#")] = 0;
        path = url;
    }
    ret = ff_ttm_averror(ttm_set_source(engine, path));
    av_free(url);
    return ret;
}

int ff_ttm_command(AVFilterContext *ctx, TTMContext *engine, int begun,
                   const char *command, const char *argument, char *response,
                   int response_size, int flags)
{
    int ret = 0;

    if (!av_opt_find(ctx->priv, command, NULL, AV_OPT_FLAG_RUNTIME_PARAM, 0))
        return AVERROR(ENOSYS);
    if (begun) {
        av_log(ctx, AV_LOG_ERROR, "command %s: the clip has begun, and there is "
               "no other one that it could change: send it before the first "
               "frame\n", command);
        return AVERROR(EINVAL);
    }
    // libttm first: it says what is wrong with a value
    if (engine)
        ret = ff_ttm_averror(ttm_set_option(engine, command, argument));
    return ret < 0 ? ret : ff_filter_process_command(ctx, command, argument,
                                                     response, response_size,
                                                     flags);
}

/*
 * The clip has the depth of the still. libavfilter gives all outputs the
 * format of any input if they can take it, so masks and end get one of their own.
 */
int ff_ttm_query_formats(const AVFilterContext *ctx,
                         AVFilterFormatsConfig **inputs,
                         AVFilterFormatsConfig **outputs)
{
    static const int formats[] = {
        AV_PIX_FMT_RGB24, AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA, AV_PIX_FMT_RGBA64,
#if CONFIG_VULKAN
        AV_PIX_FMT_VULKAN,
#endif
        AV_PIX_FMT_NONE
    };
    static const int mask_formats[] = { AV_PIX_FMT_BGR24, AV_PIX_FMT_NONE };
    AVFilterFormats *list = ff_make_format_list(formats);
    int i, ret = ff_formats_ref(list, &inputs[0]->formats);

    if (ret >= 0)
        ret = ff_formats_ref(list, &outputs[0]->formats);
    for (i = 1; ret >= 0 && i < ctx->nb_inputs; i++)
        ret = ff_formats_ref(ff_make_format_list(mask_formats),
                             &inputs[i]->formats);
    return ret;
}

AVFrame *ff_ttm_single_buffer(AVFilterLink *inlink, int width, int height)
{
    AVFrame *frame = NULL;

#if CONFIG_VULKAN
    if (inlink->format == AV_PIX_FMT_VULKAN)
        return ff_default_get_video_buffer(inlink, width, height);
#endif
    frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = inlink->format;
    frame->width  = width;
    frame->height = height;
    if (av_frame_get_buffer(frame, 0) < 0)
        av_frame_free(&frame);
    return frame;
}

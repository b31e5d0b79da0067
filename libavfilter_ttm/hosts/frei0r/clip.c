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


/** @file The clip of one instance. */

#include "clip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "options_text.h"

#if HAVE_LIBCURL
#include "../http/ttm_http.h"
#endif

/* frei0r has no log: one line on stderr, and the picture stays as it is. */
static void say_failure(const char *message)
{
    fprintf(stderr, "frei0r ttm: %s (frames stay as they are until a parameter "
            "changes)\n", message);
}

static void log_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    const Frei0rClip *clip = opaque;

    if (clip->quiet)
        return;
    if (level == TTM_LOG_ERROR)
        say_failure(message);
    else if (level == TTM_LOG_WARNING)
        fprintf(stderr, "frei0r ttm: warning: %s\n", message);
}

/* The engine goes, the still stays for the next one. */
static void fail(Frei0rClip *clip)
{
    ttm_close(&clip->engine);
    clip->failed = 1;
    clip->shown  = -1;
}

void ttm_frei0r_clip_fail(Frei0rClip *clip, const char *message)
{
    say_failure(message);
    fail(clip);
}

static int set_wishes(TTMSettings *settings, const Frei0rWishes *wishes)
{
    const struct { const char *name, *value; } own[] = {
        { "prompt", wishes->prompt },   { "objects", wishes->objects },
        { "model",  wishes->model },    { "seed",    wishes->seed },
    };
    char message[512] = "";
    int ret = 0;

    for (size_t i = 0; ret >= 0 && i < sizeof(own) / sizeof(own[0]); i++)
        if (*own[i].value)
            ret = ttm_settings_set(settings, own[i].name, own[i].value);
    if (ret >= 0)
        ret = ttm_frei0r_set_options(settings, wishes->options, message,
                                     sizeof(message));
    if (*message)
        say_failure(message);
    return ret;
}

void ttm_frei0r_clip_open(Frei0rClip *clip, const Frei0rWishes *wishes,
                          int width, int height)
{
    TTMSettings *settings = ttm_settings_alloc();
    int ret;

    ttm_close(&clip->engine);
    clip->failed = clip->quiet = clip->begun = 0;
    clip->shown  = -1;
    clip->width  = width;
    clip->height = height;
    clip->tell_seed = *wishes->seed == '-';
    if (!settings) {
        ttm_frei0r_clip_fail(clip, "out of memory");
        return;
    }
    ttm_settings_set_log(settings, log_line, clip);
#if HAVE_LIBCURL
    ttm_settings_set_post(settings, ttm_http_post, NULL);
#endif
    ret = set_wishes(settings, wishes);
    if (ret >= 0)
        ret = ttm_open(&clip->engine, settings);
    ttm_settings_free(&settings);
    if (ret < 0)
        fail(clip);
}

void ttm_frei0r_clip_still(Frei0rClip *clip, const uint8_t *rgba)
{
    size_t pixels = (size_t)clip->width * clip->height;
    int is_new = !clip->still;

    if (clip->failed)
        return;
    if (!clip->still)
        clip->still = malloc(3 * pixels);
    if (!clip->frame)
        clip->frame = malloc(3 * pixels);
    if (!clip->still || !clip->frame) {
        ttm_frei0r_clip_fail(clip, "out of memory");
        return;
    }
    for (size_t i = 0; i < pixels; i++) {
        if (!is_new && !memcmp(clip->still + 3 * i, rgba + 4 * i, 3))
            continue;
        memcpy(clip->still + 3 * i, rgba + 4 * i, 3);
        is_new = 1;
    }
    if (is_new)
        clip->begun = 0;
}

static TTMImage image_of(const Frei0rClip *clip, uint8_t *pixels)
{
    return (TTMImage){
        .struct_size = sizeof(TTMImage),
        .format = TTM_PIXEL_RGB8,
        .width  = clip->width,
        .height = clip->height,
        .stride = 3 * (ptrdiff_t)clip->width,
        .data   = pixels,
    };
}

/* The still begins the clip, for the first time or once more. */
static int begin(Frei0rClip *clip)
{
    TTMImage image = image_of(clip, clip->still);
    const char *seed;
    int ret = ttm_set_image(clip->engine, &image);

    clip->begun = ret >= 0;
    clip->shown = -1;
    seed = ret >= 0 && clip->tell_seed ? ttm_metadata(clip->engine, "seed") : NULL;
    if (seed)
        fprintf(stderr, "frei0r ttm: seed %s gives this clip again\n", seed);
    return ret;
}

/* Make frames until that one is there. */
static int make(Frei0rClip *clip, int index)
{
    int ret = TTM_MORE;

    while (ret > 0 && ttm_frames_ready(clip->engine) <= index)
        ret = ttm_step(clip->engine, NULL);
    return ret;
}

/*
 * The frame as it is, or, as frames before the last one that was asked for may be let
 * go, from the clip made once more with the seed that it had.
 */
static int get(Frei0rClip *clip, int index)
{
    TTMImage image = image_of(clip, clip->frame);
    const char *seed = ttm_metadata(clip->engine, "seed");
    char *copy = seed ? strdup(seed) : NULL;
    int ret;

    clip->quiet = index < clip->furthest;
    ret = make(clip, index);
    if (ret >= 0)
        ret = ttm_get_frame(clip->engine, index, &image);
    if (ret == TTM_ERR_STATE && clip->quiet && copy) {
        clip->quiet = clip->tell_seed = 0;
        ret = ttm_set_option(clip->engine, "seed", copy);
        if (ret >= 0)
            ret = begin(clip);
        if (ret >= 0)
            ret = make(clip, index);
        if (ret >= 0)
            ret = ttm_get_frame(clip->engine, index, &image);
    }
    clip->quiet = 0;
    free(copy);
    return ret;
}

const uint8_t *ttm_frei0r_clip_frame(Frei0rClip *clip, int index)
{
    int last, ret = 0;

    if (clip->failed)
        return NULL;
    if (!clip->begun) {
        clip->furthest = -1;
        ret = begin(clip);
    }
    last  = ret < 0 ? 0 : ttm_frame_count(clip->engine) - 1;
    index = index < last ? index : last;
    if (ret >= 0 && index != clip->shown)
        ret = get(clip, index);
    if (ret < 0) {
        fail(clip);
        return NULL;
    }
    clip->shown = index;
    if (index > clip->furthest)
        clip->furthest = index;
    return clip->frame;
}

double ttm_frei0r_clip_rate(const Frei0rClip *clip)
{
    TTMRational rate = clip->engine ? ttm_frame_rate(clip->engine)
                                    : (TTMRational){ 0, 1 };

    return rate.den ? (double)rate.num / rate.den : 0;
}

void ttm_frei0r_clip_close(Frei0rClip *clip)
{
    ttm_close(&clip->engine);
    free(clip->still);
    free(clip->frame);
    *clip = (Frei0rClip){ 0 };
}

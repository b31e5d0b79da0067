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
 * The frei0r plugin: a filter whose first frame is set in motion.
 *
 * Hosts construct plugins to list them, and may do so once a thread, so that an instance
 * is a few hundred bytes until its first frame comes. Instances share nothing. frei0r's
 * functions report no errors: a frame that cannot be made is the host's as it is, and
 * the reason is one line on stderr.
 */

/* The only functions that hosts look up. */
#pragma GCC visibility push(default)
#include <frei0r.h>
#pragma GCC visibility pop

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clip.h"
#include "clock.h"

/** Parameters in the order of frei0r's indices, which projects of MLT may name. */
enum Param { PROMPT, OBJECTS, MODEL, SEED, OPTIONS, START, TIME, NB_PARAMS };

static const struct {
    const char *name, *fallback, *help;
} params[NB_PARAMS] = {
    [PROMPT]  = { "prompt", "", "what happens in the clip, e.g. the red ball moves "
                                "left while the kite flies up" },
    [OBJECTS] = { "objects", "", "the objects and their prompts, as JSON text or as "
                                 "the name of a JSON file; empty: found from the "
                                 "prompt" },
    [MODEL]   = { "model", "", "folder of the bundle; empty: the one that comes with "
                               "ttm" },
    [SEED]    = { "seed", "0", "seed of the noise, which gives the same clip each "
                               "time; -1: another one each time" },
    [OPTIONS] = { "options", "", "other options of the filter ttm, as 'name value:"
                                 "name value', e.g. steps 4:fps 25" },
    [START]   = { "start", "0", "second of the host's time at which the clip starts, "
                                "or 'first': with the first frame" },
    [TIME]    = { "time", "auto", "unit of the host's time: auto, seconds or "
                                  "milliseconds" },
};

typedef struct Instance {
    unsigned width, height;
    char *values[NB_PARAMS];    ///< NULL: the parameter's default
    int opened;                 ///< with the values that are there
    int clock_set;
    Frei0rClock clock;
    Frei0rClip clip;
} Instance;

static const char *value_of(const Instance *instance, int param)
{
    return instance->values[param] ? instance->values[param] :
                                     params[param].fallback;
}

int f0r_init(void)
{
    return 1;
}

/* MLT calls it before it destructs its instances, which need nothing of ours. */
void f0r_deinit(void)
{
}

void f0r_get_plugin_info(f0r_plugin_info_t *info)
{
    *info = (f0r_plugin_info_t){
        .name           = "Through-The-Mask",
        .author         = "ttm",
        .plugin_type    = F0R_PLUGIN_TYPE_FILTER,
        .color_model    = F0R_COLOR_MODEL_RGBA8888,
        .frei0r_version = FREI0R_MAJOR_VERSION,
        .major_version  = TTM_VERSION_MAJOR,
        .minor_version  = TTM_VERSION_MINOR,
        .num_params     = NB_PARAMS,
        .explanation    = "Sets the first frame in motion: its objects move as a "
                          "prompt says",
    };
}

void f0r_get_param_info(f0r_param_info_t *info, int index)
{
    *info = (f0r_param_info_t){ 0 };
    if (index < 0 || index >= NB_PARAMS)
        return;
    info->name        = params[index].name;
    info->type        = F0R_PARAM_STRING;
    info->explanation = params[index].help;
}

f0r_instance_t f0r_construct(unsigned int width, unsigned int height)
{
    Instance *instance = width && height && width <= INT32_MAX / 4 / height ?
                         calloc(1, sizeof(*instance)) : NULL;

    if (instance) {
        instance->width  = width;
        instance->height = height;
    }
    return instance;
}

void f0r_destruct(f0r_instance_t handle)
{
    Instance *instance = handle;

    if (!instance)
        return;
    ttm_frei0r_clip_close(&instance->clip);
    for (int i = 0; i < NB_PARAMS; i++)
        free(instance->values[i]);
    free(instance);
}

/* Hosts set all parameters before each frame, mostly to what they are. */
void f0r_set_param_value(f0r_instance_t handle, f0r_param_t param, int index)
{
    Instance *instance = handle;
    const char *text;
    char *copy;

    if (!instance || !param || index < 0 || index >= NB_PARAMS)
        return;
    text = *(char *const *)param ? *(char *const *)param : "";
    if (!strcmp(text, value_of(instance, index)))
        return;
    copy = strdup(text);
    if (!copy) {
        ttm_frei0r_clip_fail(&instance->clip, "out of memory");
        return;
    }
    free(instance->values[index]);
    instance->values[index] = copy;
    if (index == START || index == TIME)
        instance->clock_set = 0;
    if (instance->clip.failed || (index != START && index != TIME))
        instance->opened = 0;
}

void f0r_get_param_value(f0r_instance_t handle, f0r_param_t param, int index)
{
    if (!handle || !param || index < 0 || index >= NB_PARAMS)
        return;
    /* frei0r wants a pointer to what may be changed, and says that nobody does. */
    *(char **)param = (char *)(uintptr_t)value_of(handle, index);
}

static void open_clip(Instance *instance)
{
    const char *seed = value_of(instance, SEED);
    const Frei0rWishes wishes = {
        .prompt  = value_of(instance, PROMPT),
        .objects = value_of(instance, OBJECTS),
        .model   = value_of(instance, MODEL),
        .seed    = *seed ? seed : params[SEED].fallback,
        .options = value_of(instance, OPTIONS),
    };

    ttm_frei0r_clip_open(&instance->clip, &wishes, (int)instance->width,
                         (int)instance->height);
    instance->opened = 1;
}

/* The clock goes on where only the clip changes. */
static void set_clock(Instance *instance)
{
    const char *wrong = ttm_frei0r_clock_init(&instance->clock,
                                              value_of(instance, START),
                                              value_of(instance, TIME));

    instance->clock_set = 1;
    if (wrong)
        ttm_frei0r_clip_fail(&instance->clip, wrong);
}

/*
 * The still is the first frame that comes, until the one at the clip's very start does,
 * which may be another one each time that the host goes back to it.
 */
static void take_still(Instance *instance, double seconds, const void *frame)
{
    int at_start = seconds > -1e-6 && seconds < 1e-6;

    if (!instance->clip.still || at_start)
        ttm_frei0r_clip_still(&instance->clip, frame);
}

void f0r_update(f0r_instance_t handle, double time, const uint32_t *inframe,
                uint32_t *outframe)
{
    Instance *instance = handle;
    const uint8_t *in = (const uint8_t *)inframe, *rgb = NULL;
    uint8_t *out = (uint8_t *)outframe;
    size_t pixels;
    double seconds;

    if (!instance || !in || !out)
        return;
    pixels = (size_t)instance->width * instance->height;
    if (!instance->opened)
        open_clip(instance);
    if (!instance->clock_set && !instance->clip.failed)
        set_clock(instance);
    if (!instance->clip.failed) {
        seconds = ttm_frei0r_clock_seconds(&instance->clock, time);
        take_still(instance, seconds, in);
        rgb = ttm_frei0r_clip_frame(&instance->clip, ttm_frei0r_frame_at(
                  seconds, ttm_frei0r_clip_rate(&instance->clip)));
    }
    if (!rgb) {
        memmove(out, in, 4 * pixels);
        return;
    }
    for (size_t i = 0; i < pixels; i++) {
        out[4 * i + 3] = in[4 * i + 3];
        memcpy(out + 4 * i, rgb + 3 * i, 3);
    }
}

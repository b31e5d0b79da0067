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

/** @file The one table of options, and settings by name. */

#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/choices.h"
#include "util/mem.h"
#include "util/parse.h"

static const char *const mode_choices[] = { "full", "plan", "render", NULL };
static const char *const sampler_choices[] = {
    "auto", "ddim", "euler", "linear_quadratic", "unipc", NULL
};
static const char *const refine_choices[] = {
    "auto", "none", "similarity", NULL
};
static const char *const precision_choices[] = {
    "auto", "f32", "f16", "bf16", NULL
};

static const char *const kernels_choices[] = {
    "auto", "plain", "software", "cooperative", "cooperative2", NULL
};

#define MAX_SEED    9223372036854775807.0

#define STRING(member, run_time, help) \
    { #member, TTM_OPTION_STRING, offsetof(TTMSettings, member), 0, 0, NULL, \
      NULL, run_time, help }
#define NUMBER(member, type, min, max, fallback, run_time, help) \
    { #member, type, offsetof(TTMSettings, member), min, max, fallback, NULL, \
      run_time, help }
#define CHOICE(member, fallback, choices, help) \
    { #member, TTM_OPTION_CHOICE, offsetof(TTMSettings, member), 0, \
      sizeof(choices) / sizeof((choices)[0]) - 2, fallback, choices, 0, help }

static const TTMOption option_list[] = {
    STRING(model, 0, "bundle folder; unset: $TTM_MODEL, else the one that "
           "comes with ttm"),
    STRING(lora, 0, "LoRA files to merge, as PATH:WEIGHT, separated by '|'; "
           "behind the weight, :motion or :video keeps one to a stage"),
    STRING(prompt, 1, "what happens in the clip, e.g. 'the red ball moves "
           "left while the kite flies up'"),
    STRING(promptfile, 0, "text file that holds the prompt"),
    STRING(objects, 0, "the objects and their prompts, as JSON text that "
           "begins with '{' or as a JSON file; unset: found from the prompt"),
    STRING(negative_prompt, 1, "what text guidance leads away from"),
    STRING(device, 0, "auto, cpu, vulkan, vulkan:N or vulkan:NAME; unset: "
           "auto, a real GPU, else the CPU"),
    STRING(report, 0, "JSON file to write when the clip is done"),
    STRING(size, 0, "generation and output size as WxH; unset: the bundle's "
           "size at the aspect of the input, output at the input's size"),
    STRING(memory, 0, "device memory that may be used: bytes, with K, M or G; "
           "unset or auto: what is free"),
    CHOICE(mode, "full", mode_choices,
           "full: still to video; plan: stage 1 only, emits the trajectory; "
           "render: stage 2 only, the trajectory is given"),
    NUMBER(frames, TTM_OPTION_INT, 0, 1024, "0", 0,
           "number of frames; 0: the bundle's"),
    NUMBER(fps, TTM_OPTION_DOUBLE, 0, 1000, "0", 0,
           "frames per second; 0: the bundle's"),
    NUMBER(steps, TTM_OPTION_INT, 0, 1000, "0", 1,
           "denoising steps of each stage; 0: the bundle's"),
    NUMBER(guidance, TTM_OPTION_DOUBLE, -1, 100, "-1", 1,
           "text guidance scale, 1 is none; negative: the bundle's"),
    NUMBER(image_guidance, TTM_OPTION_DOUBLE, -1, 100, "-1", 1,
           "image guidance scale, 1 is none; negative: the bundle's"),
    CHOICE(sampler, "auto", sampler_choices,
           "auto: the bundle's; ddim, euler, linear_quadratic, unipc"),
    CHOICE(refine, "auto", refine_choices,
           "fit the masks of the first frame to the predicted ones; auto: "
           "the bundle's"),
    NUMBER(detail, TTM_OPTION_DOUBLE, -1, 1, "-1", 0,
           "share of the still's own detail that is carried along; "
           "negative: the bundle's"),
    CHOICE(precision, "auto", precision_choices,
           "type of the networks' activations; auto: the device's choice"),
    CHOICE(kernels, "auto", kernels_choices,
           "form of the Vulkan kernels, for tests; auto: the best that the "
           "device has"),
    NUMBER(seed, TTM_OPTION_INT64, -1, MAX_SEED, "-1", 1,
           "seed of the noise; -1: random, logged"),
    NUMBER(threads, TTM_OPTION_INT, 0, 1024, "0", 0,
           "CPU threads; 0: one for small networks, else one a core"),
    NUMBER(profile, TTM_OPTION_INT, 0, 1, "0", 0,
           "1: time every kernel, for the log and the report; slower"),
    { NULL, TTM_OPTION_STRING, 0, 0, 0, NULL, NULL, 0, NULL },
};

const TTMOption *ttm_option_list(void)
{
    return option_list;
}

const TTMOption *ttm_option_find(const char *name)
{
    for (const TTMOption *option = option_list; name && option->name; option++)
        if (!strcmp(option->name, name))
            return option;
    return NULL;
}

const char *ttm_option_choice_name(const char *option, int value)
{
    const TTMOption *row = ttm_option_find(option);

    if (!row || row->type != TTM_OPTION_CHOICE || value < 0 ||
        value > (int)row->max)
        return "?";
    return row->choices[value];
}

static void *member(const TTMSettings *settings, const TTMOption *option)
{
    return (char *)(uintptr_t)settings + option->offset;
}

/* Choices as "a, b or c" for messages. */
static void list_choices(const TTMOption *option, char *text, size_t size)
{
    size_t used = 0;

    text[0] = 0;
    for (int i = 0; option->choices[i]; i++) {
        const char *separator = !i ? "" : option->choices[i + 1] ? ", " : " or ";
        size_t length = strlen(separator) + strlen(option->choices[i]);

        if (used + length + 1 > size)
            return;
        strcpy(text + used, separator);
        strcat(text + used, option->choices[i]);
        used += length;
    }
}

static int range_error(const TTMOption *option, const char *value,
                       const TTMLog *log)
{
    if (option->type == TTM_OPTION_INT64)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not a whole "
                        "number from -1 to 9223372036854775807", option->name,
                        value);
    return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not a %snumber "
                    "from %g to %g", option->name, value,
                    option->type == TTM_OPTION_INT ? "whole " : "",
                    option->min, option->max);
}

static int set_string(char **text, const char *value, const TTMLog *log)
{
    char *copy = ttm_strdup(value);

    if (value && !copy)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    free(*text);
    *text = copy;
    return 0;
}

static int set_value(TTMSettings *settings, const TTMOption *option,
                     const char *value, const TTMLog *log)
{
    void *target = member(settings, option);
    char choices[128], *end;

    if (option->type == TTM_OPTION_STRING)
        return set_string(target, value, log);
    if (!value || !*value)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: no value",
                        option->name);
    errno = 0;
    switch (option->type) {
    case TTM_OPTION_CHOICE:
        for (int i = 0; option->choices[i]; i++) {
            if (!strcmp(option->choices[i], value)) {
                *(int *)target = i;
                return 0;
            }
        }
        list_choices(option, choices, sizeof(choices));
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is unknown; "
                        "use %s", option->name, value, choices);
    case TTM_OPTION_DOUBLE: {
        double number = strtod(value, &end);

        if (*end || !(number >= option->min && number <= option->max))
            return range_error(option, value, log);
        *(double *)target = number;
        return 0;
    }
    default: {
        long long number = strtoll(value, &end, 10);

        if (*end || end == value || errno ||
            number < (long long)option->min ||
            (option->type == TTM_OPTION_INT && number > (long long)option->max))
            return range_error(option, value, log);
        if (option->type == TTM_OPTION_INT)
            *(int *)target = (int)number;
        else
            *(int64_t *)target = number;
        return 0;
    }
    }
}

void ttm_settings_default(TTMSettings *settings)
{
    if (!settings)
        return;
    memset(settings, 0, sizeof(*settings));
    for (const TTMOption *option = option_list; option->name; option++)
        if (option->fallback)
            set_value(settings, option, option->fallback, NULL);
}

static int check_size(const char *size, const TTMLog *log)
{
    int width, height;

    if (!size || ttm_parse_size(size, &width, &height) >= 0)
        return 0;
    return ttm_fail(log, TTM_ERR_ARGUMENT, "option size: '%s' is not WxH with "
                    "numbers from 1 to %d, e.g. 256x256", size, TTM_MAX_OUTPUT_SIZE);
}

static int check_memory(const char *memory, const TTMLog *log)
{
    size_t bytes;

    if (ttm_parse_bytes(memory, &bytes) >= 0)
        return 0;
    return ttm_fail(log, TTM_ERR_ARGUMENT, "option memory: '%s' is not auto or a "
                    "number of bytes, e.g. 8G or 512M", memory);
}

int ttm_settings_set(TTMSettings *settings, const char *name,
                     const char *value)
{
    TTMLog log;
    const TTMOption *option;

    if (!settings)
        return TTM_ERR_ARGUMENT;
    log = (TTMLog){ settings->log, settings->log_opaque };
    option = ttm_option_find(name);
    if (!option)
        return ttm_fail(&log, TTM_ERR_ARGUMENT, "there is no option '%s'",
                        name ? name : "");
    if (!strcmp(option->name, "size") && value && check_size(value, &log) < 0)
        return TTM_ERR_ARGUMENT;
    if (!strcmp(option->name, "memory") && check_memory(value, &log) < 0)
        return TTM_ERR_ARGUMENT;
    return set_value(settings, option, value, &log);
}

void ttm_settings_uninit(TTMSettings *settings)
{
    if (!settings)
        return;
    for (const TTMOption *option = option_list; option->name; option++) {
        if (option->type == TTM_OPTION_STRING) {
            char **text = member(settings, option);

            free(*text);
            *text = NULL;
        }
    }
}

int ttm_settings_copy(TTMSettings *to, const TTMSettings *from)
{
    *to = *from;
    for (const TTMOption *option = option_list; option->name; option++)
        if (option->type == TTM_OPTION_STRING)
            *(char **)member(to, option) = NULL;
    for (const TTMOption *option = option_list; option->name; option++) {
        char *const *text = member(from, option);
        char **copy = member(to, option);

        if (option->type != TTM_OPTION_STRING || !*text)
            continue;
        *copy = ttm_strdup(*text);
        if (!*copy) {
            ttm_settings_uninit(to);
            return TTM_ERR_MEMORY;
        }
    }
    return 0;
}

int ttm_settings_check(const TTMSettings *settings, const TTMLog *log)
{
    for (const TTMOption *option = option_list; option->name; option++) {
        const void *value = member(settings, option);
        double number;

        switch (option->type) {
        case TTM_OPTION_INT:
        case TTM_OPTION_CHOICE:
            number = *(const int *)value;
            break;
        case TTM_OPTION_INT64:
            number = (double)*(const int64_t *)value;
            break;
        case TTM_OPTION_DOUBLE:
            number = *(const double *)value;
            break;
        default:
            continue;
        }
        if (!(number >= option->min && number <= option->max))
            return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: %g is not from "
                            "%g to %g", option->name, number, option->min,
                            option->max);
    }
    if (settings->prompt && settings->promptfile)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "options prompt and promptfile "
                        "exclude each other: give one of them");
    if (check_memory(settings->memory, log) < 0)
        return TTM_ERR_ARGUMENT;
    return check_size(settings->size, log);
}

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

/** @file Settings: values by name, checked against the table of options. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/options.h"
#include "util/mem.h"
#include "util/parse.h"
#include "util/rng.h"
#include "util/url.h"

static void *member(const TTMSettings *settings, const TTMOptionRow *row)
{
    return (char *)(uintptr_t)settings + row->offset;
}

static int is_text(const TTMOptionRow *row)
{
    return row->option.type == TTM_OPTION_STRING ||
           row->option.type == TTM_OPTION_SIZE;
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

/* @p value is no value of the option: say which ones are. */
static int refuse(const TTMOption *option, const char *value, const TTMLog *log)
{
    const char *name = option->name;
    char choices[128];

    switch (option->type) {
    case TTM_OPTION_INT64:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not a whole "
                        "number from -1 to %lld", name, value,
                        (long long)TTM_MAX_SEED);
    case TTM_OPTION_BOOL:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not 0 or 1",
                        name, value);
    case TTM_OPTION_CHOICE:
        list_choices(option, choices, sizeof(choices));
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is unknown; "
                        "use %s", name, value, choices);
    case TTM_OPTION_RATE:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not a rate "
                        "up to %g, e.g. 25, 30000/1001 or ntsc", name, value,
                        option->max);
    case TTM_OPTION_SIZE:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not WxH with "
                        "numbers from 1 to %d, e.g. 256x256", name, value,
                        TTM_MAX_OUTPUT_SIZE);
    case TTM_OPTION_STRING:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: %s is not a text",
                        name, value);
    default:
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: '%s' is not a "
                        "%snumber from %g to %g", name, value,
                        option->type == TTM_OPTION_INT ? "whole " : "",
                        option->min, option->max);
    }
}

static double rate_value(TTMRational rate)
{
    return rate.den ? (double)rate.num / rate.den : NAN;
}

static int in_range(const TTMOption *option, double value)
{
    return value >= option->min && value <= option->max;
}

/* 0, or an error without a line: @p value is no value of the option. */
static int set_int(void *target, const TTMOption *option, int64_t value)
{
    if (!in_range(option, (double)value))
        return TTM_ERR_ARGUMENT;
    switch (option->type) {
    case TTM_OPTION_INT:
    case TTM_OPTION_BOOL:
        *(int *)target = (int)value;
        return 0;
    case TTM_OPTION_INT64:
        *(int64_t *)target = value;
        return 0;
    case TTM_OPTION_DOUBLE:
        *(double *)target = (double)value;
        return 0;
    case TTM_OPTION_RATE:
        *(TTMRational *)target = (TTMRational){ (int)value, 1 };
        return 0;
    default:
        return TTM_ERR_ARGUMENT;
    }
}

static int set_rate(void *target, const TTMOption *option, TTMRational value)
{
    if (value.den < 1 || !in_range(option, rate_value(value)))
        return TTM_ERR_ARGUMENT;
    if (option->type == TTM_OPTION_DOUBLE)
        *(double *)target = rate_value(value);
    else if (option->type == TTM_OPTION_RATE)
        *(TTMRational *)target = value;
    else
        return TTM_ERR_ARGUMENT;
    return 0;
}

static int set_number(void *target, const TTMOption *option, const char *text)
{
    TTMRational rate;
    char *end;
    int flag, ret;

    errno = 0;
    switch (option->type) {
    case TTM_OPTION_BOOL:
        return ttm_parse_bool(text, &flag) < 0 ? TTM_ERR_ARGUMENT :
               set_int(target, option, flag);
    case TTM_OPTION_RATE:
        ret = ttm_parse_rate(text, &rate);
        return ret < 0 ? ret : set_rate(target, option, rate);
    case TTM_OPTION_DOUBLE: {
        double number;

        if (ttm_parse_double(text, &end, &number) < 0)
            return TTM_ERR_MEMORY;
        if (end == text || *end || !in_range(option, number))
            return TTM_ERR_ARGUMENT;
        *(double *)target = number;
        return 0;
    }
    default: {
        long long number = strtoll(text, &end, 10);

        return end == text || *end || errno ? TTM_ERR_ARGUMENT :
               set_int(target, option, number);
    }
    }
}

static int set_choice(int *target, const TTMOption *option, const char *text)
{
    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text))
            continue;
        *target = i;
        return 0;
    }
    return TTM_ERR_ARGUMENT;
}

static int set_text(char **target, const char *text, const TTMLog *log)
{
    char *copy = ttm_strdup(text);

    if (text && !copy)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    free(*target);
    *target = copy;
    return 0;
}

static int out_of_memory(const TTMLog *log)
{
    return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
}

/* 0 if a text that has a form has it; unset is fine. */
static int check_text(const TTMOption *option, const char *text,
                      const TTMLog *log)
{
    int width, height, ret;
    const char *wrong;
    size_t bytes;
    TTMUrl url;

    if (!text)
        return 0;
    if (!strcmp(option->name, "llm") && *text) {
        wrong = ttm_url_read(&url, text);
        return wrong ? ttm_fail(log, TTM_ERR_ARGUMENT, "option llm: the address %s", wrong) : 0;
    }
    if (option->type == TTM_OPTION_SIZE)
        return ttm_parse_size(text, &width, &height) < 0 ?
               refuse(option, text, log) : 0;
    ret = strcmp(option->name, "memory") ? 0 : ttm_parse_bytes(text, &bytes);
    if (ret == TTM_ERR_MEMORY)
        return out_of_memory(log);
    if (ret < 0)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option memory: '%s' is not auto "
                        "or a number of bytes, e.g. 8G or 512M", text);
    return 0;
}

static int set_value(TTMSettings *settings, const TTMOptionRow *row,
                     const char *text, const TTMLog *log)
{
    const TTMOption *option = &row->option;
    void *target = member(settings, row);
    int ret;

    if (is_text(row)) {
        ret = check_text(option, text, log);
        return ret < 0 ? ret : set_text(target, text, log);
    }
    if (!text || !*text)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: no value",
                        option->name);
    ret = option->type == TTM_OPTION_CHOICE ? set_choice(target, option, text) :
          set_number(target, option, text);
    if (ret == TTM_ERR_MEMORY)
        return out_of_memory(log);
    return ret < 0 ? refuse(option, text, log) : 0;
}

int ttm_settings_default(TTMSettings *settings)
{
    const TTMOptionRow *row;
    int ret = 0;

    memset(settings, 0, sizeof(*settings));
    for (size_t i = 0; ret >= 0 && (row = ttm_option_row(i)); i++)
        if (row->option.fallback)
            ret = set_value(settings, row, row->option.fallback, NULL);
    if (ret < 0)
        ttm_settings_uninit(settings);
    return ret;
}

void ttm_settings_uninit(TTMSettings *settings)
{
    const TTMOptionRow *row;

    for (size_t i = 0; (row = ttm_option_row(i)); i++) {
        if (is_text(row)) {
            char **text = member(settings, row);

            free(*text);
            *text = NULL;
        }
    }
}

TTMSettings *ttm_settings_alloc(void)
{
    TTMSettings *settings = ttm_array_alloc(1, sizeof(*settings));

    if (settings && ttm_settings_default(settings) < 0) {
        free(settings);
        return NULL;
    }
    return settings;
}

void ttm_settings_free(TTMSettings **settings)
{
    if (!settings || !*settings)
        return;
    ttm_settings_uninit(*settings);
    free(*settings);
    *settings = NULL;
}

static TTMLog settings_log(const TTMSettings *settings)
{
    return (TTMLog){ settings->log, settings->log_opaque };
}

/* Row of an option, or NULL after a line. */
static const TTMOptionRow *find_row(const TTMSettings *settings,
                                    const char *name)
{
    const TTMOptionRow *row = ttm_option_find_row(name);
    TTMLog log = settings_log(settings);

    if (!row)
        ttm_log(&log, TTM_LOG_ERROR, "there is no option '%s'", name ? name : "");
    return row;
}

int ttm_settings_set(TTMSettings *settings, const char *name, const char *value)
{
    const TTMOptionRow *row = settings ? find_row(settings, name) : NULL;
    TTMLog log;

    if (!row)
        return TTM_ERR_ARGUMENT;
    log = settings_log(settings);
    return set_value(settings, row, value, &log);
}

int ttm_settings_set_int(TTMSettings *settings, const char *name, int64_t value)
{
    const TTMOptionRow *row = settings ? find_row(settings, name) : NULL;
    char text[24];
    TTMLog log;

    if (!row)
        return TTM_ERR_ARGUMENT;
    log = settings_log(settings);
    if (set_int(member(settings, row), &row->option, value) >= 0)
        return 0;
    snprintf(text, sizeof(text), "%lld", (long long)value);
    return refuse(&row->option, text, &log);
}

int ttm_settings_set_double(TTMSettings *settings, const char *name,
                            double value)
{
    const TTMOptionRow *row = settings ? find_row(settings, name) : NULL;
    TTMLog log;
    char text[32];

    if (!row)
        return TTM_ERR_ARGUMENT;
    log = settings_log(settings);
    if (in_range(&row->option, value)) {
        void *target = member(settings, row);
        TTMRational rate;

        if (row->option.type == TTM_OPTION_DOUBLE) {
            *(double *)target = value;
            return 0;
        }
        rate = ttm_rational_of(value, TTM_MAX_RATE_TERM);
        if (row->option.type == TTM_OPTION_RATE && (rate.num || value == 0)) {
            *(TTMRational *)target = rate;
            return 0;
        }
    }
    snprintf(text, sizeof(text), "%g", value);
    return refuse(&row->option, text, &log);
}

int ttm_settings_set_rational(TTMSettings *settings, const char *name,
                              TTMRational value)
{
    const TTMOptionRow *row = settings ? find_row(settings, name) : NULL;
    char text[32];
    TTMLog log;

    if (!row)
        return TTM_ERR_ARGUMENT;
    log = settings_log(settings);
    if (set_rate(member(settings, row), &row->option, value) >= 0)
        return 0;
    snprintf(text, sizeof(text), "%d/%d", value.num, value.den);
    return refuse(&row->option, text, &log);
}

void ttm_settings_set_log(TTMSettings *settings, TTMLogCallback log,
                          void *opaque)
{
    if (!settings)
        return;
    settings->log        = log;
    settings->log_opaque = opaque;
}

void ttm_settings_set_interrupt(TTMSettings *settings,
                                TTMInterruptCallback interrupt, void *opaque)
{
    if (!settings)
        return;
    settings->interrupt        = interrupt;
    settings->interrupt_opaque = opaque;
}

void ttm_settings_set_post(TTMSettings *settings, TTMPostCallback post, void *opaque)
{
    if (!settings)
        return;
    settings->post        = post;
    settings->post_opaque = opaque;
}

int ttm_settings_set_vulkan(TTMSettings *settings,
                            const TTMVulkanDevice *device)
{
    TTMLog log;

    if (!settings)
        return TTM_ERR_ARGUMENT;
    settings->vulkan = NULL;
    if (!device)
        return 0;
    log = settings_log(settings);
    if (device->struct_size < sizeof(*device))
        return ttm_fail(&log, TTM_ERR_ARGUMENT, "TTMVulkanDevice: struct_size is "
                        "%zu; set it to sizeof(TTMVulkanDevice), %zu",
                        device->struct_size, sizeof(*device));
    settings->lent   = *device;
    settings->vulkan = &settings->lent;
    return 0;
}

int ttm_settings_copy(TTMSettings *to, const TTMSettings *from)
{
    const TTMOptionRow *row;

    *to = *from;
    if (from->vulkan) {
        to->lent   = *from->vulkan;
        to->vulkan = &to->lent;
    }
    for (size_t i = 0; (row = ttm_option_row(i)); i++)
        if (is_text(row))
            *(char **)member(to, row) = NULL;
    for (size_t i = 0; (row = ttm_option_row(i)); i++) {
        if (is_text(row) && set_text(member(to, row),
                                     *(char *const *)member(from, row),
                                     NULL) < 0) {
            ttm_settings_uninit(to);
            return TTM_ERR_MEMORY;
        }
    }
    return 0;
}

/* Value of a number or choice, for the check of its range. */
static double number_of(const void *value, enum TTMOptionType type)
{
    switch (type) {
    case TTM_OPTION_INT64:
        return (double)*(const int64_t *)value;
    case TTM_OPTION_DOUBLE:
        return *(const double *)value;
    case TTM_OPTION_RATE:
        return rate_value(*(const TTMRational *)value);
    default:
        return *(const int *)value;
    }
}

int ttm_settings_check(const TTMSettings *settings, const TTMLog *log)
{
    const TTMOptionRow *row;

    for (size_t i = 0; (row = ttm_option_row(i)); i++) {
        const void *value = member(settings, row);
        const TTMOption *option = &row->option;
        double number;
        int ret;

        if (is_text(row)) {
            ret = check_text(option, *(char *const *)value, log);
            if (ret < 0)
                return ret;
            continue;
        }
        number = number_of(value, option->type);
        if (!in_range(option, number))
            return ttm_fail(log, TTM_ERR_ARGUMENT, "option %s: %g is not from "
                            "%g to %g", option->name, number, option->min,
                            option->max);
    }
    if (settings->prompt && settings->promptfile)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "options prompt and promptfile "
                        "exclude each other: give one of them");
    return 0;
}

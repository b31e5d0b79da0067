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

/** @file Checked reading of the config.json of a network. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nets/net.h"

int ttm_config_int(const TTMPart *part, const char *key, int min, int max,
                   int fallback, int *value)
{
    int64_t wide;
    int ret = ttm_json_get_int(part->config, part->log, part->config_path, key,
                               min, max, fallback, &wide);

    if (ret >= 0)
        *value = wide;
    return ret;
}

int ttm_config_bool(const TTMPart *part, const char *key, int fallback,
                    int *value)
{
    return ttm_json_get_bool(part->config, part->log, part->config_path, key,
                             fallback, value);
}

int ttm_config_float(const TTMPart *part, const char *key, double above,
                     double fallback, float *value)
{
    double wide;
    int ret = ttm_json_get_double(part->config, part->log, part->config_path,
                                  key, fallback, &wide);

    if (ret < 0)
        return ret;
    /* as the float that it becomes, which may be 0 or infinite */
    if (!((float)wide > above) || !isfinite((float)wide))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' is %g, which is out "
                        "of range", part->config_path, key, wide);
    *value = wide;
    return 0;
}

/** One integer of a list. */
static int list_element(const TTMPart *part, const TTMJson *json, const char *key,
                        int index, int min, int max, int *value)
{
    double number = ttm_json_number(json, NAN);

    if (!(number >= min && number <= max) || number != floor(number))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of '%s' must "
                        "be an integer from %d to %d", part->config_path, index,
                        key, min, max);
    *value = number;
    return 0;
}

int ttm_config_list(const TTMPart *part, const char *key, int min, int max,
                    int max_count, int *values, int *count)
{
    const TTMJson *json = ttm_json_get(part->config, key);
    int ret;

    *count = json && ttm_json_type(json) == TTM_JSON_ARRAY ?
             ttm_json_count(json) : 0;
    if (*count < 1 || *count > max_count)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of 1 "
                        "to %d integers", part->config_path, key, max_count);
    for (int i = 0; i < *count; i++) {
        ret = list_element(part, ttm_json_at(json, i), key, i, min, max,
                           &values[i]);
        if (ret < 0)
            return ret;
    }
    return 0;
}

int ttm_config_levels(const TTMPart *part, const char *key, int count, int min,
                      int max, int fallback, int *values)
{
    const TTMJson *json = ttm_json_get(part->config, key);
    int ret, single, length;

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY) {
        ret = ttm_config_int(part, key, min, max, fallback, &single);
        if (ret < 0)
            return ret;
        for (int i = 0; i < count; i++)
            values[i] = single;
        return 0;
    }
    length = ttm_json_count(json);
    if (length != count)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' has %d elements, "
                        "but needs %d", part->config_path, key, length, count);
    for (int i = 0; i < count; i++) {
        ret = list_element(part, ttm_json_at(json, i), key, i, min, max,
                           &values[i]);
        if (ret < 0)
            return ret;
    }
    return 0;
}

/** "a, b or c" */
static void join_choices(char *text, size_t size, const char *const *choices)
{
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; choices[i] && used < size; i++) {
        const char *between = !i ? "" : choices[i + 1] ? ", " : " or ";

        used += snprintf(text + used, size - used, "%s'%s'", between, choices[i]);
    }
}

int ttm_config_choice(const TTMPart *part, const TTMJson *object,
                      const char *where, const char *key,
                      const char *const *choices, int fallback, int *value)
{
    const TTMJson *json = ttm_json_get(object, key);
    const char *text    = ttm_json_string(json, "(not a text)");
    char known[256];

    join_choices(known, sizeof(known), choices);
    if (!json || ttm_json_type(json) == TTM_JSON_NULL) {
        *value = fallback;
        if (fallback >= 0)
            return 0;
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s%s' is missing; it "
                        "must be %s", part->config_path, where, key, known);
    }
    for (int i = 0; choices[i]; i++) {
        if (!strcmp(choices[i], text)) {
            *value = i;
            return 0;
        }
    }
    return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: '%s%s' is '%s', but only "
                    "%s is possible", part->config_path, where, key, text, known);
}

int ttm_config_known(const TTMPart *part, const TTMJson *object,
                     const char *where, const char *const *known)
{
    const TTMJson *member = ttm_json_first(object);

    for (; member; member = ttm_json_next(member)) {
        const char *key = ttm_json_name(member);
        int j           = 0;

        if (!key || key[0] == '_' || ttm_json_type(member) == TTM_JSON_NULL)
            continue;
        while (known[j] && strcmp(known[j], key))
            j++;
        if (!known[j])
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: the key '%s%s' is "
                            "not known; remove it if it changes nothing",
                            part->config_path, where, key);
    }
    return 0;
}

int ttm_config_unused(const TTMPart *part, const char *const *keys)
{
    for (int i = 0; keys[i]; i++) {
        const TTMJson *json = ttm_json_get(part->config, keys[i]);

        if (json && ttm_json_type(json) != TTM_JSON_NULL)
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: '%s' is not "
                            "supported, it must be null", part->config_path,
                            keys[i]);
    }
    return 0;
}

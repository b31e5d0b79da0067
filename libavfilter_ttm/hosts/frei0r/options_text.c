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


/** @file Options of libttm in one line of text. */

#include "options_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * Copy one word of *@p text to @p word, which has room for it, without quotes,
 * backslashes and the blanks around it; *text is behind the character that ended it.
 *
 * @return that character: one of @p ends, or 0 at the end of the text; -1 where a
 *         quote is not closed
 */
static int read_word(const char **text, const char *ends, char *word)
{
    const char *p = *text;
    char *end = word, *kept = word;     /* kept: blanks before it were quoted */
    int quoted = 0;

    while (is_blank(*p))
        p++;
    for (; *p && (quoted || !strchr(ends, *p)); p++) {
        if (*p == '\'') {
            quoted = !quoted;
            kept = end;
            continue;
        }
        if (*p == '\\' && !quoted && p[1])
            kept = end + 1, p++;
        else if (quoted || !is_blank(*p))
            kept = end + 1;
        *end++ = *p;
    }
    *kept = 0;
    if (quoted)
        return -1;
    *text = *p ? p + 1 : p;
    return *p;
}

/* Behind a name that ended with @p separator; " = " is one. */
static int read_value(const char **text, int separator, char *value)
{
    const char *p = *text;

    while (is_blank(*p))
        p++;
    if (separator == ' ' && *p == '=')
        *text = p + 1;
    return read_word(text, ":", value);
}

/* What a filter with one input and one output of the same size cannot do, or NULL. */
static const char *impossible(const char *name, const char *value)
{
    if (!strcmp(name, "size"))
        return "frames of a frei0r filter have the size of the host's; scale them "
               "with a filter of the host";
    if (!strcmp(name, "masks") || !strcmp(name, "end") ||
        (!strcmp(name, "mode") && (!strcmp(value, "render") || !strcmp(value, "draft"))))
        return "it needs a second input, which a frei0r filter has not; use "
               "FFmpeg's filter ttm";
    return NULL;
}

static int set_one(TTMSettings *settings, const char *name, const char *value,
                   char *message, size_t size)
{
    const char *why = impossible(name, value);

    if (why) {
        snprintf(message, size, "option %s: %s", name, why);
        return TTM_ERR_ARGUMENT;
    }
    return ttm_settings_set(settings, name, value);
}

int ttm_frei0r_set_options(TTMSettings *settings, const char *text,
                           char *message, size_t size)
{
    size_t length = strlen(text) + 1;
    char *name = malloc(2 * length), *value = name ? name + length : NULL;
    int ret = 0, end = 0;

    *message = 0;
    if (!name) {
        snprintf(message, size, "out of memory");
        return TTM_ERR_MEMORY;
    }
    while (ret >= 0 && *text) {
        const char *item = text;

        end = read_word(&text, "= :", name);
        if ((end == ':' || !end) && !*name)
            continue;                   /* "a=1::b=2" and blanks at the end */
        *value = 0;
        if (end == '=' || end == ' ')
            end = read_value(&text, end, value);
        else if (end >= 0)
            end = -2;
        if (end < 0 || !*name) {
            snprintf(message, size, "options: '%s' %s; write 'name value:name value', "
                     "with a backslash before a ':' that belongs to a value", item,
                     end == -1 ? "has a quote that is not closed" :
                                 "is not a name and a value");
            ret = TTM_ERR_ARGUMENT;
        } else {
            ret = set_one(settings, name, value, message, size);
        }
    }
    free(name);
    return ret;
}

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

/** @file Values of options that are text with a form of its own. */

#include "util/parse.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int ttm_parse_double(const char *text, char **end, double *value)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before;

    if (!plain)
        return TTM_ERR_MEMORY;
    before = uselocale(plain);
    *value = strtod(text, end);
    uselocale(before);
    freelocale(plain);
    return 0;
}

int ttm_parse_bool(const char *text, int *value)
{
    static const char *const names[] = {
        "0", "1", "no", "yes", "false", "true", "off", "on"
    };

    for (int i = 0; text && i < 8; i++) {
        if (strcmp(text, names[i]))
            continue;
        *value = i % 2;
        return 0;
    }
    return TTM_ERR_ARGUMENT;
}

TTMRational ttm_rational_of(double value, int most)
{
    int64_t num = 1, den = 0, old_num = 0, old_den = 1;
    double rest = value;

    for (int i = 0; i < 40; i++) {
        double whole = floor(rest);
        int64_t next_num, next_den;

        if (whole > most)
            break;
        next_num = (int64_t)whole * num + old_num;
        next_den = (int64_t)whole * den + old_den;
        if (next_num > most || next_den > most)
            break;
        old_num = num;
        old_den = den;
        num     = next_num;
        den     = next_den;
        if (rest - whole <= 1e-9 * rest)
            break;
        rest = 1 / (rest - whole);
    }
    return (TTMRational){ (int)num, (int)den };
}

/* A whole number, with nothing behind it but @p stop. */
static int parse_whole(const char **text, char stop, int *value)
{
    char *end;
    long number;

    if (**text < '0' || **text > '9')
        return TTM_ERR_ARGUMENT;
    number = strtol(*text, &end, 10);
    if (*end != stop || number > INT32_MAX)
        return TTM_ERR_ARGUMENT;
    *value = (int)number;
    *text  = end + (stop != 0);
    return 0;
}

int ttm_parse_rate(const char *text, TTMRational *rate)
{
    static const struct {
        const char *name;
        TTMRational rate;
    } names[] = {
        { "ntsc",  { 30000, 1001 } }, { "pal",  { 25, 1 } },
        { "qntsc", { 30000, 1001 } }, { "qpal", { 25, 1 } },
        { "sntsc", { 30000, 1001 } }, { "spal", { 25, 1 } },
        { "film",  { 24, 1 } },       { "ntsc-film", { 24000, 1001 } },
    };
    TTMRational value;
    const char *at = text;
    char *end;
    double number;

    if (!text)
        return TTM_ERR_ARGUMENT;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i].name))
            continue;
        *rate = names[i].rate;
        return 0;
    }
    if (parse_whole(&at, '/', &value.num) >= 0) {
        if (parse_whole(&at, 0, &value.den) < 0 || !value.den)
            return TTM_ERR_ARGUMENT;
        *rate = value;
        return 0;
    }
    if (*text < '0' || *text > '9')
        return TTM_ERR_ARGUMENT;
    if (ttm_parse_double(text, &end, &number) < 0)
        return TTM_ERR_MEMORY;
    if (*end || !(number >= 0 && number <= TTM_MAX_RATE_TERM))
        return TTM_ERR_ARGUMENT;
    value = ttm_rational_of(number, TTM_MAX_RATE_TERM);
    if (number > 0 && !value.num)
        return TTM_ERR_ARGUMENT;
    *rate = value;
    return 0;
}

int ttm_parse_size(const char *text, int *width, int *height)
{
    char *end;
    long w, h;

    if (*text < '0' || *text > '9')
        return TTM_ERR_ARGUMENT;
    w = strtol(text, &end, 10);
    if ((*end != 'x' && *end != 'X') || end[1] < '0' || end[1] > '9')
        return TTM_ERR_ARGUMENT;
    h = strtol(end + 1, &end, 10);
    if (*end || w < 1 || h < 1 || w > TTM_MAX_OUTPUT_SIZE ||
        h > TTM_MAX_OUTPUT_SIZE)
        return TTM_ERR_ARGUMENT;
    *width  = (int)w;
    *height = (int)h;
    return 0;
}

int ttm_parse_bytes(const char *text, size_t *bytes)
{
    static const char units[] = "KMG";
    const char *unit;
    char *end;
    double value;

    *bytes = 0;
    if (!text || !strcmp(text, "auto"))
        return 0;
    if (ttm_parse_double(text, &end, &value) < 0)
        return TTM_ERR_MEMORY;
    if (end == text || !(value > 0))
        return TTM_ERR_ARGUMENT;
    unit = *end ? strchr(units, *end) : NULL;
    if (unit) {
        value *= (double)((size_t)1 << 10 * (unit - units + 1));
        end++;
    }
    if (*end || value < 1 || value > 1e18)
        return TTM_ERR_ARGUMENT;
    *bytes = (size_t)value;
    return 0;
}

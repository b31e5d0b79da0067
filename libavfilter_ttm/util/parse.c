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

#include <stdlib.h>
#include <string.h>

#include "ttm.h"

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
    value = strtod(text, &end);
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

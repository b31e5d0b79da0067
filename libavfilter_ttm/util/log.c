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

/** @file Formatting of log lines. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/log.h"

/* Most lines are shorter; a longer one is formatted again into the heap. */
#define LINE_SIZE 1024

/*
 * A file name or a prompt may hold newlines and terminal escapes; a host
 * expects one plain line.
 */
static void make_plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

void ttm_log(const TTMLog *log, enum TTMLogLevel level, const char *format, ...)
{
    char line[LINE_SIZE], *text = line, *longer = NULL;
    va_list list;
    int length;

    if (!log || !log->callback)
        return;
    va_start(list, format);
    length = vsnprintf(line, sizeof(line), format, list);
    va_end(list);
    if (length < 0) {
        line[0] = 0;
    } else if ((size_t)length >= sizeof(line)) {
        longer = malloc((size_t)length + 1);
        va_start(list, format);
        if (longer && vsnprintf(longer, (size_t)length + 1, format, list) >= 0)
            text = longer;
        va_end(list);
    }
    make_plain(text);
    log->callback(log->opaque, level, text);
    free(longer);
}

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

/** @file Object ids of a picture as text: runs of equal ids. */

#include "util/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/** Bytes of one run, at most: an id, a star, a count, a space or the end. */
#define RUN_BYTES 28

char *ttm_runs_write(const uint8_t *ids, size_t nb)
{
    char *text = NULL;
    size_t capacity = 0, used = 0;

    if (ttm_array_grow(&text, &capacity, 1, 1) < 0)
        return NULL;
    for (size_t i = 0, end; i < nb; i = end) {
        for (end = i + 1; end < nb && ids[end] == ids[i]; end++)
            ;
        if (ttm_array_grow(&text, &capacity, used + RUN_BYTES, 1) < 0) {
            free(text);
            return NULL;
        }
        used += (size_t)snprintf(text + used, RUN_BYTES, "%s%d*%zu",
                                 i ? " " : "", ids[i], end - i);
    }
    return text;
}

/* A decimal number without sign at *text, which is moved on; -1: none. */
static long long read_number(const char **text)
{
    long long value = 0;
    int digits = 0;

    for (; **text >= '0' && **text <= '9' && digits < 12; (*text)++, digits++)
        value = 10 * value + (**text - '0');
    return digits ? value : -1;
}

int ttm_runs_read(const char *text, uint8_t *ids, size_t nb, int most)
{
    size_t used = 0;

    while (*text) {
        const long long id = read_number(&text);
        long long count;

        if (id < 0 || id > most || *text++ != '*')
            return -1;
        count = read_number(&text);
        if (count < 1 || (unsigned long long)count > nb - used ||
            (*text && *text != ' '))
            return -1;
        memset(ids + used, (int)id, (size_t)count);
        used += (size_t)count;
        text += *text == ' ';
    }
    return used == nb ? 0 : -1;
}

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

/** @file Memory helpers. */

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void *ttm_array_alloc(size_t nb, size_t size)
{
    /* calloc() checks the product too, but address sanitizer makes it fatal */
    if (size && nb > SIZE_MAX / size)
        return NULL;
    return calloc(nb ? nb : 1, size ? size : 1);
}

int ttm_array_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
    size_t wanted = *capacity + *capacity / 2;
    void *old, *grown;

    if (needed <= *capacity)
        return 0;
    if (wanted < needed)
        wanted = needed;
    if (wanted < 16)
        wanted = 16;
    if (wanted > SIZE_MAX / size)
        return TTM_ERR_MEMORY;
    /* memcpy() because array points to a pointer of some other type */
    memcpy(&old, array, sizeof(old));
    grown = realloc(old, wanted * size);
    if (!grown)
        return TTM_ERR_MEMORY;
    memset((char *)grown + *capacity * size, 0, (wanted - *capacity) * size);
    memcpy(array, &grown, sizeof(grown));
    *capacity = wanted;
    return 0;
}

char *ttm_strdup(const char *text)
{
    return text ? ttm_strndup(text, strlen(text)) : NULL;
}

char *ttm_strndup(const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? malloc(length + 1) : NULL;

    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

char *ttm_asprintf(const char *format, ...)
{
    va_list list;
    char *text = NULL;
    int length;

    va_start(list, format);
    length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0 || !(text = malloc((size_t)length + 1)))
        return NULL;
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}

void *ttm_aligned_alloc(size_t size)
{
    /* aligned_alloc() wants a multiple of the alignment */
    if (size > SIZE_MAX - 63)
        return NULL;
    return aligned_alloc(64, size ? (size + 63) / 64 * 64 : 64);
}

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

/** @file Memory helpers: checked array sizes, strings. Release with free(). */

#ifndef TTM_UTIL_MEM_H
#define TTM_UTIL_MEM_H

#include <stddef.h>

#include "util/log.h"

/**
 * Zero-filled array of @p nb elements of @p size bytes; nb = 0 gives a valid
 * pointer. NULL when memory is short or the product overflows.
 */
void *ttm_array_alloc(size_t nb, size_t size);

/**
 * Make room for at least @p needed elements of @p size bytes in *(void **)
 * @p array, whose capacity is *@p capacity; grows by halves, new memory is
 * zero. On TTM_ERR_MEMORY (no log line) the array is as before.
 */
int ttm_array_grow(void *array, size_t *capacity, size_t needed, size_t size);

/** Copy of @p text, NULL for NULL or when memory is short. */
char *ttm_strdup(const char *text);

/** Copy of the first @p length bytes, with a 0 behind them. */
char *ttm_strndup(const char *text, size_t length);

/** Formatted text, NULL when memory is short. */
char *ttm_asprintf(const char *format, ...) TTM_PRINTF_FORMAT(1, 2);

/**
 * Memory for tensors, aligned to 64 bytes, not cleared; NULL when short.
 * Release with free().
 */
void *ttm_aligned_alloc(size_t size);

#endif /* TTM_UTIL_MEM_H */

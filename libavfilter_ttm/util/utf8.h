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

/** @file UTF-8. */

#ifndef TTM_UTIL_UTF8_H
#define TTM_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * Decode the code point at @p text (@p size bytes left, at least 1) and set
 * *length to its bytes. A wrong sequence gives U+FFFD for its longest correct
 * beginning, as Python's bytes.decode("utf-8", "replace") and the Unicode
 * standard ("maximal subpart", section 3.9) do.
 */
uint32_t ttm_utf8_decode(const char *text, size_t size, size_t *length);

/** Write @p code_point (up to 4 bytes); returns the number of bytes. */
size_t ttm_utf8_encode(uint32_t code_point, char *text);

/**
 * Copy of @p text in which every wrong sequence is U+FFFD; NULL when memory
 * is short. Release with free().
 */
char *ttm_utf8_repair(const char *text);

#endif /* TTM_UTIL_UTF8_H */

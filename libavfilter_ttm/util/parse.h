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

#ifndef TTM_UTIL_PARSE_H
#define TTM_UTIL_PARSE_H

#include <stddef.h>

/** Largest width and height of the `size` option. */
#define TTM_MAX_OUTPUT_SIZE 16384

/** Read "WxH" (both 1 .. 16384). TTM_ERR_ARGUMENT without a message. */
int ttm_parse_size(const char *text, int *width, int *height);

/**
 * Read a number of bytes with K, M or G behind it; NULL and "auto" are 0.
 * TTM_ERR_ARGUMENT without a message.
 */
int ttm_parse_bytes(const char *text, size_t *bytes);

#endif /* TTM_UTIL_PARSE_H */

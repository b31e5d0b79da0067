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

#include "ttm.h"

/** Largest width and height of the `size` option. */
#define TTM_MAX_OUTPUT_SIZE 16384

/** Largest term of a rate that is given as a decimal number, as in FFmpeg. */
#define TTM_MAX_RATE_TERM 1001000

/** Read "WxH" (both 1 .. 16384). TTM_ERR_ARGUMENT without a message. */
int ttm_parse_size(const char *text, int *width, int *height);

/**
 * Read a number of bytes with K, M or G behind it; NULL and "auto" are 0.
 * TTM_ERR_ARGUMENT or TTM_ERR_MEMORY without a message.
 */
int ttm_parse_bytes(const char *text, size_t *bytes);

/**
 * strtod() with a decimal point, whatever the locale: *@p end is @p text where there is
 * no number. TTM_ERR_MEMORY without a message.
 */
int ttm_parse_double(const char *text, char **end, double *value);

/** 0, 1, no, yes, false, true, off, on. TTM_ERR_ARGUMENT without a message. */
int ttm_parse_bool(const char *text, int *value);

/**
 * Nearest ratio with terms up to @p most, by continued fractions; @p value is
 * from 0 to @p most.
 */
TTMRational ttm_rational_of(double value, int most);

/**
 * Read a rate: N, N/D, a decimal number, or FFmpeg's names ntsc, pal, qntsc,
 * qpal, sntsc, spal, film and ntsc-film. TTM_ERR_ARGUMENT or TTM_ERR_MEMORY without a
 * message.
 */
int ttm_parse_rate(const char *text, TTMRational *rate);

#endif /* TTM_UTIL_PARSE_H */

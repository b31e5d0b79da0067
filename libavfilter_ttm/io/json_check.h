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

/**
 * @file
 * Whether a text is JSON (RFC 8259), told before it is parsed: a parser that fails
 * afterwards had no memory.
 */

#ifndef TTM_IO_JSON_CHECK_H
#define TTM_IO_JSON_CHECK_H

#include <stddef.h>

/** Deepest nesting of lists and objects that is read. */
#define TTM_JSON_DEPTH 500

/** Longest number that is read, in characters. */
#define TTM_JSON_DIGITS 60

/**
 * NULL if the @p size bytes at @p text are one JSON value with white space around it,
 * without the escape of a zero byte (a text would end there); else what is wrong at byte
 * *@p at, as static text. Takes no memory, and time linear in @p size.
 */
const char *ttm_json_check(const char *text, size_t size, size_t *at);

#endif /* TTM_IO_JSON_CHECK_H */

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

/** @file Log lines through the callback of a context; there is no global one. */

#ifndef TTM_UTIL_LOG_H
#define TTM_UTIL_LOG_H

#include "ttm.h"

#if defined(__GNUC__)
#define TTM_PRINTF_FORMAT(string, first) \
    __attribute__((format(printf, string, first)))
#else
#define TTM_PRINTF_FORMAT(string, first)
#endif

/** Where log lines go. NULL pointers to it and NULL callbacks are legal. */
typedef struct TTMLog {
    TTMLogCallback callback;
    void *opaque;
} TTMLog;

/** Format one line (no newline) and hand it to the callback. */
void ttm_log(const TTMLog *log, enum TTMLogLevel level, const char *format, ...)
    TTM_PRINTF_FORMAT(3, 4);

/**
 * Log at TTM_LOG_ERROR and give @p code, so that a failure is one statement:
 * `return ttm_fail(log, TTM_ERR_FORMAT, "%s: truncated", path);`
 * A macro, so that whoever reads a caller alone (compilers, checkers) knows that the
 * result is negative. The code is evaluated behind the line: it must not be errno's.
 */
#define ttm_fail(log, code, ...) (ttm_log(log, TTM_LOG_ERROR, __VA_ARGS__), (code))

#endif /* TTM_UTIL_LOG_H */

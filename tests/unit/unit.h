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

/** @file What every unit test includes: cmocka and its headers. */

#ifndef TTM_TESTS_UNIT_H
#define TTM_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "settings/options.h"

/** Keeps the last line of each level of a log. */
typedef struct TestLog {
    char error[1024];
    char warning[1024];
    char info[1024];
    char verbose[1024];
} TestLog;

static inline void test_log_callback(void *opaque, enum TTMLogLevel level,
                                     const char *message)
{
    TestLog *log = opaque;

    if (level == TTM_LOG_ERROR)
        snprintf(log->error, sizeof(log->error), "%s", message);
    else if (level == TTM_LOG_WARNING)
        snprintf(log->warning, sizeof(log->warning), "%s", message);
    else if (level == TTM_LOG_INFO)
        snprintf(log->info, sizeof(log->info), "%s", message);
    else if (level == TTM_LOG_VERBOSE)
        snprintf(log->verbose, sizeof(log->verbose), "%s", message);
}

/**
 * With TTM_SAMPLE in the environment which of @p nb is tested, drawn by TTM_SEED (or the clock)
 * and printed as one of @p what; otherwise -1, and all are.
 */
static inline int test_draw(const char *what, int nb)
{
    const char *text = getenv("TTM_SEED");
    const unsigned seed = text ? (unsigned)atol(text) : (unsigned)time(NULL);
    const int drawn = (int)(seed % (unsigned)nb);

    if (!getenv("TTM_SAMPLE"))
        return -1;
    print_message("seed %u: of %d %s number %d\n", seed, nb, what, drawn);
    return drawn;
}

#define assert_contains(text, part)                                          \
    do {                                                                     \
        if (!strstr(text, part))                                             \
            fail_msg("'%s' is not in '%s'", part, text);                     \
    } while (0)

#endif /* TTM_TESTS_UNIT_H */

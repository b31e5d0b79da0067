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

/** @file Time. */

#include <time.h>

#include "util/clock.h"

static double seconds(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now))
        return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double ttm_clock_seconds(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double ttm_clock_thread_seconds(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

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


/** @file Which second of the clip a host's frame shows. */

#include "clock.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Least difference of two times that is taken for milliseconds: 125 frames a second. */
#define LEAST_MILLISECONDS 8.0
/** How much later than its time a frame may be asked for by rounded times, in seconds. */
#define ROUNDING 0.001

/* A number with a decimal point, in every locale: digits, one point, digits. */
static int read_seconds(const char *text, double *seconds)
{
    double value = 0, unit = 1, sign = 1;
    int digits = 0, point = 0;

    if (*text == '-' || *text == '+')
        sign = *text++ == '-' ? -1 : 1;
    for (; *text; text++) {
        if (*text == '.' && !point) {
            point = 1;
            continue;
        }
        if (*text < '0' || *text > '9')
            return 0;
        value = value * 10 + (*text - '0');
        unit *= point ? 10 : 1;
        if (++digits > 15)
            return 0;
    }
    *seconds = sign * value / unit;
    return digits > 0;
}

const char *ttm_frei0r_clock_init(Frei0rClock *clock, const char *start,
                                  const char *unit)
{
    static const char *const units[] = {
        [FREI0R_UNIT_AUTO]         = "auto",
        [FREI0R_UNIT_SECONDS]      = "seconds",
        [FREI0R_UNIT_MILLISECONDS] = "milliseconds",
    };
    int i = 0;

    *clock = (Frei0rClock){ 0 };
    if (!strcmp(start, "first"))
        clock->from_first = 1;
    else if (*start && !read_seconds(start, &clock->start))
        return "parameter start is no number of seconds: give one, as 1.5, or 'first'";
    while (*unit && i < 3 && strcmp(unit, units[i]))
        i++;
    if (i == 3)
        return "parameter time is not known: give auto, seconds or milliseconds";
    clock->unit = i;
    return NULL;
}

/* What the unit is after a step from the previous time to @p time. */
static Frei0rUnit learn_unit(const Frei0rClock *clock, double time)
{
    double step = time - clock->previous;

    if (!clock->seen || step == 0)
        return clock->unit;
    if (clock->unit == FREI0R_UNIT_AUTO || clock->unit == FREI0R_UNIT_PERHAPS)
        return step >= LEAST_MILLISECONDS ? FREI0R_UNIT_PERHAPS : FREI0R_UNIT_SECONDS;
    return clock->unit;
}

double ttm_frei0r_clock_seconds(Frei0rClock *clock, double time)
{
    double scale;

    if (!isfinite(time))
        time = clock->seen ? clock->previous : 0;
    clock->unit = learn_unit(clock, time);
    if (!clock->seen)
        clock->first = time;
    clock->seen     = 1;
    clock->previous = time;
    scale = clock->unit == FREI0R_UNIT_MILLISECONDS ||
            clock->unit == FREI0R_UNIT_PERHAPS ? 1e-3 : 1;
    return clock->from_first ? (time - clock->first) * scale :
                               time * scale - clock->start;
}

int ttm_frei0r_frame_at(double seconds, double rate)
{
    double frame = floor(seconds * rate + fmin(ROUNDING * rate, 0.5));

    return frame > 0 ? (int)fmin(frame, INT_MAX) : 0;
}

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

#ifndef TTM_FREI0R_CLOCK_H
#define TTM_FREI0R_CLOCK_H

/** The unit of the host's times. */
typedef enum Frei0rUnit {
    FREI0R_UNIT_AUTO,           ///< not known yet
    FREI0R_UNIT_SECONDS,        ///< as frei0r has it
    FREI0R_UNIT_MILLISECONDS,   ///< as FFmpeg before 8.0 has it
    FREI0R_UNIT_PERHAPS,        ///< milliseconds, by what was seen so far
} Frei0rUnit;

/** Times of an instance; zero is a clock of unit auto whose clip starts at 0. */
typedef struct Frei0rClock {
    Frei0rUnit unit;
    double start;       ///< second of the host at which the clip starts
    int from_first;     ///< it starts with the first frame instead
    int seen;           ///< a frame has been seen; with times first and previous
    double first, previous;
} Frei0rClock;

/**
 * Set up a clock from the parameters.
 *
 * @param start  seconds, or "first"; empty is 0
 * @param unit   auto, seconds or milliseconds; empty is auto
 * @return NULL, or what is wrong with which of them: static text
 */
const char *ttm_frei0r_clock_init(Frei0rClock *clock, const char *start,
                                  const char *unit);

/**
 * Seconds of the clip at time @p time of the host, negative before its start.
 *
 * Of unit auto the first difference of two times decides: one of 8 or more is that of
 * milliseconds (a frame rate up to 125), until a smaller one or one backwards shows that
 * it was a jump in seconds.
 */
double ttm_frei0r_clock_seconds(Frei0rClock *clock, double time);

/**
 * Frame of a clip of @p rate frames a second at @p seconds, which may be any: the last
 * one that has begun, where times may be rounded to milliseconds. Not negative.
 */
int ttm_frei0r_frame_at(double seconds, double rate);

#endif /* TTM_FREI0R_CLOCK_H */

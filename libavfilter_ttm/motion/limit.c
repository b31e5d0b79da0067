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

/** @file Limits to the way of an object. */

#include "motion/limit.h"

#include <math.h>
#include <stddef.h>

/* The way as it is, but for a share of its length, its growth and its turns. */
static void shorten(TTMFit *fit, TTMMotion *m, float share)
{
    for (int t = 1; t < fit->frames; t++) {
        m[t].x     = m[0].x + share * (m[t].x - m[0].x);
        m[t].y     = m[0].y + share * (m[t].y - m[0].y);
        m[t].scale = 1 + share * (m[t].scale - 1);
        m[t].turn *= share;
    }
}

int ttm_fit_limit(TTMFit *fit, int id, double most)
{
    TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
    double furthest = 0;

    for (int t = 1; t < fit->frames; t++) {
        const double x = m[t].x - m[0].x, y = m[t].y - m[0].y;

        furthest = fmax(furthest, hypot(x, y));
    }
    if (!(furthest > most))
        return 0;
    shorten(fit, m, (float)(most / furthest));
    return 1;
}

/* Share of a step along one axis after which a side is @p room further; 1 where none is. */
static double share_of(double step, double room)
{
    return step > room ? room / step : 1;
}

int ttm_fit_keep_inside(TTMFit *fit, int id, const double box[4], double most)
{
    TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
    const double across = most * box[2], down = most * box[3];
    double share = 1;

    for (int t = 1; t < fit->frames; t++) {
        const double x = m[t].x - m[0].x, y = m[t].y - m[0].y;

        share = fmin(share, share_of(-x, box[0] + across));
        share = fmin(share, share_of(x, fit->width - box[0] - box[2] + across));
        share = fmin(share, share_of(-y, box[1] + down));
        share = fmin(share, share_of(y, fit->height - box[1] - box[3] + down));
    }
    if (!(share < 1))
        return 0;
    shorten(fit, m, (float)share);
    return 1;
}

/* Frames at @p speed in which a side goes @p room; infinite where it does not go there. */
static double frames_to(double speed, double room)
{
    return speed > 0 ? fmax(room, 0) / speed : INFINITY;
}

void ttm_going_keep_inside(TTMGoing *going, const TTMFit *fit, int id, const double box[4],
                           double most)
{
    const TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
    const TTMMotion *end = &m[fit->frames - 1];
    const double x = end->x - m->x, y = end->y - m->y;
    const double across = most * box[2], down = most * box[3];
    double reach = INFINITY;

    if (going->way != TTM_AFTER_GO_ON)
        return;
    reach = fmin(reach, frames_to(-going->speed.x, box[0] + across + x));
    reach = fmin(reach, frames_to(going->speed.x, fit->width - box[0] - box[2] + across - x));
    reach = fmin(reach, frames_to(-going->speed.y, box[1] + down + y));
    reach = fmin(reach, frames_to(going->speed.y, fit->height - box[1] - box[3] + down - y));
    going->reach = (float)reach;
}

void ttm_fit_hold(TTMFit *fit, int id)
{
    TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;

    for (int t = 1; t < fit->frames; t++)
        m[t] = m[0];
}

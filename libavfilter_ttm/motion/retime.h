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

/** @file A trajectory of another length: the same motion in more or fewer frames. */

#ifndef TTM_MOTION_RETIME_H
#define TTM_MOTION_RETIME_H

#include "motion/fit.h"

/**
 * Position among @p from frames, from 0 to from - 1, of frame @p t of @p to: the
 * first frame stays the first and the last the last. A single frame is the first.
 */
static inline double ttm_retime_position(int t, int to, int from)
{
    return to > 1 ? (double)t * (from - 1) / (to - 1) : 0;
}

/**
 * Bring a fit to @p frames frames. Between two frames an object moves, grows and
 * turns evenly, and so does its shape change. TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_fit_retime(TTMFit *fit, int frames);

/**
 * Ids [to, pixels] of the nearest of @p ids [from, pixels] (of two as near the
 * later); the arrays do not overlap.
 */
void ttm_ids_retime(const uint8_t *ids, int from, int64_t pixels, uint8_t *out,
                    int to);

#endif /* TTM_MOTION_RETIME_H */

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

#ifndef TTM_MOTION_LIMIT_H
#define TTM_MOTION_LIMIT_H

#include "motion/going.h"

/**
 * Let object @p id go no further than @p most pixels from where it is in frame 0:
 * a longer way is made shorter as a whole, with its growth and turns, so that its
 * manner stays. Returns 1 if it was longer.
 */
int ttm_fit_limit(TTMFit *fit, int id, double most);

/**
 * Let object @p id, whose box in frame 0 is @p box (x, y, width, height in pixels of the fit),
 * not go further beyond the picture's border than @p most of its width or height more than it
 * does in frame 0: a way that leads further is made shorter as a whole, as above. Returns 1 if
 * it did.
 */
int ttm_fit_keep_inside(TTMFit *fit, int id, const double box[4], double most);

/**
 * The same of how it goes on behind the end of the fit: what would leave slows down and comes to
 * rest before it is further beyond the border than that, or at the end where it is already.
 */
void ttm_going_keep_inside(TTMGoing *going, const TTMFit *fit, int id, const double box[4],
                           double most);

/** Let object @p id stay exactly as it is in frame 0. */
void ttm_fit_hold(TTMFit *fit, int id);

#endif /* TTM_MOTION_LIMIT_H */

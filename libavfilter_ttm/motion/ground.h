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

/** @file Objects that are ground, water or sky: others move over them. */

#ifndef TTM_MOTION_GROUND_H
#define TTM_MOTION_GROUND_H

#include "motion/fit.h"

/**
 * Find the ground in a trajectory that is given: wide objects whose masks change only
 * where others move over them, but for a quarter of their area in any frame. Its motion is
 * none from then on, and fit->ground says so: it is drawn as background is.
 *
 * @param still  [still_height, still_width], ids of the still
 * @param ids    [fit->frames, height, width]; its frame 0 is not read
 */
void ttm_ground_find(TTMFit *fit, const uint8_t *still, int still_width,
                     int still_height, const uint8_t *ids, int width, int height);

/**
 * The same of a trajectory that was predicted: wide objects that do not move at all,
 * as those that are told to stay do not (motion/limit.h).
 */
void ttm_ground_keep(TTMFit *fit, const uint8_t *still, int width, int height);

#endif /* TTM_MOTION_GROUND_H */

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


/** @file Turn of an object over a clip: from the shades of its masks. */

#ifndef TTM_PIPELINE_TURN_H
#define TTM_PIPELINE_TURN_H

#include "pipeline/trajectory.h"

/**
 * Turns of a fit from a predicted trajectory. How the shades lie in an object is
 * the direction in which their level rises, by linear regression; an object is
 * turned by as much as that is since frame 0. Frames count as far as the level
 * rises as it does in frame 0; over them the turn is smoothed, outliers counting
 * less (Huber), and exactly 0 unless the evidence is clear.
 *
 * @param fit     made by ttm_fit_create() from the same trajectory
 * @param first   [height, width] ids of frame 0, which says how it is shaded
 * @param ids     [frames, height, width]; frame 0 is not read
 * @param levels  the same (pipeline/shades.h)
 * TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_turns_fit(TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                  const uint8_t *levels);

/**
 * The same from a trajectory that is given. Turns of objects that are drawn with
 * smooth shades are as drawn, and 0 where these are flat; others, whose levels are
 * rounded or noisy, stay as ttm_turns_fit() left them in @p fit.
 */
int ttm_turns_drawn(TTMFit *fit, const TTMDrawn *drawn);

#endif /* TTM_PIPELINE_TURN_H */

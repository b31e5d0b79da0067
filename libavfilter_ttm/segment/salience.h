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

/** @file How much each pixel of the still stands out. */

#ifndef TTM_SEGMENT_SALIENCE_H
#define TTM_SEGMENT_SALIENCE_H

#include "segment/work.h"

/**
 * How much each pixel stands out, 0 .. 1, in @p salience [height, width]:
 * contrast to patches of the ground near it, ground being what is connected to
 * the border of the picture over much of its length (boundary connectivity;
 * Zhu et al., Saliency Optimization from Robust Background Detection, 2014),
 * and nearness to the middle. Returns 0 or TTM_ERR_MEMORY (no message).
 */
int ttm_salience(const TTMWork *work, float *salience);

#endif /* TTM_SEGMENT_SALIENCE_H */

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

/** @file The still with its objects moved along their fitted trajectory. */

#ifndef TTM_RENDER_CARRY_H
#define TTM_RENDER_CARRY_H

#include "motion/fit.h"
#include "run/network.h"

typedef struct TTMCarry TTMCarry;

/**
 * Prepare carrying @p still (F32 [height, width, 3] in -1 .. 1, borrowed) with
 * the ids @p first [height, width] of frame 0.
 *
 * @param refined  the trajectory's shapes are those of frame 0; else object
 *                 pixels that come from outside the object are 0 (grey)
 */
int ttm_carry_create(TTMCarry **carry, TTMBackend *backend, const TTMFit *fit,
                     const TTMTensor *still, const uint8_t *first, int refined);
void ttm_carry_free(TTMCarry **carry);

/**
 * Frame @p t with @p ids [height, width] into @p carried, a tensor of the
 * device's precision and the still's size. Background that came to light is 0
 * (grey).
 */
int ttm_carry_run(TTMCarry *carry, const TTMFit *fit, const uint8_t *ids,
                  int t, const TTMTensor *carried);

#endif /* TTM_RENDER_CARRY_H */

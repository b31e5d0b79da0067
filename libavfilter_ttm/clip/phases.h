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

/** @file The units of work of a clip, in order, and what they cost. */

#ifndef TTM_CLIP_PHASES_H
#define TTM_CLIP_PHASES_H

#include "ttm.h"

/** Static name of phase @p index, NULL past the last. Two may have one name. */
const char *ttm_phase_name(int index);
/** Units of a phase in the clip's mode. */
int ttm_phase_units(const TTMContext *ctx, int index);
/** 1 where a unit of the phase is a denoising step. */
int ttm_phase_is_stage(int index);
/** Do a unit. */
int ttm_phase_run(TTMContext *ctx, int index, int unit);
/** Estimated seconds of one unit (estimate.h). */
double ttm_phase_cost(const TTMContext *ctx, int index);

#endif /* TTM_CLIP_PHASES_H */

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

/** @file How far a clip is, told and logged. */

#ifndef TTM_CLIP_PROGRESS_H
#define TTM_CLIP_PROGRESS_H

#include "clip/estimate.h"
#include "ttm.h"

/** Phases of a clip (phases.h), at most. */
#define TTM_MAX_PHASES 16

typedef struct TTMPace {
    TTMEstimate estimate;       ///< as it was told before the networks ran
    double start, last_line;    ///< ttm_clock_seconds()
    double fraction;            ///< as it was told last
    const char *name[TTM_MAX_PHASES];   ///< of each phase that was worked on
    double seconds[TTM_MAX_PHASES]; ///< spent in each phase
} TTMPace;

/** Unit @p unit of @p phase is done: fill @p progress (or NULL), and log now and then. */
void ttm_clip_progress(TTMContext *ctx, int phase, int unit,
                       TTMProgress *progress);

#endif /* TTM_CLIP_PROGRESS_H */

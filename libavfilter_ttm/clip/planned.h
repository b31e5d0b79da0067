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

/** @file Frames of mode=plan: the trajectory in the objects' colours. */

#ifndef TTM_CLIP_PLANNED_H
#define TTM_CLIP_PLANNED_H

#include "ttm.h"

/**
 * Draw frame @p t of the clip's trajectory, by `emit` as the camera sees it; the frame has the
 * output's size.
 * TTM_ERR_MEMORY after a log line, or 0.
 */
int ttm_clip_draw_plan(const TTMContext *ctx, int t, TTMImage *frame);

#endif /* TTM_CLIP_PLANNED_H */

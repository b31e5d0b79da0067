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

/** @file What the camera shows of a clip's frames. */

#ifndef TTM_CLIP_VIEW_H
#define TTM_CLIP_VIEW_H

#include "ttm.h"
#include "util/camera.h"

/**
 * The camera that the option asks for, else the objects' JSON, else the prompt, once these
 * are there; logs its moves. TTM_ERR_MEMORY after a log line, or 0.
 */
int ttm_view_find(const TTMContext *ctx, TTMCamera *camera);

/** Whether pictures are composed in windows: those of plans and objects are not. */
int ttm_view_moves(const TTMContext *ctx);

/** Whether a plan is drawn in windows, which it is where that is asked for. */
int ttm_view_of_plan(const TTMContext *ctx);

/** The window of frame @p index. */
TTMWindow ttm_view_window(const TTMContext *ctx, int index);

#endif /* TTM_CLIP_VIEW_H */

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

/** @file The frame of mode=objects: what was found in the still, and where. */

#ifndef TTM_CLIP_LABELLED_H
#define TTM_CLIP_LABELLED_H

#include "ttm.h"

/**
 * Draw the still with the outline, number and name of each object, dashed and with a
 * question mark where the object may be another, and with the boxes and points that were
 * given; the frame has the output's size. Negative after a log line, or
 * TTM_ERR_CANCELLED.
 */
int ttm_clip_draw_objects(TTMContext *ctx, TTMImage *frame);

#endif /* TTM_CLIP_LABELLED_H */

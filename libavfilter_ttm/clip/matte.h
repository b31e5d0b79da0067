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


/** @file Frames of a still that is not opaque. */

#ifndef TTM_CLIP_MATTE_H
#define TTM_CLIP_MATTE_H

#include "backend/backend.h"
#include "ttm.h"

/** 1 where frames have an alpha of their own: trajectories, shown objects and masks of drafts have none. */
int ttm_clip_has_alpha(const TTMContext *ctx);

/**
 * Take a still of any format: @p flat is new and without alpha, @p matte a copy with it
 * where it is not opaque, else its data is NULL. Negative after a log line: it is
 * transparent everywhere, or memory is short. Warns of what does not look as it says.
 */
int ttm_clip_split_still(const TTMContext *ctx, const TTMImage *still, TTMImage *flat,
                         TTMImage *matte);

/**
 * Make the packed pictures, of two bytes a sample, of the still at the size of the
 * output: over the ground, and of its alpha. Negative after a log line.
 */
int ttm_clip_matte_pictures(TTMContext *ctx, int width, int height, TTMTensor *flat,
                            TTMTensor *alpha);

#endif /* TTM_CLIP_MATTE_H */

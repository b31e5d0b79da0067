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

/** @file Masks of drafts: what they do not know of the picture. */

#ifndef TTM_CLIP_DOUBTFUL_H
#define TTM_CLIP_DOUBTFUL_H

#include "ttm.h"

/**
 * Add to the mask of frame @p index at the clip's moment, which has the background that came to light, what
 * the trajectory gives an object and the still's objects do not reach: white is new.
 * Lines of a pixel of the trajectory are the noise of outlines, and left out.
 * TTM_ERR_MEMORY after a log line, or 0.
 */
int ttm_clip_add_new(const TTMContext *ctx, int index, TTMImage *frame);

#endif /* TTM_CLIP_DOUBTFUL_H */

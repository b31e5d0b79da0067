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

/** @file The option detector: objects that a network finds by their words. */

#ifndef TTM_CLIP_DETECTED_H
#define TTM_CLIP_DETECTED_H

#include "prompt/prompts.h"
#include "ttm.h"

/**
 * Where the option is set and words alone tell where objects of @p prompts are, have the
 * detector look for them in @p still and give those that it finds boxes as their places;
 * see ttm_sightings_place(). What it does not find stays as it is, after a warning. The
 * device has nothing of the detector before and after.
 */
int ttm_clip_detect(TTMContext *ctx, const TTMImage *still, TTMPrompts *prompts);

#endif /* TTM_CLIP_DETECTED_H */

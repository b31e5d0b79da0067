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

/** @file Objects of a picture that are looked for, with the segmenter if there is one. */

#ifndef TTM_CLIP_SEARCH_H
#define TTM_CLIP_SEARCH_H

#include "segment/segment.h"
#include "ttm.h"

/**
 * ttm_segment_still() with the bundle's segmenter, if it has one; nothing of that stays on
 * the device.
 */
int ttm_clip_segment(TTMContext *ctx, const TTMImage *still, TTMPrompts *prompts,
                     uint8_t *ids, TTMFound found[TTM_MAX_OBJECTS]);

#endif /* TTM_CLIP_SEARCH_H */

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

/** @file The object at a place that was given: in a box, at points, inside of a polygon. */

#ifndef TTM_SEGMENT_PLACE_H
#define TTM_SEGMENT_PLACE_H

#include "segment/guess.h"
#include "segment/segment.h"

/**
 * Write @p id to the still's ids where that object of the prompts is (id - 1 in their list):
 * inside of its polygon, exactly, or cut out in its box or around its points, without the parts
 * around points that are not it, as far as those are nearer to them by the colours on the way.
 * Such are its own `not`, and the points of the other objects. TTM_ERR_ARGUMENT after a line
 * where a place lies outside the still, TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message), or 0.
 */
int ttm_place_find(TTMSearch *s, const TTMPrompts *prompts, int id, TTMFound *found);

#endif /* TTM_SEGMENT_PLACE_H */

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


/** @file Objects where alpha says what is one: sprites on transparency, soft edges. */

#ifndef TTM_SEGMENT_OPAQUE_H
#define TTM_SEGMENT_OPAQUE_H

#include "prompt/prompts.h"
#include "segment/segment.h"

/**
 * The only object of the prompt, if it is told by words, is all that is visible where
 * a quarter of the still or more is transparent and what is visible is one piece, specks
 * aside. Pictures with rounded corners are no sprites.
 *
 * @param still  with alpha
 * @param ids    [height, width], set where 1 is returned
 * @return 1: found, 0: it takes the finder, TTM_ERR_MEMORY without a message
 */
int ttm_opaque_sprite(const TTMImage *still, const TTMPrompts *prompts, uint8_t *ids,
                      TTMFound found[TTM_MAX_OBJECTS]);

/**
 * Make objects that words have found in such a still whole: a piece that is one object's
 * belongs to it wholly, one that several share is theirs by the nearest pixel.
 * TTM_ERR_MEMORY without a message, or 0.
 */
int ttm_opaque_complete(const TTMImage *still, const TTMPrompts *prompts, uint8_t *ids);

/**
 * Give the soft edges around objects to them: what is neither opaque nor transparent,
 * no object yet, and within reach of one, a 32nd of the picture's shorter side. The
 * same errors.
 */
int ttm_opaque_edges(const TTMImage *still, uint8_t *ids);

#endif /* TTM_SEGMENT_OPAQUE_H */

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


/** @file Words that are made one or left out before a prompt is cut into segments. */

#ifndef TTM_PROMPT_OPENINGS_H
#define TTM_PROMPT_OPENINGS_H

#include "prompt/tokens.h"

/** Fixed pairs are no longer parted by their "and": "up and down", "red and blue balls". */
void ttm_tokens_join_pairs(TTMTokens *tokens);

/** Openings become stops: "a video of", "there is", "I would like", "the camera pans to". */
void ttm_tokens_drop_openings(TTMTokens *tokens);

#endif /* TTM_PROMPT_OPENINGS_H */

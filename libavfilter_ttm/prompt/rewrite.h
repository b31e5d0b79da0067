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

/** @file Turns of phrase put as plain sentences, before a prompt is cut into segments. */

#ifndef TTM_PROMPT_REWRITE_H
#define TTM_PROMPT_REWRITE_H

#include "prompt/tokens.h"

/**
 * Change the tokens where a sentence says in another order or with other words what the
 * rules read: "out comes a butler" (a butler comes out), "neither the man nor the dog
 * moves" (the man and the dog stay still), "over the roofs drifts a balloon", "don't move the
 * chair", "send the sled down the hill", "so does the dog", "apart from", "keep the hills still",
 * "the boat so that it sails".
 */
void ttm_tokens_rewrite(TTMTokens *tokens);

#endif /* TTM_PROMPT_REWRITE_H */

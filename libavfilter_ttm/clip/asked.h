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

/** @file The option llm: a server that reads the prompt, asked once for each prompt. */

#ifndef TTM_CLIP_ASKED_H
#define TTM_CLIP_ASKED_H

#include "prompt/prompts.h"
#include "ttm.h"

/** What was asked last, kept from clip to clip. Strings are owned. */
typedef struct TTMAsked {
    char *caption;          ///< NULL: nothing was asked
    char *answer;           ///< JSON that was checked; NULL: there was none that can be used
} TTMAsked;

/** TTM_ERR_UNSUPPORTED after a line where the option llm is set and nothing can ask. */
int ttm_asked_check(const TTMContext *ctx);

/** A clip begins: what failed for the one before may be tried again. */
void ttm_asked_begin(TTMAsked *asked);

/**
 * The prompts of the clip: of the option objects, else of the server of the option llm,
 * else, and where that fails, by rules from the prompt. What fails is one warning.
 *
 * @return 0, TTM_ERR_CANCELLED without a line, another TTM_ERR_* after one
 */
int ttm_asked_prompts(TTMContext *ctx, TTMPrompts *prompts);

void ttm_asked_free(TTMAsked *asked);

#endif /* TTM_CLIP_ASKED_H */

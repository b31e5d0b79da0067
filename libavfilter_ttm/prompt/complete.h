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

/** @file Between prompts.c and objects.c. */

#ifndef TTM_PROMPT_COMPLETE_H
#define TTM_PROMPT_COMPLETE_H

#include <stddef.h>

#include "prompt/prompts.h"

/**
 * Set the global prompt to @p text (NULL: the objects' prompts joined) and
 * derive a motion prompt where there is none. TTM_ERR_MEMORY without a line.
 */
int ttm_prompts_complete(TTMPrompts *prompts, const char *text);

/**
 * Copy of @p text in valid UTF-8, without blanks around it, its control characters
 * made blanks; malloc. NULL when memory is short.
 */
char *ttm_text_clean(const char *text);

/** Cut valid UTF-8 to at most @p most bytes, at the end of a character. */
void ttm_text_cut(char *text, size_t most);

/**
 * Append "the ball rolls", "the kite flies" to *motion, with ", " and a last
 * " and " between. TTM_ERR_MEMORY without a line.
 */
int ttm_join_motion(char **motion, char *const *parts, int nb);

#endif /* TTM_PROMPT_COMPLETE_H */

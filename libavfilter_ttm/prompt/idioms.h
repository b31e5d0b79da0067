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


/** @file Idioms: words that say another thing together, or where they stand, than by themselves. */

#ifndef TTM_PROMPT_IDIOMS_H
#define TTM_PROMPT_IDIOMS_H

#include "prompt/tokens.h"

/**
 * Read what begins at token i: set phrases are made one word or left out ("one by one", "after a
 * moment"), words get the kind that they have here ("rose petals", "a can falls"), the short form
 * of "is" is written out ("the hamster's out").
 */
void ttm_tokens_read_idioms(TTMTokens *tokens, int i);

#endif /* TTM_PROMPT_IDIOMS_H */

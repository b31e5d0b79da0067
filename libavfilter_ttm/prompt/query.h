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

/** @file What a detector is asked for an object. */

#ifndef TTM_PROMPT_QUERY_H
#define TTM_PROMPT_QUERY_H

#include "prompt/prompts.h"

/**
 * The text for the object, "a photo of a red ball" (the prompt of CLIP and of OWL-ViT,
 * arXiv 2205.06230), malloc; NULL when memory is short. It has all that the description
 * says of one thing, but only its name where the description says a place in the picture
 * or speaks of another object by a pronoun. @p brief: its name in any case.
 */
char *ttm_query_text(const TTMPromptObject *object, int brief);

#endif /* TTM_PROMPT_QUERY_H */

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

/**
 * @file
 * The answer of a language model to a prompt: JSON as the option objects takes it, which
 * is believed only where the prompt says the same.
 */

#ifndef TTM_PROMPT_ANSWER_H
#define TTM_PROMPT_ANSWER_H

#include "prompt/prompts.h"

/** Room for what ttm_answer_check() says is wrong. */
#define TTM_ANSWER_WHY 256

/**
 * Check what a model has said of a prompt:
 * - it is one JSON object with the list objects, of 1 to 16 objects that each have a name
 *   and a prompt; other members, a place say, are left out, as the model has not seen the
 *   picture;
 * - every name is made of words of the caption: its head noun, and what tells it from
 *   others (colour, size, position); names that are said twice are so in the caption;
 * - every prompt speaks of its object, and has no colour, size, left or right that the
 *   caption has not; what the caption says stays still does not move;
 * - the motion prompt names every object; colours, sizes and places in it are left out, and
 *   where it does not do it is made from the prompts.
 *
 * @param json     gets the text for ttm_prompts_from_answer(); malloc
 * @param said     text of the model, valid or not
 * @param caption  the prompt
 * @return 0; TTM_ERR_FORMAT, and in @p why what is wrong, which goes behind "it"; or
 *         TTM_ERR_MEMORY
 */
int ttm_answer_check(char **json, const char *said, const char *caption,
                     char why[TTM_ANSWER_WHY]);

/**
 * The prompts of such a text, as ttm_prompts_from_json() gives them, with counts ("two
 * birds") and positions ("left dog") as ttm_prompts_from_text() has them.
 */
int ttm_prompts_from_answer(TTMPrompts *prompts, const TTMLog *log, const char *json,
                            const char *caption);

#endif /* TTM_PROMPT_ANSWER_H */

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

/** @file Fuzz target: prompts: rules, what is put into other words, and copies of objects. */

#include "fuzz.h"

#include <stdlib.h>

#include "prompt/prompts.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    static const TTMAim aim[TTM_MAX_OBJECTS] = { { -1, 0 }, { 1, 1 }, { 1, 0 } };
    char *text = fuzz_text(data, size);
    TTMPrompts p;
    int ret = ttm_prompts_from_text(&p, &fuzz_log, text);

    fuzz_check(ret);
    fuzz_assert(p.nb_objects >= 1 && p.global && p.motion, "prompts are complete");
    fuzz_check(ttm_prompts_simplify(&p, &fuzz_log, aim));
    fuzz_check(ttm_prompts_spread(&p, TTM_MAX_OBJECTS));
    fuzz_assert(p.nb_objects <= TTM_MAX_OBJECTS, "there is room for all objects");
    ttm_prompts_free(&p);
    free(text);
}

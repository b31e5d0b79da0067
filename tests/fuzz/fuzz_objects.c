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

/** @file Fuzz target: the option objects, as text and, beginning with another byte than {, as a file. */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/prompts.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const char *option = text;
    TTMPrompts p;
    int ret;

    if (text[strspn(text, " \t\r\n")] != '{')
        option = fuzz_write("objects.json", data, size);
    ret = ttm_prompts_from_json(&p, &fuzz_log, option, size % 2 ? "it moves" : NULL);
    fuzz_check(ret);
    if (ret >= 0) {
        fuzz_assert(p.nb_objects >= 1 && p.nb_objects <= TTM_MAX_OBJECTS &&
                    p.global && p.motion, "prompts are complete");
        for (int i = 0; i < p.nb_objects; i++)
            fuzz_assert(p.objects[i].name && p.objects[i].prompt &&
                        p.objects[i].description, "objects are complete");
        ttm_prompts_free(&p);
    }
    free(text);
}

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

/** @file Fuzz target: stills in which described objects are looked for; a prompt follows the pixels. */

#include "fuzz.h"

#include <stdlib.h>

#include "segment/segment.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    TTMImage still = fuzz_image(&data, &size);
    const size_t pixels = (size_t)still.width * (size_t)still.height;
    char *text = fuzz_text(data, size);
    uint8_t *ids = malloc(pixels);
    TTMFound found[TTM_MAX_OBJECTS] = { 0 };
    TTMPrompts p;
    int ret;

    fuzz_assert(ids != NULL, "memory");
    fuzz_assert(ttm_prompts_from_text(&p, NULL, size ? text : "the red ball on the left "
                "and the small blue box move") >= 0, "prompts");
    ret = ttm_segment_still(&fuzz_log, &still, &p, NULL, ids, found, NULL);
    fuzz_check(ret);
    for (size_t i = 0; ret >= 0 && i < pixels; i++)
        fuzz_assert(ids[i] <= p.nb_objects, "ids are those of objects");
    if (ret >= 0)
        ttm_segment_report(&fuzz_log, &p, ids, still.width, still.height, found);
    ttm_prompts_free(&p);
    free(text);
    free(still.data);
    free(ids);
}

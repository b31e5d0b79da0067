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

/** @file Fuzz target: pictures of masks, for a still of another size or the same. */

#include "fuzz.h"

#include <stdlib.h>

#include "segment/segment.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    const int objects = fuzz_byte(&data, &size) % 4, other = fuzz_byte(&data, &size);
    TTMImage masks = fuzz_image(&data, &size);
    const int width = other ? 1 + other % 50 : masks.width;
    const int height = other ? 1 + other % 37 : masks.height;
    uint8_t *ids = malloc((size_t)width * (size_t)height), background[3];
    TTMFound found[TTM_MAX_OBJECTS] = { 0 };
    TTMPrompts p;
    int ret;

    fuzz_assert(ids != NULL, "memory");
    fuzz_assert(ttm_prompts_from_text(&p, NULL, objects ? "the ball moves left, the red "
                "box rises and the star turns" : "it moves") >= 0, "prompts");
    ret = ttm_segment_masks(&fuzz_log, &masks, width, height, &p, ids, found, background, NULL);
    fuzz_check(ret);
    for (int i = 0; ret >= 0 && i < width * height; i++)
        fuzz_assert(ids[i] <= p.nb_objects, "ids are those of objects");
    if (ret >= 0)
        ttm_segment_report(&fuzz_log, &p, ids, width, height, found);
    ttm_prompts_free(&p);
    free(masks.data);
    free(ids);
}

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

/** @file A trajectory of another length: the same motion in more or fewer frames. */

#include "motion/retime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/forms.h"
#include "ttm.h"
#include "util/mem.h"

static float between(float a, float b, float share)
{
    return a + share * (b - a);
}

int ttm_fit_retime(TTMFit *fit, int frames)
{
    TTMMotion *motion = ttm_array_alloc((size_t)fit->objects * (size_t)frames,
                                        sizeof(*motion));

    if (!motion)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < fit->objects; i++) {
        const TTMMotion *from = fit->motion + (size_t)i * (size_t)fit->frames;

        for (int t = 0; t < frames; t++) {
            const double at = ttm_retime_position(t, frames, fit->frames);
            const int low = (int)floor(at);
            const TTMMotion *a = from + low;
            const TTMMotion *b = low + 1 < fit->frames ? a + 1 : a;
            const float share = (float)(at - low);

            motion[(size_t)i * (size_t)frames + (size_t)t] = (TTMMotion){
                between(a->x, b->x, share), between(a->y, b->y, share),
                between(a->scale, b->scale, share),
                between(a->turn, b->turn, share)
            };
        }
    }
    if (fit->forms && ttm_forms_retime(fit->forms, frames) < 0) {
        free(motion);
        return TTM_ERR_MEMORY;
    }
    free(fit->motion);
    fit->motion = motion;
    fit->frames = frames;
    return 0;
}

void ttm_ids_retime(const uint8_t *ids, int from, int64_t pixels, uint8_t *out,
                    int to)
{
    for (int t = 0; t < to; t++) {
        const int64_t nearest = (int64_t)floor(ttm_retime_position(t, to, from) +
                                               0.5);

        memcpy(out + t * pixels, ids + nearest * pixels, (size_t)pixels);
    }
}

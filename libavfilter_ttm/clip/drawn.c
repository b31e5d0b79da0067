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

/** @file Frames of a trajectory that is given. */

#include "clip/drawn.h"

#include <stdlib.h>
#include <string.h>

#include "util/image.h"
#include "util/mem.h"

int ttm_drawn_add(TTMDrawnFrames *d, const TTMImage *frame, int width, int height,
                  int least)
{
    size_t bytes;
    uint8_t *out;
    int ret;

    if (d->nb == 0) {
        /* Finer where the frames are, for the fit; odd, so that centres stay. */
        const int scale = frame->width >= least * width &&
                          frame->height >= least * height ? 3 : 1;

        d->frame_width  = frame->width;
        d->frame_height = frame->height;
        d->width        = width * scale;
        d->height       = height * scale;
    }
    bytes = 3 * (size_t)d->width * (size_t)d->height;
    ret = ttm_array_grow(&d->pixels, &d->capacity, (size_t)(d->nb + 1) * bytes, 1);
    if (ret < 0)
        return ret;
    out = d->pixels + (size_t)d->nb++ * bytes;
    for (int y = 0; y < d->height; y++) {
        int from_y = (int)((2 * (int64_t)y + 1) * frame->height /
                           (2 * d->height));

        for (int x = 0; x < d->width; x++) {
            float rgb[3];

            ttm_image_pixel(frame, (int)((2 * (int64_t)x + 1) * frame->width /
                                         (2 * d->width)), from_y, rgb);
            for (int k = 0; k < 3; k++)
                *out++ = (uint8_t)(rgb[k] * 255 + 0.5f);
        }
    }
    return 0;
}

void ttm_drawn_free(TTMDrawnFrames *drawn)
{
    free(drawn->pixels);
    memset(drawn, 0, sizeof(*drawn));
}

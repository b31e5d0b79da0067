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

/** @file Masks of drafts: what they do not know of the picture. */

#include "clip/doubtful.h"

#include <math.h>
#include <stdlib.h>

#include "clip/context.h"
#include "clip/view.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/sample.h"

/* 1 where all pixels around (or, of @p any, one of them) are set; outside are @p any's
 * contrary. */
static void spread(const float *from, int width, int height, int any, float *to)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float value = any ? 0 : 1;

            for (int k = 0; k < 9; k++) {
                const int i = x + k % 3 - 1, j = y + k / 3 - 1;
                float v;

                if (i < 0 || j < 0 || i >= width || j >= height)
                    continue;
                v = from[(size_t)j * (size_t)width + (size_t)i];
                value = any ? fmaxf(value, v) : fminf(value, v);
            }
            to[(size_t)y * (size_t)width + (size_t)x] = value;
        }
}

int ttm_clip_add_new(const TTMContext *ctx, int index, TTMImage *frame)
{
    const TTMTrajectory *p = &ctx->clip.made.trajectory;
    const int width = p->fit.width, height = p->fit.height;
    const size_t pixels = (size_t)width * (size_t)height;
    const uint8_t *drawn = p->moment.ids + pixels;
    const uint8_t *told;
    const TTMWindow window = ttm_view_moves(ctx) ? ttm_view_window(ctx, index) :
                             (TTMWindow){ 0, 0, 1 };
    const float step_x = (float)(window.size * width / frame->width);
    const float step_y = (float)(window.size * height / frame->height);
    const float left = (float)(window.x * width), top = (float)(window.y * height);
    float *open = ttm_array_alloc(2 * pixels, sizeof(*open));

    told = p->told + (size_t)floor(ttm_moment_frame(&p->moment, p->moment.at) + 0.5) *
                     pixels;
    if (!open)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    for (size_t i = 0; i < pixels; i++)
        open[i] = told[i] && told[i] != drawn[i] && !p->fit.ground[told[i]];
    spread(open, width, height, 0, open + pixels);
    spread(open + pixels, width, height, 1, open);
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++) {
            float value, rgb[3];

            ttm_sample_linear(open, width, height, 1, 1, left + ((float)x + 0.5f) * step_x,
                              top + ((float)y + 0.5f) * step_y, &value);
            if (value <= 0)
                continue;
            ttm_image_pixel(frame, x, y, rgb);
            for (int k = 0; k < 3; k++)
                rgb[k] = fmaxf(rgb[k], value);
            ttm_image_set_pixel(frame, x, y, rgb);
        }
    free(open);
    return 0;
}

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

/** @file Frames of the clip at the output's size. */

#include <math.h>
#include <stdlib.h>

#include "pipeline/choices.h"
#include "pipeline/pipeline.h"
#include "segment/image.h"
#include "util/mem.h"

/* Still and ids at the output's size, made at the first frame. */
static int prepare_output(TTMContext *ctx, int width, int height)
{
    TTMClip *c = &ctx->clip;
    int ret;

    if (c->out_ids)
        return 0;
    if (width == c->still.width && height == c->still.height)
        ret = ttm_image_copy(&c->out_still, &c->still);
    else
        ret = ttm_image_resize(&c->out_still, &c->still, width, height);
    c->out_ids = ttm_array_alloc((size_t)width, (size_t)height);
    if (ret < 0 || !c->out_ids) {
        free(c->out_ids);
        free(c->out_still.data);
        c->out_ids = NULL;
        c->out_still.data = NULL;
        return TTM_ERR_MEMORY;
    }
    ttm_ids_resize(c->ids, c->still.width, c->still.height, c->out_ids, width,
                   height);
    return 0;
}

static int prepare_detail(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    size_t count = 3 * (size_t)c->width[1] * (size_t)c->height[1];
    TTMDetailSource source = {
        .still = c->out_still, .ids = c->out_ids, .fit = &c->fit,
        .first = c->first[1], .trajectory = c->trajectory,
        .decoded = c->decoded, .refined = c->refine == TTM_REFINE_SIMILARITY,
        .amount = (float)c->detail_amount, .pool = ctx->pool,
    };

    if (c->detail)
        return 0;
    if (!c->small_still) {
        c->small_still = ttm_array_alloc(count, sizeof(float));
        if (!c->small_still)
            return TTM_ERR_MEMORY;
        for (size_t i = 0; i < count; i++)
            c->small_still[i] = c->small[1][i] * 0.5f + 0.5f;
    }
    source.small = c->small_still;
    return ttm_detail_create(&c->detail, &source);
}

/* Object of an output pixel: the shapes of the still, moved, or predicted. */
static int planned_id(const TTMClip *c, int t, int x, int y)
{
    const TTMImage *still = &c->out_still;
    const int width = c->fit.width, height = c->fit.height;
    float small_x = ((float)x + 0.5f) * (float)width / (float)still->width;
    float small_y = ((float)y + 0.5f) * (float)height / (float)still->height;
    int predicted = c->trajectory[((size_t)t * (size_t)height +
                                   (size_t)small_y) * (size_t)width +
                                  (size_t)small_x];
    int lowest = 0;

    if (t == 0)
        return c->out_ids[(size_t)y * (size_t)still->width + (size_t)x];
    if (c->refine != TTM_REFINE_SIMILARITY)
        return predicted;
    for (int id = c->objects; id > 0; id--) {
        float qx, qy;

        ttm_fit_source(&c->fit, id, t, small_x, small_y, &qx, &qy);
        qx = floorf(qx * (float)still->width / (float)width);
        qy = floorf(qy * (float)still->height / (float)height);
        if (!(qx >= 0 && qy >= 0 && qx < (float)still->width &&
              qy < (float)still->height) ||
            c->out_ids[(size_t)qy * (size_t)still->width + (size_t)qx] != id)
            continue;
        if (id == predicted)
            return id;
        lowest = id;
    }
    return lowest;
}

static void draw_plan(const TTMClip *c, int t, TTMImage *frame)
{
    for (int y = 0; y < frame->height; y++) {
        for (int x = 0; x < frame->width; x++) {
            const uint8_t *colour = ttm_object_colour(planned_id(c, t, x, y));
            const float rgb[3] = { (float)colour[0] / 255.0f,
                                   (float)colour[1] / 255.0f,
                                   (float)colour[2] / 255.0f };

            ttm_image_set_pixel(frame, x, y, rgb);
        }
    }
}

int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    TTMClip *c = &ctx->clip;
    int ret = prepare_output(ctx, frame->width, frame->height);

    if (ret >= 0 && c->mode == TTM_MODE_PLAN) {
        draw_plan(c, index, frame);
        return 0;
    }
    if (ret >= 0)
        ret = prepare_detail(ctx);
    if (ret >= 0)
        ret = ttm_detail_compose(c->detail, index, c->pictures +
                                 3 * (size_t)index * (size_t)c->width[1] *
                                 (size_t)c->height[1], frame);
    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory for a frame") : 0;
}

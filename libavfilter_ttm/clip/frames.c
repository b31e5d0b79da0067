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
#include <string.h>
#include <stdlib.h>

#include "clip/clip.h"
#include "motion/tint.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

/* Ids at the output's size, made at the first frame. */
static int prepare_output(TTMContext *ctx, int width, int height)
{
    TTMClip *c = &ctx->clip;

    if (c->out_ids)
        return 0;
    c->out_ids = ttm_array_alloc((size_t)width, (size_t)height);
    if (!c->out_ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    c->out_width  = width;
    c->out_height = height;
    ttm_ids_resize(c->ids, c->still.width, c->still.height, c->out_ids, width,
                   height);
    return 0;
}

static int prepare_detail(TTMContext *ctx, int bytes)
{
    TTMClip *c = &ctx->clip;
    const int same = c->out_width == c->still.width &&
                     c->out_height == c->still.height;
    TTMDetailSource source = {
        .backend = ctx->backend, .still = same ? &c->packed : &c->out_still,
        .bytes = bytes, .ids = c->out_ids, .fit = &c->fit,
        .first = c->first[1], .trajectory = c->trajectory,
        .small = &c->small[1], .decoded = &c->decoded,
        .pictures = &c->pictures,
        .refined = c->refine == TTM_REFINE_SIMILARITY,
        .amount = (float)c->detail_amount,
    };
    int ret = 0;

    if (c->detail && c->out_bytes == bytes)
        return 0;
    ttm_detail_free(&c->detail);
    if (!same && !c->out_still.buffer)
        ret = ttm_picture_resize(ctx->backend, &c->packed, c->out_width,
                                 c->out_height, 0, 2, &c->out_still);
    if (ret < 0) {
        ttm_tensor_free(ctx->backend, &c->out_still);
        return ret;
    }
    c->out_bytes = bytes;
    return ttm_detail_create(&c->detail, &source);
}

/* Object of an output pixel: the shapes of the still, moved, or predicted. */
static int planned_id(const TTMClip *c, int t, int x, int y)
{
    const int out_width = c->out_width, out_height = c->out_height;
    const int width = c->fit.width, height = c->fit.height;
    float small_x = ((float)x + 0.5f) * (float)width / (float)out_width;
    float small_y = ((float)y + 0.5f) * (float)height / (float)out_height;
    int predicted = c->trajectory[((size_t)t * (size_t)height +
                                   (size_t)small_y) * (size_t)width +
                                  (size_t)small_x];
    int lowest = 0;

    if (t == 0)
        return c->out_ids[(size_t)y * (size_t)out_width + (size_t)x];
    if (c->refine != TTM_REFINE_SIMILARITY)
        return predicted;
    for (int id = c->objects; id > 0; id--) {
        float qx, qy;

        ttm_fit_source(&c->fit, id, t, small_x, small_y, &qx, &qy);
        qx = floorf(qx * (float)out_width / (float)width);
        qy = floorf(qy * (float)out_height / (float)height);
        if (!(qx >= 0 && qy >= 0 && qx < (float)out_width &&
              qy < (float)out_height) ||
            c->out_ids[(size_t)qy * (size_t)out_width + (size_t)qx] != id)
            continue;
        if (id == predicted)
            return id;
        lowest = id;
    }
    return lowest;
}

/* How far the moved shape of an object covers an output pixel, bilinear. */
static float moved_share(const TTMClip *c, int t, int id, float small_x,
                         float small_y)
{
    float x, y, fx, fy, v[4];

    ttm_fit_source(&c->fit, id, t, small_x, small_y, &x, &y);
    x = x * (float)c->out_width / (float)c->fit.width - 0.5f;
    y = y * (float)c->out_height / (float)c->fit.height - 0.5f;
    fx = floorf(x);
    fy = floorf(y);
    if (!(fx >= -1 && fy >= -1 && fx < (float)c->out_width &&
          fy < (float)c->out_height))
        return 0;
    for (int k = 0; k < 4; k++) {
        int i = (int)fx + (k & 1), j = (int)fy + (k >> 1);

        v[k] = i >= 0 && j >= 0 && i < c->out_width && j < c->out_height &&
               c->out_ids[(size_t)j * (size_t)c->out_width + (size_t)i] == id;
    }
    x -= fx;
    y -= fy;
    return (1 - y) * ((1 - x) * v[0] + x * v[1]) +
           y * ((1 - x) * v[2] + x * v[3]);
}

/* What the colours of a plan's frame are made of. */
typedef struct Drawing {
    TTMTintTable table;
    float level[TTM_MAX_OBJECTS + 1];
} Drawing;

/*
 * Levels of an object's tint in frame @p t. What never turns has its plain colour,
 * as frame 0 has, which is read as masks.
 */
static void set_levels(const TTMClip *c, int t, Drawing *d)
{
    memset(d->level, 0, sizeof(d->level));
    for (int id = 1; c->tinted && t && id <= c->objects; id++) {
        const TTMMotion *m = c->fit.motion +
                             (size_t)(id - 1) * (size_t)c->frames;
        int turns = 0;

        for (int i = 0; i < c->frames; i++)
            turns |= m[i].turn != 0;
        if (turns)
            d->level[id] = (float)ttm_tint_level((double)m[t].turn);
    }
}

/*
 * Places between two values of a byte, so that the mean over a tint is not rounded:
 * interleaved gradient noise (Jimenez, SIGGRAPH 2014 course on Call of Duty).
 */
static float dither(int x, int y)
{
    float v = 0.06711056f * (float)x + 0.00583715f * (float)y;

    v = 52.9829189f * (v - floorf(v));
    return v - floorf(v) - 0.5f;
}

/* Colour in [0, 1] of @p share of an object; 1 if it is nearest to @p hard. */
static int mix_colour(const Drawing *d, int id, float level, float share,
                      int hard, float rgb[3])
{
    float scaled[3];

    ttm_tint_colour(ttm_object_colour(id), level, rgb);
    for (int k = 0; k < 3; k++) {
        rgb[k]    = share * rgb[k] / 255.0f;
        scaled[k] = 255 * rgb[k];
    }
    return ttm_tint_id(&d->table, ttm_tint_nearest(&d->table, scaled)) == hard;
}

/* A grey that is mixed with black is a tint of a darker one. */
static int may_mix(const TTMClip *c, int id)
{
    const uint8_t *colour = ttm_object_colour(id);
    float share, level;

    return !c->tinted || ttm_tint_unmix(colour, colour, &share, &level);
}

/*
 * Colour of an output pixel. Where an object meets the background its edge is
 * mixed with black by the share that it covers, so that a fit finds it to a
 * fraction of a pixel; the nearest colour stays that of the object. Frame 0 has
 * the colours themselves: it is read as masks.
 */
static void planned_colour(const TTMClip *c, const Drawing *d, int t, int x,
                           int y, float rgb[3])
{
    float small_x = ((float)x + 0.5f) * (float)c->fit.width /
                    (float)c->out_width;
    float small_y = ((float)y + 0.5f) * (float)c->fit.height /
                    (float)c->out_height;
    int hard = planned_id(c, t, x, y), id = hard, touching = 0;
    float share = 1, most = 0;

    for (int k = 1; t && c->refine == TTM_REFINE_SIMILARITY && k <= c->objects;
         k++) {
        float part = moved_share(c, t, k, small_x, small_y);

        touching += part > 0;
        if (part > most && (!hard || hard == k)) {
            most = part;
            id   = k;
        }
    }
    if (touching == 1 && most > 0 && may_mix(c, id))
        share = hard ? fmaxf(most, 0.502f) : fminf(most, 0.498f);
    else
        id = hard;
    if (mix_colour(d, id, d->level[id], share, hard, rgb))
        return;
    /* Light tints are nearer than black with less. */
    if (c->tinted && !hard &&
        mix_colour(d, id, d->level[id], fminf(share, 0.4f), 0, rgb))
        return;
    mix_colour(d, hard, d->level[hard], 1, hard, rgb);
}

static void draw_plan(const TTMClip *c, int t, TTMImage *frame)
{
    const float step = !c->tinted ? 0 :
                       frame->format == TTM_PIXEL_RGB16 ? 1 / 65535.0f :
                       1 / 255.0f;
    Drawing d;

    ttm_tint_table(&d.table, NULL, c->objects, c->tinted);
    set_levels(c, t, &d);
    for (int y = 0; y < frame->height; y++) {
        for (int x = 0; x < frame->width; x++) {
            float rgb[3];

            planned_colour(c, &d, t, x, y, rgb);
            for (int k = 0; k < 3; k++)
                rgb[k] += step * dither(x, y);
            ttm_image_set_pixel(frame, x, y, rgb);
        }
    }
}

int ttm_clip_device_frame(TTMContext *ctx, int index, int width, int height,
                          int bytes, const TTMTensor **frame)
{
    int ret = prepare_output(ctx, width, height);

    if (ret >= 0)
        ret = prepare_detail(ctx, bytes);
    return ret < 0 ? ret : ttm_detail_compose(ctx->clip.detail, index, frame);
}

/* Compose frame @p index and read it. */
static int read_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    const TTMTensor *tensor;
    int ret = ttm_clip_device_frame(ctx, index, frame->width, frame->height,
                                    frame->format == TTM_PIXEL_RGB16 ? 2 : 1,
                                    &tensor);

    return ret < 0 ? ret : ttm_picture_download(ctx->backend, tensor, frame);
}

int ttm_clip_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    TTMClip *c = &ctx->clip;
    int ret;

    if (c->mode == TTM_MODE_PLAN) {
        ret = prepare_output(ctx, frame->width, frame->height);
        if (ret >= 0)
            draw_plan(c, index, frame);
        return ret;
    }
    ret = read_frame(ctx, index, frame);
    if (ret < 0 && (ret = ttm_clip_rebuild(ctx, ret)) >= 0)
        ret = read_frame(ctx, index, frame);
    return ret;
}

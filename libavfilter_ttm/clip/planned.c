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

/** @file Frames of mode=plan: the trajectory in the objects' colours. */

#include "clip/planned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "motion/tint.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

/* What the colours of a plan's frame are made of. */
typedef struct Drawing {
    TTMTintTable table;
    float level[TTM_MAX_OBJECTS + 1];
    float *rows;                ///< of ttm_fit_rows()
    TTMFieldShape field;
} Drawing;

/* Where a place of object @p id was; how far it is there. */
static float drawn_source(const Drawing *d, int id, float x, float y,
                          float *from_x, float *from_y)
{
    const int64_t size = ttm_motion_row(d->field.width, d->field.height);

    return ttm_field_source(d->rows + size * (id - 1), &d->field, x, y, from_x,
                            from_y);
}

/* Object of an output pixel: the shapes of the still, moved, or predicted. */
static int planned_id(const TTMClip *c, const Drawing *d, int t, int x, int y)
{
    const int out_width = c->made.output.width, out_height = c->made.output.height;
    const int width = c->made.trajectory.fit.width, height = c->made.trajectory.fit.height;
    float small_x = ((float)x + 0.5f) * (float)width / (float)out_width;
    float small_y = ((float)y + 0.5f) * (float)height / (float)out_height;
    int predicted = c->made.trajectory.ids[((size_t)t * (size_t)height +
                                   (size_t)small_y) * (size_t)width +
                                  (size_t)small_x];
    int lowest = 0;

    if (t == 0)
        return c->made.output.ids[(size_t)y * (size_t)out_width + (size_t)x];
    if (c->given.refine < TTM_REFINE_SIMILARITY)
        return predicted;
    for (int id = c->made.objects.nb; id > 0; id--) {
        float qx, qy, there;

        there = drawn_source(d, id, small_x, small_y, &qx, &qy);
        qx = floorf(qx * (float)out_width / (float)width);
        qy = floorf(qy * (float)out_height / (float)height);
        if (!(there >= 0.5f && qx >= 0 && qy >= 0 && qx < (float)out_width &&
              qy < (float)out_height) ||
            c->made.output.ids[(size_t)qy * (size_t)out_width + (size_t)qx] != id)
            continue;
        if (id == predicted)
            return id;
        lowest = id;
    }
    return lowest;
}

/* How far the moved shape of an object covers an output pixel, bilinear. */
static float moved_share(const TTMClip *c, const Drawing *d, int id,
                         float small_x, float small_y)
{
    float x, y, fx, fy, v[4], there;

    there = drawn_source(d, id, small_x, small_y, &x, &y);
    x = x * (float)c->made.output.width / (float)c->made.trajectory.fit.width - 0.5f;
    y = y * (float)c->made.output.height / (float)c->made.trajectory.fit.height - 0.5f;
    fx = floorf(x);
    fy = floorf(y);
    if (!(fx >= -1 && fy >= -1 && fx < (float)c->made.output.width &&
          fy < (float)c->made.output.height))
        return 0;
    for (int k = 0; k < 4; k++) {
        int i = (int)fx + (k & 1), j = (int)fy + (k >> 1);

        v[k] = i >= 0 && j >= 0 && i < c->made.output.width && j < c->made.output.height &&
               c->made.output.ids[(size_t)j * (size_t)c->made.output.width + (size_t)i] == id;
    }
    x -= fx;
    y -= fy;
    return there * ((1 - y) * ((1 - x) * v[0] + x * v[1]) +
                    y * ((1 - x) * v[2] + x * v[3]));
}

/*
 * Levels of an object's tint in frame @p t. What never turns has its plain colour,
 * as frame 0 has, which is read as masks.
 */
static void set_levels(const TTMClip *c, int t, Drawing *d)
{
    memset(d->level, 0, sizeof(d->level));
    for (int id = 1; c->given.tinted && t && id <= c->made.objects.nb; id++) {
        const TTMMotion *m = c->made.trajectory.fit.motion +
                             (size_t)(id - 1) * (size_t)c->given.frames;
        int turns = 0;

        for (int i = 0; i < c->given.frames; i++)
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

    return !c->given.tinted || ttm_tint_unmix(colour, colour, &share, &level);
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
    float small_x = ((float)x + 0.5f) * (float)c->made.trajectory.fit.width /
                    (float)c->made.output.width;
    float small_y = ((float)y + 0.5f) * (float)c->made.trajectory.fit.height /
                    (float)c->made.output.height;
    int hard = planned_id(c, d, t, x, y), id = hard, touching = 0;
    float share = 1, most = 0;

    for (int k = 1; t && c->given.refine >= TTM_REFINE_SIMILARITY && k <= c->made.objects.nb;
         k++) {
        float part = moved_share(c, d, k, small_x, small_y);

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
    if (c->given.tinted && !hard &&
        mix_colour(d, id, d->level[id], fminf(share, 0.4f), 0, rgb))
        return;
    mix_colour(d, hard, d->level[hard], 1, hard, rgb);
}

int ttm_clip_draw_plan(const TTMContext *ctx, int t, TTMImage *frame)
{
    const TTMClip *c = &ctx->clip;
    const float step = !c->given.tinted ? 0 :
                       frame->format == TTM_PIXEL_RGB16 ? 1 / 65535.0f :
                       1 / 255.0f;
    const TTMFit *fit = &c->made.trajectory.fit;
    Drawing d = { .field = ttm_fit_field(fit) };

    d.rows = ttm_array_alloc((size_t)fit->objects * ttm_fit_row_size(fit),
                             sizeof(*d.rows));
    if (!d.rows)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    ttm_fit_rows(fit, t, d.rows);
    ttm_tint_table(&d.table, NULL, c->made.objects.nb, c->given.tinted);
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
    free(d.rows);
    return 0;
}

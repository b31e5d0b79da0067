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
#include "clip/view.h"
#include "motion/tint.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"
#include "util/thread.h"

/** Colours of which is kept whether they are nearest to an object's: few differ in a row. */
#define KNOWN 16

/* What the colours of a plan's frame are made of. */
typedef struct Drawing {
    const TTMClip *clip;
    int t;
    TTMImage *frame;
    TTMTintTable table;
    float level[TTM_MAX_OBJECTS + 1];
    float plain[TTM_MAX_OBJECTS + 1][3];    ///< in [0, 1], of a pixel without an edge
    uint8_t mixes[TTM_MAX_OBJECTS + 1];     ///< may_mix()
    float *rows;                ///< of ttm_fit_rows()
    TTMFieldShape field;
    float step;                 ///< of a value of the frame, for tints
    TTMWindow window;           ///< of the scene that the frame shows
} Drawing;

/* A colour, and whether it is nearest to that of object `hard`. */
typedef struct Known {
    int id, hard, fits;
    float share;
} Known;

/* A moved object at a pixel: where that was in the still, in pixels of the output. */
typedef struct Source {
    float x, y, there;
} Source;

/* Sets where the pixel at (@p x, @p y) of the fit was in object @p id; 0: not in its box. */
static int find_source(const Drawing *d, int id, float x, float y, Source *s)
{
    const TTMOutput *o = &d->clip->made.output;
    const TTMFit *fit = &d->clip->made.trajectory.fit;
    const int64_t size = ttm_motion_row(d->field.width, d->field.height);
    const int *box = o->box[id - 1];

    s->there = ttm_field_source(d->rows + size * (id - 1), &d->field, x, y, &s->x,
                                &s->y);
    s->x = s->x * (float)o->width / (float)fit->width;
    s->y = s->y * (float)o->height / (float)fit->height;
    /* a pixel around it is mixed with it */
    return s->x > (float)(box[0] - 1) && s->x < (float)(box[2] + 1) &&
           s->y > (float)(box[1] - 1) && s->y < (float)(box[3] + 1);
}

static int still_id(const TTMOutput *o, int x, int y)
{
    return x >= 0 && y >= 0 && x < o->width && y < o->height ?
           o->ids[(size_t)y * (size_t)o->width + (size_t)x] : 0;
}

/* Whether the moved shape of an object has an output pixel. */
static int has_pixel(const Drawing *d, int id, const Source *s)
{
    return s->there >= 0.5f &&
           still_id(&d->clip->made.output, (int)floorf(s->x), (int)floorf(s->y)) == id;
}

/* How far the moved shape of an object covers an output pixel, bilinear. */
static float moved_share(const Drawing *d, int id, const Source *s)
{
    float x = s->x - 0.5f, y = s->y - 0.5f, fx = floorf(x), fy = floorf(y), v[4];

    for (int k = 0; k < 4; k++)
        v[k] = still_id(&d->clip->made.output, (int)fx + (k & 1),
                        (int)fy + (k >> 1)) == id;
    x -= fx;
    y -= fy;
    return s->there * ((1 - y) * ((1 - x) * v[0] + x * v[1]) +
                       y * ((1 - x) * v[2] + x * v[3]));
}

/*
 * Levels of an object's tint. What never turns has its plain colour,
 * as frame 0 has, which is read as masks.
 */
static void set_levels(Drawing *d)
{
    const TTMClip *c = d->clip;

    const TTMTrajectory *p = &c->made.trajectory;

    for (int id = 1; c->given.tinted && d->t && id <= c->made.objects.nb; id++) {
        const TTMMotion *m = p->fit.motion + (size_t)(id - 1) * (size_t)p->fit.frames;
        int turns = 0;

        for (int i = 0; i < p->fit.frames; i++)
            turns |= m[i].turn != 0;
        if (turns)
            d->level[id] = (float)ttm_tint_level((double)p->moment.fit.motion[2 * id - 1].turn);
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

/* Colour in [0, 1] of @p share of an object. */
static void colour(const Drawing *d, int id, float share, float rgb[3])
{
    ttm_tint_colour(ttm_object_colour(id), d->level[id], rgb);
    for (int k = 0; k < 3; k++)
        rgb[k] = share * rgb[k] / 255.0f;
}

/* The same; 1 if it is nearest to @p hard. */
static int mix_colour(const Drawing *d, Known *known, int id, float share, int hard,
                      float rgb[3])
{
    const float slots = 1 << 20;        /* shares beside each other have others */
    float scaled[3];
    Known *k;

    colour(d, id, share, rgb);
    for (int i = 0; i < 3; i++)
        scaled[i] = 255 * rgb[i];
    k = &known[((int)(share * slots) + 5 * id) & (KNOWN - 1)];
    if (k->id != id || k->hard != hard || k->share != share)
        *k = (Known){ id, hard, ttm_tint_id(&d->table, ttm_tint_nearest(&d->table,
                      scaled)) == hard, share };
    return k->fits;
}

/* A grey that is mixed with black is a tint of a darker one. */
static int may_mix(const TTMClip *c, int id)
{
    const uint8_t *colour = ttm_object_colour(id);
    float share, level;

    return !c->given.tinted || ttm_tint_unmix(colour, colour, &share, &level);
}

/* Objects of an output pixel, and what they cover of it. */
typedef struct Seen {
    int hard;                   ///< whose pixel it is
    int touching;               ///< objects that cover something of it
    float share[TTM_MAX_OBJECTS + 1];
} Seen;

/*
 * The shapes of the still, moved, or as predicted where they are not fitted, at place
 * (@p x, @p y) of the scene in pixels of the output.
 */
static void see(const Drawing *d, float x, float y, Seen *seen)
{
    const TTMClip *c = d->clip;
    const TTMOutput *o = &c->made.output;
    const TTMTrajectory *p = &c->made.trajectory;
    const int width = p->fit.width, height = p->fit.height;
    const float small_x = x * (float)width / (float)o->width;
    const float small_y = y * (float)height / (float)o->height;
    const int predicted = p->moment.ids[((size_t)height + (size_t)small_y) *
                                        (size_t)width + (size_t)small_x];
    int lowest = 0, at_predicted = 0;

    seen->touching = 0;
    seen->hard = d->t ? predicted : still_id(o, (int)x, (int)y);
    if (!d->t || c->given.refine < TTM_REFINE_SIMILARITY)
        return;
    for (int id = c->made.objects.nb; id > 0; id--) {
        Source s;

        seen->share[id] = 0;
        if (!find_source(d, id, small_x, small_y, &s))
            continue;
        seen->share[id] = moved_share(d, id, &s);
        seen->touching += seen->share[id] > 0;
        if (has_pixel(d, id, &s)) {
            lowest = id;
            at_predicted |= id == predicted;
        }
    }
    seen->hard = at_predicted ? predicted : lowest;
}

/*
 * Colour of an output pixel. Where an object meets the background its edge is
 * mixed with black by the share that it covers, so that a fit finds it to a
 * fraction of a pixel; the nearest colour stays that of the object. Frame 0 has
 * the colours themselves: it is read as masks.
 */
static void planned_colour(const Drawing *d, Known *known, float x, float y, float rgb[3])
{
    const TTMClip *c = d->clip;
    float share = 1;
    Seen seen;
    int id;

    see(d, x, y, &seen);
    id = seen.hard;
    /* the only one that touches it: a pixel belongs to none that does not */
    for (int k = 1; seen.touching == 1 && k <= c->made.objects.nb; k++)
        if (seen.share[k] > 0 && (!seen.hard || seen.hard == k)) {
            if (d->mixes[k]) {
                share = seen.hard ? fmaxf(seen.share[k], 0.502f) :
                                    fminf(seen.share[k], 0.498f);
                id = k;
            }
            break;
        }
    if (id == seen.hard && share == 1) {
        memcpy(rgb, d->plain[id], sizeof(d->plain[id]));
        return;
    }
    if (mix_colour(d, known, id, share, seen.hard, rgb))
        return;
    /* Light tints are nearer than black with less. */
    if (c->given.tinted && !seen.hard &&
        mix_colour(d, known, id, fminf(share, 0.4f), 0, rgb))
        return;
    memcpy(rgb, d->plain[seen.hard], sizeof(d->plain[seen.hard]));
}

/* Where the middle of pixel @p i of a side is in the scene. */
static float place(double begin, double share, int i, int size)
{
    return (float)(begin * size + share * (i + 0.5));
}

static void draw_row(void *opaque, int y, int nb)
{
    const Drawing *d = opaque;
    Known known[KNOWN] = { 0 };     /* the background is never mixed */

    (void)nb;
    for (int x = 0; x < d->frame->width; x++) {
        float rgb[3], between = d->step != 0 ? d->step * dither(x, y) : 0;

        planned_colour(d, known, place(d->window.x, d->window.size, x, d->frame->width),
                       place(d->window.y, d->window.size, y, d->frame->height), rgb);
        for (int k = 0; k < 3; k++)
            rgb[k] += between;
        ttm_image_set_pixel(d->frame, x, y, rgb);
    }
}

int ttm_clip_draw_plan(const TTMContext *ctx, int t, TTMImage *frame)
{
    const TTMClip *c = &ctx->clip;
    const TTMFit *fit = &c->made.trajectory.fit;
    Drawing d = {
        .clip = c, .t = t, .frame = frame, .field = ttm_fit_field(fit),
        .step = !c->given.tinted ? 0 :
                frame->format == TTM_PIXEL_RGB16 ? 1 / 65535.0f : 1 / 255.0f,
        .window = ttm_view_of_plan(ctx) ? ttm_view_window(ctx, t) : (TTMWindow){ 0, 0, 1 },
    };

    d.rows = ttm_array_alloc((size_t)fit->objects * ttm_fit_row_size(fit),
                             sizeof(*d.rows));
    if (!d.rows)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for a frame");
    ttm_fit_rows(&c->made.trajectory.moment.fit, 1, d.rows);
    ttm_tint_table(&d.table, NULL, c->made.objects.nb, c->given.tinted);
    set_levels(&d);
    for (int id = 0; id <= c->made.objects.nb; id++) {
        colour(&d, id, 1, d.plain[id]);
        d.mixes[id] = (uint8_t)may_mix(c, id);
    }
    ttm_pool_set_cancel(c->made.output.pool, ctx->backend->cancel);
    ttm_pool_run(c->made.output.pool, draw_row, &d, frame->height);
    free(d.rows);
    return ttm_cancelled(ctx->backend->cancel) ? TTM_ERR_CANCELLED : 0;
}

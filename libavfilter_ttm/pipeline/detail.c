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

/** @file Frames at the output's resolution with the still's own detail. */

#include "pipeline/detail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/cover.h"
#include "pipeline/membrane.h"
#include "prompt/prompts.h"
#include "segment/image.h"
#include "util/mem.h"

struct TTMDetail {
    TTMDetailSource s;
    float scale_x, scale_y;     ///< output pixels a small pixel
    TTMCover cover[TTM_MAX_OBJECTS + 1];
    float *depth;               ///< [height, width]: 0 at an object's edge, 1 inside
};

/* The work of one frame, shared by the threads. */
typedef struct Frame {
    const TTMDetail *detail;
    int t;
    const float *net;           ///< [height, width, 3]
    const float *hole;          ///< the same, levelled to its surroundings
    TTMImage *out;
    int x0, x1, y0, y1;         ///< outside of it the still is copied
} Frame;

#define ROWS_A_TASK 16

/* Distance in small pixels to the next pixel of another id, as 0 .. 1. */
static void fill_depth(const TTMDetailSource *s, float *depth)
{
    const int width = s->fit->width, height = s->fit->height, reach = 3;

    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int id = s->first[(size_t)y * (size_t)width + (size_t)x];
            float nearest = 3;

            for (int j = -reach; j <= reach; j++)
                for (int i = -reach; i <= reach; i++) {
                    int px = x + i, py = y + j;

                    if (px < 0 || py < 0 || px >= width || py >= height ||
                        s->first[(size_t)py * (size_t)width + (size_t)px] ==
                        id)
                        continue;
                    nearest = fminf(nearest, sqrtf((float)(i * i + j * j)));
                }
            depth[(size_t)y * (size_t)width + (size_t)x] =
                id ? (nearest - 1) / 2 : 0;
        }
    }
}

int ttm_detail_create(TTMDetail **detail, const TTMDetailSource *source)
{
    TTMDetail *d = ttm_array_alloc(1, sizeof(*d));
    const TTMFit *fit = source->fit;
    int radius, ret = 0;

    *detail = d;
    if (!d)
        return TTM_ERR_MEMORY;
    d->s = *source;
    d->scale_x = (float)source->still.width / (float)fit->width;
    d->scale_y = (float)source->still.height / (float)fit->height;
    radius = (int)ceilf(0.3f * fmaxf(d->scale_x, d->scale_y));
    radius = radius < 1 ? 1 : radius > 8 ? 8 : radius;
    d->depth = ttm_array_alloc((size_t)fit->width * (size_t)fit->height,
                               sizeof(*d->depth));
    if (!d->depth)
        ret = TTM_ERR_MEMORY;
    for (int id = 1; ret >= 0 && id <= fit->objects; id++)
        ret = ttm_cover_create(&d->cover[id], source->ids,
                               source->still.width, source->still.height, id,
                               radius);
    if (ret < 0) {
        ttm_detail_free(detail);
        return ret;
    }
    fill_depth(source, d->depth);
    return 0;
}

void ttm_detail_free(TTMDetail **detail)
{
    if (!*detail)
        return;
    for (int id = 0; id <= TTM_MAX_OBJECTS; id++)
        ttm_cover_free(&(*detail)->cover[id]);
    free((*detail)->depth);
    free(*detail);
    *detail = NULL;
}

/* Is any small pixel near (x, y) an object, in frame 0 or in frame t? */
static int near_object(const TTMDetailSource *s, const uint8_t *ids, int x,
                       int y)
{
    const int width = s->fit->width, height = s->fit->height;

    for (int j = y - 1; j <= y + 1; j++)
        for (int i = x - 1; i <= x + 1; i++) {
            size_t at = (size_t)j * (size_t)width + (size_t)i;

            if (i >= 0 && j >= 0 && i < width && j < height &&
                (ids[at] || s->first[at]))
                return 1;
        }
    return 0;
}

/*
 * The network's frame plus the difference still - frame of the background
 * around, continued into the places that objects left: no step at the rim.
 */
static int level_hole(const TTMDetailSource *s, int t, const float *net,
                      float *hole)
{
    const int width = s->fit->width, height = s->fit->height;
    size_t pixels = (size_t)width * (size_t)height;
    const uint8_t *ids = s->trajectory + (size_t)t * pixels;
    float *weight = ttm_array_alloc(pixels, sizeof(*weight));
    int ret;

    if (!weight)
        return TTM_ERR_MEMORY;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;

            weight[at] = near_object(s, ids, x, y) ? 0 : 1;
            for (size_t c = 3 * at; c < 3 * at + 3; c++)
                hole[c] = s->small[c] - net[c];
        }
    ret = ttm_membrane_fill(hole, weight, width, height);
    for (size_t i = 0; ret >= 0 && i < 3 * pixels; i++)
        hole[i] += net[i];
    free(weight);
    return ret;
}

/* Bilinear pixel of the still, 0 .. 1. */
static void sample_still(const TTMImage *still, float x, float y, float rgb[3])
{
    float px = fminf(fmaxf(x - 0.5f, 0), (float)(still->width - 1));
    float py = fminf(fmaxf(y - 0.5f, 0), (float)(still->height - 1));
    int x0 = (int)px, y0 = (int)py;
    int x1 = x0 + 1 < still->width ? x0 + 1 : x0;
    int y1 = y0 + 1 < still->height ? y0 + 1 : y0;
    float ax = px - (float)x0, ay = py - (float)y0, p[4][3];

    ttm_image_pixel(still, x0, y0, p[0]);
    ttm_image_pixel(still, x1, y0, p[1]);
    ttm_image_pixel(still, x0, y1, p[2]);
    ttm_image_pixel(still, x1, y1, p[3]);
    for (int c = 0; c < 3; c++)
        rgb[c] = (1 - ay) * (p[0][c] + ax * (p[1][c] - p[0][c])) +
                 ay * (p[2][c] + ax * (p[3][c] - p[2][c]));
}

/* A pixel of the output and what is known about it. */
typedef struct Pixel {
    int x, y;
    float small_x, small_y;     ///< the same position in the small images
    float net[3];
} Pixel;

/* How far soft predicted ids cover the pixel (shapes that may deform). */
static float predicted_alpha(const TTMDetail *d, int t, int id,
                             const Pixel *p)
{
    const int width = d->s.fit->width, height = d->s.fit->height;
    const uint8_t *ids = d->s.trajectory + (size_t)t * (size_t)width *
                         (size_t)height;
    float px = fminf(fmaxf(p->small_x - 0.5f, 0), (float)(width - 1));
    float py = fminf(fmaxf(p->small_y - 0.5f, 0), (float)(height - 1));
    int x0 = (int)px, y0 = (int)py, x1, y1;
    float ax = px - (float)x0, ay = py - (float)y0, v;

    x1 = x0 + 1 < width ? x0 + 1 : x0;
    y1 = y0 + 1 < height ? y0 + 1 : y0;
    v = (1 - ay) * ((1 - ax) * (float)(ids[y0 * width + x0] == id) +
                    ax * (float)(ids[y0 * width + x1] == id)) +
        ay * ((1 - ax) * (float)(ids[y1 * width + x0] == id) +
              ax * (float)(ids[y1 * width + x1] == id));
    v = fminf(fmaxf(1.5f * v - 0.25f, 0), 1);
    return v;
}

/*
 * Add what object @p id gives to the pixel; returns its share of @p rest.
 * q is where the pixel was in the still.
 */
static float add_object(const TTMDetail *d, int t, int id, const Pixel *p,
                        float rest, float rgb[3])
{
    const TTMDetailSource *s = &d->s;
    float qx, qy, own, share, depth, still[3], decoded[3];

    ttm_fit_source(s->fit, id, t, p->small_x, p->small_y, &qx, &qy);
    own = ttm_cover_alpha(&d->cover[id], qx * d->scale_x, qy * d->scale_y);
    share = rest * (s->refined ? own : predicted_alpha(d, t, id, p));
    if (share <= 0)
        return 0;
    sample_still(&s->still, qx * d->scale_x, qy * d->scale_y, still);
    ttm_sample_cubic(s->decoded, s->fit->width, s->fit->height, qx, qy,
                     decoded);
    ttm_sample_linear(d->depth, s->fit->width, s->fit->height, 1, qx, qy,
                      &depth);
    for (int c = 0; c < 3; c++) {
        float carried = still[c] + depth * (p->net[c] - decoded[c]);

        if (!s->refined)        /* from outside the object: the network's */
            carried = p->net[c] + own * (still[c] - decoded[c]);
        rgb[c] += share * carried;
    }
    return share;
}

/* How much of the pixel an object covered in frame 0 and has left since. */
static float uncovered(const TTMDetail *d, int t, const Pixel *p)
{
    float most = 0;

    for (int id = 1; id <= d->s.fit->objects; id++) {
        float spread = ttm_cover_spread(&d->cover[id], p->x, p->y);
        float inside, qx, qy, moved;

        if (spread <= most)
            continue;
        inside = ttm_cover_alpha(&d->cover[id], (float)p->x + 0.5f,
                                 (float)p->y + 0.5f);
        ttm_fit_source(d->s.fit, id, t, p->small_x, p->small_y, &qx, &qy);
        moved = hypotf((qx - p->small_x) * d->scale_x,
                       (qy - p->small_y) * d->scale_y);
        /* An object that does not move still covers its own soft edge. */
        most = fmaxf(most, fmaxf(inside, spread) *
                           fminf(fmaxf((moved - 0.5f) / 2, 0), 1));
    }
    return most;
}

static void compose_pixel(const Frame *f, int x, int y)
{
    const TTMDetail *d = f->detail;
    const TTMDetailSource *s = &d->s;
    const int width = s->fit->width, height = s->fit->height;
    Pixel p = { .x = x, .y = y };
    float rgb[3] = { 0 }, still[3], rest = 1;
    int predicted;

    p.small_x = ((float)x + 0.5f) / d->scale_x;
    p.small_y = ((float)y + 0.5f) / d->scale_y;
    ttm_sample_cubic(f->net, width, height, p.small_x, p.small_y, p.net);
    predicted = s->trajectory[((size_t)f->t * (size_t)height +
                               (size_t)fminf(p.small_y, (float)(height - 1))) *
                              (size_t)width +
                              (size_t)fminf(p.small_x, (float)(width - 1))];
    if (predicted)
        rest -= add_object(d, f->t, predicted, &p, rest, rgb);
    for (int id = 1; id <= s->fit->objects && rest > 0.002f; id++)
        if (id != predicted)
            rest -= add_object(d, f->t, id, &p, rest, rgb);
    ttm_image_pixel(&s->still, x, y, still);
    if (rest > 0) {
        float open = uncovered(d, f->t, &p), hole[3] = { 0 };

        if (open > 0)
            ttm_sample_cubic(f->hole, width, height, p.small_x, p.small_y,
                             hole);
        for (int c = 0; c < 3; c++)
            rgb[c] += rest * (still[c] + open * (hole[c] - still[c]));
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = p.net[c] + s->amount * (rgb[c] - p.net[c]);
    ttm_image_set_pixel(f->out, x, y, rgb);
}

static void copy_pixels(const Frame *f, int y, int from, int to)
{
    for (int x = from; x < to; x++) {
        float rgb[3];

        ttm_image_pixel(&f->detail->s.still, x, y, rgb);
        ttm_image_set_pixel(f->out, x, y, rgb);
    }
}

static void compose_rows(void *opaque, int index, int nb)
{
    const Frame *f = opaque;
    const int width = f->out->width;

    (void)nb;
    for (int y = index * ROWS_A_TASK;
         y < (index + 1) * ROWS_A_TASK && y < f->out->height; y++) {
        if (y < f->y0 || y >= f->y1) {
            copy_pixels(f, y, 0, width);
            continue;
        }
        copy_pixels(f, y, 0, f->x0);
        for (int x = f->x0; x < f->x1; x++)
            compose_pixel(f, x, y);
        copy_pixels(f, y, f->x1, width);
    }
}

static void extend(Frame *f, float x0, float y0, float x1, float y1)
{
    const int width = f->out->width, height = f->out->height;

    x0 = fminf(fmaxf(floorf(x0), 0), (float)width);
    y0 = fminf(fmaxf(floorf(y0), 0), (float)height);
    x1 = fminf(fmaxf(ceilf(x1), 0), (float)width);
    y1 = fminf(fmaxf(ceilf(y1), 0), (float)height);
    if (x0 >= x1 || y0 >= y1)
        return;
    f->x0 = (int)fminf((float)f->x0, x0);
    f->y0 = (int)fminf((float)f->y0, y0);
    f->x1 = (int)fmaxf((float)f->x1, x1);
    f->y1 = (int)fmaxf((float)f->y1, y1);
}

/* The box outside of which nothing differs from the still. */
static void find_active(Frame *f)
{
    const TTMDetail *d = f->detail;
    const TTMFit *fit = d->s.fit;

    f->x0 = f->out->width;
    f->y0 = f->out->height;
    f->x1 = f->y1 = 0;
    if (d->s.amount < 1 || !d->s.refined)
        extend(f, 0, 0, (float)f->out->width, (float)f->out->height);
    for (int id = 1; id <= fit->objects; id++) {
        const TTMCover *c = &d->cover[id];
        const TTMMotion *m = fit->motion + (size_t)(id - 1) *
                             (size_t)fit->frames;
        float x0 = (float)c->x, y0 = (float)c->y, scale = m[f->t].scale;
        float cx = m[f->t].x * d->scale_x, cy = m[f->t].y * d->scale_y;

        if (!c->width)
            continue;
        extend(f, x0, y0, x0 + (float)c->width, y0 + (float)c->height);
        extend(f, cx + (x0 - m[0].x * d->scale_x) * scale - 1,
               cy + (y0 - m[0].y * d->scale_y) * scale - 1,
               cx + (x0 + (float)c->width - m[0].x * d->scale_x) * scale + 1,
               cy + (y0 + (float)c->height - m[0].y * d->scale_y) * scale + 1);
    }
    if (f->x0 >= f->x1)
        f->x0 = f->x1 = f->y0 = f->y1 = 0;
}

int ttm_detail_compose(const TTMDetail *detail, int t, const float *net,
                       TTMImage *out)
{
    const TTMDetailSource *s = &detail->s;
    Frame f = { .detail = detail, .t = t, .net = net, .out = out };
    float *hole = NULL;
    int ret = 0;

    /* Frame 0 is the still; only the share of the network's may differ. */
    if (t > 0 || s->amount < 1) {
        find_active(&f);
        hole = ttm_array_alloc((size_t)s->fit->width * (size_t)s->fit->height,
                               3 * sizeof(*hole));
        ret = hole ? level_hole(s, t, net, hole) : TTM_ERR_MEMORY;
        f.hole = hole;
    }
    if (ret >= 0)
        ttm_pool_run(s->pool, compose_rows, &f,
                     (out->height + ROWS_A_TASK - 1) / ROWS_A_TASK);
    free(hole);
    return ret;
}

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

/**
 * @file
 * A frame of the output's size from the still, the network's frame and the
 * motion of the objects. What no object touches is copied.
 */

#include <math.h>
#include <string.h>

#define TTM_SEPARATE_ROUNDING
#include "backend/cpu/clones.h"
#include "backend/cpu/pictures.h"
#include "util/sample.h"

#define ROWS_A_TASK 16
#define MOST_IDS    256         /* that a byte holds */

/* The planes of one object, see `covers` and `table` of TTM_OP_PICTURE. */
typedef struct Cover {
    int x, y, width, height;
    const uint8_t *alpha, *spread, *tint;
} Cover;

/* The work of one frame, shared by the threads. */
typedef struct Frame {
    int width, height;          ///< of the small images
    int out_width, out_height;
    int objects, refined;
    int bytes, out_bytes;       ///< a sample of the still and of the frame
    float scale_x, scale_y;     ///< output pixels a small pixel
    float amount;
    const void *still, *plate;
    const uint8_t *covers;
    const int32_t *table;
    const float *motion;        ///< rows of ttm_motion_row()
    TTMFieldShape field;
    const uint8_t *ids;
    const float *layers;        ///< [height, width, 6]: net, change
    const float *source;
    void *out;
    int x0, x1, y0, y1;         ///< outside of it the still is copied
    float byte[256];            ///< a byte as 0 .. 1
    Cover cover[MOST_IDS];      ///< of objects 1 ..
} Frame;

static void set_covers(Frame *f)
{
    for (int id = 1; id <= f->objects && id < MOST_IDS; id++) {
        const int32_t *row = f->table + TTM_COVER_ROW * (id - 1);
        size_t size = (size_t)row[2] * (size_t)row[3];

        const uint8_t *planes = f->covers + row[4];

        f->cover[id] = (Cover){ row[0], row[1], row[2], row[3], planes, planes + size,
                                planes + 2 * size };
    }
}

/* Like the functions of the C library, which are calls. */
static inline float smaller(float a, float b)
{
    return a < b ? a : b;
}

static inline float larger(float a, float b)
{
    return a > b ? a : b;
}

static const float *motion(const Frame *f, int id)
{
    return f->motion + ttm_motion_row(f->field.width, f->field.height) *
                       (id - 1);
}

TTM_INLINE float plane_value(const Cover *c, const uint8_t *plane, int x, int y)
{
    x -= c->x;
    y -= c->y;
    if (x < 0 || y < 0 || x >= c->width || y >= c->height)
        return 0;
    return plane[(size_t)y * (size_t)c->width + (size_t)x];
}

/* Bilinear alpha 0 .. 1 at (x, y). */
TTM_INLINE float cover_alpha(const Cover *c, float x, float y)
{
    float fx, fy, ax, ay;
    int x0, y0;

    /* The same as by whole pixels, and no value that an int does not hold. */
    if (!c->width || !(x - 0.5f >= (float)(c->x - 1) &&
                       y - 0.5f >= (float)(c->y - 1) &&
                       x - 0.5f < (float)(c->x + c->width) &&
                       y - 0.5f < (float)(c->y + c->height)))
        return 0;
    fx = ttm_round_down(x - 0.5f);
    fy = ttm_round_down(y - 0.5f);
    x0 = (int)fx;
    y0 = (int)fy;
    ax = x - 0.5f - fx;
    ay = y - 0.5f - fy;
    if (x0 >= c->x && y0 >= c->y && x0 + 1 < c->x + c->width &&
        y0 + 1 < c->y + c->height) {
        const uint8_t *a = c->alpha + (size_t)(y0 - c->y) * (size_t)c->width +
                           (size_t)(x0 - c->x), *b = a + c->width;

        return ((1 - ay) * ((1 - ax) * a[0] + ax * a[1]) +
                ay * ((1 - ax) * b[0] + ax * b[1])) / 255;
    }
    return ((1 - ay) * ((1 - ax) * plane_value(c, c->alpha, x0, y0) +
                        ax * plane_value(c, c->alpha, x0 + 1, y0)) +
            ay * ((1 - ax) * plane_value(c, c->alpha, x0, y0 + 1) +
                  ax * plane_value(c, c->alpha, x0 + 1, y0 + 1))) / 255;
}

/* Bilinear tint at (x, y), added to a colour as far as the object has moved away. */
TTM_INLINE void add_tint(const Cover *c, float x, float y, float away, float rgb[3])
{
    const float fx = ttm_round_down(x - 0.5f), fy = ttm_round_down(y - 0.5f);
    const float ax = x - 0.5f - fx, ay = y - 0.5f - fy;

    for (int k = 0; k < 4; k++) {
        const int px = (int)fx + (k & 1) - c->x, py = (int)fy + (k >> 1) - c->y;
        const float share = (k & 1 ? ax : 1 - ax) * (k >> 1 ? ay : 1 - ay);
        const uint8_t *tint;

        if (px < 0 || py < 0 || px >= c->width || py >= c->height)
            continue;
        tint = c->tint + 3 * ((size_t)py * (size_t)c->width + (size_t)px);
        for (int i = 0; i < 3; i++)
            rgb[i] += away * share * (float)(TTM_TINT_STEP * (tint[i] - TTM_TINT_NONE)) / 255;
    }
}

/* A pixel of the output and what is known about it. */
typedef struct Pixel {
    int x, y;
    float small_x, small_y;     ///< the same position in the small images
    float net[3];               ///< only where it is needed
} Pixel;

/* How far something is away from its place, by so many pixels of the frame. */
TTM_INLINE float moved_away(const Frame *f, const Pixel *p, float from_x, float from_y)
{
    const float moved = hypotf((from_x - p->small_x) * f->scale_x,
                               (from_y - p->small_y) * f->scale_y);

    return smaller(larger((moved - 0.5f) / 2, 0), 1);
}

/* A pixel of the still, or of the plate. */
TTM_INLINE void packed_pixel(const Frame *f, const void *picture, int x, int y,
                         float rgb[3])
{
    size_t at = 3 * ((size_t)y * (size_t)f->out_width + (size_t)x);

    for (size_t c = 0; c < 3; c++)
        rgb[c] = f->bytes == 1 ? f->byte[((const uint8_t *)picture)[at + c]] :
                 ttm_packed(picture, f->bytes, at + c);
}

/* Bilinear pixel of the still. */
TTM_INLINE void sample_still(const Frame *f, float x, float y, float rgb[3])
{
    float px = smaller(larger(x - 0.5f, 0), (float)(f->out_width - 1));
    float py = smaller(larger(y - 0.5f, 0), (float)(f->out_height - 1));
    int x0 = (int)px, y0 = (int)py;
    int x1 = ttm_clamp_index(x0 + 1, f->out_width);
    int y1 = ttm_clamp_index(y0 + 1, f->out_height);
    float ax = px - (float)x0, ay = py - (float)y0, p[4][3];

    packed_pixel(f, f->still, x0, y0, p[0]);
    packed_pixel(f, f->still, x1, y0, p[1]);
    packed_pixel(f, f->still, x0, y1, p[2]);
    packed_pixel(f, f->still, x1, y1, p[3]);
    for (int c = 0; c < 3; c++)
        rgb[c] = (1 - ay) * (p[0][c] + ax * (p[1][c] - p[0][c])) +
                 ay * (p[2][c] + ax * (p[3][c] - p[2][c]));
}

/* How far soft predicted ids cover the pixel (shapes that may deform). */
TTM_INLINE float predicted_alpha(const Frame *f, int id, const Pixel *p)
{
    const int width = f->width, height = f->height;
    const uint8_t *ids = f->ids;
    float px = smaller(larger(p->small_x - 0.5f, 0), (float)(width - 1));
    float py = smaller(larger(p->small_y - 0.5f, 0), (float)(height - 1));
    int x0 = (int)px, y0 = (int)py;
    int x1 = ttm_clamp_index(x0 + 1, width);
    int y1 = ttm_clamp_index(y0 + 1, height);
    float ax = px - (float)x0, ay = py - (float)y0, v;

    v = (1 - ay) * ((1 - ax) * (float)(ids[y0 * width + x0] == id) +
                    ax * (float)(ids[y0 * width + x1] == id)) +
        ay * ((1 - ax) * (float)(ids[y1 * width + x0] == id) +
              ax * (float)(ids[y1 * width + x1] == id));
    return smaller(larger(1.5f * v - 0.25f, 0), 1);
}

/* Add what object @p id gives to the pixel; returns its share of @p rest. */
TTM_INLINE float add_object(const Frame *f, int id, const Pixel *p, float rest,
                        float rgb[3])
{
    const Cover *c = &f->cover[id];
    float qx, qy, own, alpha = 0, share, depth, still[3], other[3];

    own = ttm_field_source(motion(f, id), &f->field, p->small_x, p->small_y, &qx,
                           &qy);
    if (own > 0)
        alpha = cover_alpha(c, qx * f->scale_x, qy * f->scale_y);
    own *= alpha;
    share = rest * (f->refined ? own : predicted_alpha(f, id, p));
    if (share <= 0)
        return 0;
    sample_still(f, qx * f->scale_x, qy * f->scale_y, still);
    if (f->refined) {
        if (alpha < 1)          /* a mixture with what was behind it */
            add_tint(c, qx * f->scale_x, qy * f->scale_y, moved_away(f, p, qx, qy), still);
        ttm_sample_linear(f->source, f->width, f->height, 1, 1, qx, qy,
                          &depth);
        ttm_sample_linear(f->layers + 3, f->width, f->height, 6, 3,
                          p->small_x, p->small_y, other);
        for (int k = 0; k < 3; k++)
            rgb[k] += share * (still[k] + depth * other[k]);
    } else {
        /* Where it comes from outside the object: only the network's. */
        ttm_sample_cubic(f->source, f->width, f->height, 3, qx, qy, other);
        for (int k = 0; k < 3; k++)
            rgb[k] += share * (p->net[k] + own * (still[k] - other[k]));
    }
    return share;
}

/* How much of the pixel an object covered in frame 0 and has left since. */
TTM_INLINE float uncovered(const Frame *f, const Pixel *p)
{
    float most = 0;

    for (int id = 1; id <= f->objects; id++) {
        const Cover *c = &f->cover[id];
        float spread = plane_value(c, c->spread, p->x, p->y) / 255;
        float inside, qx, qy, here, open;

        if (spread <= most)
            continue;
        inside = cover_alpha(c, (float)p->x + 0.5f, (float)p->y + 0.5f);
        here = ttm_field_source(motion(f, id), &f->field, p->small_x,
                                p->small_y, &qx, &qy);
        /*
         * An object that does not move still covers its own soft edge; one that
         * changed its shape may have left the place without a trace of where to.
         */
        open = larger(inside, spread) * larger(moved_away(f, p, qx, qy), 1 - here);
        most = larger(most, open);
    }
    return most;
}

TTM_INLINE void compose_pixel(const Frame *f, int x, int y)
{
    const int width = f->width, height = f->height;
    const int mixed = f->amount < 1 || !f->refined;
    Pixel p = { .x = x, .y = y };
    float rgb[3] = { 0 }, rest = 1;
    int predicted;

    p.small_x = ((float)x + 0.5f) / f->scale_x;
    p.small_y = ((float)y + 0.5f) / f->scale_y;
    if (mixed)
        ttm_sample_cubic(f->layers, width, height, 6, p.small_x, p.small_y,
                         p.net);
    predicted = f->ids[(size_t)smaller(p.small_y, (float)(height - 1)) *
                       (size_t)width +
                       (size_t)smaller(p.small_x, (float)(width - 1))];
    if (predicted)
        rest -= add_object(f, predicted, &p, rest, rgb);
    for (int id = 1; id <= f->objects && rest > 0.002f; id++)
        if (id != predicted)
            rest -= add_object(f, id, &p, rest, rgb);
    if (rest > 0) {
        float open = uncovered(f, &p), still[3], plate[3];

        packed_pixel(f, f->still, x, y, still);
        packed_pixel(f, f->plate, x, y, plate);
        for (int c = 0; c < 3; c++)
            rgb[c] += rest * (still[c] + open * (plate[c] - still[c]));
    }
    for (size_t c = 0; c < 3; c++)
        ttm_pack(f->out, f->out_bytes, 3 * ((size_t)y * (size_t)f->out_width +
                                        (size_t)x) + c,
                 mixed ? p.net[c] + f->amount * (rgb[c] - p.net[c]) : rgb[c]);
}

static void copy_pixels(const Frame *f, int y, int from, int to)
{
    const size_t row = 3 * (size_t)y * (size_t)f->out_width;
    const size_t bytes = (size_t)f->bytes;
    size_t at = row + 3 * (size_t)from, end = row + 3 * (size_t)to;

    if (f->bytes == f->out_bytes && at < end)
        memcpy((char *)f->out + at * bytes, (const char *)f->still +
               at * bytes, (end - at) * bytes);
    for (; f->bytes != f->out_bytes && at < end; at++)
        ttm_pack(f->out, f->out_bytes, at, ttm_packed(f->still, f->bytes, at));
}

TTM_CLONES
static void compose_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Frame *f = opaque;

    (void)worker;
    for (int y = (int)begin; y < (int)end; y++) {
        if (y < f->y0 || y >= f->y1) {
            copy_pixels(f, y, 0, f->out_width);
            continue;
        }
        copy_pixels(f, y, 0, f->x0);
        for (int x = f->x0; x < f->x1; x++)
            compose_pixel(f, x, y);
        copy_pixels(f, y, f->x1, f->out_width);
    }
}

static void extend(Frame *f, float x0, float y0, float x1, float y1)
{
    const int width = f->out_width, height = f->out_height;

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

/*
 * The box that the object with cover @p c and motion @p m is in: its box of
 * frame 0 and the pixel around it that bilinear values reach into, moved.
 */
static void extend_moved(Frame *f, const Cover *c, const float *m)
{
    float half_x = ((float)c->width / 2 + 1) / f->scale_x;
    float half_y = ((float)c->height / 2 + 1) / f->scale_y;
    float x = ((float)c->x + (float)c->width / 2) / f->scale_x - m[0];
    float y = ((float)c->y + (float)c->height / 2) / f->scale_y - m[1];
    float n = m[4] * m[4] + m[5] * m[5], a = m[4] / n, b = m[5] / n;
    float to_x = (m[2] + a * x - b * y) * f->scale_x;
    float to_y = (m[3] + b * x + a * y) * f->scale_y;
    float reach_x = (fabsf(a) * half_x + fabsf(b) * half_y) * f->scale_x + 1;
    float reach_y = (fabsf(b) * half_x + fabsf(a) * half_y) * f->scale_y + 1;

    extend(f, to_x - reach_x, to_y - reach_y, to_x + reach_x, to_y + reach_y);
}

/* The box where the field of an object with motion @p m has the object. */
static void extend_field(Frame *f, const float *m)
{
    const float *field = m + TTM_MOTION_ROW;
    const float width  = (float)f->out_width / (float)f->field.width;
    const float height = (float)f->out_height / (float)f->field.height;

    for (int y = 0; y < f->field.height; y++)
        for (int x = 0; x < f->field.width; x++, field += TTM_FIELD_ROW)
            if (ttm_field_share(field[2]) > 0)
                extend(f, ((float)x - 0.5f) * width, ((float)y - 0.5f) * height,
                       ((float)x + 1.5f) * width, ((float)y + 1.5f) * height);
}

/* The box outside of which nothing differs from the still. */
static void find_active(Frame *f)
{
    f->x0 = f->out_width;
    f->y0 = f->out_height;
    f->x1 = f->y1 = 0;
    if (f->amount < 1 || !f->refined)
        extend(f, 0, 0, (float)f->out_width, (float)f->out_height);
    for (int id = 1; id <= f->objects; id++) {
        const Cover *c = &f->cover[id];

        if (!c->width)
            continue;
        extend(f, (float)c->x, (float)c->y, (float)(c->x + c->width),
               (float)(c->y + c->height));
        if (f->field.width)
            extend_field(f, motion(f, id));
        else
            extend_moved(f, c, motion(f, id));
    }
    if (f->x0 >= f->x1)
        f->x0 = f->x1 = f->y0 = f->y1 = 0;
}

int ttm_picture_compose(const TTMCpuStep *step)
{
    const TTMPicture *p   = &step->node->picture;
    const TTMShape *shape = &step->node->shape;
    const TTMShape *small = ttm_cpu_shape(step, 6);
    Frame f = {
        .width = (int)small->dim[1], .height = (int)small->dim[0],
        .out_width = (int)shape->dim[1], .out_height = (int)shape->dim[0],
        .objects = (int)ttm_cpu_shape(step, 4)->dim[0],
        .bytes = (int)ttm_cpu_shape(step, 0)->dim[2] / 3,
        .out_bytes = p->bytes, .refined = p->refined, .amount = p->amount,
        .still = step->in[0], .plate = step->in[1], .covers = step->in[2],
        .table = step->in[3], .motion = step->in[4], .ids = step->in[5],
        .layers = step->in[6], .source = step->in[7], .out = step->out,
    };

    f.scale_x = (float)f.out_width / (float)f.width;
    f.scale_y = (float)f.out_height / (float)f.height;
    f.field = (TTMFieldShape){ p->field_width, p->field_height,
                               (float)p->field_width / (float)f.width,
                               (float)p->field_height / (float)f.height };
    for (int i = 0; i < 256; i++)
        f.byte[i] = ttm_packed(&(uint8_t){ (uint8_t)i }, 1, 0);
    set_covers(&f);
    find_active(&f);
    ttm_cpu_for_wide(step->cpu, f.out_height, ROWS_A_TASK, compose_rows, &f);
    return 0;
}

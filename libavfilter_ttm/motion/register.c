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

/** @file Registration of the still's masks with a trajectory that is given. */

#include "motion/register.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/even.h"
#include "motion/tint.h"
#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

/*
 * A mask of the still, where it is sought in a frame. Positions are pixels of
 * the still throughout; a mask may have a grid of its own.
 */
typedef struct Register {
    float *from;                ///< [from_height, from_width], share of the object
    int from_width, from_height;
    float from_x, from_y;       ///< position of its corner
    float step_x, step_y;       ///< elements a pixel of the still
    float box[4];               ///< x0, y0, x1, y1 of what it holds
    uint8_t *from_even;         ///< [from_height, from_width], ttm_even_distance()

    int width, height;          ///< of the drawn frame
    float *column, *row;        ///< positions of its pixels
    float *to;                  ///< [height, width], share of the object
    float *known;               ///< weight of each pixel of it
    uint8_t *to_even;           ///< [height, width], ttm_even_runs()
    float most_step;            ///< from one column to the next
    int to_box[4];

    float x, y;                 ///< centre in frame 0
    float aspect;               ///< width of a pixel of the fit by its height
    TTMCancel *cancel;
} Register;

/* Weights (1, 2, 1) / 4 along both axes. */
static void soften(float *mask, float *line, int width, int height,
                   TTMCancel *cancel)
{
    for (int axis = 0; axis < 2; axis++) {
        const int count = axis ? height : width;
        const size_t step = axis ? (size_t)width : 1;

        for (int i = 0; i < (axis ? width : height) && !ttm_cancelled(cancel); i++) {
            float *m = mask + (axis ? (size_t)i : (size_t)i * (size_t)width);

            for (int k = 0; k < count; k++)
                line[k] = m[(size_t)k * step];
            for (int k = 0; k < count; k++)
                m[(size_t)k * step] =
                    (line[k > 0 ? k - 1 : 0] + 2 * line[k] +
                     line[k + 1 < count ? k + 1 : k]) / 4;
        }
    }
}

static void extend_box(int box[4], int x, int y)
{
    box[0] = x < box[0] ? x : box[0];
    box[1] = y < box[1] ? y : box[1];
    box[2] = x + 1 > box[2] ? x + 1 : box[2];
    box[3] = y + 1 > box[3] ? y + 1 : box[3];
}

/* Shares at the drawn frame's size, softened: found from further away. */
static void set_soft(Register *r, float *soft, float *line, const uint8_t *ids,
                     int width, int height, int id)
{
    *r = (Register){
        .from = soft, .from_width = r->width, .from_height = r->height,
        .step_x = (float)r->width / (float)width,
        .step_y = (float)r->height / (float)height,
        .box = { (float)width, (float)height, 0, 0 }, .width = r->width,
        .height = r->height, .column = r->column, .row = r->row, .to = r->to,
        .known = r->known, .x = r->x, .y = r->y, .aspect = r->aspect,
        .from_even = r->from_even, .to_even = r->to_even, .most_step = r->most_step,
        .cancel = r->cancel,
    };
    memset(soft, 0, (size_t)r->width * (size_t)r->height * sizeof(*soft));
    for (int y = 0; y < height && !ttm_cancelled(r->cancel); y++) {
        float *out = soft + (size_t)((int64_t)y * r->height / height) *
                     (size_t)r->width;

        for (int x = 0; x < width; x++) {
            if (*ids++ != id)
                continue;
            out[(int64_t)x * r->width / width] += r->step_x * r->step_y;
            r->box[0] = fminf(r->box[0], (float)x);
            r->box[1] = fminf(r->box[1], (float)y);
            r->box[2] = fmaxf(r->box[2], (float)x + 1);
            r->box[3] = fmaxf(r->box[3], (float)y + 1);
        }
    }
    soften(soft, line, r->width, r->height, r->cancel);
    ttm_even_distance(soft, r->width, r->height, r->from_even);
}

/* The mask itself, cut out: exact once it is nearly found. */
static void set_sharp(Register *r, float *sharp, const uint8_t *ids, int width,
                      int id)
{
    const int x0 = (int)r->box[0], y0 = (int)r->box[1];

    r->from        = sharp;
    r->from_width  = (int)r->box[2] - x0;
    r->from_height = (int)r->box[3] - y0;
    r->from_x      = r->box[0];
    r->from_y      = r->box[1];
    r->step_x      = r->step_y = 1;
    for (int y = 0; y < r->from_height; y++)
        for (int x = 0; x < r->from_width; x++)
            *sharp++ = ids[(size_t)(y0 + y) * (size_t)width +
                           (size_t)(x0 + x)] == id;
    ttm_even_distance(r->from, r->from_width, r->from_height, r->from_even);
}

/* Share of an object's colour in a drawn one that may be mixed with black. */
static float share_of(const TTMDrawn *drawn, const uint8_t colour[3], float norm,
                      const uint8_t rgb[3])
{
    float share, level;

    if (drawn->tinted && ttm_tint_unmix(colour, rgb, &share, &level))
        return share;
    return fminf((float)(rgb[0] * colour[0] + rgb[1] * colour[1] +
                         rgb[2] * colour[2]) / norm, 1);
}

/* The drawn mask of object @p id; edges may be mixed with black. */
static void set_to(Register *r, float *line, const TTMDrawn *drawn, int t,
                   int id)
{
    const int width = r->width, height = r->height;
    const uint8_t *ids = drawn->ids + (size_t)t * (size_t)width *
                         (size_t)height;
    const uint8_t *rgb = drawn->rgb + 3 * (size_t)t * (size_t)width *
                         (size_t)height;
    const uint8_t *colour = drawn->colours[id - 1];
    const float norm = (float)(colour[0] * colour[0] + colour[1] * colour[1] +
                               colour[2] * colour[2]);

    memcpy(r->to_box, (int[4]){ width, height, 0, 0 }, sizeof(r->to_box));
    for (int y = 0; y < height && !ttm_cancelled(r->cancel); y++)
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            int clear = x > 0 && y > 0 && x + 1 < width && y + 1 < height;

            r->to[at] = share_of(drawn, colour, norm, rgb + 3 * at);
            if (ids[at] && ids[at] != id)
                r->to[at] = 0;
            for (int k = 0; clear && k < 9; k++) {
                int other = ids[at + (size_t)(k / 3) * (size_t)width +
                                (size_t)(k % 3) - (size_t)width - 1];

                clear = !other || other == id;
            }
            r->known[at] = (float)clear;
            if (ids[at] == id)
                extend_box(r->to_box, x, y);
        }
    if (line)
        soften(r->to, line, width, height, r->cancel);
    ttm_even_runs(r->to, r->known, width, height, r->to_even);
}

/* Bilinear share at (x, y) and its slope; 0 outside. */
static float sample_share(const Register *r, float x, float y, float slope[2])
{
    float px = (x - r->from_x) * r->step_x - 0.5f;
    float py = (y - r->from_y) * r->step_y - 0.5f;
    float fx, fy, ax, ay, v[2][2];

    slope[0] = slope[1] = 0;
    if (!(px >= -1 && py >= -1 && px < (float)r->from_width && py < (float)r->from_height))
        return 0;
    fx = ttm_round_down(px);
    fy = ttm_round_down(py);
    ax = px - fx;
    ay = py - fy;
    if (fx >= 0 && fy >= 0 && fx + 1 < (float)r->from_width && fy + 1 < (float)r->from_height) {
        const float *at = r->from + (size_t)fy * (size_t)r->from_width + (size_t)fx;

        memcpy(v[0], at, sizeof(v[0]));
        memcpy(v[1], at + r->from_width, sizeof(v[1]));
    } else {
        for (int k = 0; k < 4; k++) {
            int i = (int)fx + (k & 1), j = (int)fy + (k >> 1);

            v[k >> 1][k & 1] = i < 0 || j < 0 || i >= r->from_width ||
                               j >= r->from_height ? 0 :
                               r->from[(size_t)j * (size_t)r->from_width + (size_t)i];
        }
    }
    if (v[0][0] == v[0][1] && v[0][0] == v[1][0] && v[0][0] == v[1][1])
        return v[0][0];
    slope[0] = r->step_x * ((1 - ay) * (v[0][1] - v[0][0]) +
                            ay * (v[1][1] - v[1][0]));
    slope[1] = r->step_y * ((1 - ax) * (v[1][0] - v[0][0]) +
                            ax * (v[1][1] - v[0][1]));
    return (1 - ay) * ((1 - ax) * v[0][0] + ax * v[0][1]) +
           ay * ((1 - ax) * v[1][0] + ax * v[1][1]);
}

/* Elements of the mask that (x, y) may go on by, any way, and find the same share, evenly. */
static float even_room(const Register *r, float x, float y)
{
    const float px = (x - r->from_x) * r->step_x - 0.5f;
    const float py = (y - r->from_y) * r->step_y - 0.5f;
    const float out_x = -px > px - (float)r->from_width ? -px : px - (float)r->from_width;
    const float out_y = -py > py - (float)r->from_height ? -py : py - (float)r->from_height;

    if (!(out_x < 0 && out_y < 0))      /* beyond its border, where all is 0 */
        return (out_x > out_y ? out_x : out_y) - 2;
    return (float)r->from_even[(size_t)py * (size_t)r->from_width + (size_t)px] - 3;
}

/* Pixels of the drawn frame that a moved box lies in: x0, y0, x1, y1. */
static void move_box(const Register *r, const TTMMotion *m, float box[4])
{
    const float pixel_x = r->column[r->width - 1] / (float)(r->width - 1);
    const float pixel_y = r->row[r->height - 1] / (float)(r->height - 1);
    const float along = m->scale * cosf(m->turn);
    const float across = m->scale * sinf(m->turn);

    for (int k = 0; k < 4; k++) {
        float dx = r->box[2 * (k & 1)] - r->x;
        float dy = r->box[1 + (k & 2)] - r->y;
        float x = (m->x + along * dx - across * r->aspect * dy) / pixel_x;
        float y = (m->y + along * dy + across / r->aspect * dx) / pixel_y;

        box[0] = k ? fminf(box[0], x) : x;
        box[1] = k ? fminf(box[1], y) : y;
        box[2] = k ? fmaxf(box[2], x) : x;
        box[3] = k ? fmaxf(box[3], y) : y;
    }
}

/* Squared error of a motion; its normal equations in @p a and @p b. */
static double measure_motion(const Register *r, const TTMMotion *m,
                             double a[3][3], double b[3])
{
    /* Turned where pixels are as wide as they are high: those of the fit. */
    const float along = cosf(m->turn), across = sinf(m->turn) * r->aspect;
    const float back = sinf(m->turn) / r->aspect;
    /* elements of the mask a column, at most */
    const float each = fmaxf(fabsf(along) * r->step_x, fabsf(back) * r->step_y) *
                       r->most_step / m->scale;
    int x0, y0, x1, y1;
    double cost = 0;
    float box[4];

    move_box(r, m, box);
    x0 = (int)fmaxf(fminf(box[0], (float)r->to_box[0]) - 4, 0);
    y0 = (int)fmaxf(fminf(box[1], (float)r->to_box[1]) - 4, 0);
    x1 = (int)fminf(fmaxf(box[2], (float)r->to_box[2]) + 4, (float)r->width);
    y1 = (int)fminf(fmaxf(box[3], (float)r->to_box[3]) + 4, (float)r->height);
    memset(a, 0, 9 * sizeof(a[0][0]));
    memset(b, 0, 3 * sizeof(b[0]));
    for (int y = y0; y < y1 && !ttm_cancelled(r->cancel); y++) {
        for (int x = x0; x < x1; x++) {
            size_t at = (size_t)y * (size_t)r->width + (size_t)x;
            float dx = r->column[x] - m->x, dy = r->row[y] - m->y;
            float qx = along * dx + across * dy, qy = along * dy - back * dx;
            float slope[2], error, row[3];

            if (!(r->known[at] > 0)) {
                x += r->to_even[at];
                continue;
            }
            error = sample_share(r, r->x + qx / m->scale, r->y + qy / m->scale,
                                 slope) - r->to[at];
            cost += (double)error * error;
            /* Most pixels are inside or outside and say nothing of the motion. */
            if (slope[0] == 0 && slope[1] == 0) {
                /* Nor do those that follow, as long as both masks are even. */
                if (r->to_even[at] > 1) {
                    const float room = even_room(r, r->x + qx / m->scale,
                                                 r->y + qy / m->scale) / each;
                    const int skip = room < (float)r->to_even[at] ? (int)room : r->to_even[at];

                    if (skip > 0) {
                        cost += skip * (double)error * error;
                        x += skip;
                    }
                }
                continue;
            }
            row[0] = -(slope[0] * along - slope[1] * back) / m->scale;
            row[1] = -(slope[1] * along + slope[0] * across) / m->scale;
            row[2] = -(slope[0] * qx + slope[1] * qy) / (m->scale * m->scale);
            for (int i = 0; i < 3; i++) {
                b[i] += (double)row[i] * error;
                for (int k = 0; k < 3; k++)
                    a[i][k] += (double)row[i] * row[k];
            }
        }
    }
    return cost;
}

/* Solve a x = b for the first @p n unknowns, a symmetric; 0: singular. */
static int solve(double a[3][3], double b[3], int n, double x[3])
{
    for (int i = 0; i < n; i++) {
        if (fabs(a[i][i]) < 1e-9)
            return 0;
        for (int j = i + 1; j < n; j++) {
            double f = a[j][i] / a[i][i];

            for (int k = i; k < n; k++)
                a[j][k] -= f * a[i][k];
            b[j] -= f * b[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        x[i] = b[i];
        for (int k = i + 1; k < n; k++)
            x[i] -= a[i][k] * x[k];
        x[i] /= a[i][i];
    }
    return 1;
}

#define REGISTER_STEPS 30

/* Gauss-Newton from @p m on, with steps halved that lead up; the error. */
static double register_motion(const Register *r, int fixed_scale, TTMMotion *m)
{
    double a[3][3], b[3], x[3] = { 0 }, next_a[3][3], next_b[3];
    double cost = measure_motion(r, m, a, b), part = 1;

    for (int i = 0; i < REGISTER_STEPS && part > 0.1; i++) {
        TTMMotion next = *m;
        double better;

        if (part == 1 && !solve(a, b, fixed_scale ? 2 : 3, x))
            break;
        next.x -= (float)(part * x[0]);
        next.y -= (float)(part * x[1]);
        if (!fixed_scale)
            next.scale = fminf(fmaxf(next.scale - (float)(part * x[2]), 0.25f),
                               4);
        better = measure_motion(r, &next, next_a, next_b);
        if (!(better < cost)) {
            part /= 2;
            continue;
        }
        cost = better;
        *m = next;
        memcpy(a, next_a, sizeof(a));
        memcpy(b, next_b, sizeof(b));
        part = 1;
        if (fabs(x[0]) + fabs(x[1]) + 30 * fabs(x[2]) < 1e-4)
            break;
    }
    return cost;
}

/* Small steps along each axis: the sharp error has corners of its own. */
static double polish_motion(const Register *r, int fixed_scale, double cost,
                            TTMMotion *m)
{
    double a[3][3], b[3];

    for (int halved = 0; halved < 6; halved++) {
        const float step = 0.2f / (float)(1 << halved);

        for (int k = 0; k < (fixed_scale ? 4 : 6); k++) {
            const float by = k & 1 ? -step : step;
            TTMMotion next = *m;
            double better;

            if (k < 2)
                next.x += by;
            else if (k < 4)
                next.y += by;
            else
                next.scale += by / 30;
            better = measure_motion(r, &next, a, b);
            if (better < cost) {
                cost = better;
                *m = next;
            }
        }
    }
    return cost;
}

static int is_lost(const float *area, int t)
{
    return area[t] < 0.1f * area[0] || area[t] == 0;
}

/*
 * One object over all frames; @p area is that of its drawn masks. Returns the
 * squared error.
 */
static double register_object(Register *r, float *line,
                              const TTMDrawn *drawn, int id, int frames,
                              int fixed_scale, TTMMotion *m, const float *area)
{
    double sum = 0;

    for (int t = 1; t < frames; t++) {
        TTMMotion guess[5] = { m[t], m[t], m[t - 1], m[t], m[t] };
        double least = INFINITY;

        guess[2].turn = m[t].turn;
        if (is_lost(area, t))
            continue;
        if (ttm_cancelled(r->cancel))
            return sum;
        set_to(r, line, drawn, t, id);
        if (line) {
            guess[0].scale = fixed_scale ? 1 :
                             fminf(fmaxf(sqrtf(area[t] / area[0]), 0.25f), 4);
            guess[1].scale = 1;
        } else {
            /* A sharp mask has minima of its own: begin around the found one. */
            guess[1].x += 0.4f;
            guess[2] = m[t];
            guess[2].x -= 0.4f;
            guess[3].y += 0.4f;
            guess[4].y -= 0.4f;
        }
        for (int k = 0; k < (line ? 3 : 5); k++) {
            double cost;

            if (line && fixed_scale && k == 1)
                continue;       /* the first one, then */
            cost = register_motion(r, fixed_scale, &guess[k]);

            if (cost < least) {
                least = cost;
                m[t]  = guess[k];
            }
        }
        sum += line ? least : polish_motion(r, fixed_scale, least, &m[t]);
    }
    /* Frames that show next to nothing: on the line between their neighbours. */
    for (int t = 1, before = 0; t < frames; t++) {
        int after = t;

        if (!is_lost(area, t)) {
            before = t;
            continue;
        }
        while (after < frames && is_lost(area, after))
            after++;
        m[t] = (TTMMotion){ m[before].x, m[before].y, m[before].scale,
                            m[t].turn };
        if (after < frames) {
            float part = (float)(t - before) / (float)(after - before);

            m[t].x += part * (m[after].x - m[before].x);
            m[t].y += part * (m[after].y - m[before].y);
            m[t].scale += part * (m[after].scale - m[before].scale);
        }
    }
    return sum;
}

/* Both forms of an object's motion [frames]: with its size fixed, and free. */
static void register_one(Register *r, const TTMDrawn *drawn, int id,
                         const TTMFit *fit, const uint8_t *ids, int width,
                         int height, float *mask, float *line, TTMMotion *m,
                         TTMMotion *fixed, const float *area)
{
    const size_t bytes = (size_t)fit->frames * sizeof(*m);
    double cost[2];

    for (int free_scale = 0; free_scale < 2; free_scale++) {
        TTMMotion *motion = free_scale ? m : fixed;

        memcpy(motion, m, bytes);
        set_soft(r, mask, line, ids, width, height, id);
        if (r->box[0] >= r->box[2])
            return;
        register_object(r, line, drawn, id, fit->frames, !free_scale, motion,
                        area);
        set_sharp(r, mask, ids, width, id);
        cost[free_scale] = register_object(r, NULL, drawn, id, fit->frames,
                                           !free_scale, motion, area);
    }
    /* A size of its own must explain the drawing better. */
    if (cost[0] <= 1.2 * cost[1] + 1)
        memcpy(m, fixed, bytes);
}

/* Area and centroid, where it begins, of every object in frame @p t. */
static void find_objects(const TTMDrawn *drawn, int objects, int frames, int t,
                         TTMMotion *motion, float *area)
{
    const uint8_t *ids = drawn->ids + (size_t)t * (size_t)drawn->width *
                         (size_t)drawn->height;
    double sum_x[256] = { 0 }, sum_y[256] = { 0 };
    int64_t count[256] = { 0 };

    for (int y = 0; y < drawn->height; y++)
        for (int x = 0; x < drawn->width; x++, ids++) {
            count[*ids]++;
            sum_x[*ids] += x + 0.5;
            sum_y[*ids] += y + 0.5;
        }
    for (int id = 1; id <= objects; id++) {
        size_t at = (size_t)(id - 1) * (size_t)frames + (size_t)t;
        double n = count[id] ? (double)count[id] : 1;

        area[at]   = (float)count[id];
        motion[at] = (TTMMotion){ (float)(sum_x[id] / n),
                                  (float)(sum_y[id] / n), 1, 0 };
    }
}

int ttm_fit_register(TTMFit *fit, const uint8_t *ids, int width, int height,
                     const TTMDrawn *drawn)
{
    const int frames = fit->frames, w = drawn->width, h = drawn->height;
    const size_t pixels = (size_t)w * (size_t)h;
    const size_t count = (size_t)frames * (size_t)fit->objects;
    const size_t most = (size_t)width * (size_t)height;
    const float small_x = (float)width / (float)fit->width;
    const float small_y = (float)height / (float)fit->height;
    float *area = ttm_array_alloc(count, sizeof(*area));
    float *line = ttm_array_alloc((size_t)(w > h ? w : h), sizeof(*line));
    float *mask = ttm_array_alloc(most > pixels ? most : pixels,
                                  sizeof(*mask));
    TTMMotion *motion = ttm_array_alloc(count + (size_t)frames,
                                        sizeof(*motion));
    Register r = { .width = w, .height = h, .aspect = small_x / small_y,
                   .cancel = fit->cancel };
    int ret = TTM_ERR_MEMORY;

    r.to     = ttm_array_alloc(pixels, sizeof(float));
    r.known  = ttm_array_alloc(pixels, sizeof(float));
    r.to_even   = ttm_array_alloc(pixels, 1);
    r.from_even = ttm_array_alloc(most > pixels ? most : pixels, 1);
    r.column = ttm_array_alloc((size_t)w, sizeof(float));
    r.row    = ttm_array_alloc((size_t)h, sizeof(float));
    if (area && line && mask && motion && r.to && r.known && r.to_even && r.from_even &&
        r.column && r.row && w > 1 && h > 1) {
        for (int t = 0; t < frames && !ttm_cancelled(fit->cancel); t++)
            find_objects(drawn, fit->objects, frames, t, motion, area);
        for (int x = 0; x < w; x++)
            r.column[x] = ttm_drawn_position(x, w, drawn->frame_width) *
                          (float)width / (float)drawn->frame_width;
        for (int x = 1; x < w; x++)
            r.most_step = fmaxf(r.most_step, r.column[x] - r.column[x - 1]);
        for (int y = 0; y < h; y++)
            r.row[y] = ttm_drawn_position(y, h, drawn->frame_height) *
                       (float)height / (float)drawn->frame_height;
        ret = 0;
    }
    for (int id = 1; ret >= 0 && id <= fit->objects; id++) {
        TTMMotion *to = fit->motion + (size_t)(id - 1) * (size_t)frames;
        TTMMotion *m = motion + (size_t)(id - 1) * (size_t)frames;
        const float *a = area + (size_t)(id - 1) * (size_t)frames;

        if (a[0] == 0)
            continue;
        for (int t = 0; t < frames; t++)
            m[t] = (TTMMotion){ m[t].x * (float)width / (float)w,
                                m[t].y * (float)height / (float)h, 1,
                                to[t].turn };
        m[0] = (TTMMotion){ to[0].x * small_x, to[0].y * small_y, 1, 0 };
        r.x = m[0].x;
        r.y = m[0].y;
        register_one(&r, drawn, id, fit, ids, width, height, mask, line, m,
                     motion + count, a);
        for (int t = 0; t < frames; t++)
            to[t] = (TTMMotion){ m[t].x / small_x, m[t].y / small_y,
                                 m[t].scale, m[t].turn };
    }
    free(area);
    free(line);
    free(mask);
    free(motion);
    free(r.to);
    free(r.known);
    free(r.to_even);
    free(r.from_even);
    free(r.column);
    free(r.row);
    return ret >= 0 && ttm_cancelled(fit->cancel) ? TTM_ERR_CANCELLED : ret;
}

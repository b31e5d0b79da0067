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

/** @file Values of pictures between their pixels; where moved ones come from. */

#ifndef TTM_UTIL_SAMPLE_H
#define TTM_UTIL_SAMPLE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/** Keys' cubic with a = -1/2 (Catmull-Rom). */
static inline float ttm_cubic(float x)
{
    x = fabsf(x);
    if (x < 1)
        return (1.5f * x - 2.5f) * x * x + 1;
    if (x < 2)
        return ((-0.5f * x + 2.5f) * x - 4) * x + 2;
    return 0;
}

/** floorf() of what an int holds, which is a call on many processors. */
static inline float ttm_round_down(float x)
{
    const float whole = (float)(int)x;

    return whole > x ? whole - 1 : whole;
}

static inline int ttm_clamp_index(int value, int size)
{
    return value < 0 ? 0 : value >= size ? size - 1 : value;
}

/**
 * Where position (x, y) of an object was in frame 0, by its row of `motion`
 * (TTM_OP_PICTURE, graph/picture.h).
 */
static inline void ttm_motion_source(const float *row, float x, float y,
                                     float *from_x, float *from_y)
{
    const float dx = x - row[2], dy = y - row[3];

    *from_x = row[0] + (row[4] * dx + row[5] * dy);
    *from_y = row[1] + (row[4] * dy - row[5] * dx);
}


/**
 * Bicubic (Catmull-Rom) R, G, B of @p image [height, width, stride] at (x, y),
 * pixel centres at + 0.5; clamped at the edges.
 */
static inline void ttm_sample_cubic(const float *image, int width, int height,
                                    int stride, float x, float y, float rgb[3])
{
    float fx = floorf(x - 0.5f), fy = floorf(y - 0.5f), wx[4], wy[4];
    float sum[3] = { 0 };
    int columns[4];

    fx = fx < -4 ? -4 : fx > (float)width + 4 ? (float)width + 4 : fx;
    fy = fy < -4 ? -4 : fy > (float)height + 4 ? (float)height + 4 : fy;
    for (int k = 0; k < 4; k++) {
        wx[k] = ttm_cubic(x - 0.5f - fx - (float)(k - 1));
        wy[k] = ttm_cubic(y - 0.5f - fy - (float)(k - 1));
        columns[k] = ttm_clamp_index((int)fx + k - 1, width);
    }
    for (int j = 0; j < 4; j++) {
        const float *row = image + (size_t)stride * (size_t)width *
                           (size_t)ttm_clamp_index((int)fy + j - 1, height);

        for (int k = 0; k < 4; k++)
            for (int c = 0; c < 3; c++)
                sum[c] += wy[j] * wx[k] * row[stride * columns[k] + c];
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = sum[c];
}

/** Bilinear, otherwise the same, with the first @p channels of a pixel. */
static inline void ttm_sample_linear(const float *image, int width, int height,
                                     int stride, int channels, float x,
                                     float y, float *value)
{
    float px = x - 0.5f, py = y - 0.5f, ax, ay;
    const float *top, *low;
    int x0, y0, x1;

    px = px < 0 ? 0 : px > (float)(width - 1) ? (float)(width - 1) : px;
    py = py < 0 ? 0 : py > (float)(height - 1) ? (float)(height - 1) : py;
    x0 = (int)px;
    y0 = (int)py;
    x1 = stride * ttm_clamp_index(x0 + 1, width);
    ax = px - (float)x0;
    ay = py - (float)y0;
    top = image + (size_t)y0 * (size_t)width * (size_t)stride;
    low = image + (size_t)ttm_clamp_index(y0 + 1, height) * (size_t)width *
          (size_t)stride;
    x0 *= stride;
    for (int c = 0; c < channels; c++) {
        float a = top[x0 + c] + ax * (top[x1 + c] - top[x0 + c]);
        float b = low[x0 + c] + ax * (low[x1 + c] - low[x0 + c]);

        value[c] = a + ay * (b - a);
    }
}

/** The fields of objects that change their shape, over [height, width]. */
typedef struct TTMFieldShape {
    int width, height;          ///< of the field, 0: there is none
    float step_x, step_y;       ///< its elements a pixel
} TTMFieldShape;

#define TTM_FIELD_PART 3        /* TTM_FIELD_ROW of graph/picture.h */
#define TTM_FIELD_TORN 2        /* added to how far an object is there, see there */

/** Length of a row of `motion` with a field of that size. */
static inline int64_t ttm_motion_row(int64_t field_width, int64_t field_height)
{
    return 6 + TTM_FIELD_PART * field_width * field_height;
}

/** How far an object is there, of the last number of a field's element. */
static inline float ttm_field_share(float value)
{
    return value >= TTM_FIELD_TORN ? value - TTM_FIELD_TORN : value;
}

/**
 * As ttm_motion_source(), with the field that the row goes on with; returns how
 * far the object is there, 1 where it has no field.
 */
static inline float ttm_field_source(const float *row, const TTMFieldShape *f,
                                     float x, float y, float *from_x,
                                     float *from_y)
{
    const float *field = row + 6, *corner[4];
    float px, py, ax, ay, share[4];
    int x0, y0, x1, y1;

    ttm_motion_source(row, x, y, from_x, from_y);
    if (!f->width)
        return 1;
    px = fminf(fmaxf(x * f->step_x - 0.5f, 0), (float)(f->width - 1));
    py = fminf(fmaxf(y * f->step_y - 0.5f, 0), (float)(f->height - 1));
    x0 = (int)px;
    y0 = (int)py;
    x1 = ttm_clamp_index(x0 + 1, f->width);
    y1 = ttm_clamp_index(y0 + 1, f->height);
    ax = px - (float)x0;
    ay = py - (float)y0;
    for (int k = 0; k < 4; k++) {
        corner[k] = field + TTM_FIELD_PART * ((k & 2 ? y1 : y0) * f->width +
                                              (k & 1 ? x1 : x0));
        share[k] = ttm_field_share(corner[k][2]);
    }
    if (corner[0][2] >= TTM_FIELD_TORN) {
        ax = ax >= 0.5f;
        ay = ay >= 0.5f;
    }
    *from_x += (1 - ay) * ((1 - ax) * corner[0][0] + ax * corner[1][0]) +
               ay * ((1 - ax) * corner[2][0] + ax * corner[3][0]);
    *from_y += (1 - ay) * ((1 - ax) * corner[0][1] + ax * corner[1][1]) +
               ay * ((1 - ax) * corner[2][1] + ax * corner[3][1]);
    return (1 - ay) * ((1 - ax) * share[0] + ax * share[1]) +
           ay * ((1 - ax) * share[2] + ax * share[3]);
}

#endif /* TTM_UTIL_SAMPLE_H */

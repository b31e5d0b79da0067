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

/** @file Cases of the work on pictures. */

#include <math.h>
#include <stdlib.h>

#include "cases.h"
#include "graph/build_pictures.h"
#include "util/sample.h"

#define OBJECTS 3

static double pixels(const int64_t *p)
{
    return (double)p[1] * p[2];
}

/** A value as F32 whatever the graph's type. */
static TTMNodeId same(CaseGraph *g, TTMNodeId x)
{
    const TTMPicture p = { .kind = TTM_PICTURE_VALUES, .scale = 1,
                           .low = -INFINITY, .high = INFINITY };

    return ttm_graph_picture(g->graph, &p, &x, 1);
}

static TTMNodeId floats(CaseGraph *g, TTMShape shape)
{
    const TTMPicture p = { .kind = TTM_PICTURE_VALUES, .scale = 0.3f,
                           .shift = 0.5f, .low = -INFINITY,
                           .high = INFINITY };
    TTMNodeId x = case_input(g, shape, 1);

    return ttm_graph_picture(g->graph, &p, &x, 1);
}

/** Round blobs of ids, with background around them. */
static TTMNodeId ids(CaseGraph *g, int64_t h, int64_t w)
{
    uint8_t *data = calloc((size_t)h, (size_t)w);

    for (int id = 1; id <= OBJECTS; id++) {
        double cx = case_random(g) * w, cy = case_random(g) * h;
        double radius = (0.1 + 0.2 * case_random(g)) * (h + w) / 2;

        for (int64_t i = 0; i < h * w; i++)
            if (hypot(i % w + 0.5 - cx, i / w + 0.5 - cy) < radius)
                data[i] = (uint8_t)id;
    }
    return case_input_data(g, TTM_SHAPE(h, w), TTM_DTYPE_U8, data);
}

/** A field that bends, is torn along a line, and has the object in places only. */
static void fill_field(CaseGraph *g, int width, int height, int64_t w, float *field)
{
    const double tear = case_random(g) * width, bend = 0.1 * (double)w;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            field[0] = (float)(bend * sin(5.0 * y / height) + (x > tear ? bend : 0) *
                               9);
            field[1] = (float)(bend * cos(3.0 * x / width));
            field[2] = (float)((x + 2 * y) % 7 < 5) +
                       (x <= tear && x + 1 > tear ? TTM_FIELD_TORN : 0);
            field += TTM_FIELD_ROW;
        }
}

/** Objects that moved, grew and turned by odd amounts; one never moved. */
static TTMNodeId motion(CaseGraph *g, const TTMPicture *p, int64_t h, int64_t w)
{
    const int64_t size = TTM_MOTION_ROW + (int64_t)TTM_FIELD_ROW *
                         p->field_width * p->field_height;
    float *rows = malloc((size_t)(OBJECTS * size) * sizeof(*rows));

    for (int i = 0; i < OBJECTS; i++) {
        float *row = rows + size * i;
        double scale = 1, turn = 0;

        row[0] = row[2] = (float)(case_random(g) * w);
        row[1] = row[3] = (float)(case_random(g) * h);
        for (int k = 2; i && k < 4; k++)
            row[k] += (float)((case_random(g) - 0.5) * 0.3 * h);
        if (i)
            scale = 0.7 + 0.6 * case_random(g);
        if (i > 1)
            turn = 6 * case_random(g);
        row[4] = (float)(cos(turn) / scale);
        row[5] = (float)(sin(turn) / scale);
        fill_field(g, p->field_width, p->field_height, w, row + TTM_MOTION_ROW);
    }
    return same(g, case_input_data(g, TTM_SHAPE(OBJECTS, size), TTM_DTYPE_F32,
                                   rows));
}

static TTMNodeId packed(CaseGraph *g, int64_t h, int64_t w, int64_t bytes)
{
    size_t count   = (size_t)(3 * h * w * bytes);
    uint8_t *data = malloc(count);

    for (size_t i = 0; i < count; i++)
        data[i] = (uint8_t)(case_random(g) * 256);
    return case_input_data(g, TTM_SHAPE(h, w, 3 * bytes), TTM_DTYPE_U8, data);
}

static TTMNodeId resample(CaseGraph *g, TTMNodeId x, int axis, int64_t to,
                          int64_t taps)
{
    const TTMPicture p = { .kind = TTM_PICTURE_RESAMPLE, .axis = axis };
    int64_t from  = ttm_graph_shape(g->graph, x)->dim[axis];
    float *filter = malloc((size_t)(to * (1 + taps)) * sizeof(*filter));
    TTMNodeId inputs[2] = { x };

    for (int64_t i = 0; i < to; i++) {
        float *row = filter + i * (1 + taps);

        row[0] = (float)(i * (from - taps + 1) / to);
        if (from > 256)
            row[0] = (float)((int)row[0] / 16 * 16);    /* exact in bf16 */
        for (int64_t k = 1; k <= taps; k++)
            row[k] = taps == 1 ? 1 : (float)(case_random(g) * 2 / taps);
    }
    inputs[1] = same(g, case_input_data(g, TTM_SHAPE(to, 1 + taps),
                                        TTM_DTYPE_F32, filter));
    return ttm_graph_picture(g->graph, &p, inputs, 2);
}

#define MAKE(...)                                                             \
    ttm_graph_picture(g->graph, &picture, (TTMNodeId[]){ __VA_ARGS__ },       \
                      sizeof((TTMNodeId[]){ __VA_ARGS__ }) / sizeof(TTMNodeId))

static TTMNodeId build_picture(CaseGraph *g, const int64_t *p)
{
    const int64_t h = p[1], w = p[2];
    const TTMShape rgb = TTM_SHAPE(h, w, 3);
    TTMPicture picture = {
        .kind = (enum TTMPictureKind)p[0], .axis = (int)p[3],
        .refined = (int)p[3], .scale = 0.7f, .shift = -0.2f, .low = -0.5f,
        .high = 0.5f,
    };
    TTMNodeId a, b, c, d;

    if (picture.kind == TTM_PICTURE_CARRY || picture.kind == TTM_PICTURE_CHANGE) {
        picture.field_width  = (int)p[4];
        picture.field_height = (int)p[5];
    }

    switch (picture.kind) {
    case TTM_PICTURE_VALUES:
        a = case_input(g, rgb, 1);
        return MAKE(a);
    case TTM_PICTURE_RESAMPLE:
        a = p[4] ? packed(g, h, w, p[4]) : floats(g, rgb);
        return resample(g, a, (int)p[3], p[5], p[6]);
    case TTM_PICTURE_CARRY:
        a = floats(g, rgb);
        b = ids(g, h, w);
        c = ids(g, h, w);
        return MAKE(a, b, c, motion(g, &picture, h, w));
    case TTM_PICTURE_CHANGE:
        a = floats(g, rgb);
        b = floats(g, rgb);
        c = floats(g, TTM_SHAPE(h, w, 1));
        d = ids(g, h, w);
        return MAKE(a, b, c, d, motion(g, &picture, h, w));
    default:
        picture.low = 0.6f;
        a = floats(g, TTM_SHAPE(h, w, 4));
        return MAKE(a, ids(g, h, w));
    }
}

static const int64_t picture_rows[][CASE_MAX_PARAMETERS] = {
    /* kind, height, width, then what the kind needs */
    { TTM_PICTURE_VALUES,     1,   1 },
    { TTM_PICTURE_VALUES,    33,  21 },
    /* axis, bytes, to, taps */
    { TTM_PICTURE_RESAMPLE,  40,  61, 1, 1,  17,  9 },
    { TTM_PICTURE_RESAMPLE,  40,  61, 1, 2,  90,  5 },
    { TTM_PICTURE_RESAMPLE,  41,  61, 0, 1,  13,  9 },
    { TTM_PICTURE_RESAMPLE,  40,  61, 1, 0,  17,  9 },
    { TTM_PICTURE_RESAMPLE,  40,  61, 0, 0, 100, 40 },
    { TTM_PICTURE_RESAMPLE,   1,   1, 0, 1,   7,  1 },
    /* refined, field */
    { TTM_PICTURE_CARRY,     48,  72, 0 },
    { TTM_PICTURE_CARRY,     47,  71, 1 },
    { TTM_PICTURE_CARRY,     47,  71, 1, 23, 17 },
    { TTM_PICTURE_CARRY,     48,  72, 1, 96, 64 },
    { TTM_PICTURE_CARRY,     48,  72, 0, 1, 1 },
    { TTM_PICTURE_CHANGE,    48,  71 },
    { TTM_PICTURE_CHANGE,    48,  71, 0, 23, 17 },
    { TTM_PICTURE_SMOOTH,    48,  71 },
    { TTM_PICTURE_RESAMPLE, 1080, 1920, 1, 1, 128, 61 },
    { TTM_PICTURE_CARRY,     128, 128, 1 },
    { TTM_PICTURE_CHANGE,    128, 128 },
    { TTM_PICTURE_SMOOTH,    128, 128 },
};

const CaseOp case_picture = {
    "picture", { "kind", "h", "w", "a", "b", "c", "d" }, build_picture, pixels,
    { { 1e-11, 1e-4 }, { 1e-11, 1e-4 }, { 1e-11, 1e-4 } },
    CASE_ROWS(picture_rows, 4)
};

/** Alpha, spread and tint of every object at the size of the frame. */
static TTMNodeId covers(CaseGraph *g, int64_t h, int64_t w, int32_t *table)
{
    int64_t side = h / 3;
    uint8_t *data = malloc((size_t)(TTM_COVER_BYTES * side * side * OBJECTS));

    for (int i = 0; i < OBJECTS; i++) {
        uint8_t *plane = data + TTM_COVER_BYTES * side * side * i;
        const int32_t row[TTM_COVER_ROW] = {
            (int32_t)(case_random(g) * (w - side)),
            (int32_t)(case_random(g) * (h - side)) - 2, (int32_t)side,
            (int32_t)side, (int32_t)(TTM_COVER_BYTES * side * side * i)
        };

        for (int64_t k = 0; k < side * side; k++) {
            double r = hypot(k % side - side / 2.0, k / side - side / 2.0);

            plane[k] = (uint8_t)fmin(fmax(300 - 600 * r / side, 0), 255);
            plane[k + side * side] =
                (uint8_t)fmin(fmax(500 - 800 * r / side, 0), 255);
            for (int c = 0; c < 3; c++)
                plane[2 * side * side + 3 * k + c] = plane[k] == 255 ? TTM_TINT_NONE :
                    (uint8_t)(256 * case_random(g));
        }
        for (int k = 0; k < TTM_COVER_ROW; k++)
            table[TTM_COVER_ROW * i + k] = row[k];
    }
    return case_input_data(g, TTM_SHAPE(TTM_COVER_BYTES * side * side * OBJECTS),
                           TTM_DTYPE_U8, data);
}

static TTMNodeId build_frame(CaseGraph *g, const int64_t *p)
{
    const int64_t h = p[0], w = p[1], small_h = p[2], small_w = p[3];
    TTMPicture picture = {
        .kind = h ? TTM_PICTURE_COMPOSE : TTM_PICTURE_PACK,
        .bytes = (int)p[5], .refined = (int)p[6], .amount = (float)p[7] / 10,
        .field_width = (int)p[8], .field_height = (int)p[9],
    };
    TTMNodeId out, still, plate, planes, places, moves, now, layers, source;
    int32_t *table;

    if (!h) {
        out = floats(g, TTM_SHAPE(small_h, small_w, 3));
        out = MAKE(out);
        return resample(g, out, 1, small_w, 1);
    }
    table  = malloc(OBJECTS * TTM_COVER_ROW * sizeof(*table));
    still  = packed(g, h, w, p[4]);
    plate  = packed(g, h, w, p[4]);
    planes = covers(g, h, w, table);
    places = case_input_data(g, TTM_SHAPE(OBJECTS, TTM_COVER_ROW),
                             TTM_DTYPE_I32, table);
    moves  = motion(g, &picture, small_h, small_w);
    now    = ids(g, small_h, small_w);
    layers = floats(g, TTM_SHAPE(small_h, small_w, 6));
    source = floats(g, TTM_SHAPE(small_h, small_w, p[6] ? 1 : 3));
    out = MAKE(still, plate, planes, places, moves, now, layers, source);
    return resample(g, out, 1, w, 1);   /* bytes as values */
}

static double frame_pixels(const int64_t *p)
{
    return p[0] ? (double)p[0] * p[1] : (double)p[2] * p[3];
}

static const int64_t frame_rows[][CASE_MAX_PARAMETERS] = {
    /* frame, small pictures, bytes of still and frame, refined, amount / 10, field */
    {    0,    0,   7,   9, 0, 1, 0,  0 },
    {    0,    0,  33,  21, 0, 2, 0,  0 },
    {   96,  144,  24,  36, 1, 1, 1, 10 },
    {   95,  143,  24,  36, 1, 1, 0, 10 },
    {   95,  143,  32,  48, 2, 2, 1,  4 },
    {   50,   51,  60,  61, 2, 1, 0,  0 },
    {   97,  145,  24,  36, 1, 2, 1, 10 },
    {   96,  144,  24,  36, 1, 1, 1, 10, 48, 32 },
    {   97,  145,  24,  36, 2, 1, 1,  7, 17, 11 },
    { 1080, 1920, 128, 224, 1, 1, 1, 10 },
    { 1080, 1920, 128, 224, 1, 1, 1, 10, 192, 108 },
};

const CaseOp case_frame = {
    "frame", { "h", "w", "y", "x", "from", "to", "refined", "amount", "field_w",
               "field_h" },
    build_frame, frame_pixels,
    { { 2e-7, 1e-2 }, { 2e-7, 1e-2 }, { 2e-7, 1e-2 } },
    CASE_ROWS(frame_rows, 2)
};

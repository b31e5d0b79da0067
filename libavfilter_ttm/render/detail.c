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

#include "render/detail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/build_pictures.h"
#include "render/covers.h"
#include "render/plate.h"
#include "render/rim.h"
#include "render/window.h"
#include "util/mem.h"
#include "util/regions.h"
#include "util/sample.h"

#define LEAST_CHANGE 0.1f       /* of light and colour, length; colours 0 .. 1 */

struct TTMDetail {
    TTMDetailSource s;
    TTMNetwork *network;
    int rows;                   ///< of motion and table: objects, at least 1
    float *motion;              ///< [rows, ttm_fit_row_size()]
    int32_t *table, *empty;     ///< [rows, TTM_COVER_ROW]: covers, or none
    uint8_t *no_ids;            ///< [height, width]: all background
    TTMTensor black;            ///< instead of the still, where what opened is asked for
    uint8_t *own[3];            ///< ids, first, those of a frame where there is ground, or NULL
    TTMPool *pool;              ///< while it is made
};

/* Distance in small pixels to the next pixel of another id, as 0 .. 1. */
static void fill_depth(const TTMDetailSource *s, float *depth)
{
    const int width = s->fit->width, height = s->fit->height, reach = 3;

    for (int y = 0; y < height && !ttm_cancelled(s->backend->cancel); y++) {
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

static TTMNodeId values(TTMGraph *graph, TTMNodeId x, float low, float high)
{
    const TTMPicture p = { .kind = TTM_PICTURE_VALUES, .scale = 0.5f,
                           .shift = 0.5f, .low = low, .high = high };

    return ttm_graph_picture(graph, &p, &x, 1);
}

#define PICTURE(graph, ...)                                                   \
    ttm_graph_picture(graph, &picture, (TTMNodeId[]){ __VA_ARGS__ },          \
                      sizeof((TTMNodeId[]){ __VA_ARGS__ }) / sizeof(TTMNodeId))

/*
 * Light and colour that the network gave an object, averaged over the inside
 * of the object around each pixel: fine structure is the still's business. What
 * is less than a network's own error is left out.
 */
static TTMNodeId build_change(TTMGraph *graph, const TTMFieldShape *field,
                              TTMNodeId net, TTMNodeId decoded,
                              TTMNodeId depth, TTMNodeId ids, TTMNodeId motion)
{
    TTMPicture picture = { .kind = TTM_PICTURE_CHANGE,
                           .field_width = field->width,
                           .field_height = field->height };
    TTMNodeId raw = PICTURE(graph, net, decoded, depth, ids, motion);

    picture.kind = TTM_PICTURE_SMOOTH;
    picture.low  = LEAST_CHANGE;
    return PICTURE(graph, raw, ids);
}

static int build(TTMDetail *d, int64_t cover_bytes)
{
    const TTMDetailSource *s = &d->s;
    const int64_t h = s->fit->height, w = s->fit->width, rows = d->rows;
    const TTMFieldShape field = ttm_fit_field(s->fit);
    const TTMPicture picture = {
        .kind = TTM_PICTURE_COMPOSE, .bytes = s->bytes, .refined = s->refined,
        .field_width = field.width, .field_height = field.height,
        .amount = s->amount,
    };
    const enum TTMDType precision = s->pictures ? s->pictures->dtype :
                                    TTM_DTYPE_F32;
    TTMGraph *g = ttm_graph_create(s->backend->log, "frame", TTM_DTYPE_F32);
    TTMNodeId still, plate, covers, table, motion, ids, depth, decoded, net;
    TTMNodeId parts[2], layers, frame;

    if (!g)
        return ttm_fail(s->backend->log, TTM_ERR_MEMORY, "out of memory");
    still  = ttm_graph_input(g, "still", s->still->shape, TTM_DTYPE_U8);
    plate  = ttm_graph_input(g, "plate", s->still->shape, TTM_DTYPE_U8);
    covers = ttm_graph_input(g, "covers", TTM_SHAPE(cover_bytes),
                             TTM_DTYPE_U8);
    table  = ttm_graph_input(g, "table", TTM_SHAPE(rows, TTM_COVER_ROW),
                             TTM_DTYPE_I32);
    motion = ttm_graph_input(g, "motion", TTM_SHAPE(rows,
                             (int64_t)ttm_fit_row_size(s->fit)), TTM_DTYPE_F32);
    ids    = ttm_graph_input(g, "ids", TTM_SHAPE(h, w), TTM_DTYPE_U8);
    depth  = ttm_graph_input(g, "depth", TTM_SHAPE(h, w, 1), TTM_DTYPE_F32);
    decoded = ttm_graph_input(g, "decoded", TTM_SHAPE(h, w, 3), precision);
    net     = ttm_graph_input(g, "net", TTM_SHAPE(h, w, 3), precision);
    decoded = values(g, decoded, 0, 1);
    net     = values(g, net, 0, 1);
    parts[0] = net;
    parts[1] = s->refined ? build_change(g, &field, net, decoded, depth, ids, motion) :
               net;
    layers = ttm_graph_concat(g, parts, 2, 2);
    frame = PICTURE(g, still, plate, covers, table, motion, ids, layers,
                    s->refined ? depth : decoded);
    ttm_graph_output(g, s->windowed ? ttm_window_build(g, frame, s->bytes) : frame);
    return ttm_network_create(&d->network, s->backend, g);
}

#define SMALL_FLOATS 24         /* a pixel of the network's frame, while one is composed */
#define BENDS 6                 /* length of an outline, by the half of its box's */

/* Box of an object in a frame with a margin, and its pixels; 0 where there are none. */
static int64_t frame_box(const TTMDetailSize *s, int id, int margin, int box[4])
{
    const int64_t pixels = ttm_regions_box(s->ids, s->ids_height, s->ids_width, id, box);

    for (int k = 0; k < 4; k++) {
        const int size = k & 1 ? s->height : s->width;
        const int of = k & 1 ? s->ids_height : s->ids_width;

        box[k] = (int)((int64_t)box[k] * size / of) + (k < 2 ? -margin : margin);
    }
    return pixels * s->width * s->height / ((int64_t)s->ids_width * s->ids_height);
}

int64_t ttm_detail_holes(const TTMDetailSize *s)
{
    const int radius = ttm_covers_radius(s->width, s->height, s->small_width, s->small_height);
    int64_t holes = 0;

    for (int id = 1; id <= s->objects; id++) {
        int box[4];
        const int64_t pixels = frame_box(s, id, 0, box);
        const double width = fmax(box[2] - box[0], 1), height = fmax(box[3] - box[1], 1);

        holes += (int64_t)((double)pixels * (1 + 2 * radius / width) *
                           (1 + 2 * radius / height));
    }
    return holes;
}

size_t ttm_detail_bytes(const TTMDetailSize *s)
{
    const size_t pixels = (size_t)s->width * (size_t)s->height;
    const int radius = ttm_covers_radius(s->width, s->height, s->small_width, s->small_height);
    const int margin = ttm_cover_margin(radius);
    int hole[4] = { s->width, s->height, 0, 0 };    /* around all objects */
    size_t covers = 0, band = 0, filling, composing, matting;

    for (int id = 1; id <= s->objects; id++) {
        int box[4];

        if (!frame_box(s, id, margin, box))
            continue;
        for (int k = 0; k < 4; k++)
            hole[k] = k < 2 ? (box[k] < hole[k] ? box[k] : hole[k]) :
                      box[k] > hole[k] ? box[k] : hole[k];
        covers += TTM_COVER_BYTES * (size_t)(box[2] - box[0]) * (size_t)(box[3] - box[1]);
        band   += BENDS * (size_t)(box[2] - box[0] + box[3] - box[1]) * (size_t)radius;
    }
    for (int k = 0; k < 4; k++) {
        const int size = k & 1 ? s->height : s->width;

        hole[k] = hole[k] < 0 ? 0 : hole[k] > size ? size : hole[k];
    }
    filling = pixels + (hole[2] > hole[0] && hole[3] > hole[1] ?
                        ttm_plate_bytes(s->width, s->height, hole[2] - hole[0],
                                        hole[3] - hole[1]) : 0);
    /* A window is two pictures of floats, and the frame once more. */
    composing = 3 * (size_t)s->bytes * pixels * (s->windowed ? 2 : 1) +
                (s->windowed ? 6 * sizeof(float) * pixels : 0) + SMALL_FLOATS * sizeof(float) *
                (size_t)s->small_width * (size_t)s->small_height;
    matting = hole[2] > hole[0] && hole[3] > hole[1] ?
              ttm_matting_bytes((size_t)(hole[2] - hole[0]) * (size_t)(hole[3] - hole[1]), band) +
              3 * (size_t)s->still_bytes * pixels : 0;  /* and a copy of the still */
    filling = matting > filling ? matting : filling;
    return 3 * (size_t)s->still_bytes * pixels + covers +
           (filling > composing ? filling : composing);
}

#define PROBES 8                /* parts of an object's box that are looked at */

/* Is an object moved by more than half a pixel of the frame by its row of motion? */
static int is_moved(const TTMDetail *d, int id)
{
    const TTMDetailSource *s = &d->s;
    const TTMFieldShape field = ttm_fit_field(s->fit);
    const float *row = d->motion + (size_t)(id - 1) * ttm_fit_row_size(s->fit);
    const float scale_x = (float)s->still->shape.dim[1] / (float)s->fit->width;
    const float scale_y = (float)s->still->shape.dim[0] / (float)s->fit->height;
    const int32_t *box = d->table + TTM_COVER_ROW * (id - 1);

    for (int k = 0; k < (PROBES + 1) * (PROBES + 1) && box[2]; k++) {
        const int i = k % (PROBES + 1), j = k / (PROBES + 1);
        const float x = ((float)box[0] + (float)(i * box[2]) / PROBES) / scale_x;
        const float y = ((float)box[1] + (float)(j * box[3]) / PROBES) / scale_y;
        float from_x, from_y;

        ttm_field_source(row, &field, x, y, &from_x, &from_y);
        if (hypotf((from_x - x) * scale_x, (from_y - y) * scale_y) > 0.5f)
            return 1;
    }
    return 0;
}

/* Sets moving[id] of all objects that are moved in any frame. */
static void find_moving(TTMDetail *d, uint8_t moving[256])
{
    const TTMFit *fit = d->s.fit;
    int still = fit->objects;

    memset(moving, 0, 256);
    for (int t = 0; t < fit->frames && still && !ttm_cancelled(d->s.backend->cancel);
         t++) {
        ttm_fit_rows(fit, t, d->motion);
        for (int id = 1; id <= fit->objects; id++)
            if (!moving[id] && is_moved(d, id)) {
                moving[id] = 1;
                still--;
            }
    }
}

/*
 * What to do with each pixel of the still: objects that move and their
 * soft edges leave it, and shadows around, where there are any; others stay, but are
 * nothing to fill with.
 */
static void mark_places(TTMDetail *d, const uint8_t *covers, uint8_t *place)
{
    const int width = (int)d->s.still->shape.dim[1];
    const int height = (int)d->s.still->shape.dim[0];
    uint8_t moving[256];        /* ids are bytes */

    find_moving(d, moving);
    for (int id = 1; id <= d->s.fit->objects; id++) {
        const int32_t *box = d->table + TTM_COVER_ROW * (id - 1);
        const uint8_t *spread = covers + box[4] + (size_t)box[2] * (size_t)box[3];

        if (ttm_fit_flows(d->s.fit, id))    /* uncovers nothing, and goes on behind others */
            continue;
        for (int y = 0; y < box[3] && !ttm_cancelled(d->s.backend->cancel); y++)
            for (int x = 0; x < box[2]; x++) {
                const int u = box[0] + x, v = box[1] + y;
                uint8_t value = spread[(size_t)y * (size_t)box[2] + (size_t)x];
                uint8_t *p = place + (size_t)v * (size_t)width + (size_t)u;

                if (u < 0 || v < 0 || u >= width || v >= height || !value)
                    continue;
                if (moving[id] && value == 255)
                    *p = TTM_FILL_HOLE;
                else if (moving[id] && *p == TTM_FILL_KNOWN)
                    *p = TTM_FILL_DOUBTFUL;
                else if (!moving[id] && *p != TTM_FILL_HOLE)
                    *p = TTM_FILL_FOREIGN;
            }
    }
}

/* Fill the hole of the still, and of its alpha from the same places. */
static int fill_alpha(const TTMDetailSource *s, void *pixels, int bytes,
                      const uint8_t *place, TTMPool *pool)
{
    const TTMShape *shape = &s->still->shape;
    void *alpha = ttm_array_alloc((size_t)ttm_shape_count(shape), 1);
    int ret = TTM_ERR_MEMORY;

    if (alpha)
        ret = ttm_tensor_read(s->backend, s->alpha, alpha, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = ttm_plate_fill(pixels, alpha, bytes, (int)shape->dim[1],
                             (int)shape->dim[0], place, pool);
    if (ret >= 0)
        ret = ttm_tensor_create(s->backend, s->alpha_plate, *shape, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = ttm_tensor_write(s->backend, s->alpha_plate, alpha, TTM_DTYPE_U8);
    free(alpha);
    return ret;
}

/* The still without the objects that move; frees the covers, as filling takes much. */
static int fill_plate(TTMDetail *d, uint8_t **covers, void *pixels)
{
    const TTMDetailSource *s = &d->s;
    const TTMShape *shape = &s->still->shape;
    const int width = (int)shape->dim[1], height = (int)shape->dim[0];
    const int bytes = (int)shape->dim[2] / 3;
    uint8_t *place = ttm_array_alloc((size_t)width, (size_t)height);
    int ret = TTM_ERR_MEMORY;

    if (place) {
        mark_places(d, *covers, place);
        free(*covers);
        *covers = NULL;
        ret = ttm_tensor_read(s->backend, s->still, pixels, TTM_DTYPE_U8);
        if (ret >= 0)
            ret = ttm_rim_settle(pixels, bytes, width, height, place, d->pool);
        if (ret >= 0 && s->alpha)
            ret = fill_alpha(s, pixels, bytes, place, d->pool);
        else if (ret >= 0)
            ret = ttm_plate_fill(pixels, NULL, bytes, width, height, place, d->pool);
    }
    free(place);
    return ret;
}

/* What is seen behind the objects: white where what opened is asked for. */
static int write_plate(TTMDetail *d, uint8_t **covers)
{
    const TTMDetailSource *s = &d->s;
    const size_t size = (size_t)ttm_shape_count(&s->still->shape);
    void *pixels = ttm_tensor_data(s->backend, ttm_network_input(d->network, "plate"));
    void *copy = NULL;          /* where the device has other memory */
    int ret = 0;

    if (s->plate)
        return ttm_network_bind_input(d->network, "plate", s->plate);
    if (s->amount <= 0 && !s->alpha)    /* nothing of it is seen */
        return ttm_network_bind_input(d->network, "plate", s->still);
    if (!pixels)
        pixels = copy = ttm_array_alloc(size, 1);
    if (!pixels)
        ret = TTM_ERR_MEMORY;
    else if (s->opened)
        memset(pixels, 255, size);
    else
        ret = fill_plate(d, covers, pixels);
    if (ret == TTM_ERR_MEMORY)
        ttm_log(s->backend->log, TTM_LOG_ERROR, "out of memory for the background");
    if (ret >= 0 && copy)
        ret = ttm_network_write(d->network, "plate", copy, TTM_DTYPE_U8);
    free(copy);
    return ret;
}

/* The still, or black: then what opened is the white of the plate. */
static int write_still(TTMDetail *d)
{
    const TTMDetailSource *s = &d->s;
    uint8_t *zeros;
    int ret;

    if (!s->opened)
        return ttm_network_bind_input(d->network, "still", s->still);
    ret = ttm_tensor_create(s->backend, &d->black, s->still->shape, TTM_DTYPE_U8);
    if (ret < 0)
        return ret;
    zeros = ttm_array_alloc((size_t)ttm_shape_count(&s->still->shape), 1);
    if (!zeros)
        return ttm_fail(s->backend->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_tensor_write(s->backend, &d->black, zeros, TTM_DTYPE_U8);
    free(zeros);
    return ret < 0 ? ret : ttm_network_bind_input(d->network, "still", &d->black);
}

/*
 * The network's picture of the still; without a network the same one in any frame: white,
 * as an alpha is 1 where shapes are the network's.
 */
static int write_decoded(TTMDetail *d)
{
    const TTMDetailSource *s = &d->s;
    const int64_t pixels = (int64_t)s->fit->width * s->fit->height;
    float *white;
    int ret;

    if (s->decoded)
        return ttm_tensor_copy(s->backend, ttm_network_input(d->network, "decoded"),
                               0, s->decoded, 0, 3 * pixels);
    white = ttm_array_alloc((size_t)pixels, 3 * sizeof(*white));
    if (!white)
        return ttm_fail(s->backend->log, TTM_ERR_MEMORY, "out of memory");
    for (int64_t i = 0; i < 3 * pixels; i++)
        white[i] = 1;
    ret = ttm_network_write(d->network, "decoded", white, TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_write(d->network, "net", white, TTM_DTYPE_F32);
    free(white);
    return ret;
}

/* What stays the same over the frames. */
static int write_inputs(TTMDetail *d, uint8_t **covers)
{
    const TTMDetailSource *s = &d->s;
    const size_t pixels = (size_t)s->fit->width * (size_t)s->fit->height;
    float *depth = ttm_array_alloc(pixels, sizeof(*depth));
    int ret;

    if (!depth)
        return ttm_fail(s->backend->log, TTM_ERR_MEMORY, "out of memory");
    fill_depth(s, depth);
    ret = ttm_network_write(d->network, "depth", depth, TTM_DTYPE_F32);
    free(depth);
    if (ret >= 0)
        ret = ttm_network_write(d->network, "covers", *covers, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = write_still(d);
    if (ret >= 0)
        ret = write_plate(d, covers);
    return ret < 0 ? ret : write_decoded(d);
}

/* Ids without ground, which is drawn as background is, into @p copy. */
static void leave_ground(const TTMDetailSource *s, const uint8_t *ids, size_t width,
                         size_t height, uint8_t *copy)
{
    for (size_t y = 0; y < height && !ttm_cancelled(s->backend->cancel); y++)
        for (size_t i = y * width; i < (y + 1) * width; i++)
            copy[i] = s->fit->ground[ids[i]] ? 0 : ids[i];
}

/* A copy of ids without ground. */
static int drop_ground(const TTMDetailSource *s, const uint8_t **ids, size_t width,
                       size_t height, uint8_t **copy)
{
    *copy = ttm_array_alloc(height, width);
    if (!*copy)
        return TTM_ERR_MEMORY;
    leave_ground(s, *ids, width, height, *copy);
    *ids = *copy;
    return 0;
}

static int drop_all_ground(TTMDetail *d)
{
    TTMDetailSource *s = &d->s;
    const TTMFit *fit = s->fit;
    const size_t width = (size_t)fit->width, height = (size_t)fit->height;
    int ret;

    if (!memchr(fit->ground, 1, sizeof(fit->ground)))
        return 0;
    ret = drop_ground(s, &s->ids, (size_t)s->still->shape.dim[1],
                      (size_t)s->still->shape.dim[0], &d->own[0]);
    if (ret >= 0)
        ret = drop_ground(s, &s->first, width, height, &d->own[1]);
    d->own[2] = ttm_array_alloc(height, width);
    return ret < 0 || d->own[2] ? ret : TTM_ERR_MEMORY;
}

int ttm_detail_create(TTMDetail **detail, const TTMDetailSource *source)
{
    TTMDetail *d = ttm_array_alloc(1, sizeof(*d));
    const TTMFit *fit = source->fit;
    uint8_t *covers = NULL;
    size_t nb, rows = fit->objects > 0 ? (size_t)ttm_fit_layers(fit) : 1;
    int ret = TTM_ERR_MEMORY;

    *detail = d;
    if (!d)
        return ttm_fail(source->backend->log, ret, "out of memory");
    d->s      = *source;
    d->rows   = (int)rows;
    d->motion = ttm_array_alloc(rows, ttm_fit_row_size(fit) *
                                sizeof(*d->motion));
    d->table  = ttm_array_alloc(rows, TTM_COVER_ROW * sizeof(*d->table));
    d->empty  = ttm_array_alloc(rows, TTM_COVER_ROW * sizeof(*d->empty));
    d->no_ids = ttm_array_alloc((size_t)fit->width, (size_t)fit->height);
    d->pool   = ttm_pool_create(source->threads);
    if (d->motion && d->table && d->empty && d->no_ids && d->pool) {
        ttm_pool_set_cancel(d->pool, source->backend->cancel);
        ret = drop_all_ground(d);
        if (ret >= 0)
            ret = ttm_covers_create(&d->s, d->pool, &covers, &nb, d->table);
    }
    if (ret == TTM_ERR_MEMORY)
        ttm_log(source->backend->log, TTM_LOG_ERROR, "out of memory for the masks of "
                 "the frames");
    if (ret >= 0)
        ret = build(d, (int64_t)nb);
    if (ret >= 0)
        ret = write_inputs(d, &covers);
    if (ret >= 0 && ttm_cancelled(source->backend->cancel))
        ret = TTM_ERR_CANCELLED;
    free(covers);
    ttm_pool_free(&d->pool);
    if (ret < 0)
        ttm_detail_free(detail);
    return ret;
}

void ttm_detail_free(TTMDetail **detail)
{
    TTMDetail *d = *detail;

    if (!d)
        return;
    ttm_network_free(&d->network);
    ttm_tensor_free(d->s.backend, &d->black);
    free(d->motion);
    free(d->table);
    free(d->empty);
    free(d->no_ids);
    for (int i = 0; i < 3; i++)
        free(d->own[i]);
    free(d);
    *detail = NULL;
}

/* The network's picture of a frame, where there is one. */
static int write_picture(TTMDetail *d, const TTMDetailFrame *f)
{
    const TTMDetailSource *s = &d->s;
    const int64_t values = 3 * (int64_t)s->fit->width * s->fit->height;

    if (!s->pictures)
        return 0;
    if (f->between)
        return ttm_network_write(d->network, "net", f->between, TTM_DTYPE_F32);
    return ttm_tensor_copy(s->backend, ttm_network_input(d->network, "net"), 0,
                           s->pictures, f->picture * values, values);
}

int ttm_detail_compose(TTMDetail *d, const TTMDetailFrame *f, const TTMTensor **frame)
{
    const TTMDetailSource *s = &d->s;
    /* Only the share of the network's may differ from the still. */
    const int untouched = f->untouched && s->amount >= 1;
    const uint8_t *ids = untouched ? d->no_ids : f->ids;
    int ret;

    if (!untouched && d->own[2]) {
        leave_ground(s, f->ids, (size_t)s->fit->width, (size_t)s->fit->height, d->own[2]);
        ids = d->own[2];
    }
    ttm_fit_layer_rows(f->fit, f->t, f->time, d->motion);
    ret = ttm_network_write(d->network, "motion", d->motion, TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_write(d->network, "table", untouched ? d->empty :
                                d->table, TTM_DTYPE_I32);
    if (ret >= 0)
        ret = ttm_network_write(d->network, "ids", ids, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = write_picture(d, f);
    if (ret >= 0 && s->windowed)
        ret = ttm_window_write(d->network, s->backend, &f->window);
    if (ret >= 0)
        ret = ttm_network_run(d->network);
    if (ret >= 0)
        *frame = ttm_network_output(d->network, 0);
    return ret;
}

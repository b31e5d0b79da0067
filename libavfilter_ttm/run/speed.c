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

/** @file How fast a device is, measured with a little work. */

#include "run/speed.h"

#include <math.h>
#include <stdlib.h>

#include "run/network.h"
#include "util/clock.h"
#include "util/image.h"
#include "util/mem.h"

/** Seconds of a run that are told well enough from the clock and from a start. */
#define ENOUGH 1e-3

/** Times that the work is made larger, by four, at most. */
#define LARGEST 64

/** Timed runs, of which the fastest counts: others may use the caches. */
#define RUNS 8

/** Seconds of a run, or of all timed runs of a size, after which there is no other. */
#define TOO_LONG 2e-2

/** Small nodes in a row. */
#define SMALL_NODES 64

/** Times that a weight's bytes are moved until it is there: read, converted, ordered. */
#define WEIGHT_MOVES 4

/** What a further thread adds, as measured with two (docs/options.md, Time). */
#define MORE_THREAD 0.7

/** Sides of the pictures that measure the host. */
#define STILL_SIDE   64
#define PICTURE_SIDE 256

/** Work a second, and seconds of a node, where they are not known. */
#define SOME_RATE 2e10
#define SOME_NODE 2e-6

enum Kind { LINEAR, CONV, ATTENTION, NORM, MOVE, SMALL, KIND_NB };

static TTMNodeId constant(TTMGraph *graph, const char *name, TTMShape shape)
{
    const int64_t count = ttm_shape_count(&shape);
    float *data = malloc((size_t)count * sizeof(*data));

    for (int64_t i = 0; data && i < count; i++)
        data[i] = (float)(i % 13 - 6) / 64;
    return ttm_graph_constant(graph, name, shape, data);
}

/* The work of one kind, @p scale times; sizes are those of small networks. */
static void build(TTMGraph *g, enum Kind kind, int scale)
{
    const TTMConv2d conv = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const TTMGroupNorm norm = { 8, 1, 1e-5f, TTM_ACT_SILU };
    const TTMAttention attention = {
        .heads = 2, .scale = 0.2f, .outer = scale, .tokens = 128, .inner = 1,
        .key_outer = scale, .key_tokens = 128, .regions = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE
    };
    const TTMShape shapes[KIND_NB] = {
        TTM_SHAPE(128 * scale, 128), TTM_SHAPE(scale, 16, 16, 64),
        TTM_SHAPE(scale, 128, 64), TTM_SHAPE(scale, 32, 32, 16),
        TTM_SHAPE(128 * scale, 128), TTM_SHAPE(16)
    };
    TTMNodeId x = ttm_graph_input(g, "x", shapes[kind], g->dtype);

    switch (kind) {
    case LINEAR:
        x = ttm_graph_linear(g, x, constant(g, "w.weight", TTM_SHAPE(128, 128)),
                             TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
        break;
    case CONV:
        x = ttm_graph_conv2d(g, x, constant(g, "w.weight", TTM_SHAPE(64, 64, 3, 3)),
                             TTM_NO_NODE, TTM_NO_NODE, TTM_NO_NODE, &conv);
        break;
    case ATTENTION:
        x = ttm_graph_attention(g, x, x, x, &attention);
        break;
    case NORM:
        x = ttm_graph_group_norm(g, x, constant(g, "w.weight", TTM_SHAPE(16)),
                                 constant(g, "w.bias", TTM_SHAPE(16)), &norm);
        break;
    case MOVE:
        x = ttm_graph_layer_norm(g, x, constant(g, "w.weight", TTM_SHAPE(128)),
                                 constant(g, "w.bias", TTM_SHAPE(128)), 1e-5f);
        break;
    default:
        for (int i = 0; i < SMALL_NODES; i++)
            x = ttm_graph_scale(g, x, 0.5f, 1);
    }
    ttm_graph_output(g, x);
}

/* Seconds that the device took since @p begin: those of the thread on the CPU, else of
 * the kernels. */
static double taken_since(const TTMBackend *backend, double begin)
{
    return backend->threads ? ttm_clock_thread_seconds() - begin :
           ttm_profile_total(backend->profile).seconds;
}

/* Seconds of the fastest run. */
static int time_runs(TTMBackend *backend, TTMNetwork *network, double *seconds)
{
    double all = 0;
    int ret = ttm_network_run(network);     /* what is made at the first run */

    *seconds = INFINITY;
    for (int i = 0; i < RUNS && ret >= 0 && all < TOO_LONG; i++) {
        const double begin = ttm_clock_thread_seconds();
        double taken;

        if (backend->profile)
            ttm_profile_free(backend->profile);
        ret      = ttm_network_run(network);
        taken    = taken_since(backend, begin);
        all     += taken;
        *seconds = fmin(*seconds, taken);
    }
    return ret;
}

/* The effort of one kind, and the seconds that it takes; *@p scale becomes 0 where it is
 * too large. */
static int time_kind(TTMBackend *backend, enum Kind kind, size_t limit, int *scale,
                     TTMEffort *effort, double *seconds)
{
    TTMGraph *graph = ttm_graph_create(backend->log, "speed", backend->precision);
    TTMNetwork *network;
    size_t bytes;
    int ret;

    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    build(graph, kind, *scale);
    ret = ttm_graph_finish(graph);
    if (ret >= 0)
        ret = ttm_program_bytes(backend, graph, &bytes);
    if (ret < 0 || (*scale > 1 && bytes > limit)) {
        *scale = 0;
        ttm_graph_free(&graph);
        return ret;
    }
    *effort = (TTMEffort){ 0 };
    ttm_graph_effort(graph, effort);
    ret = ttm_network_create(&network, backend, graph);
    if (ret >= 0)
        ret = time_runs(backend, network, seconds);
    ttm_network_free(&network);
    return ret;
}

/* The work of an effort that holds one kind. */
static double work(const TTMEffort *e, enum Kind kind)
{
    const double of[KIND_NB] = { e->linear, e->conv, e->attention, e->norm, e->bytes,
                                 e->nodes };

    return of[kind];
}

/* The most work a second of one kind, of the sizes that were tried. */
static int measure_kind(TTMBackend *backend, enum Kind kind, size_t limit,
                        double *speed)
{
    TTMEffort effort;
    double seconds = 0, rate, last = 0;
    int ret = 0;

    *speed = 0;
    for (int scale = 1; scale && scale <= LARGEST; scale *= 4) {
        ret = time_kind(backend, kind, limit, &scale, &effort, &seconds);
        if (ret < 0 || !scale)
            break;
        rate   = seconds > 0 ? work(&effort, kind) / seconds : 0;
        *speed = fmax(*speed, rate);
        if (kind == SMALL || (seconds >= ENOUGH && rate < 1.5 * last) ||
            seconds >= TOO_LONG)
            break;
        last = rate;
    }
    return ret;
}

/* Seconds of the calling thread for a pixel of a picture that is made larger. */
static int measure_pixels(double *seconds)
{
    uint8_t still[3 * STILL_SIDE * STILL_SIDE];
    const TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, STILL_SIDE, STILL_SIDE,
                             3 * STILL_SIDE, still, { 0, 0 } };
    float *out = ttm_array_alloc(3 * PICTURE_SIDE * PICTURE_SIDE, sizeof(*out));
    double least = INFINITY;
    int ret = out ? 0 : TTM_ERR_MEMORY;

    for (size_t i = 0; i < sizeof(still); i++)
        still[i] = (uint8_t)(i * 37 >> 2);
    for (int i = 0; i < RUNS && ret >= 0; i++) {
        const double begin = ttm_clock_thread_seconds();

        ret   = ttm_image_resample(&image, PICTURE_SIDE, PICTURE_SIDE, 1, 0, out, NULL);
        least = fmin(least, ttm_clock_thread_seconds() - begin);
    }
    free(out);
    *seconds = fmax(least, 1e-9) / (PICTURE_SIDE * PICTURE_SIDE);
    return ret;
}

static int measure_device(TTMBackend *backend, size_t limit, double rate[KIND_NB])
{
    TTMProfile *profile = backend->profile, own = { 0 };
    const size_t peak = backend->bytes_peak;
    int ret = 0;

    backend->profile = backend->threads ? NULL : &own;
    for (int i = 0; i < KIND_NB && ret >= 0; i++)
        ret = measure_kind(backend, (enum Kind)i, limit, &rate[i]);
    ttm_profile_free(&own);
    backend->profile    = profile;
    backend->bytes_peak = peak;
    return ret;
}

/* The same device on the calling thread alone. */
static int measure_thread(const TTMBackend *backend, size_t limit, double rate[KIND_NB])
{
    const TTMBackendRequest request = {
        .device = backend->name, .precision = backend->precision, .threads = 1,
        .picture_threads = 1
    };
    TTMBackend *alone;
    int ret = ttm_backend_open(&alone, backend->log, &request);

    if (ret >= 0) {
        alone->cancel = backend->cancel;
        ret = measure_device(alone, limit, rate);
    }
    ttm_backend_close(&alone);
    return ret;
}

int ttm_speed_measure(TTMSpeed *speed, TTMBackend *backend, size_t limit)
{
    double rate[KIND_NB] = { 0 };
    int ret = measure_pixels(&speed->pixel);

    if (ret < 0)
        return ttm_fail(backend->log, ret, "out of memory");
    *speed = (TTMSpeed){ 0, SOME_RATE, SOME_RATE, SOME_RATE, SOME_RATE / 4,
                         SOME_RATE / 4, SOME_NODE, speed->pixel };
    if (backend->is_software)
        return 0;
    ret = backend->threads ? measure_thread(backend, limit, rate) :
          measure_device(backend, limit, rate);
    for (int i = 0; i < KIND_NB && ret >= 0; i++)
        if (!(rate[i] > 0 && isfinite(rate[i])))     /* no timestamps */
            return 0;
    if (ret >= 0)
        *speed = (TTMSpeed){
            1, rate[LINEAR], rate[CONV], rate[ATTENTION], rate[NORM], rate[MOVE],
            1 / rate[SMALL], speed->pixel
        };
    return ret;
}

double ttm_speed_seconds(const TTMSpeed *s, const TTMEffort *e)
{
    return e->linear / s->linear + e->conv / s->conv + e->attention / s->attention +
           e->norm / s->norm + (e->bytes + WEIGHT_MOVES * e->weights) / s->bytes +
           e->nodes * s->node;
}

double ttm_speed_threads(int threads)
{
    return 1 + MORE_THREAD * (threads - 1);
}

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
 * Large operations on the CPU: how often they look whether to stop, and that those
 * which are cut into calls give what single calls give.
 */

#include "unit.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "backend/cpu/features.h"
#include "graph/cost.h"
#include "run/network.h"

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

/** A convolution, and what its numbers are made of. */
typedef struct Conv {
    int frames, height, width, in, out, kernel, stride, upsample, residual;
} Conv;

static float noise(size_t i, uint32_t seed)
{
    uint32_t x = (uint32_t)i * 0x9e3779b9u ^ seed * 0x85ebca6bu;

    x = (x ^ x >> 16) * 0x7feb352du;
    return (float)((x ^ x >> 15) >> 8) / (1 << 23) - 1;
}

static float *make_noise(size_t nb, uint32_t seed, float scale)
{
    float *values = malloc(nb * sizeof(*values));

    assert_non_null(values);
    for (size_t i = 0; i < nb; i++)
        values[i] = scale * noise(i, seed);
    return values;
}

static TTMBackend *open_device(enum TTMDType type, int threads)
{
    TTMBackendRequest request = { "cpu", type, threads };
    TTMBackend *backend;

    memset(&messages, 0, sizeof(messages));
    assert_int_equal(ttm_backend_open(&backend, &log_to, &request), 0);
    return backend;
}

static int out_size(int size, const Conv *c)
{
    return (size * c->upsample + 2 * (c->kernel / 2) - c->kernel) / c->stride + 1;
}

/** Convolve rows @p from to @p to of @p nb frames from @p frame on. */
static float *convolve(TTMBackend *b, const Conv *c, int frame, int nb, int from,
                       int to, const float *x, const float *residual)
{
    const int pad = c->kernel / 2, rows = to - from, h = out_size(rows, c);
    const int w = out_size(c->width, c), high = out_size(c->height, c);
    const size_t weights = (size_t)(c->out * c->in * c->kernel * c->kernel);
    const size_t row = (size_t)(c->width * c->in), out_row = (size_t)(w * c->out);
    float *weight = make_noise(weights, 3, 0.05f), *bias = make_noise((size_t)c->out, 4, 1);
    float *part = malloc((size_t)(nb * rows) * row * sizeof(float));
    float *added = malloc((size_t)(nb * h) * out_row * sizeof(float));
    float *y = malloc((size_t)(nb * h) * out_row * sizeof(float));
    const TTMConv2d p = { c->stride, pad, pad, pad, pad, c->upsample, TTM_ACT_SILU };
    TTMGraph *g = ttm_graph_create(&log_to, "net", b->precision);
    TTMNodeId ids[4];
    TTMNetwork *n;

    assert_true(weight && bias && part && added && y);
    for (int f = 0; f < nb; f++) {
        memcpy(part + (size_t)(f * rows) * row,
               x + (size_t)((frame + f) * c->height + from) * row,
               (size_t)rows * row * sizeof(float));
        memcpy(added + (size_t)(f * h) * out_row,
               residual + (size_t)((frame + f) * high + from * c->upsample / c->stride) *
               out_row, (size_t)h * out_row * sizeof(float));
    }
    ids[0] = ttm_graph_input(g, "x", TTM_SHAPE(nb, rows, c->width, c->in), b->precision);
    ids[1] = ttm_graph_weight(g, "w", TTM_SHAPE(c->out, c->in, c->kernel, c->kernel),
                              weight, TTM_DTYPE_F32);
    ids[2] = ttm_graph_weight(g, "b", TTM_SHAPE(c->out), bias, TTM_DTYPE_F32);
    ids[3] = c->residual ? ttm_graph_input(g, "r", TTM_SHAPE(nb, h, w, c->out),
                                           b->precision) : TTM_NO_NODE;
    ttm_graph_output(g, ttm_graph_conv2d(g, ids[0], ids[1], ids[2], TTM_NO_NODE,
                                         ids[3], &p));
    assert_int_equal(ttm_network_create(&n, b, g), 0);
    assert_int_equal(ttm_network_write(n, "x", part, TTM_DTYPE_F32), 0);
    if (c->residual)
        assert_int_equal(ttm_network_write(n, "r", added, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_run(n), 0);
    assert_int_equal(ttm_network_read(n, 0, y, TTM_DTYPE_F32), 0);
    ttm_network_free(&n);
    free(weight);
    free(bias);
    free(part);
    free(added);
    return y;
}

/** Rows that do not see where a part was cut off must be the same, bit for bit. */
static void check_rows(TTMBackend *b, const Conv *c, const float *x,
                       const float *residual, const float *whole, int frame,
                       int from, int to)
{
    const int first = from * c->upsample / c->stride;
    const int rows  = out_size(to - from, c), high = out_size(c->height, c);
    const size_t row = (size_t)(out_size(c->width, c) * c->out) * sizeof(float);
    const int skip = from ? c->upsample : 0, leave = to < c->height ? c->upsample : 0;
    float *part = convolve(b, c, frame, 1, from, to, x, residual);

    for (int y = skip; y < rows - leave; y++)
        assert_memory_equal((const char *)part + (size_t)y * row,
                            (const char *)whole +
                            (size_t)(frame * high + first + y) * row, row);
    free(part);
}

static void check_conv(enum TTMDType type, const Conv *c)
{
    TTMBackend *b = open_device(type, 2);
    const size_t pixels = (size_t)(c->frames * c->height * c->width);
    const size_t outs = (size_t)(c->frames * out_size(c->height, c) *
                                 out_size(c->width, c));
    float *x = make_noise(pixels * (size_t)c->in, 1, 1);
    float *residual = make_noise(outs * (size_t)c->out, 2, 1);
    float *y = convolve(b, c, 0, c->frames, 0, c->height, x, residual);

    for (int f = 0; f < c->frames; f += 3)
        for (int from = 0; from < c->height; from += 48)
            check_rows(b, c, x, residual, y, f, from,
                       from + 64 < c->height ? from + 64 : c->height);
    free(x);
    free(residual);
    free(y);
    ttm_backend_close(&b);
}

static const Conv convs[] = {
    { 1, 383, 256, 64, 64, 3, 1, 1, 0 },
    { 1, 383, 256, 64, 64, 3, 1, 1, 1 },
    { 1, 770, 512, 64, 64, 3, 2, 1, 0 },
    { 1, 383, 384, 64, 64, 3, 1, 2, 0 },
    { 1, 191, 128, 64, 64, 3, 1, 2, 1 },
    { 7, 128, 128, 64, 64, 3, 1, 1, 1 },
};

#define NB_CONVS ((int)(sizeof(convs) / sizeof(convs[0])))

/*
 * oneDNN's operations in bf16 take a hundred times as long on a processor that has none:
 * with TTM_SAMPLE they are left out there.
 */
static int is_run(enum TTMDType type)
{
    return type != TTM_DTYPE_BF16 || !getenv("TTM_SAMPLE") || ttm_cpu_has_bf16();
}

/* With TTM_SAMPLE one of them, drawn by TTM_SEED. */
static void test_convolutions(void **state)
{
    const int drawn = test_draw("convolutions", NB_CONVS);

    (void)state;
    for (int i = 0; i < NB_CONVS; i++) {
        if (drawn >= 0 && i != drawn)
            continue;
        check_conv(TTM_DTYPE_F32, &convs[i]);
        if (is_run(TTM_DTYPE_BF16))
            check_conv(TTM_DTYPE_BF16, &convs[i]);
    }
}

/** y = geglu(x W) + r of @p rows rows. */
static float *multiply(TTMBackend *b, int rows, const float *x, const float *residual)
{
    const int in = 256, out = 512;
    float *weight = make_noise((size_t)(2 * out * in), 3, 0.05f);
    float *y = malloc((size_t)(rows * out) * sizeof(*y));
    TTMGraph *g = ttm_graph_create(&log_to, "net", b->precision);
    TTMNodeId a = ttm_graph_input(g, "x", TTM_SHAPE(rows, in), b->precision);
    TTMNodeId r = ttm_graph_input(g, "r", TTM_SHAPE(rows, out), b->precision);
    TTMNodeId w = ttm_graph_weight(g, "w", TTM_SHAPE(2 * out, in), weight,
                                   TTM_DTYPE_F32);
    TTMNetwork *n;

    assert_non_null(y);
    ttm_graph_output(g, ttm_graph_linear(g, a, w, TTM_NO_NODE, r, TTM_ACT_GEGLU));
    assert_int_equal(ttm_network_create(&n, b, g), 0);
    assert_int_equal(ttm_network_write(n, "x", x, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_write(n, "r", residual, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_run(n), 0);
    assert_int_equal(ttm_network_read(n, 0, y, TTM_DTYPE_F32), 0);
    ttm_network_free(&n);
    free(weight);
    return y;
}

static void test_linear(void **state)
{
    static const enum TTMDType types[] = { TTM_DTYPE_F32, TTM_DTYPE_BF16 };
    const int rows = 40001, few = 4096, in = 256, out = 512;
    float *x = make_noise((size_t)(rows * in), 1, 1);
    float *residual = make_noise((size_t)(rows * out), 2, 1);

    (void)state;
    for (int i = 0; i < 2 && is_run(types[i]); i++) {
        TTMBackend *b = open_device(types[i], 2);
        float *whole  = multiply(b, rows, x, residual);

        for (int from = 0; from < rows; from += few) {
            const int nb = from + few < rows ? few : rows - from;
            float *part = multiply(b, nb, x + from * in, residual + from * out);

            assert_memory_equal(part, whole + from * out,
                                (size_t)(nb * out) * sizeof(*part));
            free(part);
        }
        free(whole);
        ttm_backend_close(&b);
    }
    free(x);
    free(residual);
}

/** What counts looks, and says to stop after some. */
typedef struct Looks {
    atomic_int nb;
    int most;                   ///< 0: any number
} Looks;

static int look(void *opaque)
{
    Looks *looks = opaque;
    const int nb = atomic_fetch_add(&looks->nb, 1) + 1;

    return looks->most && nb > looks->most;
}

static TTMGraph *attention_graph(enum TTMDType type)
{
    const int tokens = 12288, channels = 32;
    TTMGraph *g = ttm_graph_create(&log_to, "attention", type);
    TTMAttention p = { .heads = 1, .outer = 1, .inner = 1, .tokens = tokens,
                       .key_tokens = tokens, .scale = 0.2f, .regions = TTM_NO_NODE,
                       .query_sets = TTM_NO_NODE, .key_outer = 1, .key_sets = TTM_NO_NODE };
    TTMNodeId q = ttm_graph_input(g, "q", TTM_SHAPE(tokens, channels), type);

    ttm_graph_output(g, ttm_graph_attention(g, q, q, q, &p));
    return g;
}

static TTMGraph *conv_graph(enum TTMDType type, const Conv *c)
{
    static float weight[64 * 64 * 9];
    const int pad = c->kernel / 2;
    const TTMConv2d p = { c->stride, pad, pad, pad, pad, c->upsample, TTM_ACT_NONE };
    TTMGraph *g = ttm_graph_create(&log_to, "convolution", type);
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(c->frames, c->height, c->width,
                                                    c->in), type);
    TTMNodeId w = ttm_graph_weight(g, "w", TTM_SHAPE(c->out, c->in, c->kernel,
                                                     c->kernel), weight, TTM_DTYPE_F32);

    ttm_graph_output(g, ttm_graph_conv2d(g, x, w, TTM_NO_NODE, TTM_NO_NODE,
                                         TTM_NO_NODE, &p));
    return g;
}

static TTMGraph *linear_graph(enum TTMDType type)
{
    static float weight[1024 * 256];
    TTMGraph *g = ttm_graph_create(&log_to, "linear", type);
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(40000, 256), type);
    TTMNodeId w = ttm_graph_weight(g, "w", TTM_SHAPE(1024, 256), weight,
                                   TTM_DTYPE_F32);

    ttm_graph_output(g, ttm_graph_linear(g, x, w, TTM_NO_NODE, TTM_NO_NODE,
                                         TTM_ACT_GEGLU));
    return g;
}

static double operations(const TTMGraph *g)
{
    double sum = 0;

    for (int i = 0; i < g->nb_nodes; i++)
        sum += ttm_node_operations(g, i);
    return sum;
}

/** At most @p apart operations between two looks, and it stops soon after the answer. */
static void check_looks(TTMGraph *graph, enum TTMDType type, double apart)
{
    TTMBackend *b = open_device(type, 1);
    const double work = operations(graph);
    Looks looks = { 0 };
    TTMCancel cancel = { .interrupt = look, .opaque = &looks };
    TTMNetwork *n;
    int all;

    assert_true(work > 4.5e9);
    assert_int_equal(ttm_network_create(&n, b, graph), 0);
    b->cancel = &cancel;
    assert_int_equal(ttm_network_run(n), 0);
    all = atomic_load(&looks.nb);
    /* the program does so before and behind an operation, whatever that is */
    assert_true(all >= 2 + work / apart);
    atomic_store(&looks.nb, 0);
    looks.most = all / 2;
    assert_int_equal(ttm_network_run(n), TTM_ERR_CANCELLED);
    b->cancel = NULL;
    ttm_network_free(&n);
    ttm_backend_close(&b);
}

static void test_looks(void **state)
{
    static const enum TTMDType types[] = { TTM_DTYPE_F32, TTM_DTYPE_BF16 };

    (void)state;
    for (int i = 0; i < 2 && is_run(types[i]); i++) {
        check_looks(attention_graph(types[i]), types[i], 4.1e9);
        check_looks(linear_graph(types[i]), types[i], 2 * 4.1e9);   /* GEGLU: two calls */
        for (int k = 0; k < NB_CONVS; k++)
            check_looks(conv_graph(types[i], &convs[k]), types[i], 4.1e9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convolutions),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_looks),
    };

    if (!is_run(TTM_DTYPE_BF16))
        print_message("without bf16, which this processor has not\n");
    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}

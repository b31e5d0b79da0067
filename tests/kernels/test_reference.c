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
 * The plain C kernels against values that were worked out by hand, so that they
 * and the fast ones cannot be wrong together. All devices of the CPU run them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/network.h"

#define MAX_VALUES 64

/** A graph of one op with its inputs' values. */
typedef struct Small {
    TTMGraph *graph;
    const char *name[8];
    const void *data[8];
    enum TTMDType dtype[8];
    int nb;
} Small;

static void print(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level == TTM_LOG_ERROR)
        fprintf(stderr, "%s\n", message);
}

static const TTMLog log_to = { print, NULL };

static TTMNodeId input_of(Small *s, const char *name, TTMShape shape,
                          enum TTMDType dtype, const void *data)
{
    s->name[s->nb]    = name;
    s->data[s->nb]    = data;
    s->dtype[s->nb++] = dtype;
    return ttm_graph_input(s->graph, name, shape, dtype);
}

static TTMNodeId input(Small *s, const char *name, TTMShape shape,
                       const float *data)
{
    return input_of(s, name, shape, TTM_DTYPE_F32, data);
}

static TTMNodeId weight(Small *s, TTMShape shape, const float *data)
{
    return ttm_graph_weight(s->graph, "w", shape, data, TTM_DTYPE_F32);
}

/** Build and run on every CPU device; compare with @p wanted. */
static void check(TTMNodeId (*build)(Small *s), const float *wanted, int count)
{
    static const char *const devices[] = { "cpu:reference", "cpu:plain", "cpu" };

    for (int d = 0; d < 3; d++) {
        TTMBackendRequest request = { devices[d], TTM_DTYPE_F32, 1 };
        Small s = { ttm_graph_create(&log_to, "small", TTM_DTYPE_F32) };
        TTMBackend *backend;
        TTMNetwork *network;
        float out[MAX_VALUES];

        assert_int_equal(ttm_backend_open(&backend, &log_to, &request), 0);
        ttm_graph_output(s.graph, build(&s));
        assert_int_equal(ttm_network_create(&network, backend, s.graph), 0);
        for (int i = 0; i < s.nb; i++)
            assert_int_equal(ttm_network_write(network, s.name[i], s.data[i],
                                               s.dtype[i]), 0);
        assert_int_equal(ttm_network_run(network), 0);
        assert_int_equal(ttm_shape_count(&ttm_network_output(network, 0)->shape),
                         count);
        assert_int_equal(ttm_network_read(network, 0, out, TTM_DTYPE_F32), 0);
        for (int i = 0; i < count; i++)
            if (!(fabsf(out[i] - wanted[i]) <= 2e-5f * (1 + fabsf(wanted[i]))))
                fail_msg("%s: element %d is %g, not %g", devices[d], i, out[i],
                         wanted[i]);
        ttm_network_free(&network);
        ttm_backend_close(&backend);
    }
}

static TTMNodeId build_linear(Small *s)
{
    static const float x[] = { 1, 2, 3, -1 }, w[] = { 1, 10, 2, 20, 3, 30 };
    static const float b[] = { 0.5f, 0, -100 }, r[] = { 1, 1, 1, 2, 2, 2 };

    return ttm_graph_linear(s->graph, input(s, "x", TTM_SHAPE(2, 2), x),
                            weight(s, TTM_SHAPE(3, 2), w),
                            weight(s, TTM_SHAPE(3), b),
                            input(s, "r", TTM_SHAPE(2, 3), r), TTM_ACT_RELU);
}

static TTMNodeId build_geglu(Small *s)
{
    static const float x[] = { 2 }, w[] = { 1, 3, 0.5f, -0.5f };

    return ttm_graph_linear(s->graph, input(s, "x", TTM_SHAPE(1, 1), x),
                            weight(s, TTM_SHAPE(4, 1), w), -1, -1, TTM_ACT_GEGLU);
}

static void test_linear(void **state)
{
    /* rows: 1 + 2*10 + 0.5, 2 + 2*20, 3 + 60 - 100 -> 0; -7 ... -> 0 */
    static const float y[] = { 22.5f, 43, 1, 2, 2, 2 };
    /* 2 * gelu(1), 6 * gelu(-1): gelu(1) = 0.8413447 */
    static const float g[] = { 1.6826895f, -0.9519315f };

    (void)state;
    check(build_linear, y, 6);
    check(build_geglu, g, 2);
}

static const float nine[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

/** 3x3 image and kernel 1 .. 9: cross-correlation, as torch. */
static TTMNodeId build_conv(Small *s)
{
    static const float shift[] = { 1000 };
    const TTMConv2d c = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };

    return ttm_graph_conv2d(s->graph, input(s, "x", TTM_SHAPE(1, 3, 3, 1), nine),
                            weight(s, TTM_SHAPE(1, 1, 3, 3), nine), -1,
                            input(s, "s", TTM_SHAPE(1), shift), -1, &c);
}

/** Stride 2 with padding below and to the right only. */
static TTMNodeId build_strided(Small *s)
{
    const TTMConv2d c = { 2, 0, 0, 2, 2, 1, TTM_ACT_NONE };

    return ttm_graph_conv2d(s->graph, input(s, "x", TTM_SHAPE(1, 3, 3, 1), nine),
                            weight(s, TTM_SHAPE(1, 1, 3, 3), nine), -1, -1, -1,
                            &c);
}

/** One pixel of two channels becomes 2x2 pixels, then a 3x3 sum of channel 1. */
static TTMNodeId build_upsampled(Small *s)
{
    static const float x[] = { 1, 2 };
    static float w[18];
    const TTMConv2d c = { 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };

    for (int i = 0; i < 9; i++)
        w[9 + i] = nine[i];
    return ttm_graph_conv2d(s->graph, input(s, "x", TTM_SHAPE(1, 1, 1, 2), x),
                            weight(s, TTM_SHAPE(1, 2, 3, 3), w), -1, -1, -1, &c);
}

static void test_conv2d(void **state)
{
    static const float y[] = { 1094, 1154, 1106, 1186, 1285, 1186, 1106, 1154,
                               1094 };
    /* the windows at rows 0 and 2 (two rows of zeros below), columns likewise */
    static const float strided[] = { 285, 3 * 1 + 6 * 4 + 9 * 7,
                                     7 * 1 + 8 * 2 + 9 * 3, 9 };
    /* each output sees the four taps that fall inside, times 2 */
    static const float upsampled[] = { 2 * (5 + 6 + 8 + 9), 2 * (4 + 5 + 7 + 8),
                                       2 * (2 + 3 + 5 + 6), 2 * (1 + 2 + 4 + 5) };

    (void)state;
    check(build_conv, y, 9);
    check(build_strided, strided, 4);
    check(build_upsampled, upsampled, 4);
}

/** Two frames pooled, two groups of one channel. */
static TTMNodeId build_group_norm(Small *s)
{
    static const float x[] = { 1, 10, 3, 10 }, w[] = { 1, 5 }, b[] = { 0, 7 };
    const TTMGroupNorm n = { 2, 2, 0.25f, TTM_ACT_NONE };

    return ttm_graph_group_norm(s->graph, input(s, "x", TTM_SHAPE(2, 1, 2), x),
                                weight(s, TTM_SHAPE(2), w),
                                weight(s, TTM_SHAPE(2), b), &n);
}

/** Epsilon 3 makes the first row's divisor 2, the second row is constant. */
static TTMNodeId build_layer_norm(Small *s)
{
    static const float x[] = { 0, 2, 5, 5 };

    return ttm_graph_layer_norm(s->graph, input(s, "x", TTM_SHAPE(2, 2), x), -1,
                                -1, 3);
}

/** Mean squares 2 and 16, and epsilons that make them 4 and 18. */
static TTMNodeId build_rms_norm(Small *s)
{
    static const float x[] = { 0, 2, 4, 4 }, w[] = { 1, 3 };

    return ttm_graph_rms_norm(s->graph, input(s, "x", TTM_SHAPE(2, 2), x),
                              weight(s, TTM_SHAPE(2), w), 2);
}

static void test_norms(void **state)
{
    /* group 0: mean 2, variance 1: (x - 2) / sqrt(1.25); group 1: constant */
    static const float y[] = { -0.8944272f, 7, 0.8944272f, 7 };
    static const float z[] = { -0.5f, 0.5f, 0, 0 };
    static const float rms[] = { 0, 3, 0.9428090f, 2.8284271f };

    (void)state;
    check(build_group_norm, y, 4);
    check(build_layer_norm, z, 4);
    check(build_rms_norm, rms, 4);
}

#define LN3 1.0986123f

/** Scores 0 and ln 3: weights 1/4 and 3/4. */
static TTMNodeId build_attention(Small *s)
{
    static const float q[] = { 1, 0 }, k[] = { 0, 5, LN3, 7 };
    static const float v[] = { 4, 8, 8, 0 };
    const TTMAttention a = { 1, 1, 1, 1, 1, 1, 2, 0, -1, -1, -1 };

    return ttm_graph_attention(s->graph, input(s, "q", TTM_SHAPE(1, 2), q),
                               input(s, "k", TTM_SHAPE(2, 2), k),
                               input(s, "v", TTM_SHAPE(2, 2), v), &a);
}

static const float zeros[8], four[] = { 1, 2, 4, 8 };

/** Equal scores, so that the result is the mean of what may be seen. */
static TTMNodeId build_mean(Small *s, TTMAttention a)
{
    TTMNodeId q = input(s, "q", TTM_SHAPE(4, 1), zeros);

    return ttm_graph_attention(s->graph, q, input(s, "k", TTM_SHAPE(4, 1), zeros),
                               input(s, "v", TTM_SHAPE(4, 1), four), &a);
}

static TTMNodeId build_causal(Small *s)
{
    return build_mean(s, (TTMAttention){ 1, 1, 1, 4, 1, 1, 4, 1, -1, -1, -1 });
}

/** Tokens are the outer pairs of [2 tokens, 2 inner]. */
static TTMNodeId build_temporal(Small *s)
{
    return build_mean(s, (TTMAttention){ 1, 1, 1, 2, 2, 1, 2, 0, -1, -1, -1 });
}

static TTMNodeId build_regions(Small *s)
{
    static const uint8_t regions[] = { 3, 0, 3, 7 };
    TTMAttention a = { 1, 1, 1, 4, 1, 1, 4, 0, -1, -1, -1 };

    a.regions = input_of(s, "regions", TTM_SHAPE(4), TTM_DTYPE_U8, regions);
    return build_mean(s, a);
}

static TTMNodeId build_sets(Small *s)
{
    static const uint32_t queries[] = { 1, 6, 0, 0x80000000u };
    static const uint32_t keys[]    = { 1, 2, 0x80000004u, 8 };
    TTMAttention a = { 1, 1, 1, 4, 1, 1, 4, 0, -1, -1, -1 };

    a.query_sets = input_of(s, "qs", TTM_SHAPE(4), TTM_DTYPE_U32, queries);
    a.key_sets   = input_of(s, "ks", TTM_SHAPE(4), TTM_DTYPE_U32, keys);
    return build_mean(s, a);
}

static void test_attention(void **state)
{
    static const float y[]        = { 7, 2 };
    static const float causal[]   = { 1, 1.5f, 7 / 3.0f, 3.75f };
    static const float temporal[] = { 2.5f, 5, 2.5f, 5 };
    static const float regions[]  = { 2.5f, 2, 2.5f, 8 };
    /* a query that may see nothing gives zero */
    static const float sets[]     = { 1, 3, 0, 4 };

    (void)state;
    check(build_attention, y, 2);
    check(build_causal, causal, 4);
    check(build_temporal, temporal, 4);
    check(build_regions, regions, 4);
    check(build_sets, sets, 4);
}

static enum TTMActivation activation;

static TTMNodeId build_activate(Small *s)
{
    static const float x[] = { -1, 0, 2 };

    return ttm_graph_activate(s->graph, input(s, "x", TTM_SHAPE(3), x),
                              activation);
}

static void test_activations(void **state)
{
    static const float wanted[TTM_ACT_GEGLU][3] = {
        [TTM_ACT_NONE]       = { -1, 0, 2 },
        [TTM_ACT_SILU]       = { -0.2689414f, 0, 1.7615942f },
        [TTM_ACT_GELU]       = { -0.1586553f, 0, 1.9544997f },
        [TTM_ACT_GELU_TANH]  = { -0.1588080f, 0, 1.9545977f },
        [TTM_ACT_QUICK_GELU] = { -0.1542066f, 0, 1.9356629f },
        [TTM_ACT_RELU]       = { 0, 0, 2 },
        [TTM_ACT_TANH]       = { -0.7615942f, 0, 0.9640276f },
    };

    (void)state;
    for (int i = 0; i < TTM_ACT_GEGLU; i++) {
        activation = i;
        check(build_activate, wanted[i], 3);
    }
}

/** To -1 .. 1; what is not a number stays that, as it must be noticed. */
static TTMNodeId build_clamp(Small *s)
{
    static const float x[] = { -1.5f, -1, -0.25f, 1.25f };

    return ttm_graph_activate(s->graph, input(s, "x", TTM_SHAPE(4), x), TTM_ACT_CLAMP);
}

static void test_clamp(void **state)
{
    static const float wanted[] = { -1, -1, -0.25f, 1 };

    (void)state;
    check(build_clamp, wanted, 4);
}

static TTMNodeId build_timestep(Small *s)
{
    static const float time[] = { 2 };
    const TTMTimestep t = { 4, 1, 0, 100 };

    return ttm_graph_timestep(s->graph, input(s, "t", TTM_SHAPE(1), time), &t);
}

static TTMNodeId build_timestep_shift(Small *s)
{
    static const float time[] = { 2 };
    const TTMTimestep t = { 4, 0, 1, 100 };

    return ttm_graph_timestep(s->graph, input(s, "t", TTM_SHAPE(1), time), &t);
}

/** A coefficient of 0 silences even a value that is not a number. */
static TTMNodeId build_combine(Small *s)
{
    static const float c[] = { 2, 0, -1 }, a[] = { 1, 2 }, b[] = { 10, 20 };
    static float bad[2];
    TTMNodeId values[3], coefficients;

    bad[0] = bad[1] = NAN;
    coefficients = input(s, "c", TTM_SHAPE(3), c);
    values[0]    = input(s, "a", TTM_SHAPE(2), a);
    values[1]    = input(s, "bad", TTM_SHAPE(2), bad);
    values[2]    = input(s, "b", TTM_SHAPE(2), b);
    return ttm_graph_combine(s->graph, coefficients, values, 3, TTM_NO_NODE);
}

static TTMNodeId build_add(Small *s)
{
    static const float b[] = { 10, 20 };

    /* [2, 1] over [2, 2] */
    return ttm_graph_add(s->graph, input(s, "a", TTM_SHAPE(2, 2), four),
                         input(s, "b", TTM_SHAPE(2, 1), b));
}

static TTMNodeId build_moves(Small *s)
{
    static const float one[] = { 5, 6 };
    TTMNodeId a = input(s, "a", TTM_SHAPE(2, 2), four), parts[2];

    parts[0] = ttm_graph_slice(s->graph, a, 1, 1, 1);
    parts[1] = ttm_graph_repeat(s->graph, input(s, "b", TTM_SHAPE(1, 2), one), 2);
    return ttm_graph_concat(s->graph, parts, 2, 1);
}

/** Two pictures of 2 x 3 in windows of 2: the right ones reach over the edge. */
static TTMNodeId build_split(Small *s)
{
    static const float x[] = { 1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6 };

    return ttm_graph_window_split(s->graph, input(s, "x", TTM_SHAPE(2, 2, 3, 1), x), 2);
}

static TTMNodeId build_join(Small *s)
{
    return ttm_graph_window_join(s->graph, build_split(s), 2, 3);
}

/** Largest of 2 x 2; the third column has no whole window. */
static TTMNodeId build_largest(Small *s)
{
    static const float x[] = { 1, -2, 3, -4, 9, 9, 5, -6, 2, -1, 9, 9,
                               0, 0, 1, -7, 9, 9, 2, -3, 3, -8, 9, 9 };

    return ttm_graph_window_max(s->graph, input(s, "x", TTM_SHAPE(2, 2, 3, 2), x), 2);
}

static TTMNodeId build_fourier(Small *s)
{
    static const float points[] = { 0.5f, 0.25f, 0, -1 };
    static const float matrix[] = { 1, 0.5f, -1, 1 };
    float *copy = malloc(sizeof(matrix));

    memcpy(copy, matrix, sizeof(matrix));
    return ttm_graph_fourier(s->graph, input(s, "x", TTM_SHAPE(2, 2), points),
                             ttm_graph_table(s->graph, "m", TTM_SHAPE(2, 2), copy));
}

static TTMNodeId build_product(Small *s)
{
    static const float x[] = { 1, 2, 3, -1, 0, 5 }, w[] = { 1, 10, -2, 1 };

    return ttm_graph_product(s->graph, input(s, "x", TTM_SHAPE(3, 2), x),
                             input(s, "w", TTM_SHAPE(2, 2), w));
}

static void test_products(void **state)
{
    /* turns 0.25, 0.5; 1, -1 */
    static const float waves[] = { 1, 0, 0, -1, 0, 0, 1, 1 };
    static const float products[] = { 21, 0, -7, -7, 50, 5 };

    (void)state;
    check(build_fourier, waves, 8);
    check(build_product, products, 6);
}

static void test_windows(void **state)
{
    static const float in_windows[] = { 1, 2, 4, 5, 3, 0, 6, 0,
                                        -1, -2, -4, -5, -3, 0, -6, 0 };
    static const float back[] = { 1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6 };
    static const float most[] = { 5, -1, 3, 0 };

    (void)state;
    check(build_split, in_windows, 16);
    check(build_join, back, 12);
    check(build_largest, most, 4);
}

static void test_elements(void **state)
{
    /* angles 2 and 0.2; cosines first */
    static const float t[] = { -0.4161468f, 0.9800666f, 0.9092974f, 0.1986693f };
    /* divisor 2 - 1: angles 2 and 2 / 100 */
    static const float shifted[] = { 0.9092974f, 0.0199987f, -0.4161468f,
                                     0.9998000f };
    static const float c[] = { -8, -16 }, sum[] = { 11, 12, 24, 28 };
    static const float moved[] = { 2, 5, 6, 8, 5, 6 };

    (void)state;
    check(build_timestep, t, 4);
    check(build_timestep_shift, shifted, 4);
    check(build_combine, c, 2);
    check(build_add, sum, 4);
    check(build_moves, moved, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_conv2d),
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_clamp),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_products),
    };

    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}

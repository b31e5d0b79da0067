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

/** @file What a network remembers from run to run: several videos in turn. */

#include "unit.h"

#include <stdlib.h>

#include "run/stream.h"

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

/** out = x + state.sum; state.sum = out, state.last = x; the first graph has no inputs of them. */
static TTMNetwork *make(TTMBackend *backend, int next)
{
    TTMGraph *g = ttm_graph_create(&log_to, next ? "next" : "first", backend->precision);
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(1, 2), backend->precision);
    TTMNodeId out = ttm_graph_scale(g, x, 1, 0);
    TTMNetwork *network;

    if (next) {
        TTMNodeId sum  = ttm_graph_input(g, "state.sum", TTM_SHAPE(1, 2), backend->precision);
        TTMNodeId late = ttm_graph_input(g, "state.late", TTM_SHAPE(1, 2), backend->precision);

        assert_int_equal(ttm_stream_bytes(g), 4 * ttm_dtype_size(backend->precision));
        out = ttm_graph_add(g, ttm_graph_add(g, out, sum), late);
        ttm_graph_output_named(g, out, "out");
        ttm_graph_output_named(g, ttm_graph_scale(g, x, 0, 10), "state.late");
    } else {
        ttm_graph_output_named(g, out, "out");
        assert_int_equal(ttm_stream_bytes(g), 0);
    }
    ttm_graph_output_named(g, ttm_graph_scale(g, out, 1, 0), "state.sum");
    assert_int_equal(ttm_network_create(&network, backend, g), 0);
    return network;
}

static float run(TTMStream *stream, TTMBackend *backend, TTMNetwork *network, float value)
{
    const float x[2] = { value, -value };
    float y[2];

    assert_int_equal(ttm_network_write(network, "x", x, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_stream_run(stream, backend, network, "a test"), 0);
    assert_int_equal(ttm_network_read(network, 0, y, TTM_DTYPE_F32), 0);
    return y[0];
}

/** Two videos through the same networks, which are made again between two frames. */
static void check(const char *device)
{
    const TTMBackendRequest request = { device, TTM_DTYPE_F32, 1 };
    TTMStream a = { 0 }, b = { 0 };
    TTMNetwork *first, *next;
    TTMBackend *backend;

    assert_int_equal(ttm_backend_open(&backend, &log_to, &request), 0);
    first = make(backend, 0);
    next  = make(backend, 1);
    assert_true(run(&a, backend, first, 1) == 1);
    assert_true(run(&b, backend, first, 100) == 100);
    /* what the first graph does not leave is zero */
    assert_true(run(&a, backend, next, 2) == 3);
    assert_true(run(&b, backend, next, 200) == 300);
    ttm_network_free(&first);
    ttm_network_free(&next);
    next = make(backend, 1);
    assert_true(run(&b, backend, next, 5) == 315);
    assert_true(run(&a, backend, next, 4) == 17);
    ttm_stream_free(&a, backend);
    ttm_stream_free(&a, backend);
    /* a stream that is begun again remembers nothing */
    assert_true(run(&a, backend, next, 4) == 4);
    ttm_stream_free(&a, backend);
    ttm_stream_free(&b, backend);
    ttm_network_free(&next);
    assert_int_equal(backend->bytes_allocated, 0);
    ttm_backend_close(&backend);
}

static void test_streams(void **state)
{
    (void)state;
    check("cpu:reference");
    check("cpu");
}

/** Values that are not finite end it, and are not kept. */
static void test_not_finite(void **state)
{
    const TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1 };
    const float nan[2] = { 0, 0.0f / 0.0f };
    TTMStream stream = { 0 };
    TTMNetwork *network;
    TTMBackend *backend;

    (void)state;
    assert_int_equal(ttm_backend_open(&backend, &log_to, &request), 0);
    network = make(backend, 0);
    assert_int_equal(ttm_network_write(network, "x", nan, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_stream_run(&stream, backend, network, "frame 7"), TTM_ERR_FORMAT);
    assert_contains(messages.error, "frame 7: 1 of 2 values of first are not finite");
    assert_int_equal(stream.nb, 0);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_not_finite),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}

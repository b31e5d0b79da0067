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


/** @file A Vulkan device for tests. */

#include "vulkan_device.h"

#include <stdlib.h>

TestLog test_device_messages;
const TTMLog test_device_log = { test_log_callback, &test_device_messages };

int test_device_open(TTMBackend **backend, const char *device,
                       enum TTMDType precision)
{
    const TTMBackendRequest request = { device, precision, 0 };

    memset(&test_device_messages, 0, sizeof(test_device_messages));
    return ttm_backend_open(backend, &test_device_log, &request);
}

TTMBackend *test_device_first(void)
{
    TTMBackend *backend;

    if (test_device_open(&backend, "vulkan:0", TTM_DTYPE_F32) < 0)
        skip();
    return backend;
}

TTMGraph *test_double_graph(int frames, float *weight)
{
    const TTMConv2d conv = { 1, 0, 0, 0, 0, 1, TTM_ACT_NONE };
    TTMGraph *graph = ttm_graph_create(&test_device_log, "double", TTM_DTYPE_F32);
    TTMNodeId x = ttm_graph_input(graph, "x", TTM_SHAPE(frames, 32, 32, 4),
                                  TTM_DTYPE_F32);
    TTMNodeId w;

    for (int i = 0; i < 16; i++)
        weight[i] = i % 5 ? 0 : 2;
    w = ttm_graph_weight(graph, "weight", TTM_SHAPE(4, 4, 1, 1), weight,
                         TTM_DTYPE_F32);
    x = ttm_graph_conv2d(graph, x, w, TTM_NO_NODE, TTM_NO_NODE, TTM_NO_NODE, &conv);
    x = ttm_graph_scale(graph, x, 1, 0.5f);
    ttm_graph_output(graph, x);
    return graph;
}

void test_double_check(TTMNetwork *network, int count)
{
    float *data = calloc(count, sizeof(*data));

    for (int i = 0; i < count; i++)
        data[i] = i;
    assert_int_equal(ttm_network_write(network, "x", data, TTM_DTYPE_F32), 0);
    memset(data, 0, count * sizeof(*data));
    assert_int_equal(ttm_network_run(network), 0);
    assert_int_equal(ttm_network_read(network, 0, data, TTM_DTYPE_F32), 0);
    for (int i = 0; i < count; i++)
        assert_true(data[i] == 2 * i + 0.5f);
    free(data);
}

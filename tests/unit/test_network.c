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

/** @file Devices, tensors and networks: names, bindings, memory, cancelling. */

#include "unit.h"

#include <stdlib.h>

#include "run/network.h"

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

static TTMBackend *open_device(const char *device, enum TTMDType precision)
{
    TTMBackendRequest request = { device, precision, 2 };
    TTMBackend *backend;

    memset(&messages, 0, sizeof(messages));
    assert_int_equal(ttm_backend_open(&backend, &log_to, &request), 0);
    return backend;
}

/** y = (x + w) * 2, reshaped, and 3 x. */
static TTMGraph *make_graph(enum TTMDType dtype)
{
    static const float w[4] = { 1, 2, 3, 4 };
    TTMGraph *g = ttm_graph_create(&log_to, "net", dtype);
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(3, 4), dtype);
    TTMNodeId y = ttm_graph_add(g, x, ttm_graph_weight(g, "w", TTM_SHAPE(4), w,
                                                      TTM_DTYPE_F32));

    y = ttm_graph_scale(g, y, 2, 0);
    ttm_graph_output(g, ttm_graph_reshape(g, y, TTM_SHAPE(2, 6)));
    ttm_graph_output(g, ttm_graph_scale(g, x, 3, 0));
    return g;
}

static const float x_values[12] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

static void test_devices(void **state)
{
    static const struct {
        const char *device;
        int code;
        const char *text;
    } rows[] = {
        { "vulkan:7654321", TTM_ERR_DEVICE, "vulkan" },
        { "gpu",            TTM_ERR_ARGUMENT, "'gpu'" },
        { "cpu:fast",       TTM_ERR_ARGUMENT, "cpu:reference" },
        { "cpux",           TTM_ERR_ARGUMENT, "'cpux'" },
    };
    TTMBackendRequest request = { "cpu", TTM_DTYPE_U8, 0 };
    TTMBackend *backend;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TTMBackendRequest asked = { rows[i].device, TTM_DTYPE_NB, 0 };

        messages.error[0] = 0;
        assert_int_equal(ttm_backend_open(&backend, &log_to, &asked),
                         rows[i].code);
        assert_null(backend);
        assert_contains(messages.error, rows[i].text);
    }
    assert_int_equal(ttm_backend_open(&backend, &log_to, &request),
                     TTM_ERR_ARGUMENT);
    request = (TTMBackendRequest){ "cpu", TTM_DTYPE_F32, -1 };
    assert_int_equal(ttm_backend_open(&backend, &log_to, &request),
                     TTM_ERR_ARGUMENT);
    assert_contains(messages.error, "threads");

    backend = open_device("cpu:reference", TTM_DTYPE_NB);
    assert_int_equal(backend->precision, TTM_DTYPE_F32);
    ttm_backend_describe(backend, text, sizeof(text));
    assert_contains(text, "reference");
    assert_contains(text, "2 threads");
    ttm_backend_close(&backend);
    assert_null(backend);
}

static void check_network(const char *device, enum TTMDType dtype)
{
    TTMBackend *backend = open_device(device, dtype);
    TTMNetwork *network;
    float y[12];

    assert_int_equal(ttm_network_create(&network, backend, make_graph(dtype)), 0);
    assert_int_equal(ttm_network_write(network, "x", x_values, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_run(network), 0);
    assert_int_equal(ttm_network_read(network, 0, y, TTM_DTYPE_F32), 0);
    for (int i = 0; i < 12; i++)
        assert_true(y[i] == 2 * (i + 1 + i % 4));
    assert_int_equal(ttm_network_output(network, 0)->shape.dim[1], 6);
    assert_int_equal(ttm_network_read(network, 1, y, TTM_DTYPE_F32), 0);
    for (int i = 0; i < 12; i++)
        assert_true(y[i] == 3 * i);
    ttm_network_free(&network);
    assert_null(network);
    assert_int_equal(backend->bytes_allocated, 0);
    assert_true(backend->bytes_peak > 0);
    ttm_backend_close(&backend);
}

static void test_networks(void **state)
{
    static const enum TTMDType types[] = { TTM_DTYPE_F32, TTM_DTYPE_F16,
                                           TTM_DTYPE_BF16 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        check_network("cpu:reference", types[i]);
        check_network("cpu:plain", types[i]);
        check_network("cpu", types[i]);
    }
}

static void test_bindings(void **state)
{
    TTMBackend *backend = open_device("cpu:plain", TTM_DTYPE_F32);
    TTMNetwork *first, *second;
    TTMGraph *g = ttm_graph_create(&log_to, "next", TTM_DTYPE_F32);
    TTMTensor wrong = { 0 };
    float y[12];
    size_t before;

    (void)state;
    ttm_graph_output(g, ttm_graph_scale(
        g, ttm_graph_input(g, "in", TTM_SHAPE(2, 6), TTM_DTYPE_F32), 1, 100));
    assert_int_equal(ttm_network_create(&first, backend,
                                        make_graph(TTM_DTYPE_F32)), 0);
    assert_int_equal(ttm_network_create(&second, backend, g), 0);
    before = backend->bytes_allocated;
    assert_int_equal(ttm_network_bind_input(second, "in",
                                            ttm_network_output(first, 0)), 0);
    assert_int_equal(backend->bytes_allocated, before - 48);
    ttm_network_write(first, "x", x_values, TTM_DTYPE_F32);
    assert_int_equal(ttm_network_run(first), 0);
    assert_int_equal(ttm_network_run(second), 0);
    ttm_network_read(second, 0, y, TTM_DTYPE_F32);
    assert_true(y[11] == 2 * (11 + 4) + 100);

    /* back to a tensor of its own */
    assert_int_equal(ttm_network_bind_input(second, "in", NULL), 0);
    assert_ptr_not_equal(ttm_network_input(second, "in")->buffer,
                         ttm_network_output(first, 0)->buffer);
    assert_int_equal(ttm_network_run(second), 0);
    ttm_network_read(second, 0, y, TTM_DTYPE_F32);
    assert_true(y[11] == 100);

    assert_int_equal(ttm_network_bind_input(second, "in",
                                            ttm_network_output(first, 1)),
                     TTM_ERR_ARGUMENT);
    assert_contains(messages.error, "[2, 6]");
    assert_int_equal(ttm_network_bind_output(second, 0, &wrong),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_network_bind_output(second, 1, &wrong),
                     TTM_ERR_ARGUMENT);
    assert_null(ttm_network_input(second, "x"));
    assert_contains(messages.error, "'x'");
    ttm_network_free(&second);
    ttm_network_free(&first);
    assert_int_equal(backend->bytes_allocated, 0);
    ttm_backend_close(&backend);
}

static void test_failures(void **state)
{
    TTMBackend *backend = open_device("cpu:reference", TTM_DTYPE_F32);
    TTMGraph *g = ttm_graph_create(&log_to, "bad", TTM_DTYPE_F32);
    TTMCancel cancel = { 0 };
    TTMNetwork *network;
    int32_t ids[2] = { 1, 5 };
    TTMNodeId x;

    (void)state;
    x = ttm_graph_input(g, "x", TTM_SHAPE(4), TTM_DTYPE_F32);
    ttm_graph_reshape(g, x, TTM_SHAPE(5));
    assert_int_equal(ttm_network_create(&network, backend, g), TTM_ERR_ARGUMENT);
    assert_null(network);

    /* an index outside the table */
    g = ttm_graph_create(&log_to, "text", TTM_DTYPE_F32);
    x = ttm_graph_input(g, "ids", TTM_SHAPE(2), TTM_DTYPE_I32);
    ttm_graph_output(g, ttm_graph_embedding(
        g, ttm_graph_constant(g, "table", TTM_SHAPE(5, 3), calloc(15, 4)), x));
    assert_int_equal(ttm_network_create(&network, backend, g), 0);
    assert_int_equal(ttm_network_write(network, "ids", ids, TTM_DTYPE_F32),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_network_write(network, "ids", ids, TTM_DTYPE_I32), 0);
    assert_int_equal(ttm_network_run(network), TTM_ERR_ARGUMENT);
    assert_contains(messages.error, "index 5");
    ids[1] = 4;
    ttm_network_write(network, "ids", ids, TTM_DTYPE_I32);
    assert_int_equal(ttm_network_run(network), 0);

    backend->cancel = &cancel;
    assert_int_equal(ttm_network_run(network), 0);
    atomic_store(&cancel.asked, 1);
    assert_int_equal(ttm_network_run(network), TTM_ERR_CANCELLED);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_tensors(void **state)
{
    TTMBackend *backend = open_device("cpu", TTM_DTYPE_F32);
    TTMTensor tensor, part, copy;
    float values[6] = { 1, 2, 3, 4, 5, 1e30f }, back[6];

    (void)state;
    assert_int_equal(ttm_tensor_create(backend, &tensor, TTM_SHAPE(2, 3),
                                       TTM_DTYPE_F16), 0);
    assert_int_equal(backend->bytes_allocated, 12);
    assert_int_equal(ttm_tensor_read(backend, &tensor, back, TTM_DTYPE_F32), 0);
    assert_true(back[0] == 0 && back[5] == 0);
    assert_int_equal(ttm_tensor_write(backend, &tensor, values, TTM_DTYPE_F32), 0);
    part        = tensor;
    part.offset = 6;
    part.shape  = TTM_SHAPE(2);
    assert_int_equal(ttm_tensor_read(backend, &part, back, TTM_DTYPE_F32), 0);
    assert_true(back[0] == 4 && back[1] == 5);
    part.shape = TTM_SHAPE(4);
    assert_int_equal(ttm_tensor_read(backend, &part, back, TTM_DTYPE_F32),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_tensor_write(backend, &tensor, values, TTM_DTYPE_I32),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_tensor_create(backend, &copy, TTM_SHAPE(4),
                                       TTM_DTYPE_F16), 0);
    assert_int_equal(ttm_tensor_copy(backend, &copy, 1, &tensor, 2, 3), 0);
    assert_int_equal(ttm_tensor_read(backend, &copy, back, TTM_DTYPE_F32), 0);
    assert_true(back[0] == 0 && back[1] == 3 && back[3] == 5);
    assert_int_equal(ttm_tensor_copy(backend, &copy, 2, &tensor, 0, 3),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_tensor_copy(backend, &copy, 0, &tensor, 4, 3),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_tensor_copy(backend, &copy, 0, &copy, 1, 1),
                     TTM_ERR_ARGUMENT);
    copy.dtype = TTM_DTYPE_U8;
    assert_int_equal(ttm_tensor_copy(backend, &copy, 0, &tensor, 0, 1),
                     TTM_ERR_ARGUMENT);
    ttm_tensor_free(backend, &copy);
    ttm_tensor_free(backend, &tensor);
    assert_int_equal(backend->bytes_allocated, 0);
    assert_int_equal(ttm_tensor_create(backend, &tensor, TTM_SHAPE(0, 3),
                                       TTM_DTYPE_F16), TTM_ERR_ARGUMENT);
    assert_null(tensor.buffer);
    ttm_backend_close(&backend);
}

/**
 * y = x + 2 t + w: the part of t is taken out, run once, and used for two x. A
 * reshape and a weight of the graph's own lie on both sides.
 */
static void test_split(void **state)
{
    static const char *const prefixes[] = { "te", NULL };
    static const char *const nothing[] = { "other", NULL };
    const float text[4] = { 10, 20, 30, 40 };
    float *w = calloc(4, sizeof(*w)), y[12];
    TTMBackend *backend = open_device("cpu", TTM_DTYPE_F32);
    TTMGraph *g = ttm_graph_create(&log_to, "net", TTM_DTYPE_F32), *steady;
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(3, 4), TTM_DTYPE_F32);
    TTMNodeId t = ttm_graph_input(g, "text", TTM_SHAPE(2, 2), TTM_DTYPE_F32);
    TTMNodeId own = ttm_graph_constant(g, "own", TTM_SHAPE(4), w), sum;
    TTMNetwork *network, *texts;

    (void)state;
    w[2] = 0.5f;
    ttm_graph_scope(g, "twice");
    t   = ttm_graph_scale(g, ttm_graph_reshape(g, t, TTM_SHAPE(4)), 2, 0);
    sum = ttm_graph_add(g, x, ttm_graph_reshape(g, t, TTM_SHAPE(1, 4)));
    ttm_graph_output(g, ttm_graph_add(g, sum, own));

    assert_int_equal(ttm_graph_split(g, nothing, "none", &steady), 0);
    assert_null(steady);
    assert_int_equal(ttm_graph_split(g, prefixes, "net.texts", &steady), 0);
    assert_non_null(steady);
    assert_int_equal(ttm_network_create(&network, backend, g), 0);
    assert_int_equal(ttm_network_create(&texts, backend, steady), 0);
    assert_int_equal(ttm_network_nb_outputs(texts), 1);
    assert_string_equal(ttm_network_output_name(texts, 0), "twice.scale");
    /* each takes what it needs only */
    assert_null(ttm_network_input(texts, "x"));
    assert_null(ttm_network_input(network, "text"));
    assert_int_equal(ttm_network_write(texts, "text", text, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_run(texts), 0);
    assert_int_equal(ttm_network_bind_input(network, "twice.scale",
                                            ttm_network_output(texts, 0)), 0);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(ttm_network_write(network, "x", x_values, TTM_DTYPE_F32), 0);
        assert_int_equal(ttm_network_run(network), 0);
        assert_int_equal(ttm_network_read(network, 0, y, TTM_DTYPE_F32), 0);
        for (int i = 0; i < 12; i++)
            assert_true(y[i] == i + 2 * text[i % 4] + (i % 4 == 2) * 0.5f);
    }
    ttm_network_free(&network);
    ttm_network_free(&texts);
    ttm_backend_close(&backend);
}

/* Pictures are not copied where the device works in the host's memory. */
static void test_borrowed(void **state)
{
    const TTMBackendRequest request = { .device = "cpu", .precision = TTM_DTYPE_F32,
                                        .threads = 1, .picture_threads = 1 };
    const TTMLog silent = { NULL, NULL };
    uint8_t data[6] = { 1, 2, 3, 4, 5, 6 }, read[6];
    TTMBackend *device;
    TTMTensor borrowed, own;

    (void)state;
    assert_int_equal(ttm_backend_open(&device, &silent, &request), 0);
    assert_int_equal(ttm_tensor_borrow(device, &borrowed, TTM_SHAPE(2, 3), TTM_DTYPE_U8,
                                       data), 0);
    assert_ptr_equal(ttm_tensor_data(device, &borrowed), data);
    assert_int_equal(device->bytes_allocated, 6);
    data[4] = 9;
    assert_int_equal(ttm_tensor_read(device, &borrowed, read, TTM_DTYPE_U8), 0);
    assert_memory_equal(read, data, 6);
    assert_int_equal(ttm_tensor_create(device, &own, TTM_SHAPE(2, 3), TTM_DTYPE_U8), 0);
    assert_int_equal(ttm_tensor_copy(device, &own, 0, &borrowed, 0, 6), 0);
    assert_memory_equal(ttm_tensor_data(device, &own), data, 6);
    assert_int_equal((uintptr_t)ttm_tensor_data(device, &own) % 64, 0);
    ttm_tensor_free(device, &borrowed);
    ttm_tensor_free(device, &own);
    assert_int_equal(device->bytes_allocated, 0);
    assert_int_equal(data[4], 9);
    ttm_backend_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_bindings),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_borrowed),
        cmocka_unit_test(test_split),
    };

    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}

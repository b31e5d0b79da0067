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
 * Mesa's software device ends a shader after 65535 iterations of its loops: what
 * needs fewer is right, what would need more is refused by name.
 */

#include "config.h"
#include "unit.h"

#if HAVE_VULKAN

#include <stdlib.h>

#include "backend/vulkan/vk.h"
#include "graph/build_pictures.h"
#include "util/mem.h"
#include "vulkan_device.h"

/** A software device, or skip. */
static TTMBackend *software_device(void)
{
    TTMBackend *backend = test_device_first();

    if (((TTMVk *)backend->private_data)->type != VK_PHYSICAL_DEVICE_TYPE_CPU) {
        ttm_backend_close(&backend);
        skip();
    }
    return backend;
}

static TTMGraph *new_graph(void)
{
    return ttm_graph_create(&test_device_log, "large", TTM_DTYPE_F32);
}

static TTMNodeId ids(TTMGraph *graph, int height, int width)
{
    return ttm_graph_input(graph, "ids", TTM_SHAPE(1, height, width), TTM_DTYPE_U8);
}

/** Run one input and one output, both as bytes of their own type. */
static void run(TTMBackend *backend, TTMGraph *graph, const char *name,
                const void *input, enum TTMDType type, void *output,
                enum TTMDType output_type)
{
    TTMNetwork *network;

    assert_int_equal(ttm_network_create(&network, backend, graph), 0);
    assert_int_equal(ttm_network_write(network, name, input, type), 0);
    assert_int_equal(ttm_network_run(network), 0);
    assert_int_equal(ttm_network_read(network, 0, output, output_type), 0);
    ttm_network_free(&network);
}

static void refuse(TTMBackend *backend, TTMGraph *graph, const char *kernel)
{
    TTMNetwork *network;

    memset(&test_device_messages, 0, sizeof(test_device_messages));
    assert_int_equal(ttm_network_create(&network, backend, graph),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(test_device_messages.error, kernel);
    assert_contains(test_device_messages.error, "ends it after 65535");
    assert_contains(test_device_messages.error, "device=cpu");
}

/* One workgroup looks at all pixels: 65532 iterations of a thread. */
static void test_boxes(void **state)
{
    enum { WIDTH = 4096, HEIGHT = 4094, MORE = 4097 };
    TTMBackend *backend = software_device();
    uint8_t *pixels = ttm_array_alloc(WIDTH, HEIGHT);
    TTMGraph *graph = new_graph();
    int32_t box[4];

    (void)state;
    assert_non_null(pixels);
    pixels[(size_t)5 * WIDTH + 7] = 1;
    pixels[(size_t)HEIGHT * WIDTH - 1] = 1;
    ttm_graph_output(graph, ttm_graph_boxes(graph, ids(graph, HEIGHT, WIDTH), 1));
    run(backend, graph, "ids", pixels, TTM_DTYPE_U8, box, TTM_DTYPE_I32);
    assert_memory_equal(box, ((int32_t[4]){ 7, 5, WIDTH, HEIGHT }), sizeof(box));
    graph = new_graph();
    ttm_graph_output(graph, ttm_graph_boxes(graph, ids(graph, MORE, WIDTH), 1));
    refuse(backend, graph, "mask_boxes");
    free(pixels);
    ttm_backend_close(&backend);
}

/* A part of a group is a thread's loop: large groups have more parts. */
static void test_norm(void **state)
{
    enum { SIDE = 3500, CHANNELS = 2 };
    const size_t count = (size_t)SIDE * SIDE * CHANNELS;
    const TTMGroupNorm norm = { .groups = 1, .pool = 1, .epsilon = 1e-5f };
    TTMBackend *backend = software_device();
    TTMGraph *graph = new_graph();
    float *values = ttm_array_alloc(count, sizeof(*values));
    float most = 0;

    (void)state;
    assert_non_null(values);
    for (size_t i = 1; i < count; i++)
        values[i] = 1;
    ttm_graph_output(graph, ttm_graph_group_norm(
        graph, ttm_graph_input(graph, "x", TTM_SHAPE(1, SIDE, SIDE, CHANNELS),
                               TTM_DTYPE_F32),
        TTM_NO_NODE, TTM_NO_NODE, &norm));
    run(backend, graph, "x", values, TTM_DTYPE_F32, values, TTM_DTYPE_F32);
    /* all but the first are the mean; a sum that lacks some would be below 1 */
    for (size_t i = 1; i < count; i++)
        most = values[i] > most ? values[i] : most;
    assert_true(most < 1e-3f);
    assert_true(values[0] < -100);
    free(values);
    ttm_backend_close(&backend);
}

/* The longest row that an image may have, scaled to one pixel. */
static void test_resample(void **state)
{
    enum { WIDTH = 16384 };
    const TTMPicture picture = { .kind = TTM_PICTURE_RESAMPLE, .axis = 1 };
    TTMBackend *backend = software_device();
    TTMGraph *graph = new_graph();
    uint8_t *pixels = ttm_array_alloc(WIDTH, 3);
    float filter[1 + WIDTH], mean[3];
    TTMNodeId inputs[2];

    (void)state;
    assert_non_null(pixels);
    filter[0] = 0;
    for (int i = 0; i < WIDTH; i++) {
        filter[1 + i] = 1.0f / WIDTH;
        pixels[3 * i] = i < WIDTH / 2 ? 255 : 0;
        pixels[3 * i + 1] = i < WIDTH / 2 ? 0 : 255;
    }
    inputs[0] = ttm_graph_input(graph, "x", TTM_SHAPE(1, WIDTH, 3), TTM_DTYPE_U8);
    inputs[1] = ttm_graph_weight(graph, "filter", TTM_SHAPE(1, 1 + WIDTH), filter,
                                 TTM_DTYPE_F32);
    ttm_graph_output(graph, ttm_graph_picture(graph, &picture, inputs, 2));
    run(backend, graph, "x", pixels, TTM_DTYPE_U8, mean, TTM_DTYPE_F32);
    assert_float_equal(mean[0], 0.5f, 1e-3f);
    assert_float_equal(mean[1], 0.5f, 1e-3f);
    assert_float_equal(mean[2], 0, 1e-6f);
    free(pixels);
    ttm_backend_close(&backend);
}

/* Nothing is allocated for what is refused. */
static void test_refused(void **state)
{
    TTMBackend *backend = software_device();
    const TTMAttention attention = {
        .heads = 1, .scale = 1, .outer = 1, .tokens = 65536, .inner = 1,
        .key_outer = 1, .key_tokens = 65536, .regions = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMGraph *graph = new_graph();
    TTMNodeId x;

    (void)state;
    ttm_graph_output(graph, ttm_graph_cells(graph, ids(graph, 256, 256), 1, 2, 2));
    refuse(backend, graph, "mask_cells");
    graph = new_graph();
    ttm_graph_output(graph, ttm_graph_mask_sets(graph, ids(graph, 512, 512), 1, 2, 2));
    refuse(backend, graph, "mask_sets");
    graph = new_graph();
    ttm_graph_output(graph, ttm_graph_cells(graph, ids(graph, 800, 800), 32, 800, 800));
    refuse(backend, graph, "mask_lost");
    graph = new_graph();
    x = ttm_graph_input(graph, "x", TTM_SHAPE(1, 65536, 40), TTM_DTYPE_F32);
    ttm_graph_output(graph, ttm_graph_attention(graph, x, x, x, &attention));
    refuse(backend, graph, "attention");
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_norm),
        cmocka_unit_test(test_resample),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("loops of a software device", tests, NULL,
                                       NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP loops of a software device: not in this build\n1..1\n");
    return 0;
}

#endif

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
 * How programs run on a Vulkan device: the size of submissions follows what
 * they take, cancellation, a device that is lost, profiles. Functions of Vulkan
 * are replaced in the device's table.
 */

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <stdlib.h>

#include "backend/vulkan/program.h"

#define FRAMES 8

/** The functions that the fakes below stand for. */
static struct {
    TTMVkFunctions real;
    double ticks;               ///< of a submission, by the fake clock
    int submissions;            ///< so far
    int cancel_at;              ///< submission during which the flag is set
    int lose_at;                ///< submission that loses the device, -1: none
    int refused;                ///< calls of the two below
    TTMCancel cancel;
} fake;

/* Every pair of queries is fake.ticks apart. */
static VkResult VKAPI_CALL fake_results(VkDevice device, VkQueryPool pool,
                                        uint32_t first, uint32_t nb, size_t size,
                                        void *data, VkDeviceSize stride,
                                        VkQueryResultFlags flags)
{
    uint64_t *ticks = data;

    (void)device, (void)pool, (void)first, (void)size, (void)stride, (void)flags;
    for (uint32_t i = 0; i < nb; i++)
        ticks[i] = 1000 * (i / 2) + (i % 2 ? (uint64_t)fake.ticks : 0);
    return VK_SUCCESS;
}

static VkResult VKAPI_CALL fake_submit(VkQueue queue, uint32_t nb,
                                       const VkSubmitInfo *info, VkFence fence)
{
    int index = fake.submissions++;

    if (index == fake.lose_at)
        return VK_ERROR_DEVICE_LOST;
    if (index == fake.cancel_at)
        atomic_store(&fake.cancel.asked, 1);
    return fake.real.QueueSubmit(queue, nb, info, fence);
}

static VkResult VKAPI_CALL refuse_buffer(VkDevice device,
                                         const VkBufferCreateInfo *info,
                                         const VkAllocationCallbacks *allocator,
                                         VkBuffer *buffer)
{
    (void)device, (void)info, (void)allocator, (void)buffer;
    fake.refused++;
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static VkResult VKAPI_CALL refuse_queries(VkDevice device,
                                          const VkQueryPoolCreateInfo *info,
                                          const VkAllocationCallbacks *allocator,
                                          VkQueryPool *pool)
{
    (void)device, (void)info, (void)allocator, (void)pool;
    fake.refused++;
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static TTMBackend *fake_device(double submit_work)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;

    if (vk->tick <= 0) {
        ttm_backend_close(&backend);
        skip();
    }
    memset(&fake, 0, sizeof(fake));
    fake.real = vk->fn;
    fake.cancel_at = fake.lose_at = -1;
    vk->fn.QueueSubmit         = fake_submit;
    vk->fn.GetQueryPoolResults = fake_results;
    vk->submit_work = submit_work;
    backend->cancel = &fake.cancel;
    return backend;
}

/** Submissions of one run. */
static int run(TTMNetwork *network)
{
    int before = fake.submissions;

    test_double_check(network, FRAMES * 4096);
    return fake.submissions - before;
}

/* The network has about 300 thousand operations in two dispatches. */
#define WORK 4e4

static void test_faster(void **state)
{
    TTMBackend *backend = fake_device(WORK);
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];
    int first;

    (void)state;
    fake.ticks = 0.001 / vk->tick;
    assert_int_equal(ttm_network_create(&network, backend,
                                        test_double_graph(FRAMES, weight)), 0);
    first = run(network);
    assert_true(first > 4);
    for (int i = 0; i < 4; i++)
        run(network);
    assert_int_equal(run(network), 1);
    assert_true(vk->submit_work > WORK);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_slower(void **state)
{
    TTMBackend *backend = fake_device(1e9);
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    fake.ticks = 0.4 / vk->tick;
    assert_int_equal(ttm_network_create(&network, backend,
                                        test_double_graph(FRAMES, weight)), 0);
    assert_int_equal(run(network), 1);
    for (int i = 0; i < 8; i++)
        run(network);
    assert_true(run(network) > 3);         /* it has two ops: one is split */
    assert_true(vk->submit_work < 1e9);
    fake.ticks = 0.05 / vk->tick;           /* as wanted: nothing changes */
    run(network);
    vk->submit_work = 1;
    run(network);
    assert_true(vk->submit_work == 1);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

/* Dispatches that cannot be split anew: the program runs as it is. */
static void test_not_rebuilt(void **state)
{
    (void)state;
    for (int queries = 0; queries < 2; queries++) {
        TTMBackend *backend = fake_device(1e9);
        TTMVk *vk = backend->private_data;
        TTMNetwork *network;
        float weight[16];
        size_t bytes;

        fake.ticks = 0.4 / vk->tick;
        assert_int_equal(ttm_network_create(&network, backend,
                                            test_double_graph(FRAMES, weight)), 0);
        bytes = backend->bytes_allocated;
        if (queries)
            vk->fn.CreateQueryPool = refuse_queries;
        else
            vk->fn.CreateBuffer = refuse_buffer;
        for (int i = 0; i < 8; i++)
            run(network);
        assert_int_equal(fake.refused, 1);      /* and not asked for again */
        assert_int_equal(run(network), 2);      /* its two dispatches */
        assert_string_equal(test_device_messages.error, "");
        assert_int_equal(backend->bytes_allocated, bytes);
        ttm_network_free(&network);
        ttm_backend_close(&backend);
    }
}

/* On a device that others keep busy: less than a tile takes no less time. */
static void test_tiles(void **state)
{
    enum { ROWS = 256, WIDTH = 64, SMALLEST_TILE = 8 };
    TTMBackend *backend = fake_device(1);
    TTMGraph *graph = ttm_graph_create(&test_device_log, "tiles", TTM_DTYPE_F32);
    float *weight   = calloc(WIDTH * WIDTH, sizeof(*weight));
    TTMNetwork *network;
    TTMNodeId x, w;

    (void)state;
    fake.ticks = 0.05 / ((TTMVk *)backend->private_data)->tick;
    x = ttm_graph_input(graph, "x", TTM_SHAPE(ROWS, WIDTH), TTM_DTYPE_F32);
    w = ttm_graph_weight(graph, "weight", TTM_SHAPE(WIDTH, WIDTH), weight,
                         TTM_DTYPE_F32);
    ttm_graph_output(graph, ttm_graph_linear(graph, x, w, TTM_NO_NODE, TTM_NO_NODE,
                                             TTM_ACT_NONE));
    assert_int_equal(ttm_network_create(&network, backend, graph), 0);
    assert_int_equal(ttm_network_run(network), 0);
    assert_true(fake.submissions > 1);
    assert_true(fake.submissions <= ROWS / SMALLEST_TILE);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    free(weight);
}

/* The flag is set during one submission: none follows. */
static void test_cancel(void **state)
{
    TTMBackend *backend = fake_device(WORK);
    TTMNetwork *network;
    float weight[16];

    (void)state;
    fake.ticks = 0.05 / ((TTMVk *)backend->private_data)->tick;
    assert_int_equal(ttm_network_create(&network, backend,
                                        test_double_graph(FRAMES, weight)), 0);
    assert_true(run(network) > 4);
    fake.cancel_at = fake.submissions + 2;
    assert_int_equal(ttm_network_run(network), TTM_ERR_CANCELLED);
    assert_int_equal(fake.submissions, fake.cancel_at + 1);
    assert_int_equal(ttm_network_run(network), TTM_ERR_CANCELLED);
    assert_int_equal(fake.submissions, fake.cancel_at + 1);
    atomic_store(&fake.cancel.asked, 0);
    run(network);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_lost(void **state)
{
    TTMBackend *backend = fake_device(WORK);
    TTMNetwork *network;
    float weight[16];

    (void)state;
    assert_int_equal(ttm_network_create(&network, backend,
                                        test_double_graph(FRAMES, weight)), 0);
    run(network);
    assert_int_equal(ttm_backend_is_lost(backend), 0);
    fake.lose_at = fake.submissions + 1;
    assert_int_equal(ttm_network_run(network), TTM_ERR_DEVICE);
    assert_int_equal(ttm_backend_is_lost(backend), 1);
    assert_contains(test_device_messages.error, "VK_ERROR_DEVICE_LOST");
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_profile(void **state)
{
    TTMBackend *backend = fake_device(1e9);
    TTMVk *vk = backend->private_data;
    TTMProfile profile = { .nb_rows = 0 };
    TTMProfileRow total;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    vk->fn = fake.real;
    backend->profile = &profile;
    assert_int_equal(ttm_network_create(&network, backend,
                                        test_double_graph(FRAMES, weight)), 0);
    for (int i = 0; i < 3; i++)
        run(network);
    assert_int_equal(profile.nb_rows, 2);
    total = ttm_profile_total(&profile);
    assert_int_equal(total.calls % 3, 0);
    assert_true(total.seconds > 0 && total.seconds < 60);
    /* a 1x1 convolution of 4 to 4 channels, and another operation a value */
    assert_true(total.operations >= 3.0 * FRAMES * 4096 * 8);
    assert_true(total.bytes >= 3.0 * FRAMES * 4096 * 4 * 4);
    for (size_t i = 0; i < profile.nb_rows; i++)
        assert_string_equal(profile.rows[i].network, "double");
    backend->profile = NULL;
    run(network);
    assert_int_equal(ttm_profile_total(&profile).calls, total.calls);
    ttm_profile_free(&profile);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

/**
 * Bytes are stored in words that several dispatches share, over what was there before:
 * rows of 5 and 2 side by side, twice.
 */
static void test_bytes(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMGraph *graph     = ttm_graph_create(&test_device_log, "bytes", TTM_DTYPE_F32);
    TTMNetwork *network = NULL;
    TTMNodeId parts[2];

    (void)state;
    parts[0] = ttm_graph_input(graph, "wide", TTM_SHAPE(9, 5), TTM_DTYPE_U8);
    parts[1] = ttm_graph_input(graph, "narrow", TTM_SHAPE(9, 2), TTM_DTYPE_U8);
    ttm_graph_output(graph, ttm_graph_concat(graph, parts, 2, 1));
    assert_int_equal(ttm_network_create(&network, backend, graph), 0);
    for (int turn = 0; turn < 2; turn++) {
        uint8_t wide[45], narrow[18], out[63] = { 0 };

        for (int i = 0; i < 45; i++)
            wide[i] = (uint8_t)(turn ? 3 * i : 255 - i);
        for (int i = 0; i < 18; i++)
            narrow[i] = (uint8_t)(turn ? 7 * i : 254 - 2 * i);
        assert_int_equal(ttm_network_write(network, "wide", wide, TTM_DTYPE_U8), 0);
        assert_int_equal(ttm_network_write(network, "narrow", narrow, TTM_DTYPE_U8), 0);
        assert_int_equal(ttm_network_run(network), 0);
        assert_int_equal(ttm_network_read(network, 0, out, TTM_DTYPE_U8), 0);
        for (int y = 0; y < 9; y++) {
            assert_memory_equal(out + 7 * y, wide + 5 * y, 5);
            assert_memory_equal(out + 7 * y + 5, narrow + 2 * y, 2);
        }
    }
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faster),
        cmocka_unit_test(test_slower),
        cmocka_unit_test(test_not_rebuilt),
        cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_profile),
        cmocka_unit_test(test_bytes),
    };

    return cmocka_run_group_tests_name("runs on Vulkan", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP runs on Vulkan: not in this build\n1..1\n");
    return 0;
}

#endif

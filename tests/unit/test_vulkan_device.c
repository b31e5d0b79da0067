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
 * The Vulkan device around its kernels: how it is named, what it refuses,
 * cancellation, tensors larger than a binding, the pipeline cache.
 */

#include "config.h"
#include "unit.h"

#if HAVE_VULKAN

#include <stdlib.h>
#include <sys/stat.h>
#include <dirent.h>
#include <unistd.h>

#include "backend/vulkan/vk.h"
#include "run/network.h"

static TestLog messages;
static const TTMLog test_log = { test_log_callback, &messages };

static int open_device(TTMBackend **backend, const char *device,
                       enum TTMDType precision)
{
    const TTMBackendRequest request = { device, precision, 0 };

    memset(&messages, 0, sizeof(messages));
    return ttm_backend_open(backend, &test_log, &request);
}

/** Open the first device, or skip the test. */
static TTMBackend *first_device(void)
{
    TTMBackend *backend;

    if (open_device(&backend, "vulkan:0", TTM_DTYPE_F32) < 0)
        skip();
    return backend;
}

static void test_names(void **state)
{
    TTMBackend *backend = first_device(), *other;
    char name[300];

    (void)state;
    snprintf(name, sizeof(name), "vulkan:%s", ((TTMVk *)backend->private_data)->name);
    assert_int_equal(open_device(&other, name, TTM_DTYPE_NB), 0);
    ttm_backend_close(&other);
    assert_int_equal(open_device(&other, "vulkan:999", TTM_DTYPE_NB), TTM_ERR_DEVICE);
    assert_contains(messages.error, "vulkan:999");
    assert_contains(messages.error, strchr(name, ':') + 1);
    assert_int_equal(open_device(&other, "vulkan:no such name", TTM_DTYPE_NB),
                     TTM_ERR_DEVICE);
    assert_contains(messages.error, "no such name");
    assert_null(other);
    ttm_backend_close(&backend);
}

/** Software devices are used when named only; so "auto" means the CPU here. */
static void test_software(void **state)
{
    TTMBackend *backend;
    char text[300];
    int ret;

    (void)state;
    ttm_backend_close(&(TTMBackend *){ first_device() });
    ret = open_device(&backend, "vulkan", TTM_DTYPE_NB);
    if (ret >= 0) {
        VkPhysicalDeviceType type = ((TTMVk *)backend->private_data)->type;

        ttm_backend_close(&backend);
        assert_int_not_equal(type, VK_PHYSICAL_DEVICE_TYPE_CPU);
        return;
    }
    assert_int_equal(ret, TTM_ERR_DEVICE);
    assert_contains(messages.error, "software");
    assert_int_equal(open_device(&backend, "auto", TTM_DTYPE_F32), 0);
    assert_string_equal(messages.error, "");
    ttm_backend_describe(backend, text, sizeof(text));
    assert_non_null(strstr(text, "cpu"));
    ttm_backend_close(&backend);
}

static void test_no_driver(void **state)
{
    TTMBackend *backend;

    (void)state;
    ttm_backend_close(&(TTMBackend *){ first_device() });
    setenv("VK_ICD_FILENAMES", "/nowhere.json", 1);
    assert_int_equal(open_device(&backend, "vulkan:0", TTM_DTYPE_NB), TTM_ERR_DEVICE);
    unsetenv("VK_ICD_FILENAMES");
    assert_contains(messages.error, "driver");
    assert_contains(messages.error, "device=cpu");
}

static void test_precision(void **state)
{
    TTMBackend *backend = first_device(), *other;
    TTMGraph *graph;
    TTMNetwork *network;
    TTMNodeId x;

    (void)state;
    assert_int_equal(open_device(&other, "vulkan:0", TTM_DTYPE_BF16),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(messages.error, "bf16");
    graph = ttm_graph_create(&test_log, "bf16", TTM_DTYPE_BF16);
    x = ttm_graph_input(graph, "x", TTM_SHAPE(4, 4), TTM_DTYPE_BF16);
    ttm_graph_output(graph, ttm_graph_activate(graph, x, TTM_ACT_SILU));
    assert_int_equal(ttm_network_create(&network, backend, graph),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(messages.error, "activate");
    ttm_backend_close(&backend);
}

/** y = 2 x over [frames, 32, 32, 4] + 0.5 by a 1x1 convolution. */
static TTMGraph *make_graph(int frames, float *weight)
{
    const TTMConv2d conv = { 1, 0, 0, 0, 0, 1, TTM_ACT_NONE };
    TTMGraph *graph = ttm_graph_create(&test_log, "double", TTM_DTYPE_F32);
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

/** Write 0, 1, 2..., run, and check the result. */
static void check_network(TTMNetwork *network, int count)
{
    float *data = malloc(count * sizeof(*data));

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

/** A device that binds 40 KiB at most: two frames of 16 KiB at a time. */
static void test_ranges(void **state)
{
    TTMBackend *backend = first_device();
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    vk->limits.maxStorageBufferRange = 40 << 10;
    assert_int_equal(ttm_network_create(&network, backend, make_graph(5, weight)), 0);
    check_network(network, 5 * 4096);
    ttm_network_free(&network);

    vk->limits.maxStorageBufferRange = 8 << 10;
    assert_int_equal(ttm_network_create(&network, backend, make_graph(5, weight)),
                     TTM_ERR_MEMORY);
    assert_contains(messages.error, "'conv2d'");
    assert_contains(messages.error, "bind");
    ttm_backend_close(&backend);
}

/** A device whose memory the network cannot fit into. */
static void test_memory(void **state)
{
    TTMBackend *backend = first_device();
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    for (uint32_t i = 0; i < vk->memory.memoryHeapCount; i++)
        vk->memory.memoryHeaps[i].size = 64 << 10;
    assert_int_equal(ttm_network_create(&network, backend, make_graph(40, weight)),
                     TTM_ERR_MEMORY);
    assert_contains(messages.error, "double needs 1 MiB");
    assert_int_equal(ttm_network_create(&network, backend, make_graph(2, weight)), 0);
    check_network(network, 2 * 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_cancel(void **state)
{
    TTMBackend *backend = first_device();
    TTMNetwork *network;
    volatile int cancel = 0;
    float weight[16];
    TTMTensor tensors[2];
    TTMPlan *plan;
    TTMProgram *program;
    TTMGraph *graph = make_graph(5, weight);

    (void)state;
    ((TTMVk *)backend->private_data)->submit_work = 1;
    backend->cancel = &cancel;
    for (int i = 0; i < 2; i++)
        assert_int_equal(ttm_tensor_create(backend, &tensors[i],
                                           TTM_SHAPE(5, 32, 32, 4),
                                           TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_program_create(backend, graph, &program, &plan), 0);
    assert_int_equal(ttm_program_run(backend, program, tensors, 2), 0);
    cancel = 1;
    /* past the check that all backends share */
    assert_int_equal(backend->functions->program_run(backend, program, tensors, 2),
                     TTM_ERR_CANCELLED);
    cancel = 0;
    assert_int_equal(ttm_program_run(backend, program, tensors, 2), 0);
    ttm_program_free(backend, &program);
    ttm_plan_free(&plan);
    ttm_graph_free(&graph);
    for (int i = 0; i < 2; i++)
        ttm_tensor_free(backend, &tensors[i]);
    assert_int_equal(ttm_network_create(&network, backend, make_graph(2, weight)), 0);
    check_network(network, 2 * 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

/** Run a network with the cache below @p folder. */
static void run_with_cache(const char *folder)
{
    TTMBackend *backend;
    TTMNetwork *network;
    float weight[16];

    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);     /* it lies there too */
    backend = first_device();
    assert_int_equal(ttm_network_create(&network, backend, make_graph(1, weight)), 0);
    check_network(network, 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    unsetenv("XDG_CACHE_HOME");
    assert_string_equal(messages.error, "");
    assert_string_equal(messages.warning, "");
}

static void test_cache(void **state)
{
    char folder[] = "/tmp/ttm-cache.XXXXXX", ttm[64], path[400];
    struct dirent *entry;
    FILE *file;
    DIR *dir;
    int nb = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(ttm, sizeof(ttm), "%s/ttm", folder);
    run_with_cache(folder);
    dir = opendir(ttm);
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof(path), "%s/%s", ttm, entry->d_name);
            nb++;
        }
    closedir(dir);
    assert_int_equal(nb, 1);    /* and no half-written one */
    /* damaged in the middle, then cut, then not a folder to write into */
    file = fopen(path, "r+b");
    fseek(file, 20, SEEK_SET);
    fputs("damage", file);
    fclose(file);
    run_with_cache(folder);
    assert_int_equal(truncate(path, 5), 0);
    run_with_cache(folder);
    run_with_cache(path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(ttm), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_software),
        cmocka_unit_test(test_no_driver),
        cmocka_unit_test(test_precision),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cache),
    };

    return cmocka_run_group_tests_name("vulkan device", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP Vulkan device: not in this build\n1..1\n");
    return 0;
}

#endif

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

#include "backend/vulkan/program.h"
#include "settings/options.h"
#include "vulkan_device.h"

static void test_names(void **state)
{
    TTMBackend *backend = test_device_first(), *other;
    char name[300];

    (void)state;
    snprintf(name, sizeof(name), "vulkan:%s", ((TTMVk *)backend->private_data)->name);
    assert_int_equal(test_device_open(&other, name, TTM_DTYPE_NB), 0);
    ttm_backend_close(&other);
    assert_int_equal(test_device_open(&other, "vulkan:999", TTM_DTYPE_NB), TTM_ERR_DEVICE);
    assert_contains(test_device_messages.error, "vulkan:999");
    assert_contains(test_device_messages.error, strchr(name, ':') + 1);
    assert_int_equal(test_device_open(&other, "vulkan:no such name", TTM_DTYPE_NB),
                     TTM_ERR_DEVICE);
    assert_contains(test_device_messages.error, "no such name");
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
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
    ret = test_device_open(&backend, "vulkan", TTM_DTYPE_NB);
    if (ret >= 0) {
        VkPhysicalDeviceType type = ((TTMVk *)backend->private_data)->type;

        ttm_backend_close(&backend);
        assert_int_not_equal(type, VK_PHYSICAL_DEVICE_TYPE_CPU);
        return;
    }
    assert_int_equal(ret, TTM_ERR_DEVICE);
    assert_contains(test_device_messages.error, "software");
    assert_int_equal(test_device_open(&backend, "auto", TTM_DTYPE_F32), 0);
    assert_string_equal(test_device_messages.error, "");
    ttm_backend_describe(backend, text, sizeof(text));
    assert_non_null(strstr(text, "cpu"));
    ttm_backend_close(&backend);
}

static void test_no_driver(void **state)
{
    /* the names that loaders of before and after 1.3.207 look at */
    static const char *const names[] = { "VK_ICD_FILENAMES", "VK_DRIVER_FILES" };
    char *before[2];
    TTMBackend *backend;

    (void)state;
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
    for (int i = 0; i < 2; i++) {
        const char *old = getenv(names[i]);

        before[i] = old ? strdup(old) : NULL;
        setenv(names[i], "/nowhere.json", 1);
    }
    assert_int_equal(test_device_open(&backend, "vulkan:0", TTM_DTYPE_NB), TTM_ERR_DEVICE);
    for (int i = 0; i < 2; i++) {
        if (before[i])
            setenv(names[i], before[i], 1);
        else
            unsetenv(names[i]);
        free(before[i]);
    }
    assert_contains(test_device_messages.error, "driver");
    assert_contains(test_device_messages.error, "device=cpu");
}

/** Types of 16 bits where the device cannot store them. */
static void test_precision(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMGraph *graph;
    TTMNetwork *network;
    TTMNodeId x;

    (void)state;
    ((TTMVk *)backend->private_data)->has_f16_storage = 0;
    graph = ttm_graph_create(&test_device_log, "bf16", TTM_DTYPE_BF16);
    x = ttm_graph_input(graph, "x", TTM_SHAPE(4, 4), TTM_DTYPE_BF16);
    ttm_graph_output(graph, ttm_graph_activate(graph, x, TTM_ACT_SILU));
    assert_int_equal(ttm_network_create(&network, backend, graph),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(test_device_messages.error, "activate");
    ttm_backend_close(&backend);
}

/** Commands are recorded once for each set of externals, of the latest eight. */
static void test_recordings(void **state)
{
    enum { NB = TTM_VK_RECORDINGS + 2 };
    TTMBackend *backend = test_device_first();
    TTMGraph *graph = ttm_graph_create(&test_device_log, "twice", TTM_DTYPE_F32);
    TTMTensor x[NB], y;
    TTMProgram *program;
    TTMVkProgram *p;
    TTMPlan *plan;
    VkQueryPool queries;
    float value, out;

    (void)state;
    ttm_graph_output(graph, ttm_graph_scale(graph,
        ttm_graph_input(graph, "x", TTM_SHAPE(1), TTM_DTYPE_F32), 2, 0));
    assert_int_equal(ttm_program_create(backend, graph, &program, &plan), 0);
    p = (TTMVkProgram *)program;
    /* Not timed: a run that a busy machine draws out would be recorded again. */
    queries    = p->queries;
    p->queries = VK_NULL_HANDLE;
    assert_int_equal(ttm_tensor_create(backend, &y, TTM_SHAPE(1), TTM_DTYPE_F32), 0);
    for (int i = 0; i < NB; i++) {
        assert_int_equal(ttm_tensor_create(backend, &x[i], TTM_SHAPE(1),
                                           TTM_DTYPE_F32), 0);
        value = (float)i;
        assert_int_equal(ttm_tensor_write(backend, &x[i], &value, TTM_DTYPE_F32), 0);
    }
    /* in turns of two, then more than are kept */
    for (int n = 0; n < 6 + 2 * NB; n++) {
        const int i = n < 6 ? n % 2 : n % NB;
        const TTMTensor externals[] = { x[i], y };
        const TTMVkRecording *before = n >= 2 && n < 6 ? &p->recordings[i] : NULL;

        assert_int_equal(ttm_program_run(backend, program, externals, 2), 0);
        assert_true(!before || p->current == before);
        assert_int_equal(ttm_tensor_read(backend, &y, &out, TTM_DTYPE_F32), 0);
        assert_true(out == 2 * i);
    }
    for (int i = 0; i < NB; i++)
        ttm_tensor_free(backend, &x[i]);
    ttm_tensor_free(backend, &y);
    p->queries = queries;
    ttm_program_free(backend, &program);
    ttm_plan_free(&plan);
    ttm_graph_free(&graph);
    ttm_backend_close(&backend);
}

/** More keys than a software device's shaders get through are refused. */
static void test_loops(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    const TTMAttention attention = {
        .heads = 1, .scale = 1, .outer = 1, .tokens = 8, .inner = 1, .key_outer = 1,
        .key_tokens = 100000, .regions = TTM_NO_NODE, .query_sets = TTM_NO_NODE,
        .key_sets = TTM_NO_NODE,
    };
    const VkPhysicalDeviceType type = vk->type;
    TTMGraph *graph = ttm_graph_create(&test_device_log, "long", TTM_DTYPE_F32);
    TTMNetwork *network;
    TTMNodeId q, k;

    (void)state;
    vk->type = VK_PHYSICAL_DEVICE_TYPE_CPU;
    q = ttm_graph_input(graph, "q", TTM_SHAPE(8, 4), TTM_DTYPE_F32);
    k = ttm_graph_input(graph, "k", TTM_SHAPE(100000, 4), TTM_DTYPE_F32);
    ttm_graph_output(graph, ttm_graph_attention(graph, q, k, k, &attention));
    assert_int_equal(ttm_network_create(&network, backend, graph),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(test_device_messages.error, "iterations of attention");
    assert_contains(test_device_messages.error, "device=cpu");
    vk->type = type;
    ttm_backend_close(&backend);
}

/** A device that binds 40 KiB at most: two frames of 16 KiB at a time. */
static void test_ranges(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    vk->limits.maxStorageBufferRange = 40 << 10;
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(5, weight)), 0);
    test_double_check(network, 5 * 4096);
    ttm_network_free(&network);

    vk->limits.maxStorageBufferRange = 8 << 10;
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(5, weight)),
                     TTM_ERR_MEMORY);
    assert_contains(test_device_messages.error, "'conv2d'");
    assert_contains(test_device_messages.error, "bind");
    ttm_backend_close(&backend);
}

/** A device whose memory the network cannot fit into. */
static void test_memory(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    for (uint32_t i = 0; i < vk->memory.memoryHeapCount; i++)
        vk->memory.memoryHeaps[i].size = 64 << 10;
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(40, weight)),
                     TTM_ERR_MEMORY);
    assert_contains(test_device_messages.error, "double needs 1 MiB");
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(2, weight)), 0);
    test_double_check(network, 2 * 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
}

static void test_cancel(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMNetwork *network;
    TTMCancel cancel = { 0 };
    float weight[16];
    TTMTensor tensors[2];
    TTMPlan *plan;
    TTMProgram *program;
    TTMGraph *graph = test_double_graph(5, weight);

    (void)state;
    ((TTMVk *)backend->private_data)->submit_work = 1;
    backend->cancel = &cancel;
    for (int i = 0; i < 2; i++)
        assert_int_equal(ttm_tensor_create(backend, &tensors[i],
                                           TTM_SHAPE(5, 32, 32, 4),
                                           TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_program_create(backend, graph, &program, &plan), 0);
    assert_int_equal(ttm_program_run(backend, program, tensors, 2), 0);
    atomic_store(&cancel.asked, 1);
    /* past the check that all backends share */
    assert_int_equal(backend->functions->program_run(backend, program, tensors, 2),
                     TTM_ERR_CANCELLED);
    atomic_store(&cancel.asked, 0);
    assert_int_equal(ttm_program_run(backend, program, tensors, 2), 0);
    ttm_program_free(backend, &program);
    ttm_plan_free(&plan);
    ttm_graph_free(&graph);
    for (int i = 0; i < 2; i++)
        ttm_tensor_free(backend, &tensors[i]);
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(2, weight)), 0);
    test_double_check(network, 2 * 4096);
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
    backend = test_device_first();
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(1, weight)), 0);
    test_double_check(network, 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    unsetenv("XDG_CACHE_HOME");
    assert_string_equal(test_device_messages.error, "");
    assert_string_equal(test_device_messages.warning, "");
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

/** What a device has can be asked for; what it lacks is an error. */
static void test_kernels(void **state)
{
    TTMBackend *backend  = test_device_first();
    const uint32_t tiers = ((TTMVk *)backend->private_data)->tiers;

    (void)state;
    ttm_backend_close(&backend);
    for (int tier = 0; tier < TTM_VK_TIER_NB; tier++) {
        const TTMBackendRequest request = { "vulkan:0", TTM_DTYPE_F32,
                                            .kernels = tier + 1 };
        const char *name = ttm_vk_tier_name(tier);
        char text[1000];

        assert_string_equal(ttm_option_find("kernels")->choices[tier + 1], name);
        if (tiers >> tier & 1) {
            assert_int_equal(ttm_backend_open(&backend, &test_device_log, &request), 0);
            ttm_backend_describe(backend, text, sizeof(text));
            assert_non_null(strstr(text, name));
            ttm_backend_close(&backend);
        } else {
            assert_int_equal(ttm_backend_open(&backend, &test_device_log, &request),
                             TTM_ERR_UNSUPPORTED);
            assert_contains(test_device_messages.error, name);
            assert_contains(test_device_messages.error, "kernels=auto");
        }
    }
}

/** A driver whose linear layers forget the bias. */
static void break_linear(TTMVk *vk)
{
    const enum TTMVkKernelId kernel =
        vk->tier == TTM_VK_TIER_SOFT  ? TTM_VK_LINEAR_SOFT :
        vk->tier != TTM_VK_TIER_COOP2 ? TTM_VK_LINEAR :
        vk->has_tensors ? TTM_VK_LINEAR_COOP2 : TTM_VK_LINEAR_COOP2_SUBGROUP;

    for (size_t i = 0; i < vk->nb_pipelines; i++) {
        TTMVkPipeline *p = vk->pipelines[i], *q;
        const TTMVkPipeline *other;
        uint32_t constants[TTM_VK_MAX_CONSTANTS];
        VkPipeline good = p->pipeline;

        if (p->kernel != kernel)
            continue;
        memcpy(constants, p->constants, sizeof(constants));
        constants[7] &= ~TTM_VK_HAS_BIAS;
        assert_int_equal(ttm_vk_pipeline(vk, kernel, p->dtype, constants,
                                         p->nb_constants, &other), 0);
        q = vk->pipelines[vk->nb_pipelines - 1];
        assert_true(q == other && q != p);
        p->pipeline = q->pipeline;
        q->pipeline = good;
        return;
    }
    fail();
}

/** Kernels that compute something else are given up, one tier after the other. */
static void test_self_test(void **state)
{
    const TTMBackendRequest request = { "vulkan:0", TTM_DTYPE_F32,
                                        .kernels = TTM_VK_TIER_PLAIN + 1 };
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;

    (void)state;
    if (vk->tier == TTM_VK_TIER_SOFT) {
        assert_int_equal(ttm_vk_self_test(backend), 0);
        break_linear(vk);
        assert_int_equal(ttm_vk_self_test(backend), 0);
        assert_contains(test_device_messages.warning, "start-up test (linear layers)");
        assert_int_equal(vk->tier, TTM_VK_TIER_PLAIN);
        assert_int_equal(vk->tiers >> TTM_VK_TIER_SOFT & 1, 0);
    }
    ttm_backend_close(&backend);
    assert_int_equal(ttm_backend_open(&backend, &test_device_log, &request), 0);
    break_linear(backend->private_data);
    assert_int_equal(ttm_vk_self_test(backend), TTM_ERR_DEVICE);
    assert_contains(test_device_messages.error, "start-up test");
    assert_contains(test_device_messages.error, "device=cpu");
    ttm_backend_close(&backend);
}

/** What a device can do with matrices decides on the order of its tiers. */
static void test_matrices(void **state)
{
    VkPhysicalDeviceCooperativeMatrix2FeaturesNV f = {
        .cooperativeMatrixWorkgroupScope       = VK_TRUE,
        .cooperativeMatrixFlexibleDimensions   = VK_TRUE,
        .cooperativeMatrixReductions           = VK_TRUE,
        .cooperativeMatrixConversions          = VK_TRUE,
        .cooperativeMatrixPerElementOperations = VK_TRUE,
        .cooperativeMatrixTensorAddressing     = VK_TRUE,
    };
    TTMVk vk = { .type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, .has_tensors = 1,
                 .tiers = (1u << TTM_VK_TIER_NB) - 1 };

    (void)state;
    assert_int_equal(ttm_vk_matrices(&f), TTM_VK_MATRICES_TENSORS);
    f.cooperativeMatrixTensorAddressing = VK_FALSE;
    assert_int_equal(ttm_vk_matrices(&f), TTM_VK_MATRICES_FLEXIBLE);
    f.cooperativeMatrixReductions = VK_FALSE;
    assert_int_equal(ttm_vk_matrices(&f), TTM_VK_MATRICES_KHR);

    assert_int_equal(ttm_vk_tier_best(&vk), TTM_VK_TIER_COOP2);
    vk.tiers &= ~(1u << TTM_VK_TIER_COOP2);
    assert_int_equal(ttm_vk_tier_best(&vk), TTM_VK_TIER_COOP);
    vk.tiers |= 1u << TTM_VK_TIER_COOP2;
    vk.has_tensors = 0;
    assert_int_equal(ttm_vk_tier_best(&vk), TTM_VK_TIER_COOP);
    vk.type = VK_PHYSICAL_DEVICE_TYPE_CPU;
    assert_int_equal(ttm_vk_tier_best(&vk), TTM_VK_TIER_SOFT);
}

/** Wrong results on the second kind of matrices: the first kind is used. */
static void test_matrices_fall_back(void **state)
{
    const TTMBackendRequest request = { "vulkan:0", TTM_DTYPE_F16 };
    const uint32_t both = 1u << TTM_VK_TIER_COOP2 | 1u << TTM_VK_TIER_COOP;
    TTMBackend *backend = test_device_first();
    const uint32_t tiers = ((TTMVk *)backend->private_data)->tiers;
    TTMVk *vk;

    (void)state;
    ttm_backend_close(&backend);
    if ((tiers & both) != both)
        skip();
    assert_int_equal(ttm_backend_open(&backend, &test_device_log, &request), 0);
    vk = backend->private_data;
    vk->tiers = both;
    vk->tier  = TTM_VK_TIER_COOP2;
    assert_int_equal(ttm_vk_self_test(backend), 0);
    assert_int_equal(vk->tier, TTM_VK_TIER_COOP2);
    assert_string_equal(test_device_messages.warning, "");
    break_linear(vk);
    assert_int_equal(ttm_vk_self_test(backend), 0);
    assert_int_equal(vk->tier, TTM_VK_TIER_COOP);
    assert_contains(test_device_messages.warning, "cooperative2 kernels");
    assert_contains(test_device_messages.warning, "start-up test (linear layers)");
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_software),
        cmocka_unit_test(test_no_driver),
        cmocka_unit_test(test_precision),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_recordings),
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_self_test),
        cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_matrices_fall_back),
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

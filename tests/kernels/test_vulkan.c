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
 * Every kernel of every Vulkan device found against the plain C reference, on
 * the table of the CPU's kernels, and for each way the device can do it:
 *     test_vulkan [--bench | --compile] [--kernels] [--device DEVICE] [PART OF A NAME]...
 * Skipped where there is no device. With TTM_SAMPLE=5 in the environment one case in five
 * is run, drawn by TTM_SEED. Names are CASE@DEVICE (VARIANT), and a part may
 * have wildcards: 'attention_f16*(coop'. --kernels prints, behind the tests, a line for
 * every kernel that a device could run here and that no case has used.
 * --compile makes all cases, the large ones too, submits each once and prints what the
 * driver's compiler says of each pipeline; the device must be a number (vulkan:0) and
 * need not compute anything, as results are not looked at.
 *     test_vulkan --outside
 * lets a shader read and write outside of what is bound, for test_validation.sh to
 * see whether the layer notices.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "harness.h"

#if HAVE_VULKAN

#include "backend/vulkan/kernels.h"
#include "compiled.h"
#include "outside.h"

/** What is done with the cases. */
enum Action { TEST, BENCH, COMPILE };

/** A way to do the kernels. */
typedef struct Variant {
    const char *name;
    enum TTMVkTier tier;
    int busy_groups;            ///< 0: the device's; many: the smallest tiles
    double work;                ///< operations of a submission, 0: the device's
    int tests_only;             ///< not to be measured
    int same_code;              ///< nothing to compile that the others have not
    int staged;                 ///< buffers are not mapped, as on a graphics card
    const char *ops;            ///< the ops it matters for, NULL: all
} Variant;

static const Variant variants[] = {
    { "plain", TTM_VK_TIER_PLAIN },
    { "plain, large tiles", TTM_VK_TIER_PLAIN, .busy_groups = 1, .tests_only = 1,
      .ops = "linear conv2d" },
    { "plain, many submissions", TTM_VK_TIER_PLAIN, .work = 5e6, .staged = 1,
      .tests_only = 1, .same_code = 1, .ops = "linear conv2d group_norm add" },
    { "software", TTM_VK_TIER_SOFT,
      .ops = "linear conv2d group_norm layer_norm attention frame" },
    { "cooperative", TTM_VK_TIER_COOP, .busy_groups = 1,
      .ops = "linear conv2d attention" },
    { "cooperative, small tiles", TTM_VK_TIER_COOP, .busy_groups = 1 << 20,
      .tests_only = 1, .ops = "linear conv2d" },
    { "cooperative2", TTM_VK_TIER_COOP2, .busy_groups = 1,
      .ops = "linear conv2d attention" },
    { "cooperative2, small tiles", TTM_VK_TIER_COOP2, .busy_groups = 1 << 20,
      .tests_only = 1, .ops = "linear conv2d" },
};

/** 1 when the variant has nothing to do. */
static int left_out(const Variant *variant, const TTMVk *vk, int t,
                    enum Action action)
{
    return !(vk->tiers >> variant->tier & 1) ||
           /* flexible matrices of a subgroup are slow, and have one tile only */
           (variant->tier == TTM_VK_TIER_COOP2 && !vk->has_tensors &&
            (action == BENCH || variant->tests_only)) ||
           (variant->tier >= TTM_VK_TIER_COOP && case_types[t] != TTM_DTYPE_F16) ||
           (action == BENCH && variant->tests_only) ||
           (action == COMPILE && variant->same_code);
}

/** The kernels that cases have used, by element type. */
static uint8_t used[TTM_VK_KERNEL_NB][TTM_DTYPE_NB];
/** Kernels of those that a device can run. */
static uint8_t usable[TTM_VK_KERNEL_NB][TTM_DTYPE_NB];

static int is_usable(const TTMVk *vk, const char *name, enum TTMDType type)
{
    const int subgroup = strstr(name, "_coop2_subgroup") != NULL;

    if ((type == TTM_DTYPE_F16 || type == TTM_DTYPE_BF16) && !vk->has_f16_storage)
        return 0;
    if (strstr(name, "_soft") && !(vk->tiers >> TTM_VK_TIER_SOFT & 1))
        return 0;
    if (strstr(name, "_coop2"))
        return vk->tiers >> TTM_VK_TIER_COOP2 & 1 && subgroup == !vk->has_tensors;
    return !strstr(name, "_coop") || vk->tiers >> TTM_VK_TIER_COOP & 1;
}

static void note_kernels(const TTMVk *vk)
{
    for (size_t i = 0; i < vk->nb_pipelines; i++)
        used[vk->pipelines[i]->kernel][vk->pipelines[i]->dtype] = 1;
    for (int k = 0; k < TTM_VK_KERNEL_NB; k++)
        for (int t = 0; t < TTM_DTYPE_NB; t++)
            usable[k][t] |= is_usable(vk, ttm_vk_kernels[k].name, (enum TTMDType)t);
}

static void print_unused(void)
{
    for (int k = 0; k < TTM_VK_KERNEL_NB; k++)
        for (int t = 0; t < TTM_DTYPE_NB; t++)
            if (usable[k][t] && ttm_vk_kernels[k].code[t].words && !used[k][t])
                printf("# unused: %s %s\n", ttm_vk_kernels[k].name,
                       ttm_dtype_name((enum TTMDType)t));
}

/** Run the table on an open device as @p variant says. */
static void run_variant(CaseRun *run, const Variant *variant, int t,
                        TTMBackend *backend, TTMBackend *reference,
                        enum Action action)
{
    TTMVk *vk = backend->private_data;
    const TTMVk before = *vk;
    char name[300];

    if (left_out(variant, vk, t, action))
        return;
    snprintf(name, sizeof(name), "%s (%s)", vk->name, variant->name);
    run->device       = name;
    vk->tier          = variant->tier;
    if (variant->busy_groups && action != BENCH)
        vk->busy_groups = variant->busy_groups;
    if (variant->work)
        vk->submit_work = variant->work;
    if (variant->staged)
        vk->type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    for (int i = 0; case_ops[i]; i++) {
        if (variant->ops && !strstr(variant->ops, case_ops[i]->name))
            continue;
        if (action == COMPILE)
            case_compile(run, case_ops[i], t, backend);
        else if (action == BENCH)
            case_bench(run, case_ops[i], t, backend);
        else
            case_test(run, case_ops[i], t, backend, reference);
    }
    run->device       = NULL;
    vk->tier          = before.tier;
    vk->busy_groups   = before.busy_groups;
    vk->submit_work   = before.submit_work;
    vk->type          = before.type;
}

static TTMBackend *open_device(const char *device, enum TTMDType type,
                               enum Action action)
{
    const TTMBackendRequest request = { device, type, 0 };
    TTMBackend *backend = NULL;

    if (action == COMPILE)
        return compiled_open(device, type, &case_log);
    if (ttm_backend_open(&backend, NULL, &request) < 0)
        return NULL;
    backend->log = &case_log;
    ((TTMVk *)backend->private_data)->log = &case_log;
    return backend;
}

/** 0 when there is no such device. */
static int run_device(CaseRun *run, const char *device, enum Action action)
{
    int nb = sizeof(variants) / sizeof(variants[0]);

    for (int t = 0; t < 3; t++) {
        TTMBackend *backend = open_device(device, case_types[t], action), *reference;
        char text[1000];

        if (!backend) {
            if (t == 0)
                return 0;
            printf("ok %d - %s # SKIP it has no %s\n", ++run->tests, device,
                   ttm_dtype_name(case_types[t]));
            continue;
        }
        ttm_backend_describe(backend, text, sizeof(text));
        printf("# device: %s, %s\n", text, ttm_dtype_name(case_types[t]));
        reference = case_open("cpu:reference", case_types[t], 0);
        for (int v = 0; v < nb; v++)
            run_variant(run, &variants[v], t, backend, reference, action);
        note_kernels(backend->private_data);
        if (action == COMPILE) {
            compiled_print(backend);
            compiled_close(&backend);
        }
        ttm_backend_close(&backend);
        ttm_backend_close(&reference);
    }
    return 1;
}

static int run_outside(void)
{
    const TTMBackendRequest request = { "vulkan:0", TTM_DTYPE_F32, 0 };
    TTMNetwork *network = NULL;
    TTMBackend *backend;
    TTMGraph *graph;
    int ret = ttm_backend_open(&backend, NULL, &request);

    if (ret < 0)
        return 2;
    outside_begin(backend->private_data);
    graph = ttm_graph_create(NULL, "outside", TTM_DTYPE_F32);
    ttm_graph_output(graph, ttm_graph_scale(graph, ttm_graph_input(
        graph, "x", TTM_SHAPE(256), TTM_DTYPE_F32), 2, 1));
    ret = ttm_network_create(&network, backend, graph);
    if (ret >= 0)
        ret = ttm_network_run(network);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    return ret < 0;
}

int main(int argc, char **argv)
{
    const char *device = NULL;
    CaseRun run = { 0 };
    enum Action action = TEST;
    int kernels = 0, found = 0, first;

    for (first = 1; first < argc && !strncmp(argv[first], "--", 2); first++) {
        if (!strcmp(argv[first], "--bench")) {
            action = BENCH;
        } else if (!strcmp(argv[first], "--compile")) {
            action = COMPILE;
        } else if (!strcmp(argv[first], "--kernels")) {
            kernels = 1;
        } else if (!strcmp(argv[first], "--outside")) {
            return run_outside();
        } else if (!strcmp(argv[first], "--device") && first + 1 < argc) {
            device = argv[++first];
        } else {
            fprintf(stderr, "unknown option %s\n", argv[first]);
            return 2;
        }
    }
    run.parts    = argv + first;
    run.nb_parts = argc - first;
    if (action == TEST)
        case_sample(&run);
    if (device) {
        found = run_device(&run, device, action);
    } else {
        char name[32] = "vulkan:0";

        while (run_device(&run, name, action))
            snprintf(name, sizeof(name), "vulkan:%d", ++found);
    }
    if (!found) {
        printf("ok 1 - kernels on Vulkan # SKIP no device found\n1..1\n");
        return 0;
    }
    if (kernels)
        print_unused();
    if (action != BENCH)
        printf("1..%d\n", run.tests);
    return run.failed != 0;
}

#else

int main(void)
{
    printf("ok 1 - kernels on Vulkan # SKIP not in this build\n1..1\n");
    return 0;
}

#endif

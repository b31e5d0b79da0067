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
 * Masked self-attention as the networks do it (rows gathered by region in the
 * layer norm, blocks of the regions only, rows scattered by the output layer)
 * against the dense form (rows as they are, every pair looked at, in plain C),
 * and masked cross-attention over overlapping boxes, on the CPU and on every
 * Vulkan device. Objects here are absent, single tokens, leave and come back;
 * lengths are no multiples of any tile.
 *     test_masked [--bench [DEVICE]... | LAYOUT...]
 * --bench prints the time against the sizes of the objects: masked_bench.h.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "harness.h"
#include "masked_bench.h"

#if HAVE_VULKAN
#include "backend/vulkan/vk.h"
#endif

/** Where an object is: a box in the frames whose bit is set. */
typedef struct Object {
    int id;
    uint32_t frames;
    int x0, y0, x1, y1;
} Object;

typedef struct Layout {
    const char *name;
    int frames, height, width;
    int heads, dim;
    Object object[6];           ///< ended by id 0, later ones are in front
} Layout;

static const Layout layouts[] = {
    { "no object", 3, 5, 7, 2, 16, { { 0 } } },
    { "four shares", 4, 8, 8, 4, 40,
      { { 1, 15, 0, 0, 4, 4 }, { 2, 15, 4, 0, 8, 4 }, { 3, 15, 0, 4, 4, 8 } } },
    { "overlapping boxes", 5, 9, 11, 2, 32,
      { { 1, 31, 1, 1, 8, 8 }, { 2, 31, 4, 2, 11, 7 }, { 3, 31, 0, 5, 6, 9 } } },
    { "empty objects", 3, 7, 9, 2, 20, { { 3, 7, 2, 2, 5, 5 }, { 7, 7, 4, 4, 4, 4 } } },
    { "vanishes and comes back", 6, 6, 5, 1, 24,
      { { 1, 33, 0, 0, 3, 3 }, { 2, 12, 0, 0, 3, 3 }, { 5, 30, 2, 3, 5, 6 } } },
    { "single tokens", 3, 10, 13, 2, 8,
      { { 1, 1, 0, 0, 1, 1 }, { 2, 2, 12, 9, 13, 10 }, { 255, 4, 5, 5, 6, 6 } } },
    { "no background", 3, 6, 6, 2, 16, { { 1, 7, 0, 0, 6, 6 }, { 2, 7, 3, 0, 6, 6 } } },
    { "one token", 1, 1, 1, 1, 8, { { 4, 1, 0, 0, 1, 1 } } },
    { "many tokens", 7, 17, 19, 1, 12,
      { { 1, 127, 2, 2, 14, 9 }, { 2, 127, 6, 7, 17, 17 }, { 6, 9, 0, 0, 3, 3 } } },
};

/** Ids of the tokens, or the boxes they lie in. */
static void fill(const Layout *l, uint8_t *ids, uint32_t *sets)
{
    for (int i = 0; i < l->frames * l->height * l->width; i++) {
        int x = i % l->width, y = i / l->width % l->height;

        ids[i] = sets[i] = 0;
        for (const Object *o = l->object; o->id; o++)
            if (o->frames >> i / l->width / l->height & 1 && x >= o->x0 &&
                x < o->x1 && y >= o->y0 && y < o->y1) {
                ids[i]   = (uint8_t)o->id;
                sets[i] |= 1u << (o - l->object);
            }
    }
}

/** Layer norm, q, k and v, attention, output layer with the residual. */
static TTMNodeId build_self(CaseGraph *g, const Layout *l, int dense)
{
    const int64_t tokens = l->frames * l->height * l->width;
    const int64_t width  = l->heads * l->dim;
    const TTMShape square = TTM_SHAPE(width, width);
    const double scale    = 1 / sqrt(width);
    uint8_t *ids   = malloc(tokens);
    uint32_t *sets = malloc(tokens * sizeof(*sets));
    TTMAttention a = {
        .heads = l->heads, .scale = (float)(2 / sqrt(l->dim)), .outer = 1,
        .tokens = tokens, .inner = 1, .key_outer = 1, .key_tokens = tokens,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNodeId x = case_input(g, TTM_SHAPE(l->frames, l->height, l->width, width), 1);
    TTMNodeId order = TTM_NO_NODE, qkv[3], weight, bias, h;

    fill(l, ids, sets);
    free(sets);
    a.regions = case_input_data(g, TTM_SHAPE(tokens), TTM_DTYPE_U8, ids);
    if (!dense)
        a.regions = order = ttm_graph_sort_regions(g->graph, a.regions);
    weight = case_weight(g, TTM_SHAPE(width), 0.1, 1);
    bias   = case_weight(g, TTM_SHAPE(width), 0.1, 0);
    h = ttm_graph_layer_norm_sorted(g->graph, x, weight, bias, order, 1e-5f);
    for (int i = 0; i < 3; i++)
        qkv[i] = ttm_graph_linear(g->graph, h, case_weight(g, square, scale, 0),
                                  TTM_NO_NODE, TTM_NO_NODE, TTM_ACT_NONE);
    h = ttm_graph_attention(g->graph, qkv[0], qkv[1], qkv[2], &a);
    weight = case_weight(g, square, scale, 0);
    bias   = case_weight(g, TTM_SHAPE(width), 0.1, 0);
    return ttm_graph_linear_unsorted(g->graph, h, weight, bias, x, order,
                                     TTM_ACT_NONE);
}

/** Attention to three prompts of 7 keys; tokens in no box get zero. */
static TTMNodeId build_cross(CaseGraph *g, const Layout *l, int dense)
{
    const int64_t tokens = l->frames * l->height * l->width, keys = 21;
    const TTMShape shape = TTM_SHAPE(keys, l->heads * l->dim);
    uint8_t *ids   = malloc(tokens);
    uint32_t *sets = malloc(tokens * sizeof(*sets));
    uint32_t *key  = malloc(keys * sizeof(*key));
    TTMAttention a = {
        .heads = l->heads, .scale = (float)(2 / sqrt(l->dim)), .outer = 1,
        .tokens = tokens, .inner = 1, .key_outer = 1, .key_tokens = keys,
        .regions = TTM_NO_NODE,
    };
    TTMNodeId q = case_input(g, TTM_SHAPE(tokens, l->heads * l->dim), 1);
    TTMNodeId k = case_input(g, shape, 1), v = case_input(g, shape, 1);

    (void)dense;
    fill(l, ids, sets);
    free(ids);
    for (int i = 0; i < keys; i++)
        key[i] = 1u << i / 7;
    a.query_sets = case_input_data(g, TTM_SHAPE(tokens), TTM_DTYPE_U32, sets);
    a.key_sets   = case_input_data(g, TTM_SHAPE(keys), TTM_DTYPE_U32, key);
    return ttm_graph_attention(g->graph, q, k, v, &a);
}

typedef TTMNodeId (*Build)(CaseGraph *g, const Layout *l, int dense);

/** Result in f32; NULL where it does not run. */
static float *run(TTMBackend *backend, Build build, const Layout *l,
                  enum TTMDType type, int dense, int64_t *count)
{
    CaseGraph g = { ttm_graph_create(backend->log, l->name, type), 77 };
    TTMNetwork *network = NULL;
    float *out = NULL;
    int ret;

    ttm_graph_output(g.graph, build(&g, l, dense));
    ret = ttm_network_create(&network, backend, g.graph);
    for (int i = 0; i < g.nb_inputs; i++) {
        if (ret >= 0)
            ret = ttm_network_write(network, g.input[i].name, g.input[i].data,
                                    g.input[i].dtype);
        free(g.input[i].data);
    }
    if (ret >= 0)
        ret = ttm_network_run(network);
    if (ret >= 0) {
        *count = ttm_shape_count(&ttm_network_output(network, 0)->shape);
        out    = malloc(*count * sizeof(*out));
        if (ttm_network_read(network, 0, out, TTM_DTYPE_F32) < 0) {
            free(out);
            out = NULL;
        }
    }
    ttm_network_free(&network);
    return out;
}

/** Largest difference over the root mean square; infinite where it fails. */
static double difference(TTMBackend *backend, TTMBackend *reference, Build build,
                         const Layout *l, enum TTMDType type)
{
    int64_t count = 0, same = 0;
    float *expected = run(reference, build, l, type, 1, &count);
    float *out      = run(backend, build, l, type, 0, &same);
    double squares = 0, largest = 0;

    for (int64_t i = 0; expected && out && i < count; i++) {
        double error = fabs((double)out[i] - expected[i]);

        squares += (double)expected[i] * expected[i];
        if (!(error <= largest))
            largest = error;
    }
    largest = expected && out && same == count ?
              largest / (sqrt(squares / count) + 1e-30) : INFINITY;
    free(expected);
    free(out);
    return largest;
}

/** The order of a layout, exactly. */
static int check_sort(TTMBackend *backend, const Layout *l)
{
    const int tokens = l->frames * l->height * l->width;
    TTMGraph *graph  = ttm_graph_create(backend->log, "sort", TTM_DTYPE_F32);
    uint8_t *ids     = malloc(tokens);
    uint32_t *sets   = malloc(tokens * sizeof(*sets));
    uint32_t *out    = malloc((TTM_SORT_STARTS + tokens) * sizeof(*out));
    TTMNetwork *network = NULL;
    uint32_t at = 0;
    int ret, good;

    fill(l, ids, sets);
    ttm_graph_output(graph, ttm_graph_sort_regions(graph,
        ttm_graph_input(graph, "ids", TTM_SHAPE(tokens), TTM_DTYPE_U8)));
    ret = ttm_network_create(&network, backend, graph);
    if (ret >= 0)
        ret = ttm_network_write(network, "ids", ids, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = ttm_network_run(network);
    if (ret >= 0)
        ret = ttm_network_read(network, 0, out, TTM_DTYPE_U32);
    good = ret >= 0;
    for (int id = 0; good && id < 256; id++) {
        good = out[id] == at;
        for (int i = 0; good && i < tokens; i++)
            if (ids[i] == id)   // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult)
                good = out[TTM_SORT_STARTS + at++] == (uint32_t)i;
    }
    good = good && out[256] == at;
    if (!good)
        printf("# FAILED sort, %s\n", l->name);
    ttm_network_free(&network);
    free(ids);
    free(sets);
    free(out);
    return good;
}

static int wanted(const CaseRun *state, const char *layout)
{
    for (int i = 0; i < state->nb_parts; i++)
        if (!strcmp(layout, state->parts[i]))
            return 1;
    return !state->nb_parts;
}

/** All layouts that are wanted on a device in one precision; one TAP line. */
static void check_device(CaseRun *state, const char *name, TTMBackend *backend, int t)
{
    const double limits[3] = { 2e-5, 1e-2, 6e-2 };
    TTMBackend *reference  = case_open("cpu:reference", case_types[t], 1);
    int nb = sizeof(layouts) / sizeof(layouts[0]), cases = 0, failed = 0;
    const int first = case_first(state, nb);

    for (int i = 0; reference && i < nb; i++) {
        double self, cross;

        if (!wanted(state, layouts[i].name) || !case_drawn(state, i, first))
            continue;
        self  = difference(backend, reference, build_self, &layouts[i], case_types[t]);
        cross = difference(backend, reference, build_cross, &layouts[i],
                           case_types[t]);
        cases++;
        if (getenv("TTM_TEST_VERBOSE"))
            printf("# %s: self %.2g, cross %.2g\n", layouts[i].name, self, cross);
        if (!(self <= limits[t]) || !(cross <= limits[t])) {
            printf("# FAILED %s: self %.3g, cross %.3g (limit %.3g)\n",
                   layouts[i].name, self, cross, limits[t]);
            failed++;
        }
        failed += t == 0 && !check_sort(backend, &layouts[i]);
    }
    failed += !cases;
    printf("%s %d - masked attention against the dense form, %s, %s\n",
           failed ? "not ok" : "ok", ++state->tests, ttm_dtype_name(case_types[t]),
           name);
    fflush(stdout);
    state->failed += failed;
    ttm_backend_close(&reference);
}

static void check_cpu(CaseRun *state, const char *device)
{
    for (int t = 0; t < 3; t++) {
        TTMBackend *backend = case_open(device, case_types[t], 2);

        if (backend)
            check_device(state, device, backend, t);
        state->failed += !backend;
        ttm_backend_close(&backend);
    }
}

#if HAVE_VULKAN
/** 0 when there is no such device. */
static int check_vulkan(CaseRun *state, const char *device)
{
    for (int t = 0; t < 3; t++) {
        TTMBackendRequest request = { device, case_types[t], 0 };
        TTMBackend *backend = NULL, *quiet = case_open("cpu:reference", 0, 1);
        char name[300];
        TTMVk *vk;

        if (ttm_backend_open(&backend, NULL, &request) < 0) {
            ttm_backend_close(&quiet);
            return t > 0;
        }
        vk = backend->private_data;
        backend->log = vk->log = quiet->log;
        for (int tier = 0; tier < TTM_VK_TIER_NB; tier++) {
            if (!(vk->tiers >> tier & 1))
                continue;
            vk->tier = tier;
            snprintf(name, sizeof(name), "%s (%s)", vk->name,
                     ttm_vk_tier_name(tier));
            check_device(state, name, backend, t);
        }
        ttm_backend_close(&backend);
        ttm_backend_close(&quiet);
    }
    return 1;
}
#endif

/** The table of a device in the precisions it has, f32 first. */
static int bench(const char *device)
{
    int failed = 0;

    for (int t = 0; t < 3; t++) {
        TTMBackend *backend;
        char text[200];
        char *end;

        if ((t == 1) != !strncmp(device, "vulkan", 6) && t)
            continue;           /* f16 on Vulkan, bf16 on the CPU */
        backend = case_open(device, case_types[t], 1);
        if (!backend)
            return 1;
        ttm_backend_describe(backend, text, sizeof(text));
        end = strrchr(text, ',');       /* the type has a column of its own */
        if (end)
            *end = '\0';
        failed |= masked_bench(backend, text, case_types[t]) < 0;
        ttm_backend_close(&backend);
    }
    return failed;
}

int main(int argc, char **argv)
{
    CaseRun state = { 0 };

    if (argc > 1 && !strcmp(argv[1], "--bench")) {
        static const char *const devices[] = { "cpu", "vulkan:0" };
        int failed = 0;

        printf("device\ttype\tshares\tsquares\ttokens\theads\tdim\tms\tcpu_ms\n");
        for (int i = 2; i < argc; i++)
            failed |= bench(argv[i]);
        for (int i = 0; i < 2 && argc == 2; i++)
            failed |= bench(devices[i]);
        return failed;
    }

    state.parts    = argv + 1;
    state.nb_parts = argc - 1;
    case_sample(&state);
    check_cpu(&state, "cpu");
    check_cpu(&state, "cpu:plain");
    check_cpu(&state, "cpu:reference");
#if HAVE_VULKAN
    for (int i = 0; i < 100; i++) {
        char name[32];

        snprintf(name, sizeof(name), "vulkan:%d", i);
        if (!check_vulkan(&state, name))
            break;
    }
#endif
    printf("1..%d\n", state.tests);
    return state.failed != 0;
}

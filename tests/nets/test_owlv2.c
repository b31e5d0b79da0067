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
 * The detector as a whole against transformers' Owlv2ForObjectDetection: scores, boxes and
 * objectness of each place for texts of several lengths, on all devices and in each
 * precision.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netcase.h"
#include "run/network.h"

#define MOST_VALUES 4096
#define QUERIES 3

static const char *const cases[] = { "owlv2", "owlv2_gelu" };

/* Outputs of the picture's network, in the order of TTMDetectorHeads. */
static const char *const heads[] = { "classes", "shift", "scale", "boxes", "objectness" };

/* A case on a device. */
typedef struct Run {
    NetCase c;
    TTMBackend *backend;
    TTMNetwork *text, *picture;
    TTMDetector detector;
    float head[5][MOST_VALUES], found[3][MOST_VALUES];
} Run;

static void make(Run *r, const TTMNetModel *model, const char *name,
                 const TTMNetSizes *sizes, TTMNetwork **network)
{
    TTMGraph *graph = ttm_graph_create(&r->c.log, name, r->backend->precision);

    assert_non_null(graph);
    if (ttm_net_build(model, name, graph, r->c.part, sizes) < 0 ||
        ttm_network_create(network, r->backend, graph) < 0)
        fail_msg("%s", r->c.messages);
}

/* NULL: there is no such device. */
static Run *run_open(const char *name, const char *device, enum TTMDType precision)
{
    const TTMBackendRequest request = { device, precision, 1 };
    TTMNetSizes sizes = { .batch = QUERIES };
    Run *r = calloc(1, sizeof(*r));
    TTMNetModel model;

    assert_non_null(r);
    assert_int_equal(netcase_open(&r->c, name), 0);
    if (ttm_backend_open(&r->backend, &r->c.log, &request) < 0) {
        netcase_close(&r->c);
        free(r);
        return NULL;
    }
    assert_int_equal(ttm_net_open(&model, r->c.part, TTM_NET_DETECTOR), 0);
    r->detector  = model.facts.detector;
    sizes.tokens = r->detector.tokens;
    make(r, &model, "text", &sizes, &r->text);
    make(r, &model, "picture", &sizes, &r->picture);
    assert_int_equal(ttm_part_check_all_used(r->c.part), 0);
    ttm_net_close(&model);
    return r;
}

static void run_close(Run *r)
{
    ttm_network_free(&r->text);
    ttm_network_free(&r->picture);
    ttm_backend_close(&r->backend);
    netcase_close(&r->c);
    free(r);
}

/*
 * Everything from the stored inputs into r->found: logits, boxes, objectness. @p change is
 * added to one value of the picture.
 */
static void find(Run *r, float change)
{
    static float values[MOST_VALUES], queries[MOST_VALUES];
    const TTMDetectorHeads h = { r->head[0], r->head[1], r->head[2], r->head[3],
                                 r->head[4] };
    const int tokens = r->detector.tokens, width = r->detector.width;
    int32_t ids[MOST_VALUES];
    int64_t nb;

    nb = ttm_shape_count(netcase_load(&r->c, "text/in/ids", MOST_VALUES, values));
    for (int64_t i = 0; i < nb; i++)
        ids[i] = (int32_t)values[i];
    assert_true(ttm_network_write(r->text, "ids", ids, TTM_DTYPE_I32) >= 0 &&
                ttm_network_run(r->text) >= 0 &&
                ttm_network_read(r->text, 0, values, TTM_DTYPE_F32) >= 0);
    for (int q = 0; q < QUERIES; q++)
        ttm_detector_query(&r->detector, ids + q * tokens, tokens,
                           values + q * tokens * width, queries + q * width);
    netcase_load(&r->c, "picture/in/patches", MOST_VALUES, values);
    values[7] += change;
    assert_true(ttm_network_write(r->picture, "patches", values, TTM_DTYPE_F32) >= 0 &&
                ttm_network_run(r->picture) >= 0);
    for (int i = 0; i < 5; i++)
        assert_true(ttm_network_read(r->picture, ttm_network_find_output(r->picture,
                                     heads[i]), r->head[i], TTM_DTYPE_F32) >= 0);
    ttm_detector_logits(&r->detector, &h, queries, QUERIES, r->found[0]);
    ttm_detector_boxes(&r->detector, &h, r->found[1]);
    memcpy(r->found[2], r->head[4], sizeof(r->found[2]));
}

static double distance(Run *r, const char *name, const float *is)
{
    static float wanted[MOST_VALUES];
    double difference = 0, norm = 0;
    const int64_t count = ttm_shape_count(netcase_load(&r->c, name, MOST_VALUES, wanted));

    for (int64_t i = 0; i < count; i++) {
        difference += pow((double)is[i] - wanted[i], 2);
        norm       += pow(wanted[i], 2);
    }
    return sqrt(difference / norm);
}

static const char *const found[] = { "logits", "boxes", "objectness" };

/* PyTorch's own error in this precision. */
static double theirs(const Run *r, const char *name)
{
    const TTMJson *run = ttm_json_at(ttm_json_get(r->c.reference->config, "runs"), 1);
    char key[64];

    snprintf(key, sizeof(key), "%s_%s_error", ttm_dtype_name(r->backend->precision), name);
    return ttm_json_number(ttm_json_get(run, key), 0);
}

static void compare(const char *device, enum TTMDType precision, double limit)
{
    double sum = 0;

    for (int i = 0; i < 2; i++) {
        Run *r = run_open(cases[i], device, precision);

        if (!r) {
            print_message("%s %s: there is no such device\n", device,
                          ttm_dtype_name(precision));
            skip();
        }
        find(r, 0);
        for (int k = 0; k < 3; k++) {
            char name[32];
            double error, allowed = limit;

            snprintf(name, sizeof(name), "found/%s", found[k]);
            error = distance(r, name, r->found[k]);
            if (precision != TTM_DTYPE_F32) {
                const double ratio = error / theirs(r, found[k]);

                allowed = 2 * limit * theirs(r, found[k]);  /* chance, as in test_nets */
                sum += ratio * ratio / 6;
            }
            print_message("%s %s %s %s: %.2e\n", cases[i], found[k], device,
                          ttm_dtype_name(precision), error);
            if (!(error <= allowed))
                fail_msg("%s %s: further from the reference than %g", cases[i], found[k],
                         allowed);
        }
        run_close(r);
    }
    if (!(sqrt(sum) <= limit) && precision != TTM_DTYPE_F32)
        fail_msg("%s %s: %.2f times as far as PyTorch", device,
                 ttm_dtype_name(precision), sqrt(sum));
}

static void test_plain(void **state)
{
    (void)state;
    compare("cpu:reference", TTM_DTYPE_F32, 1e-5);
}

static void test_fast(void **state)
{
    (void)state;
    compare("cpu", TTM_DTYPE_F32, 1e-4);
}

static void test_half(void **state)
{
    (void)state;
    compare("cpu", TTM_DTYPE_F16, 1.25);
    compare("cpu", TTM_DTYPE_BF16, 1.25);
}

static void test_vulkan(void **state)
{
    (void)state;
    compare("vulkan:0", TTM_DTYPE_F32, 1e-4);
}

static void test_vulkan_half(void **state)
{
    (void)state;
    compare("vulkan:0", TTM_DTYPE_F16, 1.25);
    compare("vulkan:0", TTM_DTYPE_BF16, 1.25);
}

/* What stands behind the end of a text says nothing; what stands before it does. */
static void test_padding(void **state)
{
    Run *r = run_open("owlv2", "cpu:reference", TTM_DTYPE_F32);
    const int tokens = r->detector.tokens, width = r->detector.width;
    const int last = r->detector.vocabulary - 1;
    int32_t ids[QUERIES * 16] = { 0 };
    float values[MOST_VALUES], query[3][64];

    (void)state;
    assert_true(QUERIES * tokens * width <= MOST_VALUES && tokens <= 16 && width <= 64);
    for (int q = 0; q < QUERIES; q++) {
        int32_t *of = ids + q * tokens;

        of[0] = last - 1;
        of[1] = q < 2 ? 5 : 6;
        of[2] = last;
        for (int i = 3; i < tokens; i++)
            of[i] = q ? last : 0;           /* CLIP pads with the end, OWLv2 with "!" */
    }
    assert_true(ttm_network_write(r->text, "ids", ids, TTM_DTYPE_I32) >= 0 &&
                ttm_network_run(r->text) >= 0 &&
                ttm_network_read(r->text, 0, values, TTM_DTYPE_F32) >= 0);
    for (int q = 0; q < QUERIES; q++)
        ttm_detector_query(&r->detector, ids + q * tokens, tokens,
                           values + q * tokens * width, query[q]);
    assert_memory_equal(query[0], query[1], (size_t)width * sizeof(float));
    assert_memory_not_equal(query[0], query[2], (size_t)width * sizeof(float));
    run_close(r);
}

/* One value of the picture shows in all that is found. */
static void test_changed(void **state)
{
    Run *r = run_open("owlv2", "cpu:reference", TTM_DTYPE_F32);

    (void)state;
    find(r, 0.1f);
    for (int k = 0; k < 3; k++) {
        char name[32];

        snprintf(name, sizeof(name), "found/%s", found[k]);
        assert_true(distance(r, name, r->found[k]) > 1e-5);
    }
    run_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_fast),
        cmocka_unit_test(test_half), cmocka_unit_test(test_vulkan),
        cmocka_unit_test(test_vulkan_half), cmocka_unit_test(test_padding),
        cmocka_unit_test(test_changed),
    };

    return cmocka_run_group_tests_name("Owlv2ForObjectDetection", tests, NULL, NULL);
}

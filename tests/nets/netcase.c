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

/** @file Loading, running and comparing a case of tests/ref/nets. */

#include "netcase.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/lora.h"

static void collect(void *opaque, enum TTMLogLevel level, const char *message)
{
    NetCase *c    = opaque;
    size_t length = strlen(c->messages);

    if (level == TTM_LOG_ERROR)
        snprintf(c->messages + length, sizeof(c->messages) - length, "%s\n",
                 message);
}

/** Name of the part that is the network: the first listed one. */
static const char *network_part(const NetCase *c)
{
    static const char *const names[] = { "text_encoder", "vae", "unet",
                                         "image_to_motion", "motion_to_video",
                                         "segmenter", "detector" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (ttm_bundle_has_part(c->bundle, names[i]))
            return names[i];
    return "(no network)";
}

int netcase_open(NetCase *c, const char *name)
{
    char path[512];
    int ret;

    memset(c, 0, sizeof(*c));
    c->log = (TTMLog){ collect, c };
    snprintf(path, sizeof(path), strchr(name, '/') ? "%s" : "tests/ref/nets/%s",
             name);
    if ((ret = ttm_bundle_open(&c->bundle, &c->log, path)) < 0 ||
        (ret = ttm_part_open(&c->part, c->bundle, network_part(c))) < 0 ||
        (ret = ttm_part_open(&c->reference, c->bundle, "reference")) < 0)
        return ret;
    return 0;
}

void netcase_close(NetCase *c)
{
    ttm_part_close(&c->reference);
    ttm_part_close(&c->part);
    ttm_bundle_close(&c->bundle);
}

static const TTMJson *run_of(const NetCase *c, int run)
{
    return ttm_json_at(ttm_json_get(c->reference->config, "runs"), run);
}

int netcase_runs(const NetCase *c)
{
    return ttm_json_count(ttm_json_get(c->reference->config, "runs"));
}

const char *netcase_run_name(const NetCase *c, int run)
{
    return ttm_json_string(ttm_json_get(run_of(c, run), "name"), "");
}

static int number(const NetCase *c, int run, const char *key)
{
    return ttm_json_number(ttm_json_get(run_of(c, run), key), 0);
}

/**
 * Merge the run's "loras", [file, amount] each, into the part's weights, with
 * @p factor times the amounts.
 */
static int merge_loras(NetCase *c, int run, double factor)
{
    const TTMJson *list = ttm_json_get(run_of(c, run), "loras");
    const int nb        = ttm_json_count(list);
    TTMLora *loras[4]   = { NULL };
    double amounts[4];
    int counts[4], ret = 0;

    assert_true(nb <= 4);
    for (int i = 0; i < nb && ret >= 0; i++) {
        char path[512];

        snprintf(path, sizeof(path), "%s/loras/%s", c->bundle->path,
                 ttm_json_string(ttm_json_at(ttm_json_at(list, i), 0), ""));
        amounts[i] = factor *
                     ttm_json_number(ttm_json_at(ttm_json_at(list, i), 1), 0);
        ret = ttm_lora_open(&loras[i], &c->log, path);
    }
    if (ret >= 0 && nb)
        ret = ttm_lora_merge(loras, amounts, nb, c->part,
                             strcmp(c->part->name, "text_encoder") ?
                             TTM_LORA_UNET : TTM_LORA_TEXT, NULL, counts);
    for (int i = 0; i < nb; i++) {
        if (ret >= 0) {
            ret = ttm_lora_check_merged(loras[i]);
            assert_int_equal(counts[i], loras[i]->nb);
        }
        ttm_lora_close(&loras[i]);
    }
    return ret;
}

const TTMShape *netcase_load(const NetCase *c, const char *name, int64_t most,
                             float *values)
{
    const TTMFileTensor *tensor = ttm_part_find(c->reference, name);
    int64_t count;

    assert_non_null(tensor);
    count = ttm_shape_count(&tensor->shape);
    assert_true(count <= most);
    assert_int_equal(ttm_file_tensor_read(tensor, &c->log, 0, count, values), 0);
    return &tensor->shape;
}

enum TTMNetTask netcase_task(const NetCase *c)
{
    if (!strcmp(c->part->name, "vae"))
        return TTM_NET_AUTOENCODER;
    if (!strcmp(c->part->name, "segmenter"))
        return TTM_NET_SEGMENTER;
    if (!strcmp(c->part->name, "detector"))
        return TTM_NET_DETECTOR;
    return strcmp(c->part->name, "text_encoder") ? TTM_NET_DENOISER :
           TTM_NET_TEXT;
}

int netcase_build(NetCase *c, int run, enum TTMDType dtype, TTMGraph **graph)
{
    const enum TTMNetTask task = netcase_task(c);
    const int text = task == TTM_NET_TEXT;
    const int finds = task == TTM_NET_DETECTOR;
    const char *name = ttm_json_string(ttm_json_get(run_of(c, run), "graph"),
                                       text ? "text" : "denoiser");
    const TTMNetSizes sizes = {
        .batch   = number(c, run, text ? "prompts" : finds ? "queries" : "n"),
        .frames  = number(c, run, "frames"),
        .height  = number(c, run, "height"), .width = number(c, run, "width"),
        .tokens  = number(c, run, "tokens"),
        .objects = number(c, run, "objects"),
        .points  = number(c, run, "points"),
    };
    TTMNetModel model;
    int ret;

    *graph = ttm_graph_create(&c->log, c->part->name, dtype);
    assert_non_null(*graph);
    if (task == TTM_NET_AUTOENCODER)
        name = strncmp(netcase_run_name(c, run), "encode", 6) ? "decoder" :
               "encoder";
    else if (finds)
        name = strncmp(netcase_run_name(c, run), "text", 4) ? "picture" : "text";
    ret = ttm_net_open(&model, c->part, task);
    if (ret >= 0)
        ret = ttm_net_build(&model, name, *graph, c->part, &sizes);
    ttm_net_close(&model);
    return ret;
}

/** Change one element of weight @p name by a tenth of the largest. */
static int perturb_weight(NetCase *c, TTMGraph *graph, const char *name)
{
    for (int i = 0; i < graph->nb_nodes; i++) {
        TTMNode *node = &graph->nodes[i];
        int64_t count = ttm_shape_count(&node->shape);
        float *copy, largest = 0;

        if (node->op != TTM_OP_WEIGHT || strcmp(node->name, name))
            continue;
        copy = malloc(count * sizeof(*copy));
        assert_non_null(copy);
        assert_int_equal(ttm_graph_convert_weight(graph, i, TTM_DTYPE_F32, copy), 0);
        for (int64_t k = 0; k < count; k++)
            largest = fmaxf(largest, fabsf(copy[k]));
        copy[count / 2] += largest / 10;
        free(node->owned_data);
        node->host_data  = node->owned_data = copy;
        node->host_dtype = TTM_DTYPE_F32;
        return 0;
    }
    return ttm_fail(&c->log, TTM_ERR_ARGUMENT, "there is no weight '%s'", name);
}

/** The stored tensor of @p count elements, copied into aligned memory. */
static int load_values(NetCase *c, const char *name, int64_t count, float **values)
{
    const TTMFileTensor *tensor = ttm_part_find(c->reference, name);

    *values = NULL;
    if (!tensor || tensor->dtype != TTM_DTYPE_F32 ||
        ttm_shape_count(&tensor->shape) != count)
        return ttm_fail(&c->log, TTM_ERR_FORMAT, "%s: there are no %lld values of "
                        "this name in the reference", name, (long long)count);
    *values = malloc(count * sizeof(**values));
    if (!*values)
        return TTM_ERR_MEMORY;
    return ttm_file_tensor_read(tensor, &c->log, 0, count, *values);
}

/** Write the stored inputs; every input of the graph must be there. */
static int write_inputs(NetCase *c, int run, TTMNetwork *network,
                        const TTMGraph *graph)
{
    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];
        int64_t count       = ttm_shape_count(&node->shape);
        char name[256];
        float *values;
        int ret;

        if (node->op != TTM_OP_INPUT)
            continue;
        snprintf(name, sizeof(name), "%s/in/%s", netcase_run_name(c, run), node->name);
        ret = load_values(c, name, count, &values);
        if (ret < 0)
            return ret;
        for (int64_t k = 0; k < count; k++) {
            uint32_t integer = values[k];

            if (node->dtype == TTM_DTYPE_U8)
                ((uint8_t *)values)[k] = integer;
            else if (node->dtype == TTM_DTYPE_U32 || node->dtype == TTM_DTYPE_I32)
                memcpy(&values[k], &integer, sizeof(integer));
        }
        ret = ttm_network_write(network, node->name, values,
                                node->dtype == TTM_DTYPE_F16 ||
                                node->dtype == TTM_DTYPE_BF16 ? TTM_DTYPE_F32 :
                                node->dtype);
        free(values);
        if (ret < 0)
            return ret;
    }
    return 0;
}

/** Relative L2 distance of output @p index from the stored tensor. */
static int distance(NetCase *c, TTMNetwork *network, int index, const char *name,
                    double *result)
{
    const int64_t count =
        ttm_shape_count(&ttm_network_output(network, index)->shape);
    double difference = 0, norm = 0;
    float *is, *expected;
    int ret = load_values(c, name, count, &expected);

    if (ret < 0)
        return ret;
    is = malloc(count * sizeof(*is));
    assert_non_null(is);
    ret = ttm_network_read(network, index, is, TTM_DTYPE_F32);
    for (int64_t i = 0; ret >= 0 && i < count; i++) {
        difference += pow((double)is[i] - expected[i], 2);
        norm       += pow(expected[i], 2);
    }
    free(is);
    free(expected);
    /* NaN fails every comparison; zeros must be zeros */
    *result = difference == 0 ? 0 : sqrt(difference / norm);
    return ret;
}

/**
 * Declare the stored intermediates as outputs behind the graph's own; their names go to
 * @p names, which has room for all nodes. Returns their number.
 */
static int watch_nodes(NetCase *c, int run, TTMGraph *graph, char (*names)[256])
{
    const int nb_nodes = graph->nb_nodes;
    int count = 0;

    for (int i = 0; i < nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];

        if (node->op == TTM_OP_WEIGHT || node->op == TTM_OP_INPUT ||
            node->op == TTM_OP_RESHAPE || i == graph->outputs[0])
            continue;
        snprintf(names[count], sizeof(*names), "%s/node/%s", netcase_run_name(c, run),
                 node->name);
        if (!ttm_part_find(c->reference, names[count]))
            continue;
        count++;
        ttm_graph_output(graph, i);
    }
    return count;
}

int netcase_measure(NetCase *c, int run, TTMBackend *backend, int layers,
                    const char *perturb, NetCaseReport report, void *opaque)
{
    char (*names)[256]  = NULL;
    TTMNetwork *network = NULL;
    TTMGraph *graph     = NULL;
    int nb_watched = 0, nb_own, ret;
    double error;

    ret = netcase_build(c, run, backend->precision, &graph);
    if (ret >= 0 && perturb)
        ret = perturb_weight(c, graph, perturb);
    if (ret < 0) {
        ttm_graph_free(&graph);
        return ret;
    }
    names = calloc(graph->nb_nodes, sizeof(*names));
    assert_non_null(names);
    nb_own = graph->nb_outputs;
    if (layers)
        nb_watched = watch_nodes(c, run, graph, names);
    ret = ttm_network_create(&network, backend, graph);
    if (ret >= 0)
        ret = write_inputs(c, run, network, graph);
    if (ret >= 0)
        ret = ttm_network_run(network);
    for (int i = 0; ret >= 0 && i <= nb_watched; i++) {
        char out[64];

        snprintf(out, sizeof(out), "%s/out", netcase_run_name(c, run));
        ret = distance(c, network, i ? nb_own + i - 1 : 0, i ? names[i - 1] : out,
                       &error);
        if (ret >= 0)
            report(opaque, i ? strchr(names[i - 1], '/') + 6 : "", error);
    }
    ttm_network_free(&network);
    free(names);
    return ret;
}

/** Errors of a run: of the output, and the largest of the intermediates. */
typedef struct Errors {
    double output, worst;
    int count;
    char name[256];
} Errors;

static void collect_errors(void *opaque, const char *name, double error)
{
    Errors *e = opaque;

    if (!name[0]) {
        e->output = error;
        return;
    }
    e->count++;
    if (!(error <= e->worst)) {
        e->worst = error;
        snprintf(e->name, sizeof(e->name), "%s", name);
    }
}

void netcase_compare(const char *name, int run, const char *device,
                     enum TTMDType precision, double limit, const char *perturb)
{
    const TTMBackendRequest request = { device, precision, 1 };
    const int perturb_lora = perturb && !strcmp(perturb, "lora");
    TTMBackend *backend = NULL;
    Errors e = { 0, 0, 0, "none" };
    NetCase c;

    if (netcase_open(&c, name) < 0 ||
        ttm_backend_open(&backend, &c.log, &request) < 0 ||
        merge_loras(&c, run, perturb_lora ? 1.01 : 1) < 0 ||
        netcase_measure(&c, run, backend, 1, perturb_lora ? NULL : perturb,
                        collect_errors, &e) < 0)
        fail_msg("%s", c.messages);
    print_message("%s/%s %s %s: output %.2e, worst of %d intermediates %.2e (%s)\n",
                  name, netcase_run_name(&c, run), device,
                  ttm_dtype_name(precision), e.output, e.count, e.worst, e.name);
    if (perturb) {
        if (e.output <= limit)
            fail_msg("%s: a wrong weight goes unnoticed", perturb);
    } else if (!(e.output <= limit) || !(e.worst <= limit)) {
        fail_msg("%s: further from the reference than %g", name, limit);
    }
    ttm_backend_close(&backend);
    netcase_close(&c);
}

double netcase_ratio(const char *name, int run, const TTMBackendRequest *request)
{
    TTMBackend *backend = NULL;
    Errors e = { 0, 0, 0, "none" };
    char key[32];
    double theirs;
    NetCase c;

    if (netcase_open(&c, name) < 0 ||
        ttm_backend_open(&backend, &c.log, request) < 0 ||
        merge_loras(&c, run, 1) < 0 ||
        netcase_measure(&c, run, backend, 0, NULL, collect_errors, &e) < 0)
        fail_msg("%s", c.messages);
    snprintf(key, sizeof(key), "%s_error", ttm_dtype_name(request->precision));
    theirs = ttm_json_number(ttm_json_get(run_of(&c, run), key), 0);
    print_message("%s/%s %s %s: %.2e, PyTorch %.2e\n", name,
                  netcase_run_name(&c, run), request->device,
                  ttm_dtype_name(request->precision), e.output, theirs);
    ttm_backend_close(&backend);
    netcase_close(&c);
    return e.output / theirs;
}

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
 * One forward of a network with stored inputs: seconds, memory, error. See
 * full_size.py, full_sam2.py and owlv2.py, which make the folder and compare with PyTorch.
 *
 *     forward FOLDER DEVICE PRECISION THREADS FORWARDS
 *     forward BUNDLE
 *
 * Lines "NAME VALUE" on stdout: load (open, check and map), prepare (graph and
 * program), first, then forward for each further one (seconds; with _cpu behind
 * the name those of all threads), error (relative L2 distance from the stored
 * output; of the outputs but the first, where stored, error_NAME), anonymous and file (bytes
 * in memory), peak (most bytes in memory). The second form opens a whole
 * bundle as a clip does.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nets/network_class.h"
#include "run/network.h"
#include "util/clock.h"

static void print_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level == TTM_LOG_ERROR)
        fprintf(stderr, "forward: %s\n", message);
}

static const TTMLog log_ = { print_line, NULL };

typedef struct Case {
    TTMBundle *bundle;
    TTMPart *part, *reference;
    TTMNetModel model;
    TTMBackend *backend;
    TTMNetwork *network;
} Case;

/** Start of what is timed. */
typedef struct Timer {
    double wall, cpu;
} Timer;

static double cpu_seconds(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static Timer begin(void)
{
    return (Timer){ ttm_clock_seconds(), cpu_seconds() };
}

static void print_time(const char *name, Timer start)
{
    printf("%s %.4f\n%s_cpu %.4f\n", name, ttm_clock_seconds() - start.wall,
           name, cpu_seconds() - start.cpu);
    fflush(stdout);
}

static const TTMJson *value_of(const Case *c, const char *key)
{
    const TTMJson *runs = ttm_json_get(c->reference->config, "runs");

    return ttm_json_get(ttm_json_at(runs, 0), key);
}

static int number(const Case *c, const char *key)
{
    return ttm_json_number(value_of(c, key), 0);
}

static int open_case(Case *c, const char *folder)
{
    const char *part;
    int ret;

    if ((ret = ttm_bundle_open(&c->bundle, &log_, folder)) < 0 ||
        (ret = ttm_part_open(&c->reference, c->bundle, "reference")) < 0)
        return ret;
    part = ttm_json_string(ttm_json_get(c->reference->config, "net"), "?");
    if ((ret = ttm_part_open(&c->part, c->bundle, part)) < 0)
        return ret;
    return ttm_net_open(&c->model, c->part, !strcmp(part, "segmenter") ? TTM_NET_SEGMENTER :
                        !strcmp(part, "detector") ? TTM_NET_DETECTOR : TTM_NET_DENOISER);
}

/** Copy a stored value to the input of the same name. */
static int write_input(Case *c, const char *name)
{
    const TTMFileTensor *tensor;
    const TTMTensor *input;
    char path[128];
    int64_t count;
    float *values;
    int ret = TTM_ERR_MEMORY;

    snprintf(path, sizeof(path), "run/in/%s", name);
    tensor = ttm_part_find(c->reference, path);
    input  = tensor ? ttm_network_input(c->network, name) : NULL;
    if (!input)
        return ttm_fail(&log_, TTM_ERR_FORMAT, "%s: not in both", path);
    count = ttm_shape_count(&tensor->shape);
    if (count != ttm_shape_count(&input->shape))
        return ttm_fail(&log_, TTM_ERR_FORMAT, "%s: another size", path);
    values = malloc(count * sizeof(*values));
    if (values) {
        ret = ttm_file_tensor_read(tensor, &log_, 0, count, values);
        for (int64_t i = 0; i < count && ret >= 0; i++) {
            const uint32_t integer = values[i];

            if (input->dtype == TTM_DTYPE_U8)
                ((uint8_t *)values)[i] = integer;
            else if (!ttm_dtype_is_float(input->dtype))
                memcpy(&values[i], &integer, sizeof(integer));
        }
        if (ret >= 0)
            ret = ttm_network_write(c->network, name, values,
                                    ttm_dtype_is_float(input->dtype) ? TTM_DTYPE_F32
                                                                     : input->dtype);
    }
    free(values);
    return ret;
}

static int prepare(Case *c)
{
    TTMGraph *graph = ttm_graph_create(&log_, c->part->name,
                                       c->backend->precision);
    const TTMNetSizes sizes = {
        .frames = number(c, "frames"), .height = number(c, "height"),
        .width = number(c, "width"), .tokens = number(c, "tokens"),
        .objects = number(c, "objects"), .points = number(c, "points"),
    };
    const char *name = ttm_json_string(value_of(c, "graph"), "denoiser");
    char names[32][32];
    int nb = 0, ret;

    if (!graph)
        return TTM_ERR_MEMORY;
    ret = ttm_net_build(&c->model, name, graph, c->part, &sizes);
    for (int i = 0; i < graph->nb_nodes && ret >= 0; i++)
        if (graph->nodes[i].op == TTM_OP_INPUT && nb < 32)
            snprintf(names[nb++], sizeof(names[0]), "%s", graph->nodes[i].name);
    if (ret >= 0 && !strcmp(name, "denoiser"))  /* others are one of several graphs */
        ret = ttm_part_check_all_used(c->part);
    if (ret < 0) {
        ttm_graph_free(&graph);
        return ret;
    }
    ret = ttm_network_create(&c->network, c->backend, graph);
    for (int i = 0; i < nb && ret >= 0; i++)
        ret = write_input(c, names[i]);
    return ret;
}

/** The error of output @p index, stored as @p name. */
static int print_error(Case *c, int index, const char *name, const char *title)
{
    const TTMFileTensor *tensor = ttm_part_find(c->reference, name);
    double difference = 0, norm = 0;
    float *is, *expected;
    int64_t count;
    int ret = TTM_ERR_MEMORY;

    if (!tensor)
        return ttm_fail(&log_, TTM_ERR_FORMAT, "%s: not there", name);
    count    = ttm_shape_count(&tensor->shape);
    is       = malloc(count * sizeof(*is));
    expected = malloc(count * sizeof(*expected));
    if (is && expected) {
        ret = ttm_file_tensor_read(tensor, &log_, 0, count, expected);
        if (ret >= 0)
            ret = ttm_network_read(c->network, index, is, TTM_DTYPE_F32);
    }
    for (int64_t i = 0; i < count && ret >= 0; i++) {
        difference += pow((double)is[i] - expected[i], 2);
        norm       += pow(expected[i], 2);
    }
    if (ret >= 0)
        printf("%s %.3e\n", title, sqrt(difference / norm));
    free(is);
    free(expected);
    return ret;
}

static int print_errors(Case *c)
{
    int ret = print_error(c, 0, "run/out", "error");

    for (int i = 1; i < ttm_network_nb_outputs(c->network) && ret >= 0; i++) {
        const char *output = ttm_network_output_name(c->network, i);
        char name[128], title[128];

        snprintf(name, sizeof(name), "run/out/%s", output);
        snprintf(title, sizeof(title), "error_%s", output);
        if (!ttm_part_find(c->reference, name))
            continue;
        ret = print_error(c, i, name, title);
    }
    return ret;
}

/** Memory of this process that is its own, and that is pages of files. */
static void print_memory(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long long kib;

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "RssAnon: %lld", &kib) == 1)
            printf("anonymous %lld\n", kib << 10);
        else if (sscanf(line, "RssFile: %lld", &kib) == 1)
            printf("file %lld\n", kib << 10);
        else if (sscanf(line, "VmHWM: %lld", &kib) == 1)
            printf("peak %lld\n", kib << 10);
    }
    if (file)
        fclose(file);
}

static int run(Case *c, char **argv)
{
    TTMBackendRequest request = { argv[2], TTM_DTYPE_NB, atoi(argv[4]) };
    Timer start = begin();
    int ret = open_case(c, argv[1]);

    for (int i = 0; i < TTM_DTYPE_NB; i++)
        if (!strcmp(argv[3], ttm_dtype_name(i)))
            request.precision = i;
    if (ret < 0 || (ret = ttm_backend_open(&c->backend, &log_, &request)) < 0)
        return ret;
    print_time("load", start);
    start = begin();
    if ((ret = prepare(c)) < 0)
        return ret;
    print_time("prepare", start);
    for (int i = 0; i < atoi(argv[5]); i++) {
        start = begin();
        if ((ret = ttm_network_run(c->network)) < 0)
            return ret;
        print_time(i ? "forward" : "first", start);
    }
    print_memory();
    return print_errors(c);
}

static int open_bundle(char *folder)
{
    const Timer start = begin();
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;
    int ret;

    ttm_settings_set_log(settings, print_line, NULL);
    ret = ttm_settings_set(settings, "model", folder);
    if (ret >= 0)
        ret = ttm_settings_set(settings, "device", "cpu");
    if (ret >= 0)
        ret = ttm_open(&ctx, settings);
    ttm_settings_free(&settings);
    if (ret >= 0) {
        print_time("open", start);
        print_memory();
        ttm_close(&ctx);
    }
    return ret;
}

int main(int argc, char **argv)
{
    Case c = { NULL };
    int ret;

    if (argc == 2)
        return open_bundle(argv[1]) < 0;
    if (argc != 6) {
        fprintf(stderr, "usage: forward FOLDER DEVICE PRECISION THREADS "
                "FORWARDS\n       forward BUNDLE\n");
        return 2;
    }
    ret = run(&c, argv);
    ttm_network_free(&c.network);
    ttm_backend_close(&c.backend);
    ttm_part_close(&c.reference);
    ttm_net_close(&c.model);
    ttm_part_close(&c.part);
    ttm_bundle_close(&c.bundle);
    return ret < 0;
}

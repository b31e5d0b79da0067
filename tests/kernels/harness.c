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

/** @file Run cases of kernels on a device and compare with the reference. */

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "util/clock.h"

const CaseOp *const case_ops[] = {
    &case_linear, &case_conv2d, &case_group_norm, &case_layer_norm,
    &case_attention, &case_add, &case_activate, &case_scale, &case_concat,
    &case_slice, &case_repeat, &case_embedding, &case_timestep, &case_combine,
    &case_mask, &case_picture, &case_frame, &case_window, &case_fourier, &case_product,
    NULL,
};

const enum TTMDType case_types[3] = { TTM_DTYPE_F32, TTM_DTYPE_F16,
                                      TTM_DTYPE_BF16 };

static void print_log(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level <= TTM_LOG_WARNING)
        fprintf(stderr, "%s\n", message);
}

const TTMLog case_log = { print_log, NULL };

/** Build a case as a network on @p backend with its inputs written. */
static TTMNetwork *make_network(TTMBackend *backend, const CaseOp *op,
                                const int64_t *row, enum TTMDType type)
{
    CaseGraph g = { ttm_graph_create(&case_log, op->name, type), 1234 };
    TTMNetwork *network = NULL;

    ttm_graph_output(g.graph, op->build(&g, row));
    if (ttm_network_create(&network, backend, g.graph) >= 0)
        for (int i = 0; i < g.nb_inputs; i++)
            if (ttm_network_write(network, g.input[i].name, g.input[i].data,
                                  g.input[i].dtype) < 0)
                ttm_network_free(&network);
    for (int i = 0; i < g.nb_inputs; i++)
        free(g.input[i].data);
    return network;
}

/** Output of a network as floats; integers must fit 24 bits. */
static int read_output(TTMNetwork *network, float *out, int64_t count)
{
    enum TTMDType dtype = ttm_network_output(network, 0)->dtype;
    uint32_t *raw;
    int ret;

    if (dtype == TTM_DTYPE_F32 || dtype == TTM_DTYPE_F16 || dtype == TTM_DTYPE_BF16)
        return ttm_network_read(network, 0, out, TTM_DTYPE_F32);
    raw = malloc(count * sizeof(*raw));
    ret = ttm_network_read(network, 0, raw, dtype);
    for (int64_t i = 0; ret >= 0 && i < count; i++)
        out[i] = (float)(dtype == TTM_DTYPE_U8 ? ((uint8_t *)raw)[i] : raw[i]);
    free(raw);
    return ret;
}

/** Output of a case in f32, *count elements; NULL after a log line. */
static float *run_case(TTMBackend *backend, const CaseOp *op, const int64_t *row,
                       enum TTMDType type, int64_t *count)
{
    TTMNetwork *network = make_network(backend, op, row, type);
    float *out = NULL;

    if (!network)
        return NULL;
    *count = ttm_shape_count(&ttm_network_output(network, 0)->shape);
    out    = malloc(*count * sizeof(*out));
    /* the second run must not depend on what the first left behind */
    if (ttm_network_run(network) < 0 ||     // NOLINT(misc-redundant-expression)
        ttm_network_run(network) < 0 ||
        read_output(network, out, *count) < 0) {
        free(out);
        out = NULL;
    }
    ttm_network_free(&network);
    return out;
}

static void case_name(char *name, size_t size, const CaseOp *op,
                      const int64_t *row, enum TTMDType type, const char *device)
{
    int used = snprintf(name, size, "%s_%s", op->name, ttm_dtype_name(type));

    for (int i = 0; i < CASE_MAX_PARAMETERS && op->parameter[i]; i++)
        used += snprintf(name + used, size - used, "_%s%lld", op->parameter[i],
                         (long long)row[i]);
    snprintf(name + used, size - used, "@%s", device);
}

static int wanted(const char *name, char **parts, int nb_parts)
{
    for (int i = 0; i < nb_parts; i++) {
        char pattern[256];

        snprintf(pattern, sizeof(pattern), "*%s*", parts[i]);
        if (!fnmatch(pattern, name, 0))
            return 1;
    }
    return !nb_parts;
}

/** 1 when @p out is within the limits of @p reference; else prints why. */
static int compare(const char *name, const float *reference, const float *out,
                   int64_t count, const CaseLimits *limits)
{
    double squares = 0, errors = 0, largest = 0, rms;
    int64_t worst = 0;

    for (int64_t i = 0; i < count; i++) {
        squares += (double)reference[i] * reference[i];
        errors  += pow((double)out[i] - reference[i], 2);
    }
    rms = sqrt(squares / count);
    for (int64_t i = 0; i < count; i++) {
        double error = fabs((double)out[i] - reference[i]) /
                       (fabs(reference[i]) + rms + 1e-30);

        if (!(error <= largest)) {      /* NaN is worst */
            largest = error;
            worst   = i;
        }
    }
    errors = errors == 0 ? 0 : errors / (squares + 1e-30);
    if (getenv("TTM_TEST_VERBOSE"))
        printf("# %s: nmse %.2g (%.2g), largest %.2g (%.2g)\n", name, errors,
               limits->nmse, largest, limits->largest);
    if (errors <= limits->nmse && largest <= limits->largest)
        return 1;
    printf("# FAILED %s: nmse %.3g (limit %.3g), largest %.3g (limit %.3g) at %lld "
           "of %lld: %g instead of %g\n", name, errors, limits->nmse, largest,
           limits->largest, (long long)worst, (long long)count, out[worst],
           reference[worst]);
    return 0;
}

TTMBackend *case_open(const char *device, enum TTMDType type, int threads)
{
    TTMBackendRequest request = { device, type, threads };
    TTMBackend *backend = NULL;

    ttm_backend_open(&backend, &case_log, &request);
    return backend;
}

void case_sample(CaseRun *run)
{
    const char *sample = getenv("TTM_SAMPLE"), *seed = getenv("TTM_SEED");

    if (!sample || run->nb_parts)
        return;
    run->of     = atoi(sample);
    run->random = seed ? (unsigned)atol(seed) : (unsigned)time(NULL);
    printf("# seed %u: one case in %d\n", run->random, run->of);
}

int case_first(CaseRun *run, int nb)
{
    if (run->of < 2 || nb < 1)
        return 0;
    run->random = run->random * 1664525 + 1013904223;
    return (int)((run->random >> 8) % (unsigned)(nb < run->of ? nb : run->of));
}

int case_drawn(const CaseRun *run, int i, int first)
{
    return run->of < 2 || i % run->of == first;
}

void case_test(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend,
               TTMBackend *reference)
{
    const int nb = op->nb_rows - op->nb_bench, first = case_first(run, nb);
    int before = run->failed, cases = 0;

    for (int i = 0; i < nb; i++) {
        char name[256];
        int64_t count = 0, same = 0;
        float *expected, *out;

        case_name(name, sizeof(name), op, op->rows[i], case_types[t], run->device);
        if (!wanted(name, run->parts, run->nb_parts) || !case_drawn(run, i, first))
            continue;
        cases++;
        expected = run_case(reference, op, op->rows[i], case_types[t], &count);
        out      = run_case(backend, op, op->rows[i], case_types[t], &same);
        if (!expected || !out || same != count)
            printf("# FAILED %s: it does not run\n", name);
        if (!expected || !out || same != count ||
            !compare(name, expected, out, count, &op->limits[t]))
            run->failed++;
        free(expected);
        free(out);
    }
    if (cases)
        printf("%s %d - %s %s, %d cases, %s\n",
               run->failed > before ? "not ok" : "ok", ++run->tests, op->name,
               ttm_dtype_name(case_types[t]), cases, run->device);
    fflush(stdout);
}

void case_compile(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend)
{
    int before = run->failed, cases = 0;

    for (int i = 0; i < op->nb_rows; i++) {
        TTMNetwork *network;
        char name[256];

        case_name(name, sizeof(name), op, op->rows[i], case_types[t], run->device);
        if (!wanted(name, run->parts, run->nb_parts))
            continue;
        cases++;
        network = make_network(backend, op, op->rows[i], case_types[t]);
        if (!network || ttm_network_run(network) < 0) {
            printf("# FAILED %s: it cannot be made or submitted\n", name);
            run->failed++;
        }
        ttm_network_free(&network);
    }
    if (cases)
        printf("%s %d - %s %s, %d cases are compiled, %s\n",
               run->failed > before ? "not ok" : "ok", ++run->tests, op->name,
               ttm_dtype_name(case_types[t]), cases, run->device);
    fflush(stdout);
}

/** Runs of a case are enough, slow ones (plain kernels on a CPU) in few. */
static int enough(int nb, double spent)
{
    return spent >= (nb < 3 ? 3 : 0.4);
}

static int by_seconds(const void *a, const void *b)
{
    const TTMProfileRow *x = a, *y = b;

    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

/** What the device itself takes for one run: the median of three at most. */
static TTMProfileRow profile_case(TTMBackend *backend, TTMNetwork *network)
{
    TTMProfileRow rows[3] = { { .seconds = 0 } };
    double spent = 0;
    int nb = 0;

    while (nb < 3 && !enough(nb, spent)) {
        TTMProfile profile = { .nb_rows = 0 };

        backend->profile = &profile;
        ttm_network_run(network);
        backend->profile = NULL;
        rows[nb] = ttm_profile_total(&profile);
        spent   += rows[nb++].seconds;
        ttm_profile_free(&profile);
    }
    qsort(rows, (size_t)nb, sizeof(*rows), by_seconds);
    return rows[nb / 2];
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/** Sorts @p times; infinite where there are none. */
static double median(double *times, int nb)
{
    qsort(times, (size_t)nb, sizeof(*times), by_size);
    return nb ? times[nb / 2] : INFINITY;
}

#define MOST_RUNS 50

void case_bench(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend)
{
    for (int i = op->nb_rows - op->nb_bench; i < op->nb_rows; i++) {
        TTMNetwork *network;
        char name[256];
        double wall[MOST_RUNS], used[MOST_RUNS], spent = 0, time, processor;
        TTMProfileRow kernels;
        int nb = 0;

        case_name(name, sizeof(name), op, op->rows[i], case_types[t], run->device);
        if (!wanted(name, run->parts, run->nb_parts))
            continue;
        network = make_network(backend, op, op->rows[i], case_types[t]);
        /* some devices compile in the first run */
        if (network && ttm_network_run(network) < 0)
            ttm_network_free(&network);
        while (network && nb < MOST_RUNS && !enough(nb, spent)) {
            double start = ttm_clock_seconds();
            clock_t before = clock();

            if (ttm_network_run(network) < 0)
                break;
            wall[nb]   = ttm_clock_seconds() - start;
            used[nb]   = (double)(clock() - before) / CLOCKS_PER_SEC;
            spent     += wall[nb++];
        }
        if (!network)
            continue;
        kernels = profile_case(backend, network);
        time = kernels.seconds > 0 ? kernels.seconds : median(wall, nb);
        processor = median(used, nb);
        if (!run->tests++)
            printf("%9s %9s %9s %9s %9s %11s\n", "ms", "device ms", "cpu ms", "TFLOP/s",
                   "GB/s", "GFLOP/cpu s");
        printf("%9.3f %9.3f %9.3f %9.4f %9.2f %11.1f  %s\n", median(wall, nb) * 1e3,
               time * 1e3, processor * 1e3, op->operations(op->rows[i]) / time * 1e-12,
               kernels.bytes / time * 1e-9,
               op->operations(op->rows[i]) / processor * 1e-9, name);
        fflush(stdout);
        ttm_network_free(&network);
    }
}

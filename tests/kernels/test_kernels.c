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
 * Every kernel of the CPU against the plain C reference, on one table:
 *     test_kernels [--bench] [--device DEVICE] [--threads N] [PART OF A NAME]...
 * Failures print the case's name and its errors. --bench prints the time of
 * the large cases, by the clock and in processor time, which says more on a
 * busy machine (with --threads 1: other threads wait actively).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void run_device(CaseRun *run, const char *device, int t, int threads,
                       int bench)
{
    TTMBackend *backend   = case_open(device, case_types[t], threads);
    TTMBackend *reference = case_open("cpu:reference", case_types[t], threads);

    run->device = device;
    if (!backend || !reference) {
        run->failed++;
        printf("not ok %d - open %s\n", ++run->tests, device);
    }
    for (int i = 0; backend && reference && case_ops[i]; i++) {
        if (bench)
            case_bench(run, case_ops[i], t, backend);
        else
            case_test(run, case_ops[i], t, backend, reference);
    }
    ttm_backend_close(&backend);
    ttm_backend_close(&reference);
}

int main(int argc, char **argv)
{
    const char *devices[2] = { "cpu", "cpu:plain" };
    int nb_devices = 2, bench = 0, threads = 0, first;
    CaseRun run = { 0 };

    for (first = 1; first < argc && !strncmp(argv[first], "--", 2); first++) {
        if (!strcmp(argv[first], "--bench")) {
            bench = 1;
        } else if (!strcmp(argv[first], "--device") && first + 1 < argc) {
            devices[0] = argv[++first];
            nb_devices = 1;
        } else if (!strcmp(argv[first], "--threads") && first + 1 < argc) {
            threads = atoi(argv[++first]);
        } else {
            fprintf(stderr, "unknown option %s\n", argv[first]);
            return 2;
        }
    }
    run.parts    = argv + first;
    run.nb_parts = argc - first;
    for (int d = 0; d < nb_devices; d++)
        for (int t = 0; t < 3; t++)
            run_device(&run, devices[d], t, threads, bench);
    if (!bench)
        printf("1..%d\n", run.tests);
    return run.failed != 0;
}

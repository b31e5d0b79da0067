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

/** @file Networks against the values that PyTorch gave, layer by layer. */

#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "nets/netcase.h"
#include "ttm.h"

/** Which lines a report prints. */
typedef struct Lines {
    const char *folder, *run, *output;
} Lines;

static void report_error(void *opaque, const char *name, double error)
{
    const Lines *lines = opaque;

    printf("%s\t%s\t%s\t%.6e\n", lines->folder, lines->run,
           name[0] ? name : lines->output, error);
}

/** Values that the network of a run computes. */
static int count_nodes(NetCase *c, int run, int *count)
{
    TTMGraph *graph = NULL;
    int ret = netcase_build(c, run, TTM_DTYPE_F32, &graph);

    *count = 0;
    for (int i = 0; ret >= 0 && i < graph->nb_nodes; i++)
        *count += graph->nodes[i].op != TTM_OP_WEIGHT &&
                  graph->nodes[i].op != TTM_OP_INPUT &&
                  graph->nodes[i].op != TTM_OP_RESHAPE;
    ttm_graph_free(&graph);
    return ret;
}

static int compare_run(NetCase *c, int run, TTMBackend *backend, Lines *lines)
{
    int count, ret = count_nodes(c, run, &count);

    lines->run = netcase_run_name(c, run);
    for (int layers = 0; layers < 2 && ret >= 0; layers++) {
        lines->output = layers ? "layers" : "out";
        ret = netcase_measure(c, run, backend, layers, NULL, report_error, lines);
    }
    if (ret < 0)
        return ret;
    printf("%s\t%s\tnodes\t%d\n", lines->folder, lines->run, count);
    return 0;
}

static void compare_case(const char *folder, TTMBackend *backend)
{
    Lines lines = { folder, "-", NULL };
    NetCase c;
    int ret = netcase_open(&c, folder);

    for (int run = 0; ret >= 0 && run < netcase_runs(&c); run++)
        ret = compare_run(&c, run, backend, &lines);
    if (ret >= 0)
        ret = ttm_part_check_all_used(c.part);
    if (ret < 0) {
        c.messages[strcspn(c.messages, "\n")] = '\0';
        printf("%s\t%s\tfailed\t%s\n", folder, lines.run, c.messages);
    }
    netcase_close(&c);
}

/** Index of a choice of the option `kernels`. */
static int find_kernels(const char *name)
{
    const TTMOption *option = ttm_option_find("kernels");

    for (int i = 0; option->choices[i]; i++)
        if (!strcmp(option->choices[i], name))
            return i;
    return -1;
}

int compare_nets(int argc, char **argv)
{
    const TTMLog log = { compare_log, NULL };
    TTMBackendRequest request = { .device = argv[0], .precision = TTM_DTYPE_NB,
                                  .threads = 1 };
    char *kernels       = strchr(argv[0], '/');
    TTMBackend *backend = NULL;
    int ret;

    if (kernels) {
        *kernels = '\0';
        request.kernels = find_kernels(kernels + 1);
        if (request.kernels < 0)
            return TTM_ERR_ARGUMENT;
    }

    for (int i = 0; i < TTM_DTYPE_NB; i++)
        if (!strcmp(argv[1], ttm_dtype_name(i)))
            request.precision = i;
    ret = ttm_backend_open(&backend, &log, &request);
    for (int i = 2; ret >= 0 && i < argc; i++)
        compare_case(argv[i], backend);
    ttm_backend_close(&backend);
    return ret;
}

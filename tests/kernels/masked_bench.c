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

/** @file Time of masked self-attention against the sizes of the objects. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cases.h"
#include "masked_bench.h"
#include "util/clock.h"

#define FRAMES 8
#define CELLS  256              /* of a frame */
#define TOKENS (FRAMES * CELLS)
#define HEADS  8
#define DIM    40
#define ROUNDS 9

/** Percent of the tokens that each object has, ended by 0. */
typedef struct Shares {
    const char *name;           ///< NULL: dense, one region
    int percent[24];
} Shares;

static const Shares layouts[] = {
    { NULL, { 100 } },
    { "100", { 100 } },
    { "90/10", { 90, 10 } },
    { "70/30", { 70, 30 } },
    { "70/10/10/10", { 70, 10, 10, 10 } },
    { "50/50", { 50, 50 } },
    { "40/30/20/10", { 40, 30, 20, 10 } },
    { "4 x 25", { 25, 25, 25, 25 } },
    { "10 x 10", { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 } },
    { "20 x 5", { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 } },
};

#define NB_LAYOUTS ((int)(sizeof(layouts) / sizeof(layouts[0])))

/** Ids of the tokens: every frame has every object; returns sum of squares / N^2. */
static double fill(const Shares *s, uint8_t *ids)
{
    double count[24] = { 0 }, sum = 0;

    for (int i = 0; i < TOKENS; i++) {
        double at = 100.0 * (i % CELLS + 0.5) / CELLS;
        int id    = 0;

        while (s->percent[id + 1] && at >= s->percent[id])
            at -= s->percent[id++];
        ids[i] = (uint8_t)id;
        count[id]++;
    }
    for (int id = 0; id < 24; id++)
        sum += count[id] / TOKENS * (count[id] / TOKENS);
    return sum;
}

/** Attention over given q, k and v. */
static TTMNetwork *make(TTMBackend *backend, const Shares *s, enum TTMDType type,
                        double *squares)
{
    CaseGraph g = { ttm_graph_create(backend->log, "masked", type), 5 };
    const TTMShape shape = TTM_SHAPE(TOKENS, HEADS * DIM);
    TTMAttention a = {
        .heads = HEADS, .scale = (float)(1 / sqrt(DIM)), .outer = 1,
        .tokens = TOKENS, .inner = 1, .key_outer = 1, .key_tokens = TOKENS,
        .regions = TTM_NO_NODE, .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNetwork *network = NULL;
    TTMNodeId qkv[3];
    uint8_t *ids = malloc(TOKENS);
    int ret;

    for (int i = 0; i < 3; i++)
        qkv[i] = case_input(&g, shape, 1);
    *squares = fill(s, ids);
    if (s->name || strcmp(backend->functions->name, "cpu")) {
        a.regions = case_input_data(&g, TTM_SHAPE(TOKENS), TTM_DTYPE_U8, ids);
        if (s->name)
            a.regions = ttm_graph_sort_regions(g.graph, a.regions);
    } else {
        free(ids);
    }
    ttm_graph_output(g.graph, ttm_graph_attention(g.graph, qkv[0], qkv[1], qkv[2],
                                                  &a));
    ret = ttm_network_create(&network, backend, g.graph);
    for (int i = 0; i < g.nb_inputs; i++) {
        if (ret >= 0)
            ret = ttm_network_write(network, g.input[i].name, g.input[i].data,
                                    g.input[i].dtype);
        free(g.input[i].data);
    }
    if (ret >= 0)
        ret = ttm_network_run(network);     /* shaders are compiled, pages are there */
    if (ret < 0)
        ttm_network_free(&network);
    return network;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int masked_bench(TTMBackend *backend, const char *device, enum TTMDType type)
{
    TTMNetwork *network[NB_LAYOUTS] = { NULL };
    double squares[NB_LAYOUTS];
    double times[NB_LAYOUTS][ROUNDS], used[NB_LAYOUTS][ROUNDS];
    int ret = 0;

    for (int i = 0; i < NB_LAYOUTS && ret >= 0; i++) {
        network[i] = make(backend, &layouts[i], type, &squares[i]);
        ret = network[i] ? 0 : -1;
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < NB_LAYOUTS && ret >= 0; i++) {
            double start  = ttm_clock_seconds();
            clock_t spent = clock();

            ret = ttm_network_run(network[i]);
            times[i][round] = ttm_clock_seconds() - start;
            used[i][round]  = (double)(clock() - spent) / CLOCKS_PER_SEC;
        }
    for (int i = 0; i < NB_LAYOUTS && ret >= 0; i++) {
        qsort(times[i], ROUNDS, sizeof(times[i][0]), by_value);
        qsort(used[i], ROUNDS, sizeof(used[i][0]), by_value);
        printf("%s\t%s\t%s\t%.4f\t%d\t%d\t%d\t%.3f\t%.3f\n", device,
               ttm_dtype_name(type), layouts[i].name ? layouts[i].name : "dense",
               squares[i], TOKENS, HEADS, DIM, times[i][ROUNDS / 2] * 1e3,
               used[i][ROUNDS / 2] * 1e3);
    }
    fflush(stdout);
    for (int i = 0; i < NB_LAYOUTS; i++)
        ttm_network_free(&network[i]);
    return ret;
}

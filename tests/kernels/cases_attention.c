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

/** @file Cases of attention: views, head sizes and every kind of mask. */

#include <math.h>
#include <stdlib.h>

#include "cases.h"

enum { MASK_NONE, MASK_CAUSAL, MASK_REGIONS, MASK_SETS, MASK_SORTED };

/** Region of each query: runs of equal ids, some ids never used. */
static TTMNodeId make_regions(CaseGraph *g, int64_t count, int64_t nb)
{
    uint8_t *data = malloc(count);
    uint8_t id    = 0;

    for (int64_t i = 0; i < count; i++) {
        if (case_random(g) < 0.2)
            id = (uint8_t)(case_random(g) * nb) * 2;
        data[i] = id;
    }
    return case_input_data(g, TTM_SHAPE(count), TTM_DTYPE_U8, data);
}

/** Sets of @p nb bits; about a fifth are empty, so that rows see nothing. */
static TTMNodeId make_sets(CaseGraph *g, int64_t count, int64_t nb, int single)
{
    uint32_t *data = malloc(count * sizeof(*data));

    for (int64_t i = 0; i < count; i++) {
        data[i] = 0;
        if (single)
            data[i] = 1u << (i * nb / count);
        else if (case_random(g) > 0.2)
            data[i] = (uint32_t)(case_random(g) * ((1u << nb) - 1)) + 1;
    }
    return case_input_data(g, TTM_SHAPE(count), TTM_DTYPE_U32, data);
}

static TTMNodeId build_attention(CaseGraph *g, const int64_t *p)
{
    const int64_t outer = p[0], tokens = p[1], inner = p[2];
    const int64_t key_outer = p[3], keys = p[4], heads = p[5], d = p[6];
    const int64_t dv = p[7] ? p[7] : d;
    TTMAttention a = {
        .heads = heads, .scale = (float)(1 / sqrt(d)), .outer = outer,
        .tokens = tokens, .inner = inner, .key_outer = key_outer,
        .key_tokens = keys, .causal = p[8] == MASK_CAUSAL,
        .regions = TTM_NO_NODE, .query_sets = TTM_NO_NODE,
        .key_sets = TTM_NO_NODE,
    };
    TTMNodeId q = case_input(g, TTM_SHAPE(outer * tokens * inner, heads * d),
                             p[10] ? p[10] : 1);
    TTMNodeId k = case_input(g, TTM_SHAPE(key_outer * keys * inner, heads * d), 1);
    TTMNodeId v = case_input(g, TTM_SHAPE(key_outer * keys * inner, heads * dv), 1);

    if (p[8] == MASK_REGIONS)
        a.regions = make_regions(g, outer * tokens * inner, p[9]);
    if (p[8] == MASK_SORTED)
        a.regions = ttm_graph_sort_regions(g->graph,
                                           make_regions(g, tokens, p[9]));
    if (p[8] == MASK_SETS) {
        a.query_sets = make_sets(g, outer * tokens * inner, p[9], 0);
        a.key_sets   = make_sets(g, keys, p[9], 1);
    }
    return ttm_graph_attention(g->graph, q, k, v, &a);
}

static double attention_operations(const int64_t *p)
{
    return 2.0 * p[0] * p[1] * p[2] * p[4] * p[5] * (p[6] + (p[7] ? p[7] : p[6]));
}

static const int64_t attention_rows[][CASE_MAX_PARAMETERS] = {
    /* outer, tokens, inner, key_outer, keys, heads, d, dv, mask, ids, size of q */
    {  1,    1,   1,  1,    1, 1,   1, 0, MASK_NONE },
    {  1,    3,   1,  1,    5, 2,   4, 0, MASK_NONE },
    {  2,   64,   1,  2,   64, 4,  40, 0, MASK_NONE },
    {  2,  100,   1,  2,  100, 2,  33, 0, MASK_NONE },
    {  1,  130,   1,  1,  130, 2,  80, 0, MASK_NONE },
    {  1,   65,   1,  1,   65, 1, 160, 0, MASK_NONE },
    {  1,  200,   1,  1,  200, 1, 128, 0, MASK_NONE },
    {  1,   70,   1,  1,   70, 1, 512, 0, MASK_NONE },
    {  1,   20,   1,  1, 1300, 1, 512, 0, MASK_NONE },
    {  3,   50,   1,  1,   77, 4,  32, 0, MASK_NONE },
    {  1,   50,   1,  1, 1061, 2,  24, 0, MASK_NONE },
    {  3,   50,   1,  3,   77, 4,  32, 0, MASK_NONE },
    {  1,   64,   1,  1,   64, 2,  16, 24, MASK_NONE },
    {  1,  300,   1,  1,  300, 1,   8, 0, MASK_NONE },
    {  1,   77,   1,  1,   77, 2,  40, 0, MASK_CAUSAL },
    {  1,   97,   1,  1,   31, 2, 160, 0, MASK_NONE },
    {  1,  111,   1,  1,  111, 1, 128, 64, MASK_REGIONS, 3 },
    {  1,   16,  35,  1,   16, 4,  16, 0, MASK_NONE },
    {  1,    1,  10,  1,    1, 2,  16, 0, MASK_NONE },
    {  2,    8,   9,  2,    8, 2,  20, 0, MASK_NONE },
    {  2,    8,   9,  1,    8, 2,  20, 0, MASK_NONE },
    {  1,   77,   1,  1,   77, 4,  16, 0, MASK_CAUSAL },
    {  3,   33,   1,  3,   33, 2,  64, 0, MASK_CAUSAL },
    {  1,  200,   1,  1,  200, 2,  32, 0, MASK_CAUSAL },
    {  1,   16,  12,  1,   16, 4,  16, 0, MASK_CAUSAL },
    {  1,  600,   1,  1,  600, 1,  16, 0, MASK_CAUSAL },
    {  1,   70,   1,  1,   70, 2,  40, 0, MASK_NONE, 0, 30 },
    /* Scores of some hundreds: a float's rounding of more is past the limits. */
    {  1,   70,   1,  1,   70, 2,  24, 0, MASK_CAUSAL, 0, 100 },
    {  1,  256,   1,  1,  256, 2,  32, 0, MASK_REGIONS, 1 },
    {  1,  300,   1,  1,  300, 4,  40, 0, MASK_REGIONS, 5 },
    {  2,  150,   1,  2,  150, 2,  16, 0, MASK_REGIONS, 4 },
    {  1,    8,   6,  1,    8, 2,  16, 0, MASK_REGIONS, 3 },
    {  1,    5,   1,  1,    5, 2,  16, 0, MASK_REGIONS, 8 },
    {  1,  256,   1,  1,  256, 2,  32, 0, MASK_SORTED, 1 },
    {  1,  300,   1,  1,  300, 4,  40, 0, MASK_SORTED, 5 },
    {  1, 1500,   1,  1, 1500, 1,  16, 0, MASK_SORTED, 7 },
    {  1,  333,   1,  1,  333, 2,  36, 20, MASK_SORTED, 100 },
    {  1,   90,   1,  1,   90, 2,   9, 0, MASK_SORTED, 3 },
    {  1,    5,   1,  1,    5, 2,  16, 0, MASK_SORTED, 8 },
    {  1,    1,   1,  1,    1, 1,   8, 0, MASK_SORTED, 1 },
    {  1,  200,   1,  1,  154, 4,  40, 0, MASK_SETS, 2 },
    {  3,   64,   1,  1,  231, 2,  32, 0, MASK_SETS, 3 },
    {  3,   64,   1,  3,   60, 2,  32, 0, MASK_SETS, 6 },
    {  1,    3,   1,  1,   16, 1,  16, 0, MASK_SETS, 4 },
    {  1,   16,   9,  1,   16, 2,  16, 0, MASK_SETS, 4 },
    {  1, 4096,   1,  1, 4096, 8,  40, 0, MASK_NONE },
    { 16, 1024,   1, 16, 1024, 4,  32, 0, MASK_NONE },
    {  1, 4096,   1,  1, 4096, 8,  80, 0, MASK_SORTED, 4 },
    {  1,   16, 4096, 1,   16, 8,  40, 0, MASK_NONE },
    { 16, 1024,   1,  1,   77, 8,  40, 0, MASK_NONE },
    { 16, 1024,   1,  1,  231, 8,  40, 0, MASK_SETS, 3 },
    {  1, 4096,   1,  1, 4096, 1, 128, 0, MASK_NONE },
};

const CaseOp case_attention = {
    "attention",
    { "o", "t", "i", "ko", "k", "h", "d", "dv", "mask", "ids", "size" },
    build_attention, attention_operations,
    { { 1e-10, 5e-5 }, { 3e-6, 1e-2 }, { 3e-5, 3e-2 } },
    CASE_ROWS(attention_rows, 7)
};

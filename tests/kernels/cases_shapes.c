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

/** @file Cases of element-wise ops and of ops that move elements. */

#include <math.h>
#include <stdlib.h>

#include "cases.h"

static double one_each(const int64_t *p)
{
    return (double)p[0] * p[1] * p[2];
}

static TTMNodeId build_add(CaseGraph *g, const int64_t *p)
{
    TTMNodeId a = case_input(g, TTM_SHAPE(p[0], p[1], p[2]), 1);
    TTMShape b  = TTM_SHAPE(p[0], p[1], p[2]);

    if (p[3] == 1)
        b = TTM_SHAPE(p[1], p[2]);
    else if (p[3] == 2)
        b.dim[1] = 1;
    else if (p[3] == 3)
        b = TTM_SHAPE(p[2]);
    else if (p[3] == 4)
        b = TTM_SHAPE(p[1], 1);
    return (p[5] ? ttm_graph_multiply : ttm_graph_add)
           (g->graph, a, p[4] ? case_weight(g, b, 1, 0) : case_input(g, b, 1));
}

static const int64_t add_rows[][CASE_MAX_PARAMETERS] = {
    /* three dimensions, form of b, b is a weight, a product */
    {  1,    1,   1, 0, 0, 0 },
    {  3,   50,  33, 0, 0, 0 },
    {  3,   50,  33, 1, 0, 0 },
    {  3,   50,  33, 2, 0, 0 },
    {  3,   50,  33, 3, 1, 0 },
    {  3,   50,  33, 4, 1, 0 },
    {  3,   50,  33, 0, 0, 1 },
    {  3,   50,  33, 2, 0, 1 },
    {  3,   50,  33, 4, 1, 1 },
    { 16, 1024, 128, 2, 1, 0 },
    {  1, 4096, 320, 0, 0, 0 },
    {  1, 4096, 320, 3, 0, 1 },
};

const CaseOp case_add = {
    "add", { "a", "b", "c", "form", "weight", "product" }, build_add, one_each,
    { { 1e-14, 1e-6 }, { 1e-14, 1e-6 }, { 1e-14, 1e-6 } }, CASE_ROWS(add_rows, 3)
};

static TTMNodeId build_activate(CaseGraph *g, const int64_t *p)
{
    TTMNodeId x = case_input(g, TTM_SHAPE(p[0], p[1], p[2]), p[4]);

    return ttm_graph_activate(g->graph, x, p[3]);
}

static const int64_t activate_rows[][CASE_MAX_PARAMETERS] = {
    /* three dimensions, activation, scale of x */
    { 1,    1,   1, TTM_ACT_NONE, 1 },
    { 2,    9,  77, TTM_ACT_SILU, 3 },
    { 2,    9,  77, TTM_ACT_GELU, 3 },
    { 2,    9,  77, TTM_ACT_GELU_TANH, 3 },
    { 2,    9,  77, TTM_ACT_QUICK_GELU, 3 },
    { 2,    9,  77, TTM_ACT_RELU, 3 },
    { 2,    9,  77, TTM_ACT_TANH, 3 },
    { 2,    9,  77, TTM_ACT_CLAMP, 3 },
    { 2,    9,  77, TTM_ACT_SILU, 80 },
    { 2,    9,  77, TTM_ACT_GELU, 80 },
    { 2,    9,  77, TTM_ACT_QUICK_GELU, 80 },
    { 2,    9,  77, TTM_ACT_TANH, 80 },
    { 1, 4096, 320, TTM_ACT_SILU, 1 },
    { 1, 4096, 320, TTM_ACT_GELU, 1 },
};

const CaseOp case_activate = {
    "activate", { "a", "b", "c", "act", "scale" }, build_activate, one_each,
    { { 1e-11, 1e-5 }, { 1e-7, 1e-3 }, { 5e-6, 1e-2 } },
    CASE_ROWS(activate_rows, 2)
};

static TTMNodeId build_scale(CaseGraph *g, const int64_t *p)
{
    TTMNodeId x = case_input(g, TTM_SHAPE(p[0], p[1], p[2]), 1);

    return ttm_graph_scale(g->graph, x, p[3] / 7.0f, p[4] / 3.0f);
}

static const int64_t scale_rows[][CASE_MAX_PARAMETERS] = {
    { 1, 1, 1, 2, 1 }, { 3, 17, 33, -5, 2 }, { 1, 4096, 320, 3, 0 },
};

const CaseOp case_scale = {
    "scale", { "a", "b", "c", "mul", "add" }, build_scale, one_each,
    { { 1e-13, 1e-6 }, { 1e-8, 1e-3 }, { 1e-6, 1e-2 } }, CASE_ROWS(scale_rows, 1)
};

static TTMNodeId build_concat(CaseGraph *g, const int64_t *p)
{
    TTMNodeId parts[3];

    for (int i = 0; i < 3; i++) {
        TTMShape shape = TTM_SHAPE(p[0], p[1], p[2]);

        shape.dim[p[3]] += i * p[4];
        parts[i] = case_input(g, shape, 1);
    }
    return ttm_graph_concat(g->graph, parts, 3, p[3]);
}

static const int64_t concat_rows[][CASE_MAX_PARAMETERS] = {
    { 1, 1, 1, 2, 0 }, { 3, 7, 5, 0, 1 }, { 3, 7, 5, 1, 2 }, { 3, 7, 5, 2, 3 },
    { 2, 600, 16, 2, 1 }, { 1, 4096, 320, 2, 0 },
};

#define EXACT { { 0, 0 }, { 0, 0 }, { 0, 0 } }

const CaseOp case_concat = {
    "concat", { "a", "b", "c", "axis", "step" }, build_concat, one_each,
    EXACT, CASE_ROWS(concat_rows, 1)
};

/** Values of an integer type, exact as floats. */
static TTMNodeId integers(CaseGraph *g, TTMShape shape, enum TTMDType dtype)
{
    int64_t count  = ttm_shape_count(&shape);
    uint32_t *data = malloc(count * sizeof(*data));

    for (int64_t i = 0; i < count; i++) {
        uint32_t value = (uint32_t)(case_random(g) * 256);

        if (dtype == TTM_DTYPE_U8)
            ((uint8_t *)data)[i] = (uint8_t)value;
        else
            data[i] = value;
    }
    return case_input_data(g, shape, dtype, data);
}

static TTMNodeId build_slice(CaseGraph *g, const int64_t *p)
{
    const TTMShape shape = TTM_SHAPE(p[0], p[1], p[2]);
    TTMNodeId x = p[6] ? integers(g, shape, p[6]) : case_input(g, shape, 1);

    return ttm_graph_slice(g->graph, x, p[3], p[4], p[5]);
}

static const int64_t slice_rows[][CASE_MAX_PARAMETERS] = {
    /* three dimensions, axis, start, length, integers of a type */
    { 1, 1, 1, 0, 0, 1 }, { 4, 7, 5, 0, 1, 2 }, { 4, 7, 5, 1, 3, 4 },
    { 4, 7, 5, 2, 4, 1 }, { 2, 3000, 9, 2, 2, 5 },
    { 4, 7, 5, 1, 3, 4, TTM_DTYPE_U8 }, { 4, 7, 5, 2, 3, 2, TTM_DTYPE_I32 },
    { 4, 7, 5, 1, 3, 4, TTM_DTYPE_U32 }, { 1, 4096, 640, 2, 0, 320 },
};

const CaseOp case_slice = {
    "slice", { "a", "b", "c", "axis", "start", "length", "type" }, build_slice, one_each,
    EXACT, CASE_ROWS(slice_rows, 1)
};

static TTMNodeId build_repeat(CaseGraph *g, const int64_t *p)
{
    TTMNodeId x = case_input(g, TTM_SHAPE(1, p[0], p[1]), 1);

    return ttm_graph_repeat(g->graph, x, p[2]);
}

static const int64_t repeat_rows[][CASE_MAX_PARAMETERS] = {
    { 1, 1, 1 }, { 5, 7, 3 }, { 64, 64, 16 }, { 1, 3, 20000 }, { 1024, 32, 16 },
};

const CaseOp case_repeat = {
    "repeat", { "a", "b", "n" }, build_repeat, one_each,
    EXACT, CASE_ROWS(repeat_rows, 1)
};

static TTMNodeId build_embedding(CaseGraph *g, const int64_t *p)
{
    TTMNodeId table = case_weight(g, TTM_SHAPE(p[0], p[1]), 1, 0);
    int32_t *data   = malloc(p[2] * 3 * sizeof(*data));

    for (int64_t i = 0; i < p[2] * 3; i++)
        data[i] = (int32_t)(case_random(g) * p[0]);
    data[0] = (int32_t)p[0] - 1;
    return ttm_graph_embedding(g->graph, table,
                               case_input_data(g, TTM_SHAPE(p[2], 3),
                                               TTM_DTYPE_I32, data));
}

static const int64_t embedding_rows[][CASE_MAX_PARAMETERS] = {
    { 1, 1, 1 }, { 50, 17, 9 }, { 1000, 64, 77 },
};

const CaseOp case_embedding = {
    "embedding", { "rows", "c", "n" }, build_embedding, one_each,
    EXACT, CASE_ROWS(embedding_rows, 0)
};

static TTMNodeId build_timestep(CaseGraph *g, const int64_t *p)
{
    const TTMTimestep t = { p[0], p[1], p[2], 10000 };
    CaseInput *input    = &g->input[g->nb_inputs++];
    const int64_t nb    = p[4] ? p[4] : 1;
    float *data         = malloc((size_t)nb * sizeof(*data));

    for (int64_t i = 0; i < nb; i++)
        data[i] = i % 2 ? 0 : (float)p[3] / (float)(i + 1);
    *input = (CaseInput){ "time", data, TTM_DTYPE_F32 };
    return ttm_graph_timestep(g->graph,
                              ttm_graph_input(g->graph, "time", TTM_SHAPE(nb),
                                              TTM_DTYPE_F32), &t);
}

static const int64_t timestep_rows[][CASE_MAX_PARAMETERS] = {
    { 2, 0, 0, 3 }, { 320, 1, 0, 999 }, { 320, 0, 1, 500 }, { 34, 1, 1, 0 },
    { 256, 1, 0, 999, 5 }, { 6, 0, 1, 700, 301 },
};

const CaseOp case_timestep = {
    "timestep", { "c", "flip", "shift", "time", "times" }, build_timestep, one_each,
    { { 1e-10, 1e-4 }, { 1e-6, 2e-3 }, { 1e-5, 1e-2 } },
    CASE_ROWS(timestep_rows, 0)
};

static TTMNodeId build_fourier(CaseGraph *g, const int64_t *p)
{
    CaseInput *input = &g->input[g->nb_inputs++];
    float *points = malloc((size_t)(p[0] * p[1]) * sizeof(*points));
    float *matrix = malloc((size_t)(p[1] * p[2]) * sizeof(*matrix));

    for (int64_t i = 0; i < p[0] * p[1]; i++)
        points[i] = (float)(case_random(g) * 2 - 1);
    for (int64_t i = 0; i < p[1] * p[2]; i++)
        matrix[i] = (float)((case_random(g) * 2 - 1) * (double)p[3]);
    *input = (CaseInput){ "points", points, TTM_DTYPE_F32 };
    return ttm_graph_fourier(g->graph,
                             ttm_graph_input(g->graph, "points", TTM_SHAPE(p[0], p[1]),
                                             TTM_DTYPE_F32),
                             ttm_graph_table(g->graph, "matrix", TTM_SHAPE(p[1], p[2]),
                                             matrix));
}

static const int64_t fourier_rows[][CASE_MAX_PARAMETERS] = {
    /* points, dimensions, columns of the matrix, its largest element */
    { 1, 1, 1, 1 }, { 3, 2, 128, 4 }, { 5, 3, 7, 9 },
};

const CaseOp case_fourier = {
    "fourier", { "n", "d", "m", "size" }, build_fourier, one_each,
    { { 1e-11, 1e-5 }, { 1e-6, 2e-3 }, { 1e-5, 1e-2 } }, CASE_ROWS(fourier_rows, 0)
};

static double product_operations(const int64_t *p)
{
    return 2 * one_each(p);
}

static TTMNodeId build_product(CaseGraph *g, const int64_t *p)
{
    const TTMNodeId x = case_input(g, TTM_SHAPE(2, p[0], p[2]), 1);

    return ttm_graph_product(g->graph, x, case_input(g, TTM_SHAPE(p[1], p[2]), 1));
}

static const int64_t product_rows[][CASE_MAX_PARAMETERS] = {
    /* half of the rows, columns, depth */
    { 1, 1, 1 }, { 9, 4, 32 }, { 300, 3, 5 }, { 64, 70, 33 }, { 32768, 4, 32 },
};

const CaseOp case_product = {
    "product", { "m", "n", "k" }, build_product, product_operations,
    { { 1e-12, 1e-5 }, { 1e-6, 2e-3 }, { 1e-5, 2e-2 } }, CASE_ROWS(product_rows, 1)
};

static TTMNodeId build_combine(CaseGraph *g, const int64_t *p)
{
    CaseInput *input = &g->input[g->nb_inputs++];
    const int64_t rows = p[5] ? p[5] : 1;
    float *data      = malloc((size_t)(rows * p[3]) * sizeof(*data));
    TTMNodeId values[TTM_MAX_INPUTS], coefficients, first = TTM_NO_NODE;

    *input = (CaseInput){ "coefficients", data, TTM_DTYPE_F32 };
    for (int i = 0; i < rows * p[3]; i++)
        data[i] = i % p[3] == 1 ? 0 : (float)(case_random(g) * 4 - 2);
    coefficients = ttm_graph_input(g->graph, "coefficients", p[5] ?
                                   TTM_SHAPE(rows, p[3]) : TTM_SHAPE(p[3]),
                                   TTM_DTYPE_F32);
    for (int i = 0; i < p[3]; i++)
        values[i] = case_input(g, TTM_SHAPE(p[4] && i + 1 == p[3] ? 1 : p[0], p[1],
                                            p[2]), i == 1 ? NAN : 1);
    if (p[4])
        first = case_input(g, TTM_SHAPE(1, p[1], p[2]), 1);
    return ttm_graph_combine(g->graph, coefficients, values, p[3], first);
}

static const int64_t combine_rows[][CASE_MAX_PARAMETERS] = {
    { 1, 1, 1, 1 }, { 3, 40, 4, 3 }, { 16, 1024, 4, 7 },
    { 5, 33, 3, 5, 1 }, { 1, 7, 4, 2, 1 }, { 3, 300, 4, 3, 1 }, { 16, 1024, 4, 4 },
    { 3, 40, 4, 3, 0, 3 }, { 3, 40, 4, 3, 1, 3 }, { 2, 300, 5, 4, 1, 600 },
    { 1, 7, 3, 2, 0, 1 },
};

const CaseOp case_combine = {
    "combine", { "a", "b", "c", "n", "first", "rows" }, build_combine, one_each,
    { { 1e-12, 1e-6 }, { 1e-7, 1e-3 }, { 1e-6, 1e-2 } },
    CASE_ROWS(combine_rows, 1)
};

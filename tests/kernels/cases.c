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

/** @file Random data of kernel cases. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

double case_random(CaseGraph *g)
{
    uint64_t z = g->seed += 0x9e3779b97f4a7c15u;    /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double normal(CaseGraph *g)
{
    double u = 1 - case_random(g), v = case_random(g);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static float *normals(CaseGraph *g, const TTMShape *shape, double scale,
                      double shift)
{
    int64_t count = ttm_shape_count(shape);
    float *data   = malloc(count * sizeof(*data));

    for (int64_t i = 0; data && i < count; i++)
        data[i] = (float)(normal(g) * scale + shift);
    return data;
}

TTMNodeId case_input_data(CaseGraph *g, TTMShape shape, enum TTMDType dtype,
                          void *data)
{
    CaseInput *input = &g->input[g->nb_inputs];
    enum TTMDType type = dtype == TTM_DTYPE_F32 ? g->graph->dtype : dtype;

    snprintf(input->name, sizeof(input->name), "in%d", g->nb_inputs++);
    input->data  = data;
    input->dtype = dtype;
    return ttm_graph_input(g->graph, input->name, shape, type);
}

TTMNodeId case_input(CaseGraph *g, TTMShape shape, double scale)
{
    return case_input_data(g, shape, TTM_DTYPE_F32,
                           normals(g, &shape, scale, 0));
}

TTMNodeId case_weight(CaseGraph *g, TTMShape shape, double scale, double shift)
{
    return ttm_graph_constant(g->graph, "layer.weight", shape,
                              normals(g, &shape, scale, shift));
}

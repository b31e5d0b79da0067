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

/** @file Tables of kernel cases, and how a case becomes a graph with data. */

#ifndef TTM_TESTS_KERNELS_CASES_H
#define TTM_TESTS_KERNELS_CASES_H

#include <stdint.h>

#include "run/network.h"

#define CASE_MAX_PARAMETERS 14
#define CASE_MAX_INPUTS 10

/** Host data of one graph input. */
typedef struct CaseInput {
    char name[16];
    void *data;
    enum TTMDType dtype;        ///< of data
} CaseInput;

/** A graph under construction; equal seeds give equal data. */
typedef struct CaseGraph {
    TTMGraph *graph;
    uint64_t seed;
    CaseInput input[CASE_MAX_INPUTS];
    int nb_inputs;
} CaseGraph;

/** Error of a result against the plain C reference. */
typedef struct CaseLimits {
    double nmse;                ///< sum of squared errors / sum of squares
    double largest;             ///< |error| / (|reference| + its root mean square)
} CaseLimits;

/** One op: its parameters, how to build it, how exact it must be. */
typedef struct CaseOp {
    const char *name;
    const char *parameter[CASE_MAX_PARAMETERS]; ///< short names, ended by NULL
    TTMNodeId (*build)(CaseGraph *g, const int64_t *p);
    double (*operations)(const int64_t *p);     ///< multiplications and additions
    CaseLimits limits[3];                       ///< f32, f16, bf16
    const int64_t (*rows)[CASE_MAX_PARAMETERS];
    int nb_rows;
    int nb_bench;               ///< the last rows are for --bench only
} CaseOp;

extern const CaseOp case_linear, case_conv2d, case_group_norm, case_layer_norm,
                    case_attention, case_add, case_activate, case_scale,
                    case_concat, case_slice, case_repeat, case_embedding,
                    case_timestep, case_combine, case_mask, case_picture,
                    case_frame, case_window, case_fourier, case_product;

/** Uniform in [0, 1). */
double case_random(CaseGraph *g);
/** Input of normal values in the graph's type, times @p scale. */
TTMNodeId case_input(CaseGraph *g, TTMShape shape, double scale);
/** Input of another type; @p data becomes the case's. */
TTMNodeId case_input_data(CaseGraph *g, TTMShape shape, enum TTMDType dtype,
                          void *data);
/** Weight of normal values times @p scale, plus @p shift. */
TTMNodeId case_weight(CaseGraph *g, TTMShape shape, double scale, double shift);

#define CASE_ROWS(rows, bench) \
    rows, (int)(sizeof(rows) / sizeof((rows)[0])), bench

#endif /* TTM_TESTS_KERNELS_CASES_H */

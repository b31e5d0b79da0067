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

/** @file Conversion of whole tensors between floating types, on all threads. */

#ifndef TTM_BACKEND_CPU_CONVERT_H
#define TTM_BACKEND_CPU_CONVERT_H

#include "backend/cpu/cpu.h"

/** As ttm_convert(); buffers are aligned to their elements. */
void ttm_cpu_convert(TTMCpu *cpu, void *to, enum TTMDType to_type,
                     const void *from, enum TTMDType from_type, int64_t count);

/** As ttm_graph_convert_weight(); the buffer is aligned to its elements. */
int ttm_cpu_convert_weight(TTMCpu *cpu, const TTMGraph *graph, TTMNodeId id,
                           enum TTMDType dtype, void *to);

/** Elements of a row as float, vectorised; @p to and @p from do not overlap. */
void ttm_cpu_load_row(float *to, const void *from, enum TTMDType dtype,
                      int64_t first, int64_t count);

/** The other way, rounded to nearest even. */
void ttm_cpu_store_row(void *to, enum TTMDType dtype, int64_t first,
                       const float *from, int64_t count);

#endif /* TTM_BACKEND_CPU_CONVERT_H */

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

/** @file A planned graph on the CPU: what it holds. */

#ifndef TTM_BACKEND_CPU_PROGRAM_H
#define TTM_BACKEND_CPU_PROGRAM_H

#include "backend/cpu/cpu.h"

/** Forms of one weight in memory. */
typedef struct TTMCpuWeight {
    void *converted[TTM_DTYPE_NB];      ///< owned; NULL: not asked for
} TTMCpuWeight;

struct TTMCpuProgram {
    TTMProgram base;
    const TTMGraph *graph;
    const TTMPlan *plan;
    TTMCpuStep *steps;                  ///< one an entry of plan->order
    TTMCpuWeight *weights;                    ///< one a node
    char *arena;
    char *scratch;
};

#endif /* TTM_BACKEND_CPU_PROGRAM_H */

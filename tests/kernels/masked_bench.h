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

#ifndef TTM_TESTS_KERNELS_MASKED_BENCH_H
#define TTM_TESTS_KERNELS_MASKED_BENCH_H

#include "backend/backend.h"

/**
 * Print a table, columns separated by tabs: device, type, shares of the objects,
 * the sum of their squares, tokens, heads, head size, medians of the milliseconds
 * of one attention, sort and worklist included, by the clock and of the processor
 * (which says more on a busy machine). "dense" is the form that looks at
 * every pair: with the mask on Vulkan, without one on the CPU, whose masked one is
 * the reference in plain C. All are run in turn, so that what else the machine does
 * falls on all alike. 0 or a negative code.
 */
int masked_bench(TTMBackend *backend, const char *device, enum TTMDType type);

#endif /* TTM_TESTS_KERNELS_MASKED_BENCH_H */

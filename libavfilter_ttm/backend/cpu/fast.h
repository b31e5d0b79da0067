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

/** @file Kernels in C that is arranged for the vector units. */

#ifndef TTM_BACKEND_CPU_FAST_H
#define TTM_BACKEND_CPU_FAST_H

#include "backend/cpu/cpu.h"

extern const TTMCpuKernel ttm_fast_linear;
extern const TTMCpuKernel ttm_fast_conv2d;
extern const TTMCpuKernel ttm_fast_group_norm;
extern const TTMCpuKernel ttm_fast_layer_norm;
extern const TTMCpuKernel ttm_fast_attention;
extern const TTMCpuKernel ttm_fast_add;
extern const TTMCpuKernel ttm_fast_activate;
extern const TTMCpuKernel ttm_fast_scale;
extern const TTMCpuKernel ttm_fast_combine;

#endif /* TTM_BACKEND_CPU_FAST_H */

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

/** @file Plain C kernels: the reference that every faster one is tested against. */

#ifndef TTM_BACKEND_CPU_PLAIN_H
#define TTM_BACKEND_CPU_PLAIN_H

#include "backend/cpu/cpu.h"

extern const TTMCpuKernel ttm_plain_sort_regions;
extern const TTMCpuKernel ttm_plain_mask;
extern const TTMCpuKernel ttm_plain_linear;
extern const TTMCpuKernel ttm_plain_conv2d;
extern const TTMCpuKernel ttm_plain_group_norm;
extern const TTMCpuKernel ttm_plain_layer_norm;
extern const TTMCpuKernel ttm_plain_attention;
extern const TTMCpuKernel ttm_plain_add;
extern const TTMCpuKernel ttm_plain_activate;
extern const TTMCpuKernel ttm_plain_scale;
extern const TTMCpuKernel ttm_plain_concat;
extern const TTMCpuKernel ttm_plain_slice;
extern const TTMCpuKernel ttm_plain_repeat;
extern const TTMCpuKernel ttm_plain_embedding;
extern const TTMCpuKernel ttm_plain_timestep;
extern const TTMCpuKernel ttm_plain_combine;
extern const TTMCpuKernel ttm_plain_picture;
extern const TTMCpuKernel ttm_plain_window;
extern const TTMCpuKernel ttm_plain_fourier;
extern const TTMCpuKernel ttm_plain_product;

/** Value of an activation other than TTM_ACT_GEGLU. */
double ttm_plain_activation(enum TTMActivation activation, double x);

#endif /* TTM_BACKEND_CPU_PLAIN_H */

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

/** @file The operations that oneDNN does. */

#include "config.h"

#if HAVE_ONEDNN

#include "backend/cpu/onednn_internal.h"

void ttm_cpu_kernels_onednn(TTMCpuKernels *kernels)
{
    kernels->kernel[TTM_OP_LINEAR][TTM_CPU_ONEDNN] = &ttm_onednn_linear;
    kernels->kernel[TTM_OP_CONV2D][TTM_CPU_ONEDNN] = &ttm_onednn_conv2d;
}

#endif

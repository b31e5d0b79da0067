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

/** @file Table of the kernels in C that is arranged for the vector units. */

#include "backend/cpu/fast.h"

void ttm_cpu_kernels_fast(TTMCpuKernels *kernels)
{
    static const struct {
        enum TTMOp op;
        const TTMCpuKernel *kernel;
    } rows[] = {
        { TTM_OP_LINEAR,     &ttm_fast_linear },
        { TTM_OP_CONV2D,     &ttm_fast_conv2d },
        { TTM_OP_GROUP_NORM, &ttm_fast_group_norm },
        { TTM_OP_LAYER_NORM, &ttm_fast_layer_norm },
        { TTM_OP_ATTENTION,  &ttm_fast_attention },
        { TTM_OP_ADD,        &ttm_fast_add },
        { TTM_OP_ACTIVATE,   &ttm_fast_activate },
        { TTM_OP_SCALE,      &ttm_fast_scale },
        { TTM_OP_COMBINE,    &ttm_fast_combine },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        kernels->kernel[rows[i].op][TTM_CPU_FAST] = rows[i].kernel;
}

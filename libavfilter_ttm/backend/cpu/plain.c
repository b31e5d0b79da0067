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

/** @file Table of the plain C kernels. */

#include "backend/cpu/plain.h"

void ttm_cpu_kernels_plain(TTMCpuKernels *kernels)
{
    static const struct {
        enum TTMOp op;
        const TTMCpuKernel *kernel;
    } rows[] = {
        { TTM_OP_LINEAR,     &ttm_plain_linear },
        { TTM_OP_CONV2D,     &ttm_plain_conv2d },
        { TTM_OP_GROUP_NORM, &ttm_plain_group_norm },
        { TTM_OP_LAYER_NORM, &ttm_plain_layer_norm },
        { TTM_OP_ATTENTION,  &ttm_plain_attention },
        { TTM_OP_ADD,        &ttm_plain_add },
        { TTM_OP_ACTIVATE,   &ttm_plain_activate },
        { TTM_OP_SCALE,      &ttm_plain_scale },
        { TTM_OP_CONCAT,     &ttm_plain_concat },
        { TTM_OP_SLICE,      &ttm_plain_slice },
        { TTM_OP_REPEAT,     &ttm_plain_repeat },
        { TTM_OP_EMBEDDING,  &ttm_plain_embedding },
        { TTM_OP_TIMESTEP,   &ttm_plain_timestep },
        { TTM_OP_COMBINE,    &ttm_plain_combine },
        { TTM_OP_SORT_REGIONS, &ttm_plain_sort_regions },
        { TTM_OP_MASK,       &ttm_plain_mask },
        { TTM_OP_PICTURE,    &ttm_plain_picture },
        { TTM_OP_WINDOW,     &ttm_plain_window },
        { TTM_OP_FOURIER,    &ttm_plain_fourier },
        { TTM_OP_PRODUCT,    &ttm_plain_product },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        kernels->kernel[rows[i].op][TTM_CPU_PLAIN] = rows[i].kernel;
}

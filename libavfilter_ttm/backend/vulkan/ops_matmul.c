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

/** @file Linear layers and convolutions: choice of kernel and tile, dispatches. */

#include <string.h>

#include "backend/vulkan/program.h"

/** How a workgroup tiles the output, and the kernel that does it. */
typedef struct Tile {
    enum TTMVkKernelId kernel;
    int64_t rows, columns;          ///< of a workgroup
    uint32_t constants[TTM_VK_MAX_CONSTANTS];   ///< all but activation and flags
    int nb_constants;
} Tile;

/** Workgroups that every device takes in one direction. */
#define MAX_GROUPS 65535

/**
 * Tile on cooperative matrices: 2 x 2 subgroups of 4 x 5, 4 x 4 or 2 x 2
 * matrices, or 1 x 4 of 2 x 1. Matrices of 16 x 16 make these 128 x 160,
 * 128 x 128, 64 x 64 and 32 x 64.
 */
static Tile coop_tile(const TTMVk *vk, int convolution, int64_t rows, int64_t columns)
{
    static const struct {
        uint32_t subgroups_m, subgroups_n, matrices_m, matrices_n;
        double speed;               /* of an output, all else being equal */
    } forms[] = {
        { 2, 2, 4, 5, 1.0 }, { 2, 2, 4, 4, 0.95 }, { 2, 2, 2, 2, 0.7 },
        { 1, 4, 2, 1, 0.5 },
    };
    Tile best   = { TTM_VK_KERNEL_NB, 0, 0, { 0 }, 0 };
    double least = 0;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const uint32_t sm = forms[i].matrices_m * vk->coop_m;
        const uint32_t sn = forms[i].matrices_n * vk->coop_n;
        const uint32_t bm = forms[i].subgroups_m * sm, bn = forms[i].subgroups_n * sn;
        const uint32_t bk = 2 * vk->coop_k, lanes = vk->subgroup_size;
        int64_t groups    = ttm_vk_ceil(rows, bm) * ttm_vk_ceil(columns, bn);
        double cost;

        if (4 * (bm + bn) * (bk + 8) > vk->limits.maxComputeSharedMemorySize)
            continue;
        /* an idle part of the device costs what a part at work does */
        cost = (double)(groups > vk->busy_groups ? groups : vk->busy_groups) *
               bm * bn / forms[i].speed;
        if (best.rows && cost >= least)
            continue;
        least = cost;
        best  = (Tile){
            convolution ? TTM_VK_CONV2D_COOP : TTM_VK_LINEAR_COOP, bm, bn,
            { 4 * lanes, bm, bn, bk, sm, sn, 0, 0, lanes,
              vk->coop_m, vk->coop_n, vk->coop_k }, 12,
        };
    }
    return best;
}

/**
 * @p granule: what a row of x and of the weight is a multiple of; @p unit: rows
 * that cannot be split. A tile of few rows serves small matrices, where the
 * large one would leave most of a GPU idle.
 */
static Tile choose_tile(const TTMVkProgram *program, int convolution,
                        int64_t granule, int64_t rows, int64_t columns, int64_t unit)
{
    const TTMVk *vk = program->vk;
    Tile tile = { convolution ? TTM_VK_CONV2D_ANY : TTM_VK_LINEAR_ANY, 64, 64,
                  { 256, 64, 64, 16, 4, 4 }, 8 };

    if (granule % 4 == 0 && vk->tier == TTM_VK_TIER_SOFT && unit <= 8 * MAX_GROUPS) {
        uint32_t lanes = vk->subgroup_size;

        return (Tile){ convolution ? TTM_VK_CONV2D_SOFT : TTM_VK_LINEAR_SOFT,
                       8, 4 * lanes, { lanes, 8, 4 * lanes, 4, 8, 4 }, 8 };
    }
    if (granule % 8 == 0 && vk->tier == TTM_VK_TIER_COOP &&
        program->graph->dtype == TTM_DTYPE_F16)
        return coop_tile(vk, convolution, rows, columns);
    if (granule % 4 == 0)
        tile.kernel = convolution ? TTM_VK_CONV2D : TTM_VK_LINEAR;
    if (granule % 4 == 0 && vk->limits.maxComputeSharedMemorySize >= 20480 &&
        ttm_vk_ceil(rows, 128) * ttm_vk_ceil(columns, 128) >= vk->busy_groups) {
        /* more products for each value read from shared memory */
        tile.rows = tile.columns = 128;
        memcpy(tile.constants, (uint32_t[]){ 256, 128, 128, 16, 8, 8 },
               6 * sizeof(uint32_t));
    } else if (rows <= 32) {
        tile.rows = 32;
        memcpy(tile.constants, (uint32_t[]){ 128, 32, 64, 16, 4, 4 },
               6 * sizeof(uint32_t));
    }
    return tile;
}

static TTMVkCall make_call(const TTMVkProgram *p, const Tile *tile,
                           int64_t depth, enum TTMActivation activation,
                           uint32_t flags)
{
    TTMVkCall call = {
        .kernel       = tile->kernel,
        .dtype        = p->graph->dtype,
        .nb_constants = tile->nb_constants,
    };

    memcpy(call.constants, tile->constants, sizeof(tile->constants));
    call.constants[6] = activation;
    call.constants[7] = flags;
    /* slices of BK; plain kernels loop over each of them as well */
    call.loops = ttm_vk_ceil(depth, tile->constants[3]) *
                 (tile->constants[3] > 4 ? tile->constants[3] + 1 : 1) + 64;
    return call;
}

int ttm_vk_op_linear(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMShape *shape = &ttm_vk_input(program, 0)->shape;
    const TTMShape *w     = &ttm_vk_input(program, 1)->shape;
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    const int64_t depth   = shape->dim[shape->rank - 1];
    const int64_t rows    = ttm_shape_count(shape) / depth;
    const int64_t columns = w->dim[0];
    const int64_t width   = node->shape.dim[node->shape.rank - 1];
    const TTMVkRange x = ttm_vk_range(program, node->input[0]);
    const TTMVkRange residual = ttm_vk_range(program, node->input[3]);
    const TTMVkRange y = ttm_vk_range(program, node - program->graph->nodes);
    const size_t strides[] = { depth * size, width * size };
    const Tile tile = choose_tile(program, 0, depth, rows, columns, 1);
    uint32_t flags = (node->input[2] >= 0 ? TTM_VK_HAS_BIAS : 0) |
                     (node->input[3] >= 0 ? TTM_VK_HAS_RESIDUAL : 0) |
                     (node->input[4] >= 0 ? TTM_VK_HAS_ORDER : 0);
    TTMVkCall call = make_call(program, &tile, depth, node->linear.activation,
                                flags);
    int64_t chunk  = ttm_vk_chunk(program, rows, 2.0 * depth * columns, strides, 2,
                                  MAX_GROUPS * tile.rows);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < rows && ret >= 0; first += chunk) {
        int64_t nb = rows - first < chunk ? rows - first : chunk;
        const int sorted = node->input[4] >= 0;     /* rows go anywhere */
        const TTMVkMatmulPush push = { nb, columns, depth, .first_row = first };

        call.ranges[0] = ttm_vk_part(x, strides[0], first, nb);
        call.ranges[1] = ttm_vk_range(program, node->input[1]);
        call.ranges[2] = ttm_vk_range(program, node->input[2]);
        call.ranges[3] = ttm_vk_range(program, node->input[4]);
        call.ranges[4] = sorted ? residual : ttm_vk_part(residual, strides[1], first, nb);
        call.ranges[5] = sorted ? y : ttm_vk_part(y, strides[1], first, nb);
        call.push      = &push;
        call.groups[0] = ttm_vk_ceil(columns, tile.columns);
        call.groups[1] = ttm_vk_ceil(nb, tile.rows);
        call.groups[2] = 1;
        call.work      = 2.0 * nb * columns * depth;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

int ttm_vk_op_conv2d(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMConv2d *p    = &node->conv2d;
    const TTMShape *in    = &ttm_vk_input(program, 0)->shape;
    const TTMShape *w     = &ttm_vk_input(program, 1)->shape;
    const TTMShape *out   = &node->shape;
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    const int64_t pixels  = out->dim[1] * out->dim[2];
    const int64_t depth   = w->dim[1] * w->dim[2] * w->dim[3];
    const int64_t columns = w->dim[0];
    const TTMVkRange x = ttm_vk_range(program, node->input[0]);
    const TTMVkRange residual = ttm_vk_range(program, node->input[4]);
    const TTMVkRange y = ttm_vk_range(program, node - program->graph->nodes);
    const size_t strides[] = { in->dim[1] * in->dim[2] * in->dim[3] * size,
                               pixels * columns * size };
    const Tile tile = choose_tile(program, 1, in->dim[3], out->dim[0] * pixels,
                                  columns, pixels);
    uint32_t flags = (node->input[2] >= 0 ? TTM_VK_HAS_BIAS : 0) |
                     (node->input[3] >= 0 ? TTM_VK_HAS_SHIFT : 0) |
                     (node->input[4] >= 0 ? TTM_VK_HAS_RESIDUAL : 0);
    TTMVkCall call = make_call(program, &tile, depth, p->activation, flags);
    int64_t most   = MAX_GROUPS * tile.rows / pixels;
    int64_t chunk  = ttm_vk_chunk(program, out->dim[0], 2.0 * pixels * columns * depth,
                                  strides, 2, most);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < out->dim[0] && ret >= 0; first += chunk) {
        int64_t nb = out->dim[0] - first < chunk ? out->dim[0] - first : chunk;
        const TTMVkMatmulPush push = {
            nb * pixels, columns, depth,
            in->dim[1], in->dim[2], in->dim[3], out->dim[1], out->dim[2],
            w->dim[3], w->dim[2], p->stride, p->pad_top, p->pad_left, p->upsample,
        };

        call.ranges[0] = ttm_vk_part(x, strides[0], first, nb);
        call.ranges[1] = ttm_vk_range(program, node->input[1]);
        call.ranges[2] = ttm_vk_range(program, node->input[2]);
        call.ranges[3] = ttm_vk_range(program, node->input[3]);
        call.ranges[4] = ttm_vk_part(residual, strides[1], first, nb);
        call.ranges[5] = ttm_vk_part(y, strides[1], first, nb);
        call.push      = &push;
        call.groups[0] = ttm_vk_ceil(columns, tile.columns);
        call.groups[1] = ttm_vk_ceil(nb * pixels, tile.rows);
        call.groups[2] = 1;
        call.work      = 2.0 * nb * pixels * columns * depth;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

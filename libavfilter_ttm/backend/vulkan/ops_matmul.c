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

/** A product of rows of x with rows of the weight, by what decides on the tile. */
typedef struct Product {
    int64_t rows, columns, depth;
    int64_t granule;                ///< a row of x and of the weight is a multiple of it
    int64_t frames, height, width;  ///< a convolution's output, 0: a linear layer
    int is_tensor;                  ///< x can be told as a tensor
    enum TTMActivation activation;
} Product;

/** How a workgroup tiles the output, and the kernel that does it. */
typedef struct Tile {
    enum TTMVkKernelId kernel;
    int64_t rows, columns;          ///< of a workgroup
    uint32_t constants[TTM_VK_MAX_CONSTANTS];   ///< all but activation and flags
    int nb_constants;
    int64_t frames, height, width;  ///< the rows as a box of positions, 0: as they come
    int64_t loops;                  ///< of a thread; 0: by depth, as make_call() says
} Tile;

/** Workgroups that every device takes in one direction. */
#define MAX_GROUPS 65535

/**
 * Tile on cooperative matrices: 2 x 2 subgroups of 4 x 5, 4 x 4 or 2 x 2
 * matrices, or 1 x 4 of 2 x 1. Matrices of 16 x 16 make these 128 x 160,
 * 128 x 128, 64 x 64 and 32 x 64. Its kernel is TTM_VK_KERNEL_NB when the device
 * has registers or shared memory for none of them.
 */
static Tile coop_tile(const TTMVk *vk, const Product *p)
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
        int64_t groups    = ttm_vk_ceil(p->rows, bm) * ttm_vk_ceil(p->columns, bn);
        double cost;

        if (4 * (bm + bn) * (bk + 8) > vk->limits.maxComputeSharedMemorySize ||
            sm * sn / lanes + TTM_VK_OTHER_REGISTERS > vk->lane_registers)
            continue;
        /* an idle part of the device costs what a part at work does */
        cost = (double)(groups > vk->busy_groups ? groups : vk->busy_groups) *
               bm * bn / forms[i].speed;
        if (best.rows && cost >= least)
            continue;
        least = cost;
        best  = (Tile){
            p->frames ? TTM_VK_CONV2D_COOP : TTM_VK_LINEAR_COOP, bm, bn,
            { 4 * lanes, bm, bn, bk, sm, sn, 0, 0, lanes,
              vk->coop_m, vk->coop_n, vk->coop_k }, 12,
        };
    }
    return best;
}

/** Boxes of @p tile that cover the output of a convolution of so many frames. */
static int64_t count_boxes(const Tile *tile, const Product *p, int64_t frames)
{
    return ttm_vk_ceil(frames, tile->frames) * ttm_vk_ceil(p->height, tile->height) *
           ttm_vk_ceil(p->width, tile->width);
}

/** Cut the tile's rows, a power of two, so that the fewest boxes cover the output. */
static int64_t choose_box(Tile *tile, const Product *p)
{
    int64_t least = INT64_MAX;
    Tile best     = *tile;

    for (int64_t w = tile->rows; w > 0; w /= 2)
        for (int64_t h = tile->rows / w; h > 0; h /= 2) {
            int64_t boxes;

            tile->width  = w;
            tile->height = h;
            tile->frames = tile->rows / (w * h);
            boxes = count_boxes(tile, p, p->frames);
            if (boxes < least) {
                least = boxes;
                best  = *tile;
            }
        }
    *tile = best;
    return least;
}

/**
 * Tile on matrices of VK_NV_cooperative_matrix2; its kernel is TTM_VK_KERNEL_NB
 * when the device has none such. Those of a subgroup are for tests.
 */
static Tile coop2_tile(const TTMVk *vk, const Product *p)
{
    static const struct {
        uint32_t threads, rows, columns, depth;
        double speed;               /* of an output, all else being equal */
    } forms[] = {
        { 256, 128, 256, 64, 1.0 }, { 256, 128, 160, 64, 1.0 },
        { 256, 128, 128, 64, 0.95 }, { 128, 64, 64, 64, 0.7 }, { 128, 32, 64, 64, 0.5 },
        { 0, 16, 16, 16, 1.0 },     /* of a subgroup: larger ones compile for long */
    };
    /* GEGLU: each half of the columns has a matrix of its own */
    const uint32_t halves = p->activation == TTM_ACT_GEGLU ? 2 : 1;
    Tile best    = { .kernel = TTM_VK_KERNEL_NB };
    double least = 0;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) * vk->nb_flexible; i++) {
        const TTMVkFlexible *f = &vk->flexible[i % vk->nb_flexible];
        const size_t form   = i / vk->nb_flexible;
        const uint32_t bm   = forms[form].rows, bn = forms[form].columns / halves;
        const uint32_t bk   = forms[form].depth;
        Tile tile = { .rows = bm, .columns = forms[form].columns };
        /* of a convolution, those of each tap; matrices of a subgroup are fetched by
         * loops over their elements */
        const int64_t slices = p->depth / p->granule * ttm_vk_ceil(p->granule, bk);
        int64_t groups;
        double cost;

        tile.loops = vk->has_tensors ? slices + 1 : slices * (halves + 1 +
                     (bm + bn * halves) * bk / f->threads) + 2 * bm * bn / f->threads + 64;
        if (!vk->has_tensors && tile.loops > TTM_VK_MAX_LOOPS)
            continue;
        if (forms[form].threads != (vk->has_tensors ? f->threads : 0) || bm % f->m ||
            bn % f->n || bk % f->k || bm > vk->flexible_most ||
            bn > vk->flexible_most || bk > vk->flexible_most)
            continue;
        groups = p->frames ? choose_box(&tile, p) : ttm_vk_ceil(p->rows, bm);
        groups *= ttm_vk_ceil(p->columns, tile.columns);
        cost   = (double)(groups > vk->busy_groups ? groups : vk->busy_groups) *
                 bm * tile.columns / forms[form].speed;
        if (best.rows && cost >= least)
            continue;
        least = cost;
        best  = tile;
        best.kernel = p->frames ? TTM_VK_CONV2D_COOP2 : TTM_VK_LINEAR_COOP2;
        best.kernel += !vk->has_tensors;
        best.nb_constants = 8;
        memcpy(best.constants, (uint32_t[]){ f->threads, bm, bn, bk, tile.height,
                                             tile.width }, 6 * sizeof(uint32_t));
    }
    return best;
}

/**
 * A tile of few rows serves small matrices, where the large one would leave most
 * of a GPU idle.
 */
static Tile choose_tile(const TTMVkProgram *program, const Product *p)
{
    const TTMVk *vk    = program->vk;
    const int matrices = p->granule % 8 == 0 && program->graph->dtype == TTM_DTYPE_F16;
    Tile tile = { p->frames ? TTM_VK_CONV2D_ANY : TTM_VK_LINEAR_ANY, 64, 64,
                  { 256, 64, 64, 16, 4, 4 }, 8 };

    if (p->granule % 4 == 0 && vk->tier == TTM_VK_TIER_SOFT &&
        p->height * p->width <= 8 * MAX_GROUPS) {
        uint32_t lanes = vk->subgroup_size;

        return (Tile){ p->frames ? TTM_VK_CONV2D_SOFT : TTM_VK_LINEAR_SOFT,
                       8, 4 * lanes, { lanes, 8, 4 * lanes, 4, 8, 4 }, 8 };
    }
    if (matrices && vk->tier == TTM_VK_TIER_COOP2 && p->is_tensor) {
        const Tile flexible = coop2_tile(vk, p);

        if (flexible.kernel != TTM_VK_KERNEL_NB)
            return flexible;
    }
    if (matrices && (vk->tier == TTM_VK_TIER_COOP || vk->tier == TTM_VK_TIER_COOP2)) {
        const Tile cooperative = coop_tile(vk, p);

        if (cooperative.kernel != TTM_VK_KERNEL_NB)
            return cooperative;
    }
    if (p->granule % 4 == 0)
        tile.kernel = p->frames ? TTM_VK_CONV2D : TTM_VK_LINEAR;
    if (p->granule % 4 == 0 && vk->limits.maxComputeSharedMemorySize >= 20480 &&
        ttm_vk_ceil(p->rows, 128) * ttm_vk_ceil(p->columns, 128) >= vk->busy_groups) {
        /* more products for each value read from shared memory */
        tile.rows = tile.columns = 128;
        memcpy(tile.constants, (uint32_t[]){ 256, 128, 128, 16, 8, 8 },
               6 * sizeof(uint32_t));
    } else if (p->rows <= 32) {
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
    call.loops = tile->loops ? tile->loops : ttm_vk_ceil(depth, tile->constants[3]) *
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
    const Product product = {
        rows, columns, depth, depth, .is_tensor = 1, .activation = node->linear.activation,
    };
    const Tile tile = choose_tile(program, &product);
    uint32_t flags = (node->input[2] >= 0 ? TTM_VK_HAS_BIAS : 0) |
                     (node->input[3] >= 0 ? TTM_VK_HAS_RESIDUAL : 0) |
                     (node->input[4] >= 0 ? TTM_VK_HAS_ORDER : 0);
    TTMVkCall call = make_call(program, &tile, depth, node->linear.activation,
                                flags);
    int64_t chunk  = ttm_vk_chunk(program, rows, tile.rows, 2.0 * depth * columns,
                                  strides, 2, MAX_GROUPS * tile.rows);
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
    /* every second row of an odd number would overlap with the next frame's */
    const Product product = {
        out->dim[0] * pixels, columns, depth, in->dim[3], out->dim[0], out->dim[1],
        out->dim[2], p->upsample == 1 && in->dim[1] % p->stride == 0, p->activation,
    };
    const Tile tile = choose_tile(program, &product);
    uint32_t flags = (node->input[2] >= 0 ? TTM_VK_HAS_BIAS : 0) |
                     (node->input[3] >= 0 ? TTM_VK_HAS_SHIFT : 0) |
                     (node->input[4] >= 0 ? TTM_VK_HAS_RESIDUAL : 0);
    TTMVkCall call = make_call(program, &tile, depth, p->activation, flags);
    int64_t most   = tile.frames ? MAX_GROUPS / count_boxes(&tile, &product, 1) *
                                   tile.frames : MAX_GROUPS * tile.rows / pixels;
    int64_t chunk  = ttm_vk_chunk(program, out->dim[0], ttm_vk_ceil(tile.rows, pixels),
                                  2.0 * pixels * columns * depth, strides, 2, most);
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
        call.groups[1] = tile.frames ? count_boxes(&tile, &product, nb) :
                                       ttm_vk_ceil(nb * pixels, tile.rows);
        call.groups[2] = 1;
        call.work      = 2.0 * nb * pixels * columns * depth;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

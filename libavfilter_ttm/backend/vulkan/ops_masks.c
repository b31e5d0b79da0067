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

/** @file Work on object ids: TTM_OP_SORT_REGIONS and TTM_OP_MASK. */

#include "backend/vulkan/program.h"

#define THREADS 64
/** Threads of kernels with one workgroup a frame. */
#define FRAME_THREADS 256

/** Dispatches that sort tokens by region; see TTM_OP_SORT_REGIONS. */
int ttm_vk_op_sort_regions(TTMVkProgram *program)
{
    const TTMNode *node      = program->node;
    const TTMVkRange regions = ttm_vk_range(program, node->input[0]);
    const TTMVkRange order   = ttm_vk_range(program, node - program->graph->nodes);
    const int64_t tokens = ttm_shape_count(&ttm_vk_input(program, 0)->shape);
    const int64_t blocks = ttm_vk_ceil(tokens, TTM_VK_REGION_BLOCK);
    const TTMVkRange counts = ttm_vk_scratch(program, blocks * TTM_VK_REGIONS * 4);
    const TTMVkRegionsPush push = { tokens, blocks };
    TTMVkCall call = {
        .kernel = TTM_VK_REGIONS_COUNT, .dtype = TTM_DTYPE_U32,
        .constants = { TTM_VK_REGIONS }, .nb_constants = 1,
        .ranges = { regions, counts }, .push = &push,
        .groups = { blocks, 1, 1 }, .work = 8.0 * tokens,
    };
    int ret = ttm_vk_call(program, &call);

    if (ret < 0)
        return ret;
    call.kernel    = TTM_VK_REGIONS_SCAN;
    call.ranges[0] = counts;
    call.ranges[1] = order;
    call.groups[0] = 1;
    call.work      = 8.0 * blocks * TTM_VK_REGIONS;
    call.loops     = 2 * blocks + 16;
    ret = ttm_vk_call(program, &call);
    if (ret < 0)
        return ret;
    call.loops     = 0;
    call.kernel    = TTM_VK_REGIONS_SCATTER;
    call.ranges[0] = regions;
    call.ranges[1] = counts;
    call.ranges[2] = order;
    call.groups[0] = blocks;
    call.work      = 64.0 * tokens;
    return ttm_vk_call(program, &call);
}

/** Workgroups for @p units of one thread each; a row of them is full. */
static void set_groups(TTMVkCall *call, int64_t units)
{
    const int64_t groups = ttm_vk_ceil(units, THREADS), row = 32768;

    call->groups[0] = groups < row ? groups : row;
    call->groups[1] = ttm_vk_ceil(groups, row);
    call->groups[2] = 1;
    call->work      = 16.0 * units;
}

/** Pixels of a cell and their rows: what a thread's loops visit. */
static int64_t cell_loops(const TTMMask *p)
{
    const int64_t rows = ttm_vk_ceil(p->height, p->cell_height);

    return rows * (ttm_vk_ceil(p->width, p->cell_width) + 1);
}

/** Cells by majority; then objects that have none, one workgroup a frame. */
static int mask_cells(TTMVkProgram *program, TTMVkCall *call, int64_t frames,
                      double pixels)
{
    const int64_t cells   = ttm_shape_count(&program->node->shape);
    const TTMMask *p      = &program->node->mask;
    const int objects     = p->objects;
    const TTMVkRange grid = call->ranges[1];
    int ret;

    if (objects)
        call->ranges[1] = ttm_vk_scratch(program, objects * cells * 4);
    else
        call->ranges[1] = TTM_VK_ABSENT;
    call->ranges[2] = grid;
    call->kernel    = TTM_VK_IDS_CELLS;
    set_groups(call, ttm_vk_ceil(cells, 4));
    call->work  = 8 * pixels;
    call->loops = (cells < 4 ? cells : 4) * (cell_loops(p) + 2 * objects + 2);
    ret = ttm_vk_call(program, call);
    if (ret < 0 || !objects)
        return ret;
    call->ranges[0]    = call->ranges[1];
    call->ranges[1]    = grid;
    call->kernel       = TTM_VK_IDS_LOST;
    call->constants[0] = FRAME_THREADS;
    call->groups[0]    = frames;
    call->groups[1]    = call->groups[2] = 1;
    call->loops        = objects * (ttm_vk_ceil(cells / frames, FRAME_THREADS) + 1);
    return ttm_vk_call(program, call);
}

static int mask_table(TTMVkProgram *program, const TTMVkCall *outline, int nearest)
{
    const TTMNode *node   = program->node;
    const TTMShape *table = &ttm_vk_input(program, 1)->shape;
    const TTMVkTablePush push = {
        ttm_shape_count(nearest ? &node->shape : &ttm_vk_input(program, 0)->shape),
        table->dim[0], table->dim[1],
    };
    TTMVkCall call = *outline;

    call.kernel = nearest ? TTM_VK_IDS_NEAREST : TTM_VK_IDS_PAINT;
    call.dtype  = program->graph->dtype;
    call.push   = &push;
    call.ranges[2] = call.ranges[1];
    call.ranges[1] = ttm_vk_range(program, node->input[1]);
    call.loops     = nearest ? 4 * (push.rows * (push.columns + 1) + 1) : 0;
    set_groups(&call, nearest ? ttm_vk_ceil(push.count, 4) :
                               (int64_t)push.count * push.columns);
    return ttm_vk_call(program, &call);
}

int ttm_vk_op_mask(TTMVkProgram *program)
{
    const TTMNode *node  = program->node;
    const TTMMask *p     = &node->mask;
    const int64_t frames = ttm_vk_input(program, 0)->shape.dim[0];
    const double pixels  = (double)frames * p->height * p->width;
    const TTMVkMaskPush push = { frames, p->height, p->width, p->cell_height,
                                 p->cell_width, p->objects };
    TTMVkCall call = {
        .dtype = TTM_DTYPE_U32, .constants = { THREADS }, .nb_constants = 1,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push,
    };

    switch (p->kind) {
    case TTM_MASK_CELLS:
        return mask_cells(program, &call, frames, pixels);
    case TTM_MASK_BOXES:
        call.kernel       = TTM_VK_IDS_BOXES;
        call.constants[0] = FRAME_THREADS;
        call.groups[0]    = frames;
        call.groups[1]    = call.groups[2] = 1;
        call.work         = 4 * pixels;
        call.loops        = ttm_vk_ceil((int64_t)p->height * p->width, FRAME_THREADS);
        return ttm_vk_call(program, &call);
    case TTM_MASK_SETS:
    case TTM_MASK_BOX_SETS:
        call.kernel       = TTM_VK_IDS_SETS;
        call.constants[1] = p->kind == TTM_MASK_BOX_SETS;
        call.nb_constants = 2;
        call.ranges[2]    = call.ranges[1];
        call.ranges[1]    = call.constants[1] ? call.ranges[0] : TTM_VK_ABSENT;
        if (call.constants[1])
            call.ranges[0] = TTM_VK_ABSENT;
        set_groups(&call, ttm_shape_count(&node->shape));
        call.work  = 4 * pixels;
        call.loops = call.constants[1] ? p->objects : cell_loops(p);
        return ttm_vk_call(program, &call);
    case TTM_MASK_NEAREST:
    case TTM_MASK_PAINT:
        break;
    }
    return mask_table(program, &call, p->kind == TTM_MASK_NEAREST);
}

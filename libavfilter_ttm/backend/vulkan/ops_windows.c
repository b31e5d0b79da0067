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

/** @file Dispatches of square windows of positions. */

#include "backend/vulkan/program.h"

#define THREADS 64

int ttm_vk_op_window(TTMVkProgram *program)
{
    const TTMNode *node  = program->node;
    const TTMWindows *p  = &node->windows;
    const int64_t count  = ttm_shape_count(&node->shape);
    const int most       = p->kind == TTM_WINDOW_MAX;
    /* operations of a thread, roughly: it is bound by memory */
    const double work    = most ? 4.0 * p->size * p->size : 8;
    TTMVkWindowPush push = { .height = (uint32_t)p->height, .width = (uint32_t)p->width,
                             .channels = (uint32_t)node->shape.dim[3],
                             .size = (uint32_t)p->size };
    TTMVkCall call = {
        .kernel = TTM_VK_WINDOW, .dtype = program->graph->dtype,
        .constants = { THREADS, p->kind }, .nb_constants = 2,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, (TTMNodeId)(node - program->graph->nodes)) },
        .push = &push, .loops = most ? (int64_t)p->size * p->size : 0,
    };
    const int64_t chunk = ttm_vk_chunk(program, count, THREADS, work, NULL, 0,
                                       (int64_t)65535 * THREADS);
    int ret = chunk < 0 ? (int)chunk : 0;

    for (int64_t first = 0; first < count && ret >= 0; first += chunk) {
        push.first     = (uint32_t)first;
        push.count     = (uint32_t)(count - first < chunk ? count - first : chunk);
        call.groups[0] = (uint32_t)ttm_vk_ceil(push.count, THREADS);
        call.groups[1] = call.groups[2] = 1;
        call.work      = work * push.count;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

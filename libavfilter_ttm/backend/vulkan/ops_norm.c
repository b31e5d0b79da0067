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

/** @file Group norm in three passes, layer norm in one. */

#include "backend/vulkan/program.h"

/** Threads of the norms' workgroups; one vector of a software device. */
static uint32_t norm_threads(const TTMVk *vk)
{
    return vk->tier == TTM_VK_TIER_SOFT ? 8 : 128;
}

/** Dispatches for sets [first, first + nb) of the group norm. */
static int norm_sets(TTMVkProgram *program, int64_t first, int64_t nb,
                     int64_t positions)
{
    const TTMNode *node    = program->node;
    const TTMGroupNorm *p  = &node->group_norm;
    const int64_t channels = node->shape.dim[node->shape.rank - 1];
    const size_t stride    = positions * channels *
                             ttm_dtype_size(program->graph->dtype);
    const uint32_t threads = norm_threads(program->vk);
    const uint32_t rows    = positions > 16 * 65535 ? 256 : 16;
    const double elements  = (double)nb * positions * channels;
    const int64_t longest  = TTM_VK_MAX_LOOPS / 2 * threads /
                             (channels / p->groups + 1) + 1;
    int64_t nb_parts = positions * (channels / p->groups) / 16384;
    TTMVkRange x = ttm_vk_part(ttm_vk_range(program, node->input[0]), stride,
                               first, nb);
    TTMVkRange y = ttm_vk_part(ttm_vk_range(program, node - program->graph->nodes),
                               stride, first, nb);
    TTMVkRange parts, moments;
    TTMVkNormPush push = {
        .positions = positions, .channels = channels, .groups = p->groups,
        .nb_sets = nb, .epsilon = p->epsilon,
        .flags = (node->input[1] >= 0) | (node->input[2] >= 0) << 1,
    };
    TTMVkCall call = { .push = &push };
    int ret;

    nb_parts = nb_parts < 1 ? 1 : nb_parts > 64 ? 64 : nb_parts;
    /* more, where a thread's loops would become too long: TTM_VK_MAX_LOOPS */
    if (nb_parts < positions / longest)
        nb_parts = ttm_vk_ceil(positions, longest);
    push.part_positions = ttm_vk_ceil(positions, nb_parts);
    push.nb_parts       = ttm_vk_ceil(positions, push.part_positions);
    parts   = ttm_vk_scratch(program, nb * p->groups * push.nb_parts * 16);
    moments = ttm_vk_scratch(program, nb * p->groups * 8);

    call = (TTMVkCall){
        .kernel = TTM_VK_NORM_STATS, .dtype = program->graph->dtype,
        .constants = { threads }, .nb_constants = 1, .ranges = { x, parts },
        .push = &push, .groups = { push.nb_parts, p->groups, nb },
        .work = 8 * elements,
    };
    ret = ttm_vk_call(program, &call);
    if (ret < 0)
        return ret;
    call = (TTMVkCall){
        .kernel = TTM_VK_NORM_FINISH, .dtype = TTM_DTYPE_U32,
        .constants = { 64 }, .nb_constants = 1, .ranges = { parts, moments },
        .push = &push, .groups = { ttm_vk_ceil(nb * p->groups, 64), 1, 1 },
        .loops = push.nb_parts,
    };
    ret = ttm_vk_call(program, &call);
    if (ret < 0)
        return ret;
    call = (TTMVkCall){
        .kernel = TTM_VK_NORM_APPLY, .dtype = program->graph->dtype,
        .constants = { 64, p->activation, rows }, .nb_constants = 3,
        .ranges = { x, moments, ttm_vk_range(program, node->input[1]),
                    ttm_vk_range(program, node->input[2]), y },
        .push = &push,
        .groups = { ttm_vk_ceil(channels, 64), ttm_vk_ceil(positions, rows), nb },
        .work = 16 * elements,
    };
    return ttm_vk_call(program, &call);
}

int ttm_vk_op_group_norm(TTMVkProgram *program)
{
    const TTMNode *node    = program->node;
    const int64_t channels = node->shape.dim[node->shape.rank - 1];
    const int64_t sets     = node->shape.dim[0] / node->group_norm.pool;
    const int64_t positions = ttm_shape_count(&node->shape) / channels / sets;
    const size_t stride = positions * channels *
                          ttm_dtype_size(program->graph->dtype);
    int64_t chunk = ttm_vk_chunk(program, sets, 1, 24.0 * positions * channels,
                                 &stride, 1, 65535);

    for (int64_t first = 0; first < sets && chunk > 0; first += chunk) {
        int ret = norm_sets(program, first, sets - first < chunk ? sets - first :
                                                                   chunk, positions);

        if (ret < 0)
            return ret;
    }
    return chunk < 0 ? chunk : 0;
}

int ttm_vk_op_layer_norm(TTMVkProgram *program)
{
    const TTMNode *node    = program->node;
    const int64_t channels = node->shape.dim[node->shape.rank - 1];
    const int64_t rows     = ttm_shape_count(&node->shape) / channels;
    const size_t stride    = channels * ttm_dtype_size(program->graph->dtype);
    const TTMVkRange x = ttm_vk_range(program, node->input[0]);
    const TTMVkRange y = ttm_vk_range(program, node - program->graph->nodes);
    const int sorted   = node->input[3] >= 0;
    int64_t chunk = ttm_vk_chunk(program, rows, 1, 16.0 * channels, &stride, 1, 65535);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < rows && ret >= 0; first += chunk) {
        int64_t nb = rows - first < chunk ? rows - first : chunk;
        const TTMVkLayerNormPush push = {
            nb, channels, (node->input[1] >= 0) | (node->input[2] >= 0) << 1 |
            sorted << 2 | node->layer_norm.mean_square << 3, node->layer_norm.epsilon,
            first,
        };
        const TTMVkCall call = {
            .kernel = TTM_VK_LAYER_NORM, .dtype = program->graph->dtype,
            .constants = { norm_threads(program->vk) }, .nb_constants = 1,
            .ranges = { sorted ? x : ttm_vk_part(x, stride, first, nb),
                        ttm_vk_range(program, node->input[1]),
                        ttm_vk_range(program, node->input[2]),
                        ttm_vk_range(program, node->input[3]),
                        ttm_vk_part(y, stride, first, nb) },
            .push = &push, .groups = { nb, 1, 1 }, .work = 16.0 * nb * channels,
            .loops = 3 * ttm_vk_ceil(channels, norm_threads(program->vk)) + 16,
        };

        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

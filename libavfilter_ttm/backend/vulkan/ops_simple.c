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

/** @file Element-wise ops and ops that move elements. */

#include <math.h>
#include <stdlib.h>

#include "backend/vulkan/program.h"

#define THREADS 64

/**
 * Dispatches for a kernel with one thread an element: @p call has everything
 * but what depends on the part; the push constants begin with the number of
 * elements. Ranges whose bit is set in @p split are split with the output.
 */
static int call_elements(TTMVkProgram *program, TTMVkCall *call, uint32_t *count,
                         int64_t elements, const size_t *strides, uint32_t split,
                         int64_t granule, double work)
{
    TTMVkRange whole[TTM_VK_MAX_BINDINGS];
    size_t unit_strides[TTM_VK_MAX_BINDINGS] = { 0 };
    int nb_bindings = ttm_vk_kernels[call->kernel].nb_bindings;
    int64_t units   = elements / granule, chunk;
    int ret = 0;

    for (int i = 0; i < nb_bindings; i++) {
        whole[i]        = call->ranges[i];
        unit_strides[i] = split >> i & 1 ? strides[i] * granule : 0;
    }
    chunk = ttm_vk_chunk(program, units, ttm_vk_ceil(THREADS, granule), work * granule,
                         unit_strides, nb_bindings, (int64_t)65535 * THREADS / granule);
    if (chunk < 0)
        return chunk;
    for (int64_t first = 0; first < units && ret >= 0; first += chunk) {
        int64_t nb = units - first < chunk ? units - first : chunk;

        for (int i = 0; i < nb_bindings; i++)
            if (split >> i & 1)
                call->ranges[i] = ttm_vk_part(whole[i], unit_strides[i], first, nb);
        *count          = nb * granule;
        call->groups[0] = ttm_vk_ceil(*count, THREADS);
        call->groups[1] = call->groups[2] = 1;
        call->work      = work * *count;
        ret = ttm_vk_call(program, call);
    }
    return ret;
}

int ttm_vk_op_add(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMBroadcast *b = &node->add;
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    const int64_t count   = ttm_shape_count(&node->shape);
    int same = ttm_shape_count(&ttm_vk_input(program, 1)->shape) == count;
    TTMVkAddPush push = { 0, b->outer, b->middle, b->inner };
    TTMVkCall call = {
        .kernel = TTM_VK_ADD, .dtype = program->graph->dtype,
        .constants = { THREADS, (uint32_t)b->product }, .nb_constants = 2,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, node->input[1]),
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push,
    };

    if (same)
        push.outer = push.middle = 1, push.inner = UINT32_MAX;
    /* parts begin where b begins anew, so that an index in a part is enough */
    return call_elements(program, &call, &push.count, count,
                         (size_t[]){ size, size, size }, same ? 7 : 5,
                         same ? 1 : b->outer * b->middle * b->inner, 4);
}

int ttm_vk_op_activate(TTMVkProgram *program)
{
    const TTMNode *node = program->node;
    const size_t size   = ttm_dtype_size(program->graph->dtype);
    TTMVkCountPush push = { 0 };
    TTMVkCall call = {
        .kernel = TTM_VK_ACTIVATE, .dtype = program->graph->dtype,
        .constants = { THREADS, node->activation }, .nb_constants = 2,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push,
    };

    return call_elements(program, &call, &push.count, ttm_shape_count(&node->shape),
                         (size_t[]){ size, size }, 3, 1, 16);
}

/** Scale and combine: inputs from @p first on, of any floating type. */
static int combine(TTMVkProgram *program, int first, int nb, int fixed,
                   TTMVkCombinePush *push)
{
    const TTMNode *node = program->node;
    const int last = ttm_vk_kernels[TTM_VK_COMBINE].nb_bindings - 1;
    size_t strides[TTM_VK_MAX_BINDINGS] = { 0 };
    uint32_t split = 1u << last;
    TTMVkCall call = {
        .kernel = TTM_VK_COMBINE, .dtype = program->graph->dtype,
        .constants = { THREADS, fixed }, .nb_constants = 2, .push = push,
    };

    call.ranges[0] = fixed ? TTM_VK_ABSENT : ttm_vk_range(program, node->input[0]);
    for (int i = 0; i < last - 1; i++) {
        enum TTMDType dtype;

        call.ranges[i + 1] = TTM_VK_ABSENT;
        if (i >= nb)
            continue;
        dtype = ttm_vk_input(program, first + i)->dtype;
        call.ranges[i + 1] = ttm_vk_range(program, node->input[first + i]);
        strides[i + 1]     = ttm_dtype_size(dtype);
        push->types       |= (uint32_t)dtype << 4 * i;
        split             |= 2u << i;
    }
    call.ranges[last] = ttm_vk_range(program, node - program->graph->nodes);
    strides[last]     = ttm_dtype_size(program->graph->dtype);
    push->nb_inputs   = nb - push->first_given;
    if (push->frame || push->row) {
        /* one dispatch, as frames and rows are counted from the beginning */
        const int64_t groups = ttm_vk_ceil(ttm_shape_count(&node->shape), THREADS);

        push->count    = ttm_shape_count(&node->shape);
        call.groups[0] = groups < 32768 ? groups : 32768;
        call.groups[1] = ttm_vk_ceil(groups, 32768);
        call.groups[2] = 1;
        call.work      = 4.0 * nb * push->count;
        return ttm_vk_call(program, &call);
    }
    return call_elements(program, &call, &push->count,
                         ttm_shape_count(&node->shape), strides, split, 1, 4.0 * nb);
}

int ttm_vk_op_scale(TTMVkProgram *program)
{
    const TTMScale *p = &program->node->scale;
    TTMVkCombinePush push = { .scale = p->scale, .shift = p->shift };

    return combine(program, 0, 1, 1, &push);
}

int ttm_vk_op_combine(TTMVkProgram *program)
{
    const TTMNode *node = program->node;
    const int given     = node->combine.first_given;
    const int64_t count = ttm_shape_count(&node->shape);
    const TTMShape *coefficients = &ttm_vk_input(program, 0)->shape;
    TTMVkCombinePush push = { .first_given = given };

    for (int i = 1; i < node->nb_inputs; i++)
        if (ttm_shape_count(&ttm_vk_input(program, i)->shape) < count)
            push.repeated |= 1u << (i - 1);
    if (push.repeated || given)
        push.frame = count / node->shape.dim[0];
    if (coefficients->rank == 2)
        push.row = count / coefficients->dim[0];
    return combine(program, 1, node->nb_inputs - 1, 0, &push);
}

/** Copy @p rows rows of @p row elements between pitches; offsets in elements. */
static int move(TTMVkProgram *program, TTMNodeId input, int64_t rows, int64_t row,
                int64_t x_pitch, int64_t x_offset, int64_t y_pitch, int64_t y_offset)
{
    const enum TTMDType dtype = program->node->dtype;
    const size_t size = ttm_dtype_size(dtype);
    const TTMVkRange x = ttm_vk_range(program, input);
    const TTMVkRange y = ttm_vk_range(program, program->node - program->graph->nodes);
    const size_t strides[] = { x_pitch * size, y_pitch * size };
    int64_t chunk = ttm_vk_chunk(program, rows, ttm_vk_ceil(THREADS, row), 4.0 * row,
                                 strides, 2, (int64_t)65535 * THREADS / row);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < rows && ret >= 0; first += chunk) {
        int64_t nb = rows - first < chunk ? rows - first : chunk;
        const TTMVkMovePush push = { nb * row, row, x_pitch, x_offset,
                                     y_pitch, y_offset };
        const TTMVkCall call = {
            .kernel = TTM_VK_MOVE, .dtype = dtype,
            .constants = { THREADS }, .nb_constants = 1,
            .ranges = { x_pitch ? ttm_vk_part(x, strides[0], first, nb) : x,
                        ttm_vk_part(y, strides[1], first, nb) },
            .push = &push, .groups = { ttm_vk_ceil(nb * row, THREADS), 1, 1 },
            .work = 4.0 * nb * row,
        };

        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

/** Elements of the axes before, and from @p axis on. */
static void split_at(const TTMShape *shape, int axis, int64_t *before,
                     int64_t *within)
{
    *before = *within = 1;
    for (int i = 0; i < shape->rank; i++)
        *(i < axis ? before : within) *= shape->dim[i];
}

/**
 * move(), where one row is all there is: @p row elements that are next to each
 * other on both sides. Aligned ranges are done in parts.
 */
static int move_block(TTMVkProgram *program, TTMNodeId input, int64_t row,
                      int64_t x_offset, int64_t y_offset)
{
    const size_t size = ttm_dtype_size(program->node->dtype);
    const TTMVkRange from = ttm_vk_range(program, input);
    const TTMVkRange to = ttm_vk_range(program, program->node - program->graph->nodes);
    const TTMVkRange x = ttm_vk_part(from, size, x_offset, row);
    const TTMVkRange y = ttm_vk_part(to, size, y_offset, row);
    const size_t alignment = program->vk->limits.minStorageBufferOffsetAlignment;
    TTMVkMovePush push = { .row = UINT32_MAX };
    TTMVkCall call = {
        .kernel = TTM_VK_MOVE, .dtype = program->node->dtype,
        .constants = { THREADS }, .nb_constants = 1, .ranges = { x, y },
        .push = &push,
    };

    if (x.offset % alignment || y.offset % alignment)
        return move(program, input, 1, row, from.bytes / size, x_offset,
                    to.bytes / size, y_offset);
    return call_elements(program, &call, &push.count, row,
                         (size_t[]){ size, size }, 3, 1, 4);
}

int ttm_vk_op_concat(TTMVkProgram *program)
{
    const TTMNode *node = program->node;
    int64_t rows, out, offset = 0;

    split_at(&node->shape, node->axis.axis, &rows, &out);
    for (int i = 0; i < node->nb_inputs; i++) {
        int64_t before, row;
        int ret;

        split_at(&ttm_vk_input(program, i)->shape, node->axis.axis, &before, &row);
        ret = rows == 1 ? move_block(program, node->input[i], row, 0, offset) :
              move(program, node->input[i], rows, row, row, 0, out, offset);
        if (ret < 0)
            return ret;
        offset += row;
    }
    return 0;
}

int ttm_vk_op_slice(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMShape *shape = &ttm_vk_input(program, 0)->shape;
    int64_t rows, in, out, start;

    split_at(shape, node->axis.axis, &rows, &in);
    split_at(&node->shape, node->axis.axis, &rows, &out);
    start = node->axis.start * (out / node->axis.length);
    return rows == 1 ? move_block(program, node->input[0], out, start, 0) :
           move(program, node->input[0], rows, out, in, start, out, 0);
}

int ttm_vk_op_repeat(TTMVkProgram *program)
{
    const TTMNode *node = program->node;
    int64_t row = ttm_shape_count(&ttm_vk_input(program, 0)->shape);

    return move(program, node->input[0], node->shape.dim[0], row, 0, 0, row, 0);
}

int ttm_vk_op_embedding(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    const TTMShape *shape = &ttm_vk_input(program, 0)->shape;
    const int64_t rows    = shape->dim[0], channels = shape->dim[1];
    const size_t stride   = channels * size;
    const TTMVkRange table = ttm_vk_range(program, node->input[0]);
    const int64_t count = ttm_shape_count(&node->shape);
    /* only a table that cannot be bound at once is split, so the work is none */
    int64_t chunk = ttm_vk_chunk(program, rows, 1, 0, &stride, 1, rows);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < rows && ret >= 0; first += chunk) {
        int64_t nb = rows - first < chunk ? rows - first : chunk;
        TTMVkEmbeddingPush push = { count, channels, rows, first, first + nb };
        const TTMVkCall call = {
            .kernel = TTM_VK_EMBEDDING, .dtype = program->graph->dtype,
            .constants = { THREADS }, .nb_constants = 1,
            .ranges = { ttm_vk_part(table, stride, first, nb),
                        ttm_vk_range(program, node->input[1]),
                        ttm_vk_range(program, node - program->graph->nodes) },
            .push = &push, .groups = { ttm_vk_ceil(count, THREADS), 1, 1 },
            .work = 4.0 * count,
        };

        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

int ttm_vk_op_timestep(TTMVkProgram *program)
{
    const TTMNode *node  = program->node;
    const TTMTimestep *p = &node->timestep;
    const int half       = p->channels / 2;
    const int64_t times  = ttm_shape_count(&ttm_vk_input(program, 0)->shape);
    const TTMVkTimestepPush push = { p->channels, p->flip_sin_to_cos != 0, times };
    float (*frequencies)[4] = calloc(half, sizeof(*frequencies));
    TTMVkCall call = {
        .kernel = TTM_VK_TIMESTEP, .dtype = program->graph->dtype,
        .constants = { THREADS }, .nb_constants = 1,
        .ranges = { ttm_vk_range(program, node->input[0]), TTM_VK_ABSENT,
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push, .groups = { ttm_vk_ceil(half * times, THREADS), 1, 1 },
    };
    int ret;

    if (!frequencies)
        return ttm_fail(program->vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    for (int i = 0; i < half; i++) {
        double f = exp(-log((double)p->max_period) * i / (half - p->frequency_shift));

        /* 12 bits in each of the first two, so that products are exact */
        for (int j = 0; j < 3; j++) {
            int exponent;
            double scale = frexp(f, &exponent);

            if (j < 2)
                f -= frequencies[i][j] = ldexp(trunc(ldexp(scale, 12)),
                                               exponent - 12);
            else
                frequencies[i][j] = f;
        }
    }
    ret = ttm_vk_constant(program, frequencies, half * sizeof(*frequencies),
                          &call.ranges[1]);
    free(frequencies);
    return ret < 0 ? ret : ttm_vk_call(program, &call);
}

int ttm_vk_op_fourier(TTMVkProgram *program)
{
    const TTMNode *node    = program->node;
    const TTMShape *x      = &ttm_vk_input(program, 0)->shape;
    const int64_t columns  = ttm_vk_input(program, 1)->shape.dim[1];
    const TTMVkFourierPush push = { x->dim[0], x->dim[1], columns };
    const int64_t threads  = x->dim[0] * columns;
    const TTMVkCall call = {
        .kernel = TTM_VK_FOURIER, .dtype = program->graph->dtype,
        .constants = { THREADS }, .nb_constants = 1,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, node->input[1]),
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push, .groups = { ttm_vk_ceil(threads, THREADS), 1, 1 },
        .work = 40.0 * threads, .loops = x->dim[1],
    };

    return ttm_vk_call(program, &call);
}

int ttm_vk_op_product(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMShape *w     = &ttm_vk_input(program, 1)->shape;
    const int64_t columns = w->dim[0], depth = w->dim[1];
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    TTMVkProductPush push = { 0, columns, depth };
    TTMVkCall call = {
        .kernel = TTM_VK_PRODUCT, .dtype = program->graph->dtype,
        .constants = { THREADS }, .nb_constants = 1,
        .ranges = { ttm_vk_range(program, node->input[0]),
                    ttm_vk_range(program, node->input[1]),
                    ttm_vk_range(program, node - program->graph->nodes) },
        .push = &push, .loops = depth,
    };
    const TTMVkRange x = call.ranges[0], y = call.ranges[2];
    const int64_t rows = ttm_shape_count(&node->shape) / columns;
    const size_t strides[] = { depth * size, columns * size };
    const int64_t chunk = ttm_vk_chunk(program, rows, ttm_vk_ceil(THREADS, columns),
                                       2.0 * depth * columns, strides, 2,
                                       (int64_t)65535 * THREADS / columns);
    int ret = chunk < 0 ? chunk : 0;

    for (int64_t first = 0; first < rows && ret >= 0; first += chunk) {
        const int64_t nb = rows - first < chunk ? rows - first : chunk;

        call.ranges[0] = ttm_vk_part(x, strides[0], first, nb);
        call.ranges[2] = ttm_vk_part(y, strides[1], first, nb);
        push.count     = nb * columns;
        call.groups[0] = ttm_vk_ceil(push.count, THREADS);
        call.groups[1] = call.groups[2] = 1;
        call.work      = 2.0 * depth * push.count;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

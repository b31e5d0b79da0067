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

/** @file Work on pictures: a pixel, or a few, a thread. */

#include "backend/vulkan/program.h"

#define THREADS 64

/** Operations a thread, roughly: for submissions that do not take too long. */
static double thread_work(const TTMNode *node, uint32_t channels, uint32_t quads)
{
    switch (node->picture.kind) {
    case TTM_PICTURE_RESAMPLE: return 8.0 * channels;
    case TTM_PICTURE_CHANGE:   return 300;
    case TTM_PICTURE_SMOOTH:   return 800;
    case TTM_PICTURE_COMPOSE:  return 2000.0 * quads;
    default:                   return 60;
    }
}

/** Bytes of a sample of a packed picture; 0 where it holds floats. */
static uint32_t sample_bytes(const TTMNode *node)
{
    return node->dtype == TTM_DTYPE_U8 ? node->shape.dim[2] / 3 : 0;
}

/**
 * Threads of a node, each of @p quads times four pixels where it composes a frame;
 * what differs from the common case goes to @p push.
 */
static int64_t find_sizes(const TTMVkProgram *program, int64_t quads,
                          TTMVkPicturePush *push)
{
    const TTMNode *node = program->node, *in = ttm_vk_input(program, 0);
    const TTMNode *small;
    int64_t pixels = node->shape.rank == 3 ?
                     node->shape.dim[0] * node->shape.dim[1] : 0;

    switch (node->picture.kind) {
    case TTM_PICTURE_VALUES:
        return ttm_shape_count(&node->shape);
    case TTM_PICTURE_RESAMPLE:
        push->bytes    = sample_bytes(in);
        push->channels = ttm_vk_input(program, 1)->shape.dim[1] - 1;
        return pixels;
    case TTM_PICTURE_PACK:
        return ttm_vk_ceil(3 * pixels * push->out_bytes, 4);
    case TTM_PICTURE_CARRY:
        push->objects = ttm_vk_input(program, 3)->shape.dim[0];
        return pixels;
    case TTM_PICTURE_CHANGE:
        push->objects = ttm_vk_input(program, 4)->shape.dim[0];
        return pixels;
    case TTM_PICTURE_COMPOSE:
        small = ttm_vk_input(program, 6);
        push->objects   = ttm_vk_input(program, 4)->shape.dim[0];
        push->bytes     = sample_bytes(in);
        push->in_width  = small->shape.dim[1];
        push->in_height = small->shape.dim[0];
        return ttm_vk_ceil(ttm_vk_ceil(pixels, 4), THREADS * quads) * THREADS;
    default:
        push->channels = node->shape.dim[2];
        return pixels;
    }
}

int ttm_vk_op_picture(TTMVkProgram *program)
{
    const TTMNode *node = program->node, *in = ttm_vk_input(program, 0);
    const TTMPicture *p = &node->picture;
    /* a thread of a software device has enough to do; a GPU has threads enough */
    const uint32_t quads = program->vk->tier == TTM_VK_TIER_SOFT ? 16 : 1;
    TTMVkPicturePush push = {
        .out_bytes = p->bytes, .scale = p->scale, .shift = p->shift,
        .low = p->low, .high = p->high, .amount = p->amount,
        .field_width = p->field_width, .field_height = p->field_height,
    };
    TTMVkCall call = {
        .kernel = TTM_VK_PICTURE + p->kind,
        .dtype = p->kind == TTM_PICTURE_VALUES ? in->dtype : TTM_DTYPE_F32,
        .constants = { THREADS, p->kind == TTM_PICTURE_RESAMPLE ? p->axis :
                       p->refined != 0, !p->refined || p->amount < 1, quads },
        .nb_constants = p->kind == TTM_PICTURE_COMPOSE ? 4 : 2, .push = &push,
    };
    int64_t threads, chunk;
    int ret;

    if (node->shape.rank == 3) {
        push.width     = node->shape.dim[1];
        push.height    = node->shape.dim[0];
        push.in_width  = in->shape.dim[1];
        push.in_height = in->shape.dim[0];
    }
    threads = find_sizes(program, quads, &push);
    if (p->kind == TTM_PICTURE_COMPOSE && push.objects > TTM_MASK_OBJECTS)
        return ttm_fail(program->vk->log, TTM_ERR_UNSUPPORTED, "vulkan: %s: '%s' has "
                        "%d objects; at most %d can be composed",
                        program->graph->name, node->name, push.objects,
                        TTM_MASK_OBJECTS);
    for (int i = 0; i < node->nb_inputs; i++)
        call.ranges[i] = ttm_vk_range(program, node->input[i]);
    call.ranges[node->nb_inputs] =
        ttm_vk_range(program, node - program->graph->nodes);
    /* the other kinds look at a few pixels around, and at most 32 objects */
    call.loops = p->kind == TTM_PICTURE_RESAMPLE ? push.channels : 0;
    call.work  = thread_work(node, push.channels, quads);
    chunk = ttm_vk_chunk(program, threads, THREADS, call.work, NULL, 0,
                         (int64_t)65535 * THREADS);
    ret = chunk < 0 ? chunk : 0;
    for (int64_t first = 0; first < threads && ret >= 0; first += chunk) {
        push.first     = first;
        push.count     = threads - first < chunk ? threads - first : chunk;
        call.groups[0] = ttm_vk_ceil(push.count, THREADS);
        call.groups[1] = call.groups[2] = 1;
        call.work      = thread_work(node, push.channels, quads) * push.count;
        ret = ttm_vk_call(program, &call);
    }
    return ret;
}

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

/**
 * @file
 * A program of the Vulkan backend: the dispatches of a graph and the memory
 * they work on. Ops append dispatches; nothing here knows what an op means.
 */

#ifndef TTM_BACKEND_VULKAN_PROGRAM_H
#define TTM_BACKEND_VULKAN_PROGRAM_H

#include "backend/vulkan/kernels.h"

/** What the memory of a range is; externals follow, then buffers of weights. */
enum {
    TTM_VK_SLOT_ABSENT   = -1,      ///< an optional input that is not there
    TTM_VK_SLOT_ARENA    = 0,
    TTM_VK_SLOT_SCRATCH  = 1,
    TTM_VK_SLOT_EXTERNAL = 2,
};

/** Bytes of a slot. */
typedef struct TTMVkRange {
    int slot;
    size_t offset, bytes;
} TTMVkRange;

#define TTM_VK_ABSENT ((TTMVkRange){ TTM_VK_SLOT_ABSENT, 0, 0 })

/** One recorded call of a kernel. */
typedef struct TTMVkDispatch {
    const TTMVkPipeline *pipeline;
    const TTMNode *node;
    TTMVkRange ranges[TTM_VK_MAX_BINDINGS];
    uint32_t groups[3];
    uint32_t push[TTM_VK_PUSH_BYTES / 4];
    double work;                    ///< operations, for bounded submissions
} TTMVkDispatch;

/** Tiles of queries of sorted regions, longest first: made once a run. */
typedef struct TTMVkWorklist {
    TTMNodeId order;
    uint32_t tile;                  ///< queries
    int64_t nb_entries;
    TTMVkRange entries;
} TTMVkWorklist;

/** A command buffer: one submission. */
typedef struct TTMVkCommands {
    VkCommandBuffer buffer;
    size_t nb_dispatches;
    double work;
} TTMVkCommands;

/** A program's commands with one set of externals. */
typedef struct TTMVkRecording {
    VkDescriptorPool descriptors;
    VkDescriptorSet *sets;          ///< one a dispatch
    VkCommandPool command_pool;
    TTMVkCommands *commands;
    size_t nb_commands, commands_capacity;  ///< none: to be recorded
    int profiled;                   ///< every dispatch is timed
    TTMTensor *bound;               ///< the externals
    uint64_t *bound_ids;            ///< of their buffers
    uint64_t last_run;              ///< number of the run that it served last
} TTMVkRecording;

/**
 * Recordings that a program keeps: the steps of a sampler take turns with two
 * tensors of latents and up to three sets of conditions.
 */
#define TTM_VK_RECORDINGS 8

/** How often dispatches are split anew: some cannot be made smaller. */
#define TTM_VK_MOST_REBUILDS 3

typedef struct TTMVkProgram {
    TTMProgram base;
    TTMVk *vk;
    const TTMGraph *graph;
    const TTMPlan *plan;
    const TTMNode *node;            ///< whose dispatches are being made

    TTMVkDispatch *dispatches;
    size_t nb_dispatches, dispatches_capacity;
    TTMVkWorklist *worklists;
    size_t nb_worklists, worklists_capacity;

    TTMVkBuffer *arena, *scratch;
    size_t scratch_bytes;
    TTMVkBuffer **weights;          ///< slot first_weight_slot + i
    size_t nb_weights, weights_capacity;
    size_t weights_used;            ///< bytes of the last one
    size_t weights_left;            ///< bytes that are still expected
    int first_weight_slot;
    int dry;                        ///< only memory is counted, nothing is made
    size_t dry_bytes;               ///< of weights
    TTMVkRange *weight_ranges;      ///< by node id: weights, and constants of ops

    TTMVkRecording recordings[TTM_VK_RECORDINGS];
    TTMVkRecording *current;        ///< of the run at work
    uint64_t nb_runs;
    double submit_work;             ///< operations of a submission, as measured
    int rebuild, nb_rebuilds;       ///< dispatches are too large for one submission
    VkQueryPool queries;            ///< timestamps, see timing.c
} TTMVkProgram;

/** What an op asks for: one call of a kernel. */
typedef struct TTMVkCall {
    enum TTMVkKernelId kernel;
    enum TTMDType dtype;
    uint32_t constants[TTM_VK_MAX_CONSTANTS];
    int nb_constants;
    TTMVkRange ranges[TTM_VK_MAX_BINDINGS];
    const void *push;               ///< the kernel's push constants
    uint32_t groups[3];
    double work;
    int64_t loops;                  ///< iterations of a thread's loops, at most;
                                    ///< left 0 where no size can make them many
} TTMVkCall;

/* program.c */

int ttm_vk_program_create(TTMBackend *backend, const TTMGraph *graph,
                          const TTMPlan *plan, TTMProgram **program);
int ttm_vk_program_bytes(TTMBackend *backend, const TTMGraph *graph,
                         const TTMPlan *plan, size_t *bytes);
void ttm_vk_program_free(TTMBackend *backend, TTMProgram *program);

/**
 * Make the dispatches again, split by program->submit_work. Where that fails, the
 * program is as it was.
 */
int ttm_vk_program_rebuild(TTMVkProgram *program);

/* dispatch.c */

/**
 * Iterations of all loops of a thread, nested ones included, after which Mesa's
 * software device ends a shader without a word.
 */
#define TTM_VK_MAX_LOOPS 65535

/** Append a dispatch; an error after a log line where the device cannot do it. */
int ttm_vk_call(TTMVkProgram *program, const TTMVkCall *call);

/** Where a node's value is; TTM_VK_ABSENT for TTM_NO_NODE. */
TTMVkRange ttm_vk_range(const TTMVkProgram *program, TTMNodeId id);

/** @p count units of @p bytes each, from unit @p first of a range. */
TTMVkRange ttm_vk_part(TTMVkRange range, size_t bytes, int64_t first,
                       int64_t count);

/** Memory that lives during a run, shared by nobody. */
TTMVkRange ttm_vk_scratch(TTMVkProgram *program, size_t bytes);

/**
 * How many of @p units a dispatch may take, when each is @p strides[i] bytes
 * of a binding (0: not split) and @p work operations: as many as the device can
 * bind and @p max_units allows, about one submission of work, with offsets
 * aligned. No fewer than @p tile for the work's sake, whose time they all take.
 * Negative after a log line where one unit is too much.
 */
int64_t ttm_vk_chunk(const TTMVkProgram *program, int64_t units, int64_t tile,
                     double work, const size_t *strides, int nb_strides,
                     int64_t max_units);

/* weights.c */

/** Upload all weights of the plan in the graph's type. */
int ttm_vk_weights_upload(TTMVkProgram *program);
/** Upload a constant that program->node needs, once. */
int ttm_vk_constant(TTMVkProgram *program, const void *data, size_t bytes,
                    TTMVkRange *range);

/* recording.c */

/** Drop all recordings. */
void ttm_vk_recordings_free(TTMVkProgram *program);
/**
 * Make the recording for these externals the current one: the one there is, or
 * a new one in place of that which served longest ago.
 */
int ttm_vk_recording_choose(TTMVkProgram *p, const TTMTensor *externals, int nb,
                            int profiled);

/* run.c */

int ttm_vk_program_run(TTMBackend *backend, TTMProgram *program,
                       const TTMTensor *externals, int nb_externals);

/* timing.c */

/** Make room for the timestamps of all dispatches. */
int ttm_vk_timing_prepare(TTMVkProgram *program);
void ttm_vk_timing_free(TTMVkProgram *program);
/** Around command buffer @p index. */
void ttm_vk_timing_begin(TTMVkProgram *program, VkCommandBuffer commands,
                         size_t index);
void ttm_vk_timing_end(TTMVkProgram *program, VkCommandBuffer commands,
                       size_t index);
/** Around dispatch @p index, which then runs by itself; only for a profile. */
void ttm_vk_timing_dispatch(TTMVkProgram *program, VkCommandBuffer commands,
                            size_t index, int end);
/**
 * After a run: fit the size of submissions to what they took, and add the
 * dispatches to @p profile (or NULL).
 */
void ttm_vk_timing_read(TTMVkProgram *program, TTMProfile *profile);

/* selftest.c */

/**
 * Let the tier in use compute what is known; one that is wrong is given up with
 * a warning, and the next best is tried. An error when none is left.
 */
int ttm_vk_self_test(TTMBackend *backend);

/* ops_*.c: append the dispatches of program->node */

int ttm_vk_op_linear(TTMVkProgram *program);
int ttm_vk_op_conv2d(TTMVkProgram *program);
int ttm_vk_op_group_norm(TTMVkProgram *program);
int ttm_vk_op_layer_norm(TTMVkProgram *program);
int ttm_vk_op_attention(TTMVkProgram *program);
int ttm_vk_op_add(TTMVkProgram *program);
int ttm_vk_op_activate(TTMVkProgram *program);
int ttm_vk_op_scale(TTMVkProgram *program);
int ttm_vk_op_combine(TTMVkProgram *program);
int ttm_vk_op_picture(TTMVkProgram *program);
int ttm_vk_op_concat(TTMVkProgram *program);
int ttm_vk_op_slice(TTMVkProgram *program);
int ttm_vk_op_repeat(TTMVkProgram *program);
int ttm_vk_op_embedding(TTMVkProgram *program);
int ttm_vk_op_timestep(TTMVkProgram *program);
int ttm_vk_op_sort_regions(TTMVkProgram *program);
int ttm_vk_op_mask(TTMVkProgram *program);
int ttm_vk_op_window(TTMVkProgram *program);
int ttm_vk_op_fourier(TTMVkProgram *program);
int ttm_vk_op_product(TTMVkProgram *program);

/** Rounded-up quotient. */
static inline int64_t ttm_vk_ceil(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static inline const TTMNode *ttm_vk_input(const TTMVkProgram *program, int index)
{
    return &program->graph->nodes[program->node->input[index]];
}

#endif /* TTM_BACKEND_VULKAN_PROGRAM_H */

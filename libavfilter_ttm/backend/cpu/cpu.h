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
 * What the files of the CPU backend share: the device, buffers, kernels and
 * the steps of a program.
 */

#ifndef TTM_BACKEND_CPU_CPU_H
#define TTM_BACKEND_CPU_CPU_H

#include "backend/backend.h"
#include "util/thread.h"

/** Kernels of one op in rising order of speed; a higher level may decline. */
enum TTMCpuLevel {
    TTM_CPU_PLAIN,      ///< plain C: the reference, takes everything
    TTM_CPU_FAST,       ///< C arranged for the vector units
    TTM_CPU_ONEDNN,
    TTM_CPU_LEVEL_NB
};

typedef struct TTMOnednn TTMOnednn;     ///< engine and stream, or NULL

/** An open CPU device. */
typedef struct TTMCpu {
    const TTMLog *log;
    int threads;
    enum TTMCpuLevel level;     ///< highest that is used
    TTMPool *pool;              ///< NULL when oneDNN's threads serve
    TTMPool *wide;              ///< of loops over pictures
    TTMOnednn *onednn;
    TTMCancel *cancel;          ///< of the run under way, NULL outside runs
} TTMCpu;

typedef struct TTMCpuBuffer {
    TTMBuffer base;
    void *data;                 ///< 64-byte aligned unless it is borrowed
    void *memory;               ///< to be freed
} TTMCpuBuffer;

typedef struct TTMCpuProgram TTMCpuProgram;
typedef struct TTMCpuKernel TTMCpuKernel;

/** One op of a program. */
typedef struct TTMCpuStep {
    TTMCpu *cpu;
    TTMCpuProgram *program;
    const TTMGraph *graph;
    const TTMNode *node;
    const TTMCpuKernel *kernel;
    const void *in[TTM_MAX_INPUTS];     ///< values, set before run; NULL: absent
    void *out;
    /**
     * Weights in the type that prepare() asked for by ttm_cpu_take_weight();
     * those of ops that see no weights but data are taken for them and appear
     * in `in`.
     */
    const void *weight[TTM_MAX_INPUTS];
    void *state;                        ///< the kernel's own
    size_t scratch_bytes;               ///< asked for by prepare()
    void *scratch;                      ///< 64-byte aligned, shared by the steps
} TTMCpuStep;

/** How one op is done. */
struct TTMCpuKernel {
    /**
     * Called once, when the program is made: take weights, make state. Returns
     * 1 when this kernel takes the node, 0 when a lower level should, or a
     * negative code after a log line. NULL: takes every node.
     */
    int (*prepare)(TTMCpuStep *step);
    /** Returns 0 or a negative code after a log line. */
    int (*run)(const TTMCpuStep *step);
    /** Free the state, also after prepare() returned 0 or failed. Optional. */
    void (*release)(TTMCpuStep *step);
};

/** Kernels by op and level; NULL where there is none. */
typedef struct TTMCpuKernels {
    const TTMCpuKernel *kernel[TTM_OP_NB][TTM_CPU_LEVEL_NB];
} TTMCpuKernels;

/** Fill the plain level: all ops that compute. */
void ttm_cpu_kernels_plain(TTMCpuKernels *kernels);
/** Fill the fast level. */
void ttm_cpu_kernels_fast(TTMCpuKernels *kernels);
/** Fill the oneDNN level; nothing in a build without oneDNN. */
void ttm_cpu_kernels_onednn(TTMCpuKernels *kernels);

/**
 * Set step->weight[index] to the weight behind input @p index of the step's node as
 * elements of @p dtype (F32, F16, BF16), in the layout of the file. It is read and
 * converted once for each type it is asked for in; the program owns the memory, except
 * of what lies in memory in that type already. Absent inputs stay NULL.
 */
int ttm_cpu_take_weight(TTMCpuStep *step, int index, enum TTMDType dtype);

/** Count memory that a kernel holds for a weight in a form of its own. */
void ttm_cpu_add_bytes(TTMCpuStep *step, size_t bytes);

/** A block of a loop: rows [begin, end); @p worker is below cpu->threads and
 * used by one thread at a time, to index scratch memory. */
typedef void (*TTMCpuTask)(void *opaque, int worker, int64_t begin, int64_t end);

/**
 * Split [0, total) into blocks of at most @p grain and run @p task on all
 * threads. Which worker gets which block is open, so results must not
 * depend on it.
 */
void ttm_cpu_for(TTMCpu *cpu, int64_t total, int64_t grain, TTMCpuTask task,
                 void *opaque);

/**
 * The same on the threads for pictures, of which there may be more: they sleep
 * between loops. @p worker is below ttm_pool_threads(cpu->wide).
 */
void ttm_cpu_for_wide(TTMCpu *cpu, int64_t total, int64_t grain,
                      TTMCpuTask task, void *opaque);

int ttm_cpu_program_bytes(TTMBackend *backend, const TTMGraph *graph,
                          const TTMPlan *plan, size_t *bytes);
int ttm_cpu_program_create(TTMBackend *backend, const TTMGraph *graph,
                           const TTMPlan *plan, TTMProgram **program);
void ttm_cpu_program_free(TTMBackend *backend, TTMProgram *program);
int ttm_cpu_program_run(TTMBackend *backend, TTMProgram *program,
                        const TTMTensor *externals, int nb_externals);

/** Rows of a matrix view: elements / last dimension. */
static inline int64_t ttm_cpu_rows(const TTMShape *shape)
{
    return ttm_shape_count(shape) / shape->dim[shape->rank - 1];
}

/** Shape of input @p index of a step's node. */
static inline const TTMShape *ttm_cpu_shape(const TTMCpuStep *step, int index)
{
    return &step->graph->nodes[step->node->input[index]].shape;
}

/** Type of input @p index of a step's node. */
static inline enum TTMDType ttm_cpu_dtype(const TTMCpuStep *step, int index)
{
    return step->graph->nodes[step->node->input[index]].dtype;
}

/** Elements of TTM_OP_COMBINE's result that have the same coefficients. */
static inline int64_t ttm_cpu_combine_row(const TTMCpuStep *step)
{
    const TTMShape *coefficients = ttm_cpu_shape(step, 0);
    const int64_t rows = coefficients->rank == 2 ? coefficients->dim[0] : 1;

    return ttm_shape_count(&step->node->shape) / rows;
}

/** Token at row @p row of sorted rows; the row itself without an order. */
static inline int64_t ttm_cpu_token(const TTMCpuStep *step, int index, int64_t row)
{
    const uint32_t *order = step->in[index];

    return order ? order[TTM_SORT_STARTS + row] : row;
}

static inline int64_t ttm_min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif /* TTM_BACKEND_CPU_CPU_H */

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

/** @file What the oneDNN files share. */

#ifndef TTM_BACKEND_CPU_ONEDNN_INTERNAL_H
#define TTM_BACKEND_CPU_ONEDNN_INTERNAL_H

#include "backend/cpu/onednn.h"
#include "backend/cpu/onednn_shim.h"

struct TTMOnednn {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    int threads;
    /* functions of the OpenMP runtime that oneDNN brings, NULL: it has none */
    void (*set_threads)(int threads);
    int (*get_threads)(void);
    int (*thread_index)(void);
    int (*team_size)(void);
    void (*parallel)(void (*function)(void *), void *opaque, unsigned threads,
                     unsigned flags);
};

/** Arguments of a primitive that may be used. */
enum TTMOnednnArgument {
    TTM_ONEDNN_SRC,
    TTM_ONEDNN_WEIGHTS,
    TTM_ONEDNN_BIAS,
    TTM_ONEDNN_DST,
    TTM_ONEDNN_SCRATCHPAD,
    TTM_ONEDNN_OPERAND,         ///< of the first binary post-op, then the next
    TTM_ONEDNN_ARGUMENT_NB = TTM_ONEDNN_OPERAND + TTM_ONEDNN_MAX_POST_OPS
};

/** A primitive with its arguments; weights and their memory are its own. */
typedef struct TTMOnednnCall {
    dnnl_primitive_desc_t desc;
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t argument[TTM_ONEDNN_ARGUMENT_NB];   ///< memory NULL: unused
    size_t scratchpad_bytes, weight_bytes;
} TTMOnednnCall;

/** oneDNN's name of a floating type. */
dnnl_data_type_t ttm_onednn_type(enum TTMDType dtype);

/** Append an activation (not GEGLU); nothing for TTM_ACT_NONE. */
void ttm_onednn_append_activation(TTMOnednnPostOps *post_ops,
                                  enum TTMActivation activation);

/** Append a binary operation with @p operand. */
void ttm_onednn_append_binary(TTMOnednnPostOps *post_ops, dnnl_alg_kind_t kind,
                              const TTMOnednnTensor *operand);

/**
 * Make the primitive of call->desc and reorder @p data, which is described by
 * @p weights, into the layout it wants. 0 on failure.
 */
int ttm_onednn_call_finish(TTMOnednnCall *call, TTMOnednn *onednn,
                           const TTMOnednnTensor *src,
                           const TTMOnednnTensor *weights,
                           const TTMOnednnTensor *bias,
                           const TTMOnednnTensor *dst,
                           const TTMOnednnPostOps *post_ops, const void *data);

/** Run on the given addresses; unused ones are ignored. 0 on failure. */
int ttm_onednn_call_run(const TTMOnednnCall *call, TTMOnednn *onednn,
                        const void *src, const float *bias, void *dst,
                        const void *const *operands, void *scratchpad);

void ttm_onednn_call_free(TTMOnednnCall *call);

extern const TTMCpuKernel ttm_onednn_linear;
extern const TTMCpuKernel ttm_onednn_conv2d;

#endif /* TTM_BACKEND_CPU_ONEDNN_INTERNAL_H */

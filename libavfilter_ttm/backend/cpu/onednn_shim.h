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
 * The few oneDNN calls whose form differs between versions 2 and 3; one of
 * onednn_v2.c and onednn_v3.c is built.
 */

#ifndef TTM_BACKEND_CPU_ONEDNN_SHIM_H
#define TTM_BACKEND_CPU_ONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>

/** A tensor as oneDNN sees it, in either version. */
typedef struct TTMOnednnTensor {
    int rank;                       ///< 0: absent
    dnnl_dims_t dims;
    dnnl_dims_t strides;            ///< elements
    dnnl_data_type_t type;
    int any_layout;                 ///< oneDNN chooses; strides are ignored
} TTMOnednnTensor;

#define TTM_ONEDNN_MAX_POST_OPS 3

/** What happens to the result, in order. */
typedef struct TTMOnednnPostOps {
    int nb;
    int add_old;                    ///< last, add what dst held before
    struct {
        dnnl_alg_kind_t kind;       ///< eltwise or binary algorithm
        float alpha;                ///< eltwise
        TTMOnednnTensor operand;    ///< binary; rank 0 for eltwise
    } op[TTM_ONEDNN_MAX_POST_OPS];
} TTMOnednnPostOps;

/** src x weights (+ bias); weights of any layout. 0 when oneDNN cannot. */
int ttm_onednn_matmul_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                           const TTMOnednnTensor *src,
                           const TTMOnednnTensor *weights,
                           const TTMOnednnTensor *bias,
                           const TTMOnednnTensor *dst,
                           const TTMOnednnPostOps *post_ops);

/** Forward convolution; @p pad is top, left, bottom, right. 0: oneDNN cannot. */
int ttm_onednn_conv_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                         const TTMOnednnTensor *src,
                         const TTMOnednnTensor *weights,
                         const TTMOnednnTensor *bias,
                         const TTMOnednnTensor *dst, int stride,
                         const int pad[4], const TTMOnednnPostOps *post_ops);

/** Memory of a described tensor at @p data; 0 on failure. */
int ttm_onednn_memory(dnnl_memory_t *memory, dnnl_engine_t engine,
                      const TTMOnednnTensor *tensor, void *data);

/**
 * Memory for an argument of a primitive, in the layout the primitive chose.
 * NULL @p data: oneDNN allocates. 0 on failure.
 */
int ttm_onednn_argument(dnnl_memory_t *memory, dnnl_engine_t engine,
                        dnnl_primitive_desc_t desc, dnnl_query_t what,
                        void *data);

/** Bytes of an argument, e.g. dnnl_query_scratchpad_md. */
size_t ttm_onednn_argument_bytes(dnnl_primitive_desc_t desc, dnnl_query_t what);

/** Copy between two memories, converting layout and type; 0 on failure. */
int ttm_onednn_reorder(dnnl_engine_t engine, dnnl_stream_t stream,
                       dnnl_memory_t from, dnnl_memory_t to);

#endif /* TTM_BACKEND_CPU_ONEDNN_SHIM_H */

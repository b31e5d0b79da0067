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

/** @file Calls of oneDNN 2: descriptors are structs that are passed by address. */

#include "config.h"

#if HAVE_ONEDNN && TTM_ONEDNN_MAJOR == 2

#include <string.h>

#include "backend/cpu/onednn_shim.h"

static int fill(dnnl_memory_desc_t *md, const TTMOnednnTensor *tensor)
{
    memset(md, 0, sizeof(*md));
    if (!tensor->rank)
        return 1;
    if (tensor->any_layout)
        return dnnl_memory_desc_init_by_tag(md, tensor->rank, tensor->dims,
                                            tensor->type, dnnl_format_tag_any)
               == dnnl_success;
    return dnnl_memory_desc_init_by_strides(md, tensor->rank, tensor->dims,
                                            tensor->type, tensor->strides)
           == dnnl_success;
}

static dnnl_primitive_attr_t make_attributes(const TTMOnednnPostOps *post_ops)
{
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_post_ops_t list = NULL;
    int ok = dnnl_primitive_attr_create(&attributes) == dnnl_success &&
             dnnl_post_ops_create(&list) == dnnl_success &&
             dnnl_primitive_attr_set_scratchpad_mode(
                 attributes, dnnl_scratchpad_mode_user) == dnnl_success;

    for (int i = 0; ok && i < post_ops->nb; i++) {
        dnnl_memory_desc_t md;

        if (post_ops->op[i].operand.rank)
            ok = fill(&md, &post_ops->op[i].operand) &&
                 dnnl_post_ops_append_binary(list, post_ops->op[i].kind, &md)
                 == dnnl_success;
        else
            ok = dnnl_post_ops_append_eltwise(list, 1, post_ops->op[i].kind,
                                              post_ops->op[i].alpha, 0)
                 == dnnl_success;
    }
    if (ok && post_ops->add_old)
        ok = dnnl_post_ops_append_sum(list, 1) == dnnl_success;
    ok = ok && dnnl_primitive_attr_set_post_ops(attributes, list) == dnnl_success;
    dnnl_post_ops_destroy(list);
    if (!ok) {
        dnnl_primitive_attr_destroy(attributes);
        attributes = NULL;
    }
    return attributes;
}

/** Make a primitive descriptor of an operation descriptor. */
static int finish(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                  const_dnnl_op_desc_t operation,
                  const TTMOnednnPostOps *post_ops)
{
    dnnl_primitive_attr_t attributes = make_attributes(post_ops);
    int ok = attributes &&
             dnnl_primitive_desc_create(desc, operation, attributes, engine,
                                        NULL) == dnnl_success;

    dnnl_primitive_attr_destroy(attributes);
    if (!ok)
        *desc = NULL;
    return ok;
}

int ttm_onednn_matmul_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                           const TTMOnednnTensor *src,
                           const TTMOnednnTensor *weights,
                           const TTMOnednnTensor *bias,
                           const TTMOnednnTensor *dst,
                           const TTMOnednnPostOps *post_ops)
{
    dnnl_memory_desc_t s, w, b, d;
    dnnl_matmul_desc_t operation;

    *desc = NULL;
    return fill(&s, src) && fill(&w, weights) && fill(&b, bias) &&
           fill(&d, dst) &&
           dnnl_matmul_desc_init(&operation, &s, &w, bias->rank ? &b : NULL, &d)
           == dnnl_success && finish(desc, engine, &operation, post_ops);
}

int ttm_onednn_conv_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                         const TTMOnednnTensor *src,
                         const TTMOnednnTensor *weights,
                         const TTMOnednnTensor *bias,
                         const TTMOnednnTensor *dst, int stride,
                         const int pad[4], const TTMOnednnPostOps *post_ops)
{
    const dnnl_dims_t strides = { stride, stride };
    const dnnl_dims_t left = { pad[0], pad[1] }, right = { pad[2], pad[3] };
    dnnl_memory_desc_t s, w, b, d;
    dnnl_convolution_desc_t operation;

    *desc = NULL;
    return fill(&s, src) && fill(&w, weights) && fill(&b, bias) &&
           fill(&d, dst) &&
           dnnl_convolution_forward_desc_init(
               &operation, dnnl_forward_inference, dnnl_convolution_direct, &s,
               &w, bias->rank ? &b : NULL, &d, strides, left, right)
           == dnnl_success && finish(desc, engine, &operation, post_ops);
}

int ttm_onednn_memory(dnnl_memory_t *memory, dnnl_engine_t engine,
                      const TTMOnednnTensor *tensor, void *data)
{
    dnnl_memory_desc_t md;

    *memory = NULL;
    return fill(&md, tensor) &&
           dnnl_memory_create(memory, &md, engine, data) == dnnl_success;
}

int ttm_onednn_argument(dnnl_memory_t *memory, dnnl_engine_t engine,
                        dnnl_primitive_desc_t desc, dnnl_query_t what,
                        void *data)
{
    const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(desc, what, 0);

    *memory = NULL;
    return md && dnnl_memory_create(memory, md, engine,
                                    data ? data : DNNL_MEMORY_ALLOCATE)
                 == dnnl_success;
}

size_t ttm_onednn_argument_bytes(dnnl_primitive_desc_t desc, dnnl_query_t what)
{
    const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(desc, what, 0);

    return md ? dnnl_memory_desc_get_size(md) : 0;
}

int ttm_onednn_reorder(dnnl_engine_t engine, dnnl_stream_t stream,
                       dnnl_memory_t from, dnnl_memory_t to)
{
    const dnnl_exec_arg_t arguments[] = {
        { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to },
    };
    const dnnl_memory_desc_t *source, *target;
    dnnl_primitive_desc_t desc = NULL;
    dnnl_primitive_t reorder   = NULL;
    int ok = dnnl_memory_get_memory_desc(from, &source) == dnnl_success &&
             dnnl_memory_get_memory_desc(to, &target) == dnnl_success &&
             dnnl_reorder_primitive_desc_create(&desc, source, engine, target,
                                                engine, NULL) == dnnl_success &&
             dnnl_primitive_create(&reorder, desc) == dnnl_success &&
             dnnl_primitive_execute(reorder, stream, 2, arguments)
             == dnnl_success && dnnl_stream_wait(stream) == dnnl_success;

    dnnl_primitive_destroy(reorder);
    dnnl_primitive_desc_destroy(desc);
    return ok;
}

#endif

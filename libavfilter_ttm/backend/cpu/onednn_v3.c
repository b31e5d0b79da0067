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

/** @file Calls of oneDNN 3: memory descriptors are objects. */

#include "config.h"

#if HAVE_ONEDNN && TTM_ONEDNN_MAJOR >= 3

#include <string.h>

#include "backend/cpu/onednn_shim.h"

/** Descriptors of one call, destroyed together. */
typedef struct Descriptors {
    dnnl_memory_desc_t src, weights, bias, dst;
} Descriptors;

/** *md is NULL for an absent tensor. */
static int make(dnnl_memory_desc_t *md, const TTMOnednnTensor *tensor)
{
    *md = NULL;
    if (!tensor->rank)
        return 1;
    if (tensor->any_layout)
        return dnnl_memory_desc_create_with_tag(md, tensor->rank, tensor->dims,
                                                tensor->type,
                                                dnnl_format_tag_any)
               == dnnl_success;
    return dnnl_memory_desc_create_with_strides(md, tensor->rank, tensor->dims,
                                                tensor->type, tensor->strides)
           == dnnl_success;
}

static int make_all(Descriptors *d, const TTMOnednnTensor *src,
                    const TTMOnednnTensor *weights, const TTMOnednnTensor *bias,
                    const TTMOnednnTensor *dst)
{
    memset(d, 0, sizeof(*d));
    return make(&d->src, src) && make(&d->weights, weights) &&
           make(&d->bias, bias) && make(&d->dst, dst);
}

static void destroy(dnnl_memory_desc_t md)
{
    if (md)
        dnnl_memory_desc_destroy(md);
}

static void destroy_all(Descriptors *d)
{
    destroy(d->src);
    destroy(d->weights);
    destroy(d->bias);
    destroy(d->dst);
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
        dnnl_memory_desc_t md = NULL;

        if (post_ops->op[i].operand.rank) {
            ok = make(&md, &post_ops->op[i].operand) &&
                 dnnl_post_ops_append_binary(list, post_ops->op[i].kind, md)
                 == dnnl_success;
            destroy(md);
        } else {
            ok = dnnl_post_ops_append_eltwise(list, post_ops->op[i].kind,
                                              post_ops->op[i].alpha, 0)
                 == dnnl_success;
        }
    }
    if (ok && post_ops->add_old)
        ok = dnnl_post_ops_append_sum(list, 1, 0, dnnl_data_type_undef) == dnnl_success;
    ok = ok && dnnl_primitive_attr_set_post_ops(attributes, list) == dnnl_success;
    dnnl_post_ops_destroy(list);
    if (!ok) {
        dnnl_primitive_attr_destroy(attributes);
        attributes = NULL;
    }
    return attributes;
}

int ttm_onednn_matmul_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                           const TTMOnednnTensor *src,
                           const TTMOnednnTensor *weights,
                           const TTMOnednnTensor *bias,
                           const TTMOnednnTensor *dst,
                           const TTMOnednnPostOps *post_ops)
{
    dnnl_primitive_attr_t attributes = make_attributes(post_ops);
    Descriptors d;
    int ok = make_all(&d, src, weights, bias, dst) && attributes &&
             dnnl_matmul_primitive_desc_create(desc, engine, d.src, d.weights,
                                               d.bias, d.dst, attributes)
             == dnnl_success;

    destroy_all(&d);
    dnnl_primitive_attr_destroy(attributes);
    if (!ok)
        *desc = NULL;
    return ok;
}

int ttm_onednn_conv_desc(dnnl_primitive_desc_t *desc, dnnl_engine_t engine,
                         const TTMOnednnTensor *src,
                         const TTMOnednnTensor *weights,
                         const TTMOnednnTensor *bias,
                         const TTMOnednnTensor *dst, int stride,
                         const int pad[4], const TTMOnednnPostOps *post_ops)
{
    const dnnl_dims_t strides = { stride, stride }, dilation = { 0, 0 };
    const dnnl_dims_t left = { pad[0], pad[1] }, right = { pad[2], pad[3] };
    dnnl_primitive_attr_t attributes = make_attributes(post_ops);
    Descriptors d;
    int ok = make_all(&d, src, weights, bias, dst) && attributes &&
             dnnl_convolution_forward_primitive_desc_create(
                 desc, engine, dnnl_forward_inference, dnnl_convolution_direct,
                 d.src, d.weights, d.bias, d.dst, strides, dilation, left,
                 right, attributes) == dnnl_success;

    destroy_all(&d);
    dnnl_primitive_attr_destroy(attributes);
    if (!ok)
        *desc = NULL;
    return ok;
}

int ttm_onednn_memory(dnnl_memory_t *memory, dnnl_engine_t engine,
                      const TTMOnednnTensor *tensor, void *data)
{
    dnnl_memory_desc_t md;
    int ok;

    *memory = NULL;
    ok = make(&md, tensor) && md &&
         dnnl_memory_create(memory, md, engine, data) == dnnl_success;
    destroy(md);
    return ok;
}

int ttm_onednn_argument(dnnl_memory_t *memory, dnnl_engine_t engine,
                        dnnl_primitive_desc_t desc, dnnl_query_t what,
                        void *data)
{
    const_dnnl_memory_desc_t md = dnnl_primitive_desc_query_md(desc, what, 0);

    *memory = NULL;
    return md && dnnl_memory_create(memory, md, engine,
                                    data ? data : DNNL_MEMORY_ALLOCATE)
                 == dnnl_success;
}

size_t ttm_onednn_argument_bytes(dnnl_primitive_desc_t desc, dnnl_query_t what)
{
    const_dnnl_memory_desc_t md = dnnl_primitive_desc_query_md(desc, what, 0);

    return md ? dnnl_memory_desc_get_size(md) : 0;
}

int ttm_onednn_reorder(dnnl_engine_t engine, dnnl_stream_t stream,
                       dnnl_memory_t from, dnnl_memory_t to)
{
    const dnnl_exec_arg_t arguments[] = {
        { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to },
    };
    const_dnnl_memory_desc_t source, target;
    dnnl_primitive_desc_t desc = NULL;
    dnnl_primitive_t reorder   = NULL;
    int ok = dnnl_memory_get_memory_desc(from, &source) == dnnl_success &&
             dnnl_memory_get_memory_desc(to, &target) == dnnl_success &&
             dnnl_reorder_primitive_desc_create(&desc, source, engine, target,
                                                engine, NULL) == dnnl_success &&
             dnnl_primitive_create(&reorder, desc) == dnnl_success &&
             dnnl_primitive_execute(reorder, stream, 2, arguments)
             == dnnl_success && dnnl_stream_wait(stream) == dnnl_success;

    if (reorder)
        dnnl_primitive_destroy(reorder);
    if (desc)
        dnnl_primitive_desc_destroy(desc);
    return ok;
}

#endif

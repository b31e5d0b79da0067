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

/** @file Linear layers by oneDNN. */

#include "config.h"

#if HAVE_ONEDNN

#include "backend/cpu/convert.h"
#include "backend/cpu/onednn_layers.h"

static TTMOnednnTensor matrix(int64_t rows, int64_t columns, int64_t row_stride,
                              int64_t column_stride, enum TTMDType dtype)
{
    return (TTMOnednnTensor){ 2, { rows, columns },
                              { row_stride, column_stride },
                              ttm_onednn_type(dtype), 0 };
}

/** y = act(x W^T + b) (+ residual); GEGLU: a gate first, then times it. */
static int make_linear(TTMCpuStep *step, TTMOnednnLayer *layer,
                       const void *weights)
{
    TTMOnednn *onednn = step->cpu->onednn;
    const TTMShape *x = ttm_cpu_shape(step, 0);
    const int64_t in  = x->dim[x->rank - 1];
    const int64_t out = step->node->shape.dim[step->node->shape.rank - 1];
    const int64_t all = ttm_cpu_rows(x);
    const int64_t rows = ttm_onednn_part(all, 2.0 * (double)in * (double)out);
    const enum TTMDType type = layer->compute;
    const int geglu   = step->node->linear.activation == TTM_ACT_GEGLU;
    TTMOnednnTensor src  = matrix(rows, in, in, 1, type);
    TTMOnednnTensor dst  = matrix(rows, out, out, 1, type);
    TTMOnednnTensor w    = matrix(in, out, 1, in, type);
    TTMOnednnTensor bias = matrix(1, out, out, 1, TTM_DTYPE_F32);

    w.any_layout = 1;
    if (ttm_onednn_is_absent(step, 2))
        bias.rank = 0;
    layer->rows     = rows;
    layer->nb_calls = geglu ? 2 : 1;
    for (int i = 0; i < layer->nb_calls; i++) {
        const int gate = geglu && i == 0;
        const char *data = weights;
        TTMOnednnPostOps post_ops = { 0 };

        if (gate) {
            data += out * in * ttm_dtype_size(type);
            ttm_onednn_append_activation(&post_ops, TTM_ACT_GELU);
        } else if (geglu) {
            ttm_onednn_append_binary(&post_ops, dnnl_binary_mul, &dst);
        } else {
            ttm_onednn_append_activation(&post_ops,
                                         step->node->linear.activation);
        }
        if (!gate && !ttm_onednn_is_absent(step, 3) &&
            ttm_onednn_is_absent(step, 4))
            ttm_onednn_append_binary(&post_ops, dnnl_binary_add, &dst);
        if (!ttm_onednn_matmul_desc(&layer->call[i].desc, onednn->engine, &src,
                                    &w, &bias, &dst, &post_ops) ||
            !ttm_onednn_call_finish(&layer->call[i], onednn, &src, &w, &bias,
                                    &dst, &post_ops, data))
            return 0;
    }
    if (geglu)
        layer->gate_at = ttm_onednn_reserve(step, rows * out *
                                            ttm_dtype_size(type));
    if (!ttm_onednn_is_absent(step, 4))
        layer->sorted_at = ttm_onednn_reserve(step, all * out *
                                              ttm_dtype_size(type));
    return 1;
}

static int linear_prepare(TTMCpuStep *step)
{
    return ttm_onednn_prepare(step, 3, make_linear);
}

/** What the rows of a sorted linear layer become. */
typedef struct Unsort {
    const TTMCpuStep *step;
    const void *rows;
    enum TTMDType type;
    int64_t columns;
} Unsort;

static void unsort_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Unsort *u           = opaque;
    const TTMCpuStep *step    = u->step;
    const enum TTMDType dtype = step->graph->dtype;
    const int64_t block       = 256;
    float y[256], residual[256];

    (void)worker;
    for (int64_t row = begin; row < end; row++)
        for (int64_t c = 0; c < u->columns; c += block) {
            const int64_t nb = ttm_min64(block, u->columns - c);
            const int64_t to = ttm_cpu_token(step, 4, row) * u->columns + c;

            ttm_cpu_load_row(y, u->rows, u->type, row * u->columns + c, nb);
            if (step->in[3]) {
                ttm_cpu_load_row(residual, step->in[3], dtype, to, nb);
                for (int64_t i = 0; i < nb; i++)
                    y[i] += residual[i];
            }
            ttm_cpu_store_row(step->out, dtype, to, y, nb);
        }
}

/** The rows of one call from @p row on; 0 where it fails. */
static int linear_part(const TTMCpuStep *step, const TTMOnednnViews *v, int64_t row)
{
    const TTMOnednnLayer *layer = step->state;
    const TTMShape *shape = ttm_cpu_shape(step, 0);
    const size_t bytes = ttm_dtype_size(layer->compute);
    const size_t in    = (size_t)shape->dim[shape->rank - 1] * bytes;
    const int64_t out  = step->node->shape.dim[step->node->shape.rank - 1];
    const size_t at    = (size_t)row * (size_t)out * bytes;
    const int sorted   = !ttm_onednn_is_absent(step, 4);
    const char *x      = (const char *)v->x + (size_t)row * in;
    const float *bias  = step->weight[2];
    const void *operands[2] = {
        v->residual && !sorted ? (const char *)v->residual + at : NULL, NULL
    };
    int ok = 1;

    if (layer->nb_calls == 2) {
        void *gate = (char *)step->scratch + layer->gate_at;

        ok = ttm_onednn_call_run(&layer->call[0], step->cpu->onednn, x,
                                 bias ? bias + out : NULL, gate, NULL, v->pad);
        operands[1] = operands[0];
        operands[0] = gate;
    }
    return ok && ttm_onednn_call_run(&layer->call[layer->nb_calls - 1],
                                     step->cpu->onednn, x, bias,
                                     (char *)v->y + at, operands, v->pad);
}

static int linear_run(const TTMCpuStep *step)
{
    const TTMOnednnLayer *layer = step->state;
    const int64_t rows = ttm_cpu_rows(&step->node->shape);
    const int64_t out  = step->node->shape.dim[step->node->shape.rank - 1];
    const int sorted   = !ttm_onednn_is_absent(step, 4);
    TTMOnednnViews v   = ttm_onednn_open_views(step, 3);
    int ok = 1;

    if (sorted)
        v.y = (char *)step->scratch + layer->sorted_at;
    for (int64_t row = 0; row < rows && ok && !ttm_cancelled(step->cpu->cancel);
         row += layer->rows)
        ok = linear_part(step, &v, ttm_min64(row, rows - layer->rows));
    if (ok && sorted) {
        Unsort unsort = { step, v.y, layer->compute, out };

        ttm_cpu_for(step->cpu, rows, 1 + 16384 / out, unsort_rows, &unsort);
        return 0;
    }
    return ttm_onednn_close_views(step, &v, ok);
}

const TTMCpuKernel ttm_onednn_linear = { linear_prepare, linear_run,
                                         ttm_onednn_release };

#endif

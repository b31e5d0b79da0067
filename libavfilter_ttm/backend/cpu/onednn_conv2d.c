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

/** @file Convolutions by oneDNN. */

#include "config.h"

#if HAVE_ONEDNN

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/onednn_layers.h"
#include "util/mem.h"

/** Rows and columns of a kernel and where it lies: top, left, bottom, right. */
typedef struct Kernel {
    int64_t height, width;
    int stride, pad[4];
} Kernel;

/** Rows that @p rows of the output see, those beyond the border included. */
static int64_t rows_seen(const Kernel *kernel, int64_t rows)
{
    return (rows - 1) * kernel->stride + kernel->height;
}

/** A [frames, height, width, channels] tensor in oneDNN's order N, C, H, W. */
static TTMOnednnTensor image(const TTMShape *s, enum TTMDType dtype)
{
    const int64_t *d = s->dim;

    return (TTMOnednnTensor){ 4, { d[0], d[3], d[1], d[2] },
                              { d[1] * d[2] * d[3], 1, d[2] * d[3], d[3] },
                              ttm_onednn_type(dtype), 0 };
}

/**
 * Make a call that convolves a part of the frames [frames, height, width, channels]
 * of @p x into those of @p y: whole frames, or rows of one of them, which then come
 * with the rows around them, so that the call pads left and right only.
 */
static int make_call(TTMCpuStep *step, TTMOnednnCall *call, const TTMShape *x,
                     const TTMShape *y, const Kernel *kernel,
                     const TTMOnednnTensor *w, const TTMOnednnTensor *bias,
                     const TTMOnednnPostOps *post_ops, const void *weights)
{
    TTMOnednnLayer *layer = step->state;
    TTMOnednn *onednn     = step->cpu->onednn;
    const double row = 2.0 * (double)(y->dim[2] * y->dim[3] * x->dim[3] *
                                      kernel->height * kernel->width);
    int pad[4] = { kernel->pad[0], kernel->pad[1], kernel->pad[2], kernel->pad[3] };
    TTMShape from = *x, to = *y;
    TTMOnednnTensor src, dst;

    layer->frames = ttm_onednn_part(y->dim[0], row * (double)y->dim[1]);
    layer->rows   = layer->frames > 1 ? y->dim[1] :
                    ttm_onednn_part(y->dim[1], row);
    from.dim[0] = to.dim[0] = layer->frames;
    if (layer->rows < y->dim[1]) {
        to.dim[1]   = layer->rows;
        from.dim[1] = rows_seen(kernel, layer->rows);
        pad[0] = pad[2] = 0;
    }
    src = image(&from, layer->compute);
    dst = image(&to, layer->compute);
    return ttm_onednn_conv_desc(&call->desc, onednn->engine, &src, w, bias, &dst,
                                kernel->stride, pad, post_ops) &&
           ttm_onednn_call_finish(call, onednn, &src, w, bias, &dst, post_ops,
                                  weights);
}

/** Scratch memory for rows of a frame with those beyond its border. */
static void reserve_strip(TTMCpuStep *step, const TTMShape *x, const TTMShape *y,
                          const Kernel *kernel)
{
    TTMOnednnLayer *layer = step->state;

    if (layer->rows < y->dim[1])
        layer->strip_at = ttm_onednn_reserve(
            step, rows_seen(kernel, layer->rows) * x->dim[2] * x->dim[3] *
            ttm_dtype_size(layer->compute));
}

/** What the calls of a convolution work on. */
typedef struct Pictures {
    const char *x;
    char *y;
    const char *residual;       ///< added, or NULL
    TTMShape from, to;          ///< of x and of y
    Kernel kernel;
} Pictures;

/** Rows of a frame from @p first on, zeros beyond its border, as @p nb rows. */
static const char *take_rows(const TTMCpuStep *step, const Pictures *p,
                             int64_t frame, int64_t first, int64_t nb)
{
    const TTMOnednnLayer *layer = step->state;
    const int64_t height = p->from.dim[1];
    const size_t row = (size_t)(p->from.dim[2] * p->from.dim[3]) *
                       ttm_dtype_size(layer->compute);
    const char *x = p->x + (size_t)(frame * height) * row;
    char *strip   = (char *)step->scratch + layer->strip_at;

    if (first >= 0 && first + nb <= height)
        return x + (size_t)first * row;
    for (int64_t i = 0; i < nb; i++) {
        char *to = strip + (size_t)i * row;

        if (first + i < 0 || first + i >= height)
            memset(to, 0, row);
        else
            memcpy(to, x + (size_t)(first + i) * row, row);
    }
    return strip;
}

/** One call, for frames from @p frame and rows from @p row on; 0 where it fails. */
static int convolve_part(const TTMCpuStep *step, const TTMOnednnCall *call,
                         const Pictures *p, int64_t frame, int64_t row,
                         const float *bias, void *pad)
{
    const TTMOnednnLayer *layer = step->state;
    const Kernel *k      = &p->kernel;
    const int64_t height = p->to.dim[1], whole = layer->rows == height;
    const int64_t count  = p->to.dim[2] * p->to.dim[3];
    const size_t bytes   = ttm_dtype_size(layer->compute);
    const size_t at      = (size_t)((frame * height + row) * count) * bytes;
    const int64_t nb     = whole ? p->from.dim[1] : rows_seen(k, layer->rows);
    const char *x = take_rows(step, p, frame, whole ? 0 : row * k->stride - k->pad[0],
                              nb);

    /* What the last call does again had been added to. */
    if (p->residual)
        ttm_cpu_convert(step->cpu, p->y + at, layer->compute, p->residual + at,
                        layer->compute, layer->frames * layer->rows * count);
    return ttm_onednn_call_run(call, step->cpu->onednn, x, bias, p->y + at, NULL,
                               pad);
}

static int convolve(const TTMCpuStep *step, const TTMOnednnCall *call,
                    const Pictures *p, const float *bias, void *pad)
{
    const TTMOnednnLayer *layer = step->state;
    const int64_t frames = p->to.dim[0], rows = p->to.dim[1];
    int ok = 1;

    for (int64_t frame = 0; frame < frames; frame += layer->frames)
        for (int64_t row = 0; row < rows && ok; row += layer->rows) {
            if (ttm_cancelled(step->cpu->cancel))
                return 1;
            ok = convolve_part(step, call, p,
                               ttm_min64(frame, frames - layer->frames),
                               ttm_min64(row, rows - layer->rows), bias, pad);
        }
    return ok;
}

/** Sum of the 3x3 taps that fall on one of the 2x2 source pixels of a phase. */
static float phase_tap(const float *weights, int64_t kernel, int phase, int ty,
                       int tx)
{
    /* phase 0 sees rows -1 0 0 of the source, phase 1 sees 0 0 1 */
    static const int first[2][2] = { { 0, 1 }, { 0, 2 } };
    static const int last[2][2]  = { { 0, 2 }, { 1, 2 } };
    const int py = phase >> 1, px = phase & 1;
    float sum = 0;

    for (int y = first[py][ty]; y <= last[py][ty]; y++)
        for (int x = first[px][tx]; x <= last[px][tx]; x++)
            sum += weights[kernel * 9 + y * 3 + x];
    return sum;
}

/** Kernel of a phase: above and to the left of its pixel, or below and to the right. */
static Kernel phase_kernel(int phase)
{
    return (Kernel){ 2, 2, 1, { !(phase >> 1), !(phase & 1), phase >> 1, phase & 1 } };
}

/** The sums are those of the file's values: they are rounded only once. */
static int make_phases(TTMCpuStep *step, TTMOnednnLayer *layer,
                       const TTMOnednnTensor *bias)
{
    const TTMShape *x  = ttm_cpu_shape(step, 0);
    const TTMShape *ws = ttm_cpu_shape(step, 1);
    const enum TTMDType type = layer->compute;
    const int64_t kernels = ws->dim[0] * ws->dim[1];
    const TTMNodeId id = ttm_graph_root(step->graph, step->node->input[1]);
    TTMShape small = *x;
    TTMOnednnTensor w   = { 4, { ws->dim[0], ws->dim[1], 2, 2 },
                            { ws->dim[1] * 4, 4, 2, 1 },
                            ttm_onednn_type(type), 1 };
    float *weights = ttm_aligned_alloc(kernels * 9 * sizeof(*weights));
    void *sums     = ttm_aligned_alloc(kernels * 4 * ttm_dtype_size(type));
    int ok;

    small.dim[3] = ws->dim[0];
    if (weights && sums)
        ok = ttm_cpu_convert_weight(step->cpu, step->graph, id, TTM_DTYPE_F32, weights);
    else
        ok = ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory for tensor "
                      "'%s'", step->graph->name, step->graph->nodes[id].name);
    if (ok < 0) {
        free(weights);
        free(sums);
        return ok;
    }
    ok = 1;
    layer->nb_calls = TTM_ONEDNN_CALLS;
    for (int i = 0; i < TTM_ONEDNN_CALLS && ok; i++) {
        const Kernel kernel = phase_kernel(i);
        TTMOnednnPostOps post_ops = { 0 };

        for (int64_t k = 0; k < kernels; k++) {
            float taps[4];

            for (int t = 0; t < 4; t++)
                taps[t] = phase_tap(weights, k, i, t >> 1, t & 1);
            ttm_cpu_store_row(sums, type, k * 4, taps, 4);
        }
        ttm_onednn_append_activation(&post_ops, step->node->conv2d.activation);
        ok = make_call(step, &layer->call[i], x, &small, &kernel, &w, bias,
                       &post_ops, sums);
        if (!i)
            reserve_strip(step, x, &small, &kernel);
    }
    free(weights);
    free(sums);
    layer->gate_at = ttm_onednn_reserve(step, ttm_shape_count(&small) *
                                        ttm_dtype_size(type));
    return ok;
}

/** The kernel of the node, which convolves the enlarged input where there is one. */
static Kernel node_kernel(const TTMCpuStep *step)
{
    const TTMConv2d *p = &step->node->conv2d;
    const TTMShape *ws = ttm_cpu_shape(step, 1);

    return (Kernel){ ws->dim[2], ws->dim[3], p->stride,
                     { p->pad_top, p->pad_left, p->pad_bottom, p->pad_right } };
}

static int make_conv2d(TTMCpuStep *step, TTMOnednnLayer *layer,
                       const void *weights)
{
    const TTMConv2d *p = &step->node->conv2d;
    const TTMShape *ws = ttm_cpu_shape(step, 1);
    const int64_t *k   = ws->dim;
    const enum TTMDType type = layer->compute;
    const Kernel kernel = node_kernel(step);
    TTMShape x = *ttm_cpu_shape(step, 0);
    TTMOnednnPostOps post_ops = { 0 };
    TTMOnednnTensor w    = { 4, { k[0], k[1], k[2], k[3] },
                             { k[1] * k[2] * k[3], k[2] * k[3], k[3], 1 },
                             ttm_onednn_type(type), 1 };
    TTMOnednnTensor bias = { 1, { k[0] }, { 1 }, dnnl_f32, 0 };

    if (ttm_onednn_is_absent(step, 2) && ttm_onednn_is_absent(step, 3))
        bias.rank = 0;
    layer->bias_at = ttm_onednn_reserve(step, k[0] * sizeof(float));
    if (p->upsample == 2) {
        if (k[2] == 3 && k[3] == 3 && p->stride == 1 &&
            ttm_onednn_is_absent(step, 4) && p->pad_top == 1 && p->pad_left == 1 &&
            p->pad_bottom == 1 && p->pad_right == 1) {
            layer->upsample = TTM_ONEDNN_UPSAMPLE_PHASES;
            return make_phases(step, layer, &bias);
        }
        layer->upsample = TTM_ONEDNN_UPSAMPLE_COPY;
        x.dim[1] *= 2;
        x.dim[2] *= 2;
        layer->gate_at = ttm_onednn_reserve(step, ttm_shape_count(&x) *
                                            ttm_dtype_size(type));
    }
    ttm_onednn_append_activation(&post_ops, p->activation);
    /* oneDNN's fastest convolutions add in place, but no second tensor */
    post_ops.add_old = !ttm_onednn_is_absent(step, 4);
    layer->nb_calls  = 1;
    if (!make_call(step, &layer->call[0], &x, &step->node->shape, &kernel, &w, &bias,
                   &post_ops, weights))
        return 0;
    reserve_strip(step, &x, &step->node->shape, &kernel);
    return 1;
}

static int conv2d_prepare(TTMCpuStep *step)
{
    return ttm_onednn_prepare(step, 4, make_conv2d);
}

/** Pixels of a source row written as every second of an output row, or twice. */
typedef struct Spread {
    char *to;
    const char *from;
    int64_t width;
    size_t bytes;           ///< of a pixel
    int phase;              ///< -1: write each source pixel four times
} Spread;

/** Rows [begin, end) of all frames of the source. */
static void spread_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Spread *s       = opaque;
    const size_t row_size = 2 * s->width * s->bytes;

    (void)worker;
    for (int64_t y = begin; y < end; y++)
        for (int phase = 0; phase < TTM_ONEDNN_CALLS; phase++) {
            const char *from = s->from + y * s->width * s->bytes;
            char *to = s->to + (2 * y + (phase >> 1)) * row_size +
                       (phase & 1) * s->bytes;

            if (s->phase >= 0 && phase != s->phase)
                continue;
            for (int64_t x = 0; x < s->width; x++)
                memcpy(to + 2 * x * s->bytes, from + x * s->bytes, s->bytes);
        }
}

static void spread(const TTMCpuStep *step, void *to, const void *from,
                   int64_t channels, int phase)
{
    const TTMOnednnLayer *layer = step->state;
    const TTMShape *x  = ttm_cpu_shape(step, 0);
    Spread s = { to, from, x->dim[2], channels * ttm_dtype_size(layer->compute),
                 phase };

    ttm_cpu_for(step->cpu, x->dim[0] * x->dim[1], 1 + 65536 / (s.bytes * s.width),
                spread_rows, &s);
}

/** bias + shift in scratch, or the bias itself. */
static const float *shifted_bias(const TTMCpuStep *step)
{
    const TTMOnednnLayer *layer     = step->state;
    const float *bias      = step->weight[2];
    const int64_t channels = step->node->shape.dim[3];
    void *at   = (char *)step->scratch + layer->bias_at;
    float *sum = at;

    if (!step->in[3])
        return bias;
    ttm_cpu_load_row(sum, step->in[3], step->graph->dtype, 0, channels);
    for (int64_t i = 0; bias && i < channels; i++)
        sum[i] += bias[i];
    return sum;
}

static int conv2d_run(const TTMCpuStep *step)
{
    const TTMOnednnLayer *layer = step->state;
    const float *bias = shifted_bias(step);
    TTMOnednnViews v  = ttm_onednn_open_views(step, 4);
    char *copy = (char *)step->scratch + layer->gate_at;
    Pictures p = { v.x, v.y, v.residual, *ttm_cpu_shape(step, 0), step->node->shape,
                   node_kernel(step) };
    int ok = 1;

    if (layer->upsample == TTM_ONEDNN_UPSAMPLE_PHASES) {
        p.y = copy;
        p.to.dim[1] = p.from.dim[1];
        p.to.dim[2] = p.from.dim[2];
        for (int i = 0; i < TTM_ONEDNN_CALLS && ok; i++) {
            p.kernel = phase_kernel(i);
            ok = convolve(step, &layer->call[i], &p, bias, v.pad);
            if (ok)
                spread(step, v.y, copy, step->node->shape.dim[3], i);
        }
        return ttm_onednn_close_views(step, &v, ok);
    }
    if (layer->upsample == TTM_ONEDNN_UPSAMPLE_COPY) {
        spread(step, copy, v.x, p.from.dim[3], -1);
        p.x = copy;
        p.from.dim[1] *= 2;
        p.from.dim[2] *= 2;
    }
    ok = convolve(step, &layer->call[0], &p, bias, v.pad);
    return ttm_onednn_close_views(step, &v, ok);
}

const TTMCpuKernel ttm_onednn_conv2d = { conv2d_prepare, conv2d_run,
                                         ttm_onednn_release };

#endif

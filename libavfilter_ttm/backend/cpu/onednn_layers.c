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

/** @file Linear layers and convolutions by oneDNN. */

#include "config.h"

#if HAVE_ONEDNN

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/onednn_internal.h"
#include "util/mem.h"

#define PHASES 4

/** How the nearest-neighbour enlargement before a convolution is done. */
enum Upsample {
    UPSAMPLE_NONE,
    UPSAMPLE_COPY,      ///< the enlarged input is written out first
    /**
     * The four pixels that come from one see only 2x2 source pixels, with sums
     * of the 3x3 weights: four small convolutions, 16 multiplications instead
     * of 36.
     */
    UPSAMPLE_PHASES,
};

typedef struct Layer {
    TTMOnednnCall call[PHASES];     ///< linear with GEGLU: gate, then values
    int nb_calls;
    enum TTMDType compute;          ///< f32 where oneDNN lacks the graph's type
    enum Upsample upsample;
    size_t x_at, y_at, residual_at, gate_at, bias_at, pad_at;   ///< in scratch
    size_t sorted_at;               ///< rows that are not where they belong yet
} Layer;

/** Take @p bytes of the step's scratch memory; returns where. */
static size_t reserve(TTMCpuStep *step, size_t bytes)
{
    size_t at = step->scratch_bytes;

    step->scratch_bytes += (bytes + 63) / 64 * 64;
    return at;
}

static TTMOnednnTensor matrix(int64_t rows, int64_t columns, int64_t row_stride,
                              int64_t column_stride, enum TTMDType dtype)
{
    return (TTMOnednnTensor){ 2, { rows, columns },
                              { row_stride, column_stride },
                              ttm_onednn_type(dtype), 0 };
}

/** A [frames, height, width, channels] tensor in oneDNN's order N, C, H, W. */
static TTMOnednnTensor image(const TTMShape *s, enum TTMDType dtype)
{
    const int64_t *d = s->dim;

    return (TTMOnednnTensor){ 4, { d[0], d[3], d[1], d[2] },
                              { d[1] * d[2] * d[3], 1, d[2] * d[3], d[3] },
                              ttm_onednn_type(dtype), 0 };
}

static void layer_release(TTMCpuStep *step)
{
    Layer *layer = step->state;

    if (!layer)
        return;
    for (int i = 0; i < PHASES; i++)
        ttm_onednn_call_free(&layer->call[i]);
    free(layer);
    step->state = NULL;
}

/** Start over with another compute type. */
static Layer *reset(TTMCpuStep *step, enum TTMDType compute)
{
    Layer *layer;

    layer_release(step);
    step->scratch_bytes = 0;
    layer = calloc(1, sizeof(*layer));
    step->state = layer;
    if (layer)
        layer->compute = compute;
    return layer;
}

static int is_absent(const TTMCpuStep *step, int index)
{
    return step->node->input[index] < 0;
}

/** Scratch for f32 copies and for oneDNN; called when all calls are made. */
static void reserve_all(TTMCpuStep *step, int residual)
{
    Layer *layer  = step->state;
    size_t pad    = 0;
    int64_t count = ttm_shape_count(&step->node->shape);

    if (layer->compute != step->graph->dtype) {
        layer->x_at = reserve(step, ttm_shape_count(ttm_cpu_shape(step, 0)) * 4);
        layer->y_at = reserve(step, count * 4);
        if (!is_absent(step, residual))
            layer->residual_at = reserve(step, count * 4);
    }
    for (int i = 0; i < layer->nb_calls; i++)
        if (layer->call[i].scratchpad_bytes > pad)
            pad = layer->call[i].scratchpad_bytes;
    layer->pad_at = reserve(step, pad);
}

/**
 * Prepare in the graph's type, else in f32. The plain weights are needed only
 * until oneDNN has its own form of them.
 */
static int prepare(TTMCpuStep *step, int residual,
                   int (*make)(TTMCpuStep *step, Layer *layer,
                               const void *weights))
{
    const enum TTMDType tries[] = { step->graph->dtype, TTM_DTYPE_F32 };
    const TTMNodeId id  = ttm_graph_root(step->graph, step->node->input[1]);
    const TTMNode *node = &step->graph->nodes[id];
    const int64_t count = ttm_shape_count(&node->shape);

    for (int i = 0; i < 2; i++) {
        Layer *layer;
        void *weights;
        int made;

        if (tries[i] == TTM_DTYPE_F16 || (i && tries[i] == tries[0]))
            continue;
        layer   = reset(step, tries[i]);
        weights = ttm_aligned_alloc(count * ttm_dtype_size(tries[i]));
        if (!layer || !weights) {
            free(weights);
            return ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory "
                            "for tensor '%s'", step->graph->name, node->name);
        }
        made = ttm_cpu_convert_weight(step->cpu, step->graph, id, tries[i], weights);
        if (made >= 0)
            made = make(step, layer, weights);
        free(weights);
        if (made < 0)
            return made;
        if (made) {
            int ret = ttm_cpu_take_weight(step, 2, TTM_DTYPE_F32);

            reserve_all(step, residual);
            for (int k = 0; k < layer->nb_calls; k++)
                ttm_cpu_add_bytes(step, layer->call[k].weight_bytes);
            return ret < 0 ? ret : 1;
        }
    }
    return 0;
}

/** y = act(x W^T + b) (+ residual); GEGLU: a gate first, then times it. */
static int make_linear(TTMCpuStep *step, Layer *layer, const void *weights)
{
    TTMOnednn *onednn = step->cpu->onednn;
    const TTMShape *x = ttm_cpu_shape(step, 0);
    const int64_t in  = x->dim[x->rank - 1];
    const int64_t out = step->node->shape.dim[step->node->shape.rank - 1];
    const int64_t rows = ttm_cpu_rows(x);
    const enum TTMDType type = layer->compute;
    const int geglu   = step->node->linear.activation == TTM_ACT_GEGLU;
    TTMOnednnTensor src  = matrix(rows, in, in, 1, type);
    TTMOnednnTensor dst  = matrix(rows, out, out, 1, type);
    TTMOnednnTensor w    = matrix(in, out, 1, in, type);
    TTMOnednnTensor bias = matrix(1, out, out, 1, TTM_DTYPE_F32);

    w.any_layout = 1;
    if (is_absent(step, 2))
        bias.rank = 0;
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
        if (!gate && !is_absent(step, 3) && is_absent(step, 4))
            ttm_onednn_append_binary(&post_ops, dnnl_binary_add, &dst);
        if (!ttm_onednn_matmul_desc(&layer->call[i].desc, onednn->engine, &src,
                                    &w, &bias, &dst, &post_ops) ||
            !ttm_onednn_call_finish(&layer->call[i], onednn, &src, &w, &bias,
                                    &dst, &post_ops, data))
            return 0;
    }
    if (geglu)
        layer->gate_at = reserve(step, rows * out * ttm_dtype_size(type));
    if (!is_absent(step, 4))
        layer->sorted_at = reserve(step, rows * out * ttm_dtype_size(type));
    return 1;
}

static int linear_prepare(TTMCpuStep *step)
{
    return prepare(step, 3, make_linear);
}

/** Where a layer reads and writes: the graph's values, or f32 copies. */
typedef struct Views {
    const void *x, *residual;
    void *y, *pad;
} Views;

static Views open_views(const TTMCpuStep *step, int residual)
{
    const Layer *layer       = step->state;
    const enum TTMDType type = step->graph->dtype;
    const int64_t count      = ttm_shape_count(&step->node->shape);
    char *scratch            = step->scratch;
    Views v = { step->in[0], step->in[residual], step->out,
                scratch + layer->pad_at };

    if (layer->compute == type)
        return v;
    v.x = scratch + layer->x_at;
    v.y = scratch + layer->y_at;
    ttm_cpu_convert(step->cpu, scratch + layer->x_at, layer->compute, step->in[0],
                    type, ttm_shape_count(ttm_cpu_shape(step, 0)));
    if (v.residual) {
        v.residual = scratch + layer->residual_at;
        ttm_cpu_convert(step->cpu, scratch + layer->residual_at, layer->compute,
                        step->in[residual], type, count);
    }
    return v;
}

static int close_views(const TTMCpuStep *step, const Views *v, int ok)
{
    const Layer *layer = step->state;

    if (!ok)
        return ttm_fail(step->cpu->log, TTM_ERR_DEVICE, "%s: oneDNN failed in "
                        "'%s': try device=cpu:plain", step->graph->name,
                        step->node->name);
    if (layer->compute != step->graph->dtype)
        ttm_cpu_convert(step->cpu, step->out, step->graph->dtype, v->y,
                        layer->compute, ttm_shape_count(&step->node->shape));
    return 0;
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

static int linear_run(const TTMCpuStep *step)
{
    const Layer *layer = step->state;
    TTMOnednn *onednn  = step->cpu->onednn;
    const float *bias  = step->weight[2];
    const int64_t out  = step->node->shape.dim[step->node->shape.rank - 1];
    const int sorted   = !is_absent(step, 4);
    Views v            = open_views(step, 3);
    const void *operands[2] = { sorted ? NULL : v.residual, NULL };
    int ok = 1;

    if (sorted)
        v.y = (char *)step->scratch + layer->sorted_at;

    if (layer->nb_calls == 2) {
        void *gate = (char *)step->scratch + layer->gate_at;

        ok = ttm_onednn_call_run(&layer->call[0], onednn, v.x,
                                 bias ? bias + out : NULL, gate, NULL, v.pad);
        operands[0] = gate;
        operands[1] = sorted ? NULL : v.residual;
    }
    ok = ok && ttm_onednn_call_run(&layer->call[layer->nb_calls - 1], onednn, v.x,
                                   bias, v.y, operands, v.pad);
    if (ok && sorted) {
        Unsort unsort = { step, v.y, layer->compute, out };

        ttm_cpu_for(step->cpu, ttm_cpu_rows(&step->node->shape), 1 + 16384 / out,
                    unsort_rows, &unsort);
        return 0;
    }
    return close_views(step, &v, ok);
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

/** The sums are those of the file's values: they are rounded only once. */
static int make_phases(TTMCpuStep *step, Layer *layer, const TTMOnednnTensor *bias)
{
    TTMOnednn *onednn  = step->cpu->onednn;
    const TTMShape *x  = ttm_cpu_shape(step, 0);
    const TTMShape *ws = ttm_cpu_shape(step, 1);
    const enum TTMDType type = layer->compute;
    const int64_t kernels = ws->dim[0] * ws->dim[1];
    const TTMNodeId id = ttm_graph_root(step->graph, step->node->input[1]);
    TTMShape small = *x;
    TTMOnednnTensor src = image(x, type), dst;
    TTMOnednnTensor w   = { 4, { ws->dim[0], ws->dim[1], 2, 2 },
                            { ws->dim[1] * 4, 4, 2, 1 },
                            ttm_onednn_type(type), 1 };
    float *weights = ttm_aligned_alloc(kernels * 9 * sizeof(*weights));
    void *sums     = ttm_aligned_alloc(kernels * 4 * ttm_dtype_size(type));
    int ok;

    small.dim[3] = ws->dim[0];
    dst  = image(&small, type);
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
    layer->nb_calls = PHASES;
    for (int i = 0; i < PHASES && ok; i++) {
        const int pad[4] = { !(i >> 1), !(i & 1), i >> 1, i & 1 };
        TTMOnednnPostOps post_ops = { 0 };

        for (int64_t k = 0; k < kernels; k++) {
            float taps[4];

            for (int t = 0; t < 4; t++)
                taps[t] = phase_tap(weights, k, i, t >> 1, t & 1);
            ttm_cpu_store_row(sums, type, k * 4, taps, 4);
        }
        ttm_onednn_append_activation(&post_ops, step->node->conv2d.activation);
        ok = ttm_onednn_conv_desc(&layer->call[i].desc, onednn->engine, &src, &w,
                                  bias, &dst, 1, pad, &post_ops) &&
             ttm_onednn_call_finish(&layer->call[i], onednn, &src, &w, bias,
                                    &dst, &post_ops, sums);
    }
    free(weights);
    free(sums);
    layer->gate_at = reserve(step, ttm_shape_count(&small) * ttm_dtype_size(type));
    return ok;
}

static int make_conv2d(TTMCpuStep *step, Layer *layer, const void *weights)
{
    TTMOnednn *onednn  = step->cpu->onednn;
    const TTMConv2d *p = &step->node->conv2d;
    const TTMShape *ws = ttm_cpu_shape(step, 1);
    const int64_t *k   = ws->dim;
    const enum TTMDType type = layer->compute;
    const int pad[4]   = { p->pad_top, p->pad_left, p->pad_bottom, p->pad_right };
    TTMShape x = *ttm_cpu_shape(step, 0);
    TTMOnednnPostOps post_ops = { 0 };
    TTMOnednnTensor src, dst = image(&step->node->shape, type);
    TTMOnednnTensor w    = { 4, { k[0], k[1], k[2], k[3] },
                             { k[1] * k[2] * k[3], k[2] * k[3], k[3], 1 },
                             ttm_onednn_type(type), 1 };
    TTMOnednnTensor bias = { 1, { k[0] }, { 1 }, dnnl_f32, 0 };

    if (is_absent(step, 2) && is_absent(step, 3))
        bias.rank = 0;
    layer->bias_at = reserve(step, k[0] * sizeof(float));
    if (p->upsample == 2) {
        if (k[2] == 3 && k[3] == 3 && p->stride == 1 && is_absent(step, 4) &&
            p->pad_top == 1 && p->pad_left == 1 && p->pad_bottom == 1 &&
            p->pad_right == 1) {
            layer->upsample = UPSAMPLE_PHASES;
            return make_phases(step, layer, &bias);
        }
        layer->upsample = UPSAMPLE_COPY;
        x.dim[1] *= 2;
        x.dim[2] *= 2;
        layer->gate_at = reserve(step, ttm_shape_count(&x) * ttm_dtype_size(type));
    }
    src = image(&x, type);
    ttm_onednn_append_activation(&post_ops, p->activation);
    /* oneDNN's fastest convolutions add in place, but no second tensor */
    post_ops.add_old = !is_absent(step, 4);
    layer->nb_calls  = 1;
    return ttm_onednn_conv_desc(&layer->call[0].desc, onednn->engine, &src, &w,
                                &bias, &dst, p->stride, pad, &post_ops) &&
           ttm_onednn_call_finish(&layer->call[0], onednn, &src, &w, &bias, &dst,
                                  &post_ops, weights);
}

static int conv2d_prepare(TTMCpuStep *step)
{
    return prepare(step, 4, make_conv2d);
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
        for (int phase = 0; phase < PHASES; phase++) {
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
    const Layer *layer = step->state;
    const TTMShape *x  = ttm_cpu_shape(step, 0);
    Spread s = { to, from, x->dim[2], channels * ttm_dtype_size(layer->compute),
                 phase };

    ttm_cpu_for(step->cpu, x->dim[0] * x->dim[1], 1 + 65536 / (s.bytes * s.width),
                spread_rows, &s);
}

/** bias + shift in scratch, or the bias itself. */
static const float *shifted_bias(const TTMCpuStep *step)
{
    const Layer *layer     = step->state;
    const float *bias      = step->weight[2];
    const int64_t channels = step->node->shape.dim[3];
    float *sum = (float *)((char *)step->scratch + layer->bias_at);

    if (!step->in[3])
        return bias;
    ttm_cpu_load_row(sum, step->in[3], step->graph->dtype, 0, channels);
    for (int64_t i = 0; bias && i < channels; i++)
        sum[i] += bias[i];
    return sum;
}

static int conv2d_run(const TTMCpuStep *step)
{
    const Layer *layer = step->state;
    TTMOnednn *onednn  = step->cpu->onednn;
    const float *bias  = shifted_bias(step);
    Views v            = open_views(step, 4);
    char *copy         = (char *)step->scratch + layer->gate_at;
    int ok = 1;

    if (layer->upsample == UPSAMPLE_PHASES) {
        for (int i = 0; i < PHASES && ok; i++) {
            ok = ttm_onednn_call_run(&layer->call[i], onednn, v.x, bias, copy,
                                     NULL, v.pad);
            if (ok)
                spread(step, v.y, copy, step->node->shape.dim[3], i);
        }
        return close_views(step, &v, ok);
    }
    if (layer->upsample == UPSAMPLE_COPY) {
        spread(step, copy, v.x, ttm_cpu_shape(step, 0)->dim[3], -1);
        v.x = copy;
    }
    if (v.residual)
        ttm_cpu_convert(step->cpu, v.y, layer->compute, v.residual,
                        layer->compute, ttm_shape_count(&step->node->shape));
    ok = ttm_onednn_call_run(&layer->call[0], onednn, v.x, bias, v.y, NULL,
                             v.pad);
    return close_views(step, &v, ok);
}

const TTMCpuKernel ttm_onednn_linear = { linear_prepare, linear_run,
                                         layer_release };
const TTMCpuKernel ttm_onednn_conv2d = { conv2d_prepare, conv2d_run,
                                         layer_release };

void ttm_cpu_kernels_onednn(TTMCpuKernels *kernels)
{
    kernels->kernel[TTM_OP_LINEAR][TTM_CPU_ONEDNN] = &ttm_onednn_linear;
    kernels->kernel[TTM_OP_CONV2D][TTM_CPU_ONEDNN] = &ttm_onednn_conv2d;
}

#endif

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

/** @file Plain C linear layer, convolution and norms; sums are double. */

#include <math.h>
#include <stdlib.h>

#include "backend/cpu/element.h"
#include "backend/cpu/plain.h"

/** Matrices in the graph's type, vectors in f32. */
static int prepare(TTMCpuStep *step)
{
    int matrix = step->node->op == TTM_OP_LINEAR ||
                 step->node->op == TTM_OP_CONV2D;
    int ret = ttm_cpu_take_weight(step, 1, matrix ? step->graph->dtype
                                                  : TTM_DTYPE_F32);

    if (ret >= 0)
        ret = ttm_cpu_take_weight(step, 2, TTM_DTYPE_F32);
    return ret < 0 ? ret : 1;
}

static double dot(const void *a, int64_t a0, const void *b, int64_t b0,
                  int64_t b_stride, int64_t count, enum TTMDType dtype)
{
    double sum = 0;

    for (int64_t i = 0; i < count; i++)
        sum += (double)ttm_load(a, dtype, a0 + i) *
               ttm_load(b, dtype, b0 + i * b_stride);
    return sum;
}

/** One row of output features of x [rows, in]. */
static void linear_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const enum TTMActivation act = step->node->linear.activation;
    const TTMShape *x  = ttm_cpu_shape(step, 0);
    const int64_t in   = x->dim[x->rank - 1];
    const int64_t out  = step->node->shape.dim[step->node->shape.rank - 1];
    const float *bias  = step->weight[2];

    (void)worker;
    for (int64_t row = begin; row < end; row++) {
        const int64_t to = ttm_cpu_token(step, 4, row);

        for (int64_t c = 0; c < out; c++) {
            double y = dot(step->in[0], row * in, step->weight[1], c * in, 1, in,
                           dtype) + (bias ? bias[c] : 0);

            if (act == TTM_ACT_GEGLU) {
                double gate = dot(step->in[0], row * in, step->weight[1],
                                  (c + out) * in, 1, in, dtype) +
                              (bias ? bias[c + out] : 0);

                y *= ttm_plain_activation(TTM_ACT_GELU, gate);
            } else {
                y = ttm_plain_activation(act, y);
            }
            if (step->in[3])
                y += ttm_load(step->in[3], dtype, to * out + c);
            ttm_store(step->out, dtype, to * out + c, y);
        }
    }
}

static int linear_run(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_cpu_rows(&step->node->shape), 1, linear_rows,
                (void *)step);
    return 0;
}

/** Output rows (frame, y) of a convolution. */
static void conv2d_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMConv2d *p   = &step->node->conv2d;
    const TTMShape *x    = ttm_cpu_shape(step, 0);
    const TTMShape *w    = ttm_cpu_shape(step, 1);
    const TTMShape *y    = &step->node->shape;
    const int64_t in     = x->dim[3], kh = w->dim[2], kw = w->dim[3];
    const int64_t height = x->dim[1] * p->upsample;
    const int64_t width  = x->dim[2] * p->upsample;
    const float *bias    = step->weight[2];

    (void)worker;
    for (int64_t i = begin * y->dim[2]; i < end * y->dim[2]; i++)
        for (int64_t c = 0; c < y->dim[3]; c++) {
            int64_t ox = i % y->dim[2], oy = i / y->dim[2] % y->dim[1];
            int64_t n  = i / (y->dim[2] * y->dim[1]);
            double sum = bias ? bias[c] : 0;

            for (int64_t ky = 0; ky < kh; ky++)
                for (int64_t kx = 0; kx < kw; kx++) {
                    int64_t iy = oy * p->stride + ky - p->pad_top;
                    int64_t ix = ox * p->stride + kx - p->pad_left;

                    if (iy < 0 || ix < 0 || iy >= height || ix >= width)
                        continue;
                    iy /= p->upsample;
                    ix /= p->upsample;
                    sum += dot(step->in[0],
                               ((n * x->dim[1] + iy) * x->dim[2] + ix) * in,
                               step->weight[1], (c * in * kh + ky) * kw + kx,
                               kh * kw, in, dtype);
                }
            if (step->in[3])
                sum += ttm_load(step->in[3], dtype, c);
            sum = ttm_plain_activation(p->activation, sum);
            if (step->in[4])
                sum += ttm_load(step->in[4], dtype, i * y->dim[3] + c);
            ttm_store(step->out, dtype, i * y->dim[3] + c, sum);
        }
}

static int conv2d_run(const TTMCpuStep *step)
{
    const TTMShape *y = &step->node->shape;

    ttm_cpu_for(step->cpu, y->dim[0] * y->dim[1], 1, conv2d_rows, (void *)step);
    return 0;
}

/** Normalise @p count values that get(i) finds; biased variance. */
static void statistics(const void *x, enum TTMDType dtype, int64_t base,
                       int64_t rows, int64_t stride, int64_t channels,
                       double *mean, double *variance)
{
    const double count = (double)rows * channels;
    double sum = 0, squares = 0;

    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < channels; c++)
            sum += ttm_load(x, dtype, base + r * stride + c);
    *mean = sum / count;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < channels; c++) {
            double d = ttm_load(x, dtype, base + r * stride + c) - *mean;

            squares += d * d;
        }
    *variance = squares / count;
}

/** Groups of pooled samples: index = sample block * groups + group. */
static void group_norm_groups(void *opaque, int worker, int64_t begin,
                              int64_t end)
{
    const TTMCpuStep *step = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMGroupNorm *p  = &step->node->group_norm;
    const TTMShape *shape  = &step->node->shape;
    const int64_t channels = shape->dim[shape->rank - 1];
    const int64_t size     = channels / p->groups;
    const int64_t rows     = ttm_cpu_rows(shape) / shape->dim[0] * p->pool;
    const float *weight = step->weight[1], *bias = step->weight[2];

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        int64_t first = i % p->groups * size;
        int64_t base  = i / p->groups * rows * channels + first;
        double mean, variance;

        statistics(step->in[0], dtype, base, rows, channels, size, &mean,
                   &variance);
        variance = 1 / sqrt(variance + p->epsilon);
        for (int64_t r = 0; r < rows; r++)
            for (int64_t c = 0; c < size; c++) {
                int64_t at = base + r * channels + c;
                double y = (ttm_load(step->in[0], dtype, at) - mean) * variance;

                y = y * (weight ? weight[first + c] : 1) +
                    (bias ? bias[first + c] : 0);
                ttm_store(step->out, dtype, at,
                          ttm_plain_activation(p->activation, y));
            }
    }
}

static int group_norm_run(const TTMCpuStep *step)
{
    const TTMGroupNorm *p = &step->node->group_norm;

    ttm_cpu_for(step->cpu, step->node->shape.dim[0] / p->pool * p->groups, 1,
                group_norm_groups, (void *)step);
    return 0;
}

static void layer_norm_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMShape *shape  = &step->node->shape;
    const int64_t channels = shape->dim[shape->rank - 1];
    const float *weight = step->weight[1], *bias = step->weight[2];

    (void)worker;
    for (int64_t row = begin; row < end; row++) {
        const int64_t from = ttm_cpu_token(step, 3, row);
        double mean, variance;

        statistics(step->in[0], dtype, from * channels, 1, 0, channels, &mean,
                   &variance);
        if (step->node->layer_norm.mean_square) {
            variance += mean * mean;
            mean = 0;
        }
        variance = 1 / sqrt(variance + step->node->layer_norm.epsilon);
        for (int64_t c = 0; c < channels; c++) {
            double y = (ttm_load(step->in[0], dtype, from * channels + c) - mean) *
                       variance;

            ttm_store(step->out, dtype, row * channels + c,
                      y * (weight ? weight[c] : 1) + (bias ? bias[c] : 0));
        }
    }
}

static int layer_norm_run(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_cpu_rows(&step->node->shape), 1, layer_norm_rows,
                (void *)step);
    return 0;
}

/** Rows of x times those of w. */
static void product(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step    = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMShape *w         = ttm_cpu_shape(step, 1);
    const int64_t columns = w->dim[0], depth = w->dim[1];

    (void)worker;
    for (int64_t i = begin * columns; i < end * columns; i++) {
        double sum = 0;

        for (int64_t k = 0; k < depth; k++)
            sum += (double)ttm_load(step->in[0], dtype, i / columns * depth + k) *
                   ttm_load(step->in[1], dtype, i % columns * depth + k);
        ttm_store(step->out, dtype, i, sum);
    }
}

static int product_run(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_cpu_rows(&step->node->shape), 256, product, (void *)step);
    return 0;
}

const TTMCpuKernel ttm_plain_linear     = { prepare, linear_run, NULL };
const TTMCpuKernel ttm_plain_conv2d     = { prepare, conv2d_run, NULL };
const TTMCpuKernel ttm_plain_group_norm = { prepare, group_norm_run, NULL };
const TTMCpuKernel ttm_plain_layer_norm = { prepare, layer_norm_run, NULL };
const TTMCpuKernel ttm_plain_product    = { NULL, product_run, NULL };

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
 * Linear layers and convolutions in f32 by the matrix product of gemm.c: what
 * runs where oneDNN is not built in. A convolution gathers the pixels under the
 * kernel for a block of outputs and multiplies those rows.
 */

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/fast.h"
#include "backend/cpu/fast_math.h"
#include "backend/cpu/gemm.h"
#include "util/mem.h"

/** Rows of a block: a multiple of TTM_GEMM_ROWS. */
#define ROWS 48
/** Features that are summed at a time, so that a panel stays in the cache. */
#define DEPTH 512

/** A layer as y [rows, out] = x [rows, in] x panels. */
typedef struct Layer {
    int64_t rows, in, out, columns;     ///< columns: out with the padding
    float *panels;
    int64_t tile_floats;                ///< of one worker
} Layer;

static void release(TTMCpuStep *step)
{
    Layer *layer = step->state;

    if (!layer)
        return;
    free(layer->panels);
    free(layer);
    step->state = NULL;
}

/**
 * Pack the weights; feature (k, i) of @p taps * @p in is element
 * [i * taps + k] of a kernel.
 */
static int pack(Layer *layer, const float *weights, int64_t taps)
{
    const int64_t in = layer->in / taps;
    float *row = ttm_aligned_alloc(layer->in * TTM_GEMM_WIDTH * sizeof(*row));

    layer->panels = ttm_aligned_alloc(layer->in * layer->columns *
                                      sizeof(*layer->panels));
    if (!row || !layer->panels) {
        free(row);
        return TTM_ERR_MEMORY;
    }
    for (int64_t c = 0; c < layer->out; c += TTM_GEMM_WIDTH) {
        int64_t count = ttm_min64(TTM_GEMM_WIDTH, layer->out - c);

        for (int64_t j = 0; j < count; j++)
            for (int64_t k = 0; k < taps; k++)
                for (int64_t i = 0; i < in; i++)
                    row[j * layer->in + k * in + i] =
                        weights[(c + j) * layer->in + i * taps + k];
        ttm_gemm_pack_rows(layer->panels + c * layer->in,
                           ttm_gemm_panel(layer->out, c), row, layer->in, count,
                           layer->in);
    }
    free(row);
    return 0;
}

/** Common part of prepare(); @p out and @p in are those of the weights. */
static int prepare(TTMCpuStep *step, int64_t rows, int64_t in, int64_t out,
                   int64_t taps)
{
    const TTMNodeId id  = ttm_graph_root(step->graph, step->node->input[1]);
    const TTMNode *node = &step->graph->nodes[id];
    Layer *layer   = calloc(1, sizeof(*layer));
    float *weights = ttm_aligned_alloc(in * out * sizeof(*weights));
    int ret        = TTM_ERR_MEMORY;

    step->state = layer;
    if (layer && weights) {
        *layer = (Layer){ .rows = rows, .in = in, .out = out,
                          .columns = ttm_gemm_columns(out) };
        ret = ttm_cpu_convert_weight(step->cpu, step->graph, id, TTM_DTYPE_F32,
                                     weights);
        if (ret < 0) {
            free(weights);
            return ret;
        }
        ret = pack(layer, weights, taps);
        layer->tile_floats = ROWS * (in + layer->columns) + out;
        layer->tile_floats = (layer->tile_floats + 15) / 16 * 16;
        step->scratch_bytes = step->cpu->threads * layer->tile_floats *
                              sizeof(float);
        ttm_cpu_add_bytes(step, in * layer->columns * sizeof(float));
    }
    free(weights);
    if (ret < 0)
        return ttm_fail(step->cpu->log, ret, "%s: out of memory for tensor '%s'",
                        step->graph->name, node->name);
    ret = ttm_cpu_take_weight(step, 2, TTM_DTYPE_F32);
    return ret < 0 ? ret : 1;
}

/** y = x times all panels. */
static void multiply(const Layer *layer, float *y, const float *x, int64_t rows)
{
    for (int64_t k = 0; k < layer->in; k += DEPTH) {
        int64_t depth = ttm_min64(DEPTH, layer->in - k);

        for (int64_t c = 0; c < layer->out; c += TTM_GEMM_WIDTH) {
            int width = ttm_gemm_panel(layer->out, c);

            ttm_gemm_panel_product(y + c, layer->columns, x + k, layer->in,
                                   layer->panels + c * layer->in + k * width,
                                   width, rows, depth, k > 0);
        }
    }
}

/** Bias, activation and residual of one row, stored. */
static void finish_row(const TTMCpuStep *step, float *y, float *spare,
                       const float *bias, int64_t columns, int64_t row,
                       enum TTMActivation activation, int residual)
{
    const enum TTMDType dtype = step->graph->dtype;
    const int64_t out = step->node->shape.dim[step->node->shape.rank - 1];

    for (int64_t c = 0; bias && c < columns; c++)
        y[c] += bias[c];
    if (activation == TTM_ACT_GEGLU)
        ttm_fast_geglu_row(y, y + out, out);
    else
        ttm_fast_activate_row(y, out, activation);
    if (step->in[residual]) {
        ttm_cpu_load_row(spare, step->in[residual], dtype, row * out, out);
        for (int64_t c = 0; c < out; c++)
            y[c] += spare[c];
    }
    ttm_cpu_store_row(step->out, dtype, row * out, y, out);
}

static void linear_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const Layer *layer     = step->state;
    const int64_t rows     = end - begin;
    float *x = (float *)step->scratch + worker * layer->tile_floats;
    float *y = x + ROWS * layer->in, *spare = y + ROWS * layer->columns;

    ttm_cpu_load_row(x, step->in[0], step->graph->dtype, begin * layer->in,
                     rows * layer->in);
    memset(x + rows * layer->in, 0, (ROWS - rows) * layer->in * sizeof(*x));
    multiply(layer, y, x, rows);
    for (int64_t i = 0; i < rows; i++)
        finish_row(step, y + i * layer->columns, spare, step->weight[2],
                   layer->out, ttm_cpu_token(step, 4, begin + i),
                   step->node->linear.activation, 3);
}

static int linear_prepare(TTMCpuStep *step)
{
    const TTMShape *x = ttm_cpu_shape(step, 0), *w = ttm_cpu_shape(step, 1);

    return prepare(step, ttm_cpu_rows(x), x->dim[x->rank - 1], w->dim[0], 1);
}

static int linear_run(const TTMCpuStep *step)
{
    const Layer *layer = step->state;

    ttm_cpu_for(step->cpu, layer->rows, ROWS, linear_rows, (void *)step);
    return 0;
}

/** Pixels under the kernel for output @p row, [kh, kw, channels]. */
static void gather(const TTMCpuStep *step, float *to, int64_t row)
{
    const TTMConv2d *p = &step->node->conv2d;
    const TTMShape *x  = ttm_cpu_shape(step, 0), *w = ttm_cpu_shape(step, 1);
    const TTMShape *y  = &step->node->shape;
    const int64_t ox = row % y->dim[2], oy = row / y->dim[2] % y->dim[1];
    const int64_t frame = row / (y->dim[2] * y->dim[1]), channels = x->dim[3];

    for (int64_t ky = 0; ky < w->dim[2]; ky++)
        for (int64_t kx = 0; kx < w->dim[3]; kx++, to += channels) {
            int64_t iy = oy * p->stride + ky - p->pad_top;
            int64_t ix = ox * p->stride + kx - p->pad_left;

            if (iy < 0 || ix < 0 || iy >= x->dim[1] * p->upsample ||
                ix >= x->dim[2] * p->upsample) {
                memset(to, 0, channels * sizeof(*to));
                continue;
            }
            iy /= p->upsample;
            ix /= p->upsample;
            ttm_cpu_load_row(to, step->in[0], step->graph->dtype,
                             ((frame * x->dim[1] + iy) * x->dim[2] + ix) *
                             channels, channels);
        }
}

static void conv2d_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const Layer *layer     = step->state;
    const int64_t rows     = end - begin;
    float *x = (float *)step->scratch + worker * layer->tile_floats;
    float *y = x + ROWS * layer->in, *spare = y + ROWS * layer->columns;

    for (int64_t i = 0; i < rows; i++)
        gather(step, x + i * layer->in, begin + i);
    memset(x + rows * layer->in, 0, (ROWS - rows) * layer->in * sizeof(*x));
    multiply(layer, y, x, rows);
    for (int64_t i = 0; i < rows; i++) {
        float *row = y + i * layer->columns;

        if (step->in[3]) {
            ttm_cpu_load_row(spare, step->in[3], step->graph->dtype, 0,
                             layer->out);
            for (int64_t c = 0; c < layer->out; c++)
                row[c] += spare[c];
        }
        finish_row(step, row, spare, step->weight[2], layer->out, begin + i,
                   step->node->conv2d.activation, 4);
    }
}

static int conv2d_prepare(TTMCpuStep *step)
{
    const TTMShape *w  = ttm_cpu_shape(step, 1);
    const int64_t taps = w->dim[2] * w->dim[3];

    return prepare(step, ttm_cpu_rows(&step->node->shape), w->dim[1] * taps,
                   w->dim[0], taps);
}

static int conv2d_run(const TTMCpuStep *step)
{
    const Layer *layer = step->state;

    ttm_cpu_for(step->cpu, layer->rows, ROWS, conv2d_rows, (void *)step);
    return 0;
}

const TTMCpuKernel ttm_fast_linear = { linear_prepare, linear_run, release };
const TTMCpuKernel ttm_fast_conv2d = { conv2d_prepare, conv2d_run, release };

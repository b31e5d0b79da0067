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
 * Group norm and layer norm in f32.
 *
 * Group norm reads its input twice: sums of the channels over blocks of rows,
 * then (x - centre) * scale + shift. The sums are taken against the first row, so that a
 * mean far from zero costs no digits, and blocks are added in a fixed order in
 * double, so that the result does not depend on the threads.
 */

#include <math.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/fast.h"
#include "backend/cpu/fast_math.h"
#include "backend/cpu/lanes.h"

/** Rows whose sums stay in f32. */
#define ROWS 64
/** Channels that fit the buffers on the stack. */
#define MAX_CHANNELS 8192

/** Views of a group norm: [samples, rows, channels], samples pooled. */
typedef struct GroupNorm {
    const TTMCpuStep *step;
    enum TTMDType dtype;
    int64_t samples, rows, channels, blocks;    ///< blocks of ROWS a sample
    float *sums;            ///< [samples, blocks, 2, channels]
    float *affine;          ///< [samples, 3, channels]: centre, scale, shift
} GroupNorm;

static int prepare_vectors(TTMCpuStep *step)
{
    const TTMShape *shape = &step->node->shape;
    int ret;

    if (shape->dim[shape->rank - 1] > MAX_CHANNELS)
        return 0;
    ret = ttm_cpu_take_weight(step, 1, TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_cpu_take_weight(step, 2, TTM_DTYPE_F32);
    return ret < 0 ? ret : 1;
}

static GroupNorm group_norm_views(const TTMCpuStep *step)
{
    const TTMShape *shape = &step->node->shape;
    GroupNorm n = { step, step->graph->dtype };

    n.channels = shape->dim[shape->rank - 1];
    n.samples  = shape->dim[0] / step->node->group_norm.pool;
    n.rows     = ttm_cpu_rows(shape) / n.samples;
    n.blocks   = (n.rows + ROWS - 1) / ROWS;
    n.sums     = step->scratch;
    if (n.sums)                 /* there is none yet while it is prepared */
        n.affine = n.sums + n.samples * n.blocks * 2 * n.channels;
    return n;
}

static int group_norm_prepare(TTMCpuStep *step)
{
    GroupNorm n = group_norm_views(step);

    step->scratch_bytes = n.samples * (n.blocks * 2 + 3) * n.channels *
                          sizeof(float);
    return prepare_vectors(step);
}

/** sums[c] += x[c] - pivot[c], squares[c] += its square. */
TTM_CLONES
static void add_row(float *restrict sums, float *restrict squares,
                    const float *restrict x, const float *restrict pivot,
                    int64_t count)
{
    for (int64_t c = 0; c < count; c++) {
        float d = x[c] - pivot[c];

        sums[c]    += d;
        squares[c] += d * d;
    }
}

static void sum_blocks(void *opaque, int worker, int64_t begin, int64_t end)
{
    const GroupNorm *n = opaque;
    float pivot[MAX_CHANNELS], x[MAX_CHANNELS];

    (void)worker;
    for (int64_t block = begin; block < end; block++) {
        int64_t sample = block / n->blocks;
        int64_t first  = block % n->blocks * ROWS;
        int64_t last   = ttm_min64(first + ROWS, n->rows);
        float *sums    = n->sums + block * 2 * n->channels;

        memset(sums, 0, 2 * n->channels * sizeof(*sums));
        ttm_cpu_load_row(pivot, n->step->in[0], n->dtype,
                         sample * n->rows * n->channels, n->channels);
        for (int64_t row = first; row < last; row++) {
            ttm_cpu_load_row(x, n->step->in[0], n->dtype,
                             (sample * n->rows + row) * n->channels, n->channels);
            add_row(sums, sums + n->channels, x, pivot, n->channels);
        }
    }
}

/** Sum of a channel's blocks; @p squares 0 or 1. */
static double channel_sum(const GroupNorm *n, int64_t sample, int64_t channel,
                          int squares)
{
    double sum = 0;

    for (int64_t b = 0; b < n->blocks; b++)
        sum += n->sums[((sample * n->blocks + b) * 2 + squares) * n->channels +
                       channel];
    return sum;
}

/** Groups of all samples: centre, scale and shift of their channels. */
static void find_affine(void *opaque, int worker, int64_t begin, int64_t end)
{
    const GroupNorm *n    = opaque;
    const TTMGroupNorm *p = &n->step->node->group_norm;
    const float *weight = n->step->weight[1], *bias = n->step->weight[2];
    const int64_t size  = n->channels / p->groups;

    (void)worker;
    for (int64_t group = begin; group < end; group++) {
        int64_t sample = group / p->groups, first = group % p->groups * size;
        float *centre = n->affine + sample * 3 * n->channels;
        float *scale = centre + n->channels, *shift = scale + n->channels;
        double mean = 0, variance = 0;
        float pivot;

        for (int64_t c = first; c < first + size; c++) {
            ttm_cpu_load_row(&pivot, n->step->in[0], n->dtype,
                             sample * n->rows * n->channels + c, 1);
            mean += pivot + channel_sum(n, sample, c, 0) / n->rows;
        }
        mean /= size;
        for (int64_t c = first; c < first + size; c++) {
            double d;

            ttm_cpu_load_row(&pivot, n->step->in[0], n->dtype,
                             sample * n->rows * n->channels + c, 1);
            d = mean - pivot;
            variance += channel_sum(n, sample, c, 1) -
                        2 * d * channel_sum(n, sample, c, 0) + n->rows * d * d;
        }
        variance /= (double)size * n->rows;
        for (int64_t c = first; c < first + size; c++) {
            double s = (weight ? weight[c] : 1) /
                       sqrt((variance > 0 ? variance : 0) + p->epsilon);

            centre[c] = (float)mean;
            scale[c]  = (float)s;
            shift[c]  = bias ? bias[c] : 0;
        }
    }
}

TTM_CLONES
static void apply_affine(float *restrict x, const float *restrict centre,
                         const float *restrict scale,
                         const float *restrict shift, int64_t count)
{
    for (int64_t c = 0; c < count; c++)
        x[c] = (x[c] - centre[c]) * scale[c] + shift[c];
}

static void normalise_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const GroupNorm *n = opaque;
    float x[MAX_CHANNELS];

    (void)worker;
    for (int64_t row = begin; row < end; row++) {
        const float *affine = n->affine + row / n->rows * 3 * n->channels;

        ttm_cpu_load_row(x, n->step->in[0], n->dtype, row * n->channels,
                         n->channels);
        apply_affine(x, affine, affine + n->channels, affine + 2 * n->channels,
                     n->channels);
        ttm_fast_activate_row(x, n->channels, n->step->node->group_norm.activation);
        ttm_cpu_store_row(n->step->out, n->dtype, row * n->channels, x,
                          n->channels);
    }
}

static int group_norm_run(const TTMCpuStep *step)
{
    GroupNorm n  = group_norm_views(step);
    TTMCpu *cpu  = step->cpu;
    int64_t rows = n.samples * n.rows;

    ttm_cpu_for(cpu, n.samples * n.blocks, 1, sum_blocks, &n);
    ttm_cpu_for(cpu, n.samples * step->node->group_norm.groups,
                1 + 16384 / (n.blocks * n.channels), find_affine, &n);
    ttm_cpu_for(cpu, rows, 1 + 16384 / n.channels, normalise_rows, &n);
    return 0;
}

/** Mean, or 0, and variance around it of a row, the variance in a second pass. */
TTM_CLONES
static void row_statistics(const float *x, int64_t count, int mean_square,
                           float *mean, float *variance)
{
    float centre = mean_square ? 0 : ttm_row_sum(x, count) / count;

    *mean     = centre;
    *variance = ttm_row_squares(x, count, centre) / count;
}

/** y = (x - mean) * factor, then the affine part where there is one. */
TTM_CLONES
static void centre_row(float *restrict x, int64_t count, float mean, float factor,
                       const float *restrict weight, const float *restrict bias)
{
    for (int64_t c = 0; c < count; c++)
        x[c] = (x[c] - mean) * factor;
    if (weight)
        for (int64_t c = 0; c < count; c++)
            x[c] *= weight[c];
    if (bias)
        for (int64_t c = 0; c < count; c++)
            x[c] += bias[c];
}

static void layer_norm_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step    = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMShape *shape     = &step->node->shape;
    const int64_t channels    = shape->dim[shape->rank - 1];
    float x[MAX_CHANNELS];

    (void)worker;
    for (int64_t row = begin; row < end; row++) {
        float mean, variance;

        ttm_cpu_load_row(x, step->in[0], dtype,
                         ttm_cpu_token(step, 3, row) * channels, channels);
        row_statistics(x, channels, step->node->layer_norm.mean_square, &mean,
                       &variance);
        centre_row(x, channels, mean,
                   1 / sqrtf(variance + step->node->layer_norm.epsilon),
                   step->weight[1], step->weight[2]);
        ttm_cpu_store_row(step->out, dtype, row * channels, x, channels);
    }
}

static int layer_norm_run(const TTMCpuStep *step)
{
    const TTMShape *shape = &step->node->shape;

    ttm_cpu_for(step->cpu, ttm_cpu_rows(shape),
                1 + 16384 / shape->dim[shape->rank - 1], layer_norm_rows,
                (void *)step);
    return 0;
}

const TTMCpuKernel ttm_fast_group_norm = { group_norm_prepare, group_norm_run,
                                           NULL };
const TTMCpuKernel ttm_fast_layer_norm = { prepare_vectors, layer_norm_run,
                                           NULL };

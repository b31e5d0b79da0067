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

/** @file Element-wise ops in f32, a piece of a row at a time. */

#include "backend/cpu/clones.h"
#include "backend/cpu/convert.h"
#include "backend/cpu/fast.h"
#include "backend/cpu/fast_math.h"

/** Elements that are held as float at a time. */
#define PIECE 512
/** Elements that one thread takes at a time: a multiple of PIECE. */
#define GRAIN 16384
/** Runs of b below this are not worth a call each. */
#define SHORTEST_RUN 16

static int run_elements(const TTMCpuStep *step, TTMCpuTask task)
{
    ttm_cpu_for(step->cpu, ttm_shape_count(&step->node->shape), GRAIN, task,
                (void *)step);
    return 0;
}

/** to[i] = to[i] * factor + from[i] * scale + shift. */
TTM_CLONES
static void blend(float *restrict to, const float *restrict from, int64_t count,
                  float factor, float scale, float shift)
{
    for (int64_t i = 0; i < count; i++)
        to[i] = to[i] * factor + from[i] * scale + shift;
}

/** to[i] *= from[i]. */
TTM_CLONES
static void multiply(float *restrict to, const float *restrict from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        to[i] *= from[i];
}

static int add_prepare(TTMCpuStep *step)
{
    return step->node->add.inner >= SHORTEST_RUN;
}

static void add(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step    = opaque;
    const TTMBroadcast *b     = &step->node->add;
    const enum TTMDType dtype = step->graph->dtype;
    float x[PIECE], y[PIECE];
    int64_t count;

    (void)worker;
    for (int64_t i = begin; i < end; i += count) {
        int64_t column = i % b->inner;
        int64_t row    = i / (b->middle * b->inner) % b->outer;

        count = ttm_min64(ttm_min64(PIECE, end - i), b->inner - column);
        ttm_cpu_load_row(x, step->in[0], dtype, i, count);
        ttm_cpu_load_row(y, step->in[1], dtype, row * b->inner + column, count);
        if (b->product)
            multiply(x, y, count);
        else
            blend(x, y, count, 1, 1, 0);
        ttm_cpu_store_row(step->out, dtype, i, x, count);
    }
}

static int add_run(const TTMCpuStep *step)
{
    return run_elements(step, add);
}

static void activate(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step    = opaque;
    const enum TTMDType dtype = step->graph->dtype;
    float x[PIECE];

    (void)worker;
    for (int64_t i = begin; i < end; i += PIECE) {
        int64_t count = ttm_min64(PIECE, end - i);

        ttm_cpu_load_row(x, step->in[0], dtype, i, count);
        ttm_fast_activate_row(x, count, step->node->activation);
        ttm_cpu_store_row(step->out, dtype, i, x, count);
    }
}

static int activate_run(const TTMCpuStep *step)
{
    return run_elements(step, activate);
}

static void scale(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMScale *p      = &step->node->scale;
    float x[PIECE], y[PIECE] = { 0 };

    (void)worker;
    for (int64_t i = begin; i < end; i += PIECE) {
        int64_t count = ttm_min64(PIECE, end - i);

        ttm_cpu_load_row(x, step->in[0], ttm_cpu_dtype(step, 0), i, count);
        blend(x, y, count, p->scale, 0, p->shift);
        ttm_cpu_store_row(step->out, step->graph->dtype, i, x, count);
    }
}

static int scale_run(const TTMCpuStep *step)
{
    return run_elements(step, scale);
}

static void combine(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMShape *shape = &step->node->shape;
    const int64_t frame   = ttm_shape_count(shape) / shape->dim[0];
    const int64_t row     = ttm_cpu_combine_row(step);
    const int given = step->node->combine.first_given;
    const int last  = step->node->nb_inputs - given;
    float sum[PIECE], x[PIECE];
    int64_t count;

    (void)worker;
    for (int64_t i = begin; i < end; i += count) {
        const float *coefficients = (const float *)step->in[0] + i / row * (last - 1);

        /* not beyond the frame, as values may be one frame, nor the row */
        count = ttm_min64(ttm_min64(PIECE, end - i),
                          ttm_min64(frame - i % frame, row - i % row));
        for (int64_t c = 0; c < count; c++)
            sum[c] = 0;
        if (given && i < frame) {
            ttm_cpu_load_row(sum, step->in[last], ttm_cpu_dtype(step, last), i, count);
            ttm_cpu_store_row(step->out, step->graph->dtype, i, sum, count);
            continue;
        }
        for (int k = 1; k < last; k++) {
            /* a value whose weight is 0 may be anything */
            if (coefficients[k - 1] == 0)
                continue;
            ttm_cpu_load_row(x, step->in[k], ttm_cpu_dtype(step, k),
                             i % ttm_shape_count(ttm_cpu_shape(step, k)), count);
            blend(sum, x, count, 1, coefficients[k - 1], 0);
        }
        ttm_cpu_store_row(step->out, step->graph->dtype, i, sum, count);
    }
}

static int combine_run(const TTMCpuStep *step)
{
    return run_elements(step, combine);
}

const TTMCpuKernel ttm_fast_add      = { add_prepare, add_run, NULL };
const TTMCpuKernel ttm_fast_activate = { NULL, activate_run, NULL };
const TTMCpuKernel ttm_fast_scale    = { NULL, scale_run, NULL };
const TTMCpuKernel ttm_fast_combine  = { NULL, combine_run, NULL };

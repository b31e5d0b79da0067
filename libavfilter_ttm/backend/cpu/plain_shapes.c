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
 * Plain C element-wise ops and ops that move elements. They are bound by
 * memory, so that most have no faster form; loops run over blocks of rows.
 */

#include <math.h>
#include <string.h>

#include "backend/cpu/element.h"
#include "backend/cpu/plain.h"

/** Elements that one thread takes at a time. */
#define GRAIN 16384

static int run_elements(const TTMCpuStep *step, TTMCpuTask task)
{
    ttm_cpu_for(step->cpu, ttm_shape_count(&step->node->shape), GRAIN, task,
                (void *)step);
    return 0;
}

static void add(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step  = opaque;
    const TTMBroadcast *b   = &step->node->add;
    const enum TTMDType dtype = step->graph->dtype;

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = i / (b->middle * b->inner) % b->outer * b->inner +
                     i % b->inner;

        double one = ttm_load(step->in[0], dtype, i);
        double two = ttm_load(step->in[1], dtype, at);

        ttm_store(step->out, dtype, i, b->product ? one * two : one + two);
    }
}

static int add_run(const TTMCpuStep *step)
{
    return run_elements(step, add);
}

static void activate(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const enum TTMDType dtype = step->graph->dtype;

    (void)worker;
    for (int64_t i = begin; i < end; i++)
        ttm_store(step->out, dtype, i,
                  ttm_plain_activation(step->node->activation,
                                       ttm_load(step->in[0], dtype, i)));
}

static int activate_run(const TTMCpuStep *step)
{
    return run_elements(step, activate);
}

static void scale(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMScale *p      = &step->node->scale;
    const enum TTMDType from = ttm_cpu_dtype(step, 0);

    (void)worker;
    for (int64_t i = begin; i < end; i++)
        ttm_store(step->out, step->graph->dtype, i,
                  ttm_load(step->in[0], from, i) * p->scale + p->shift);
}

static int scale_run(const TTMCpuStep *step)
{
    return run_elements(step, scale);
}

/** A block of one part along an axis: rows of bytes with two strides. */
typedef struct Copy {
    char *to;
    const char *from;
    size_t to_stride, from_stride, bytes;
} Copy;

static void copy_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Copy *copy = opaque;

    (void)worker;
    for (int64_t row = begin; row < end; row++)
        memcpy(copy->to + row * copy->to_stride,
               copy->from + row * copy->from_stride, copy->bytes);
}

static void run_copy(TTMCpu *cpu, Copy *copy, int64_t rows)
{
    ttm_cpu_for(cpu, rows, 1 + GRAIN * 4 / copy->bytes, copy_rows, copy);
}

/** Bytes of everything behind axis @p axis (inclusive from @p axis on). */
static size_t tail_bytes(const TTMShape *shape, enum TTMDType dtype, int axis)
{
    size_t bytes = ttm_dtype_size(dtype);

    for (int i = axis; i < shape->rank; i++)
        bytes *= shape->dim[i];
    return bytes;
}

static int64_t head_count(const TTMShape *shape, int axis)
{
    int64_t count = 1;

    for (int i = 0; i < axis; i++)
        count *= shape->dim[i];
    return count;
}

static int concat_run(const TTMCpuStep *step)
{
    const TTMNode *node = step->node;
    const int axis      = node->axis.axis;
    size_t offset       = 0;

    for (int i = 0; i < node->nb_inputs; i++) {
        size_t bytes = tail_bytes(ttm_cpu_shape(step, i), node->dtype, axis);
        Copy copy = { (char *)step->out + offset, step->in[i],
                      tail_bytes(&node->shape, node->dtype, axis), bytes, bytes };

        run_copy(step->cpu, &copy, head_count(&node->shape, axis));
        offset += bytes;
    }
    return 0;
}

static int slice_run(const TTMCpuStep *step)
{
    const TTMNode *node = step->node;
    const TTMAxis *p    = &node->axis;
    size_t bytes        = tail_bytes(&node->shape, node->dtype, p->axis);
    Copy copy = { step->out, step->in[0], bytes,
                  tail_bytes(ttm_cpu_shape(step, 0), node->dtype, p->axis), bytes };

    copy.from += p->start * tail_bytes(&node->shape, node->dtype, p->axis + 1);
    run_copy(step->cpu, &copy, head_count(&node->shape, p->axis));
    return 0;
}

static int repeat_run(const TTMCpuStep *step)
{
    size_t bytes = tail_bytes(&step->node->shape, step->node->dtype, 1);
    Copy copy    = { step->out, step->in[0], bytes, 0, bytes };

    run_copy(step->cpu, &copy, step->node->shape.dim[0]);
    return 0;
}

static int embedding_run(const TTMCpuStep *step)
{
    const TTMShape *table  = ttm_cpu_shape(step, 0);
    const int32_t *indices = step->in[1];
    int64_t count          = ttm_shape_count(ttm_cpu_shape(step, 1));
    size_t bytes           = tail_bytes(table, step->graph->dtype, 1);

    for (int64_t i = 0; i < count; i++) {
        if (indices[i] < 0 || indices[i] >= table->dim[0])
            return ttm_fail(step->cpu->log, TTM_ERR_ARGUMENT, "%s: index %d of "
                            "'%s' is outside its table of %lld rows",
                            step->graph->name, (int)indices[i], step->node->name,
                            (long long)table->dim[0]);
        memcpy((char *)step->out + i * bytes,
               (const char *)step->in[0] + indices[i] * bytes, bytes);
    }
    return 0;
}

/** diffusers get_timestep_embedding(), scale 1. */
static int timestep_run(const TTMCpuStep *step)
{
    const TTMTimestep *p = &step->node->timestep;
    const float *times   = step->in[0];
    const int64_t nb     = ttm_shape_count(ttm_cpu_shape(step, 0));
    const int half       = p->channels / 2;

    for (int64_t row = 0; row < nb && !ttm_cancelled(step->cpu->cancel); row++)
        for (int i = 0; i < half; i++) {
            double angle = (double)times[row] * exp(-log((double)p->max_period) * i /
                                                    (half - p->frequency_shift));
            int sine = p->flip_sin_to_cos ? half + i : i;
            int cosine = p->flip_sin_to_cos ? i : half + i;

            ttm_store(step->out, step->graph->dtype, row * p->channels + sine,
                      sin(angle));
            ttm_store(step->out, step->graph->dtype, row * p->channels + cosine,
                      cos(angle));
        }
    return 0;
}

static int fourier_run(const TTMCpuStep *step)
{
    const float *points  = step->in[0], *matrix = step->in[1];
    const TTMShape *x    = ttm_cpu_shape(step, 0);
    const int64_t d = x->dim[1], m = ttm_cpu_shape(step, 1)->dim[1];

    for (int64_t row = 0; row < x->dim[0] && !ttm_cancelled(step->cpu->cancel); row++)
        for (int64_t i = 0; i < m; i++) {
            double turns = 0, angle;

            for (int64_t k = 0; k < d; k++)
                turns += (double)points[row * d + k] * matrix[k * m + i];
            angle = 6.283185307179586 * (turns - floor(turns));
            ttm_store(step->out, step->graph->dtype, row * 2 * m + i, sin(angle));
            ttm_store(step->out, step->graph->dtype, (row * 2 + 1) * m + i, cos(angle));
        }
    return 0;
}

static void combine(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int given   = step->node->combine.first_given;
    const int last    = step->node->nb_inputs - given;
    const int64_t row = ttm_cpu_combine_row(step);

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        const float *coefficients = (const float *)step->in[0] + i / row * (last - 1);
        double sum = 0;

        for (int k = 1; k < last; k++)
            if (coefficients[k - 1] != 0)
                sum += (double)coefficients[k - 1] *
                       ttm_load(step->in[k], ttm_cpu_dtype(step, k),
                                i % ttm_shape_count(ttm_cpu_shape(step, k)));
        if (given && i < ttm_shape_count(ttm_cpu_shape(step, last)))
            sum = ttm_load(step->in[last], ttm_cpu_dtype(step, last), i);
        ttm_store(step->out, step->graph->dtype, i, sum);
    }
}

static int combine_run(const TTMCpuStep *step)
{
    return run_elements(step, combine);
}

const TTMCpuKernel ttm_plain_add       = { NULL, add_run, NULL };
const TTMCpuKernel ttm_plain_activate  = { NULL, activate_run, NULL };
const TTMCpuKernel ttm_plain_scale     = { NULL, scale_run, NULL };
const TTMCpuKernel ttm_plain_concat    = { NULL, concat_run, NULL };
const TTMCpuKernel ttm_plain_slice     = { NULL, slice_run, NULL };
const TTMCpuKernel ttm_plain_repeat    = { NULL, repeat_run, NULL };
const TTMCpuKernel ttm_plain_embedding = { NULL, embedding_run, NULL };
const TTMCpuKernel ttm_plain_timestep  = { NULL, timestep_run, NULL };
const TTMCpuKernel ttm_plain_fourier   = { NULL, fourier_run, NULL };
const TTMCpuKernel ttm_plain_combine   = { NULL, combine_run, NULL };

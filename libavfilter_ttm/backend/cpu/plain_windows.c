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
 * Square windows of positions. They are bound by memory, so that they have no faster form;
 * loops run over the positions of the result, whose channels are next to each other.
 */

#include <string.h>

#include "backend/cpu/element.h"
#include "backend/cpu/plain.h"

/** Elements that one thread takes at a time, about. */
#define GRAIN 16384

/** Index of the position, y and x of picture @p n, in windows row by row. */
static int64_t in_windows(const TTMWindows *p, int64_t n, int64_t y, int64_t x)
{
    const int64_t s = p->size, rows = (p->height + s - 1) / s,
                  columns = (p->width + s - 1) / s;

    return (((n * rows + y / s) * columns + x / s) * s + y % s) * s + x % s;
}

/** Positions of [N, height, width] are copied from windows. */
static void join(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMWindows *p     = &step->node->windows;
    const size_t bytes     = (size_t)step->node->shape.dim[3] *
                             ttm_dtype_size(step->node->dtype);

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        const int64_t from = in_windows(p, i / p->width / p->height,
                                        i / p->width % p->height, i % p->width);

        memcpy((char *)step->out + (size_t)i * bytes,
               (const char *)step->in[0] + (size_t)from * bytes, bytes);
    }
}

/** Positions of windows are copied from [N, height, width], or are zeros. */
static void split(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMWindows *p     = &step->node->windows;
    const int64_t s = p->size, columns = (p->width + s - 1) / s,
                  rows = (p->height + s - 1) / s;
    const size_t bytes = (size_t)step->node->shape.dim[3] *
                         ttm_dtype_size(step->node->dtype);

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        const int64_t window = i / s / s;
        const int64_t n = window / columns / rows;
        const int64_t y = window / columns % rows * s + i / s % s;
        const int64_t x = window % columns * s + i % s;
        char *to = (char *)step->out + (size_t)i * bytes;

        if (y < p->height && x < p->width)
            memcpy(to, (const char *)step->in[0] +
                       (size_t)((n * p->height + y) * p->width + x) * bytes, bytes);
        else
            memset(to, 0, bytes);
    }
}

static void largest(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step    = opaque;
    const TTMWindows *p        = &step->node->windows;
    const TTMShape *shape     = &step->node->shape;
    const enum TTMDType dtype = step->graph->dtype;
    const int64_t height = shape->dim[1], width = shape->dim[2], c = shape->dim[3];

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        const int64_t first = (i / width / height * p->height +
                               i / width % height * p->size) * p->width +
                              i % width * p->size;

        for (int64_t k = 0; k < c; k++) {
            float most = ttm_load(step->in[0], dtype, first * c + k);

            for (int64_t j = 1; j < (int64_t)p->size * p->size; j++) {
                const int64_t at = first + j / p->size * p->width + j % p->size;
                const float value = ttm_load(step->in[0], dtype, at * c + k);

                if (!(value <= most))   /* a NaN stays */
                    most = value;
                if (most != most)
                    break;
            }
            ttm_store(step->out, dtype, i * c + k, most);
        }
    }
}

static int window_run(const TTMCpuStep *step)
{
    static const TTMCpuTask tasks[] = { split, join, largest };
    const TTMShape *shape = &step->node->shape;

    ttm_cpu_for(step->cpu, ttm_shape_count(shape) / shape->dim[3],
                1 + GRAIN / shape->dim[3], tasks[step->node->windows.kind], (void *)step);
    return 0;
}

const TTMCpuKernel ttm_plain_window = { NULL, window_run, NULL };

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

/** @file Work on object ids: TTM_OP_SORT_REGIONS and TTM_OP_MASK. */

#include <math.h>
#include <string.h>

#include "backend/cpu/element.h"
#include "backend/cpu/plain.h"
#include "util/regions.h"

/** A stable counting sort. */
static int sort_regions_run(const TTMCpuStep *step)
{
    const uint8_t *regions = step->in[0];
    const int64_t count    = ttm_shape_count(ttm_cpu_shape(step, 0));
    uint32_t *starts = step->out, *order = starts + TTM_SORT_STARTS;
    uint32_t next[TTM_SORT_STARTS] = { 0 };

    for (int64_t i = 0; i < count; i++)
        next[regions[i] + 1]++;
    for (int r = 1; r < TTM_SORT_STARTS; r++)
        next[r] += next[r - 1];
    memcpy(starts, next, sizeof(next));
    for (int64_t i = 0; i < count; i++)
        order[next[regions[i]]++] = (uint32_t)i;
    return 0;
}

static int64_t frames(const TTMCpuStep *step)
{
    return ttm_cpu_shape(step, 0)->dim[0];
}

static int run_cells(const TTMCpuStep *step)
{
    const TTMMask *p   = &step->node->mask;
    const uint8_t *ids = step->in[0];
    uint8_t *grid      = step->out;

    for (int64_t t = 0; t < frames(step) && !ttm_cancelled(step->cpu->cancel); t++)
        if (ttm_regions_grid(ids + t * p->height * p->width, 1, p->height, p->width,
                             p->objects, p->cell_height, p->cell_width,
                             grid + t * p->cell_height * p->cell_width) < 0)
            return ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory in "
                            "'%s'", step->graph->name, step->node->name);
    return 0;
}

static int run_boxes(const TTMCpuStep *step)
{
    const TTMMask *p   = &step->node->mask;
    const uint8_t *ids = step->in[0];
    int32_t *out       = step->out;

    for (int64_t t = 0; t < frames(step); t++)
        for (int id = 1; id <= p->objects; id++, out += 4) {
            int box[4];

            if (ttm_cancelled(step->cpu->cancel))
                return 0;
            ttm_regions_box(ids + t * p->height * p->width, p->height, p->width, id,
                            box);
            for (int i = 0; i < 4; i++)
                out[i] = box[i];
        }
    return 0;
}

static int run_sets(const TTMCpuStep *step)
{
    const TTMMask *p   = &step->node->mask;
    const uint8_t *ids = step->in[0];
    uint32_t *sets     = step->out;

    for (int64_t t = 0; t < frames(step) && !ttm_cancelled(step->cpu->cancel); t++)
        ttm_regions_sets(ids + t * p->height * p->width, 1, p->height, p->width,
                         p->objects, p->cell_height, p->cell_width,
                         sets + t * p->cell_height * p->cell_width);
    return 0;
}

static int run_box_sets(const TTMCpuStep *step)
{
    const TTMMask *p = &step->node->mask;

    ttm_regions_box_sets(step->in[0], (int)frames(step), p->height, p->width,
                         p->objects, p->cell_height, p->cell_width, step->out);
    return 0;
}

static void nearest_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step  = opaque;
    const TTMShape *shape   = ttm_cpu_shape(step, 1);
    const int64_t rows = shape->dim[0], columns = shape->dim[1];
    const float *table = step->in[1];
    uint8_t *out       = step->out;

    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        float nearest = INFINITY, x[TTM_MASK_COLUMNS];

        for (int64_t c = 0; c < columns; c++)
            x[c] = (float)ttm_load(step->in[0], step->graph->dtype, i * columns + c);
        out[i] = 0;
        for (int64_t r = 0; r < rows; r++) {
            float distance = 0;

            for (int64_t c = 0; c < columns; c++) {
                float d = x[c] - table[r * columns + c];

                distance += d * d;
            }
            if (distance < nearest) {
                nearest = distance;
                out[i]  = (uint8_t)r;
            }
        }
    }
}

static int run_nearest(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_shape_count(&step->node->shape), 4096, nearest_rows,
                (void *)step);
    return 0;
}

static void paint_pixels(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMShape *shape  = ttm_cpu_shape(step, 1);
    const int64_t rows = shape->dim[0], columns = shape->dim[1];
    const uint8_t *ids = step->in[0];
    const float *table = step->in[1];

    (void)worker;
    for (int64_t i = begin; i < end; i++)
        for (int64_t c = 0; c < columns; c++)
            ttm_store(step->out, step->graph->dtype, i * columns + c,
                      table[(ids[i] < rows ? ids[i] : 0) * columns + c]);
}

static int run_paint(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_shape_count(ttm_cpu_shape(step, 0)), 4096,
                paint_pixels, (void *)step);
    return 0;
}

static int mask_run(const TTMCpuStep *step)
{
    static int (*const kinds[])(const TTMCpuStep *step) = {
        [TTM_MASK_CELLS] = run_cells, [TTM_MASK_BOXES] = run_boxes,
        [TTM_MASK_SETS] = run_sets, [TTM_MASK_BOX_SETS] = run_box_sets,
        [TTM_MASK_NEAREST] = run_nearest, [TTM_MASK_PAINT] = run_paint,
    };

    return kinds[step->node->mask.kind](step);
}

const TTMCpuKernel ttm_plain_sort_regions = { NULL, sort_regions_run, NULL };
const TTMCpuKernel ttm_plain_mask         = { NULL, mask_run, NULL };

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
 * Plain C work on pictures. Loops run over rows, on all threads that the
 * pictures may have; the rows that a pixel takes most time in are those of
 * the output's size: resample and compose (plain_compose.c).
 */

#include <math.h>
#include <string.h>

#include "backend/cpu/element.h"
#include "backend/cpu/pictures.h"
#include "backend/cpu/plain.h"
#include "util/sample.h"

#define ROWS_A_TASK 8

static int run_rows(const TTMCpuStep *step, TTMCpuTask task)
{
    ttm_cpu_for_wide(step->cpu, step->node->shape.dim[0], ROWS_A_TASK, task,
                     (void *)step);
    return 0;
}

/* Floats of rows [begin, end) of the output. */
static size_t row_floats(const TTMCpuStep *step)
{
    return (size_t)(ttm_shape_count(&step->node->shape) /
                    step->node->shape.dim[0]);
}

static void values(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMPicture *p    = &step->node->picture;
    const enum TTMDType from = ttm_cpu_dtype(step, 0);
    const size_t row = row_floats(step);
    float *out = step->out;

    (void)worker;
    for (size_t i = (size_t)begin * row; i < (size_t)end * row; i++) {
        float v = (float)ttm_load(step->in[0], from, (int64_t)i) * p->scale +
                  p->shift;

        out[i] = fminf(fmaxf(v, p->low), p->high);
    }
}

static void resample_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int taps  = (int)ttm_cpu_shape(step, 1)->dim[1] - 1;
    const int width = (int)step->node->shape.dim[1];
    const TTMShape *shape = ttm_cpu_shape(step, 0);
    const int bytes = ttm_cpu_dtype(step, 0) == TTM_DTYPE_U8 ?
                      (int)shape->dim[2] / 3 : 0;
    const size_t row = 3 * (size_t)shape->dim[1];

    for (size_t y = (size_t)begin; y < (size_t)end; y++) {
        const float *line = (const float *)step->in[0] + y * row;

        if (bytes) {
            float *unpacked = (float *)step->scratch + (size_t)worker * row;

            for (size_t x = 0; x < row; x++)
                unpacked[x] = ttm_packed(step->in[0], bytes, y * row + x);
            line = unpacked;
        }
        for (int x = 0; x < width; x++) {
            const float *w = (const float *)step->in[1] +
                             (size_t)x * (size_t)(taps + 1);
            const float *in = line + 3 * (size_t)w[0];
            float sum[3] = { 0 };

            w++;
            for (int k = 0; k < taps; k++)
                for (int c = 0; c < 3; c++)
                    sum[c] += w[k] * in[3 * k + c];
            memcpy((float *)step->out + 3 * (y * (size_t)width + (size_t)x),
                   sum, sizeof(sum));
        }
    }
}

static void resample_columns(void *opaque, int worker, int64_t begin,
                             int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int taps  = (int)ttm_cpu_shape(step, 1)->dim[1] - 1;
    const int bytes = ttm_cpu_dtype(step, 0) == TTM_DTYPE_U8 ?
                      (int)ttm_cpu_shape(step, 0)->dim[2] / 3 : 0;
    const size_t row = 3 * (size_t)step->node->shape.dim[1];

    (void)worker;
    for (size_t y = (size_t)begin; y < (size_t)end; y++) {
        const float *w = (const float *)step->in[1] + y * (size_t)(taps + 1);
        float *out = (float *)step->out + y * row;

        memset(out, 0, row * sizeof(*out));
        for (int k = 0; k < taps; k++) {
            size_t from = ((size_t)w[0] + (size_t)k) * row;

            for (size_t x = 0; x < row; x++)
                out[x] += w[k + 1] * (bytes ?
                                      ttm_packed(step->in[0], bytes, from + x) :
                                      ((const float *)step->in[0])[from + x]);
        }
    }
}

static void pack(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int bytes  = step->node->picture.bytes;
    const size_t row = 3 * (size_t)step->node->shape.dim[1];

    (void)worker;
    for (size_t i = (size_t)begin * row; i < (size_t)end * row; i++)
        ttm_pack(step->out, bytes, i, ((const float *)step->in[0])[i]);
}

/* Fields of the objects of a picture [height, width]. */
static TTMFieldShape field_shape(const TTMCpuStep *step, int width, int height)
{
    const TTMPicture *p = &step->node->picture;

    return (TTMFieldShape){ p->field_width, p->field_height,
                            (float)p->field_width / (float)width,
                            (float)p->field_height / (float)height };
}

static int comes_from(const uint8_t *first, int width, int height, int id,
                      float x, float y)
{
    float fx = floorf(x), fy = floorf(y);

    return fx >= 0 && fy >= 0 && fx < (float)width && fy < (float)height &&
           first[(size_t)fy * (size_t)width + (size_t)fx] == id;
}

static void carry(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int height = (int)step->node->shape.dim[0];
    const int width  = (int)step->node->shape.dim[1];
    const float *still = step->in[0], *motion = step->in[3];
    const uint8_t *first = step->in[1], *ids = step->in[2];
    const TTMFieldShape field = field_shape(step, width, height);
    const int64_t row = ttm_motion_row(field.width, field.height);

    (void)worker;
    for (int y = (int)begin; y < (int)end; y++) {
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float *out = (float *)step->out + 3 * at, from_x, from_y;
            int id = ids[at], grey = id ? 0 : first[at];

            memcpy(out, still + 3 * at, 3 * sizeof(*out));
            if (id) {
                ttm_field_source(motion + row * (id - 1), &field,
                                 (float)x + 0.5f, (float)y + 0.5f, &from_x,
                                 &from_y);
                grey = !step->node->picture.refined &&
                       !comes_from(first, width, height, id, from_x, from_y);
                if (!grey)
                    ttm_sample_linear(still, width, height, 3, 3, from_x,
                                      from_y, out);
            }
            if (grey)
                out[0] = out[1] = out[2] = 0;
        }
    }
}

static void change(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int height = (int)step->node->shape.dim[0];
    const int width  = (int)step->node->shape.dim[1];
    const uint8_t *ids = step->in[3];
    const float *motion = step->in[4];
    const TTMFieldShape field = field_shape(step, width, height);
    const int64_t row = ttm_motion_row(field.width, field.height);

    (void)worker;
    for (int y = (int)begin; y < (int)end; y++) {
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            const float *net = (const float *)step->in[0] + 3 * at;
            float *out = (float *)step->out + 4 * at, decoded[3], qx, qy;

            memset(out, 0, 4 * sizeof(*out));
            if (!ids[at])
                continue;
            ttm_field_source(motion + row * (ids[at] - 1), &field,
                             (float)x + 0.5f, (float)y + 0.5f, &qx, &qy);
            ttm_sample_linear(step->in[2], width, height, 1, 1, qx, qy,
                              out + 3);
            ttm_sample_cubic(step->in[1], width, height, 3, qx, qy, decoded);
            for (int c = 0; c < 3; c++)
                out[c] = net[c] - decoded[c];
        }
    }
}

#define CHANGE_REACH 4

static void smooth(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const int height = (int)step->node->shape.dim[0];
    const int width  = (int)step->node->shape.dim[1];
    const uint8_t *ids = step->in[1];
    const float low = step->node->picture.low, least = low * low;

    (void)worker;
    for (int y = (int)begin; y < (int)end; y++) {
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float *out = (float *)step->out + 3 * at, sum[4] = { 0 };
            float square = 0;
            int x1 = x + CHANGE_REACH < width ? x + CHANGE_REACH : width - 1;
            int y1 = y + CHANGE_REACH < height ? y + CHANGE_REACH : height - 1;

            memset(out, 0, 3 * sizeof(*out));
            if (!ids[at])
                continue;
            for (int j = y > CHANGE_REACH ? y - CHANGE_REACH : 0; j <= y1; j++)
                for (int i = x > CHANGE_REACH ? x - CHANGE_REACH : 0; i <= x1;
                     i++) {
                    size_t from = (size_t)j * (size_t)width + (size_t)i;
                    const float *in = (const float *)step->in[0] + 4 * from;

                    if (ids[from] != ids[at])
                        continue;
                    sum[3] += in[3];
                    for (int c = 0; c < 3; c++)
                        sum[c] += in[3] * in[c];
                }
            for (int c = 0; c < 3 && sum[3] > 0; c++) {
                out[c]  = sum[c] / sum[3];
                square += out[c] * out[c];
            }
            for (int c = 0; c < 3; c++)
                out[c] *= square > least ? 1 - least / square : 0;
        }
    }
}

/** Ids of objects that the motion has no row for would be read past its end. */
static int check_ids(const TTMCpuStep *step, int ids, int motion)
{
    const uint8_t *data = step->in[ids];
    const int64_t count = ttm_shape_count(ttm_cpu_shape(step, ids));
    const int objects   = (int)ttm_cpu_shape(step, motion)->dim[0];

    for (int64_t i = 0; i < count; i++)
        if (data[i] > objects)
            return ttm_fail(step->cpu->log, TTM_ERR_ARGUMENT, "%s: object %d "
                            "in the ids of '%s', which has %d",
                            step->graph->name, data[i], step->node->name,
                            objects);
    return 0;
}

static int picture_run(const TTMCpuStep *step)
{
    const TTMPicture *p = &step->node->picture;
    int ret = 0;

    switch (p->kind) {
    case TTM_PICTURE_VALUES:
        return run_rows(step, values);
    case TTM_PICTURE_RESAMPLE:
        return run_rows(step, p->axis ? resample_rows : resample_columns);
    case TTM_PICTURE_PACK:
        return run_rows(step, pack);
    case TTM_PICTURE_CARRY:
        ret = check_ids(step, 2, 3);
        return ret < 0 ? ret : run_rows(step, carry);
    case TTM_PICTURE_CHANGE:
        ret = check_ids(step, 3, 4);
        return ret < 0 ? ret : run_rows(step, change);
    case TTM_PICTURE_SMOOTH:
        return run_rows(step, smooth);
    default:
        ret = check_ids(step, 5, 4);
        return ret < 0 ? ret : ttm_picture_compose(step);
    }
}

/** A line of floats for each thread where packed rows are resampled. */
static int picture_prepare(TTMCpuStep *step)
{
    if (step->node->picture.kind == TTM_PICTURE_RESAMPLE)
        step->scratch_bytes = (size_t)ttm_pool_threads(step->cpu->wide) * 3 *
                              (size_t)ttm_cpu_shape(step, 0)->dim[1] *
                              sizeof(float);
    return 1;
}

const TTMCpuKernel ttm_plain_picture = { picture_prepare, picture_run, NULL };

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

/** @file The network's picture between two of its frames. */

#include "render/tween.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/sample.h"

static int create(TTMTween *tween, TTMBackend *backend, const TTMTensor *pictures)
{
    const size_t height = (size_t)pictures->shape.dim[1];
    const size_t row = (size_t)(pictures->shape.dim[2] * pictures->shape.dim[3]);

    if (tween->one.buffer)
        return 0;
    for (int i = 0; i < 2; i++)     /* some may be there, of a frame that failed */
        if (!tween->frame[i])
            tween->frame[i] = ttm_array_alloc(height, row * sizeof(float));
    if (!tween->mixed)
        tween->mixed = ttm_array_alloc(height, row * sizeof(float));
    if (!tween->frame[0] || !tween->frame[1] || !tween->mixed)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory for a frame");
    return ttm_tensor_create(backend, &tween->one, TTM_SHAPE(1, pictures->shape.dim[1],
                             pictures->shape.dim[2], 3), pictures->dtype);
}

/* Network frame @p index on the host, in a place that does not hold @p other. */
static int fetch(TTMTween *tween, TTMBackend *backend, const TTMTensor *pictures,
                 int index, int other, const float **frame)
{
    const int64_t values = ttm_shape_count(&tween->one.shape);
    int place = tween->index[1] == index + 1 ? 1 : 0, ret = 0;

    if (tween->index[place] != index + 1) {
        place = tween->index[0] == other + 1;
        tween->index[place] = 0;
        ret = ttm_tensor_copy(backend, &tween->one, 0, pictures, index * values, values);
        if (ret >= 0)
            ret = ttm_tensor_read(backend, &tween->one, tween->frame[place],
                                  TTM_DTYPE_F32);
        if (ret >= 0)
            tween->index[place] = index + 1;
    }
    *frame = tween->frame[place];
    return ret;
}

/* Where what is at @p p of an object that moves as @p now is when it moves as @p then. */
static void follow(const TTMMotion *now, const TTMMotion *then, const float p[2],
                   float out[2])
{
    const float turn = then->turn - now->turn, scale = then->scale / now->scale;
    const float x = (p[0] - now->x) * scale, y = (p[1] - now->y) * scale;

    out[0] = then->x + cosf(turn) * x - sinf(turn) * y;
    out[1] = then->y + cosf(turn) * y + sinf(turn) * x;
}

/* Add @p share of a frame, whose objects move as @p then tells, id 1 first. */
static void add(const TTMMoment *m, const float *frame, const TTMMotion *then, float share,
                float *mixed)
{
    const int width = m->fit.width, height = m->fit.height;
    const uint8_t *ids = m->ids + (size_t)width * (size_t)height;

    for (int i = 0; i < width * height; i++) {
        const float p[2] = { (float)(i % width) + 0.5f, (float)(i / width) + 0.5f };
        const float *at = frame + 3 * (size_t)i;
        float from[2], value[3];

        if (ids[i]) {
            follow(&m->fit.motion[2 * ids[i] - 1], &then[ids[i] - 1], p, from);
            ttm_sample_cubic(frame, width, height, 3, from[0], from[1], value);
            at = value;
        }
        for (int k = 0; k < 3; k++)
            mixed[3 * (size_t)i + (size_t)k] += share * at[k];
    }
}

int ttm_tween_make(TTMTween *tween, TTMBackend *backend, const TTMTensor *pictures,
                   const TTMMoment *m)
{
    const TTMCourse *course = m->s.course;
    const double frame = ttm_moment_frame(m, m->at);
    const int low = (int)floor(frame), last = m->s.frames - 1;
    TTMMotion then[256];        /* ids are bytes */
    int ret = create(tween, backend, pictures);

    if (ret < 0)
        return ret;
    memset(tween->mixed, 0, sizeof(float) * (size_t)ttm_shape_count(&tween->one.shape));
    for (int k = low; ret >= 0 && k <= last && k <= low + 1; k++) {
        const float share = (float)(k == low ? low + 1 - frame : frame - low);
        const float *picture;

        if (share <= 0)
            continue;
        ret = fetch(tween, backend, pictures, k, 2 * low + 1 - k, &picture);
        for (int id = 1; id <= m->fit.objects; id++)
            ttm_course_motion(course, id, ttm_course_position(k, last + 1,
                              course->fit->frames), &then[id - 1]);
        if (ret >= 0)
            add(m, picture, then, share, tween->mixed);
    }
    return ret;
}

void ttm_tween_free(TTMTween *tween, TTMBackend *backend)
{
    ttm_tensor_free(backend, &tween->one);
    free(tween->frame[0]);
    free(tween->frame[1]);
    free(tween->mixed);
    memset(tween, 0, sizeof(*tween));
}

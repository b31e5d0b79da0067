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

/** @file Similarity fit of the first frame's masks to a trajectory. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "motion/field.h"
#include "motion/flow.h"
#include "motion/forms.h"
#include "motion/scale.h"
#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

/* What a frame shows of an object: x in [0], y in [1]. */
typedef struct TTMSeen {
    TTMSizeSeen size;      ///< for its scale
    float low[2], high[2]; ///< its first and past-the-last line
    uint8_t ends[4];       ///< reaches the left, right, upper, lower border
    int cut;               ///< its area and centroid do not count
} TTMSeen;

/* Lines with less than 0.15 of the longest one's pixels do not count. */
static void extent(const int32_t *profile, int count, int axis, TTMSeen *seen)
{
    int most = 0, low = count, high = 0;

    for (int i = 0; i < count; i++)
        most = profile[i] > most ? profile[i] : most;
    for (int i = 0; i < count; i++)
        if (profile[i] > 0 && (float)profile[i] >= 0.15f * (float)most) {
            low = low < count ? low : i;
            high = i + 1;
        }
    seen->low[axis] = (float)low;
    seen->high[axis] = (float)high;
    seen->ends[2 * axis] = low == 0;
    seen->ends[2 * axis + 1] = high == count;
}

/* Sums over the pixels of an object in one frame. */
typedef struct TTMSums {
    double xy;              ///< of the product of the positions
    int64_t edges, hidden;  ///< its sides to something else; of these to
                            ///< the border or to another object
} TTMSums;

/* Sides of the pixel at (x, y), whose id is @p id. */
static void count_edges(const uint8_t *ids, int height, int width, int x,
                        int y, TTMSums *sums)
{
    static const int step[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    const int id = ids[(size_t)y * (size_t)width + (size_t)x];

    for (int k = 0; k < 4; k++) {
        int i = x + step[k][0], j = y + step[k][1];
        int out = i < 0 || j < 0 || i >= width || j >= height;
        int other = out ? -1 : ids[(size_t)j * (size_t)width + (size_t)i];

        sums->edges += other != id;
        sums->hidden += other != id && other != 0;
    }
}

/*
 * Areas, moments, extents and edges of all objects of one frame. lines has
 * room for width + height numbers an id, sums for 256.
 */
static void measure(const uint8_t *ids, int height, int width, int objects,
                    int frames, int t, TTMMotion *motion, TTMSeen *seen,
                    int32_t *lines, TTMSums *sums)
{
    int each = width + height;

    memset(lines, 0, 256 * (size_t)each * sizeof(*lines));
    memset(sums, 0, 256 * sizeof(*sums));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int id = ids[(size_t)y * (size_t)width + (size_t)x];
            int32_t *line = lines + (size_t)id * (size_t)each;

            if (!id)
                continue;
            line[x]++;
            line[width + y]++;
            sums[id].xy += (x + 0.5) * (y + 0.5);
            count_edges(ids, height, width, x, y, &sums[id]);
        }
    for (int id = 1; id <= objects; id++) {
        size_t at = (size_t)(id - 1) * (size_t)frames + (size_t)t;
        const int32_t *line = lines + (size_t)id * (size_t)each;
        double sum[2] = { 0 }, square[2] = { 0 }, n;
        TTMSizeSeen *size = &seen[at].size;
        int64_t count = 0;

        for (int i = 0; i < each; i++) {
            int axis = i >= width;
            double p = (axis ? i - width : i) + 0.5;

            count += axis ? 0 : line[i];
            sum[axis] += line[i] * p;
            square[axis] += line[i] * p * p;
        }
        n = count ? (double)count : 1;
        *size = (TTMSizeSeen){
            .area = (double)count, .x = sum[0] / n, .y = sum[1] / n,
            .contact = (double)sums[id].hidden /
                       (double)(sums[id].edges ? sums[id].edges : 1),
        };
        size->xx = square[0] / n - size->x * size->x;
        size->yy = square[1] / n - size->y * size->y;
        size->xy = sums[id].xy / n - size->x * size->y;
        motion[at].x = (float)size->x;
        motion[at].y = (float)size->y;
        extent(line, width, 0, &seen[at]);
        extent(line + width, height, 1, &seen[at]);
    }
}

static void mix(TTMMotion *out, const TTMMotion *a, const TTMMotion *b,
                float part)
{
    out->x = a->x + (b->x - a->x) * part;
    out->y = a->y + (b->y - a->y) * part;
}

static int at_border(const TTMSeen *seen)
{
    return memchr(seen->ends, 1, sizeof(seen->ends)) != NULL;
}

static int lost(const TTMSeen *seen, int t)
{
    return seen[t].size.area < 0.1 * seen[0].size.area ||
           seen[t].size.area == 0;
}

/*
 * Lost frames between the nearest that are not; at the ends the nearest. An
 * object that the border has begun to hide goes on as fast as it went.
 */
static void fill_lost(TTMMotion *m, const TTMSeen *seen, int frames)
{
    int before = -1;

    for (int t = 0; t < frames; t++) {
        int after = t;

        if (!lost(seen, t)) {
            before = t;
            continue;
        }
        while (after < frames && lost(seen, after))
            after++;
        if (before >= 0 && after < frames) {
            mix(&m[t], &m[before], &m[after],
                (float)(t - before) / (float)(after - before));
        } else if (before >= 0) {
            mix(&m[t], &m[before], &m[before], 0);
            if (before > 0 && seen[before].cut && at_border(&seen[before]) &&
                !lost(seen, before - 1)) {
                float steps = (float)(t - before);

                m[t].x += (m[before].x - m[before - 1].x) * steps;
                m[t].y += (m[before].y - m[before - 1].y) * steps;
            }
        } else if (after < frames) {
            mix(&m[t], &m[after], &m[after], 0);
        }
    }
}

static int reaches(const TTMSeen *one, const TTMSeen *other, int end)
{
    return one->ends[end] || other->ends[end];
}

/*
 * Size of an object that frame 0 shows in part: by the axis on which the
 * border has cut it neither then nor now.
 */
static float size_of_part(const TTMSeen *was, const TTMSeen *now, float other)
{
    int free_x = !reaches(was, now, 0) && !reaches(was, now, 1);
    int free_y = !reaches(was, now, 2) && !reaches(was, now, 3);
    int axis = free_x ? 0 : 1;
    float size, first;

    if (free_x == free_y)
        return other;
    size = fmaxf(now->high[axis] - now->low[axis], 1);
    first = fmaxf(was->high[axis] - was->low[axis], 1);
    return fminf(fmaxf(size / first, 0.25f), 4);
}

/*
 * Places of objects that the border cuts: the centroid does not tell where
 * those are, but the side inside the frame and the size of what is drawn do.
 */
static void place(TTMMotion *m, TTMSeen *seen, int frames)
{
    float first = (float)(seen[0].size.area > 1 ? seen[0].size.area : 1);
    float held = 0;
    const float start[] = { m[0].x, m[0].y };
    const TTMSeen *was = &seen[0];
    int part = at_border(was);

    for (int t = 0; t < frames; t++) {
        float raw = fminf(fmaxf(sqrtf((float)seen[t].size.area / first),
                                0.25f), 4);
        float *centre[] = { &m[t].x, &m[t].y };
        int same = !part && !memcmp(seen[t].ends, was->ends, sizeof(was->ends));
        float size;

        seen[t].cut = 0;
        if (!t || (same && seen[t].size.area > 0))
            held = raw;
        if (!t || same || seen[t].size.area == 0 ||
            (!part && fabsf(raw / held - 1) <= 0.05f))
            continue;
        seen[t].cut = 1;
        /* What is seen of a whole object is the least that it can be. */
        size = part ? size_of_part(was, &seen[t], held) : fmaxf(held, raw);
        for (int axis = 0; axis < 2; axis++) {
            int at_low = reaches(was, &seen[t], 2 * axis);
            int at_high = reaches(was, &seen[t], 2 * axis + 1);

            if (at_high && !at_low)
                *centre[axis] = seen[t].low[axis] +
                                (start[axis] - was->low[axis]) * size;
            else if (at_low && !at_high)
                *centre[axis] = seen[t].high[axis] -
                                (was->high[axis] - start[axis]) * size;
        }
    }
}

/* @p work has room for TTM_SIZES_WORK numbers a frame. */
static void fit_object(TTMMotion *m, TTMSeen *seen, TTMSizeSeen *sizes,
                       int frames, int height, double *work)
{
    double *value = work, *weight = work + frames, *rest = weight + frames;

    for (int t = 0; t < frames; t++) {
        sizes[t]      = seen[t].size;
        sizes[t].seen = !lost(seen, t);
    }
    ttm_fit_sizes(m, sizes, frames, height, work);
    place(m, seen, frames);
    fill_lost(m, seen, frames);
    for (int axis = 0; axis < 2; axis++) {
        for (int t = 0; t < frames; t++) {
            value[t]  = axis ? m[t].y : m[t].x;
            weight[t] = sizes[t].seen ? 1 : 0.1;
        }
        ttm_smooth(value, weight, frames, 0.3, 0, rest);
        for (int t = 0; t < frames; t++)
            *(axis ? &m[t].y : &m[t].x) = (float)value[t];
    }
}

int ttm_fit_create(TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                   int frames, int height, int width, int objects,
                   TTMCancel *cancel)
{
    size_t count = (size_t)frames * (size_t)objects;
    TTMSeen *seen = ttm_array_alloc(count, sizeof(*seen));
    TTMSizeSeen *sizes = ttm_array_alloc((size_t)frames, sizeof(*sizes));
    TTMSums *sums = ttm_array_alloc(256, sizeof(*sums));
    double *work = ttm_array_alloc((size_t)frames * TTM_SIZES_WORK,
                                   sizeof(*work));
    int32_t *lines = ttm_array_alloc(256 * ((size_t)width + (size_t)height),
                                     sizeof(*lines));
    int ret = TTM_ERR_MEMORY;

    *fit = (TTMFit){ frames, objects, width, height,
                     ttm_array_alloc(count, sizeof(*fit->motion)),
                     .cancel = cancel };
    if (!seen || !sizes || !sums || !work || !lines || !fit->motion) {
        ttm_fit_free(fit);
        goto end;
    }
    for (int t = 0; t < frames && !ttm_cancelled(cancel); t++)
        measure(t ? ids + (size_t)t * (size_t)height * (size_t)width : first,
                height, width, objects, frames, t, fit->motion, seen, lines,
                sums);
    if (ttm_cancelled(cancel)) {
        ttm_fit_free(fit);
        ret = TTM_ERR_CANCELLED;
        goto end;
    }
    for (int id = 1; id <= objects; id++)
        fit_object(fit->motion + (size_t)(id - 1) * (size_t)frames,
                   seen + (size_t)(id - 1) * (size_t)frames, sizes, frames,
                   height, work);
    ret = 0;
end:
    free(seen);
    free(sizes);
    free(sums);
    free(work);
    free(lines);
    return ret;
}

void ttm_fit_free(TTMFit *fit)
{
    free(fit->motion);
    ttm_forms_free(&fit->forms);
    memset(fit, 0, sizeof(*fit));
}

static void motion_row(const TTMFit *fit, int id, int t, float *row)
{
    const TTMMotion *m = ttm_fit_motions(fit, id);

    row[0] = m[0].x;
    row[1] = m[0].y;
    row[2] = m[t].x;
    row[3] = m[t].y;
    row[4] = cosf(m[t].turn) / m[t].scale;
    row[5] = sinf(m[t].turn) / m[t].scale;
}

void ttm_fit_source(const TTMFit *fit, int id, int t, float x, float y,
                    float *from_x, float *from_y)
{
    float row[TTM_MOTION_ROW];

    motion_row(fit, id, t, row);
    ttm_motion_source(row, x, y, from_x, from_y);
}

TTMFieldShape ttm_fit_field(const TTMFit *fit)
{
    TTMFieldShape f = { 0 };

    if (fit->forms)
        ttm_field_size(fit->forms, &f.width, &f.height);
    f.step_x = (float)f.width / (float)fit->width;
    f.step_y = (float)f.height / (float)fit->height;
    return f;
}

size_t ttm_fit_row_size(const TTMFit *fit)
{
    const TTMFieldShape f = ttm_fit_field(fit);

    return (size_t)ttm_motion_row(f.width, f.height);
}

void ttm_fit_rows(const TTMFit *fit, int t, float *rows)
{
    const size_t size = ttm_fit_row_size(fit);

    for (int id = 1; id <= fit->objects; id++, rows += size) {
        motion_row(fit, id, t, rows);
        if (fit->forms)
            ttm_field_make(fit->forms, fit, id, t, rows, rows + TTM_MOTION_ROW);
    }
}

static const TTMFlowing *flowing(const TTMFit *fit, int id)
{
    return fit->forms ? fit->forms->object[id - 1].flowing : NULL;
}

int ttm_fit_flows(const TTMFit *fit, int id)
{
    return flowing(fit, id) != NULL;
}

/* 1 where it has one more layer. */
static int travels(const TTMFit *fit, int id)
{
    return flowing(fit, id) && flowing(fit, id)->layers > 1;
}

int ttm_fit_layers(const TTMFit *fit)
{
    int layers = fit->objects;

    for (int id = 1; id <= fit->objects; id++)
        layers += travels(fit, id);
    return layers;
}

int ttm_fit_layer_object(const TTMFit *fit, int layer)
{
    int id = 1, more = layer - fit->objects;

    if (more < 0)
        return layer + 1;
    while (!travels(fit, id) || more-- > 0)
        id++;
    return id;
}

void ttm_fit_layer_rows(const TTMFit *fit, int t, double time, float *rows)
{
    const size_t size = ttm_fit_row_size(fit);
    float *more = rows + (size_t)fit->objects * size;

    ttm_fit_rows(fit, t, rows);
    for (int id = 1; id <= fit->objects; id++, rows += size) {
        const TTMFlowing *f = flowing(fit, id);

        if (!f)
            continue;
        ttm_flow_field(fit->forms, fit, f, 0, time, rows + TTM_MOTION_ROW);
        if (!travels(fit, id))
            continue;
        memcpy(more, rows, TTM_MOTION_ROW * sizeof(*rows));
        ttm_flow_field(fit->forms, fit, f, 1, time, more + TTM_MOTION_ROW);
        more += size;
    }
}

/*
 * 1 if the first mask has object @p id at the pixel that (x, y) lies in.
 * Beyond the still its border goes on outwards, for the predicted object.
 */
static int covers(const uint8_t *first, int width, int height, int id, float x,
                  float y, int predicted)
{
    float fx = floorf(x), fy = floorf(y);
    float in_x = fminf(fmaxf(fx, 0), (float)width - 1);
    float in_y = fminf(fmaxf(fy, 0), (float)height - 1);

    return ((fx == in_x && fy == in_y) || id == predicted) &&
           first[(size_t)in_y * (size_t)width + (size_t)in_x] == id;
}

/* @p rows as ttm_fit_rows() gives them, of @p size numbers. */
static uint8_t refined_id(const TTMFit *fit, const float *rows, size_t size,
                          const TTMFieldShape *field, const uint8_t *first,
                          int x, int y, int predicted)
{
    uint8_t lowest = 0;

    for (int id = fit->objects; id > 0; id--) {
        float from_x, from_y, share;

        share = ttm_field_source(rows + size * (size_t)(id - 1), field,
                                 (float)x + 0.5f, (float)y + 0.5f, &from_x,
                                 &from_y);
        if (share < 0.5f || !covers(first, fit->width, fit->height, id, from_x,
                                    from_y, predicted))
            continue;
        if (id == predicted)
            return (uint8_t)id;
        lowest = (uint8_t)id;
    }
    return lowest;
}

int ttm_fit_refine(const TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                   uint8_t *refined)
{
    const size_t pixels = (size_t)fit->width * (size_t)fit->height;
    const size_t size = ttm_fit_row_size(fit);
    const TTMFieldShape field = ttm_fit_field(fit);
    float *rows = ttm_array_alloc(size * (size_t)fit->objects, sizeof(*rows));

    if (!rows)
        return TTM_ERR_MEMORY;
    memcpy(refined, first, pixels);
    for (int t = 1; t < fit->frames && !ttm_cancelled(fit->cancel); t++) {
        ttm_fit_rows(fit, t, rows);
        for (int y = 0; y < fit->height && !ttm_cancelled(fit->cancel); y++)
            for (int x = 0; x < fit->width; x++) {
                size_t at = (size_t)t * pixels +
                            (size_t)y * (size_t)fit->width + (size_t)x;

                refined[at] = refined_id(fit, rows, size, &field, first, x, y,
                                         ids[at]);
            }
    }
    free(rows);
    return ttm_cancelled(fit->cancel) ? TTM_ERR_CANCELLED : 0;
}

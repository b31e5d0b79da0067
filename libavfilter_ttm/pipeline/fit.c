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

#include "pipeline/trajectory.h"
#include "ttm.h"
#include "util/mem.h"

/* Areas and centroids of all objects of one frame. */
static void measure(const uint8_t *ids, int height, int width, int objects,
                    int frames, int t, TTMMotion *motion, float *area)
{
    double sum_x[256] = { 0 }, sum_y[256] = { 0 };
    int64_t count[256] = { 0 };

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int id = *ids++;

            count[id]++;
            sum_x[id] += x + 0.5;
            sum_y[id] += y + 0.5;
        }
    for (int id = 1; id <= objects; id++) {
        size_t at = (size_t)(id - 1) * (size_t)frames + (size_t)t;
        double n = count[id] ? (double)count[id] : 1;

        area[at] = (float)count[id];
        motion[at].x = (float)(sum_x[id] / n);
        motion[at].y = (float)(sum_y[id] / n);
    }
}

static void mix(TTMMotion *out, const TTMMotion *a, const TTMMotion *b,
                float part)
{
    out->x = a->x + (b->x - a->x) * part;
    out->y = a->y + (b->y - a->y) * part;
    out->scale = a->scale + (b->scale - a->scale) * part;
}

/* Lost frames between the nearest that are not; at the ends the nearest. */
static void fill_lost(TTMMotion *m, const float *area, int frames)
{
    int before = -1;

    for (int t = 0; t < frames; t++) {
        int after = t;

        if (area[t] >= 0.1f * area[0] && area[t] > 0) {
            before = t;
            continue;
        }
        while (after < frames &&
               (area[after] < 0.1f * area[0] || area[after] == 0))
            after++;
        if (before >= 0 && after < frames)
            mix(&m[t], &m[before], &m[after],
                (float)(t - before) / (float)(after - before));
        else if (before >= 0)
            m[t] = m[before];
        else if (after < frames)
            m[t] = m[after];
    }
}

static void smooth(TTMMotion *m, int frames)
{
    TTMMotion previous = m[0];

    for (int t = 1; t + 1 < frames; t++) {
        TTMMotion now = m[t];

        m[t].x = (previous.x + 2 * now.x + m[t + 1].x) / 4;
        m[t].y = (previous.y + 2 * now.y + m[t + 1].y) / 4;
        m[t].scale = (previous.scale + 2 * now.scale + m[t + 1].scale) / 4;
        previous = now;
    }
}

static void fit_object(TTMMotion *m, const float *area, int frames)
{
    float first = area[0] > 1 ? area[0] : 1, most = 0;

    for (int t = 0; t < frames; t++)
        m[t].scale = fminf(fmaxf(sqrtf(area[t] / first), 0.25f), 4);
    fill_lost(m, area, frames);
    smooth(m, frames);
    smooth(m, frames);
    for (int t = 0; t < frames; t++)
        most = fmaxf(most, fabsf(m[t].scale - 1));
    for (int t = 0; (most <= 0.35f || area[0] == 0) && t < frames; t++)
        m[t].scale = 1;
}

int ttm_fit_create(TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                   int frames, int height, int width, int objects)
{
    size_t count = (size_t)frames * (size_t)objects;
    float *area = ttm_array_alloc(count, sizeof(*area));

    *fit = (TTMFit){ frames, objects, width, height,
                     ttm_array_alloc(count, sizeof(*fit->motion)) };
    if (!area || !fit->motion) {
        free(area);
        ttm_fit_free(fit);
        return TTM_ERR_MEMORY;
    }
    for (int t = 0; t < frames; t++)
        measure(t ? ids + (size_t)t * (size_t)height * (size_t)width : first,
                height, width, objects, frames, t, fit->motion, area);
    for (int id = 1; id <= objects; id++)
        fit_object(fit->motion + (size_t)(id - 1) * (size_t)frames,
                   area + (size_t)(id - 1) * (size_t)frames, frames);
    free(area);
    return 0;
}

void ttm_fit_free(TTMFit *fit)
{
    free(fit->motion);
    memset(fit, 0, sizeof(*fit));
}

void ttm_fit_source(const TTMFit *fit, int id, int t, float x, float y,
                    float *from_x, float *from_y)
{
    const TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;

    *from_x = m[0].x + (x - m[t].x) / m[t].scale;
    *from_y = m[0].y + (y - m[t].y) / m[t].scale;
}

void ttm_fit_rows(const TTMFit *fit, int t, float *rows)
{
    for (int id = 1; id <= fit->objects; id++) {
        const TTMMotion *m = fit->motion + (size_t)(id - 1) *
                             (size_t)fit->frames;
        const float row[TTM_FIT_ROW] = { m[0].x, m[0].y, m[t].x, m[t].y,
                                         m[t].scale };

        memcpy(rows + TTM_FIT_ROW * (id - 1), row, sizeof(row));
    }
}

/* 1 if the first mask has object @p id at the pixel that (x, y) lies in. */
static int covers(const uint8_t *first, int width, int height, int id, float x,
                  float y)
{
    float fx = floorf(x), fy = floorf(y);

    return fx >= 0 && fy >= 0 && fx < (float)width && fy < (float)height &&
           first[(size_t)fy * (size_t)width + (size_t)fx] == id;
}

static uint8_t refined_id(const TTMFit *fit, const uint8_t *first, int t,
                          int x, int y, int predicted)
{
    uint8_t lowest = 0;

    for (int id = fit->objects; id > 0; id--) {
        float from_x, from_y;

        ttm_fit_source(fit, id, t, (float)x + 0.5f, (float)y + 0.5f, &from_x,
                       &from_y);
        if (!covers(first, fit->width, fit->height, id, from_x, from_y))
            continue;
        if (id == predicted)
            return (uint8_t)id;
        lowest = (uint8_t)id;
    }
    return lowest;
}

void ttm_fit_refine(const TTMFit *fit, const uint8_t *first,
                    const uint8_t *ids, uint8_t *refined)
{
    size_t pixels = (size_t)fit->width * (size_t)fit->height;

    memcpy(refined, first, pixels);
    for (int t = 1; t < fit->frames; t++)
        for (int y = 0; y < fit->height; y++)
            for (int x = 0; x < fit->width; x++) {
                size_t at = (size_t)t * pixels +
                            (size_t)y * (size_t)fit->width + (size_t)x;

                refined[at] = refined_id(fit, first, t, x, y, ids[at]);
            }
}

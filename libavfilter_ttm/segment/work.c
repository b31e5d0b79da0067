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

/** @file Small pictures in a perceptual colour space, and masks of them. */

#include "segment/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/image.h"
#include "util/mem.h"

static float linear(float v)
{
    return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

static float lab_curve(float v)
{
    return v > 0.008856f ? cbrtf(v) : 7.787f * v + 16.0f / 116;
}

void ttm_rgb_to_lab(const float rgb[3], float lab[3])
{
    float r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
    float x = lab_curve((0.4124f * r + 0.3576f * g + 0.1805f * b) / 0.9505f);
    float y = lab_curve(0.2126f * r + 0.7152f * g + 0.0722f * b);
    float z = lab_curve((0.0193f * r + 0.1192f * g + 0.9505f * b) / 1.089f);

    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

int ttm_work_create_sized(TTMWork *work, const TTMImage *still, const int part[4],
                          int width, int height, TTMCancel *cancel)
{
    const size_t pixels = (size_t)width * (size_t)height;
    TTMImage from = *still;
    int ret = TTM_ERR_MEMORY;

    *work = (TTMWork){ part[0], part[1], part[2], part[3], width, height, NULL, NULL };
    from.width  = part[2];
    from.height = part[3];
    from.data = (char *)still->data + part[1] * still->stride +
                (ptrdiff_t)part[0] * (still->format == TTM_PIXEL_RGB16 ? 6 : 3);
    work->rgb = ttm_array_alloc(pixels, 3 * sizeof(float));
    work->lab = ttm_array_alloc(pixels, 3 * sizeof(float));
    if (work->rgb && work->lab)
        ret = ttm_image_resample(&from, width, height, 1, 0, work->rgb, cancel);
    if (ret < 0) {
        ttm_work_free(work);
        return ret;
    }
    for (size_t i = 0; i < pixels; i++)
        ttm_rgb_to_lab(work->rgb + 3 * i, work->lab + 3 * i);
    return 0;
}

int ttm_work_create(TTMWork *work, const TTMImage *still, int x, int y,
                    int width, int height, TTMCancel *cancel)
{
    const int part[4] = { x, y, width, height };
    float scale = (float)TTM_WORK_SIDE /
                  (float)(width > height ? width : height);
    int small_width, small_height;

    scale = scale < 1 ? scale : 1;
    small_width  = (int)((float)width * scale);
    small_height = (int)((float)height * scale);
    return ttm_work_create_sized(work, still, part, small_width > 1 ? small_width : 1,
                                 small_height > 1 ? small_height : 1, cancel);
}

void ttm_work_free(TTMWork *work)
{
    free(work->rgb);
    free(work->lab);
    memset(work, 0, sizeof(*work));
}

/* Label everything connected to pixel @p at. */
static void flood(const uint8_t *mask, int width, int height,
                  const float *values, int *labels, int label, int at,
                  int *stack, TTMComponent *c)
{
    int depth = 0;

    *c = (TTMComponent){ .first = at, .box = { width, height, 0, 0 } };
    labels[at] = label;
    stack[depth++] = at;
    while (depth) {
        int i = stack[--depth], x = i % width, y = i / width;
        double weight = values ? values[i] : 1;
        const int next[4] = { x > 0 ? i - 1 : -1, x + 1 < width ? i + 1 : -1,
                              y > 0 ? i - width : -1,
                              y + 1 < height ? i + width : -1 };

        c->area++;
        c->weight += weight;
        c->x += weight * (x + 0.5);
        c->y += weight * (y + 0.5);
        c->box[0] = x < c->box[0] ? x : c->box[0];
        c->box[1] = y < c->box[1] ? y : c->box[1];
        c->box[2] = x + 1 > c->box[2] ? x + 1 : c->box[2];
        c->box[3] = y + 1 > c->box[3] ? y + 1 : c->box[3];
        for (int k = 0; k < 4; k++) {
            if (next[k] < 0 || !mask[next[k]] || labels[next[k]])
                continue;
            labels[next[k]] = label;
            stack[depth++] = next[k];
        }
    }
    if (c->weight > 0) {
        c->x /= c->weight;
        c->y /= c->weight;
    }
}

int ttm_components(const uint8_t *mask, int width, int height,
                   const float *values, int *labels, TTMComponent *components,
                   int max)
{
    int pixels = width * height, nb = 0;
    int *stack = ttm_array_alloc((size_t)pixels, sizeof(*stack));

    if (!stack)
        return TTM_ERR_MEMORY;
    memset(labels, 0, (size_t)pixels * sizeof(*labels));
    for (int i = 0; i < pixels; i++) {
        TTMComponent c;

        if (!mask[i] || labels[i])
            continue;
        flood(mask, width, height, values, labels, nb < max ? nb + 1 : max + 1,
              i, stack, &c);
        if (nb < max)
            components[nb++] = c;
    }
    for (int i = 0; i < pixels; i++)
        if (labels[i] > max)
            labels[i] = 0;
    free(stack);
    return nb;
}

#define MAX_PARTS 512

int ttm_mask_clean(uint8_t *mask, int width, int height)
{
    size_t pixels = (size_t)width * (size_t)height;
    TTMComponent *parts = ttm_array_alloc(MAX_PARTS, sizeof(*parts));
    int *labels = ttm_array_alloc(pixels, sizeof(*labels));
    int nb = 0, most = 0, left = TTM_ERR_MEMORY;

    if (!parts || !labels)
        goto end;
    nb = ttm_components(mask, width, height, NULL, labels, parts, MAX_PARTS);
    if (nb < 0)
        goto end;
    for (int i = 0; i < nb; i++)
        most = parts[i].area > most ? parts[i].area : most;
    for (size_t i = 0; i < pixels; i++)
        mask[i] = labels[i] && 4 * parts[labels[i] - 1].area >= most;
    /* Holes: what is not connected to the border. */
    for (size_t i = 0; i < pixels; i++)
        mask[i] = !mask[i];
    nb = ttm_components(mask, width, height, NULL, labels, parts, MAX_PARTS);
    if (nb < 0)
        goto end;
    left = 0;
    for (size_t i = 0; i < pixels; i++) {
        const int *box = labels[i] ? parts[labels[i] - 1].box : NULL;
        int hole = box && box[0] > 0 && box[1] > 0 && box[2] < width &&
                   box[3] < height &&
                   /* the inside of a ring is no hole to fill */
                   parts[labels[i] - 1].area < most / 6 + 2;

        mask[i] = !mask[i] || hole;
        left += mask[i];
    }
end:
    free(parts);
    free(labels);
    return left;
}

float ttm_otsu(const float *values, int count)
{
    double histogram[256] = { 0 }, total = 0, sum = 0, low = 0, low_sum = 0;
    double best = -1;
    int threshold = 127;

    for (int i = 0; i < count; i++) {
        float v = values[i] > 0 ? values[i] < 1 ? values[i] : 1 : 0;

        histogram[(int)(v * 255)]++;
    }
    for (int i = 0; i < 256; i++) {
        total += histogram[i];
        sum += i * histogram[i];
    }
    for (int i = 0; i < 255; i++) {
        double between;

        low += histogram[i];
        low_sum += i * histogram[i];
        if (low == 0 || low == total)
            continue;
        between = low_sum / low - (sum - low_sum) / (total - low);
        between *= between * low * (total - low);
        if (between > best) {
            best = between;
            threshold = i;
        }
    }
    return ((float)threshold + 0.5f) / 255;
}

static float step_cost(const TTMWork *work, int from, int to, float floor,
                       float step)
{
    float sum = 0;

    for (int c = 0; c < 3; c++) {
        float d = work->lab[3 * from + c] - work->lab[3 * to + c];

        sum += d * d;
    }
    return fmaxf(sqrtf(sum) - floor, 0) + step;
}

void ttm_geodesic(const TTMWork *work, float floor, float step,
                  float *distance)
{
    const int width = work->width, height = work->height;

    /* Raster sweeps in two directions until nothing changes. */
    for (int pass = 0, changed = 1; pass < 64 && changed; pass++) {
        int back = pass & 1;

        changed = 0;
        for (int n = 0; n < width * height; n++) {
            int i = back ? width * height - 1 - n : n;
            int x = i % width, y = i / width;
            const int next[4] = { x > 0 ? i - 1 : -1,
                                  x + 1 < width ? i + 1 : -1,
                                  y > 0 ? i - width : -1,
                                  y + 1 < height ? i + width : -1 };

            for (int k = 0; k < 4; k++) {
                float d;

                if (next[k] < 0 || !(distance[next[k]] < distance[i]))
                    continue;
                d = distance[next[k]] + step_cost(work, i, next[k], floor,
                                                  step);
                if (d < distance[i] - 1e-4f) {
                    distance[i] = d;
                    changed = 1;
                }
            }
        }
    }
}

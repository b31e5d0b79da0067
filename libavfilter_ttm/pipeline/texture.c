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


/** @file Texture for background that comes to light. */

#include "pipeline/texture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

#define SMOOTH    0.02f         /* standard deviation by the smaller side */
#define RING      0.04f         /* width of what is compared, the same */
#define CONTRAST  3.0f          /* limit by the root mean square around */
#define OVERLAP   0.6f          /* share of the ring that must be known there */
#define UNLIKE    1.9f          /* times the ring's variance; 2: by chance */
#define ROUGHER   1.25f         /* than the ring: more of it is no texture */
#define LEVELS    64            /* of roughness */
#define SMOOTHEST 3             /* level that always passes */

/* The work on one clip. */
typedef struct Search {
    int width, height;
    const float *small;
    const float *smooth;        ///< [height, width, 4]
    uint8_t *rough;             ///< [height, width]: root of |small - smooth|
    int around;                 ///< median of it in the ring
    float variance;             ///< of small in the ring
    const uint8_t *hole;
    uint8_t *near;              ///< [height, width]: within reach of the object
    int32_t *inside, *ring;     ///< places of pixels, y * width + x
    int nb_inside, nb_ring;
    int box[4];                 ///< x0, y0, x1, y1 of inside
} Search;

static int smaller(int width, int height)
{
    return width < height ? width : height;
}

int ttm_texture_reach(int width, int height)
{
    int reach = smaller(width, height) / 32;

    return reach > 1 ? reach : 1;
}

/* Set to[] within a distance of pixels of id (0: of any) of from[]. */
static void dilate(const uint8_t *from, int id, int width, int height,
                   int reach, uint8_t *to)
{
    memset(to, 0, (size_t)width * (size_t)height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int value = from[y * width + x];

            if (!value || (id && value != id))
                continue;
            for (int v = -reach; v <= reach; v++) {
                int half = (int)sqrtf((float)(reach * reach - v * v) + 0.5f);
                int x0 = x - half < 0 ? 0 : x - half;
                int x1 = x + half < width ? x + half : width - 1;

                if (y + v >= 0 && y + v < height)
                    memset(to + (y + v) * width + x0, 1, (size_t)(x1 - x0 + 1));
            }
        }
}

void ttm_texture_hole(const uint8_t *first, int width, int height,
                      uint8_t *hole)
{
    dilate(first, 0, width, height, ttm_texture_reach(width, height), hole);
}

/* Gaussian blur of four channels along one axis, edges repeated. */
static void blur_axis(float *image, float *line, int width, int height,
                      int vertical, float sigma)
{
    const int count = vertical ? height : width;
    const int lines = vertical ? width : height;
    const ptrdiff_t step = 4 * (vertical ? (ptrdiff_t)width : 1);
    const int taps = (int)ceilf(3 * sigma);

    for (int i = 0; i < lines; i++) {
        float *at = image + 4 * (vertical ? (ptrdiff_t)i :
                                 (ptrdiff_t)i * width);

        for (int k = 0; k < count; k++)
            memcpy(line + 4 * k, at + k * step, 4 * sizeof(*line));
        for (int k = 0; k < count; k++) {
            float sum[4] = { 0 }, total = 0;

            for (int j = -taps; j <= taps; j++) {
                float w = expf(-0.5f * (float)(j * j) / (sigma * sigma));
                const float *from = line + 4 * ttm_clamp_index(k + j, count);

                total += w;
                for (int c = 0; c < 4; c++)
                    sum[c] += w * from[c];
            }
            for (int c = 0; c < 4; c++)
                at[k * step + c] = sum[c] / total;
        }
    }
}

/* The known background smoothed: a Gaussian that leaves out what is not. */
static void smooth_known(const float *small, const uint8_t *hole, int width,
                         int height, float *line, float *smooth)
{
    const float sigma = fmaxf(SMOOTH * (float)smaller(width, height), 0.5f);

    for (int i = 0; i < width * height; i++) {
        for (int c = 0; c < 3; c++)
            smooth[4 * i + c] = hole[i] ? 0 : 0.5f * small[3 * i + c] + 0.5f;
        smooth[4 * i + 3] = hole[i] ? 0 : 1;
    }
    blur_axis(smooth, line, width, height, 0, sigma);
    blur_axis(smooth, line, width, height, 1, sigma);
    for (int i = 0; i < width * height; i++) {
        float weight = smooth[4 * i + 3];

        for (int c = 0; c < 3; c++)
            smooth[4 * i + c] = weight > 1e-4f ? smooth[4 * i + c] / weight : 0;
        smooth[4 * i + 3] = hole[i] ? 0 : 1;
    }
}

/* Length of what smoothing took from a known pixel; 0 of others. */
static float fine(const Search *s, size_t at)
{
    float sum = 0;

    for (size_t c = 0; c < 3 && !s->hole[at]; c++) {
        float d = 0.5f * s->small[3 * at + c] + 0.5f - s->smooth[4 * at + c];

        sum += d * d;
    }
    return sqrtf(sum);
}

/* Pixels behind an object and those around it; 0 if there are none of either. */
static int list_pixels(Search *s, const uint8_t *first, int id, uint8_t *wide)
{
    const int width = s->width, height = s->height;
    const int reach = ttm_texture_reach(width, height);
    int ring = (int)ceilf(RING * (float)smaller(width, height));

    dilate(first, id, width, height, reach, s->near);
    dilate(s->near, 0, width, height, ring, wide);
    s->nb_inside = s->nb_ring = 0;
    memcpy(s->box, (int[4]){ width, height, 0, 0 }, sizeof(s->box));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int at = y * width + x;

            if (s->near[at]) {
                s->inside[s->nb_inside++] = at;
                s->box[0] = x < s->box[0] ? x : s->box[0];
                s->box[1] = y < s->box[1] ? y : s->box[1];
                s->box[2] = x >= s->box[2] ? x + 1 : s->box[2];
                s->box[3] = y >= s->box[3] ? y + 1 : s->box[3];
            } else if (wide[at] && !s->hole[at]) {
                s->ring[s->nb_ring++] = at;
            }
        }
    return s->nb_inside > 0 && s->nb_ring > 0;
}

/* Median roughness of @p nb pixels, shifted. */
static int median_rough(const Search *s, const int32_t *pixels, int nb,
                        int shift)
{
    int found[LEVELS] = { 0 }, sum = 0, level = 0;

    for (int i = 0; i < nb; i++)
        found[s->rough[pixels[i] + shift]]++;
    while (level < LEVELS - 1 && (sum += found[level]) * 2 < nb)
        level++;
    return level;
}

/*
 * How bad a shift is: the mean squared difference around the object, more where
 * it is rough inside and far away. Infinite where there is no room, where pixels
 * are as unlike as any two of them, or where a thing is rougher than they are.
 */
static float compare(const Search *s, int dx, int dy, float unknown)
{
    const int width = s->width, height = s->height, shift = dy * width + dx;
    int lost = 0, allowed = (int)(unknown * (float)s->nb_inside), seen = 0;
    int rough;
    float sum = 0, more;

    for (int i = 0; i < s->nb_inside && lost <= allowed; i++)
        lost += s->hole[s->inside[i] + shift];
    if (lost > allowed)
        return INFINITY;
    rough = median_rough(s, s->inside, s->nb_inside, shift);
    if ((float)rough > ROUGHER * (float)s->around + SMOOTHEST)
        return INFINITY;
    more = (float)(rough + 1) / (float)(s->around + 1);
    for (int i = 0; i < s->nb_ring; i++) {
        int at = s->ring[i], x = at % width + dx, y = at / width + dy;

        if (x < 0 || y < 0 || x >= width || y >= height || s->hole[at + shift])
            continue;
        seen++;
        for (int c = 0; c < 3; c++) {
            float d = s->small[3 * at + c] - s->small[3 * (at + shift) + c];

            sum += d * d;
        }
    }
    if ((float)seen < OVERLAP * (float)s->nb_ring ||
        sum > (float)seen * (UNLIKE * s->variance + 1e-4f))
        return INFINITY;
    return sum / (float)seen * (1 + more * more) *
           (1 + hypotf((float)dx, (float)dy) / (float)(width + height));
}

/* The best shift within a window of shifts, of equals the first. */
static float search(const Search *s, const int window[4], int step,
                    float unknown, TTMTexture *best)
{
    float least = INFINITY;

    for (int dy = window[1]; dy <= window[3]; dy += step)
        for (int dx = window[0]; dx <= window[2]; dx += step) {
            float error;

            if ((!dx && !dy) || s->box[0] + dx < 0 || s->box[1] + dy < 0 ||
                s->box[2] + dx > s->width || s->box[3] + dy > s->height)
                continue;
            error = compare(s, dx, dy, unknown);
            if (error < least) {
                least    = error;
                best->dx = dx;
                best->dy = dy;
            }
        }
    return least;
}

static void find_shift(Search *s, TTMTexture *t)
{
    /* Where nothing has room, a little of it may be missing. */
    const float unknown[] = { 0.02f, 0.1f, 0.3f };
    const int step = 1 + smaller(s->width, s->height) / 128;
    const int all[4] = { -s->box[0], -s->box[1], s->width - s->box[2],
                         s->height - s->box[3] };
    float sum = 0;

    s->variance = 0;
    for (int c = 0; c < 3; c++) {
        float mean = 0, square = 0;

        for (int i = 0; i < s->nb_ring; i++) {
            float v = s->small[3 * s->ring[i] + c];

            mean   += v;
            square += v * v;
        }
        mean /= (float)s->nb_ring;
        s->variance += square / (float)s->nb_ring - mean * mean;
    }
    for (int i = 0; i < s->nb_ring; i++) {
        float d = fine(s, (size_t)s->ring[i]);

        sum += d * d;
    }
    s->around = median_rough(s, s->ring, s->nb_ring, 0);
    t->limit  = CONTRAST * sqrtf(sum / (float)s->nb_ring);
    for (int i = 0; i < 3; i++) {
        if (isinf(search(s, all, step, unknown[i], t)))
            continue;
        if (step > 1)
            search(s, (int[4]){ t->dx - step + 1, t->dy - step + 1,
                                t->dx + step - 1, t->dy + step - 1 }, 1,
                   unknown[i], t);
        break;
    }
}

int ttm_texture_create(const float *small, const uint8_t *first, int width,
                       int height, int objects, float *smooth,
                       TTMTexture *textures)
{
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t *masks = ttm_array_alloc(pixels, 4);
    int32_t *places = ttm_array_alloc(pixels, 2 * sizeof(*places));
    float *line = ttm_array_alloc((size_t)(width > height ? width : height),
                                  4 * sizeof(*line));
    Search s = { .width = width, .height = height, .small = small,
                 .smooth = smooth };
    int ret = TTM_ERR_MEMORY;

    if (!masks || !places || !line)
        goto end;
    s.hole   = masks;
    s.near   = masks + pixels;
    s.rough  = masks + 3 * pixels;
    s.inside = places;
    s.ring   = places + pixels;
    ttm_texture_hole(first, width, height, masks);
    smooth_known(small, masks, width, height, line, smooth);
    for (size_t i = 0; i < pixels; i++)
        s.rough[i] = (uint8_t)fminf(LEVELS * sqrtf(fine(&s, i)), LEVELS - 1);
    for (int id = 1; id <= objects; id++) {
        textures[id - 1] = (TTMTexture){ 0 };
        if (list_pixels(&s, first, id, masks + 2 * pixels))
            find_shift(&s, &textures[id - 1]);
    }
    ret = 0;
end:
    free(masks);
    free(places);
    free(line);
    return ret;
}

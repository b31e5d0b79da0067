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

#include "render/texture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "ttm.h"
#include "util/mem.h"
#include "util/sample.h"

#define SMOOTH    0.04f         /* standard deviation by the smaller side */
#define RING      0.04f         /* width of what is compared, the same */
#define CONTRAST  3.0f          /* limit by the root mean square around */
#define OVERLAP   0.6f          /* share of the ring that must be known there */
#define ALIKE     0.8f          /* times the ring's variance */
#define UNLIKE    1.9f          /* the same; 2: by chance */
#define UNLIKEST  3.5f          /* the same of what is textured all over */
#define ROUGHER   1.25f         /* than the ring: more of it is no texture */
#define ROUGHER_ALIKE 1.5f      /* the same where pixels are alike */
#define ALL_OVER  0.40f         /* share of the roughest that the smoothest have */
#define LEVELS    64            /* of roughness */
#define SMOOTHEST 3             /* level that always passes */
#define SHORTEST  0.15f         /* repeated shift by the smaller side */
#define SAMPLES   1024          /* pixels that are looked at, of repeated shifts */

/* Levels of roughness that shares of some pixels do not exceed. */
typedef struct Quantiles {
    int quarter, half, most;
} Quantiles;

/* What a shift may do. */
typedef struct Try {
    float unknown;              ///< share of the object that may stay without
    int times;                  ///< that it may be repeated
    int stride;                 ///< of the pixels that are looked at
} Try;

/* The work on one clip. */
typedef struct Search {
    int width, height;
    const float *small;
    const float *smooth;        ///< [height, width, 4]
    uint8_t *rough;             ///< [height, width]: root of |small - smooth|
    Quantiles around;           ///< of it in the ring
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

/* Level that the @p share of all @p nb pixels in found[] does not exceed. */
static int quantile(const int found[LEVELS], int nb, float share)
{
    int sum = 0, level = 0;

    while (level < LEVELS - 1 && (float)(sum += found[level]) < share * (float)nb)
        level++;
    return level;
}

/* Where the texture of a pixel comes from by a shift: its place, -1 of none. */
static int source(const Search *s, int at, int dx, int dy, const Try *by)
{
    int x = at % s->width, y = at / s->width;

    for (int k = 0; k < by->times; k++) {
        x += dx;
        y += dy;
        if (x < 0 || y < 0 || x >= s->width || y >= s->height)
            return -1;
        if (!s->hole[y * s->width + x])
            return y * s->width + x;
    }
    return -1;
}

/* Roughness of the ring, or of what a shift puts inside; 0 if too much lacks. */
static int roughness(const Search *s, int inside, int dx, int dy, const Try *by,
                     Quantiles *q)
{
    const int32_t *pixels = inside ? s->inside : s->ring;
    const int nb = inside ? s->nb_inside : s->nb_ring;
    const int allowed = (int)(by->unknown * (float)(nb / by->stride));
    int found[LEVELS] = { 0 }, seen = 0, lost = 0;

    for (int i = 0; i < nb; i += by->stride) {
        int at = inside ? source(s, pixels[i], dx, dy, by) : pixels[i];

        if (at < 0 && ++lost > allowed)
            return 0;
        if (at < 0)
            continue;
        found[s->rough[at]]++;
        seen++;
    }
    q->quarter = quantile(found, seen, 0.25f);
    q->half    = quantile(found, seen, 0.5f);
    q->most    = quantile(found, seen, 0.9f);
    return 1;
}

static int is_like(int a, int b)
{
    return abs(a - b) <= SMOOTHEST + (b - 1) / 5;
}

/* Whether a place is as rough as the ring is, and in the same variety. */
static int is_same_texture(const Search *s, const Quantiles *q)
{
    return is_like(q->quarter, s->around.quarter) &&
           is_like(q->half, s->around.half) && is_like(q->most, s->around.most);
}

/*
 * Whether a place with this roughness will do, whose surroundings differ from the
 * object's by so much of their variance. Where they are rough all over, one part
 * goes for another, though no pixel is like that at its place; but a part as rough.
 */
static int will_do(const Search *s, const Quantiles *q, float unlike, const Try *by)
{
    const Quantiles *ring = &s->around;
    const float rougher = unlike <= ALIKE ? ROUGHER_ALIKE : ROUGHER;
    int textured = ring->quarter > SMOOTHEST;

    if ((float)q->half > rougher * (float)ring->half + SMOOTHEST)
        return 0;
    if (by->times > 1 && !(textured && is_same_texture(s, q)))
        return 0;
    if (unlike <= ALIKE)
        return 1;
    if (textured && (float)ring->quarter >= ALL_OVER * (float)ring->most)
        return unlike <= UNLIKEST && is_same_texture(s, q);
    return unlike <= UNLIKE;
}

/*
 * How bad a shift is: the mean squared difference around the object, more where
 * it is rough inside and far away. Infinite where there is no room, or where the
 * place will not do.
 */
static float compare(const Search *s, int dx, int dy, const Try *by)
{
    int seen = 0, asked = 0;
    Quantiles rough;
    float sum = 0, more;

    if (!roughness(s, 1, dx, dy, by, &rough))
        return INFINITY;
    for (int i = 0; i < s->nb_ring; i += by->stride, asked++) {
        int at = s->ring[i], from = source(s, at, dx, dy, by);

        if (from < 0)
            continue;
        seen++;
        for (int c = 0; c < 3; c++) {
            float d = s->small[3 * at + c] - s->small[3 * from + c];

            sum += d * d;
        }
    }
    sum /= (float)(seen ? seen : 1);
    if ((float)seen < OVERLAP * (float)asked ||
        !will_do(s, &rough, (sum - 1e-4f) / fmaxf(s->variance, 1e-9f), by))
        return INFINITY;
    more = (float)(rough.half + 1) / (float)(s->around.half + 1);
    return sum * (1 + more * more) *
           (1 + hypotf((float)dx, (float)dy) / (float)(s->width + s->height));
}

/* Whether a shift leaves the object in the frame, or repeats a piece of size. */
static int is_allowed(const Search *s, int dx, int dy, const Try *by)
{
    const float least = SHORTEST * (float)smaller(s->width, s->height);

    if (by->times > 1)
        return hypotf((float)dx, (float)dy) >= least;
    return (dx || dy) && s->box[0] + dx >= 0 && s->box[1] + dy >= 0 &&
           s->box[2] + dx <= s->width && s->box[3] + dy <= s->height;
}

/* The best shift within a window of shifts, of equals the first. */
static float search(const Search *s, const int window[4], int step,
                    const Try *by, TTMTexture *best)
{
    float least = INFINITY;

    for (int dy = window[1]; dy <= window[3]; dy += step)
        for (int dx = window[0]; dx <= window[2]; dx += step) {
            float error;

            if (!is_allowed(s, dx, dy, by))
                continue;
            error = compare(s, dx, dy, by);
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
    /*
     * Where nothing has room, a little of it may be missing; where that is not
     * to be had either, the shift goes on: a strip beside the object again and
     * again. A part of the pixels tells enough then, of as many shifts.
     */
    const Try tries[] = {
        { 0.02f, 1, 1 }, { 0.1f, 1, 1 }, { 0.3f, 1, 1 },
        { 0.1f, TTM_TEXTURE_TIMES, 1 + (s->nb_inside + s->nb_ring) / SAMPLES },
    };
    const int step = 1 + smaller(s->width, s->height) / 128;
    const int all[4] = { 1 - s->width, 1 - s->height, s->width - 1,
                         s->height - 1 };
    float sum = 0, most = 0;

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
        most = fmaxf(most, d);
    }
    roughness(s, 0, 0, 0, tries, &s->around);
    t->limit  = fmaxf(CONTRAST * sqrtf(sum / (float)s->nb_ring), most);
    for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
        if (isinf(search(s, all, step, &tries[i], t)))
            continue;
        if (step > 1)
            search(s, (int[4]){ t->dx - step + 1, t->dy - step + 1,
                                t->dx + step - 1, t->dy + step - 1 }, 1,
                   &tries[i], t);
        return;
    }
    t->limit = 0;
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

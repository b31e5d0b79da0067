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

/** @file Where in the still a described object probably is. */

#include "segment/finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prompt/words.h"
#include "segment/cut.h"
#include "util/mem.h"

#define MAX_PARTS 256
#define WIDEN_MOST 6            /* times the coloured part, at most */
#define WIDEN_RIM 0.7f          /* of its rim's contrast, at least */

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* Scale so that the given quantile becomes 1. */
static int normalize(float *values, int count, double quantile)
{
    float *sorted = ttm_array_alloc((size_t)count, sizeof(*sorted)), top;

    if (!sorted)
        return TTM_ERR_MEMORY;
    memcpy(sorted, values, (size_t)count * sizeof(*sorted));
    qsort(sorted, (size_t)count, sizeof(*sorted), compare_floats);
    top = fmaxf(sorted[(int)(quantile * (count - 1))], 1e-3f);
    free(sorted);
    for (int i = 0; i < count; i++)
        values[i] = fminf(fmaxf(values[i] / top, 0), 1);
    return 0;
}

static int border_width(const TTMWork *w)
{
    int side = w->width < w->height ? w->width : w->height;

    return side > 24 ? side / 24 : 1;
}

static float border_distance(const TTMWork *w, int i)
{
    int x = i % w->width, y = i / w->width;
    int dx = x < w->width - 1 - x ? x : w->width - 1 - x;
    int dy = y < w->height - 1 - y ? y : w->height - 1 - y;

    return (float)(dx < dy ? dx : dy);
}

/* Distance to the nearest of the border's frequent colours. */
static int colour_difference(const TTMWork *w, float *difference)
{
    const int count = w->width * w->height;
    float *weight = ttm_array_alloc((size_t)count, sizeof(*weight));
    TTMColours border;

    if (!weight)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++)
        weight[i] = border_distance(w, i) < (float)border_width(w);
    ttm_colours_fit(&border, w->lab, weight, count);
    free(weight);
    for (int i = 0; i < count; i++) {
        float nearest = 1e6f;

        for (int k = 0; k < border.nb; k++) {
            float sum = 0;

            /* a colour of few border pixels is an object that touches it */
            if (border.share[k] < 0.06f)
                continue;
            for (int c = 0; c < 3; c++) {
                float d = w->lab[3 * i + c] - border.mean[k][c];

                sum += d * d / (1 + border.variance[k][c] / 60);
            }
            nearest = fminf(nearest, sum);
        }
        difference[i] = sqrtf(nearest);
    }
    return 0;
}

int ttm_salience(const TTMWork *w, float *salience)
{
    const int count = w->width * w->height;
    float *way = ttm_array_alloc((size_t)count, sizeof(*way));
    int ret = way ? colour_difference(w, salience) : TTM_ERR_MEMORY;

    for (int i = 0; ret >= 0 && i < count; i++)
        way[i] = border_distance(w, i) < 1 ? 0 : INFINITY;
    if (ret >= 0) {
        ttm_geodesic(w, 2.5f, 0, way);
        ret = normalize(way, count, 0.97);
    }
    if (ret >= 0)
        ret = normalize(salience, count, 0.97);
    for (int i = 0; ret >= 0 && i < count; i++) {
        float x = ((float)(i % w->width) + 0.5f) / (float)w->width - 0.5f;
        float y = ((float)(i / w->width) + 0.5f) / (float)w->height - 0.5f;
        float middle = expf(-(x * x + y * y) / (2 * 0.33f * 0.33f));

        salience[i] = (0.5f * salience[i] + 0.5f * way[i]) *
                      (0.25f + 0.75f * middle);
    }
    if (ret >= 0)
        ret = normalize(salience, count, 0.99);
    free(way);
    return ret;
}

void ttm_look_read(TTMLook *look, const char *description)
{
    memset(look, 0, sizeof(*look));
    look->x = look->y = 0.5f;
    while (*description) {
        char word[40];
        size_t length = 0;
        unsigned char rgb[3];
        int x, y;

        for (; *description && *description != ' '; description++)
            if (length + 1 < sizeof(word))
                word[length++] = *description;
        word[length] = 0;
        while (*description == ' ')
            description++;
        if (look->nb_colours < 4 && ttm_word_colour(word, rgb)) {
            const float value[3] = { (float)rgb[0] / 255, (float)rgb[1] / 255,
                                     (float)rgb[2] / 255 };

            ttm_rgb_to_lab(value, look->lab[look->nb_colours++]);
        }
        if (ttm_word_position(word, &x, &y)) {
            if (x || !y) {
                look->has_x = 1;
                look->x = 0.5f + 0.3f * (float)x;
            }
            if (y || !x) {
                look->has_y = 1;
                look->y = 0.5f + 0.3f * (float)y;
            }
        }
        if (ttm_word_size(word))
            look->size = ttm_word_size(word);
    }
}

int ttm_look_rank(const TTMLook *look)
{
    return 4 * (look->nb_colours > 0) + 2 * (look->has_x + look->has_y) +
           (look->size != 0);
}

/* 0 .. 1: how near a colour is to the described ones. */
static float colour_match(const TTMLook *look, const float *lab)
{
    float best = 0;

    for (int i = 0; i < look->nb_colours; i++) {
        const float *wanted = look->lab[i];
        float chroma = hypotf(wanted[1], wanted[2]), d;
        float da = lab[1] - wanted[1], db = lab[2] - wanted[2];
        float dl = lab[0] - wanted[0];

        if (chroma > 25) {
            /* Shading changes lightness and chroma more than the hue. */
            float own = hypotf(lab[1], lab[2]);
            float along = own - chroma;
            float across2 = fmaxf(da * da + db * db - along * along, 0);

            d = across2 + 0.3f * along * along + 0.15f * dl * dl;
            if (own < 12)
                d += 400;
        } else {
            d = da * da + db * db + 0.6f * dl * dl;
        }
        best = fmaxf(best, expf(-d / (2 * 18 * 18)));
    }
    return best;
}

static float place_match(const TTMLook *look, float x, float y)
{
    float d = 0;

    if (look->has_x)
        d += (x - look->x) * (x - look->x);
    if (look->has_y)
        d += (y - look->y) * (y - look->y);
    return expf(-d / (2 * 0.2f * 0.2f));
}

/* Fill small gaps: set where at least 5 of the 9 around are. */
static void close_gaps(uint8_t *mask, int width, int height, uint8_t *copy)
{
    memcpy(copy, mask, (size_t)width * (size_t)height);
    for (int y = 1; y + 1 < height; y++)
        for (int x = 1; x + 1 < width; x++) {
            int sum = 0;

            for (int k = 0; k < 9; k++)
                sum += copy[(y + k / 3 - 1) * width + x + k % 3 - 1];
            mask[y * width + x] = sum >= 5;
        }
}

/* The value of a part for the description; 0: impossible. */
static double rate(const TTMWork *w, const TTMLook *look,
                   const TTMComponent *part)
{
    double pixels = (double)w->width * w->height, share = part->area / pixels;
    double box = (double)(part->box[2] - part->box[0]) *
                 (part->box[3] - part->box[1]);
    double value = part->weight / pixels;
    int sides = (part->box[0] == 0) + (part->box[1] == 0) +
                (part->box[2] == w->width) + (part->box[3] == w->height);

    if (share < 0.0008 || share > 0.85)
        return 0;
    /* Sub-linear in size, unless a size was asked for. */
    value *= pow(share, look->size > 0 ? 0.2 : look->size < 0 ? -0.6 : -0.25);
    value *= 0.4 + 0.6 * part->area / box;
    value *= sides >= 3 ? 0.25 : sides == 2 ? 0.6 : 1;
    return value * place_match(look, (float)(part->x / w->width),
                               (float)(part->y / w->height));
}

/* Mean colour step over the rim of {distance < limit}; the area in *area. */
static float rim_contrast(const TTMWork *w, const float *distance, float limit,
                          int *area)
{
    double sum = 0;
    int rim = 0;

    *area = 0;
    for (int y = 0; y + 1 < w->height; y++)
        for (int x = 0; x + 1 < w->width; x++) {
            int i = y * w->width + x;
            const int next[2] = { i + 1, i + w->width };
            int inside = distance[i] < limit;

            *area += inside;
            for (int k = 0; k < 2; k++) {
                double d = 0;

                if (inside == (distance[next[k]] < limit))
                    continue;
                for (int c = 0; c < 3; c++) {
                    double e = w->lab[3 * i + c] - w->lab[3 * next[k] + c];

                    d += e * e;
                }
                sum += sqrt(d);
                rim++;
            }
        }
    return rim ? (float)(sum / rim) : 0;
}

/* Mean colour step over the rim of a mask; distance is scratch space. */
static float mask_contrast(const TTMWork *w, const uint8_t *mask,
                           float *distance)
{
    int area;

    for (int i = 0; i < w->width * w->height; i++)
        distance[i] = !mask[i];
    return rim_contrast(w, distance, 0.5f, &area);
}

/*
 * The part of what stands out by more than a threshold that the region mostly
 * lies in, into wide: 1; 0 if there is none of a likely size and rim.
 */
static int standing_out(const TTMWork *w, const float *salience,
                        const uint8_t *taken, const uint8_t *region,
                        float threshold, uint8_t *wide, float *scratch,
                        int *labels, TTMComponent *parts)
{
    const int count = w->width * w->height;
    double area = 0;
    int nb;

    for (int i = 0; i < count; i++) {
        scratch[i] = taken[i] ? 0 : salience[i];
        wide[i] = scratch[i] > threshold || region[i];
        area += region[i];
    }
    close_gaps(wide, w->width, w->height, (uint8_t *)labels);
    nb = ttm_components(wide, w->width, w->height, scratch, labels, parts,
                        MAX_PARTS);
    for (int k = 0; k < nb; k++) {
        const int *box = parts[k].box;
        int sides = (box[0] == 0) + (box[1] == 0) + (box[2] == w->width) +
                    (box[3] == w->height);
        double inside = 0;

        for (int i = 0; i < count; i++) {
            wide[i] = labels[i] == k + 1;
            inside += wide[i] && region[i];
        }
        if (inside >= 0.6 * area)
            return sides < 2 && parts[k].area < WIDEN_MOST * area &&
                   parts[k].area < 0.35 * count &&
                   mask_contrast(w, wide, scratch) >
                       WIDEN_RIM * mask_contrast(w, region, scratch);
    }
    return nb < 0 ? nb : 0;
}

/*
 * Things have parts of other colours than the one that is said: where the
 * coloured region lies within something that stands out as a whole and has as
 * clear a rim, take that.
 */
static int widen(const TTMWork *w, const float *salience, const uint8_t *taken,
                 uint8_t *region, float *scratch, int *labels,
                 TTMComponent *parts)
{
    static const float steps[] = { 0.7f, 1, 1.25f, 1.6f, 2 };
    const int count = w->width * w->height;
    uint8_t *wide = ttm_array_alloc((size_t)count, 1);
    float threshold;
    int ret = 0;

    if (!wide)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++)
        scratch[i] = taken[i] ? 0 : salience[i];
    threshold = fmaxf(ttm_otsu(scratch, count), 0.12f);
    for (int k = 0; k < 5 && !ret; k++)
        ret = standing_out(w, salience, taken, region, threshold * steps[k],
                           wide, scratch, labels, parts);
    for (int i = 0; i < count && ret > 0; i++)
        region[i] |= wide[i];
    free(wide);
    return ret < 0 ? ret : 0;
}

int ttm_find_part(const TTMWork *w, const float *salience,
                  const TTMLook *look, const uint8_t *taken, uint8_t *region,
                  int *sure)
{
    const int count = w->width * w->height;
    TTMComponent *parts = ttm_array_alloc(MAX_PARTS, sizeof(*parts));
    float *value = ttm_array_alloc((size_t)count, sizeof(*value));
    int *labels = ttm_array_alloc((size_t)count, sizeof(*labels));
    double best = 0, second = 0;
    int nb, at = -1, ret = TTM_ERR_MEMORY;
    float threshold;

    *sure = 0;
    if (!parts || !value || !labels)
        goto end;
    for (int i = 0; i < count; i++) {
        float v = salience[i];

        if (look->nb_colours)
            v = colour_match(look, w->lab + 3 * i) * (0.35f + 0.65f * v);
        value[i] = taken[i] ? 0 : v;
    }
    threshold = look->nb_colours ? 0.2f : fmaxf(ttm_otsu(value, count), 0.12f);
    for (int i = 0; i < count; i++)
        region[i] = value[i] > threshold;
    close_gaps(region, w->width, w->height, (uint8_t *)labels);
    nb = ttm_components(region, w->width, w->height, value, labels, parts,
                        MAX_PARTS);
    if (nb < 0)
        goto end;
    for (int i = 0; i < nb; i++) {
        double r = rate(w, look, &parts[i]);

        if (r > best) {
            second = best;
            best = r;
            at = i;
        } else if (r > second) {
            second = r;
        }
    }
    for (int i = 0; i < count; i++)
        region[i] = at >= 0 && labels[i] == at + 1;
    *sure = at >= 0 && best > 2 * second;
    ret = at >= 0;
    if (ret && look->nb_colours) {
        int status = widen(w, salience, taken, region, value, labels, parts);

        ret = status < 0 ? status : ret;
    }
end:
    free(parts);
    free(value);
    free(labels);
    return ret;
}

int ttm_grow_part(const TTMWork *w, int x, int y, uint8_t *region)
{
    const int count = w->width * w->height, steps = 48;
    float *distance = ttm_array_alloc((size_t)count, sizeof(*distance));
    float *sorted = ttm_array_alloc((size_t)count, sizeof(*sorted));
    float best = -1, limit = 0;

    if (!distance || !sorted) {
        free(distance);
        free(sorted);
        return TTM_ERR_MEMORY;
    }
    for (int i = 0; i < count; i++)
        distance[i] = INFINITY;
    distance[y * w->width + x] = 0;
    ttm_geodesic(w, 1.5f, 0.05f, distance);
    memcpy(sorted, distance, (size_t)count * sizeof(*sorted));
    qsort(sorted, (size_t)count, sizeof(*sorted), compare_floats);
    for (int k = 1; k < steps; k++) {
        double share = 0.0015 * pow(0.6 / 0.0015, (double)k / steps);
        float at = sorted[(int)(share * (count - 1))], rate_here;
        int area;

        /* A little bonus for size: parts of the object have rims too. */
        rate_here = rim_contrast(w, distance, at, &area);
        rate_here *= (float)pow(share, 0.12);
        if (rate_here > best) {
            best = rate_here;
            limit = at;
        }
    }
    for (int i = 0; i < count; i++)
        region[i] = distance[i] <= limit;
    free(distance);
    free(sorted);
    return 0;
}

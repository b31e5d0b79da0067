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
#include "segment/lobes.h"
#include "util/mem.h"

#define MAX_PARTS 256
#define LEAST_SALIENCE 0.12f    /* of what is looked at */
#define WIDEN_MOST 6            /* times the coloured part, at most */
#define WIDEN_RIM 0.7f          /* of its rim's contrast, at least */

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
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

float ttm_look_place(const TTMLook *look, float x, float y)
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
    return value * ttm_look_place(look, (float)(part->x / w->width),
                               (float)(part->y / w->height));
}

static double colour_step(const TTMWork *w, int a, int b)
{
    double sum = 0;

    for (int c = 0; c < 3; c++) {
        double d = w->lab[3 * a + c] - w->lab[3 * b + c];

        sum += d * d;
    }
    return sqrt(sum);
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
                if (inside == (distance[next[k]] < limit))
                    continue;
                sum += colour_step(w, i, next[k]);
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
    threshold = fmaxf(ttm_otsu(scratch, count), LEAST_SALIENCE);
    for (int k = 0; k < 5 && !ret; k++)
        ret = standing_out(w, salience, taken, region, threshold * steps[k],
                           wide, scratch, labels, parts);
    for (int i = 0; i < count && ret > 0; i++)
        region[i] |= wide[i];
    free(wide);
    return ret < 0 ? ret : 0;
}

/* Scratch space for looking at the parts of a mask. */
typedef struct Parts {
    TTMComponent *list;         /* [MAX_PARTS] */
    float *value;               /* [height, width]: how well a pixel fits */
    int *labels;                /* [height, width] */
    double rim[MAX_PARTS + 1];  /* by label: mean colour step over the rim */
    int nb;
} Parts;

/* Mean colour step over the rim of every part. */
static void measure_rims(const TTMWork *w, Parts *p)
{
    int length[MAX_PARTS + 1] = { 0 };

    memset(p->rim, 0, sizeof(p->rim));
    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x++) {
            int i = y * w->width + x, a = p->labels[i];
            const int next[2] = { x + 1 < w->width ? i + 1 : i,
                                  y + 1 < w->height ? i + w->width : i };

            for (int k = 0; k < 2; k++) {
                int b = p->labels[next[k]];
                double step = colour_step(w, i, next[k]);

                if (a == b)
                    continue;
                p->rim[a] += step;
                p->rim[b] += step;
                length[a]++;
                length[b]++;
            }
        }
    for (int i = 0; i <= p->nb; i++)
        p->rim[i] /= length[i] ? length[i] : 1;
}

/*
 * The parts of what fits better than a threshold; @p divide: the lobes of each, and none where
 * none has several. Their number or an error.
 */
static int find_parts(const TTMWork *w, Parts *p, float threshold, int divide, uint8_t *mask)
{
    int divided;

    for (int i = 0; i < w->width * w->height; i++)
        mask[i] = p->value[i] > threshold;
    close_gaps(mask, w->width, w->height, (uint8_t *)p->labels);
    divided = divide ? ttm_divide_lobes(mask, w->width, w->height) : 1;
    p->nb = 0;
    if (divided <= 0)
        return divided;
    p->nb = ttm_components(mask, w->width, w->height, p->value, p->labels,
                           p->list, MAX_PARTS);
    if (p->nb >= 0)
        measure_rims(w, p);
    return p->nb;
}

/* Things have clear rims, pieces of the ground do not. */
static double rate_part(const TTMWork *w, const TTMLook *look, const Parts *p,
                        int k)
{
    return rate(w, look, &p->list[k]) * p->rim[k + 1];
}

/* Whether more than half of part k is in a region. */
static int is_in(const Parts *p, int k, const uint8_t *region, int count)
{
    int inside = 0;

    for (int i = 0; i < count; i++)
        inside += p->labels[i] == k + 1 && region[i];
    return 2 * inside > p->list[k].area;
}

/* The best part at step's threshold, or at any where that is -1, into region; its value, 0: none. */
static double best_part(const TTMWork *w, const TTMLook *look, Parts *p,
                        float threshold, int step, int divide, uint8_t *mask, uint8_t *region)
{
    static const float steps[TTM_FIND_STEPS] = { 0.7f, 1, 1.4f, 2 };
    const int count = w->width * w->height;
    double best = 0;

    for (int n = 0; n < TTM_FIND_STEPS; n++) {
        int at = -1;

        if (step >= 0 && n != step)
            continue;
        if (find_parts(w, p, threshold * steps[n], divide, mask) < 0)
            return TTM_ERR_MEMORY;
        for (int k = 0; k < p->nb; k++) {
            double value = rate_part(w, look, p, k);

            if (value > best) {
                best = value;
                at = k;
            }
        }
        for (int i = 0; i < count && at >= 0; i++)
            region[i] = p->labels[i] == at + 1;
    }
    return best;
}

/* Whether a part elsewhere is nearly as good as the best. */
static int has_rival(const TTMWork *w, const TTMLook *look, Parts *p,
                     float threshold, int divide, double best, uint8_t *mask,
                     const uint8_t *region)
{
    if (find_parts(w, p, threshold, divide, mask) < 0)
        return TTM_ERR_MEMORY;
    for (int k = 0; k < p->nb; k++)
        if (2 * rate_part(w, look, p, k) >= best &&
            !is_in(p, k, region, w->width * w->height))
            return 1;
    return 0;
}

/*
 * Whether several of the kind touch each other: there is one part, and it has lobes. @p region
 * is scratch space.
 */
static int are_touching(const TTMWork *w, const TTMLook *look, Parts *p, float threshold,
                        uint8_t *mask, uint8_t *region)
{
    TTMLook anywhere = *look;
    double best;
    int rival;

    anywhere.has_x = anywhere.has_y = 0;
    best = best_part(w, &anywhere, p, threshold, -1, 0, mask, region);
    if (best <= 0)
        return (int)best;
    rival = has_rival(w, &anywhere, p, threshold, 0, best, mask, region);
    if (rival)
        return rival < 0 ? rival : 0;
    best = best_part(w, &anywhere, p, threshold, -1, 1, mask, region);
    return best < 0 ? (int)best : best > 0;
}

/* Points in the region, and in what stands out beside it and touches it. */
static int find_beside(const TTMWork *w, const float *salience, const uint8_t *taken,
                       const uint8_t *region, uint8_t *mask, int points[2])
{
    const int count = w->width * w->height;
    const float least = fmaxf(ttm_otsu(salience, count), LEAST_SALIENCE);

    for (int i = 0; i < count; i++)
        mask[i] = region[i] || (!taken[i] && salience[i] > least);
    return ttm_lobe_points(mask, region, w->width, w->height, &points[0], &points[1]);
}

int ttm_find_part(const TTMWork *w, const float *salience,
                  const TTMLook *look, const uint8_t *taken, int step,
                  uint8_t *region, int *sure, int points[2])
{
    const size_t count = (size_t)w->width * (size_t)w->height;
    Parts p = { ttm_array_alloc(MAX_PARTS, sizeof(*p.list)),
                ttm_array_alloc(count, sizeof(*p.value)),
                ttm_array_alloc(count, sizeof(*p.labels)) };
    uint8_t *mask = ttm_array_alloc(count, 1);
    int divide, ret = TTM_ERR_MEMORY;
    float threshold;
    double best;

    *sure = 0;
    points[0] = points[1] = -1;
    memset(region, 0, count);
    if (!p.list || !p.value || !p.labels || !mask)
        goto end;
    for (size_t i = 0; i < count; i++) {
        float v = salience[i];

        if (look->nb_colours)
            v = colour_match(look, w->lab + 3 * i) * (0.35f + 0.65f * v);
        p.value[i] = taken[i] ? 0 : v;
    }
    threshold = look->nb_colours ? 0.2f :
                fmaxf(ttm_otsu(p.value, (int)count), LEAST_SALIENCE);
    divide = look->several ? are_touching(w, look, &p, threshold, mask, region) : 0;
    best   = divide < 0 ? divide :
             best_part(w, look, &p, threshold, step, divide, mask, region);
    if (best < 0)
        goto end;
    ret = best > 0;
    if (ret) {
        int rival = has_rival(w, look, &p, threshold, divide, best, mask, region);

        *sure = !rival;
        ret = rival < 0 ? rival : ret;
    }
    if (ret > 0 && look->nb_colours && !divide) {
        int status = widen(w, salience, taken, region, p.value, p.labels,
                           p.list);

        ret = status < 0 ? status : ret;
    }
    if (ret > 0 && divide) {
        int status = find_beside(w, salience, taken, region, mask, points);

        if (points[1] >= 0 && !look->has_x && !look->has_y)
            *sure = 0;
        ret = status < 0 ? status : ret;
    }
end:
    free(p.list);
    free(p.value);
    free(p.labels);
    free(mask);
    return ret;
}

void ttm_ways_from(const TTMWork *w, TTMSeeds seeds, float *distance)
{
    for (int i = 0; i < w->width * w->height; i++)
        distance[i] = INFINITY;
    for (int i = 0; i < seeds.nb; i++)
        distance[seeds.pixel[i]] = 0;
    ttm_geodesic(w, 1.5f, 0.05f, distance);
}

int ttm_grow_part(const TTMWork *w, int seed, uint8_t *region)
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
    ttm_ways_from(w, (TTMSeeds){ 1, &seed }, distance);
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

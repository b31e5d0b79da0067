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

/** @file How far the pixels at the objects' edges are object, and their own colour there. */

#include "render/matting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/islands.h"
#include "render/matting_solve.h"
#include "render/trimap.h"
#include "ttm.h"
#include "util/mem.h"

#define SAMPLES 9               /* of each side, about a pixel */
#define NOISE 0.015f             /* of colours, 0 .. 1 */
#define SPREAD 0.05f            /* of an alpha that is as sure as can be */
#define MASK_SPREAD 0.25f        /* of what the mask says at its edge, */
#define MASK_FADES 10.0f        /* and how much surer it is at the end of the band */
#define ALIKE 300.0f            /* and where both sides have the same colour */
#define SMOOTHNESS 800.0f       /* of alpha along colours */
#define LEAST 0.03f             /* an alpha that is none */

/* What samples say about a pixel. */
typedef struct Opinion {
    float object[3], background[3];
} Opinion;

typedef struct Work {
    const TTMMattingSource *source;
    TTMTrimap trimap;
    TTMMattingBand band;
    Opinion *opinions;          ///< [band.nb]
    uint8_t *alpha;             ///< [height, width] of the box
} Work;

static void pixel_colour(const Work *w, int at, float rgb[3])
{
    const TTMMattingSource *s = w->source;
    const int x = w->trimap.x + at % w->trimap.width;
    const int y = w->trimap.y + at / w->trimap.width;
    const size_t i = 3 * ((size_t)y * (size_t)s->width + (size_t)x);

    for (size_t c = 0; c < 3; c++)
        rgb[c] = s->bytes == 1 ? (float)((const uint8_t *)s->pixels)[i + c] / 255 :
                 (float)((const uint16_t *)s->pixels)[i + c] / 65535;
}

/* The mask with an edge a pixel soft, as a first guess and for want of a better one. */
static float mask_alpha(const TTMTrimap *t, int at)
{
    return fminf(fmaxf(0.5f + t->edge[at] / 2, 0), 1);
}

/* Colours of sure pixels about a pixel: the nearest ones of it and of eight around. */
static int gather(const Work *w, int at, const int32_t *nearest, float rgb[SAMPLES][3])
{
    const TTMTrimap *t = &w->trimap;
    const int reach = w->source->radius / 2 > 1 ? w->source->radius / 2 : 1;
    int nb = 0;

    for (int k = 0; k < SAMPLES; k++) {
        int x = at % t->width + (k % 3 - 1) * reach, y = at / t->width + (k / 3 - 1) * reach;
        int32_t from;

        x = x < 0 ? 0 : x >= t->width ? t->width - 1 : x;
        y = y < 0 ? 0 : y >= t->height ? t->height - 1 : y;
        from = nearest[y * t->width + x];
        if (from >= 0)
            pixel_colour(w, from, rgb[nb++]);
    }
    return nb;
}

/* What a pair of samples says of a colour. */
typedef struct Pair {
    float alpha, error2, spread2;
} Pair;

static Pair mix_pair(const float *rgb, const float *object, const float *background)
{
    float along = 0, length2 = 0, error2 = 0, alpha;

    for (int c = 0; c < 3; c++) {
        along   += (rgb[c] - background[c]) * (object[c] - background[c]);
        length2 += (object[c] - background[c]) * (object[c] - background[c]);
    }
    alpha = length2 > 0 ? fminf(fmaxf(along / length2, 0), 1) : 0.5f;
    for (int c = 0; c < 3; c++) {
        const float e = rgb[c] - background[c] - alpha * (object[c] - background[c]);

        error2 += e * e;
    }
    return (Pair){ alpha, error2, NOISE * NOISE / (length2 + NOISE * NOISE) };
}

/*
 * The pixel's alpha as all pairs of samples see it, each by how well it explains the
 * colour; what they do not agree on counts for little.
 */
static void judge(const Work *w, TTMMattingPixel *p, Opinion *opinion)
{
    const TTMTrimap *t = &w->trimap;
    const float mask = mask_alpha(t, p->at);
    const float far = fabsf(t->edge[p->at]) / (float)w->source->radius;
    float object[SAMPLES][3], background[SAMPLES][3];
    const int nb_object = gather(w, p->at, t->object, object);
    const int nb_background = gather(w, p->at, t->background, background);
    float sum = 0, mean = 0, square = 0, alike = 0, spread2, sure, by_mask, best = 0;

    memset(opinion, 0, sizeof(*opinion));
    for (int i = 0; i < nb_object; i++)
        for (int j = 0; j < nb_background; j++) {
            const Pair pair = mix_pair(p->rgb, object[i], background[j]);
            const float share = expf(-pair.error2 / (2 * NOISE * NOISE)) + 1e-6f;

            sum    += share;
            mean   += share * pair.alpha;
            alike  += share * pair.spread2;
            square += share * (pair.alpha * pair.alpha + pair.spread2);
            best    = share > best ? share : best;
            for (int c = 0; c < 3; c++) {
                opinion->object[c]     += share * object[i][c];
                opinion->background[c] += share * background[j][c];
            }
        }
    alike   = sum > 0 ? alike / sum : 1;
    by_mask = (1 + MASK_FADES * far * far + ALIKE * alike * alike) / (MASK_SPREAD * MASK_SPREAD);
    if (!(sum > 0)) {           /* one side is nowhere */
        p->wish   = mask;
        p->weight = by_mask / SMOOTHNESS;
        memcpy(opinion->object, p->rgb, sizeof(p->rgb));
        memcpy(opinion->background, p->rgb, sizeof(p->rgb));
        return;
    }
    mean   /= sum;
    spread2 = fmaxf(square / sum - mean * mean, 0);
    for (int c = 0; c < 3; c++) {
        opinion->object[c]     /= sum;
        opinion->background[c] /= sum;
    }
    sure = fminf(best, 1) / (spread2 + SPREAD * SPREAD);
    p->wish   = (sure * mean + by_mask * mask) / (sure + by_mask);
    p->weight = (sure + by_mask) / SMOOTHNESS;
    p->alpha  = p->wish;
}

#define PIXELS_A_TASK 512

static void judge_some(void *opaque, int index, int nb)
{
    const Work *w = opaque;
    const int end = (index + 1) * PIXELS_A_TASK;

    (void)nb;
    for (int i = index * PIXELS_A_TASK; i < end && i < w->band.nb; i++)
        if (!w->band.pixels[i].fixed)
            judge(w, &w->band.pixels[i], &w->opinions[i]);
}

/* Is there an unknown pixel within two pixels? */
static int is_near_unknown(const TTMTrimap *t, int at)
{
    const int x = at % t->width, y = at / t->width;

    for (int v = y - 2; v <= y + 2; v++)
        for (int u = x - 2; u <= x + 2; u++)
            if (u >= 0 && v >= 0 && u < t->width && v < t->height &&
                t->value[v * t->width + u] == TTM_TRIMAP_UNKNOWN)
                return 1;
    return 0;
}

static int make_band(Work *w)
{
    const TTMTrimap *t = &w->trimap;
    const int count = t->width * t->height;
    TTMMattingBand *b = &w->band;

    b->width  = t->width;
    b->height = t->height;
    b->index  = ttm_array_alloc((size_t)count, sizeof(*b->index));
    for (int i = 0; b->index && i < count; i++)
        b->index[i] = is_near_unknown(t, i) ? b->nb++ : -1;
    b->pixels   = ttm_array_alloc((size_t)b->nb, sizeof(*b->pixels));
    w->opinions = ttm_array_alloc((size_t)b->nb, sizeof(*w->opinions));
    if (!b->index || !b->pixels || !w->opinions)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++) {
        TTMMattingPixel *p = &b->pixels[b->index[i] < 0 ? 0 : b->index[i]];

        if (b->index[i] < 0)
            continue;
        p->at    = i;
        p->fixed = t->value[i] != TTM_TRIMAP_UNKNOWN;
        p->alpha = p->fixed ? t->value[i] == TTM_TRIMAP_OBJECT : mask_alpha(t, i);
        pixel_colour(w, i, p->rgb);
    }
    return 0;
}

/*
 * The object's colour in a mixture: as the samples see both colours, with the least
 * change to them by which they mix to the pixel's.
 */
static void set_tint(const TTMMattingPixel *p, const Opinion *o, float alpha, int8_t *tint)
{
    const float lever = alpha / (alpha * alpha + (1 - alpha) * (1 - alpha));

    for (int c = 0; c < 3; c++) {
        const float rest = p->rgb[c] - alpha * o->object[c] - (1 - alpha) * o->background[c];
        const float own = fminf(fmaxf(o->object[c] + lever * rest, 0), 1);

        tint[c] = (int8_t)lrintf((own - p->rgb[c]) * 127.5f);
    }
}

static int finish(Work *w, TTMMatting *m, TTMCancel *cancel)
{
    const TTMTrimap *t = &w->trimap;
    const int count = t->width * t->height;
    int ret;

    for (int i = 0; i < count; i++) {
        const int32_t k = w->band.index[i];
        const float a = k >= 0 ? w->band.pixels[k].alpha : 0;

        m->label[i] = t->label[i];
        m->alpha[i] = t->value[i] != TTM_TRIMAP_UNKNOWN ?
                      t->value[i] == TTM_TRIMAP_OBJECT ? 255 : 0 :
                      (uint8_t)lrintf(255 * fminf(fmaxf((a - LEAST) / (1 - 2 * LEAST), 0), 1));
    }
    ret = ttm_islands_remove(m->alpha, t->value, t->width, t->height, cancel);
    for (int i = 0; ret >= 0 && i < w->band.nb; i++) {
        const TTMMattingPixel *p = &w->band.pixels[i];

        if (!p->fixed)
            set_tint(p, &w->opinions[i], (float)m->alpha[p->at] / 255, m->tint + 3 * p->at);
    }
    return ret;
}

static int estimate(Work *w, TTMMatting *m, TTMPool *pool)
{
    TTMCancel *cancel = ttm_pool_cancel(pool);
    const size_t count = (size_t)w->trimap.width * (size_t)w->trimap.height;
    int ret;

    m->x = w->trimap.x;
    m->y = w->trimap.y;
    m->width  = w->trimap.width;
    m->height = w->trimap.height;
    m->label  = ttm_array_alloc(count, 1);
    m->alpha  = ttm_array_alloc(count, 1);
    m->tint   = ttm_array_alloc(count, 3);
    if (!m->label || !m->alpha || !m->tint)
        return TTM_ERR_MEMORY;
    ret = make_band(w);
    if (ret >= 0)
        ttm_pool_run(pool, judge_some, w, (w->band.nb + PIXELS_A_TASK - 1) / PIXELS_A_TASK);
    if (ret >= 0)
        ret = ttm_matting_solve(&w->band, cancel);
    return ret < 0 ? ret : finish(w, m, cancel);
}

int ttm_matting_estimate(TTMMatting *matting, const TTMMattingSource *source, TTMPool *pool)
{
    Work w = { .source = source };
    int ret;

    memset(matting, 0, sizeof(*matting));
    ret = ttm_trimap_create(&w.trimap, source->ids, source->width, source->height,
                            source->wanted, source->radius, ttm_pool_cancel(pool));
    if (ret >= 0 && w.trimap.width)
        ret = estimate(&w, matting, pool);
    ttm_trimap_free(&w.trimap);
    free(w.band.index);
    free(w.band.pixels);
    free(w.opinions);
    if (ret >= 0 && ttm_cancelled(ttm_pool_cancel(pool)))
        ret = TTM_ERR_CANCELLED;
    if (ret < 0)
        ttm_matting_free(matting);
    return ret;
}

void ttm_matting_free(TTMMatting *matting)
{
    free(matting->label);
    free(matting->alpha);
    free(matting->tint);
    memset(matting, 0, sizeof(*matting));
}

size_t ttm_matting_bytes(size_t pixels, size_t band)
{
    return (5 + sizeof(float) + 3 * sizeof(int32_t)) * pixels + 2 * pixels +
           (sizeof(TTMMattingPixel) + sizeof(Opinion) + TTM_MATTING_SOLVE_BYTES) * band;
}

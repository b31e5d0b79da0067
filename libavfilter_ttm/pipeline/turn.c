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


/** @file Turn of an object over a clip: from the shades of its masks. */

#include "pipeline/turn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/shades.h"
#include "pipeline/size.h"
#include "ttm.h"
#include "util/mem.h"

#define PI          3.14159265358979323846
#define LEAST_SHARE 0.008       ///< of the frame, for shades to be predicted
#define LEAST_AREA  40          ///< pixels, for drawn ones to be read
#define LEAST_DRAWN 0.02        ///< radians, of what is drawn
#define EXACT       0.15        ///< levels that a drawing without steps is off

/* Sums over the pixels of an object in one frame; l is the level. */
typedef struct Sums {
    double area;                ///< all pixels
    double n, x, y, xx, yy, xy, l, lx, ly, ll; ///< of those that are added
} Sums;

static void add_pixel(Sums *s, double x, double y, double level)
{
    s->area++;
    s->n++;
    s->x += x;
    s->y += y;
    s->xx += x * x;
    s->yy += y * y;
    s->xy += x * y;
    s->l += level;
    s->lx += level * x;
    s->ly += level * y;
    s->ll += level * level;
}

/* The direction in which an object grows lighter, and how fast. */
typedef struct Slope {
    double area;
    double x, y;                ///< levels a pixel
    double rough;               ///< mean square of what the levels are off it
} Slope;

/*
 * Slope of the plane through the levels, by least squares, so that the outline
 * does not matter. Of pixels (@p own is the moment of one) a little is added to
 * the moments, so that lines and points have one; else those have none.
 */
static Slope find_slope(const Sums *s, double own)
{
    const double n = s->n > 0 ? s->n : 1, x = s->x / n, y = s->y / n;
    double xx = s->xx / n - x * x + own, yy = s->yy / n - y * y + own;
    double xy = s->xy / n - x * y, add = own > 0 ? 0.025 * (xx + yy) : 0;
    double lx = s->lx / n - s->l / n * x, ly = s->ly / n - s->l / n * y;
    Slope slope = { .area = s->area };
    double det;

    xx += add;
    yy += add;
    det = xx * yy - xy * xy;
    if (det <= 1e-4 * (xx + yy) * (xx + yy))
        return slope;
    slope.x     = (yy * lx - xy * ly) / det;
    slope.y     = (xx * ly - xy * lx) / det;
    slope.rough = s->ll / n - s->l / n * s->l / n - slope.x * lx - slope.y * ly;
    return slope;
}

/* Sums of one frame by id to slopes [objects, frames] at @p t. */
static void find_slopes(const Sums *sums, double own, const TTMFit *fit, int t,
                        Slope *slopes)
{
    for (int id = 1; id <= fit->objects; id++)
        slopes[(size_t)(id - 1) * (size_t)fit->frames + (size_t)t] =
            find_slope(&sums[id], own);
}

/*
 * Turn of an object, from one frame that counts to the next by what it last
 * changed, and how much each frame counts.
 */
static void follow(const Slope *slopes, const TTMMotion *m, int frames,
                   double least_area, double least_share, double *turn,
                   double *weight)
{
    const Slope *first = &slopes[0];
    const double size = hypot(first->x, first->y);
    double last = 0, speed = 0;
    int at = 0;

    turn[0] = 0;
    weight[0] = 1;
    for (int t = 1; t < frames; t++) {
        const Slope *s = &slopes[t];
        double strength = hypot(s->x, s->y) * m[t].scale / fmax(size, 1e-9);
        double expected = last + speed * (t - at);
        double off = atan2(s->y, s->x) - atan2(first->y, first->x) - expected;

        weight[t] = s->area < least_share * first->area ||
                    first->area < least_area ? 0 :
                    fmin(fmax((strength - 0.15) / 0.35, 0), 1);
        turn[t] = expected + off - 2 * PI * rint(off / (2 * PI));
        if (weight[t] > 0.3) {
            speed = 0.5 * (speed + (turn[t] - last) / (t - at));
            last  = turn[t];
            at    = t;
        }
    }
}

/* Turns of an object that a network predicted; @p work has 6 numbers a frame. */
static void fit_object(const Slope *slopes, TTMMotion *m, int frames,
                       double least_area, double *work)
{
    static const TTMSmoothing by = { .bend = 1, .pull = 0.005, .outlier = 0.2 };
    double *turn = work, *weight = turn + frames, *smooth = weight + frames;
    double *huber = smooth + frames, sum = 0, off = 0, rest_off = 0;

    follow(slopes, m, frames, least_area, 0.3, turn, weight);
    ttm_smooth_robustly(turn, weight, frames, &by, smooth, huber, huber + frames);
    for (int t = 1; t < frames; t++) {
        sum      += weight[t];
        off      += weight[t] * (1 - cos(turn[t] - smooth[t]));
        rest_off += weight[t] * (1 - cos(turn[t]));
    }
    /* The shading of masks that a network predicts wavers. */
    if (sum < 0.75 * (frames - 1) || !(off < 0.06 * sum) ||
        !(rest_off - off > 0.2 * sum))
        return;
    for (int t = 1; t < frames; t++)
        m[t].turn = (float)smooth[t];
}

/* Turns of an object that was drawn: as drawn, on a line over what is hidden. */
static void take_object(const Slope *slopes, TTMMotion *m, int frames,
                        double least_area, double *work)
{
    double *turn = work, *weight = turn + frames, far = 0, rough = 0, sum = 0;
    int before = 0;

    follow(slopes, m, frames, least_area, 0.1, turn, weight);
    for (int t = 1; t < frames; t++) {
        if (weight[t] <= 0.3)
            continue;
        far    = fmax(far, fabs(turn[t]));
        rough += slopes[t].rough;
        sum++;
    }
    /* Shown as predicted, in steps or worse: fitted as that. */
    if (rough > EXACT * EXACT * sum)
        return;
    for (int t = 1; t < frames; t++)
        m[t].turn = 0;
    for (int t = 1; far > LEAST_DRAWN && t < frames; t++) {
        int after = t;

        while (after < frames && weight[after] <= 0.3)
            after++;
        if (after == t)
            before = t;
        m[t].turn = (float)turn[before];
        if (after > t && after < frames)
            m[t].turn += (float)((turn[after] - turn[before]) *
                                 (t - before) / (after - before));
    }
}

/* Memory for slopes and work, of which the slopes are returned. */
static Slope *prepare(const TTMFit *fit, double **work)
{
    Slope *slopes = ttm_array_alloc((size_t)fit->objects * (size_t)fit->frames,
                                    sizeof(*slopes));

    *work = ttm_array_alloc((size_t)fit->frames * (TTM_SMOOTH_WORK + 4),
                            sizeof(**work));
    if (slopes && *work)
        return slopes;
    free(slopes);
    free(*work);
    return NULL;
}

static void finish(TTMFit *fit, Slope *slopes, double *work, double least_area,
                   void (*turns_of)(const Slope *slopes, TTMMotion *m,
                                    int frames, double least_area,
                                    double *work))
{
    for (int id = 1; id <= fit->objects; id++) {
        size_t at = (size_t)(id - 1) * (size_t)fit->frames;

        turns_of(slopes + at, fit->motion + at, fit->frames, least_area, work);
    }
    free(slopes);
    free(work);
}

int ttm_turns_fit(TTMFit *fit, const uint8_t *first, const uint8_t *ids,
                  const uint8_t *levels)
{
    const int width = fit->width, height = fit->height;
    TTMShading shading[TTM_MAX_OBJECTS];
    double *work;
    Slope *slopes = prepare(fit, &work);

    if (!slopes)
        return TTM_ERR_MEMORY;
    ttm_shadings(first, width, height, fit->objects, shading);
    for (int t = 0; t < fit->frames; t++) {
        Sums sums[TTM_MAX_OBJECTS + 1] = { 0 };

        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++, ids++, levels++) {
                size_t at = (size_t)y * (size_t)width + (size_t)x;
                int id = t ? *ids : first[at];

                if (id)
                    add_pixel(&sums[id], x + 0.5, y + 0.5, t ? *levels :
                              ttm_shade_step(&shading[id - 1], (float)y + 0.5f));
            }
        find_slopes(sums, 1.0 / 12, fit, t, slopes);
    }
    finish(fit, slopes, work, LEAST_SHARE * width * height, fit_object);
    return 0;
}

/* Level of a drawn pixel of object @p id, as exactly as its colour says it. */
static double drawn_level(const TTMDrawn *drawn, size_t at, int id)
{
    float share, level;

    return ttm_shade_unmix(drawn->colours[id - 1], drawn->rgb + 3 * at, &share,
                           &level) ? (double)level : drawn->levels[at];
}

int ttm_turns_drawn(TTMFit *fit, const TTMDrawn *drawn)
{
    const int width = drawn->width, height = drawn->height;
    TTMShading shading[TTM_MAX_OBJECTS];
    double *work;
    Slope *slopes = prepare(fit, &work);
    size_t at = 0;

    if (!slopes)
        return TTM_ERR_MEMORY;
    ttm_shadings(drawn->ids, width, height, fit->objects, shading);
    for (int t = 0; t < fit->frames; t++) {
        Sums sums[TTM_MAX_OBJECTS + 1] = { 0 };

        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++, at++) {
                int id = drawn->ids[at];
                double level;

                if (!id)
                    continue;
                level = t ? drawn_level(drawn, at, id) :
                        ttm_shade_level(&shading[id - 1], (float)y + 0.5f);
                /* The ends of the scale are flat. */
                if (level > 0.05 && level < TTM_SHADES - 1.05)
                    add_pixel(&sums[id], x + 0.5, y + 0.5, level);
                else
                    sums[id].area++;
            }
        find_slopes(sums, 0, fit, t, slopes);
    }
    finish(fit, slopes, work, LEAST_AREA, take_object);
    return 0;
}

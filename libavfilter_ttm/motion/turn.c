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


/** @file Turn of an object over a clip: from the tints of its masks. */

#include "motion/turn.h"

#include <math.h>
#include <stdlib.h>

#include "motion/scale.h"
#include "motion/tint.h"
#include "ttm.h"
#include "util/mem.h"

#define LEAST_INNER 4           ///< pixels of which a mean level is taken
#define LEAST_AREA  12          ///< pixels of frame 0, for tints to be read
#define LEAST_TOLD  0.5         ///< level; below, a drawing says nothing of turns
#define LEAST_TURN  2.5         ///< radians clockwise in the last frame
#define AT_END      0.95        ///< share of what a tint can tell: "at least" so far
#define UNSTEADY    0.15        ///< share of a turn's squares off a steady one
#define LEAST_DRAWN 0.02        ///< radians, furthest turn of what is drawn

/* Sums over an object's pixels in one frame: all [0], and inner ones [1]. */
typedef struct Sums {
    double level[2];
    int pixels[2];
} Sums;

/* Whether the four neighbours that a pixel has are of its object. */
static int is_inner(const uint8_t *ids, int width, int height, int x, int y)
{
    const uint8_t *at = ids + (size_t)y * (size_t)width + (size_t)x;

    return (!x || at[-1] == *at) && (x == width - 1 || at[1] == *at) &&
           (!y || at[-width] == *at) && (y == height - 1 || at[width] == *at);
}

/* Level of a pixel as exactly as its colour says it; 0 of a grey object. */
static double drawn_level(const TTMDrawn *drawn, size_t at, int id)
{
    float share, level;

    return ttm_tint_unmix(drawn->colours[id - 1], drawn->rgb + 3 * at, &share,
                          &level) ? (double)level : 0;
}

static void see_frame(const uint8_t *ids, const uint8_t *levels,
                      const TTMDrawn *drawn, size_t start, int width, int height,
                      Sums *sums, TTMCancel *cancel)
{
    for (int y = 0; y < height && !ttm_cancelled(cancel); y++)
        for (int x = 0; x < width; x++) {
            size_t at = start + (size_t)y * (size_t)width + (size_t)x;
            int id = ids[at], inner;
            double level;

            if (!id)
                continue;
            level = levels ? (double)levels[at] : drawn_level(drawn, at, id);
            inner = is_inner(ids + start, width, height, x, y);
            for (int k = 0; k <= inner; k++) {
                sums[id - 1].level[k] += level;
                sums[id - 1].pixels[k]++;
            }
        }
}

static void see(const uint8_t *ids, const uint8_t *levels, const TTMDrawn *drawn,
                int frames, int width, int height, int objects, TTMTintSeen *seen,
                TTMCancel *cancel)
{
    for (int t = 0; t < frames; t++) {
        Sums sums[TTM_MAX_OBJECTS] = { 0 };

        see_frame(ids, levels, drawn, (size_t)t * (size_t)width * (size_t)height,
                  width, height, sums, cancel);
        for (int i = 0; i < objects; i++) {
            int inner = sums[i].pixels[1] >= LEAST_INNER;

            seen[(size_t)i * (size_t)frames + (size_t)t] = (TTMTintSeen){
                sums[i].level[inner] / (sums[i].pixels[inner] ?
                                        sums[i].pixels[inner] : 1),
                sums[i].pixels[0]
            };
        }
    }
}

void ttm_tints_seen(const uint8_t *ids, const uint8_t *levels, int frames,
                    int width, int height, int objects, TTMTintSeen *seen,
                    TTMCancel *cancel)
{
    see(ids, levels, NULL, frames, width, height, objects, seen, cancel);
}

void ttm_tints_drawn(const TTMDrawn *drawn, int frames, int objects,
                     TTMTintSeen *seen, TTMCancel *cancel)
{
    see(drawn->ids, NULL, drawn, frames, drawn->width, drawn->height, objects,
        seen, cancel);
}

/* Turns of an object that a network predicted; @p work has 6 numbers a frame. */
static void fit_object(const TTMTintSeen *seen, TTMMotion *m, int frames,
                       double *work)
{
    static const TTMSmoothing by = { .bend = 1, .pull = 1e-5, .outlier = 0.4 };
    double *turn = work, *weight = turn + frames, *smooth = weight + frames;
    double *huber = smooth + frames, moment = 0, product = 0, square = 0, speed;
    int counted = 0, turns;

    turn[0]   = 0;
    weight[0] = 1;
    for (int t = 1; t < frames; t++) {
        int counts = seen[0].pixels >= LEAST_AREA &&
                     seen[t].pixels >= 0.3 * seen[0].pixels;

        turn[t]  = ttm_tint_turn(seen[t].level);
        counted += counts;
        /* By the root the angle is less sure the higher it is. */
        weight[t] = counts && fabs(turn[t]) < AT_END * TTM_TINT_FULL ?
                    1 / (0.5 + fabs(turn[t])) : 0;
    }
    ttm_smooth_robustly(turn, weight, frames, &by, smooth, huber, huber + frames);
    for (int t = 1; t < frames; t++) {
        if (weight[t] <= 0)
            continue;
        moment  += (double)t * t;
        product += smooth[t] * t;
        square  += smooth[t] * smooth[t];
    }
    /*
     * What is left of the squares after a line through the start. Clockwise
     * only: what a network is not sure of is darker, as if it turned back.
     */
    speed = product / fmax(moment, 1e-9);
    turns = 2 * counted >= frames - 1 &&
            square - speed * product < UNSTEADY * square &&
            speed * (frames - 1) >= LEAST_TURN;
    for (int t = 1; t < frames; t++)
        m[t].turn = turns ? (float)smooth[t] : 0;
}

int ttm_turns_fit(TTMFit *fit, const TTMTintSeen *seen)
{
    double *work = ttm_array_alloc((size_t)fit->frames * (TTM_SMOOTH_WORK + 4),
                                   sizeof(*work));

    if (!work)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < fit->objects; i++) {
        size_t at = (size_t)i * (size_t)fit->frames;

        fit_object(seen + at, fit->motion + at, fit->frames, work);
    }
    free(work);
    return 0;
}

static int is_told(const TTMTintSeen *seen, int t)
{
    return seen[t].level >= LEAST_TOLD && seen[t].pixels > 0 &&
           seen[t].pixels >= 0.1 * seen[0].pixels;
}

/* Turns of an object that was drawn: on a line over what is hidden. */
static void take_object(const TTMTintSeen *seen, TTMMotion *m, int frames)
{
    double furthest = 0;
    int before = 0;

    for (int t = 1; t < frames; t++) {
        m[t].turn = is_told(seen, t) ? (float)ttm_tint_turn(seen[t].level) : 0;
        furthest  = fmax(furthest, fabs((double)m[t].turn));
    }
    for (int t = 1; t < frames; t++) {
        int after = t;

        if (furthest < LEAST_DRAWN)
            m[t].turn = 0;
        while (after < frames && !is_told(seen, after))
            after++;
        if (after == t) {
            before = t;
            continue;
        }
        m[t].turn = m[before].turn;
        if (after < frames)
            m[t].turn += (m[after].turn - m[before].turn) *
                         (float)(t - before) / (float)(after - before);
    }
}

void ttm_turns_drawn(TTMFit *fit, const TTMTintSeen *seen)
{
    for (int i = 0; i < fit->objects; i++) {
        size_t at = (size_t)i * (size_t)fit->frames;

        take_object(seen + at, fit->motion + at, fit->frames);
    }
}

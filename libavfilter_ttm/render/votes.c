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

/** @file A hole filled with what the patches around each of its pixels have there. */

#include "render/votes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/membrane.h"
#include "ttm.h"
#include "util/mem.h"

#define REACH TTM_PATCH_REACH
#define SIDE  (2 * REACH + 1)
#define LEAST 8.0f              /* difference a sample below which all are alike */
#define LIMIT 60.0f             /* miss at the rim, a length, that counts half */
#define BAND  64                /* rows whose steps are kept: they are many numbers */
#define STEP  8.0f              /* the same of a miss between two pixels */

/* What the threads share. */
typedef struct Work {
    const TTMPatches *p;
    const TTMVotePicture *picture;
    int x0, y0, x1, y1;         ///< the part of the picture with targets
    float *weights;             ///< of the targets' votes, of p's size
    float *votes, *misses, *bends;      ///< [y1 - y0, x1 - x0, 3]
    uint8_t *cells;             ///< [y1 - y0, x1 - x0], enum TTMMembraneCell
    int band;                   ///< first row of the band under way
    int first;                  ///< first of the rows that are worked on
    float *steps;               ///< [2 + BAND, x1 - x0, 2, 3]: to the right, down; of the
                                ///< band's rows and two before
} Work;

/* The steps of a row of the band under way, or of the two before. */
static float *row_steps(const Work *w, int row)
{
    return w->steps + 6 * (size_t)(row - w->band + 2) * (size_t)(w->x1 - w->x0);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* How much each target's patch counts. */
static void weigh(const TTMPatches *p, float sharp, float *weights)
{
    for (int i = p->y0 * p->width; i < p->y1 * p->width; i++) {
        const float mean = (float)p->distance[i] / (3 * SIDE * SIDE);

        if (p->target[i])
            weights[i] = ttm_patches_confidence(p->depth[i]) *
                         (sharp > 0 ? powf(mean + LEAST, -sharp) : 1);
    }
}

/* Sample @p at of a picture, 0 .. 255. */
static float sample(const TTMVotePicture *m, size_t at)
{
    return m->bytes == 1 ? ((const uint8_t *)m->pixels)[at] :
           ((const uint16_t *)m->pixels)[at] / 257.f;
}

/* Colour of the pixel at (x, y), if one that is known is there. */
static int known_pixel(const TTMVotePicture *m, int x, int y, float rgb[3])
{
    size_t at;

    if (x < 0 || y < 0 || x >= m->width || y >= m->height)
        return 0;
    at = (size_t)y * (size_t)m->width + (size_t)x;
    if (m->place[at] != TTM_FILL_KNOWN)
        return 0;
    for (size_t c = 0; c < 3; c++)
        rgb[c] = sample(m, (size_t)m->samples * at + c);
    return 1;
}

/*
 * What the patches over (x, y) would have there: [0] its colour, [1] and [2] by how
 * much the next pixel to the right and below differs. 0 where there are none.
 */
static int vote(const Work *w, int x, int y, float rgb[3][3])
{
    const TTMPatches *p = w->p;
    const TTMVotePicture *m = w->picture;
    const int s = m->shift, part = (1 << s) - 1;
    float total[3] = { 0 };

    memset(rgb, 0, 9 * sizeof(**rgb));
    for (int v = y - REACH; v <= y + REACH; v++)
        for (int u = x - REACH; u <= x + REACH; u++) {
            const int n = (v >> s) * p->width + (u >> s);
            float here[3], next[3], weight;
            int sx, sy;

            if (v < 0 || u < 0 || v >= m->height || u >= m->width ||
                p->source[n] < 0)
                continue;
            sx = (p->source[n] % p->width << s) + (u & part) + x - u;
            sy = (p->source[n] / p->width << s) + (v & part) + y - v;
            if (!known_pixel(m, sx, sy, here))
                continue;
            weight = w->weights[n];
            total[0] += weight;
            for (int c = 0; c < 3; c++)
                rgb[0][c] += weight * here[c];
            for (int k = 1; k <= 2; k++) {
                const int right = k == 1, down = k == 2;

                /* Only what lies within the patch is of its making. */
                if ((right && u == x - REACH) || (down && v == y - REACH) ||
                    !known_pixel(m, sx + right, sy + down, next))
                    continue;
                total[k] += weight;
                for (int c = 0; c < 3; c++)
                    rgb[k][c] += weight * (next[c] - here[c]);
            }
        }
    for (int k = 0; k < 3; k++)
        for (int c = 0; c < 3 && total[k] > 0; c++)
            rgb[k][c] /= total[k];
    return total[0] > 0;
}

/* Is (x, y) known and beside the hole? */
static int is_rim(const TTMVotePicture *m, int x, int y)
{
    if (m->place[(size_t)y * (size_t)m->width + (size_t)x] != TTM_FILL_KNOWN)
        return 0;
    for (int k = 0; k < 9; k++) {
        const int u = x + k % 3 - 1, v = y + k / 3 - 1;

        if (u >= 0 && v >= 0 && u < m->width && v < m->height &&
            m->place[(size_t)v * (size_t)m->width + (size_t)u] == TTM_FILL_HOLE)
            return 1;
    }
    return 0;
}

/* What is said of a cell where nobody votes: the small picture's pixel. */
static void copy_small(const Work *w, int x, int y, float rgb[3])
{
    const TTMPatches *p = w->p;
    const int s = w->picture->shift;

    for (int c = 0; c < 3; c++)
        rgb[c] = p->pixels[4 * ((y >> s) * p->width + (x >> s)) + c];
}

static void vote_row(void *opaque, int index, int nb)
{
    const Work *w = opaque;
    const TTMVotePicture *m = w->picture;
    const int row = w->first + index, y = w->y0 + row, columns = w->x1 - w->x0;
    float *steps = row_steps(w, row);

    (void)nb;
    memset(steps, 0, 6 * (size_t)columns * sizeof(*steps));
    for (int x = w->x0; x < w->x1; x++) {
        const size_t at = (size_t)y * (size_t)m->width + (size_t)x;
        const size_t cell = (size_t)row * (size_t)columns + (size_t)(x - w->x0);
        const int hole = m->place[at] == TTM_FILL_HOLE;
        float *misses = w->misses + 3 * cell, rgb[3][3], square = 0;

        w->cells[cell] = TTM_MEMBRANE_NOTHING;
        if (!hole && !is_rim(m, x, y))
            continue;
        if (vote(w, x, y, rgb))
            w->cells[cell] = hole ? TTM_MEMBRANE_FREE : TTM_MEMBRANE_FIXED;
        else if (hole)
            copy_small(w, x, y, rgb[0]);
        memcpy(w->votes + 3 * cell, rgb[0], sizeof(rgb[0]));
        memcpy(steps + 6 * (x - w->x0), rgb[1], 2 * sizeof(rgb[0]));
        for (size_t c = 0; c < 3 && !hole; c++) {
            misses[c] = sample(m, (size_t)m->samples * at + c) - rgb[0][c];
            square   += misses[c] * misses[c];
        }
        for (int c = 0; c < 3 && !hole; c++)
            misses[c] /= 1 + square / (LIMIT * LIMIT);
    }
}

/*
 * From the steps that patches have to what the steps between votes miss of them; 0
 * where either cell has none. Misses that are an edge's are left out.
 */
static void compare_row(void *opaque, int index, int nb)
{
    const Work *w = opaque;
    const int row = w->first + index, columns = w->x1 - w->x0;

    (void)nb;
    for (int x = 0; x < columns; x++)
        for (int k = 0; k < 2; k++) {
            const int at = row * columns + x, next = k ? at + columns : at + 1;
            float *step = row_steps(w, row) + 6 * (size_t)x + 3 * k, square = 0;
            const int joined = (k ? row + 1 < w->y1 - w->y0 : x + 1 < columns) &&
                               w->cells[at] != TTM_MEMBRANE_NOTHING &&
                               w->cells[next] != TTM_MEMBRANE_NOTHING;

            for (size_t c = 0; c < 3; c++) {
                step[c] = joined ? step[c] - w->votes[3 * (size_t)next + c] +
                                   w->votes[3 * (size_t)at + c] : 0;
                square += step[c] * step[c];
            }
            for (int c = 0; c < 3; c++)
                step[c] /= 1 + square / (STEP * STEP);
        }
}

/* What the steps around each pixel sum up to. */
static void bend_row(void *opaque, int index, int nb)
{
    const Work *w = opaque;
    const int row = w->first + index;
    const size_t columns = (size_t)(w->x1 - w->x0);

    (void)nb;
    for (size_t x = 0; x < columns; x++) {
        const size_t at = (size_t)row * columns + x;
        const float *step = row_steps(w, row) + 6 * x;
        const float *left = x ? step - 6 : NULL;
        const float *above = row ? step - 6 * columns : NULL;

        for (size_t c = 0; c < 3; c++)
            w->bends[3 * at + c] = step[c] + step[c + 3] - (left ? left[c] : 0) -
                                   (above ? above[c + 3] : 0);
    }
}

/* Votes of all rows, and what the steps between them sum up to, band by band. */
static void vote_all(Work *w, TTMPool *pool)
{
    const int rows = w->y1 - w->y0;
    const size_t row = 6 * (size_t)(w->x1 - w->x0);

    for (int begin = 0; begin < rows; begin += BAND) {
        const int end = smaller(begin + BAND, rows);
        /* A row is compared with the next one: the last waits for it. */
        const int compared = end < rows ? end - 1 : rows;

        if (begin)
            memmove(w->steps, w->steps + BAND * row, 2 * row * sizeof(*w->steps));
        w->band = w->first = begin;
        ttm_pool_run(pool, vote_row, w, end - begin);
        w->first = begin ? begin - 1 : 0;
        ttm_pool_run(pool, compare_row, w, compared - w->first);
        ttm_pool_run(pool, bend_row, w, compared - w->first);
    }
}

static void set_sample(const TTMVotePicture *m, size_t at, float v)
{
    v = v < 0 ? 0 : v > 255 ? 255 : v;
    if (m->bytes == 1)
        ((uint8_t *)m->pixels)[at] = (uint8_t)(v + 0.5f);
    else
        ((uint16_t *)m->pixels)[at] = (uint16_t)(v * 257 + 0.5f);
}

int ttm_votes_fill(const TTMPatches *p, const TTMVotePicture *m, float sharp,
                   TTMPool *pool)
{
    const int s = m->shift;
    Work w = { .p = p, .picture = m, .x0 = p->x0 << s, .y0 = p->y0 << s,
               .x1 = smaller(p->x1 << s, m->width),
               .y1 = smaller(p->y1 << s, m->height) };
    const size_t columns = (size_t)(w.x1 - w.x0);
    const size_t cells = columns * (size_t)(w.y1 - w.y0);
    int ret = TTM_ERR_MEMORY;

    w.weights = ttm_array_alloc((size_t)p->width * (size_t)p->height,
                                sizeof(*w.weights));
    w.votes  = ttm_array_alloc(cells, 3 * sizeof(*w.votes));
    w.misses = ttm_array_alloc(cells, 3 * sizeof(*w.misses));
    w.bends  = ttm_array_alloc(cells, 3 * sizeof(*w.bends));
    w.steps  = ttm_array_alloc((2 + BAND) * columns, 6 * sizeof(*w.steps));
    w.cells  = ttm_array_alloc(cells, 1);
    if (w.weights && w.votes && w.misses && w.bends &&
        w.steps && w.cells) {
        weigh(p, sharp, w.weights);
        vote_all(&w, pool);
        ret = ttm_membrane_solve(w.cells, (int)columns, w.y1 - w.y0, w.misses,
                                 w.bends, ttm_pool_cancel(pool));
    }
    for (size_t i = 0; ret >= 0 && i < cells; i++) {
        const size_t at = ((size_t)w.y0 + i / columns) * (size_t)m->width +
                          (size_t)w.x0 + i % columns;

        for (size_t c = 0; c < 3 && m->place[at] == TTM_FILL_HOLE; c++)
            set_sample(m, (size_t)m->samples * at + c,
                       w.votes[3 * i + c] + w.misses[3 * i + c]);
    }
    free(w.weights);
    free(w.votes);
    free(w.misses);
    free(w.bends);
    free(w.steps);
    free(w.cells);
    return ret;
}

int ttm_votes_fill_own(TTMPatches *p, float sharp, TTMPool *pool)
{
    const TTMVotePicture own = { p->pixels, p->width, p->height, 0, 4, 1, p->place };

    return ttm_votes_fill(p, &own, sharp, pool);
}

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

#include "segment/guess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/cut.h"
#include "segment/guided.h"
#include "util/mem.h"

/* How much colours count beside a first guess, and beside what a segmenter has found. */
#define GUESS_COLOURS  0.7f
#define ANSWER_COLOURS 0.3f

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void ttm_guess_around(const TTMSearch *s, const int box[4], int around[4])
{
    const int w = box[2] - box[0], h = box[3] - box[1];

    around[0] = clamp(box[0] - w / 3 - 2, 0, s->still->width - 1);
    around[1] = clamp(box[1] - h / 3 - 2, 0, s->still->height - 1);
    around[2] = clamp(box[2] + w / 3 + 2, around[0] + 1, s->still->width);
    around[3] = clamp(box[3] + h / 3 + 2, around[1] + 1, s->still->height);
}

/* The part of the still around a guess. */
static int open_part(const TTMSearch *s, const TTMGuess *g, TTMWork *part)
{
    int at[4];

    ttm_guess_around(s, g->box, at);
    return ttm_work_create(part, s->still, at[0], at[1], at[2] - at[0], at[3] - at[1],
                           s->cancel);
}

/* Soft value of a mask of the whole at a position of the still. */
static float whole_value(const TTMSearch *s, const uint8_t *mask, float x,
                         float y)
{
    float sum = 0, weight = 0;
    float wx = x * (float)s->whole.width / (float)s->still->width;
    float wy = y * (float)s->whole.height / (float)s->still->height;

    for (int k = 0; k < 9; k++) {
        int px = clamp((int)(wx + (float)(k % 3) - 1), 0, s->whole.width - 1);
        int py = clamp((int)(wy + (float)(k / 3) - 1), 0, s->whole.height - 1);
        float share = k == 4 ? 4 : k % 2 ? 2 : 1;

        sum += share * (float)(mask[py * s->whole.width + px] != 0);
        weight += share;
    }
    return sum / weight;
}

/* 1 if (x, y) is less than @p radius from one of the points. */
static int is_near(const float (*points)[2], int nb, float x, float y, float radius)
{
    for (int i = 0; i < nb; i++)
        if (hypotf(x - points[i][0], y - points[i][1]) < radius)
            return 1;
    return 0;
}

/* First guess and hints of every pixel of the part. */
static void set_hints(const TTMSearch *s, const TTMGuess *g, const TTMWork *part,
                      uint8_t *hints, float *figure)
{
    float cx = (float)(g->box[0] + g->box[2]) / 2;
    float cy = (float)(g->box[1] + g->box[3]) / 2;
    float rx = (float)(g->box[2] - g->box[0]) / 2;
    float ry = (float)(g->box[3] - g->box[1]) / 2;
    float px = (float)part->part_width / (float)part->width;
    float py = (float)part->part_height / (float)part->height;

    for (int i = 0; i < part->width * part->height; i++) {
        float x = (float)part->x + ((float)(i % part->width) + 0.5f) * px;
        float y = (float)part->y + ((float)(i / part->width) + 0.5f) * py;
        float dx = (x - cx) / rx, dy = (y - cy) / ry;
        int outside = fabsf(dx) > 1 + px / rx || fabsf(dy) > 1 + py / ry;

        hints[i] = TTM_CUT_FREE;
        if (g->answer)
            figure[i] = 0.025f + 0.95f * g->answer->figure[i];
        else if (g->region)
            figure[i] = 0.12f + 0.76f * whole_value(s, g->region, x, y);
        else
            figure[i] = 0.2f + 0.65f * fminf(fmaxf(1.35f - dx * dx - dy * dy,
                                                   0), 1);
        if ((g->hard_box && outside) ||
            whole_value(s, s->taken, x, y) > 0.9f)
            hints[i] = TTM_CUT_GROUND;
        if ((g->other && whole_value(s, g->other, x, y) > 0.5f) ||
            is_near(g->off, g->nb_off, x, y, 1.5f * px))
            hints[i] = TTM_CUT_GROUND;
        if (is_near(g->on, g->nb_on, x, y, 1.5f * px))
            hints[i] = TTM_CUT_FIGURE;
        if (hints[i] != TTM_CUT_FREE)
            figure[i] = hints[i] == TTM_CUT_FIGURE;
    }
}

void ttm_guess_ellipse(const TTMGuess *g, const TTMWork *part, float *figure)
{
    float cx = (float)(g->box[0] + g->box[2]) / 2;
    float cy = (float)(g->box[1] + g->box[3]) / 2;
    float rx = (float)(g->box[2] - g->box[0]) / 2;
    float ry = (float)(g->box[3] - g->box[1]) / 2;

    for (int i = 0; i < part->width * part->height; i++) {
        float x = (float)part->x + ((float)(i % part->width) + 0.5f) *
                  (float)part->part_width / (float)part->width;
        float y = (float)part->y + ((float)(i / part->width) + 0.5f) *
                  (float)part->part_height / (float)part->height;
        float dx = (x - cx) / rx, dy = (y - cy) / ry;

        figure[i] = dx * dx + dy * dy <= 1 ? 1 : 0;
    }
}

/* L*a*b* distance between the means of figure and ground. */
static float contrast(const TTMWork *part, const uint8_t *mask)
{
    double sum[2][3] = { { 0 } }, n[2] = { 0 }, d = 0;

    for (int i = 0; i < part->width * part->height; i++) {
        n[mask[i] != 0]++;
        for (int c = 0; c < 3; c++)
            sum[mask[i] != 0][c] += part->lab[3 * i + c];
    }
    if (n[0] == 0 || n[1] == 0)
        return 0;
    for (int c = 0; c < 3; c++)
        d += pow(sum[0][c] / n[0] - sum[1][c] / n[1], 2);
    return (float)sqrt(d);
}

void ttm_guess_take(TTMSearch *s, int id)
{
    for (int y = 0; y < s->whole.height; y++)
        for (int x = 0; x < s->whole.width; x++) {
            int64_t px = (2 * (int64_t)x + 1) * s->still->width /
                         (2 * s->whole.width);
            int64_t py = (2 * (int64_t)y + 1) * s->still->height /
                         (2 * s->whole.height);

            if (s->ids[py * s->still->width + px] == id)
                s->taken[y * s->whole.width + x] = 1;
        }
}

int ttm_guess_cut(TTMSearch *s, const TTMGuess *g, int id, int *sure)
{
    TTMWork own = { 0 }, part;
    uint8_t *hints = NULL, *mask = NULL;
    float *figure = NULL;
    int count, left, ret = g->answer ? 0 : open_part(s, g, &own);

    if (ret < 0)
        return ret;
    part   = g->answer ? g->answer->part : own;
    count  = part.width * part.height;
    hints  = ttm_array_alloc((size_t)count, 1);
    mask   = ttm_array_alloc((size_t)count, 1);
    figure = ttm_array_alloc((size_t)count, sizeof(*figure));
    ret = TTM_ERR_MEMORY;
    if (!hints || !mask || !figure)
        goto end;
    set_hints(s, g, &part, hints, figure);
    ret = ttm_cut(&part, hints, g->answer ? ANSWER_COLOURS : GUESS_COLOURS, figure);
    if (ret < 0)
        goto end;
    for (int i = 0; i < count; i++)
        mask[i] = figure[i] > 0.5f;
    left = ret = ttm_mask_clean(mask, part.width, part.height);
    if (ret < 0)
        goto end;
    if (left < 4 || (g->hard_box && left * 20 < count / 3)) {
        ttm_guess_ellipse(g, &part, figure);
        *sure = 0;
        for (int i = 0; i < count; i++)
            mask[i] = figure[i] > 0.5f;
    }
    if (contrast(&part, mask) < 7)
        *sure = 0;
    for (int i = 0; i < count; i++)
        figure[i] = mask[i];
    ret = ttm_guided_write(&part, figure, s->still, id, s->ids, s->cancel);
    if (ret >= 0)
        ttm_guess_take(s, id);
end:
    free(hints);
    free(mask);
    free(figure);
    ttm_work_free(&own);
    return ret;
}

int ttm_guess_region(const TTMSearch *s, const uint8_t *region, int box[4])
{
    int found = 0, b[4] = { s->whole.width, s->whole.height, 0, 0 };

    for (int y = 0; y < s->whole.height; y++)
        for (int x = 0; x < s->whole.width; x++) {
            if (!region[y * s->whole.width + x])
                continue;
            found = 1;
            b[0] = x < b[0] ? x : b[0];
            b[1] = y < b[1] ? y : b[1];
            b[2] = x + 1 > b[2] ? x + 1 : b[2];
            b[3] = y + 1;
        }
    if (!found)
        return 0;
    box[0] = (int)((int64_t)b[0] * s->still->width / s->whole.width);
    box[1] = (int)((int64_t)b[1] * s->still->height / s->whole.height);
    box[2] = (int)((int64_t)b[2] * s->still->width / s->whole.width);
    box[3] = (int)((int64_t)b[3] * s->still->height / s->whole.height);
    box[2] = box[2] > box[0] ? box[2] : box[0] + 1;
    box[3] = box[3] > box[1] ? box[3] : box[1] + 1;
    return 1;
}

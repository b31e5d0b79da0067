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

/** @file The still without the objects that move. */

#include "render/plate.h"

#include <stdlib.h>

#include "render/membrane.h"
#include "render/votes.h"
#include "ttm.h"
#include "util/mem.h"

#define LEVELS 16
#define MOST_HOLE   400000      /* pixels to fill at which patches are searched */
#define MOST_PIXELS 4000000     /* of the picture, the same */
#define SHALLOW 8               /* depth of a hole that needs no coarser picture */
#define SMALLEST 24             /* side of a picture */
#define FEWEST 100              /* sources of a picture */
#define ALL_PAIRS 10000000      /* targets times sources that are all tried */
#define ROUNDS 3                /* of the search before each vote */
#define VOTES_COARSE 8
#define VOTES_MIDDLE 5          /* of the next two that are searched */
#define VOTES_FINEST 2
#define SHARP      1            /* powers of differences that votes count by */
#define SHARP_LAST 2

/* A picture and coarser ones, each half the size of the one before. */
typedef struct Pyramid {
    TTMPatches level[LEVELS];
    int nb;
} Pyramid;

static int sample(const TTMVotePicture *m, size_t at)
{
    return m->bytes == 1 ? ((const uint8_t *)m->pixels)[at] :
           ((const uint16_t *)m->pixels)[at] >> 8;
}

/*
 * Pixel @p at of a small picture, of 2^shift x 2^shift: the mean of those that are
 * no hole, and a hole where they are no more than half, or (@p whole) not all.
 */
static void shrink_pixel(TTMPatches *p, const TTMVotePicture *from, int whole,
                         int at)
{
    const int side = 1 << from->shift;
    const int x0 = at % p->width * side, y0 = at / p->width * side;
    int sum[3] = { 0 }, nb = 0, known = 0, foreign = 0;

    for (int y = y0; y < y0 + side && y < from->height; y++)
        for (int x = x0; x < x0 + side && x < from->width; x++, nb++) {
            const size_t i = (size_t)y * (size_t)from->width + (size_t)x;

            if (from->place[i] == TTM_FILL_HOLE)
                continue;
            known++;
            foreign |= from->place[i] == TTM_FILL_FOREIGN;
            for (size_t c = 0; c < 3; c++)
                sum[c] += sample(from, (size_t)from->samples * i + c);
        }
    for (int c = 0; c < 3 && known; c++)
        p->pixels[4 * at + c] = (uint8_t)((sum[c] + known / 2) / known);
    p->place[at] = known < (whole ? nb : nb / 2 + 1) ? TTM_FILL_HOLE :
                   foreign ? TTM_FILL_FOREIGN : TTM_FILL_KNOWN;
}

static int shrink(TTMPatches *p, const TTMVotePicture *from, int whole,
                  TTMCancel *cancel)
{
    const int side = 1 << from->shift;
    int ret = ttm_patches_create(p, (from->width + side - 1) / side,
                                 (from->height + side - 1) / side);

    for (int at = 0; ret >= 0 && at < p->width * p->height; at++) {
        if (at % p->width == 0 && ttm_cancelled(cancel))
            ret = TTM_ERR_CANCELLED;
        else
            shrink_pixel(p, from, whole, at);
    }
    if (ret >= 0)
        ttm_patches_prepare(p);
    return ret;
}

static int has_few_pairs(const TTMPatches *p)
{
    return (int64_t)p->nb_usable * p->nb_targets <= ALL_PAIRS;
}

/* Coarser pictures until the hole is shallow, as far as they are of use. */
static int build_pyramid(Pyramid *pyramid, const TTMVotePicture *picture,
                         TTMCancel *cancel)
{
    int ret = shrink(&pyramid->level[0], picture, 1, cancel);

    pyramid->nb = 1;
    while (ret >= 0 && pyramid->nb < LEVELS) {
        TTMPatches *p = &pyramid->level[pyramid->nb];
        TTMPatches *fine = p - 1;
        const TTMVotePicture from = { fine->pixels, fine->width, fine->height, 1,
                                      4, 1, fine->place };

        if ((fine->deepest <= SHALLOW && has_few_pairs(fine)) || fine->width < 2 * SMALLEST ||
            fine->height < 2 * SMALLEST)
            break;
        ret = shrink(p, &from, 0, cancel);
        if (ret < 0 || p->nb_usable < FEWEST || !p->nb_targets) {
            ttm_patches_free(p);
            break;
        }
        pyramid->nb++;
    }
    return ret;
}

/* The sources of the coarsest picture, and what they make of it. */
static int begin(TTMPatches *p, TTMPool *pool)
{
    int ret;

    if (!has_few_pairs(p)) {
        ttm_patches_scatter(p);
        return 0;
    }
    ret = ttm_patches_peel(p, pool);
    return ret < 0 ? ret : ttm_patches_search_all(p, pool);
}

/* Search and vote by turns, from the coarsest picture to the finest. */
static int refine(Pyramid *pyramid, TTMPool *pool)
{
    int ret = 0;

    for (int l = pyramid->nb - 1; l >= 0 && ret >= 0; l--) {
        TTMPatches *p = &pyramid->level[l];
        const int votes = l > 2 ? VOTES_COARSE : l > 0 ? VOTES_MIDDLE :
                          VOTES_FINEST;
        const int side = p->width > p->height ? p->width : p->height;
        const int radius = side >> (pyramid->nb - 1 - l);

        if (l == pyramid->nb - 1)
            ret = begin(p, pool);
        else
            ttm_patches_enlarge(p, p + 1);
        if (ret >= 0)
            ret = ttm_votes_fill_own(p, 0, pool);
        for (int k = 0; k < votes * ROUNDS && ret >= 0; k++) {
            ret = ttm_patches_search(p, radius, (uint32_t)k, pool);
            if (ret >= 0 && k % ROUNDS == ROUNDS - 1)
                ret = ttm_votes_fill_own(p, SHARP, pool);
        }
    }
    return ret;
}

/* Without patches to copy: the surroundings smoothly, else the mean of all. */
static int continue_smoothly(const TTMVotePicture *m, TTMCancel *cancel)
{
    const size_t pixels = (size_t)m->width * (size_t)m->height;
    float *values = ttm_array_alloc(pixels, 3 * sizeof(*values));
    float *bends = ttm_array_alloc(pixels, 3 * sizeof(*bends));
    uint8_t *cells = ttm_array_alloc(pixels, 1);
    double mean[3] = { 0 };
    int known = 0, ret = TTM_ERR_MEMORY;

    for (size_t i = 0; values && bends && cells && i < pixels; i++) {
        const int hole = m->place[i] == TTM_FILL_HOLE;

        cells[i] = hole ? TTM_MEMBRANE_FREE : TTM_MEMBRANE_FIXED;
        known   |= !hole;
        for (size_t c = 0; c < 3; c++) {
            values[3 * i + c] = m->bytes == 1 ?
                ((const uint8_t *)m->pixels)[3 * i + c] :
                ((const uint16_t *)m->pixels)[3 * i + c];
            mean[c] += (double)values[3 * i + c] / (double)pixels;
        }
    }
    if (values && bends && cells)
        ret = ttm_membrane_solve(cells, m->width, m->height, values, bends,
                                 cancel);
    for (size_t i = 0; ret >= 0 && i < 3 * pixels; i++) {
        float v = (known ? values[i] : (float)mean[i % 3]) + 0.5f;

        if (cells[i / 3] != TTM_MEMBRANE_FREE)
            continue;
        if (m->bytes == 1)
            ((uint8_t *)m->pixels)[i] = (uint8_t)v;
        else
            ((uint16_t *)m->pixels)[i] = (uint16_t)v;
    }
    free(values);
    free(bends);
    free(cells);
    return ret;
}

int ttm_plate_shift(int64_t holes, int64_t all)
{
    int shift = 0;

    while (holes >> 2 * shift > MOST_HOLE || all >> 2 * shift > MOST_PIXELS)
        shift++;
    return shift;
}

size_t ttm_plate_bytes(int width, int height, int hole_width, int hole_height)
{
    const int64_t all = (int64_t)width * height, hole = (int64_t)hole_width * hole_height;
    /* an object fills about half of its box */
    const int shift = ttm_plate_shift(hole / 2, all);

    return TTM_PATCHES_BYTES * (size_t)(all >> 2 * shift) +
           TTM_VOTES_BYTES * (size_t)hole;
}

int ttm_plate_fill(void *pixels, void *twin, int bytes, int width, int height,
                   const uint8_t *place, TTMPool *pool)
{
    TTMVotePicture picture = { pixels, width, height, 0, 3, bytes, place };
    TTMVotePicture second = { twin, width, height, 0, 3, bytes, place };
    const int64_t all = (int64_t)width * height;
    Pyramid pyramid = { .nb = 0 };
    int64_t holes = 0;
    int ret;

    for (int64_t i = 0; i < all; i++)
        holes += place[i] == TTM_FILL_HOLE;
    if (!holes)
        return 0;
    picture.shift = second.shift = ttm_plate_shift(holes, all);
    ret = build_pyramid(&pyramid, &picture, ttm_pool_cancel(pool));
    if (ret >= 0 && !pyramid.level[0].nb_usable) {
        ret = continue_smoothly(&picture, ttm_pool_cancel(pool));
        if (ret >= 0 && twin)
            ret = continue_smoothly(&second, ttm_pool_cancel(pool));
    } else if (ret >= 0) {
        ret = refine(&pyramid, pool);
        for (int l = 1; l < LEVELS; l++)
            ttm_patches_free(&pyramid.level[l]);
        if (ret >= 0)
            ret = ttm_votes_fill(&pyramid.level[0], &picture, SHARP_LAST, pool);
        if (ret >= 0 && twin)
            ret = ttm_votes_fill(&pyramid.level[0], &second, SHARP_LAST, pool);
    }
    for (int l = 0; l < LEVELS; l++)
        ttm_patches_free(&pyramid.level[l]);
    return ret;
}

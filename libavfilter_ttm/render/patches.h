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

/**
 * @file
 * A hole in a picture and the patches that its patches are most like: the
 * search of exemplar-based filling (render/plate.h) at one size.
 */

#ifndef TTM_RENDER_PATCHES_H
#define TTM_RENDER_PATCHES_H

#include <stdint.h>

#include "util/thread.h"

#define TTM_PATCH_REACH 3       /* pixels around a patch's middle: 7 x 7 */

/** What a pixel of the picture is. */
enum TTMFill {
    TTM_FILL_KNOWN,
    TTM_FILL_HOLE,             ///< to be filled
    TTM_FILL_FOREIGN,          ///< stays, and is not copied from
    TTM_FILL_DOUBTFUL,         ///< one of the first two: render/rim.h tells which
};

/**
 * One size of the picture. A *target* is a pixel whose patch touches the hole,
 * clipped at the picture's border; a *source* one whose patch lies within the
 * picture on known pixels.
 */
typedef struct TTMPatches {
    int width, height;
    uint8_t *pixels;            ///< [height, width, 4]: R, G, B, 0
    uint8_t *strength;          ///< [height, width, 4]: of a pixel's difference
    uint8_t *place;             ///< [height, width], enum TTMFill
    uint8_t *depth;             ///< [height, width]: pixels to the next known
    uint8_t *target, *usable;   ///< [height, width]: 1 for targets, sources
    int32_t *source;            ///< [height, width]: y * width + x for targets
    int32_t *before;            ///< [height, width]: the same before a round
    uint32_t *distance;         ///< [height, width]: sum of squared differences
    int nb_targets, nb_usable;
    int deepest;                ///< of depth
    int x0, y0, x1, y1;         ///< box of the targets
} TTMPatches;

/** Bytes a pixel of a picture, and of the weights of its votes. */
#define TTM_PATCHES_BYTES 28

/**
 * Memory for a picture of a size, all zero. TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_patches_create(TTMPatches *p, int width, int height);
void ttm_patches_free(TTMPatches *p);

/** How much a pixel that deep in the hole is to be trusted, 1 at its rim. */
float ttm_patches_confidence(int depth);

/** Find everything that follows from `place`. */
void ttm_patches_prepare(TTMPatches *p);

/**
 * A first fill from the rim inwards: each pixel is the middle of the source
 * that is most like what is known or filled around it. All sources are looked
 * at, so that this is for small pictures; there must be one.
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (of the pool) without a message, or 0
 */
int ttm_patches_peel(TTMPatches *p, TTMPool *pool);

/** The most alike source of each target, of all; otherwise the same. */
int ttm_patches_search_all(TTMPatches *p, TTMPool *pool);

/** Any source for each target; there must be one. */
void ttm_patches_scatter(TTMPatches *p);

/** The sources that targets have in a picture of half the size (rounded up). */
void ttm_patches_enlarge(TTMPatches *p, const TTMPatches *coarse);

/**
 * A round of PatchMatch (Barnes et al. 2009): each target tries the sources
 * beside those of its neighbours, and some by chance within @p radius of its
 * own. Besides the difference of the patches a source costs the more the
 * farther it is, and for each neighbour that it does not continue. Bands of
 * rows see each other as they were before the round: the result is the same for
 * any number of threads. TTM_ERR_CANCELLED (of the pool), or 0.
 */
int ttm_patches_search(TTMPatches *p, int radius, uint32_t round, TTMPool *pool);

#endif /* TTM_RENDER_PATCHES_H */

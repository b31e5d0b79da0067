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

/** @file The flat colours that a picture of masks was painted with. */

#ifndef TTM_SEGMENT_FLAT_H
#define TTM_SEGMENT_FLAT_H

#include <stdint.h>

#include "segment/shades.h"

/** Colours that are looked for, the background among them. */
#define TTM_FLAT_MAX 64

/** RGB distance beyond which a colour is another however noisy the picture. */
#define TTM_FLAT_APART 60
/** Nearest distance at which two colours of a noisy picture are told apart. */
#define TTM_FLAT_NOISE 24
/** Darker than this RGB distance from black counts as black. */
#define TTM_FLAT_BLACK 44

/** Colours that the palette of a picture has at most. */
#define TTM_FLAT_PALETTE 256

/** Why a colour is no object. */
enum TTMFlatDropped {
    TTM_FLAT_KEPT,
    TTM_FLAT_SMALL,             ///< has less than the smallest area
    TTM_FLAT_RIM,               ///< a thin rim between others
};

/** One flat colour. */
typedef struct TTMFlatColour {
    int rgb[3];
    int exact;                  ///< paint without noise
    int claimed;                ///< an object asks for it: it is never dropped
    enum TTMFlatDropped dropped;
    int64_t count;              ///< pixels
    double x;                   ///< mean column
    int box[4];                 ///< x0, y0, x1, y1 (exclusive)
} TTMFlatColour;

/** Flat colours; 0 is the background. */
typedef struct TTMFlat {
    int nb;
    int many;                   ///< there are more than TTM_FLAT_MAX
    TTMFlatColour colour[TTM_FLAT_MAX];
} TTMFlat;

/**
 * Find the flat colours of a picture and set rgb, exact and claimed of each.
 *
 * Colours that have pixels of their own, not spread by noise or a soft edge,
 * count however near they are to others (label maps). What noise spreads
 * (JPEG, video) is one colour within TTM_FLAT_NOISE of its peak. Mixtures of two
 * colours are soft edges unless they peak themselves. The background is black
 * where there is black at the picture's border or the border has no colour of
 * its own, else what most of the border has.
 *
 * @param shades   of @p image; known and label are set
 * @param claimed  [nb_claimed] colours that objects ask for
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0
 */
int ttm_flat_find(TTMFlat *flat, TTMShades *shades, const TTMImage *image,
                  const uint8_t (*claimed)[3], int nb_claimed);

/** Index of the nearest colour; its squared distance in @p distance2. */
int ttm_flat_nearest(const TTMFlat *flat, const int *rgb, int *distance2);

/** Whether a colour is a mixture of two of the flat ones. */
int ttm_flat_is_mixture(const TTMFlat *flat, const int *rgb);

/** Whether most of a shade's pixels are on the rims of others. */
int ttm_flat_is_thin(const TTMShade *shade);

/** The smallest area that counts, in pixels. */
int64_t ttm_flat_least(const TTMFlatColour *colour, int width, int height);

#endif /* TTM_SEGMENT_FLAT_H */

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
 * Texture for background that comes to light: where in the still there is more
 * of what lies around an object.
 */

#ifndef TTM_RENDER_TEXTURE_H
#define TTM_RENDER_TEXTURE_H

#include <stdint.h>

/** Where the texture behind one object is taken from. */
typedef struct TTMTexture {
    int dx, dy;                 ///< shift in small pixels; both 0: from nowhere
    float limit;                ///< length of what is added, at most; colours 0 .. 1;
                                ///< 0 of what is from nowhere
} TTMTexture;

/**
 * How far around a mask of small images of that size shadows and soft rims may
 * lie, which leave with the object; in small pixels.
 */
int ttm_texture_reach(int width, int height);

/**
 * Set hole [height, width] to 1 within ttm_texture_reach() of any object of
 * @p first [height, width], else to 0.
 */
void ttm_texture_hole(const uint8_t *first, int width, int height,
                      uint8_t *hole);

/**
 * Smooth the background around and choose a shift for each object.
 *
 * The shift is the one at which the pixels around the object look most alike, of
 * those that put the whole object on known background that is no rougher than they
 * are. Where they are rough all over, a place as rough will do although they are
 * less alike than that. Where no place has room, a piece that has is repeated
 * (TTM_TEXTURE_TIMES). What is added to smooth uncovered background is then
 * still - smooth at the shifted place: the texture of that place without its light
 * and colour.
 *
 * @param small    [height, width, 3], the still, -1 .. 1
 * @param first    [height, width], ids of its objects
 * @param smooth   set to [height, width, 4]: the background smoothed, 0 .. 1,
 *                 and 1 where it is known, else 0
 * @param textures set to [objects]
 * @return TTM_ERR_MEMORY without a message, or 0
 */
int ttm_texture_create(const float *small, const uint8_t *first, int width,
                       int height, int objects, float *smooth,
                       TTMTexture *textures);

#endif /* TTM_RENDER_TEXTURE_H */

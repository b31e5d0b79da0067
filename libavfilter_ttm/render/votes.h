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

#ifndef TTM_RENDER_VOTES_H
#define TTM_RENDER_VOTES_H

#include "render/patches.h"

/** A picture that is 2^shift times the size of that of some patches. */
typedef struct TTMVotePicture {
    void *pixels;               ///< [height, width, samples]
    int width, height, shift;
    int samples;                ///< a pixel, R, G and B first
    int bytes;                  ///< of a sample: 1, or 2 in the machine's order
    const uint8_t *place;       ///< [height, width], enum TTMFill
} TTMVotePicture;

/** Bytes a pixel of the hole's box while it is filled: three values of three floats and
 * a cell, and a third of two and one for smaller grids. */
#define TTM_VOTES_BYTES 45

/**
 * Fill the hole of a picture: a pixel is the mean of what the sources of all
 * targets around it have there, which count the more the more alike they are
 * (@p sharp is the power of the difference; 0: all the same) and the nearer
 * their targets are to the rim (Wexler et al. 2007). What the votes miss on the
 * known pixels at the rim is continued into the hole and added
 * (render/membrane.h), so that light and colour go on; misses beyond what light
 * does are left out.
 *
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED without a message, or 0
 */
int ttm_votes_fill(const TTMPatches *p, const TTMVotePicture *picture, float sharp,
                   TTMPool *pool);

/** The same of the patches' own picture, `pixels`. */
int ttm_votes_fill_own(TTMPatches *p, float sharp, TTMPool *pool);

#endif /* TTM_RENDER_VOTES_H */

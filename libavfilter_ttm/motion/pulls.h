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
 * What pulls an object's lattice to its outline in a frame: iterated closest
 * points both ways (Besl and McKay, "A Method for Registration of 3-D Shapes",
 * 1992; Amberg et al., "Optimal Step Nonrigid ICP Algorithms", 2007), robustly.
 */

#ifndef TTM_MOTION_PULLS_H
#define TTM_MOTION_PULLS_H

#include "motion/lattice.h"
#include "motion/outline.h"

/** A point of the still's outline: at rest, and where it is now. */
typedef struct TTMMark {
    TTMPin pin;
    const TTMOutlinePoint *point;
    float at[2], normal[2];
} TTMMark;

typedef struct TTMPulls {
    TTMMark *marks;             ///< of the outline
    int nb_marks;
    TTMPin *inside;             ///< points inside of it
    int nb_inside;
} TTMPulls;

/**
 * Points of a zeroed @p pulls on @p lattice, which covers the object of
 * @p outline; both must stay. TTM_ERR_MEMORY (no message) or 0; freed in any case
 * with ttm_pulls_free().
 */
int ttm_pulls_create(TTMPulls *pulls, const TTMLattice *lattice,
                     const TTMOutline *outline);
void ttm_pulls_free(TTMPulls *pulls);

/** Move the outline's points to where they are with the corners @p at. */
void ttm_pulls_place(TTMPulls *pulls, const TTMLattice *lattice,
                     const float (*at)[2]);

/**
 * Add pulls to the equations of the lattice: the still's outline to the frame's
 * along its distances, points inside back inside or behind what may hide them, and
 * the frame's outline to the still's nearest point that looks the same way. Where
 * another object may be in front an outline pulls weakly and near by only, and not
 * inwards at the picture's border.
 */
void ttm_pulls_add(const TTMPulls *pulls, TTMLattice *lattice,
                   const TTMOutline *frame, const float (*at)[2]);

#endif /* TTM_MOTION_PULLS_H */

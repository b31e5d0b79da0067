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

/** @file Values at the rim of a hole, continued smoothly into it. */

#ifndef TTM_RENDER_MEMBRANE_H
#define TTM_RENDER_MEMBRANE_H

#include <stdint.h>

#include "util/cancel.h"

/** What a cell of a membrane is. */
enum TTMMembraneCell {
    TTM_MEMBRANE_NOTHING,       ///< no part of it
    TTM_MEMBRANE_FIXED,         ///< its values are given
    TTM_MEMBRANE_FREE,          ///< its values are wanted
};

/**
 * Set the free cells so that the sum of what each of a cell's neighbours differs
 * by from it is the cell's bend (a discrete Poisson equation; Pérez et al.,
 * "Poisson Image Editing", 2003): relaxed from coarse grids to fine ones, so near
 * to the solution and not on it. Free cells that meet no fixed one are 0 but
 * for the bends.
 *
 * @param cells   [height, width], enum TTMMembraneCell
 * @param values  [height, width, 3]
 * @param bends   [height, width, 3], read of free cells
 * @return TTM_ERR_MEMORY or TTM_ERR_CANCELLED without a message, or 0
 */
int ttm_membrane_solve(uint8_t *cells, int width, int height, float *values,
                       float *bends, TTMCancel *cancel);

#endif /* TTM_RENDER_MEMBRANE_H */

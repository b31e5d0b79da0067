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

/** @file How one object changes its shape, fitted to its masks. */

#ifndef TTM_MOTION_FORM_FIT_H
#define TTM_MOTION_FORM_FIT_H

#include "motion/forms.h"

/** An object of a still and its masks; lengths are pixels of the grid of the shapes. */
typedef struct TTMFormTask {
    int frames, id;
    const TTMFit *fit;          ///< its similarities
    float scale_x, scale_y;     ///< pixels of the grid a pixel of the fit
    int width, height;          ///< of the grid
    const uint8_t *first;       ///< [height, width], ids of the still
    const uint8_t *ids;         ///< [frames, height, width]; frame 0 is not read
    const uint8_t *hides;       ///< [256], ids that may hide others
    float noise;                ///< pixels of the grid a pixel of the trajectory
} TTMFormTask;

/**
 * Fit a zeroed form, as ttm_forms_create() says. Where its similarities say it all to
 * within noise, where it is too small to tell, and where a bent shape does not bring
 * the still's outline clearly nearer to the frames' than the similarities do, it does not
 * deform: limbs that appear from nothing do not bend the rest.
 *
 * @return TTM_ERR_MEMORY (no message), or 0; ttm_form_free() in any case
 */
int ttm_form_fit(TTMForm *form, const TTMFormTask *task);

#endif /* TTM_MOTION_FORM_FIT_H */

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

/** @file The shape of an object apart from where it is. */

#ifndef TTM_MOTION_POSTURE_H
#define TTM_MOTION_POSTURE_H

#include "motion/fit.h"
#include "motion/forms.h"

/** Moves places of the forms' grid with an object. */
typedef struct TTMPlacing {
    float x, y, scale_x, scale_y, cosine, sine, first_x, first_y, scale;
} TTMPlacing;

/** Form of object @p id of a fit, or NULL where it keeps its shape. */
const TTMForm *ttm_posture_form(const TTMFit *fit, int id);

/** From where object @p id is in frame 0 to where it is with @p motion; it has a form. */
TTMPlacing ttm_placing(const TTMFit *fit, int id, const TTMMotion *motion);
void ttm_placing_apply(const TTMPlacing *placing, const float p[2], float out[2]);
void ttm_placing_undo(const TTMPlacing *placing, const float p[2], float out[2]);

/** Corner @p i of the object's lattice in frame @p t, as if it had not moved. */
void ttm_posture_at(const TTMFit *fit, int id, int t, int i, float out[2]);

#endif /* TTM_MOTION_POSTURE_H */

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

/** @file Dense maps of objects from the pixels of a frame to those of the still. */

#ifndef TTM_MOTION_FIELD_H
#define TTM_MOTION_FIELD_H

#include <stddef.h>

#include "motion/fit.h"

struct TTMForms;

/** Size of the lattice that goes to the device for one object and frame. */
void ttm_field_size(const struct TTMForms *forms, int *width, int *height);

/** Bytes of work that ttm_field_make() needs. */
size_t ttm_field_work(const struct TTMForms *forms);

/**
 * Map of object @p id in frame @p t: @p field [height, width, TTM_FIELD_ROW], at
 * each position what is added to the source that the similarity in @p row gives
 * (TTM_OP_PICTURE, graph/graph.h), in pixels of @p fit, and 1 where the object's
 * lattice is, else 0, and TTM_FIELD_TORN more where neighbours are of different
 * parts. Where the object lies over itself its thin parts are in
 * front: limbs before bodies. Outside the lattice the nearest value goes on. Where
 * the object does not deform all is 0 and 1. Uses forms->work.
 */
void ttm_field_make(const struct TTMForms *forms, const TTMFit *fit, int id,
                    int t, const float *row, float *field);

#endif /* TTM_MOTION_FIELD_H */

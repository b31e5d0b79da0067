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

/** @file The way of objects from where the still has them to where the end has them. */

#ifndef TTM_CLIP_ARRIVAL_H
#define TTM_CLIP_ARRIVAL_H

#include "ttm.h"

/**
 * Make the given trajectory of two frames: the objects of the still, which are found, and
 * those of the picture of the end. What is not found there, or may be something else, stays
 * where it is, with a line. Negative after a log line, or 0.
 */
int ttm_arrival_find(TTMContext *ctx);

#endif /* TTM_CLIP_ARRIVAL_H */

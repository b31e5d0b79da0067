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

/** @file Smooth continuation of an image into the pixels that have none. */

#ifndef TTM_PIPELINE_MEMBRANE_H
#define TTM_PIPELINE_MEMBRANE_H

/**
 * Fill pixels of @p image [height, width, 3] whose @p weight is 0 from those
 * whose weight is 1, by averages over an image pyramid (pull and push). All
 * zero weights give zeros. TTM_ERR_MEMORY (no message) or 0.
 */
int ttm_membrane_fill(float *image, const float *weight, int width,
                      int height);

#endif /* TTM_PIPELINE_MEMBRANE_H */

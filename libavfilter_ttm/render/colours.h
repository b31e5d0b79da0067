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

/** @file Colour-coded masks <-> object ids, on the device. */

#ifndef TTM_RENDER_COLOURS_H
#define TTM_RENDER_COLOURS_H

#include <stdint.h>

#include "run/network.h"

/**
 * The two networks for images of one size; zero but for `tinted` before the first
 * call. Where they are tinted, what is called an id below is a row of the table
 * of motion/tint.h.
 */
typedef struct TTMColours {
    int tinted;
    TTMNetwork *paint, *nearest;
} TTMColours;

/** Colours in [-1, 1] of ids [height, width] into @p image [1, height, width, 3]. */
int ttm_colours_paint(TTMColours *colours, TTMBackend *backend, const uint8_t *ids,
                      const TTMTensor *image);

/**
 * Each pixel of @p image [1, height, width, 3] in [-1, 1] goes to the nearest
 * (RGB, L2) of black and the colours of objects 1 .. @p objects, of equals the
 * lower: @p ids [height, width]. The number of objects is that of the first call.
 */
int ttm_colours_nearest(TTMColours *colours, TTMBackend *backend, int objects,
                        const TTMTensor *image, uint8_t *ids);

void ttm_colours_free(TTMColours *colours);

#endif /* TTM_RENDER_COLOURS_H */

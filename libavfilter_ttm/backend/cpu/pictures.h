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

/** @file What the files of the work on pictures share. */

#ifndef TTM_BACKEND_CPU_PICTURES_H
#define TTM_BACKEND_CPU_PICTURES_H

#include "backend/cpu/cpu.h"

/** One sample of a packed picture as 0 .. 1. */
static inline float ttm_packed(const void *data, int bytes, size_t at)
{
    return bytes == 1 ? (float)((const uint8_t *)data)[at] / 255.0f :
           (float)((const uint16_t *)data)[at] / 65535.0f;
}

/** Store one sample of 0 .. 1, clamped and rounded. */
static inline void ttm_pack(void *data, int bytes, size_t at, float v)
{
    v = v > 0 ? v < 1 ? v : 1 : 0;
    if (bytes == 1)
        ((uint8_t *)data)[at] = (uint8_t)(v * 255 + 0.5f);
    else
        ((uint16_t *)data)[at] = (uint16_t)(v * 65535 + 0.5f);
}

/** TTM_PICTURE_COMPOSE. */
int ttm_picture_compose(const TTMCpuStep *step);

#endif /* TTM_BACKEND_CPU_PICTURES_H */

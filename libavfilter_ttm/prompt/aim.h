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

/** @file Where an object goes whose way is not said. */

#ifndef TTM_PROMPT_AIM_H
#define TTM_PROMPT_AIM_H

typedef struct TTMAim {
    signed char side;       ///< with more room: -1 left, 1 right
    signed char frontal;    ///< 1: it is seen from the front or from behind
} TTMAim;

#endif /* TTM_PROMPT_AIM_H */

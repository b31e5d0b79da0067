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

/** @file The colours of objects in colour-coded masks. */

#include "util/palette.h"

static const uint8_t colours[TTM_MAX_OBJECTS + 1][3] = {
    { 0x00, 0x00, 0x00 },
    { 0xff, 0x00, 0x00 }, { 0x00, 0xff, 0x00 }, { 0x00, 0x00, 0xff },
    { 0xff, 0xff, 0x00 }, { 0xff, 0x00, 0xff }, { 0x00, 0xff, 0xff },
    { 0xff, 0x80, 0x00 }, { 0x80, 0x00, 0xff }, { 0xff, 0xff, 0xff },
    { 0x00, 0x80, 0xff }, { 0x80, 0xff, 0x00 }, { 0xff, 0x00, 0x80 },
    { 0x80, 0x40, 0x00 }, { 0x00, 0x80, 0x40 }, { 0x80, 0x80, 0x80 },
    { 0x40, 0x00, 0x80 },
};

const uint8_t *ttm_object_colour(int id)
{
    return colours[id >= 0 && id <= TTM_MAX_OBJECTS ? id : 0];
}

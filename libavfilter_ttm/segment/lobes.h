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

/** @file Things that touch: a part of a mask divided where it is narrow. */

#ifndef TTM_SEGMENT_LOBES_H
#define TTM_SEGMENT_LOBES_H

#include <stdint.h>

/**
 * Divide the parts of @p mask [height, width] that are several lobes of like size with narrow
 * necks between them, as two animals side by side are: the pixels where lobes meet become 0.
 * A neck is narrow if it is at most 0.8 times as wide as the narrower lobe at its widest; lobes
 * are of like size if the smaller has at least 0.35 of the larger's area. The border of the
 * picture and holes of less than a hundredth of it are no edge of a lobe. Returns the number of pixels that were taken out, or
 * TTM_ERR_MEMORY (no message).
 */
int ttm_divide_lobes(uint8_t *mask, int width, int height);

/**
 * Pixels deep inside: *@p inside of @p region [height, width], *@p beside of what else is in the
 * part of @p mask that the region is in, if that is at least 0.35 times as large; -1 where there
 * is none. 0 or TTM_ERR_MEMORY (no message).
 */
int ttm_lobe_points(const uint8_t *mask, const uint8_t *region, int width, int height,
                    int *inside, int *beside);

#endif /* TTM_SEGMENT_LOBES_H */

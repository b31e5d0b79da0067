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

/**
 * @file
 * Fills holes of raw pictures, for tests/motionbench/measure_plate.py:
 *
 *     fill WIDTH HEIGHT IN.rgb HOLE.gray OUT.rgb [THREADS]
 *
 * A byte of the hole is 0 where the picture is known, 1 in the hole and 2 where that
 * is to be found out.
 */

#include <stdio.h>
#include <stdlib.h>

#include "raw.h"
#include "render/plate.h"
#include "render/rim.h"

int main(int argc, char **argv)
{
    int width, height;
    size_t pixels;
    uint8_t *image, *hole;
    TTMPool *pool;

    if (argc < 6 || (width = atoi(argv[1])) <= 0 ||
        (height = atoi(argv[2])) <= 0) {
        fprintf(stderr, "usage: %s WIDTH HEIGHT IN.rgb HOLE.gray OUT.rgb "
                "[THREADS]\n", argv[0]);
        return 1;
    }
    pixels = (size_t)width * (size_t)height;
    image  = raw_read(argv[3], 3 * pixels);
    hole   = raw_read(argv[4], pixels);
    for (size_t i = 0; i < pixels; i++)
        hole[i] = hole[i] > 1 ? TTM_FILL_DOUBTFUL : hole[i] ? TTM_FILL_HOLE :
                  TTM_FILL_KNOWN;
    pool = ttm_pool_create(argc > 6 ? atoi(argv[6]) : 0);
    if (ttm_rim_settle(image, 1, width, height, hole, pool) < 0 ||
        ttm_plate_fill(image, NULL, 1, width, height, hole, pool) < 0) {
        fprintf(stderr, "out of memory\n");
        return 1;
    }
    ttm_pool_free(&pool);
    raw_write(argv[5], image, 3 * pixels);
    free(image);
    free(hole);
    return 0;
}

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
 * Estimates the edges of objects in raw pictures, for tests/motionbench/measure_matting.py:
 *
 *     matte WIDTH HEIGHT IN.rgb IDS.gray RADIUS ALPHA.gray OWN.rgb [THREADS]
 *
 * ALPHA is how far a pixel is any object, OWN the picture with the objects' own colours.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"
#include "render/matting.h"

/* The box's alpha and colours into the whole picture. */
static void place(const TTMMatting *m, int width, uint8_t *alpha, uint8_t *own)
{
    for (int i = 0; i < m->width * m->height; i++) {
        const size_t at = (size_t)(m->y + i / m->width) * (size_t)width +
                          (size_t)(m->x + i % m->width);

        alpha[at] = m->alpha[i];
        for (size_t c = 0; c < 3; c++) {
            const int v = own[3 * at + c] + 2 * m->tint[3 * (size_t)i + c];

            own[3 * at + c] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
}

int main(int argc, char **argv)
{
    uint8_t wanted[256] = { 0 }, *image, *ids, *alpha;
    TTMMattingSource source = { .bytes = 1, .wanted = wanted };
    TTMMatting matting;
    TTMPool *pool;
    size_t pixels;

    if (argc < 8 || (source.width = atoi(argv[1])) <= 0 ||
        (source.height = atoi(argv[2])) <= 0 || (source.radius = atoi(argv[5])) <= 0) {
        fprintf(stderr, "usage: %s WIDTH HEIGHT IN.rgb IDS.gray RADIUS ALPHA.gray OWN.rgb "
                "[THREADS]\n", argv[0]);
        return 1;
    }
    pixels = (size_t)source.width * (size_t)source.height;
    image  = raw_read(argv[3], 3 * pixels);
    ids    = raw_read(argv[4], pixels);
    alpha  = calloc(pixels, 1);
    memset(wanted + 1, 1, sizeof(wanted) - 1);
    source.pixels = image;
    source.ids    = ids;
    pool = ttm_pool_create(argc > 8 ? atoi(argv[8]) : 0);
    if (!alpha || ttm_matting_estimate(&matting, &source, pool) < 0) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    ttm_pool_free(&pool);
    place(&matting, source.width, alpha, image);
    raw_write(argv[6], alpha, pixels);
    raw_write(argv[7], image, 3 * pixels);
    ttm_matting_free(&matting);
    free(alpha);
    free(image);
    free(ids);
    return 0;
}

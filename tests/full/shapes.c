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
 * How objects are bent into a trajectory: shapes WIDTH HEIGHT FRAMES OBJECTS < IDS
 * reads ids U8 [FRAMES, HEIGHT, WIDTH], of which the first frame is the still's, and
 * prints a line an object: the least Jacobian of its squares, the share of its pixels
 * in squares whose singular values differ by a factor of 2 or more, and the mean of the second
 * difference in time of its corners in pixels of a grid of 256; torn squares do not
 * count. See docs/shape.md.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "motion/forms.h"
#include "motion/ground.h"
#include "motion/register.h"
#include "ttm.h"
#include "util/mem.h"
#include "util/palette.h"

static void print_form(int id, const TTMForm *f)
{
    const TTMLattice *l = &f->lattice;
    const int nb = l->nb_corners;
    double least = INFINITY, moved = 0, pixels = 0, over = 0;
    long steps = 0;

    for (int t = 1; t < f->frames; t++) {
        const float (*at)[2] = (const float (*)[2])f->corners + (size_t)t *
                               (size_t)nb;

        for (int i = 0; i < l->nb_cells; i++) {
            float s[2];

            if (f->torn[(size_t)t * (size_t)l->nb_cells + (size_t)i])
                continue;
            ttm_lattice_strain(l, at, i, s);
            least = fmin(least, s[0] * s[1]);
            over += s[0] < 2 * s[1] ? 0 : l->cells[i].share;
            pixels += l->cells[i].share;
        }
        for (int i = 0; t + 1 < f->frames && i < nb; i++, steps++)
            moved += hypot(at[i + nb][0] - 2 * at[i][0] + at[i - nb][0],
                           at[i + nb][1] - 2 * at[i][1] + at[i - nb][1]);
    }
    printf("object %d: Jacobian at least %.3f, %.2f %% of ratios 2 or more, second "
           "difference %.3f\n", id, least, 100 * over / fmax(pixels, 1e-9),
           steps ? moved / (double)steps : 0);
}

static int print_shapes(const uint8_t *ids, uint8_t *rgb, int width, int height,
                        int frames, int objects)
{
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t colours[256][3] = { { 0 } };
    const TTMDrawn drawn = { width, height, width, height, rgb, ids, 0,
                             (const uint8_t (*)[3])colours };
    clock_t start;
    TTMFit fit;
    int ret;

    for (int id = 1; id <= objects; id++)
        memcpy(colours[id - 1], ttm_object_colour(id), 3);
    for (size_t i = 0; i < (size_t)frames * pixels; i++)
        if (ids[i])
            memcpy(rgb + 3 * i, colours[ids[i] - 1], 3);
    ret = ttm_fit_create(&fit, ids, ids, frames, height, width, objects, NULL);
    if (ret < 0)
        return ret;
    start = clock();
    ret = ttm_fit_register(&fit, ids, width, height, &drawn);
    if (ret >= 0)
        ttm_ground_find(&fit, ids, width, height, ids, width, height);
    printf("similarities: %.2f s of processor time\n",
           (double)(clock() - start) / CLOCKS_PER_SEC);
    start = clock();
    if (ret >= 0)
        ret = ttm_forms_create(&fit.forms, &fit, ids, width, height, 1, ids, width,
                               height);
    printf("shapes: %.2f s of processor time\n",
           (double)(clock() - start) / CLOCKS_PER_SEC);
    for (int id = 1; ret >= 0 && id <= objects; id++) {
        if (fit.ground[id])
            printf("object %d: ground\n", id);
        else if (!fit.forms || !fit.forms->object[id - 1].deforms)
            printf("object %d: rigid\n", id);
        else
            print_form(id, &fit.forms->object[id - 1]);
    }
    ttm_fit_free(&fit);
    return ret;
}

int main(int argc, char **argv)
{
    int size[4] = { 0 }, ret = TTM_ERR_MEMORY;
    uint8_t *ids, *rgb;
    size_t count;

    for (int i = 0; i < 4 && i + 1 < argc; i++)
        size[i] = atoi(argv[i + 1]);
    if (argc != 5 || size[0] < 2 || size[0] > 8192 || size[1] < 2 ||
        size[1] > 8192 || size[2] < 1 || size[2] > 1024 || size[3] < 1 ||
        size[3] > TTM_MAX_OBJECTS) {
        fprintf(stderr, "usage: shapes WIDTH HEIGHT FRAMES OBJECTS < IDS\n");
        return 2;
    }
    count = (size_t)size[0] * (size_t)size[1] * (size_t)size[2];
    ids = ttm_array_alloc(count, 1);
    rgb = ttm_array_alloc(count, 3);
    if (ids && rgb && fread(ids, 1, count, stdin) == count) {
        for (size_t i = 0; i < count; i++)
            if (ids[i] > size[3])
                ids[i] = 0;
        ret = print_shapes(ids, rgb, size[0], size[1], size[2], size[3]);
    }
    free(ids);
    free(rgb);
    if (ret < 0)
        fprintf(stderr, "shapes: not enough ids or memory\n");
    return ret < 0;
}

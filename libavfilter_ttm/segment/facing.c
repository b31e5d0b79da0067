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

/** @file Which way a thing seems to face, from its outline alone. */

#include "segment/facing.h"

#define SIDE        64      /* of the grid that the box is looked at in */
#define SHIFT       4       /* cells that the axis of a mirror may be off the middle, at most */
#define ALIKE       0.75    /* IoU with the mirror image from which on sides are alike */
#define MORE        0.08    /* that left and right are more alike than top and bottom */

/** IoU of the grid with its mirror image, the axis where that is largest. */
static double mirrored(uint8_t grid[SIDE][SIDE], int upright)
{
    double best = 0;

    for (int axis = SIDE - 1 - SHIFT; axis <= SIDE - 1 + SHIFT; axis++) {
        int both = 0, any = 0;

        for (int v = 0; v < SIDE; v++)
            for (int u = 0; u < SIDE; u++) {
                const int turned = axis - (upright ? u : v);
                const int inside = turned >= 0 && turned < SIDE;
                const int here = grid[v][u];
                const int there = !inside ? 0 : upright ? grid[v][turned] : grid[turned][u];

                both += here && there;
                /* what is mirrored out of the grid was there as well */
                any  += here || there ? 1 + (here && !inside) : 0;
            }
        best = both > best * any ? (double)both / any : best;
    }
    return best;
}

int ttm_is_frontal(const uint8_t *ids, int width, int height, int id, const int box[4])
{
    uint8_t grid[SIDE][SIDE];
    double sides;

    if (box[2] < 8 || box[3] < 8 || box[0] <= 0 || box[0] + box[2] >= width ||
        box[1] < 0 || box[1] + box[3] > height)
        return 0;
    for (int v = 0; v < SIDE; v++)
        for (int u = 0; u < SIDE; u++) {
            const int64_t x = box[0] + (2 * u + 1) * (int64_t)box[2] / (2 * SIDE);
            const int64_t y = box[1] + (2 * v + 1) * (int64_t)box[3] / (2 * SIDE);

            grid[v][u] = ids[y * width + x] == id;
        }
    sides = mirrored(grid, 1);
    return sides >= ALIKE && sides >= mirrored(grid, 0) + MORE;
}

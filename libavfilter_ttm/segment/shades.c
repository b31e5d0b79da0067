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

/** @file The distinct colours of a picture, with what tells paint from noise. */

#include "segment/shades.h"

#include <stdlib.h>
#include <string.h>

#include "util/image.h"
#include "util/mem.h"

static uint32_t hash_of(const int *rgb)
{
    uint32_t key = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 |
                   (uint32_t)rgb[2];

    key *= 2654435761u;
    return key ^ key >> 15;
}

static void pixel(const TTMImage *image, int x, int y, int rgb[3])
{
    float value[3];

    ttm_image_pixel(image, x, y, value);
    for (int c = 0; c < 3; c++)
        rgb[c] = (int)(value[c] * 255 + 0.5f);
}

/* Slot of a colour, or the free one where it belongs. */
static int *slot_of(const TTMShades *s, const int *rgb)
{
    uint32_t at = hash_of(rgb) & s->mask;

    while (s->slots[at] &&
           memcmp(s->list[s->slots[at] - 1].rgb, rgb, 3 * sizeof(*rgb)))
        at = (at + 1) & s->mask;
    return &s->slots[at];
}

/* Twice as many slots. */
static int grow_slots(TTMShades *s)
{
    uint32_t nb = s->slots ? 2 * (s->mask + 1) : 1024;
    int *slots = ttm_array_alloc(nb, sizeof(*slots));

    if (!slots)
        return TTM_ERR_MEMORY;
    free(s->slots);
    s->slots = slots;
    s->mask  = nb - 1;
    for (int i = 0; i < s->nb; i++)
        *slot_of(s, s->list[i].rgb) = i + 1;
    return 0;
}

/* Index of a colour, which is added if it is new; or an error. */
static int add(TTMShades *s, const int *rgb)
{
    int *slot = slot_of(s, rgb);

    if (*slot)
        return *slot - 1;
    if (ttm_array_grow(&s->list, &s->capacity, (size_t)s->nb + 1,
                       sizeof(*s->list)) < 0)
        return TTM_ERR_MEMORY;
    memset(&s->list[s->nb], 0, sizeof(*s->list));
    memcpy(s->list[s->nb].rgb, rgb, sizeof(s->list->rgb));
    *slot = ++s->nb;
    if (2 * (uint32_t)s->nb > s->mask && grow_slots(s) < 0)
        return TTM_ERR_MEMORY;
    return s->nb - 1;
}

/* Indices of a row, new colours added. */
static int add_row(TTMShades *s, const TTMImage *image, int y, int *row)
{
    for (int x = 0; x < image->width; x++) {
        int rgb[3];

        pixel(image, x, y, rgb);
        row[x] = x && !memcmp(s->list[row[x - 1]].rgb, rgb, sizeof(rgb)) ?
                 row[x - 1] : add(s, rgb);
        if (row[x] < 0)
            return row[x];
        s->list[row[x]].count++;
    }
    return 0;
}

/* A neighbour of another colour, seen from both. */
static void count_rim(TTMShade *a, TTMShade *b)
{
    int lighter = 0;

    a->rim++;
    b->rim++;
    if (ttm_shade_distance2(a->rgb, b->rgb) >
        TTM_SHADES_STEP * TTM_SHADES_STEP)
        return;
    for (int c = 0; c < 3; c++)
        lighter += b->rgb[c] - a->rgb[c];
    a->higher += lighter > 0;
    a->lower  += lighter < 0;
    b->higher += lighter < 0;
    b->lower  += lighter > 0;
}

/* What the rows above, here and below say of the colours here. */
static void count_row(TTMShades *s, int width, const int *above,
                      const int *here, const int *below)
{
    for (int x = 0; x < width; x++) {
        const int left = x ? x - 1 : x, right = x + 1 < width ? x + 1 : x;
        const int me = here[x];

        s->list[me].core += above[left] == me && above[x] == me &&
                            above[right] == me && here[left] == me &&
                            here[right] == me && below[left] == me &&
                            below[x] == me && below[right] == me;
        if (here[right] != me)
            count_rim(&s->list[me], &s->list[here[right]]);
        if (below[x] != me)
            count_rim(&s->list[me], &s->list[below[x]]);
    }
}

int ttm_shades_read(TTMShades *s, const TTMImage *image, TTMCancel *cancel)
{
    const int width = image->width, height = image->height;
    int *rows = ttm_array_alloc((size_t)width, 3 * sizeof(*rows));
    int ret;

    memset(s, 0, sizeof(*s));
    s->cancel = cancel;
    ret = rows ? grow_slots(s) : TTM_ERR_MEMORY;
    if (ret >= 0)
        ret = add_row(s, image, 0, rows);
    for (int y = 0; ret >= 0 && y < height; y++) {
        int *above = rows + (size_t)((y ? y - 1 : y) % 3) * (size_t)width;
        int *here = rows + (size_t)(y % 3) * (size_t)width;
        int *below = rows + (size_t)((y + 1) % 3) * (size_t)width;

        if (y + 1 < height)
            ret = add_row(s, image, y + 1, below);
        else
            below = here;
        if (ttm_cancelled(cancel))
            ret = TTM_ERR_CANCELLED;
        if (ret >= 0)
            count_row(s, width, above, here, below);
    }
    free(rows);
    return ret;
}

void ttm_shades_free(TTMShades *s)
{
    free(s->list);
    free(s->slots);
    memset(s, 0, sizeof(*s));
}

void ttm_shades_row(const TTMShades *s, const TTMImage *image, int y, int *row)
{
    for (int x = 0; x < image->width; x++) {
        int rgb[3];

        pixel(image, x, y, rgb);
        row[x] = x && !memcmp(s->list[row[x - 1]].rgb, rgb, sizeof(rgb)) ?
                 row[x - 1] : *slot_of(s, rgb) - 1;
    }
}

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

#include "segment/square.h"

#include <math.h>
#include <stdlib.h>

#include "util/image.h"
#include "util/mem.h"

#define GREY 0.5f

/* Of each pixel of a side: which pixels of the still's it is made of, and how much grey. */
typedef struct Filter {
    int taps, *first;
    float *weights, *grey;      /* [side, taps], [side] */
} Filter;

static void free_filter(Filter *f)
{
    free(f->first);
    free(f->weights);
    free(f->grey);
}

/* The pixel within 0 .. size - 1 that the border at its outermost pixel shows as @p x. */
static int mirrored(int x, int size)
{
    while (size > 1 && (x < 0 || x >= size))
        x = x < 0 ? -x : 2 * (size - 1) - x;
    return size > 1 ? x : 0;
}

/* Add a pixel of the square with its weight to pixel @p i. */
static void add_tap(Filter *f, int i, int x, int pixels, double weight)
{
    if (x >= pixels)
        f->grey[i] += (float)weight;
    else
        f->weights[(size_t)i * (size_t)f->taps + (size_t)(x - f->first[i])] +=
            (float)weight;
}

/* From the @p pixels of the still on a side of @p whole to @p side. */
static int make_filter(Filter *f, int pixels, int whole, int side)
{
    const double factor = (double)whole / side, sigma = (factor - 1) / 2;
    const int reach = sigma > 0 ? (int)ceil(3 * sigma) : 0;
    double *blur = ttm_array_alloc((size_t)reach + 1, sizeof(*blur)), sum = 0;

    *f = (Filter){ .taps = 2 * reach + 2 };
    f->first   = ttm_array_alloc((size_t)side, sizeof(*f->first));
    f->weights = ttm_array_alloc((size_t)side * (size_t)f->taps, sizeof(*f->weights));
    f->grey    = ttm_array_alloc((size_t)side, sizeof(*f->grey));
    if (!blur || !f->first || !f->weights || !f->grey) {
        free(blur);
        return TTM_ERR_MEMORY;
    }
    for (int k = 0; k <= reach; k++) {
        blur[k] = k ? exp(-0.5 * (k / sigma) * (k / sigma)) : 1;
        sum    += k ? 2 * blur[k] : blur[k];
    }
    for (int i = 0; i < side; i++) {
        const double at = fmax((i + 0.5) * factor - 0.5, 0);
        const int low = (int)at, high = low + 1 < whole ? low + 1 : low;

        f->first[i] = low > reach ? low - reach : 0;
        for (int k = -reach; k <= reach; k++) {
            const double share = blur[abs(k)] / sum;

            add_tap(f, i, mirrored(low + k, whole), pixels, share * (1 - (at - low)));
            add_tap(f, i, mirrored(high + k, whole), pixels, share * (at - low));
        }
    }
    free(blur);
    return 0;
}

/* One row of the still, [width, 3], as one of the square, [side, 3]. */
static void resize_row(const Filter *f, const float *row, int width, int side, float *out)
{
    for (int i = 0; i < side; i++) {
        const float *weights = f->weights + (size_t)i * (size_t)f->taps;
        const int first = f->first[i];
        const int end = first + f->taps < width ? first + f->taps : width;
        float sum[3] = { f->grey[i] * GREY, f->grey[i] * GREY, f->grey[i] * GREY };

        for (int x = first; x < end; x++)
            for (int c = 0; c < 3; c++)
                sum[c] += weights[x - first] * row[3 * x + c];
        for (int c = 0; c < 3; c++)
            out[3 * i + c] = sum[c];
    }
}

/* The still's rows, one after the other, into the rows [side, side, 3] that they are in. */
static int add_rows(const TTMImage *still, const Filter *across, const Filter *down,
                    int side, float *rows, TTMCancel *cancel)
{
    const size_t size = 3 * (size_t)side;
    float *in  = ttm_array_alloc((size_t)still->width, 3 * sizeof(*in));
    float *out = ttm_array_alloc(size, sizeof(*out));
    int from = 0, ret = in && out ? 0 : TTM_ERR_MEMORY;

    for (int y = 0; ret >= 0 && y < still->height; y++) {
        for (int x = 0; x < still->width; x++)
            ttm_image_pixel(still, x, y, in + 3 * (size_t)x);
        resize_row(across, in, still->width, side, out);
        while (from < side && down->first[from] + down->taps <= y)
            from++;
        for (int j = from; j < side && down->first[j] <= y; j++) {
            const float weight = down->weights[(size_t)j * (size_t)down->taps +
                                               (size_t)(y - down->first[j])];
            float *row = rows + (size_t)j * size;

            for (size_t i = 0; i < size; i++)
                row[i] += weight * out[i];
        }
        if (ttm_cancelled(cancel))
            ret = TTM_ERR_CANCELLED;
    }
    free(in);
    free(out);
    return ret;
}

static void cut(const TTMSquare *s, const float *rows, float *patches)
{
    const int grid = s->side / s->patch, size = s->patch;

    for (int y = 0; y < grid * size; y++)
        for (int x = 0; x < grid * size; x++) {
            const size_t place = (size_t)(y / size) * (size_t)grid + (size_t)(x / size);
            const float *pixel = rows + 3 * ((size_t)y * (size_t)s->side + (size_t)x);
            float *patch = patches + place * 3 * (size_t)(size * size);

            for (int c = 0; c < 3; c++)
                patch[(c * size + y % size) * size + x % size] =
                    (pixel[c] - s->mean[c]) / s->deviation[c];
        }
}

int ttm_square_patches(const TTMImage *still, const TTMSquare *s, float *patches,
                       TTMCancel *cancel)
{
    const int whole = still->width > still->height ? still->width : still->height;
    const size_t size = 3 * (size_t)s->side;
    float *rows = ttm_array_alloc((size_t)s->side, size * sizeof(*rows));
    Filter across = { 0 }, down = { 0 };
    int ret = rows ? make_filter(&across, still->width, whole, s->side) : TTM_ERR_MEMORY;

    if (ret >= 0)
        ret = make_filter(&down, still->height, whole, s->side);
    for (size_t j = 0; ret >= 0 && j < (size_t)s->side; j++)
        for (size_t i = 0; i < size; i++)
            rows[j * size + i] = down.grey[j] * GREY;
    if (ret >= 0)
        ret = add_rows(still, &across, &down, s->side, rows, cancel);
    if (ret >= 0)
        cut(s, rows, patches);
    free_filter(&across);
    free_filter(&down);
    free(rows);
    return ret;
}

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

/** @file Pictures: size choice, resampling, conversion to and from floats. */

#include "util/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/sample.h"

int ttm_image_samples(enum TTMPixelFormat format)
{
    return format >= TTM_PIXEL_RGBA8 && format <= TTM_PIXEL_PRGBA16 ? 4 : 3;
}

int ttm_image_depth(enum TTMPixelFormat format)
{
    return format == TTM_PIXEL_RGB16 || format == TTM_PIXEL_RGBA16 ||
           format == TTM_PIXEL_PRGBA16 ? 2 : 1;
}

static size_t pixel_bytes(enum TTMPixelFormat format)
{
    return (size_t)ttm_image_samples(format) * (size_t)ttm_image_depth(format);
}

int ttm_image_check(const TTMImage *image)
{
    ptrdiff_t row;

    if (!image || !image->data || image->width < 1 || image->height < 1 ||
        image->width > TTM_IMAGE_MAX_SIZE || image->height > TTM_IMAGE_MAX_SIZE)
        return TTM_ERR_ARGUMENT;
    if (image->format == TTM_PIXEL_VULKAN)
        return 0;
    if ((unsigned)image->format > TTM_PIXEL_PRGBA16)
        return TTM_ERR_ARGUMENT;
    row = (ptrdiff_t)pixel_bytes(image->format) * image->width;
    if (ttm_image_depth(image->format) == 2 &&
        ((uintptr_t)image->data % 2 || image->stride % 2))
        return TTM_ERR_ARGUMENT;
    return image->stride >= row || image->stride <= -row ? 0 :
           TTM_ERR_ARGUMENT;
}

int ttm_image_alloc(TTMImage *image, enum TTMPixelFormat format, int width,
                    int height)
{
    size_t row = pixel_bytes(format) * (size_t)width;

    *image = (TTMImage){ sizeof(*image), format, width, height, (ptrdiff_t)row,
                         ttm_array_alloc((size_t)height, row), { 0, 0 } };
    return image->data ? 0 : TTM_ERR_MEMORY;
}

int ttm_image_copy(TTMImage *copy, const TTMImage *image)
{
    int ret = ttm_image_alloc(copy, image->format, image->width,
                              image->height);

    for (int y = 0; ret >= 0 && y < image->height; y++)
        memcpy((char *)copy->data + y * copy->stride,
               (const char *)image->data + y * image->stride,
               (size_t)copy->stride);
    copy->sample_aspect_ratio = image->sample_aspect_ratio;
    return ret;
}

void ttm_image_pixel(const TTMImage *image, int x, int y, float rgb[3])
{
    const char *row = (const char *)image->data + y * image->stride;

    for (int c = 0; c < 3; c++) {
        if (image->format == TTM_PIXEL_RGB8)
            rgb[c] = (float)((const uint8_t *)row)[3 * x + c] / 255.0f;
        else
            rgb[c] = (float)((const uint16_t *)(const void *)row)[3 * x + c] /
                     65535.0f;
    }
}

void ttm_image_set_pixel(TTMImage *image, int x, int y, const float rgb[3])
{
    char *row = (char *)image->data + y * image->stride;

    for (int c = 0; c < 3; c++) {
        float v = rgb[c] > 0 ? rgb[c] < 1 ? rgb[c] : 1 : 0;

        if (image->format == TTM_PIXEL_RGB8)
            ((uint8_t *)row)[3 * x + c] = (uint8_t)(v * 255 + 0.5f);
        else
            ((uint16_t *)(void *)row)[3 * x + c] =
                (uint16_t)(v * 65535 + 0.5f);
    }
}

float *ttm_image_filter(int from, int to, int *taps)
{
    return ttm_image_part_filter(from, 0, from, to, taps);
}

/* Within -1 .. 1 */
static float linear_weight(float x)
{
    x = fabsf(x);
    return x < 1 ? 1 - x : 0;
}

/* A filter of @p weight, which is 0 beyond @p radius. */
static float *make_filter(int from, double begin, double span, int to, int radius,
                          float (*weight)(float x), int *taps)
{
    double ratio = span / to, widen = ratio > 1 ? ratio : 1;
    int reach = (int)ceil(radius * widen), nb = 2 * reach + 1 < from ?
                2 * reach + 1 : from;
    float *filter = ttm_array_alloc((size_t)to * (size_t)(nb + 1),
                                    sizeof(*filter));

    *taps = nb;
    for (int i = 0; filter && i < to; i++) {
        double centre = begin + (i + 0.5) * ratio, sum = 0;
        int first = (int)floor(centre) - reach;
        float *w = filter + (size_t)i * (size_t)(nb + 1) + 1;

        first = first < 0 ? 0 : first > from - nb ? from - nb : first;
        w[-1] = (float)first;
        for (int k = -reach - 1; k <= reach + 1; k++) {
            int at = (int)floor(centre) + k;
            float v = weight((float)((at + 0.5 - centre) / widen));
            int tap = at - first;

            if (at < 0 || at >= from || tap < 0 || tap >= nb)
                continue;
            w[tap] += v;
            sum += v;
        }
        for (int k = 0; k < nb; k++)
            w[k] = (float)(w[k] / sum);
    }
    return filter;
}

float *ttm_image_part_filter(int from, double begin, double span, int to, int *taps)
{
    return make_filter(from, begin, span, to, 2, ttm_cubic, taps);
}

static void filter_row(const float *filter, int taps, const float *in,
                       int width, float *out)
{
    for (int x = 0; x < width; x++) {
        const float *w = filter + (size_t)x * (size_t)(taps + 1);
        const float *p = in + 3 * (size_t)w[0];
        float sum[3] = { 0 };

        for (int k = 0; k < taps; k++)
            for (int c = 0; c < 3; c++)
                sum[c] += w[k + 1] * p[3 * k + c];
        memcpy(out + 3 * (size_t)x, sum, sizeof(sum));
    }
}

/* The filters become this function's; NULL is a lack of memory. */
static int resample(const TTMImage *image, int width, int height, float *horizontal,
                    int taps_x, float *vertical, int taps_y, float scale, float shift,
                    float *out, TTMCancel *cancel)
{
    size_t row = 3 * (size_t)width;
    float *line = ttm_array_alloc(3 * (size_t)image->width, sizeof(float));
    float *rows = ttm_array_alloc((size_t)image->height * row, sizeof(float));
    int ret = line && rows && horizontal && vertical ? 0 : TTM_ERR_MEMORY;

    for (int y = 0; ret >= 0 && y < image->height; y++) {
        if (ttm_cancelled(cancel))
            ret = TTM_ERR_CANCELLED;
        for (int x = 0; x < image->width; x++)
            ttm_image_pixel(image, x, y, line + 3 * (size_t)x);
        filter_row(horizontal, taps_x, line, width, rows + (size_t)y * row);
    }
    for (int y = 0; ret >= 0 && y < height; y++) {
        const float *w = vertical + (size_t)y * (size_t)(taps_y + 1);
        const float *in = rows + (size_t)w[0] * row;

        for (size_t x = 0; x < row; x++) {
            float sum = 0;

            for (int k = 0; k < taps_y; k++)
                sum += w[k + 1] * in[(size_t)k * row + x];
            sum = sum > 0 ? sum < 1 ? sum : 1 : 0;
            out[(size_t)y * row + x] = sum * scale + shift;
        }
    }
    free(horizontal);
    free(vertical);
    free(line);
    free(rows);
    return ret;
}

int ttm_image_resample(const TTMImage *image, int width, int height,
                       float scale, float shift, float *out, TTMCancel *cancel)
{
    int taps_x, taps_y;
    float *horizontal = ttm_image_filter(image->width, width, &taps_x);
    float *vertical   = ttm_image_filter(image->height, height, &taps_y);

    return resample(image, width, height, horizontal, taps_x, vertical, taps_y, scale,
                    shift, out, cancel);
}

int ttm_image_resample_linear(const TTMImage *image, int width, int height, float *out,
                              TTMCancel *cancel)
{
    int taps_x, taps_y;
    float *horizontal = make_filter(image->width, 0, image->width, width, 1, linear_weight,
                                    &taps_x);
    float *vertical   = make_filter(image->height, 0, image->height, height, 1,
                                    linear_weight, &taps_y);

    return resample(image, width, height, horizontal, taps_x, vertical, taps_y, 1, 0, out,
                    cancel);
}

void ttm_ids_resize(const uint8_t *ids, int width, int height, uint8_t *out,
                    int out_width, int out_height)
{
    for (int y = 0; y < out_height; y++) {
        int64_t from_y = (2 * (int64_t)y + 1) * height / (2 * out_height);
        const uint8_t *row = ids + from_y * width;

        for (int x = 0; x < out_width; x++)
            *out++ = row[(2 * (int64_t)x + 1) * width / (2 * out_width)];
    }
}

double ttm_image_pixel_aspect(const TTMImage *image)
{
    const TTMRational sar = image->sample_aspect_ratio;

    return sar.num > 0 && sar.den > 0 ? (double)sar.num / sar.den : 1;
}

void ttm_generation_size(double aspect, int width, int height, int multiple,
                         int *out_width, int *out_height)
{
    double pixels = log((double)width * height), best = INFINITY;
    int most = (int)fmin(2.0 * width * height / multiple, 1e6) / multiple;

    aspect = log(aspect);
    most = most > 1 ? most : 1;
    *out_width  = width;
    *out_height = height;
    if (fabs(aspect - log((double)width / height)) < 1e-9 &&
        width % multiple == 0 && height % multiple == 0)
        return;
    for (int w = 1; w <= most; w++) {
        for (int h = 1; w * h <= most; h++) {
            double cost = fabs(log((double)w / h) - aspect) +
                          fabs(log((double)w * h * multiple * multiple) -
                               pixels) / 2;

            if (cost < best - 1e-12) {
                best = cost;
                *out_width  = w * multiple;
                *out_height = h * multiple;
            }
        }
    }
}

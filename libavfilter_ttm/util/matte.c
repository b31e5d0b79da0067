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


/** @file Pictures with alpha as two without: the picture over the ground, and its alpha. */

#include "util/matte.h"

#include <string.h>

#include "util/image.h"

#define VISIBLE    (1 / 255.0f)
#define FEW_RIMS   32           /* thin pixels that say something about colours */
#define THIN       0.25f        /* their alpha */

static float sample(const TTMImage *image, int x, int y, int c)
{
    const char *row = (const char *)image->data + y * image->stride;
    const int at = ttm_image_samples(image->format) * x + c;

    return ttm_image_depth(image->format) == 1 ?
           (float)((const uint8_t *)row)[at] / 255.0f :
           (float)((const uint16_t *)(const void *)row)[at] / 65535.0f;
}

static void set_sample(TTMImage *image, int x, int y, int c, float v)
{
    char *row = (char *)image->data + y * image->stride;
    const int at = ttm_image_samples(image->format) * x + c;

    v = v > 0 ? v < 1 ? v : 1 : 0;
    if (ttm_image_depth(image->format) == 1)
        ((uint8_t *)row)[at] = (uint8_t)(v * 255 + 0.5f);
    else
        ((uint16_t *)(void *)row)[at] = (uint16_t)(v * 65535 + 0.5f);
}

static int is_multiplied(enum TTMPixelFormat format)
{
    return format == TTM_PIXEL_PRGBA8 || format == TTM_PIXEL_PRGBA16;
}

float ttm_matte_pixel_alpha(const TTMImage *image, int x, int y)
{
    return ttm_image_samples(image->format) == 4 ? sample(image, x, y, 3) : 1;
}

/* The colours of a pixel multiplied by its alpha, which is returned. */
static float multiplied(const TTMImage *image, int x, int y, float rgb[3])
{
    const float alpha = ttm_matte_pixel_alpha(image, x, y);

    for (int c = 0; c < 3; c++) {
        rgb[c] = sample(image, x, y, c);
        if (!is_multiplied(image->format))
            rgb[c] *= alpha;
        else if (rgb[c] > alpha)
            rgb[c] = alpha;
    }
    return alpha;
}

TTMMatteFacts ttm_matte_facts(const TTMImage *image)
{
    TTMMatteFacts facts = { .pixels = (int64_t)image->width * image->height };
    int64_t thin = 0, thin_brighter = 0;
    double colours = 0, alphas = 0;

    if (ttm_image_samples(image->format) != 4) {
        facts.opaque = facts.visible = facts.pixels;
        return facts;
    }
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            const float alpha = sample(image, x, y, 3);
            float most = 0;

            facts.opaque  += alpha >= 1;
            facts.visible += alpha >= VISIBLE;
            if (alpha >= 1)
                continue;
            for (int c = 0; c < 3; c++)
                most = sample(image, x, y, c) > most ? sample(image, x, y, c) : most;
            facts.brighter += most > alpha + 1.5f / 255;
            if (alpha < VISIBLE || alpha > THIN)
                continue;
            thin++;
            thin_brighter += most > alpha + 1.5f / 255;
            colours += most;
            alphas  += alpha;
        }
    facts.dark_rims = !is_multiplied(image->format) && thin >= FEW_RIMS &&
                      !thin_brighter && colours > alphas / 4;
    return facts;
}

int ttm_matte_flatten(const TTMImage *image, int depth, TTMImage *out)
{
    int ret = ttm_image_alloc(out, depth == 2 ? TTM_PIXEL_RGB16 : TTM_PIXEL_RGB8,
                              image->width, image->height);

    for (int y = 0; ret >= 0 && y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            float rgb[3], alpha = multiplied(image, x, y, rgb);

            for (int c = 0; c < 3; c++)
                set_sample(out, x, y, c, rgb[c] + (1 - alpha) * TTM_MATTE_GROUND);
        }
    out->sample_aspect_ratio = image->sample_aspect_ratio;
    return ret;
}

int ttm_matte_alpha(const TTMImage *image, TTMImage *out)
{
    int ret = ttm_image_alloc(out, TTM_PIXEL_RGB16, image->width, image->height);

    for (int y = 0; ret >= 0 && y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            for (int c = 0; c < 3; c++)
                set_sample(out, x, y, c, ttm_matte_pixel_alpha(image, x, y));
    return ret;
}

int ttm_matte_spread(const TTMImage *image, TTMImage *colours, TTMImage *alpha)
{
    int ret = ttm_image_alloc(colours, TTM_PIXEL_RGB16, image->width, image->height);

    alpha->data = NULL;
    if (ret >= 0)
        ret = ttm_image_alloc(alpha, TTM_PIXEL_RGB16, image->width, image->height);
    for (int y = 0; ret >= 0 && y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            float rgb[3], a = multiplied(image, x, y, rgb);

            for (int c = 0; c < 3; c++) {
                set_sample(colours, x, y, c, 0.25f + rgb[c] / 2);
                set_sample(alpha, x, y, c, 0.25f + a / 2);
            }
        }
    return ret;
}

void ttm_matte_gather(TTMImage *colours, TTMImage *alpha)
{
    for (int y = 0; y < colours->height; y++)
        for (int x = 0; x < colours->width; x++) {
            const float a = 2 * sample(alpha, x, y, 0) - 0.5f;
            /* Rings of a filter are in the colours and in their alpha alike. */
            const float whole = a > 1 ? 1 : a > 0 ? a : 0;

            for (int c = 0; c < 3; c++) {
                float v = a > 0 ? (2 * sample(colours, x, y, c) - 0.5f) * whole / a : 0;

                v = v < 0 ? 0 : v > whole ? whole : v;
                set_sample(colours, x, y, c, v + (1 - whole) * TTM_MATTE_GROUND);
            }
            for (int c = 0; c < 3; c++)
                set_sample(alpha, x, y, c, whole);
        }
}

void ttm_matte_join(const TTMImage *flat, const TTMImage *alpha, TTMImage *frame)
{
    const int samples = ttm_image_samples(frame->format);
    const int straight = !is_multiplied(frame->format);

    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++) {
            const float a = alpha ? sample(alpha, x, y, 0) : 1;

            for (int c = 0; c < 3; c++) {
                float v = sample(flat, x, y, c);

                if (samples == 4 && a < 1) {
                    v -= (1 - a) * TTM_MATTE_GROUND;
                    v  = v > a ? a : v > 0 ? v : 0;
                    if (straight)
                        v = a > 0 ? v / a : TTM_MATTE_GROUND;
                }
                set_sample(frame, x, y, c, v);
            }
            if (samples == 4)
                set_sample(frame, x, y, 3, a);
        }
}

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


/** @file Frames of a still that is not opaque. */

#include "clip/matte.h"

#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "render/pictures.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/matte.h"

int ttm_clip_has_alpha(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;

    return g->matte.data && g->mode != TTM_MODE_PLAN && g->mode != TTM_MODE_OBJECTS &&
           g->emit != TTM_EMIT_MASK;
}

int ttm_clip_split_still(const TTMContext *ctx, const TTMImage *still, TTMImage *flat,
                         TTMImage *matte)
{
    const TTMMatteFacts facts = ttm_matte_facts(still);
    int ret = 0;

    matte->data = NULL;
    if (ttm_image_samples(still->format) == 4) {
        ret = ttm_matte_flatten(still, ttm_image_depth(still->format), flat);
        if (ret >= 0 && facts.opaque < facts.pixels)
            ret = ttm_image_copy(matte, still);
    } else {
        ret = ttm_image_copy(flat, still);
    }
    if (ret < 0)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the still");
    if (!facts.visible)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "the still is transparent "
                        "everywhere: there is nothing to move. Where only its colors "
                        "are meant, put format=rgb24 before ttm");
    if (facts.dark_rims)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the colors of the still look as if they "
                "were multiplied by its alpha, and it says that they are not: edges "
                "will be dark. Put setparams=alpha_mode=premultiplied (FFmpeg 8.1 and "
                "later) or unpremultiply=inplace=1 before ttm");
    else if ((still->format == TTM_PIXEL_PRGBA8 || still->format == TTM_PIXEL_PRGBA16) &&
             facts.brighter > facts.pixels / 1000)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the still says that its colors are "
                "multiplied by alpha, but some are larger: edges will be wrong. Put "
                "setparams=alpha_mode=straight before ttm");
    return 0;
}

/* A new packed picture on the device of an image without gaps between rows. */
static int upload(TTMContext *ctx, const TTMImage *image, TTMTensor *packed)
{
    int ret = ttm_tensor_create(ctx->backend, packed,
                                TTM_SHAPE(image->height, image->width, 6), TTM_DTYPE_U8);

    return ret < 0 ? ret : ttm_tensor_write(ctx->backend, packed, image->data,
                                            TTM_DTYPE_U8);
}

/* An image in another size, through the device; its pixels are replaced. */
static int resize(TTMContext *ctx, TTMImage *image, int width, int height)
{
    TTMTensor from = { 0 }, to = { 0 };
    int ret = upload(ctx, image, &from);

    if (ret >= 0)
        ret = ttm_picture_resize(ctx->backend, &from, width, height, 0, 2, &to);
    free(image->data);
    image->data = NULL;
    if (ret >= 0 && ttm_image_alloc(image, TTM_PIXEL_RGB16, width, height) < 0)
        ret = ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the alpha");
    if (ret >= 0)
        ret = ttm_picture_download(ctx->backend, &to, image);
    ttm_tensor_free(ctx->backend, &from);
    ttm_tensor_free(ctx->backend, &to);
    return ret;
}

int ttm_clip_matte_pictures(TTMContext *ctx, int width, int height, TTMTensor *flat,
                            TTMTensor *alpha)
{
    const TTMImage *matte = &ctx->clip.given.matte;
    const int same = width == matte->width && height == matte->height;
    TTMImage colours = { 0 }, alphas = { 0 };
    int ret;

    if (same) {
        ret = ttm_matte_flatten(matte, 2, &colours);
        if (ret >= 0)
            ret = ttm_matte_alpha(matte, &alphas);
    } else {
        ret = ttm_matte_spread(matte, &colours, &alphas);
    }
    if (ret < 0)
        ttm_log(&ctx->log, TTM_LOG_ERROR, "out of memory for the alpha");
    if (ret >= 0 && !same) {
        ret = resize(ctx, &colours, width, height);
        if (ret >= 0)
            ret = resize(ctx, &alphas, width, height);
        if (ret >= 0)
            ttm_matte_gather(&colours, &alphas);
    }
    if (ret >= 0)
        ret = upload(ctx, &colours, flat);
    if (ret >= 0)
        ret = upload(ctx, &alphas, alpha);
    free(colours.data);
    free(alphas.data);
    return ret;
}

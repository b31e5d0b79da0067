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

/** @file Pictures to latents and back. */

#include "clip/latents.h"

#include <stdio.h>
#include <string.h>

#include "clip/context.h"

void ttm_video_free(TTMVideo *video, TTMBackend *backend)
{
    ttm_stream_free(&video->stream, backend);
    ttm_tensor_free(backend, &video->picture);
    memset(video, 0, sizeof(*video));
}

int64_t ttm_latents_size(const TTMContext *ctx, int stage)
{
    const TTMGiven *g = &ctx->clip.given;
    const int scale = ctx->models.vae.block_scale;

    return (int64_t)(g->width[stage] / scale) * (g->height[stage] / scale) *
           ctx->models.vae.latent_channels;
}

int ttm_clip_latents(const TTMContext *ctx)
{
    return ttm_latent_frames(&ctx->models.vae, ctx->clip.given.frames);
}

int ttm_latents_create(TTMContext *ctx, int stage, int frames,
                       TTMTensor *latents)
{
    const TTMGiven *g = &ctx->clip.given;
    const int scale = ctx->models.vae.block_scale;

    ttm_tensor_free(ctx->backend, latents);
    return ttm_tensor_create(ctx->backend, latents,
                             TTM_SHAPE(frames, g->height[stage] / scale,
                                       g->width[stage] / scale,
                                       ctx->models.vae.latent_channels),
                             ctx->backend->precision);
}

/* The encoder or decoder of the video's next latent frame. */
static int get_network(TTMContext *ctx, int stage, const TTMVideo *video, int decoder,
                       TTMNetwork **network)
{
    const TTMGiven *g = &ctx->clip.given;
    const int next = ctx->models.vae.causal && video->latents > 0;

    return (decoder ? ttm_models_decoder : ttm_models_encoder)
           (&ctx->models, stage, g->width[stage], g->height[stage], next, network);
}

/* A tensor for one of several pictures. */
static int make_picture(TTMContext *ctx, TTMVideo *video, const TTMTensor *images)
{
    const int64_t *dim = images->shape.dim;

    return video->picture.buffer ? 0 :
           ttm_tensor_create(ctx->backend, &video->picture,
                             TTM_SHAPE(1, dim[1], dim[2], dim[3]), images->dtype);
}

int ttm_latents_input(TTMContext *ctx, int stage, TTMVideo *video,
                      const TTMTensor **image)
{
    TTMNetwork *network;
    int ret = get_network(ctx, stage, video, 0, &network);

    if (ret < 0)
        return ret;
    *image = ttm_network_input(network, "image");
    if ((*image)->shape.dim[0] == 1)
        return 0;
    ret    = make_picture(ctx, video, *image);
    *image = &video->picture;
    return ret;
}

int ttm_latents_encode(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents)
{
    const TTMAutoencoder *vae = &ctx->models.vae;
    const int slot = video->pictures - ttm_latent_start(vae, video->latents);
    const int64_t size = ttm_latents_size(ctx, stage);
    const TTMTensor *image;
    TTMNetwork *network;
    char what[40];
    int ret = get_network(ctx, stage, video, 0, &network);

    if (ret < 0)
        return ret;
    image = ttm_network_input(network, "image");
    if (image->shape.dim[0] > 1) {
        const int64_t pixels = ttm_shape_count(&video->picture.shape);

        ret = ttm_tensor_copy(ctx->backend, image, slot * pixels, &video->picture, 0,
                              pixels);
    }
    snprintf(what, sizeof(what), "stage %d, input %d", stage + 1, video->pictures);
    video->pictures++;
    if (ret < 0 || slot + 1 < image->shape.dim[0])
        return ret;
    ret = ttm_stream_run(&video->stream, ctx->backend, network, what);
    return ret < 0 ? ret :
           ttm_tensor_copy(ctx->backend, latents, video->latents++ * size,
                           ttm_network_output(network, 0), 0, size);
}

int ttm_latents_repeat(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents)
{
    const int64_t size = ttm_latents_size(ctx, stage);
    TTMNetwork *network;
    int ret = get_network(ctx, stage, video, 0, &network);

    return ret < 0 ? ret :
           ttm_tensor_copy(ctx->backend, latents, video->latents++ * size,
                           ttm_network_output(network, 0), 0, size);
}

int ttm_latents_decode(TTMContext *ctx, int stage, TTMVideo *video,
                       const TTMTensor *latents, const TTMTensor **images, int *nb)
{
    const int64_t size = ttm_latents_size(ctx, stage);
    TTMNetwork *network;
    char what[40];
    int ret = get_network(ctx, stage, video, 1, &network);

    if (ret >= 0)
        ret = ttm_tensor_copy(ctx->backend,
                              ttm_network_input(network, "latents"), 0, latents,
                              video->latents * size, size);
    snprintf(what, sizeof(what), "stage %d, frame %d", stage + 1,
             ttm_latent_start(&ctx->models.vae, video->latents));
    if (ret >= 0)
        ret = ttm_stream_run(&video->stream, ctx->backend, network, what);
    if (ret < 0)
        return ret;
    *images = ttm_network_output(network, 0);
    *nb     = (int)(*images)->shape.dim[0];
    video->latents++;
    return 0;
}

int ttm_latents_picture(TTMContext *ctx, TTMVideo *video, const TTMTensor *images,
                        int index, const TTMTensor **image)
{
    int64_t pixels;
    int ret;

    *image = images;
    if (images->shape.dim[0] == 1)
        return 0;
    ret = make_picture(ctx, video, images);
    if (ret < 0)
        return ret;
    *image = &video->picture;
    pixels = ttm_shape_count(&video->picture.shape);
    return ttm_tensor_copy(ctx->backend, &video->picture, 0, images, index * pixels,
                           pixels);
}

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

#include "clip/context.h"

int64_t ttm_latents_size(const TTMContext *ctx, int stage)
{
    const TTMGiven *g = &ctx->clip.given;
    const int scale = ctx->models.vae.block_scale;

    return (int64_t)(g->width[stage] / scale) * (g->height[stage] / scale) *
           ctx->models.vae.latent_channels;
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

static int get_encoder(TTMContext *ctx, int stage, TTMNetwork **network)
{
    const TTMGiven *g = &ctx->clip.given;

    return ttm_models_encoder(&ctx->models, stage, g->width[stage],
                              g->height[stage], network);
}

int ttm_latents_input(TTMContext *ctx, int stage, const TTMTensor **image)
{
    TTMNetwork *network;
    int ret = get_encoder(ctx, stage, &network);

    if (ret >= 0)
        *image = ttm_network_input(network, "image");
    return ret;
}

int ttm_latents_encode(TTMContext *ctx, int stage, const TTMTensor *latents,
                       int t, int nb)
{
    const int64_t size = ttm_latents_size(ctx, stage);
    TTMNetwork *network;
    char what[40];
    int ret = get_encoder(ctx, stage, &network);

    snprintf(what, sizeof(what), "stage %d, input %d", stage + 1, t);
    if (ret >= 0)
        ret = ttm_network_run_checked(network, what);
    for (int i = t; ret >= 0 && i < t + nb; i++)
        ret = ttm_tensor_copy(ctx->backend, latents, i * size,
                              ttm_network_output(network, 0), 0, size);
    return ret;
}

int ttm_latents_decode(TTMContext *ctx, int stage, const TTMTensor *latents,
                       int t, const TTMTensor **image)
{
    const TTMGiven *g = &ctx->clip.given;
    const int64_t size = ttm_latents_size(ctx, stage);
    TTMNetwork *network;
    char what[40];
    int ret = ttm_models_decoder(&ctx->models, stage, g->width[stage],
                                 g->height[stage], &network);

    if (ret >= 0)
        ret = ttm_tensor_copy(ctx->backend,
                              ttm_network_input(network, "latents"), 0, latents,
                              t * size, size);
    snprintf(what, sizeof(what), "stage %d, frame %d", stage + 1, t);
    if (ret >= 0)
        ret = ttm_network_run_checked(network, what);
    if (ret >= 0)
        *image = ttm_network_output(network, 0);
    return ret;
}

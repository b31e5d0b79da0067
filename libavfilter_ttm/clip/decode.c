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

/** @file Units of work: the frames of stage 2 as pictures. */

#include "clip/decode.h"

#include "clip/context.h"
#include "util/hostmem.h"

static int create(TTMContext *ctx, int frames, TTMTensor *pictures)
{
    const TTMGiven *g = &ctx->clip.given;

    return ttm_tensor_create(ctx->backend, pictures,
                             TTM_SHAPE(frames, g->height[1], g->width[1], 3),
                             ctx->backend->precision);
}

/* Decode the next latent frame of @p video into pictures from @p t on; *nb are done. */
static int decode(TTMContext *ctx, TTMVideo *video, const TTMTensor *latents, int t,
                  const TTMTensor *pictures, int *nb)
{
    const TTMGiven *g = &ctx->clip.given;
    const int64_t size = 3 * (int64_t)g->width[1] * g->height[1];
    const TTMTensor *images;
    int ret = ttm_latents_decode(ctx, TTM_STAGE_VIDEO, video, latents, &images, nb);

    return ret < 0 ? ret : ttm_tensor_copy(ctx->backend, pictures, t * size,
                                           images, 0, *nb * size);
}

int ttm_clip_make_background(TTMContext *ctx, int unit)
{
    TTMMade *m = &ctx->clip.made;
    TTMPictures *p = &m->pictures;
    TTMVideo still = { 0 };
    int nb, ret = create(ctx, ctx->clip.given.frames, &p->frames);

    (void)unit;
    if (ret >= 0)
        ret = create(ctx, 1, &p->still);
    if (ret >= 0)
        ret = decode(ctx, &still, &m->encoded.still[1], 0, &p->still, &nb);
    ttm_video_free(&still, ctx->backend);
    if (ret >= 0)
        ret = ttm_output_make(ctx);
    ttm_host_trim();            /* filling the background took much */
    return ret;
}

int ttm_clip_decode(TTMContext *ctx, int unit)
{
    TTMMade *m = &ctx->clip.made;
    TTMPictures *p = &m->pictures;
    const int t = ttm_latent_start(&ctx->models.vae, unit);
    int nb = 1, ret;

    /* Where frames depend on those before, the first is decoded even if it is known. */
    if (unit == 0 && ctx->models.denoiser[1].first_frame_given &&
        !ctx->models.vae.causal) {
        p->video.latents = 1;
        ret = ttm_tensor_copy(ctx->backend, &p->frames, 0, &p->still, 0,
                              ttm_shape_count(&p->still.shape));
    } else {
        ret = decode(ctx, &p->video, &m->denoised.latents, t, &p->frames, &nb);
    }
    if (ret >= 0)
        m->ready = ttm_timing_ready(&ctx->clip.given.timing, t + nb);
    if (ret >= 0 && t + nb == ctx->clip.given.frames)
        ttm_video_free(&p->video, ctx->backend);
    return ret;
}

void ttm_pictures_free(TTMPictures *pictures, TTMBackend *backend)
{
    ttm_tensor_free(backend, &pictures->frames);
    ttm_tensor_free(backend, &pictures->still);
    ttm_video_free(&pictures->video, backend);
}

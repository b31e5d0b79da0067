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

/** @file Sizes of the frames and of the networks' images. */

#include "clip/sizes.h"

#include <math.h>

#include "clip/context.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/parse.h"

#define LIKE_ASPECT     0.1     ///< logarithm; sides are rounded by as much

void ttm_clip_output_size(const TTMContext *ctx, int width, int height,
                          int *out_width, int *out_height)
{
    *out_width  = width;
    *out_height = height;
    if (ctx->settings.size)
        ttm_parse_size(ctx->settings.size, out_width, out_height);
}

void ttm_clip_stage_size(const TTMContext *ctx, const TTMImage *still,
                         const char *size, int stage, int *width, int *height)
{
    const TTMModels *m = &ctx->models;
    const TTMDenoiser *d = &m->denoiser[stage];
    int base_width = m->defaults.width, base_height = m->defaults.height;
    double aspect = ttm_image_pixel_aspect(still) * still->width / still->height;
    int multiple = m->vae.block_scale;

    if (d->multiple) {
        multiple = ttm_models_multiple(m, stage);
        if (d->width && d->height) {
            base_width  = d->width;
            base_height = d->height;
        }
    }
    if (size) {
        int size_width, size_height;
        double factor;

        ttm_parse_size(size, &size_width, &size_height);
        aspect = (double)size_width / size_height;
        factor = sqrt((double)size_width * size_height /
                      ((double)m->defaults.width * m->defaults.height));
        base_width  = (int)lrint(base_width * factor);
        base_height = (int)lrint(base_height * factor);
        base_width  = base_width > multiple ? base_width : multiple;
        base_height = base_height > multiple ? base_height : multiple;
    }
    ttm_generation_size(aspect, base_width, base_height, multiple, width, height);
}

void ttm_clip_check_aspect(const TTMContext *ctx, const TTMImage *still)
{
    const double shown = ttm_image_pixel_aspect(still) * still->width /
                         still->height;
    int width, height;
    double area;

    if (!ctx->settings.generation_size)
        return;
    ttm_parse_size(ctx->settings.generation_size, &width, &height);
    area = (double)width * height;
    if (fabs(log((double)width / height / shown)) <= LIKE_ASPECT)
        return;
    ttm_log(&ctx->log, TTM_LOG_WARNING, "option generation_size: %dx%d has "
            "another aspect than the picture, so objects that turn are "
            "stretched; %ldx%ld is as large and has the picture's", width,
            height, lrint(sqrt(area * shown)), lrint(sqrt(area / shown)));
}

int ttm_clip_check_frames(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;

    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const int latent = ctx->models.denoiser[i].max_frames;
        const int most = latent > 0 ? ttm_latent_pictures(&ctx->models.vae, latent) : 0;
        const double pixels = (double)g->width[i] * g->height[i] * g->frames;

        if (ctx->models.stage_part[i] && most > 0 && g->frames > most)
            return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "the bundle %s is to make "
                            "%d frames, and its networks make at most %d: give option "
                            "frames or less \"generated_frames\" in its model_index.json",
                            ctx->models.defaults.name, g->frames, most);
        /* What no machine has memory for is refused before it is tried. */
        if (pixels > 2e9)
            return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option generation_size: "
                            "%d frames of %dx%d are more than can be generated; "
                            "choose a smaller size or fewer frames", g->frames,
                            g->width[i], g->height[i]);
    }
    return 0;
}

int ttm_clip_frames(const TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;

    const TTMTimes asked = c->active ? c->given.times : ttm_times_asked(ctx);

    return ttm_timing(ctx, &asked, c->active ? c->given.mode : ctx->settings.mode,
                      ttm_given_length(&c->given)).frames;
}

TTMRational ttm_clip_frame_rate(const TTMContext *ctx)
{
    const TTMTimes asked = ttm_times_asked(ctx);

    return ctx->clip.active ? ctx->clip.given.timing.fps :
           ttm_timing(ctx, &asked, ctx->settings.mode, 0).fps;
}

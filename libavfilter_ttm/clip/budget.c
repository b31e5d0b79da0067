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

/** @file What a clip takes of the device's memory, planned before it is allocated. */

#include "clip/budget.h"

#include <stdio.h>
#include <string.h>

#include "clip/context.h"
#include "clip/estimate.h"
#include "clip/sizes.h"
#include "clip/view.h"
#include "util/parse.h"

/** Latents of the whole clip that it holds beside those of the networks. */
#define CLIP_LATENTS 12

/** What the bytes depend on. */
typedef struct Shape {
    int frames, width[TTM_STAGE_NB], height[TTM_STAGE_NB];
    int out_width, out_height;
    enum TTMDType precision;
} Shape;

typedef struct Need {
    size_t text, vae[TTM_STAGE_NB][4], unet[TTM_STAGE_NB];
    size_t segmenter;           ///< which is gone when the others come
    size_t states;              ///< that the autoencoder's networks of a stage remember
    size_t pictures;            ///< tensors of the clip, and of composing frames
    size_t together, single;    ///< with all networks there, with the largest
    TTMEfforts efforts;         ///< of the same networks
} Need;

/** Count anew. */
static void start(TTMMeasure *m)
{
    m->bytes  = 0;
    m->effort = m->once = (TTMEffort){ 0 };
}

/* Networks of the autoencoder: of pictures alone, and of the later ones of a video. */
static int measure_codec(const Shape *s, int stage, Need *need, TTMMeasure *m,
                         TTMModels *probe)
{
    TTMEfforts *e = &need->efforts;
    TTMEffort *efforts[4] = {
        &e->encoder[stage], &e->decoder[stage], &e->next_encoder[stage],
        &e->next_decoder[stage]
    };
    TTMNetwork *network = NULL;
    int ret = 0;

    m->states = 0;
    for (int i = 0; i < (probe->vae.causal ? 4 : 2) && ret >= 0; i++) {
        start(m);
        ret = (i & 1 ? ttm_models_decoder : ttm_models_encoder)
              (probe, stage, s->width[stage], s->height[stage], i > 1, &network);
        need->vae[stage][i] = m->bytes;
        *efforts[i] = m->effort;
    }
    if (m->states > need->states)
        need->states = m->states;
    return ret;
}

static int measure(const TTMContext *ctx, const Shape *s, int stage, Need *need,
                   TTMMeasure *m, TTMModels *probe)
{
    const int scale = probe->vae.block_scale;
    TTMEfforts *e = &need->efforts;
    TTMNetwork *network, *steady;
    int ret = measure_codec(s, stage, need, m, probe);

    start(m);
    if (ret >= 0)
        ret = ttm_models_denoiser(probe, stage, ttm_latent_frames(&probe->vae, s->frames),
                              s->width[stage] / scale,
                              s->height[stage] / scale, ctx->clip.made.objects.nb,
                              &network, &steady);
    need->unet[stage] = m->bytes;
    e->step[stage]    = m->effort;
    e->once[stage]    = m->once;
    return ret;
}

/** Points and corners of the object that has most; 1 at least. */
static int most_points(const TTMPrompts *prompts)
{
    int most = 1, all = 0;

    for (int i = 0; i < prompts->nb_objects; i++)
        all += prompts->objects[i].place.on.nb;
    for (int i = 0; i < prompts->nb_objects; i++) {
        const TTMObjectPlace *p = &prompts->objects[i].place;
        const int off = p->off.nb + all - p->on.nb;     /* see segment/place.c */
        const int corners = p->locate == TTM_LOCATE_POINT ? 0 : 2;
        /* what words find may have a neighbour of its kind: see segment/still.c */
        const int beside = p->locate == TTM_LOCATE_WORDS ? 2 : 0;
        const int nb = p->on.nb + (off > TTM_MAX_POINTS ? TTM_MAX_POINTS : off) + corners +
                       beside;

        most = nb > most ? nb : most;
    }
    return most;
}

/** 1 if a segmenter looks for objects of the clip's still, or of the picture of its end. */
static int uses_segmenter(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;

    return ctx->models.segmenter_part && !g->masks.data &&
           (!ctx->clip.made.objects.prompts.runs || g->arrives);
}

/** The networks of the segmenter, where one looks for the objects. */
static int measure_segmenter(const TTMContext *ctx, TTMMeasure *m, TTMModels *probe,
                             Need *need)
{
    const TTMSegmenter *s = &probe->segmenter;
    TTMNetwork *network;
    int ret = 0;

    if (!uses_segmenter(ctx))
        return 0;
    start(m);
    if (s->hints == TTM_HINT_POINTS)
        ret = ttm_models_segmenter(probe, s->side, s->side,
                                   most_points(&ctx->clip.made.objects.prompts), &network);
    need->efforts.segmenter = m->effort;
    m->effort = (TTMEffort){ 0 };
    if (ret >= 0)
        ret = ttm_models_segmenter(probe, s->side, s->side, 0, &network);
    if (s->hints == TTM_HINT_POINTS)
        need->efforts.segmenter_once = m->effort;
    else                        /* and the mirror image */
        ttm_effort_add(&need->efforts.segmenter, &m->effort, 2);
    need->segmenter = m->bytes;
    return ret;
}

/** What is resampled between the two sides of a picture, and behind them. */
static size_t resize_bytes(const TTMImage *still, int width, int height)
{
    return 3 * sizeof(float) * (size_t)width * ((size_t)still->height +
                                                2 * (size_t)height);
}

/* What was given: still, masks, alpha; and the ids of the still. */
static size_t given_bytes(const TTMContext *ctx)
{
    const TTMGiven *g = &ctx->clip.given;
    const size_t pixels = (size_t)g->still.width * (size_t)g->still.height;
    const size_t bytes = g->still.format == TTM_PIXEL_RGB16 ? 2 : 1;
    const size_t masks = 3 * (size_t)(g->masks.format == TTM_PIXEL_RGB16 ? 2 : 1) *
                         (size_t)g->masks.width * (size_t)g->masks.height;

    return (3 * bytes + 1) * pixels + (g->masks.data ? masks : 0) +
           (g->matte.data ? 4 * bytes * pixels : 0);
}

/* The still and its ids, and what is taken beside them at the output's size. */
static size_t picture_bytes(const TTMContext *ctx, const Shape *s)
{
    const TTMGiven *g = &ctx->clip.given;
    const TTMObjects *objects = &ctx->clip.made.objects;
    const TTMImage *still = &g->still;
    const size_t out = (size_t)s->out_width * (size_t)s->out_height;
    const int bytes = still->format == TTM_PIXEL_RGB16 ? 2 : 1;
    const int same = still->width == s->out_width && still->height == s->out_height;
    TTMDetailSize size = {
        s->out_width, s->out_height, same ? bytes : 2, bytes,
        s->width[TTM_STAGE_VIDEO], s->height[TTM_STAGE_VIDEO], objects->ids,
        still->width, still->height, objects->nb, ttm_view_moves(ctx)
    };
    const size_t given = given_bytes(ctx);
    size_t most = resize_bytes(still, s->width[TTM_STAGE_VIDEO],
                               s->height[TTM_STAGE_VIDEO]), detail;

    if (g->mode == TTM_MODE_OBJECTS) {  /* the ways of its pixels to borders */
        const size_t ways = sizeof(uint16_t) * out;
        const size_t resize = 3 * sizeof(float) * (size_t)s->out_width *
                              ((size_t)still->height + (size_t)s->out_height);

        return given + (same ? ways : out + (ways > resize ? ways : resize));
    }
    if (g->mode == TTM_MODE_PLAN)
        return given + (same ? 0 : out) + most;
    detail = ttm_detail_bytes(&size);
    if (g->matte.data) {        /* the same of alpha, and both on the host */
        size.still_bytes = size.bytes = 2;
        detail = 2 * ttm_detail_bytes(&size) + 2 * 6 * out;
    }
    if (g->timing.frames != g->frames)
        detail += TTM_TWEEN_FLOATS * sizeof(float) * (size_t)size.small_width *
                  (size_t)size.small_height;
    if (!same) {                /* the still and its ids at this size */
        size_t resize = resize_bytes(still, s->out_width, s->out_height);

        detail = (detail > resize ? detail : resize) + 7 * out;
    }
    return given + (most > detail ? most : detail);
}

/** The models, to count with. */
static void open_probe(const TTMContext *ctx, TTMMeasure *m, TTMModels *probe)
{
    *probe = ctx->models;
    probe->measure = m;
    probe->log     = m->log;
    memset(&probe->text_network, 0, sizeof(probe->text_network));
    memset(probe->encoder, 0, sizeof(probe->encoder));
    memset(probe->decoder, 0, sizeof(probe->decoder));
    memset(probe->next_encoder, 0, sizeof(probe->next_encoder));
    memset(probe->next_decoder, 0, sizeof(probe->next_decoder));
    memset(probe->stage_network, 0, sizeof(probe->stage_network));
    memset(probe->segmenter_network, 0, sizeof(probe->segmenter_network));
}

/** What looking for the objects takes counts, although it is over when the others come. */
static void add_segmenter(const TTMContext *ctx, Need *need)
{
    const size_t bytes = need->segmenter ? need->segmenter + given_bytes(ctx) : 0;

    need->together = bytes > need->together ? bytes : need->together;
    need->single   = bytes > need->single ? bytes : need->single;
}

/** Plan all networks of the clip in this shape. */
static int plan(const TTMContext *ctx, const Shape *s, const TTMLog *log,
                Need *need)
{
    const TTMClip *c = &ctx->clip;
    const int scale = ctx->models.vae.block_scale;
    const size_t size = ttm_dtype_size(s->precision);
    TTMMeasure m = { .precision = s->precision, .log = log };
    TTMModels probe;
    TTMNetwork *network;
    size_t largest;
    int ret;

    memset(need, 0, sizeof(*need));
    open_probe(ctx, &m, &probe);
    ret = measure_segmenter(ctx, &m, &probe, need);
    if (ret < 0)
        return ret;
    if (c->given.mode == TTM_MODE_OBJECTS) {    /* no other network is there */
        need->pictures = need->together = need->single = picture_bytes(ctx, s);
        add_segmenter(ctx, need);
        return 0;
    }
    start(&m);
    ret = ttm_models_text(&probe, &network);
    largest = need->together = need->text = m.bytes;
    need->efforts.text = m.effort;
    for (int i = 0; i < TTM_STAGE_NB && ret >= 0; i++) {
        size_t pixels = (size_t)s->width[i] * (size_t)s->height[i];
        size_t latents = pixels / (size_t)(scale * scale) *
                         (size_t)probe.vae.latent_channels * size;

        need->pictures += pixels * 3 * sizeof(float);
        if (c->given.mode == (i ? TTM_MODE_PLAN : TTM_MODE_RENDER) ||
            c->given.mode == TTM_MODE_DRAFT)
            continue;
        ret = measure(ctx, s, i, need, &m, &probe);
        need->pictures += latents * CLIP_LATENTS *
                          (size_t)ttm_latent_frames(&probe.vae, s->frames);
        need->together += need->unet[i];
        for (int k = 0; k < 4; k++) {
            need->together += need->vae[i][k];
            largest = need->vae[i][k] > largest ? need->vae[i][k] : largest;
        }
        largest = need->unet[i] > largest ? need->unet[i] : largest;
    }
    need->pictures += picture_bytes(ctx, s);
    need->pictures += (3 + 2 * (size_t)c->made.objects.nb) * (size_t)probe.tokens *
                      (size_t)probe.text.hidden_size * size;
    if (c->given.mode != TTM_MODE_PLAN)
        need->pictures += (size_t)(s->frames + 1) * 3 * size *
                          (size_t)s->width[1] * (size_t)s->height[1];
    need->pictures += need->states + ctx->backend->spare;
    need->together += need->pictures;
    need->single    = largest + need->pictures;
    add_segmenter(ctx, need);
    return ret;
}

static Shape current_shape(const TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;
    Shape s = { .frames = c->given.frames, .precision = ctx->backend->precision };

    memcpy(s.width, c->given.width, sizeof(s.width));
    memcpy(s.height, c->given.height, sizeof(s.height));
    ttm_clip_output_size(ctx, c->given.still.width, c->given.still.height, &s.out_width,
                         &s.out_height);
    return s;
}

static int fits(const TTMContext *ctx, const Shape *s, size_t budget)
{
    const TTMLog silent = { NULL, NULL };
    Need need;

    return plan(ctx, s, &silent, &need) >= 0 && need.single <= budget;
}

/** Append "NAME=VALUE" to a list. */
static void add(char *text, size_t size, const char *setting)
{
    size_t used = strlen(text);

    snprintf(text + used, size - used, "%s%s", used ? " or " : "", setting);
}

/** Settings that would fit, each by itself, found by planning them. */
static void suggest(const TTMContext *ctx, size_t budget, char *text, size_t size)
{
    const TTMImage *still = &ctx->clip.given.still;
    const Shape now = current_shape(ctx);
    const enum TTMDType smaller[] = { TTM_DTYPE_F16, TTM_DTYPE_BF16 };
    char setting[64];
    const TTMAutoencoder *vae = &ctx->models.vae;
    int low = 0, high = ttm_latent_frames(vae, now.frames);
    Shape s = now;

    text[0] = 0;
    for (int i = 0; i < 2 && now.precision == TTM_DTYPE_F32; i++) {
        s.precision = smaller[i];
        if (!fits(ctx, &s, budget))
            continue;
        snprintf(setting, sizeof(setting), "precision=%s",
                 ttm_dtype_name(smaller[i]));
        add(text, size, setting);
        break;
    }
    s = now;
    while (high - low > 1) {    /* low fits (0: not known), high does not */
        const int middle = (low + high) / 2;

        s.frames = ttm_latent_pictures(vae, middle);
        if (fits(ctx, &s, budget))
            low = middle;
        else
            high = middle;
    }
    if (low > 0) {
        snprintf(setting, sizeof(setting), "frames=%d", ttm_latent_pictures(vae, low));
        add(text, size, setting);
    }
    for (int part = 7; part > 0; part--) {
        char wanted[32];

        s = now;
        snprintf(wanted, sizeof(wanted), "%dx%d", now.width[1] * part / 8,
                 now.height[1] * part / 8);
        for (int i = 0; i < TTM_STAGE_NB; i++)
            ttm_clip_stage_size(ctx, still, wanted, i, &s.width[i],
                                &s.height[i]);
        if (s.width[1] * s.height[1] >= now.width[1] * now.height[1] ||
            !fits(ctx, &s, budget))
            continue;
        snprintf(setting, sizeof(setting), "generation_size=%s", wanted);
        add(text, size, setting);
        break;
    }
    for (int part = 7; part > 0; part--) {
        s = now;
        s.out_width  = now.out_width * part / 8;
        s.out_height = now.out_height * part / 8;
        if (s.out_width < 16 || s.out_height < 16)
            break;
        if (!fits(ctx, &s, budget))
            continue;
        snprintf(setting, sizeof(setting), "size=%dx%d", s.out_width, s.out_height);
        add(text, size, setting);
        break;
    }
}

static double mebibytes(size_t bytes)
{
    return (double)bytes / (1 << 20);
}

size_t ttm_clip_allowed_memory(const TTMContext *ctx)
{
    size_t budget = 0;

    ttm_parse_bytes(ctx->settings.memory, &budget);
    if (!budget)
        budget = ttm_backend_memory(ctx->backend);
    return budget ? budget : SIZE_MAX;
}

int ttm_clip_plan_segmenter(TTMContext *ctx)
{
    TTMMeasure m = { .precision = ctx->backend->precision, .log = &ctx->log };
    const size_t budget = ttm_clip_allowed_memory(ctx);
    TTMModels probe;
    Need need = { 0 };
    size_t bytes;
    int ret;

    open_probe(ctx, &m, &probe);
    ret = measure_segmenter(ctx, &m, &probe, &need);
    if (ret < 0)
        return ret;
    bytes = need.segmenter + given_bytes(ctx);
    if (bytes + ctx->held > budget) {   /* by the networks of an earlier clip */
        ttm_models_free_networks(&ctx->models);
        ctx->held = 0;
    }
    return bytes <= budget ? 0 :
           ttm_fail(&ctx->log, TTM_ERR_MEMORY, "finding the objects by %s needs %.1f MiB "
                    "of memory, %.1f may be used: use segmenter=none or another device",
                    ctx->models.segmenter_part->folder, mebibytes(bytes),
                    mebibytes(budget));
}

int ttm_clip_plan_memory(TTMContext *ctx)
{
    const Shape s = current_shape(ctx);
    const size_t budget = ttm_clip_allowed_memory(ctx);
    size_t codec = 0;
    char settings[240];
    Need need;
    int ret = plan(ctx, &s, &ctx->log, &need);

    if (ret < 0)
        return ret;
    /* Large pictures have their time anyway: that of making networks again is little. */
    ctx->models.one_at_a_time = need.together > budget ||
                                2 * need.pictures > need.together;
    if (ctx->models.one_at_a_time)      /* those of an earlier clip */
        ttm_models_free_networks(&ctx->models);
    ctx->held = ctx->models.one_at_a_time ? need.single : need.together;
    if (need.single > budget) {
        suggest(ctx, budget, settings, sizeof(settings));
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "the clip needs %.1f MiB of "
                        "memory even with one network at a time, %.1f may be "
                        "used: use %s", mebibytes(need.single), mebibytes(budget),
                        *settings ? settings : "another device");
    }
    if (ctx->clip.given.mode == TTM_MODE_OBJECTS) {
        ttm_log(&ctx->log, TTM_LOG_INFO, "memory: %.1f MiB: segmenter %.1f, pictures %.1f",
                mebibytes(need.single), mebibytes(need.segmenter),
                mebibytes(need.pictures));
        return ttm_clip_estimate(ctx, &need.efforts, need.single);
    }
    for (int i = 0; i < TTM_STAGE_NB; i++)
        for (int k = 0; k < 4; k++)
            codec += need.vae[i][k];
    ttm_log(&ctx->log, TTM_LOG_INFO, "memory: %.1f MiB: segmenter %.1f, text encoder %.1f, "
            "VAE %.1f, stage 1 %.1f, stage 2 %.1f, pictures %.1f; %s",
            mebibytes(ctx->models.one_at_a_time ? need.single : need.together),
            mebibytes(need.segmenter), mebibytes(need.text),
            mebibytes(codec), mebibytes(need.unet[0]),
            mebibytes(need.unet[1]), mebibytes(need.pictures),
            ctx->models.one_at_a_time ? "one network at a time is there" :
            "all of them stay there");
    return ttm_clip_estimate(ctx, &need.efforts, need.single);
}

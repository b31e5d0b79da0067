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

/** @file Units of work: the trajectory, and the fit of the objects to it. */

#include "clip/trajectory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "motion/flow.h"
#include "motion/forms.h"
#include "motion/ground.h"
#include "motion/limit.h"
#include "motion/register.h"
#include "motion/repaint.h"
#include "motion/stray.h"
#include "motion/tint.h"
#include "motion/turn.h"
#include "util/choices.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

/* Room for what is predicted; the first frame is given. */
static int begin_predicted(TTMContext *ctx)
{
    const int stage = TTM_STAGE_MOTION;
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    TTMTrajectory *p = &m->trajectory;
    const size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];

    p->predicted = ttm_array_alloc((size_t)g->frames, pixels);
    if (g->tinted)
        p->levels = ttm_array_alloc((size_t)g->frames, pixels);
    if (!p->predicted || (g->tinted && !p->levels))
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    memcpy(p->predicted, m->objects.first[stage], pixels);
    return 0;
}

/* Ids of picture @p index of decoded @p images, which is frame @p t. */
static int predict_frame(TTMContext *ctx, const TTMTensor *images, int index, int t)
{
    const int stage = TTM_STAGE_MOTION;
    const TTMGiven *g = &ctx->clip.given;
    TTMMade *m = &ctx->clip.made;
    TTMTrajectory *p = &m->trajectory;
    const size_t pixels = (size_t)g->width[stage] * (size_t)g->height[stage];
    const size_t at = (size_t)t * pixels;
    const TTMTensor *image;
    int ret = ttm_latents_picture(ctx, &p->video, images, index, &image);

    if (ret >= 0)
        ret = ttm_colours_nearest(&m->encoded.colours[stage], ctx->backend,
                                  m->objects.nb, image, p->predicted + at);
    if (ret >= 0 && g->tinted)
        ttm_tints_split(p->predicted + at, p->levels + at, pixels);
    return ret;
}

int ttm_clip_predict(TTMContext *ctx, int unit)
{
    const int t = ttm_latent_start(&ctx->models.vae, unit);
    TTMTrajectory *p = &ctx->clip.made.trajectory;
    const TTMTensor *images;
    int nb, ret = unit == 0 ? begin_predicted(ctx) : 0;

    /* Later frames may depend on it all the same. */
    if (unit == 0 && !ctx->models.vae.causal) {
        p->video.latents = 1;
        return ret;
    }
    if (ret >= 0)
        ret = ttm_latents_decode(ctx, TTM_STAGE_MOTION, &p->video,
                                 &ctx->clip.made.denoised.latents, &images, &nb);
    for (int i = 0; unit > 0 && ret >= 0 && i < nb; i++)
        ret = predict_frame(ctx, images, i, t + i);
    if (unit == ttm_clip_latents(ctx) - 1)
        ttm_video_free(&p->video, ctx->backend);
    return ret;
}

/* Ids of the drawn trajectory: nearest of black and the objects' tints. */
static void read_drawn(const TTMContext *ctx, const uint8_t *drawn,
                       const uint8_t (*colours)[3], size_t pixels, uint8_t *ids)
{
    const TTMClip *c   = &ctx->clip;
    const size_t width = (size_t)c->given.drawn.width;
    TTMTintTable table;

    ttm_tint_table(&table, colours, c->made.objects.nb, c->given.tinted);
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *rgb = drawn + 3 * i;
        float pixel[3] = { rgb[0], rgb[1], rgb[2] };

        if (i % width == 0 && ttm_cancelled(ctx->backend->cancel))
            return;
        ids[i] = (uint8_t)ttm_tint_id(&table, ttm_tint_nearest(&table, pixel));
    }
}

/* Ids of the trajectory's size from those of another. */
static void scale_frames(const TTMContext *ctx, const uint8_t *from, int width,
                         int height, uint8_t *to, int frames)
{
    const TTMClip *c    = &ctx->clip;
    const int to_width = c->given.width[TTM_STAGE_VIDEO];
    const int to_height = c->given.height[TTM_STAGE_VIDEO];

    for (int t = 0; t < frames && !ttm_cancelled(ctx->backend->cancel); t++)
        ttm_ids_resize(from + (size_t)t * (size_t)width * (size_t)height, width,
                       height, to + (size_t)t * (size_t)to_width *
                       (size_t)to_height, to_width, to_height);
}

/* Turns of a tinted trajectory, drawn or as @p predicted_levels tell them. */
static int fit_turns(TTMClip *c, const TTMDrawn *drawn)
{
    const int frames = c->made.trajectory.fit.frames;
    TTMTintSeen *seen = ttm_array_alloc((size_t)c->made.objects.nb * (size_t)frames,
                                        sizeof(*seen));
    int ret = 0;

    if (!seen)
        return TTM_ERR_MEMORY;
    if (drawn) {
        ttm_tints_drawn(drawn, frames, c->made.objects.nb, seen,
                        c->made.trajectory.fit.cancel);
        ttm_turns_drawn(&c->made.trajectory.fit, seen);
    } else {
        ttm_tints_seen(c->made.trajectory.predicted, c->made.trajectory.levels, frames,
                       c->given.width[TTM_STAGE_MOTION], c->given.height[TTM_STAGE_MOTION],
                       c->made.objects.nb, seen, c->made.trajectory.fit.cancel);
        ret = ttm_turns_fit(&c->made.trajectory.fit, seen);
    }
    free(seen);
    return ret;
}

/*
 * Fit of the still's objects to @p ids [frames, height, width], of the video's size.
 * @p drawn is where the ids come from, NULL if a network predicted them.
 */
static int make_fit(TTMContext *ctx, const uint8_t *ids, int frames,
                    const TTMDrawn *drawn)
{
    TTMClip *c  = &ctx->clip;
    TTMFit *fit = &c->made.trajectory.fit;
    int ret = ttm_fit_create(fit, c->made.objects.first[TTM_STAGE_VIDEO], ids, frames,
                             c->given.height[TTM_STAGE_VIDEO],
                             c->given.width[TTM_STAGE_VIDEO], c->made.objects.nb,
                             ctx->backend->cancel);

    if (ret >= 0 && c->given.tinted)
        ret = fit_turns(c, drawn);
    /* What was drawn needs no smoothing, unlike what a network predicted. */
    if (ret >= 0 && drawn && c->given.refine >= TTM_REFINE_SIMILARITY)
        ret = ttm_fit_register(&c->made.trajectory.fit, c->made.objects.ids, c->given.still.width,
                               c->given.still.height, drawn);
    if (ret >= 0 && drawn && c->given.refine == TTM_REFINE_SHAPE)
        ttm_ground_find(fit, c->made.objects.ids, c->given.still.width,
                        c->given.still.height, drawn->ids, drawn->width,
                        drawn->height);
    if (ret >= 0 && c->given.refine == TTM_REFINE_SHAPE)
        ret = ttm_forms_create(&fit->forms, fit, c->made.objects.ids,
                               c->given.still.width, c->given.still.height,
                               ttm_image_pixel_aspect(&c->given.still),
                               drawn ? drawn->ids : ids,
                               drawn ? drawn->width : fit->width,
                               drawn ? drawn->height : fit->height);
    return ret;
}

/** Furthest that an object goes that moves in place, of the frame's diagonal. */
#define IN_PLACE 0.045

/** Of its width or height that an object may go beyond the border, if it is not told to leave. */
#define OUTSIDE 0.1

/** The same behind the end of the networks' motion, where it must slow down in some way. */
#define OUTSIDE_BEHIND 0.2

/* The box of an object in pixels of the fit. */
static void box_in_fit(const TTMClip *c, int i, double box[4])
{
    const TTMFit *fit = &c->made.trajectory.fit;
    const int *found = c->made.objects.found[i].box;

    for (int k = 0; k < 4; k++)
        box[k] = k % 2 ? (double)fit->height / c->given.still.height * found[k] :
                 (double)fit->width / c->given.still.width * found[k];
}

/* Keep an object in the picture that nothing leads out of it. */
static void keep_inside(TTMClip *c, const TTMLog *log, int i)
{
    const TTMObjects *o = &c->made.objects;
    double box[4];

    box_in_fit(c, i, box);
    if (ttm_fit_keep_inside(&c->made.trajectory.fit, i + 1, box, OUTSIDE))
        ttm_log(log, TTM_LOG_VERBOSE, "'%s' goes no further than the picture: say that it "
                "'leaves the frame' where it should", o->prompts.objects[i].name);
}

/*
 * Objects whose verb has no path stay where they are, whatever stage 1 made of them,
 * scenery does not move at all, and what may be something else than was meant is moved
 * a little only; what is not said to leave the picture stays in it.
 */
static void limit_ways(TTMClip *c, const TTMLog *log)
{
    const TTMObjects *o = &c->made.objects;
    TTMFit *fit = &c->made.trajectory.fit;
    const double most = IN_PLACE * hypot(fit->width, fit->height);

    for (int i = 0; i < o->nb; i++) {
        const int doubtful = ttm_found_is_doubtful(&o->found[i]);

        if (o->prompts.objects[i].kept_still)
            ttm_fit_hold(fit, i + 1);
        else if ((o->prompts.objects[i].in_place || doubtful) &&
                 ttm_fit_limit(fit, i + 1, most) && doubtful)
            ttm_log(log, TTM_LOG_WARNING, "'%s' moves a little only, as it may be "
                    "something else: give its box or masks for the whole way",
                    o->prompts.objects[i].name);
        if (o->prompts.objects[i].inside)
            keep_inside(c, log, i);
    }
}

/* The furthest that an object's centre is from where it was, of the diagonal. */
static double way_of(const TTMFit *fit, int id)
{
    const TTMMotion *m = fit->motion + (size_t)(id - 1) * (size_t)fit->frames;
    double most = 0;

    for (int t = 1; t < fit->frames; t++) {
        const double x = m[t].x - m[0].x, y = m[t].y - m[0].y;

        most = fmax(most, hypot(x, y));
    }
    return most / hypot(fit->width, fit->height);
}

/*
 * Regions that flow, unless their trajectory leads them away, as one that was drawn
 * may, or they are perhaps something else: a house must not make waves.
 */
static int add_flows(TTMClip *c, const TTMLog *log, const TTMDrawn *drawn)
{
    const TTMObjects *o = &c->made.objects;
    const TTMGiven *g = &c->given;
    const TTMFlowStill still = { o->ids, g->still.width, g->still.height,
                                 ttm_image_pixel_aspect(&g->still) };
    TTMFit *fit = &c->made.trajectory.fit;
    int ret = 0;

    for (int i = 0; i < o->nb && ret >= 0; i++) {
        const TTMFlow *flow = &o->prompts.objects[i].flow;

        if (!flow->way || (drawn && way_of(fit, i + 1) > IN_PLACE))
            continue;
        if (ttm_found_is_doubtful(&o->found[i]))
            ttm_log(log, TTM_LOG_WARNING, "'%s' is kept still, as it may be "
                    "something else: give its box or masks and it moves",
                    o->prompts.objects[i].name);
        else
            ret = ttm_flow_add(fit, i + 1, flow, &still, (double)g->timing.moving *
                               g->timing.fps.den / g->timing.fps.num);
    }
    return ret;
}

/* What the trajectory says, before it becomes what the still's objects make of it. */
static int keep_told(TTMClip *c, size_t pixels)
{
    TTMTrajectory *p = &c->made.trajectory;

    p->told = ttm_array_alloc((size_t)c->given.frames, pixels);
    if (!p->told)
        return TTM_ERR_MEMORY;
    memcpy(p->told, p->ids, (size_t)c->given.frames * pixels);
    return 0;
}

/* The moments of a trajectory whose networks' frames have @p ids. */
static int begin_moments(TTMClip *c, const uint8_t *ids, int frames)
{
    TTMTrajectory *p = &c->made.trajectory;

    return ttm_moment_create(&p->moment, &(TTMMomentSource){
        &p->course, c->made.objects.first[TTM_STAGE_VIDEO], ids, frames,
        c->given.refine >= TTM_REFINE_SIMILARITY,
    });
}

/* Ids of the networks' frames from those of a trajectory that has others. */
static int resample(TTMClip *c, const uint8_t *ids, int frames, size_t pixels)
{
    TTMTrajectory *p = &c->made.trajectory;
    int ret = begin_moments(c, ids, frames);

    for (int t = 0; t < c->given.frames && ret >= 0; t++) {
        ret = ttm_moment_go(&p->moment, ttm_course_position(t, c->given.frames, frames));
        memcpy(p->ids + (size_t)t * pixels, p->moment.ids + pixels, pixels);
    }
    ttm_moment_free(&p->moment);
    return ret;
}

/* The trajectory as a function of time, and the ids of the networks' frames. */
static int make_course(TTMClip *c, const uint8_t *ids, int frames, size_t pixels, int predicted)
{
    TTMTrajectory *p = &c->made.trajectory;
    int ret = ttm_course_create(&p->course, &p->fit, c->given.timing.returns);

    /* The masks of the trajectory are those of all objects at one moment. */
    for (int i = 0; p->course.round && c->given.refine == TTM_REFINE_NONE &&
                    i < p->fit.objects; i++)
        p->course.round[i].span = 0;
    for (int i = 0; ret >= 0 && predicted && i < p->fit.objects; i++)
        if (c->made.objects.prompts.objects[i].inside) {
            double box[4];

            box_in_fit(c, i, box);
            ttm_going_keep_inside(&p->course.going[i], &p->fit, i + 1, box, OUTSIDE_BEHIND);
        }
    if (ret >= 0 && ids != p->ids)
        ret = resample(c, ids, frames, pixels);
    return ret < 0 ? ret : begin_moments(c, p->ids, c->given.frames);
}

/* Trajectory at the video's size from another, and its fit. */
static int fit_trajectory(TTMContext *ctx, const uint8_t *ids, int ids_width,
                          int ids_height, int frames, const TTMDrawn *drawn)
{
    TTMClip *c = &ctx->clip;
    const size_t pixels = (size_t)c->given.width[TTM_STAGE_VIDEO] *
                          (size_t)c->given.height[TTM_STAGE_VIDEO];
    const uint8_t *first = c->made.objects.first[TTM_STAGE_VIDEO];
    uint8_t *scaled = frames == c->given.frames ? c->made.trajectory.ids :
                      ttm_array_alloc((size_t)frames, pixels);
    int ret = TTM_ERR_MEMORY;

    if (scaled) {
        scale_frames(ctx, ids, ids_width, ids_height, scaled, frames);
        memcpy(scaled, first, pixels);
        ret = make_fit(ctx, scaled, frames, drawn);
    }
    if (ret >= 0 && !drawn && c->given.refine != TTM_REFINE_NONE)
        limit_ways(c, &ctx->log);
    if (ret >= 0 && c->given.refine != TTM_REFINE_NONE)
        ret = add_flows(c, &ctx->log, drawn);
    if (ret >= 0 && !drawn && c->given.refine != TTM_REFINE_NONE)
        ttm_ground_keep(&c->made.trajectory.fit, c->made.objects.ids,
                        c->given.still.width, c->given.still.height);
    if (ret >= 0 && c->given.emit == TTM_EMIT_MASK)
        ret = keep_told(c, pixels);
    if (ret >= 0 && c->given.refine >= TTM_REFINE_SIMILARITY)
        ret = ttm_fit_refine(&c->made.trajectory.fit, first, scaled, scaled);
    if (ret >= 0)
        ret = make_course(c, scaled, frames, pixels,
                          !drawn && c->given.refine != TTM_REFINE_NONE);
    if (scaled != c->made.trajectory.ids)
        free(scaled);
    return ret;
}

/* The drawn trajectory in plain colours on black, which the caller frees. */
static int repaint_drawn(const TTMClip *c, const TTMPaints *paints, int width,
                         int height, uint8_t **repainted)
{
    const size_t bytes = 3 * (size_t)width * (size_t)height;
    uint8_t *plain = ttm_array_alloc((size_t)c->given.drawn.nb, bytes);
    int ret = plain ? 0 : TTM_ERR_MEMORY;

    *repainted = plain;
    for (int t = 0; ret >= 0 && t < c->given.drawn.nb; t++)
        ret = ttm_repaint(paints, c->given.drawn.pixels + (size_t)t * bytes, width, height,
                          plain + (size_t)t * bytes);
    return ret;
}

static int fit_drawn(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    const int width = c->given.drawn.width;
    const int height = c->given.drawn.height;
    const size_t pixels = (size_t)c->given.drawn.nb * (size_t)width * (size_t)height;
    uint8_t *ids = ttm_array_alloc(pixels, 1), colours[TTM_MAX_OBJECTS][3];
    TTMDrawn drawn = {
        width, height, c->given.drawn.frame_width, c->given.drawn.frame_height, c->given.drawn.pixels, ids, c->given.tinted,
        (const uint8_t (*)[3])colours
    };
    TTMPaints paints = { drawn.colours, c->made.objects.nb, { 0 },
                         ctx->backend->cancel };
    uint8_t *plain = NULL;
    int ret = ids ? 0 : TTM_ERR_MEMORY;

    memcpy(paints.background, c->made.objects.background, sizeof(paints.background));
    for (int id = 1; id <= c->made.objects.nb; id++)
        memcpy(colours[id - 1], c->made.objects.prompts.objects[id - 1].place.colour, 3);
    if (ret >= 0 && ttm_repaint_needed(&paints)) {
        ret = repaint_drawn(c, &paints, width, height, &plain);
        drawn.rgb = plain;
        for (int id = 1; id <= c->made.objects.nb; id++)
            memcpy(colours[id - 1], ttm_object_colour(id), 3);
    }
    if (ret >= 0) {
        read_drawn(ctx, drawn.rgb, drawn.colours, pixels, ids);
        ret = fit_trajectory(ctx, ids, width, height, c->given.drawn.nb, &drawn);
    }
    free(plain);
    free(ids);
    return ret;
}

static int fit_predicted(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;
    const int width = c->given.width[TTM_STAGE_MOTION];
    const int height = c->given.height[TTM_STAGE_MOTION];
    int ret = ttm_stray_drop(c->made.trajectory.predicted, c->given.frames, height,
                             width, c->made.objects.nb, ctx->backend->cancel);

    return ret < 0 ? ret : fit_trajectory(ctx, c->made.trajectory.predicted, width, height,
                                          c->given.frames, NULL);
}

int ttm_clip_fit(TTMContext *ctx, int unit)
{
    TTMClip *c = &ctx->clip;
    const TTMGiven *g = &c->given;
    int ret;

    (void)unit;
    c->made.trajectory.ids = ttm_array_alloc((size_t)g->frames,
                                             (size_t)g->width[TTM_STAGE_VIDEO] *
                                             (size_t)g->height[TTM_STAGE_VIDEO]);
    if (!c->made.trajectory.ids)
        ret = TTM_ERR_MEMORY;
    else if (ttm_mode_is_drawn(g->mode))
        ret = fit_drawn(ctx);
    else
        ret = fit_predicted(ctx);
    if (ret < 0)
        return ret == TTM_ERR_CANCELLED ? ret :
               ttm_fail(&ctx->log, ret, "out of memory");
    if (g->mode == TTM_MODE_PLAN || g->mode == TTM_MODE_DRAFT)
        c->made.ready = g->timing.frames;
    return 0;
}

/* What moves the moment: frames of a complete clip are there for the asking, cancelled or
 * not. */
static TTMMoment *moment_of(TTMContext *ctx)
{
    TTMMoment *moment = &ctx->clip.made.trajectory.moment;

    moment->fit.cancel = ctx->backend->cancel;
    return moment;
}

static int went(const TTMContext *ctx, int ret)
{
    return ret == TTM_ERR_MEMORY ? ttm_fail(&ctx->log, ret, "out of memory for a frame") :
           ret;
}

int ttm_clip_go(TTMContext *ctx, double at)
{
    return went(ctx, ttm_moment_go(moment_of(ctx), at));
}

int ttm_clip_go_round(TTMContext *ctx, double time)
{
    return went(ctx, ttm_moment_go_round(moment_of(ctx), time));
}

void ttm_trajectory_free(TTMTrajectory *trajectory, TTMBackend *backend)
{
    ttm_video_free(&trajectory->video, backend);
    free(trajectory->predicted);
    free(trajectory->levels);
    free(trajectory->ids);
    free(trajectory->told);
    ttm_moment_free(&trajectory->moment);
    ttm_course_free(&trajectory->course);
    ttm_fit_free(&trajectory->fit);
}

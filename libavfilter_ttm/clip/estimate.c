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

/** @file How long a clip will take, told before its first network runs. */

#include "clip/estimate.h"

#include "clip/context.h"
#include "clip/sizes.h"
#include "clip/view.h"
#include "denoise/stage.h"
#include "render/plate.h"
#include "util/choices.h"
#include "util/thread.h"

/*
 * What the host does with pictures, in pixels of ttm_image_resample() that take as
 * long (8 ns on an AMD EPYC), for a pixel of the still, of the output or of the
 * trajectory, an object and frame where there are several.
 */
#define STILL_COST   2          /* reading, reducing */
#define MASKS_COST   4          /* objects from masks or a report, beside that */
#define FINDER_COST  8e6        /* the finder, which works on a reduced still */
#define FIT_COST     20
#define SHAPE_COST   200        /* the same where objects bend into shapes */
#define PLATE_COST   2.7e7      /* small pictures of the background */
#define SEARCH_COST  1300       /* a pixel that is uncovered, where patches are searched */
#define VOTE_COST    160        /* the same in the frame's size */
#define COMPOSE_COST 1
#define WINDOW_COST  2          /* more, where the camera moves */
#define PLAN_COST    2
#define SHOW_COST    4          /* the objects of the still, drawn into it */

/* Bytes a pixel that a device moves to compose a frame. */
#define COMPOSE_BYTES 60
#define WINDOW_BYTES  80       /* more, where the camera moves */

/* Questions to the segmenter: two for each object but one where a box tells, and the still. */
static void add_questions(const TTMContext *ctx, const TTMEfforts *e, TTMEffort *work)
{
    const TTMPrompts *p = &ctx->clip.made.objects.prompts;
    int questions = 1;

    for (int i = 0; i < p->nb_objects; i++)
        questions += p->objects[i].place.locate == TTM_LOCATE_BOX ? 1 : 2;
    ttm_effort_add(work, &e->segmenter, questions);
    ttm_effort_add(work, &e->segmenter_once, 1);
}

/* The networks' runs, as the units of work do them. */
static void add_networks(const TTMContext *ctx, const TTMEfforts *e, TTMEffort work[])
{
    const TTMGiven *g = &ctx->clip.given;
    const int latents = ttm_clip_latents(ctx), carried = ttm_clip_uses_carried(ctx);
    static const enum TTMTask stage[TTM_STAGE_NB] = {
        TTM_TASK_STAGE_MOTION, TTM_TASK_STAGE_VIDEO
    };

    add_questions(ctx, e, &work[TTM_TASK_OBJECTS]);
    if (!ttm_mode_has_networks(g->mode))
        return;
    /* motion, scene and what is not wanted; each object's, and that it has none */
    ttm_effort_add(&work[TTM_TASK_TEXT], &e->text, 3 + 2 * ctx->clip.made.objects.nb);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        ttm_effort_add(&work[stage[i]], &e->once[i], 1);
        ttm_effort_add(&work[stage[i]], &e->step[i], g->steps[i] *
                       ttm_stage_forwards(g->guidance[i], g->image_guidance[i]));
    }
    ttm_effort_add(&work[TTM_TASK_ENCODE_MOTION], &e->encoder[0], 2);
    if (ctx->models.vae.causal) {
        ttm_effort_add(&work[TTM_TASK_ENCODE_MOTION], &e->next_encoder[0], latents - 1);
        ttm_effort_add(&work[TTM_TASK_TRAJECTORY], &e->decoder[0], 1);
        ttm_effort_add(&work[TTM_TASK_TRAJECTORY], &e->next_decoder[0], latents - 1);
        ttm_effort_add(&work[TTM_TASK_ENCODE_VIDEO], &e->encoder[1], 2 + carried);
        ttm_effort_add(&work[TTM_TASK_ENCODE_VIDEO], &e->next_encoder[1],
                       (1 + carried) * (latents - 1));
        ttm_effort_add(&work[TTM_TASK_DECODE], &e->decoder[1], 2);
        ttm_effort_add(&work[TTM_TASK_DECODE], &e->next_decoder[1], latents - 1);
        return;
    }
    ttm_effort_add(&work[TTM_TASK_TRAJECTORY], &e->decoder[0], latents);
    ttm_effort_add(&work[TTM_TASK_ENCODE_VIDEO], &e->encoder[1],
                   1 + latents + (carried ? latents - 1 : 0));
    ttm_effort_add(&work[TTM_TASK_DECODE], &e->decoder[1], latents + 1);
}

/* The same for what objects uncover in frames of that size. */
static double background_cost(const TTMContext *ctx, int width, int height)
{
    const TTMGiven *g = &ctx->clip.given;
    const TTMObjects *objects = &ctx->clip.made.objects;
    const TTMDetailSize size = {
        width, height, 1, 1, g->width[TTM_STAGE_VIDEO], g->height[TTM_STAGE_VIDEO],
        objects->ids, g->still.width, g->still.height, objects->nb, ttm_view_moves(ctx)
    };
    const int64_t holes = g->detail > 0 ? ttm_detail_holes(&size) : 0;

    return holes ? PLATE_COST + (double)VOTE_COST * (double)holes + (double)SEARCH_COST *
                   (double)(holes >> 2 * ttm_plate_shift(holes, (int64_t)width * height)) :
           0;
}

/* What the host does with pictures, and the device with frames. */
static void add_pictures(const TTMContext *ctx, double pixels[], TTMEffort work[])
{
    const TTMGiven *g = &ctx->clip.given;
    const double still = (double)g->still.width * g->still.height;
    const int given = g->masks.data || ctx->clip.made.objects.prompts.runs;
    const int moves = ttm_view_moves(ctx);
    int width, height;
    double out;

    ttm_clip_output_size(ctx, g->still.width, g->still.height, &width, &height);
    out = (double)width * height * g->timing.frames;
    pixels[TTM_TASK_OBJECTS] = STILL_COST * still + (given ? MASKS_COST * still :
                                                     FINDER_COST);
    pixels[TTM_TASK_FIT] = (double)(g->refine == TTM_REFINE_SHAPE ?
                                    SHAPE_COST : FIT_COST) * g->frames * ctx->clip.made.objects.nb *
                           g->width[TTM_STAGE_VIDEO] * g->height[TTM_STAGE_VIDEO];
    if (g->mode == TTM_MODE_OBJECTS) {  /* and no more */
        pixels[TTM_TASK_FIT]    = 0;
        pixels[TTM_TASK_FRAMES] = SHOW_COST * out;
        return;
    }
    if (g->mode == TTM_MODE_PLAN)
        pixels[TTM_TASK_FRAMES] = PLAN_COST * out;
    else if (ctx->backend->threads)
        pixels[TTM_TASK_FRAMES] = (COMPOSE_COST + (moves ? WINDOW_COST : 0)) * out;
    else
        work[TTM_TASK_FRAMES].bytes += (COMPOSE_BYTES + (moves ? WINDOW_BYTES : 0)) * out;
    if (g->mode != TTM_MODE_PLAN)
        pixels[TTM_TASK_BACKGROUND] = background_cost(ctx, width, height);
}

double ttm_estimate_stage(const TTMEstimate *e, int stage)
{
    return e->seconds[stage == TTM_STAGE_MOTION ? TTM_TASK_STAGE_MOTION :
                      TTM_TASK_STAGE_VIDEO];
}

double ttm_estimate_codec(const TTMEstimate *e)
{
    return e->seconds[TTM_TASK_TEXT] + e->seconds[TTM_TASK_ENCODE_MOTION] +
           e->seconds[TTM_TASK_TRAJECTORY] + e->seconds[TTM_TASK_ENCODE_VIDEO] +
           e->seconds[TTM_TASK_DECODE];
}

double ttm_estimate_pictures(const TTMEstimate *e)
{
    return e->seconds[TTM_TASK_OBJECTS] + e->seconds[TTM_TASK_FIT] +
           e->seconds[TTM_TASK_BACKGROUND] + e->seconds[TTM_TASK_FRAMES];
}

static void print(const TTMContext *ctx, const TTMEstimate *e)
{
    if (!e->known)
        ttm_log(&ctx->log, TTM_LOG_INFO, "time: not known on %s, %s", ctx->device,
                ctx->backend->is_software ? "which is software and uses what the "
                "processor has left" : "which does not tell how long its work takes");
    else
        ttm_log(&ctx->log, TTM_LOG_INFO, "time: about %.2g s on %s: stage 1 %.2g s, "
                "stage 2 %.2g s, text and VAE %.2g s, pictures %.2g s", e->total,
                ctx->device, ttm_estimate_stage(e, TTM_STAGE_MOTION),
                ttm_estimate_stage(e, TTM_STAGE_VIDEO), ttm_estimate_codec(e),
                ttm_estimate_pictures(e));
}

/* Threads that run at once, of those that a backend has. */
static int real_threads(int threads)
{
    const int cores = ttm_cpu_count();

    return threads < 1 ? 1 : threads < cores ? threads : cores;
}

int ttm_clip_estimate(TTMContext *ctx, const TTMEfforts *efforts, size_t limit)
{
    const TTMBackend *backend = ctx->backend;
    TTMEstimate *e = &ctx->clip.pace.estimate;
    const double networks = ttm_speed_threads(real_threads(backend->threads));
    const double wide = ttm_speed_threads(real_threads(backend->threads ?
                                          backend->picture_threads : 1));
    static const int has_threads[TTM_TASK_NB] = {
        [TTM_TASK_BACKGROUND] = 1, [TTM_TASK_FRAMES] = 1
    };
    TTMEffort work[TTM_TASK_NB] = { 0 };
    double pixels[TTM_TASK_NB] = { 0 };
    int ret = ctx->speed.pixel > 0 ? 0 :
              ttm_speed_measure(&ctx->speed, ctx->backend, limit);

    if (ret < 0) {              /* cancelled, say: the next clip measures it */
        ctx->speed = (TTMSpeed){ 0 };
        return ret;
    }
    add_networks(ctx, efforts, work);
    add_pictures(ctx, pixels, work);
    e->operations[TTM_STAGE_MOTION] = ttm_effort_operations(&work[TTM_TASK_STAGE_MOTION]);
    e->operations[TTM_STAGE_VIDEO]  = ttm_effort_operations(&work[TTM_TASK_STAGE_VIDEO]);
    e->known = ctx->speed.known;
    e->total = 0;
    for (int i = 0; i < TTM_TASK_NB; i++) {
        e->seconds[i] = ttm_speed_seconds(&ctx->speed, &work[i]) / networks +
                        pixels[i] * ctx->speed.pixel / (has_threads[i] ? wide : 1);
        e->total += e->seconds[i];
    }
    print(ctx, e);
    return 0;
}

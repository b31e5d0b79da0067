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

/** @file The report file. */

#include "clip/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "clip/provenance.h"
#include "io/json.h"
#include "util/runs.h"

static const char *choice_name(const char *option, int value)
{
    return ttm_option_find(option)->choices[value];
}

/* Both stages' values as a list. */
static int add_pair(TTMJson *json, const char *key, double first,
                    double second)
{
    TTMJson *list = ttm_json_new_array();

    if (!list)
        return TTM_ERR_MEMORY;
    if (ttm_json_add_number(list, NULL, first) < 0 ||
        ttm_json_add_number(list, NULL, second) < 0) {
        ttm_json_free(&list);
        return TTM_ERR_MEMORY;
    }
    return ttm_json_add(json, key, list);
}

static int add_settings(const TTMContext *ctx, TTMJson *root)
{
    const TTMClip *c = &ctx->clip;
    const TTMSettings *s = &ctx->settings;
    const TTMRational rate = c->given.timing.fps;
    const double fps = (double)rate.num / rate.den;
    TTMJson *json = ttm_json_new_object();
    char seed[24];
    int ret = ttm_json_add(root, "settings", json);

    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    /* As text: JSON readers round whole numbers above 2^53. */
    snprintf(seed, sizeof(seed), "%" PRId64, c->given.seed);
    if ((ret = ttm_json_add_string(json, "mode",
                                   choice_name("mode", c->given.mode))) < 0 ||
        ((c->given.mode == TTM_MODE_DRAFT || c->given.emit == TTM_EMIT_VIEW) &&
         (ret = ttm_json_add_string(json, "emit",
                                    choice_name("emit", c->given.emit))) < 0) ||
        (ret = ttm_json_add_string(json, "model",
                                   ctx->models.bundle->path)) < 0 ||
        (ret = ttm_json_add_number(json, "frames", c->given.timing.frames)) < 0 ||
        (ret = ttm_json_add_number(json, "fps", fps)) < 0 ||
        (ret = ttm_json_add_number(json, "motion_time",
                                   c->given.timing.moving / fps)) < 0 ||
        (ret = ttm_json_add_number(json, "loop", c->given.times.loop)) < 0 ||
        (ret = ttm_json_add_number(json, "generated_frames", c->given.frames)) < 0 ||
        (ret = add_pair(json, "steps", c->given.steps[0], c->given.steps[1])) < 0 ||
        (ret = add_pair(json, "guidance", c->given.guidance[0],
                        c->given.guidance[1])) < 0 ||
        (ret = add_pair(json, "image_guidance", c->given.image_guidance[0],
                        c->given.image_guidance[1])) < 0 ||
        (ret = ttm_json_add_string(json, "sampler",
                                   choice_name("sampler",
                                               s->sampler))) < 0 ||
        (ret = ttm_json_add_string(json, "scheduler",
                                   ctx->models.scheduler_part->class_name)) < 0 ||
        (ret = ttm_json_add_string(json, "refine",
                                   choice_name("refine", c->given.refine))) < 0 ||
        (ret = ttm_json_add_number(json, "detail", c->given.detail)) < 0 ||
        (ret = ttm_json_add_string(json, "precision",
                                   ttm_dtype_name(ctx->backend->precision))) < 0 ||
        (ret = ttm_json_add_number(json, "threads", s->threads)) < 0 ||
        (ret = ttm_json_add_string(json, "seed", seed)) < 0 ||
        (ret = add_pair(json, "stage1_size", c->given.width[0], c->given.height[0])) < 0 ||
        (ret = add_pair(json, "stage2_size", c->given.width[1], c->given.height[1])) < 0 ||
        (ret = add_pair(json, "input_size", c->given.still.width,
                        c->given.still.height)) < 0)
        return ret;
    if (s->size)
        ret = ttm_json_add_string(json, "size", s->size);
    if (ret >= 0 && s->generation_size)
        ret = ttm_json_add_string(json, "generation_size", s->generation_size);
    return ret;
}

static int add_flow(TTMJson *json, const TTMFlow *flow)
{
    char text[32];

    ttm_flow_write(flow, text, sizeof(text));
    return *text ? ttm_json_add_string(json, "flow", text) : 0;
}

static int add_object(const TTMContext *ctx, int index, TTMJson *list)
{
    const TTMClip *c = &ctx->clip;
    const TTMPromptObject *o = &c->made.objects.prompts.objects[index];
    const TTMFound *f = &c->made.objects.found[index];
    TTMJson *json = ttm_json_new_object(), *box = ttm_json_new_array();
    int ret = ttm_json_add(list, NULL, json);

    if (!json || !box || ret < 0) {
        ttm_json_free(&box);
        return TTM_ERR_MEMORY;
    }
    ret = ttm_json_add(json, "box", box);
    for (int i = 0; ret >= 0 && i < 4; i++)
        ret = ttm_json_add_number(box, NULL, f->box[i]);
    if (ret < 0)
        return ret;
    if ((ret = ttm_json_add_string(json, "name", o->name)) < 0 ||
        (ret = ttm_json_add_string(json, "prompt", o->prompt)) < 0 ||
        (ret = add_flow(json, &o->flow)) < 0 ||
        (o->in_place && (ret = ttm_json_add_bool(json, "in_place", 1)) < 0) ||
        (o->inside && (ret = ttm_json_add_bool(json, "inside", 1)) < 0) ||
        (o->kept_still && (ret = ttm_json_add_bool(json, "kept_still", 1)) < 0) ||
        (ret = ttm_json_add_string(json, "found_by", f->how)) < 0 ||
        (f->network &&
         ((ret = ttm_json_add_string(json, "segmenter",
                                     ctx->models.segmenter_part->class_name)) < 0 ||
          (ret = ttm_json_add_number(json, "segmenter_score", f->segmenter_score)) < 0)) ||
        (f->score > 0 && (ret = ttm_json_add_number(json, "score", f->score)) < 0) ||
        (ret = ttm_json_add_bool(json, "sure", f->sure)) < 0)
        return ret;
    if (c->given.masks.data) {
        char colour[8];

        snprintf(colour, sizeof(colour), "#%02x%02x%02x", o->place.colour[0],
                 o->place.colour[1], o->place.colour[2]);
        ret = ttm_json_add_string(json, "color", colour);
        if (ret < 0)
            return ret;
    }
    return ttm_json_add_number(json, "share", f->share);
}

static int add_prompts(const TTMContext *ctx, TTMJson *root)
{
    const TTMClip *c = &ctx->clip;
    TTMJson *prompts = ttm_json_new_object(), *objects = ttm_json_new_array();
    char camera[TTM_CAMERA_TEXT];
    int ret = ttm_json_add(root, "prompts", prompts);

    if (!prompts || ret < 0) {
        ttm_json_free(&objects);
        return TTM_ERR_MEMORY;
    }
    if (!objects || ttm_json_add(root, "objects", objects) < 0)
        return TTM_ERR_MEMORY;
    ttm_camera_format(&c->made.objects.camera, camera);
    if ((ret = ttm_json_add_string(prompts, "global",
                                   c->made.objects.prompts.global)) < 0 ||
        (ret = ttm_json_add_string(prompts, "motion",
                                   c->made.objects.prompts.motion)) < 0 ||
        (ret = ttm_json_add_string(prompts, "made_by", c->given.objects ? "objects" :
                                   c->made.objects.prompts.answered ? "llm" : "rules")) < 0 ||
        (ret = ttm_json_add_string(prompts, "camera", camera)) < 0 ||
        (ret = ttm_json_add_string(prompts, "negative",
                                   c->given.negative_prompt)) < 0)
        return ret;
    for (int i = 0; ret >= 0 && i < c->made.objects.nb; i++)
        ret = add_object(ctx, i, objects);
    return ret;
}

/* Seconds of each phase; phases of one name are added up. */
static int add_timings(const TTMClip *c, TTMJson *root)
{
    TTMJson *json = ttm_json_new_object();
    int ret = ttm_json_add(root, "seconds", json);

    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    for (int i = 0; ret >= 0 && i < TTM_MAX_PHASES; i++) {
        const char *name = c->pace.name[i];
        double sum = 0;
        int first = i;

        for (int k = 0; name && k < TTM_MAX_PHASES; k++) {
            if (!c->pace.name[k] || strcmp(c->pace.name[k], name))
                continue;
            sum += c->pace.seconds[k];
            if (k < first)
                first = k;
        }
        if (name && first == i)
            ret = ttm_json_add_number(json, name, sum);
    }
    return ret;
}

/* What was told before the networks ran, beside what it took. */
static int add_estimate(const TTMClip *c, TTMJson *root)
{
    const TTMEstimate *e = &c->pace.estimate;
    TTMJson *json;
    int ret;

    if (!e->known)
        return 0;
    json = ttm_json_new_object();
    ret  = ttm_json_add(root, "estimated_seconds", json);
    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    if ((ret = ttm_json_add_number(json, "stage 1/2", ttm_estimate_stage(e, 0))) < 0 ||
        (ret = ttm_json_add_number(json, "stage 2/2", ttm_estimate_stage(e, 1))) < 0 ||
        (ret = ttm_json_add_number(json, "text and VAE", ttm_estimate_codec(e))) < 0 ||
        (ret = ttm_json_add_number(json, "pictures", ttm_estimate_pictures(e))) < 0)
        return ret;
    return ttm_json_add_number(json, "all", e->total);
}

/* What the kernels took: a list of objects, the longest first. */
static int add_profile(TTMContext *ctx, TTMJson *root)
{
    TTMJson *list = ttm_json_new_array();
    int ret = ttm_json_add(root, "profile", list);

    if (!list || ret < 0)
        return TTM_ERR_MEMORY;
    ttm_profile_sort(&ctx->profile);
    for (size_t i = 0; i < ctx->profile.nb_rows; i++) {
        const TTMProfileRow *r = &ctx->profile.rows[i];
        TTMJson *json = ttm_json_new_object();

        if (!json || ttm_json_add(list, NULL, json) < 0)
            return TTM_ERR_MEMORY;
        if ((ret = ttm_json_add_string(json, "network", r->network)) < 0 ||
            (ret = ttm_json_add_string(json, "kernel", r->kernel)) < 0 ||
            (ret = ttm_json_add_number(json, "calls", (double)r->calls)) < 0 ||
            (ret = ttm_json_add_number(json, "seconds", r->seconds)) < 0 ||
            (ret = ttm_json_add_number(json, "operations",
                                       r->operations)) < 0 ||
            (ret = ttm_json_add_number(json, "bytes", r->bytes)) < 0)
            return ret;
    }
    return 0;
}

/* Where the objects are in the still, so that a report can be fed back. */
static int add_ids(const TTMClip *c, TTMJson *root)
{
    const TTMImage *still = &c->given.still;
    TTMJson *json = ttm_json_new_object();
    char *runs;
    int ret = ttm_json_add(root, "object_ids", json);

    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    runs = ttm_runs_write(c->made.objects.ids,
                          (size_t)still->width * (size_t)still->height);
    ret = runs ? add_pair(json, "size", still->width, still->height) :
          TTM_ERR_MEMORY;
    if (ret >= 0)
        ret = ttm_json_add_string(json, "runs", runs);
    free(runs);
    return ret;
}

static int fill(TTMContext *ctx, TTMJson *root)
{
    int ret;

    if ((ret = ttm_provenance_add_origin(ctx, root)) < 0 ||
        (ret = ttm_source_add(&ctx->clip.given.source, root)) < 0 ||
        (ret = ttm_provenance_add_still(ctx, root)) < 0 ||
        (ret = ttm_provenance_add_options(ctx, root)) < 0 ||
        (ret = add_settings(ctx, root)) < 0 ||
        (ret = ttm_loras_report(&ctx->loras, root)) < 0 ||
        (ret = add_prompts(ctx, root)) < 0 ||
        (ret = add_ids(&ctx->clip, root)) < 0 ||
        (ret = ttm_json_add_bool(root, "complete", ctx->clip.made.ready ==
                                 ctx->clip.given.timing.frames)) < 0 ||
        (ret = ttm_json_add_number(root, "frames_delivered",
                                   ctx->clip.delivered)) < 0 ||
        (ret = add_estimate(&ctx->clip, root)) < 0 ||
        (ret = add_timings(&ctx->clip, root)) < 0 ||
        (ctx->settings.profile && (ret = add_profile(ctx, root)) < 0))
        return ret;
    return ttm_json_add_number(root, "peak_memory_bytes",
                               (double)ctx->backend->bytes_peak);
}

static int write_report(TTMContext *ctx)
{
    TTMJson *root;
    int ret;

    root = ttm_json_new_object();
    ret = root ? fill(ctx, root) : TTM_ERR_MEMORY;
    if (ret < 0)
        ttm_log(&ctx->log, TTM_LOG_ERROR, "out of memory for the report");
    else
        ret = ttm_json_save(root, &ctx->log, ctx->clip.given.report);
    ttm_json_free(&root);
    ctx->clip.reported = ctx->clip.delivered;
    return ret;
}

int ttm_clip_report(TTMContext *ctx, int unit)
{
    (void)unit;
    if (ctx->settings.profile)
        ttm_profile_print(&ctx->profile, &ctx->log);
    return ctx->clip.given.report ? write_report(ctx) : 0;
}

void ttm_report_end(TTMContext *ctx)
{
    const TTMClip *c = &ctx->clip;

    /* Without objects there was nothing yet; the line of what fails is all there is. */
    if (c->active && ctx->backend && c->made.objects.nb && c->given.report &&
        c->reported != c->delivered)
        write_report(ctx);
}

int ttm_report_begin(TTMContext *ctx)
{
    const char *objects = ctx->clip.given.objects;
    const char *report  = ctx->clip.given.report;
    int ret;

    if (!report)
        return 0;
    /* now, as a clip that is cut short has no time to read all weights */
    ret = ttm_models_hash(&ctx->models, &ctx->cancel);
    if (ret >= 0)
        ret = ttm_source_read(&ctx->clip.given.source, &ctx->log, &ctx->cancel);
    /* A report that is fed back may be replaced, but only by its successor. */
    if (ret >= 0 && !(objects && !strcmp(objects, report)))
        ttm_json_remove(report);
    return ret;
}

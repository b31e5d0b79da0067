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

/** @file The frame of mode=objects: what was found in the still, and where. */

#include "clip/labelled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "render/labels.h"
#include "render/marks.h"
#include "util/image.h"
#include "util/mem.h"

/* A position on the still, in the frame. */
static double scaled(double at, int from, int to)
{
    return at * to / from;
}

/* The still in the frame's size and depth. */
static int draw_still(const TTMContext *ctx, TTMImage *frame)
{
    const TTMImage *still = &ctx->clip.given.still;
    const int same = still->width == frame->width && still->height == frame->height;
    float *values = NULL;
    int ret = 0;

    if (!same) {
        values = ttm_array_alloc((size_t)frame->width * (size_t)frame->height,
                                 3 * sizeof(*values));
        ret = values ? ttm_image_resample(still, frame->width, frame->height, 1, 0,
                                          values, ctx->backend->cancel) :
              TTM_ERR_MEMORY;
    }
    for (int y = 0; ret >= 0 && y < frame->height; y++) {
        for (int x = 0; x < frame->width; x++) {
            float rgb[3];

            if (same)
                ttm_image_pixel(still, x, y, rgb);
            else
                memcpy(rgb, values + 3 * ((size_t)y * (size_t)frame->width + (size_t)x),
                       sizeof(rgb));
            ttm_image_set_pixel(frame, x, y, rgb);
        }
        if (ttm_cancelled(ctx->backend->cancel))
            ret = TTM_ERR_CANCELLED;
    }
    free(values);
    return ret;
}

/* The box that was given for an object, as far as it is in the frame. */
static void draw_box(const TTMContext *ctx, int id, TTMPen pen, TTMImage *frame)
{
    const TTMImage *still = &ctx->clip.given.still;
    const TTMObjectPlace *p = &ctx->clip.made.objects.prompts.objects[id - 1].place;
    const double x = ttm_length_pixels(p->corner.x, still->width);
    const double y = ttm_length_pixels(p->corner.y, still->height);
    const double x1 = x + ttm_length_pixels(p->size.x, still->width);
    const double y1 = y + ttm_length_pixels(p->size.y, still->height);
    const int box[4] = {
        (int)floor(scaled(fmax(x, 0), still->width, frame->width)),
        (int)floor(scaled(fmax(y, 0), still->height, frame->height)),
        (int)ceil(scaled(fmin(x1, still->width), still->width, frame->width)),
        (int)ceil(scaled(fmin(y1, still->height), still->height, frame->height)),
    };

    ttm_marks_box(frame, box, id, pen);
}

/** Rectangles of the crosses, which labels leave free. */
typedef struct Crosses {
    int nb;
    int (*box)[4];
} Crosses;

static void draw_points(const TTMContext *ctx, const TTMSpots *spots, int off, int id,
                        TTMPen pen, TTMImage *frame, Crosses *crosses)
{
    const TTMImage *still = &ctx->clip.given.still;

    for (int i = 0; i < spots->nb; i++) {
        const double x = floor(ttm_length_pixels(spots->spot[i].x, still->width)) + 0.5;
        const double y = floor(ttm_length_pixels(spots->spot[i].y, still->height)) + 0.5;
        const int at_x = (int)scaled(x, still->width, frame->width);
        const int at_y = (int)scaled(y, still->height, frame->height);

        ttm_marks_point(frame, at_x, at_y, off, id, pen);
        ttm_marks_point_box(at_x, at_y, pen, crosses->box[crosses->nb++]);
    }
}

/* What was said of where the objects are. */
static int draw_places(const TTMContext *ctx, TTMPen pen, TTMImage *frame,
                       Crosses *crosses)
{
    const TTMObjects *o = &ctx->clip.made.objects;
    int nb = 0;

    for (int i = 0; i < o->nb; i++)
        nb += o->prompts.objects[i].place.on.nb + o->prompts.objects[i].place.off.nb;
    crosses->box = ttm_array_alloc((size_t)nb, sizeof(*crosses->box));
    if (!crosses->box)
        return TTM_ERR_MEMORY;
    if (ctx->clip.given.masks.data)     /* which win */
        return 0;
    for (int i = 0; i < o->nb; i++)
        if (o->prompts.objects[i].place.locate == TTM_LOCATE_BOX)
            draw_box(ctx, i + 1, pen, frame);
    for (int i = 0; i < o->nb; i++) {
        const TTMObjectPlace *p = &o->prompts.objects[i].place;

        draw_points(ctx, &p->on, 0, i + 1, pen, frame, crosses);
        draw_points(ctx, &p->off, 1, i + 1, pen, frame, crosses);
    }
    return 0;
}

static int draw_labels(const TTMContext *ctx, TTMPen pen, TTMImage *frame,
                       const Crosses *crosses)
{
    const TTMImage *still = &ctx->clip.given.still;
    const TTMObjects *o = &ctx->clip.made.objects;
    const TTMLabelled on = {
        ctx->clip.made.output.ids, frame->width, frame->height, pen,
        (const int (*)[4])crosses->box, crosses->nb
    };
    TTMLabel labels[TTM_MAX_OBJECTS] = { 0 };
    int ret = 0;

    for (int i = 0; i < o->nb; i++) {
        const int *box = o->found[i].box;

        labels[i] = (TTMLabel){
            .id = i + 1, .name = o->prompts.objects[i].name, .sure = o->found[i].sure,
            .box = {
                (int)scaled(box[0], still->width, frame->width),
                (int)scaled(box[1], still->height, frame->height),
                (int)ceil(scaled(box[0] + box[2], still->width, frame->width)),
                (int)ceil(scaled(box[1] + box[3], still->height, frame->height)),
            },
        };
    }
    ttm_labels_place(&on, labels, o->nb);
    for (int i = 0; ret >= 0 && i < o->nb; i++)
        ret = ttm_label_draw(frame, &labels[i], pen);
    return ret;
}

int ttm_clip_draw_objects(TTMContext *ctx, TTMImage *frame)
{
    const TTMImage *still = &ctx->clip.given.still;
    const TTMObjects *o = &ctx->clip.made.objects;
    /* the output is displayed in the shape of the still */
    const double aspect = ttm_image_pixel_aspect(still) * still->width / still->height *
                          frame->height / frame->width;
    const TTMPen pen = ttm_pen(frame->width, frame->height, aspect);
    Crosses crosses = { 0 };
    uint32_t unsure = 0;
    int ret = draw_still(ctx, frame);

    for (int i = 0; i < o->nb; i++)
        unsure |= (uint32_t)!o->found[i].sure << i;
    if (ret >= 0)
        ret = ttm_marks_objects(frame, ctx->clip.made.output.ids, unsure, pen,
                                ctx->backend->cancel);
    if (ret >= 0)
        ret = draw_places(ctx, pen, frame, &crosses);
    if (ret >= 0)
        ret = draw_labels(ctx, pen, frame, &crosses);
    free(crosses.box);
    return ret == TTM_ERR_MEMORY ? ttm_fail(&ctx->log, ret, "out of memory for a frame") :
           ret;
}

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

#include "clip/arrival.h"

#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "clip/detected.h"
#include "clip/search.h"
#include "segment/segment.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

/* Add a frame of the trajectory, as fine as can be: two frames have no mean to come near. */
static int add_frame(TTMContext *ctx, const TTMImage *frame)
{
    TTMGiven *g = &ctx->clip.given;
    const int ret = ttm_drawn_add(&g->drawn, frame, g->width[TTM_STAGE_VIDEO],
                                  g->height[TTM_STAGE_VIDEO], 1);

    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory for the end") : 0;
}

/* The same of ids, in the colours that objects have. */
static int add_ids(TTMContext *ctx, const uint8_t *ids, int width, int height)
{
    TTMImage frame;
    int ret = ttm_image_alloc(&frame, TTM_PIXEL_RGB8, width, height);

    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "out of memory for the end");
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        if (ids[i])
            memcpy((uint8_t *)frame.data + 3 * i, ttm_object_colour(ids[i]), 3);
    ret = add_frame(ctx, &frame);
    free(frame.data);
    return ret;
}

/* The object of the still that object @p index of the end is, by name and number; -1: none. */
static int same_object(const TTMPrompts *still, const TTMPrompts *end, int index)
{
    const char *name = end->objects[index].name;
    int number = 0;

    for (int i = 0; i < index; i++)
        number += !strcmp(end->objects[i].name, name);
    for (int i = 0; i < still->nb_objects; i++)
        if (!strcmp(still->objects[i].name, name) && number-- == 0)
            return i;
    return -1;
}

/* Ids of the end in the order of the still's; what is not there, or doubtful in either,
 * stays as in the still. */
static void match(TTMContext *ctx, const TTMPrompts *end, const TTMFound *found,
                  uint8_t *ids, size_t pixels)
{
    const TTMObjects *o = &ctx->clip.made.objects;
    uint8_t to[256] = { 0 }, arrived[256] = { 0 };

    for (int i = 0; i < end->nb_objects; i++) {
        const int k = same_object(&o->prompts, end, i);

        if (k < 0 || ttm_found_is_doubtful(&found[i]) || ttm_found_is_doubtful(&o->found[k]))
            continue;
        to[i + 1] = (uint8_t)(k + 1);
        arrived[k + 1] = 1;
    }
    for (int k = 1; k <= o->nb; k++)
        if (!arrived[k])
            ttm_log(&ctx->log, TTM_LOG_WARNING, "'%s' is not found for sure in the %s, and "
                    "stays where it is: give boxes or masks for both",
                    o->prompts.objects[k - 1].name, ttm_found_is_doubtful(&o->found[k - 1]) ?
                    "still" : "picture of the end");
    for (size_t i = 0; i < pixels; i++) {
        ids[i] = to[ids[i]];
        if (!ids[i] && o->ids[i] && !arrived[o->ids[i]])
            ids[i] = o->ids[i];
    }
}

/* Objects of a photograph by their names, as those of the still have been found. */
static int find_named(TTMContext *ctx, uint8_t *ids)
{
    const TTMGiven *g = &ctx->clip.given;
    const size_t pixels = (size_t)g->still.width * (size_t)g->still.height;
    TTMFound found[TTM_MAX_OBJECTS];
    uint8_t *own = ttm_array_alloc((size_t)g->end.width, (size_t)g->end.height);
    TTMPrompts prompts = { 0 };
    int ret = own ? 0 : ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the end");

    memset(found, 0, sizeof(found));
    if (ret >= 0)
        ret = ttm_asked_prompts(ctx, &prompts);
    for (int i = 0; ret >= 0 && i < prompts.nb_objects; i++) {
        ttm_place_free(&prompts.objects[i].place);      /* that in the still */
        prompts.objects[i].place = prompts.objects[i].end;
        memset(&prompts.objects[i].end, 0, sizeof(prompts.objects[i].end));
    }
    if (ret >= 0)
        ret = ttm_clip_detect(ctx, &g->end, &prompts);
    if (ret >= 0)
        ret = ttm_clip_segment(ctx, &g->end, &prompts, own, found);
    if (ret >= 0) {
        ttm_ids_resize(own, g->end.width, g->end.height, ids, g->still.width,
                       g->still.height);
        match(ctx, &prompts, found, ids, pixels);
    }
    ttm_prompts_free(&prompts);
    free(own);
    return ret;
}

static int add_found(TTMContext *ctx)
{
    TTMGiven *g = &ctx->clip.given;
    TTMObjects *o = &ctx->clip.made.objects;
    const int width = g->still.width, height = g->still.height;
    uint8_t *ids = ttm_array_alloc((size_t)width, (size_t)height);
    int ret = ids ? 0 : ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory for the end");

    if (ret >= 0)
        ret = find_named(ctx, ids);
    for (int i = 0; i < o->nb; i++)
        memcpy(o->prompts.objects[i].place.colour, ttm_object_colour(i + 1), 3);
    if (ret >= 0)
        ret = add_ids(ctx, o->ids, width, height);
    if (ret >= 0)
        ret = add_ids(ctx, ids, width, height);
    free(ids);
    return ret;
}

int ttm_arrival_find(TTMContext *ctx)
{
    TTMGiven *g = &ctx->clip.given;
    int ret;

    ttm_drawn_free(&g->drawn);          /* of a clip that is made again */
    if ((int64_t)g->end.width * g->still.height != (int64_t)g->still.width * g->end.height)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the picture of the end is %dx%d, the still "
                "%dx%d: it is stretched", g->end.width, g->end.height, g->still.width,
                g->still.height);
    if (!g->masks.data)
        return add_found(ctx);
    ret = add_frame(ctx, &g->masks);
    return ret < 0 ? ret : add_frame(ctx, &g->end);
}

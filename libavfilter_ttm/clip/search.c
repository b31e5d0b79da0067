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

/** @file Objects of a picture that are looked for, with the segmenter if there is one. */

#include "clip/search.h"

#include "clip/budget.h"
#include "clip/context.h"

/* Who makes the segmenter's networks. */
static int segmenter_network(void *opaque, int width, int height, int points,
                             TTMNetwork **network)
{
    return ttm_models_segmenter(opaque, width, height, points, network);
}

int ttm_clip_segment(TTMContext *ctx, const TTMImage *still, TTMPrompts *prompts,
                     uint8_t *ids, TTMFound found[TTM_MAX_OBJECTS])
{
    TTMModels *m = &ctx->models;
    const TTMAsker asker = { &m->segmenter, segmenter_network, m };
    int ret = m->segmenter_part ? ttm_clip_plan_segmenter(ctx) : 0;

    if (ret >= 0)
        ret = ttm_segment_still(&ctx->log, still, prompts, m->segmenter_part ? &asker : NULL,
                                ids, found, ctx->backend->cancel);
    ttm_models_free_segmenter(m);
    return ret;
}

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

/** @file What masked attention sees, made of object ids on the device. */

#include "denoise/regions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"
#include "util/regions.h"

/** Rows of ids of a latent frame: of all its pictures, as ttm_regions_gather(). */
static int rows_of(const TTMMaskSetup *s)
{
    return s->given > 1 ? s->ids_height * s->frame_scale : s->ids_height;
}

/** Outputs: for each level in rising order regions, then sets. */
static TTMGraph *build(TTMBackend *backend, const TTMDenoiser *c,
                       const TTMMaskSetup *s, unsigned levels)
{
    TTMGraph *graph = ttm_graph_create(backend->log, "masks", backend->precision);
    TTMNodeId ids, boxes = TTM_NO_NODE, node;

    if (!graph)
        return NULL;
    ids = ttm_graph_input(graph, "ids", TTM_SHAPE(s->frames, rows_of(s),
                          s->ids_width), TTM_DTYPE_U8);
    if (s->locals && c->cross_boxes)
        boxes = ttm_graph_boxes(graph, ids, s->objects);
    for (int level = 0; levels >> level; level++) {
        const int h = (s->height + (1 << level) - 1) >> level;
        const int w = (s->width + (1 << level) - 1) >> level;
        const TTMShape flat = TTM_SHAPE((int64_t)s->frames * h * w);

        if (!(levels >> level & 1))
            continue;
        if (c->masked_self) {
            node = ttm_graph_cells(graph, ids, s->objects, h, w);
            ttm_graph_output(graph, ttm_graph_reshape(graph, node, flat));
        }
        if (s->locals) {
            node = c->cross_boxes ?
                   ttm_graph_box_sets(graph, boxes, rows_of(s), s->ids_width, h,
                                      w) :
                   ttm_graph_mask_sets(graph, ids, s->objects, h, w);
            ttm_graph_output(graph, ttm_graph_reshape(graph, node, flat));
        }
    }
    return graph;
}

static int write_ids(TTMNetwork *masks, TTMBackend *backend, const TTMMaskSetup *s)
{
    const size_t pixels = (size_t)rows_of(s) * (size_t)s->ids_width;
    uint8_t *ids;
    int ret;

    if (s->given == s->frames)
        return ttm_network_write(masks, "ids", s->ids, TTM_DTYPE_U8);
    ids = ttm_array_alloc((size_t)s->frames, pixels);
    if (!ids)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    if (s->given > 1)
        ttm_regions_gather(s->ids, s->given, s->ids_height, s->ids_width,
                           s->frame_scale, ids);
    for (int t = 0; s->given == 1 && t < s->frames; t++)
        memcpy(ids + (size_t)t * pixels, s->ids, pixels);
    ret = ttm_network_write(masks, "ids", ids, TTM_DTYPE_U8);
    free(ids);
    return ret;
}

int ttm_masks_bind(TTMNetwork **masks, TTMBackend *backend, TTMNetwork *steady,
                   TTMNetwork *network, const TTMDenoiser *denoiser,
                   const TTMMaskSetup *setup)
{
    const unsigned levels = denoiser->masked_levels;
    TTMGraph *graph;
    int ret, output = 0;

    *masks = NULL;
    if (!levels || (!denoiser->masked_self && !setup->locals))
        return 0;
    graph = build(backend, denoiser, setup, levels);
    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_network_create(masks, backend, graph);
    if (ret >= 0)
        ret = write_ids(*masks, backend, setup);
    if (ret >= 0)
        ret = ttm_network_run(*masks);
    for (int level = 0; levels >> level; level++) {
        for (int sets = 0; ret >= 0 && sets < 2; sets++) {
            char name[32];

            if (!(levels >> level & 1) || !(sets ? setup->locals : denoiser->masked_self))
                continue;
            snprintf(name, sizeof(name), "%s.%d", sets ? "sets" : "regions", level);
            ret = ttm_network_bind_input(sets ? network : steady, name,
                                         ttm_network_output(*masks, output++));
        }
    }
    return ret;
}

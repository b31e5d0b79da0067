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

/** @file Colour-coded masks <-> object ids, on the device. */

#include "render/colours.h"

#include "motion/tint.h"
#include "ttm.h"

/** A network between an image and ids, with the colours of @p objects objects. */
static int create(TTMNetwork **network, TTMBackend *backend, int paint,
                  int tinted, int objects, const TTMShape *image)
{
    TTMTintTable table;
    TTMGraph *graph = ttm_graph_create(backend->log, paint ? "paint" : "nearest",
                                       backend->precision);
    TTMShape shape  = *image;
    TTMNodeId x, colours;
    int ret;

    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    if (paint)
        shape.rank--;
    ttm_tint_table(&table, NULL, objects, tinted);
    for (int row = 0; row < table.rows; row++)
        for (int c = 0; c < 3; c++)
            table.rgb[row][c] = table.rgb[row][c] / 127.5f - 1;
    x = ttm_graph_input(graph, "x", shape, paint ? TTM_DTYPE_U8 : graph->dtype);
    colours = ttm_graph_input(graph, "colours", TTM_SHAPE(table.rows, 3), TTM_DTYPE_F32);
    ttm_graph_output(graph, paint ? ttm_graph_paint(graph, x, colours) :
                                    ttm_graph_nearest(graph, x, colours));
    ret = ttm_network_create(network, backend, graph);
    return ret < 0 ? ret : ttm_network_write(*network, "colours", table.rgb,
                                             TTM_DTYPE_F32);
}

int ttm_colours_paint(TTMColours *colours, TTMBackend *backend, const uint8_t *ids,
                      const TTMTensor *image)
{
    int ret = 0;

    if (!colours->paint)
        ret = create(&colours->paint, backend, 1, colours->tinted,
                     TTM_MAX_OBJECTS, &image->shape);
    if (ret >= 0)
        ret = ttm_network_write(colours->paint, "x", ids, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = ttm_network_bind_output(colours->paint, 0, image);
    return ret < 0 ? ret : ttm_network_run(colours->paint);
}

int ttm_colours_nearest(TTMColours *colours, TTMBackend *backend, int objects,
                        const TTMTensor *image, uint8_t *ids)
{
    int ret = 0;

    if (!colours->nearest)
        ret = create(&colours->nearest, backend, 0, colours->tinted, objects,
                     &image->shape);
    if (ret >= 0)
        ret = ttm_network_bind_input(colours->nearest, "x", image);
    if (ret >= 0)
        ret = ttm_network_run(colours->nearest);
    return ret < 0 ? ret : ttm_network_read(colours->nearest, 0, ids, TTM_DTYPE_U8);
}

void ttm_colours_free(TTMColours *colours)
{
    ttm_network_free(&colours->paint);
    ttm_network_free(&colours->nearest);
}

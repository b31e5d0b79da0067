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

#include "render/window.h"

#include <stdlib.h>

#include "graph/build_pictures.h"
#include "util/image.h"

/* Names of the filters' inputs, of rows and of columns; index: axis. */
static const char *const names[2] = { "window.y", "window.x" };

/* Taps of a filter along a side of @p size pixels, as those of all windows have. */
static int taps_of(int size)
{
    int taps = 0;

    free(ttm_image_filter(size, size, &taps));
    return taps;
}

TTMNodeId ttm_window_build(TTMGraph *graph, TTMNodeId frame, int bytes)
{
    const TTMPicture pack = { .kind = TTM_PICTURE_PACK, .bytes = bytes };
    TTMNodeId x = frame;

    for (int axis = 1; axis >= 0 && x != TTM_NO_NODE; axis--) {
        const TTMPicture p = { .kind = TTM_PICTURE_RESAMPLE, .axis = axis };
        const int64_t size = graph->nodes[frame].shape.dim[axis];
        const TTMNodeId filter = ttm_graph_input(graph, names[axis],
                                                 TTM_SHAPE(size, 1 + taps_of((int)size)),
                                                 TTM_DTYPE_F32);

        x = ttm_graph_picture(graph, &p, (TTMNodeId[]){ x, filter }, 2);
    }
    return x == TTM_NO_NODE ? x : ttm_graph_picture(graph, &pack, &x, 1);
}

int ttm_window_write(TTMNetwork *network, TTMBackend *backend, const TTMWindow *window)
{
    const double begin[2] = { window->y, window->x };
    int ret = 0;

    for (int axis = 0; axis < 2 && ret >= 0; axis++) {
        const TTMTensor *to = ttm_network_input(network, names[axis]);
        const int size = to ? (int)to->shape.dim[0] : 0;
        float *filter;
        int taps;

        if (!to)
            return TTM_ERR_ARGUMENT;
        filter = ttm_image_part_filter(size, begin[axis] * size, window->size * size, size,
                                       &taps);
        if (!filter)
            return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory for a frame");
        ret = ttm_network_write(network, names[axis], filter, TTM_DTYPE_F32);
        free(filter);
    }
    return ret;
}

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

/** @file Pictures on the device: upload, download, resampling. */

#include "render/pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/build_pictures.h"
#include "util/image.h"
#include "util/mem.h"

static size_t row_bytes(const TTMImage *image)
{
    return (image->format == TTM_PIXEL_RGB16 ? 6u : 3u) * (size_t)image->width;
}

int ttm_picture_upload(TTMBackend *backend, const TTMImage *image,
                       TTMTensor *packed)
{
    const size_t row = row_bytes(image);
    const TTMShape shape = TTM_SHAPE(image->height, image->width,
                                     image->format == TTM_PIXEL_RGB16 ? 6 : 3);
    char *rows = NULL;
    int ret;

    if (image->stride == (ptrdiff_t)row)
        return ttm_tensor_borrow(backend, packed, shape, TTM_DTYPE_U8, image->data);
    ret = ttm_tensor_create(backend, packed, shape, TTM_DTYPE_U8);
    if (ret < 0)
        return ret;
    rows = ttm_array_alloc((size_t)image->height, row);
    if (!rows)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    for (int y = 0; y < image->height; y++)
        memcpy(rows + (size_t)y * row, (const char *)image->data +
               y * image->stride, row);
    ret = ttm_tensor_write(backend, packed, rows, TTM_DTYPE_U8);
    free(rows);
    return ret;
}

int ttm_picture_download(TTMBackend *backend, const TTMTensor *packed,
                         TTMImage *image)
{
    const size_t row = row_bytes(image);
    const char *data = ttm_tensor_data(backend, packed);
    char *rows = NULL;
    int ret = 0;

    if (image->stride == (ptrdiff_t)row)
        return ttm_tensor_read(backend, packed, image->data, TTM_DTYPE_U8);
    if (!data) {
        data = rows = ttm_array_alloc((size_t)image->height, row);
        ret  = rows ? ttm_tensor_read(backend, packed, rows, TTM_DTYPE_U8) :
               ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory for a frame");
    }
    for (int y = 0; ret >= 0 && y < image->height; y++)
        memcpy((char *)image->data + y * image->stride,
               data + (size_t)y * row, row);
    free(rows);
    return ret;
}

/** Run @p graph once: input "x" is @p x, the output a new tensor or @p out. */
static int run_once(TTMBackend *backend, TTMGraph *graph, const TTMTensor *x,
                    const TTMTensor *out)
{
    TTMNetwork *network;
    int ret = ttm_network_create(&network, backend, graph);

    if (ret < 0)
        return ret;
    ret = ttm_network_bind_input(network, "x", x);
    if (ret >= 0)
        ret = ttm_network_bind_output(network, 0, out);
    if (ret >= 0)
        ret = ttm_network_run(network);
    ttm_network_free(&network);
    return ret;
}

/* Append the resampling of one side; the filter becomes the graph's. */
static TTMNodeId resample(TTMGraph *graph, TTMNodeId x, int axis, int from,
                          int to)
{
    const TTMPicture p = { .kind = TTM_PICTURE_RESAMPLE, .axis = axis };
    int taps = 0;
    float *filter = ttm_image_filter(from, to, &taps);
    TTMNodeId inputs[2] = { x, TTM_NO_NODE };

    inputs[1] = ttm_graph_constant(graph, axis ? "filter.x" : "filter.y",
                                   TTM_SHAPE(to, 1 + taps), filter);
    return ttm_graph_picture(graph, &p, inputs, 2);
}

int ttm_picture_resize(TTMBackend *backend, const TTMTensor *packed, int width,
                       int height, float low, int bytes, TTMTensor *out)
{
    TTMGraph *graph = ttm_graph_create(backend->log, "resize", TTM_DTYPE_F32);
    const TTMPicture values = { .kind = TTM_PICTURE_VALUES, .scale = 1 - low,
                                .shift = low, .low = low, .high = 1 };
    const TTMPicture pack = { .kind = TTM_PICTURE_PACK, .bytes = bytes };
    TTMNodeId x;
    int ret;

    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    x = ttm_graph_input(graph, "x", packed->shape, TTM_DTYPE_U8);
    x = resample(graph, x, 1, (int)packed->shape.dim[1], width);
    x = resample(graph, x, 0, (int)packed->shape.dim[0], height);
    x = ttm_graph_picture(graph, &values, &x, 1);
    if (bytes)
        x = ttm_graph_picture(graph, &pack, &x, 1);
    ttm_graph_output(graph, x);
    ret = ttm_tensor_create(backend, out, TTM_SHAPE(height, width, bytes ?
                                                    3 * bytes : 3),
                            bytes ? TTM_DTYPE_U8 : TTM_DTYPE_F32);
    if (ret < 0) {
        ttm_graph_free(&graph);
        return ret;
    }
    return run_once(backend, graph, packed, out);
}

int ttm_picture_convert(TTMBackend *backend, const TTMTensor *from,
                        const TTMTensor *to)
{
    TTMTensor view = *to;
    TTMGraph *graph;
    TTMNodeId x;

    if (from->dtype == to->dtype)
        return ttm_tensor_copy(backend, to, 0, from, 0,
                               ttm_shape_count(&from->shape));
    graph = ttm_graph_create(backend->log, "convert", to->dtype);
    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    x = ttm_graph_input(graph, "x", from->shape, from->dtype);
    ttm_graph_output(graph, ttm_graph_scale(graph, x, 1, 0));
    view.shape = from->shape;
    return run_once(backend, graph, from, &view);
}

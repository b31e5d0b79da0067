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

/**
 * @file
 * transformers' Sam2PromptEncoder: where a point is, as Fourier features with random
 * frequencies that are stored with the weights, and what it says.
 */

#include <math.h>
#include <stdlib.h>

#include "nets/sam2.h"
#include "util/mem.h"

/**
 * The frequencies [2, C / 2]. Two modules share them, one of which a file may leave out.
 */
static float *frequencies(TTMNet *net, const TTMSam2Config *c)
{
    static const char *const names[] = {
        "prompt_encoder.shared_embedding.positional_embedding",
        "shared_image_embedding.positional_embedding",
    };
    const TTMShape shape = TTM_SHAPE(2, c->pyramid / 2);
    const int first = !ttm_part_find(net->part, names[0]);
    float *values = ttm_sam2_values(net, names[first], shape);

    if (!values || first || !ttm_part_find(net->part, names[1]))
        return values;
    free(ttm_sam2_values(net, names[1], shape));    /* checked, and used */
    return values;
}

TTMNodeId ttm_sam2_positions(TTMNet *net, const TTMSam2Config *c)
{
    const int side = ttm_sam2_level_side(c, TTM_SAM2_LEVELS - 1), half = c->pyramid / 2;
    float *f = frequencies(net, c);
    float *values = f ? ttm_array_alloc((size_t)side * (size_t)side * (size_t)c->pyramid,
                                        sizeof(*values)) : NULL;

    for (int i = 0; values && i < side * side; i++) {
        const double x = 2 * (i % side + 0.5) / side - 1;
        const double y = 2 * (i / side + 0.5) / side - 1;

        for (int k = 0; k < half; k++) {
            const double angle = 2 * M_PI * (x * f[k] + y * f[half + k]);

            values[(size_t)i * (size_t)c->pyramid + (size_t)k]          = (float)sin(angle);
            values[(size_t)i * (size_t)c->pyramid + (size_t)(half + k)] = (float)cos(angle);
        }
    }
    free(f);
    return ttm_graph_constant(net->graph, "shared_image_embedding.positions",
                              TTM_SHAPE((int64_t)side * side, c->pyramid), values);
}

/**
 * Frequencies of pixels: with x and y in -1 .. 1 being 2 p / side - 1, rows for p and one
 * for the 1 that follows them.
 */
static TTMNodeId pixel_frequencies(TTMNet *net, const TTMSam2Config *c)
{
    const int half = c->pyramid / 2;
    float *f = frequencies(net, c);
    float *matrix = f ? ttm_array_alloc((size_t)half, 3 * sizeof(*matrix)) : NULL;

    for (int k = 0; matrix && k < half; k++) {
        matrix[k]            = (float)(2.0 * f[k] / c->side);
        matrix[half + k]     = (float)(2.0 * f[half + k] / c->side);
        matrix[2 * half + k] = (float)-((double)f[k] + f[half + k]);
    }
    free(f);
    return ttm_graph_table(net->graph, "prompt_encoder.shared_embedding.matrix",
                           TTM_SHAPE(3, half), matrix);
}

TTMNodeId ttm_sam2_points(TTMNet *net, const TTMSam2Config *c, int count)
{
    TTMGraph *graph = net->graph;
    float *ones = ttm_array_alloc((size_t)count, sizeof(*ones));
    TTMNodeId at[2], labels, x, kinds, both[2];

    for (int i = 0; ones && i < count; i++)
        ones[i] = 1;
    ttm_graph_scope(graph, "prompt_encoder");
    at[0]  = ttm_graph_input(graph, "points", TTM_SHAPE(count, 2), TTM_DTYPE_F32);
    labels = ttm_graph_input(graph, "labels", TTM_SHAPE(count), TTM_DTYPE_I32);
    at[1]  = ttm_graph_table(graph, "prompt_encoder.ones", TTM_SHAPE(count, 1), ones);
    x      = ttm_graph_fourier(graph, ttm_graph_concat(graph, at, 2, 1),
                               pixel_frequencies(net, c));
    kinds  = ttm_net_weight(net, "prompt_encoder.point_embed", "weight",
                            TTM_SHAPE(4, c->pyramid));
    both[0] = ttm_graph_add(graph, x, ttm_graph_embedding(graph, kinds, labels));
    both[1] = ttm_net_weight(net, "prompt_encoder.not_a_point_embed", "weight",
                             TTM_SHAPE(1, c->pyramid));
    return ttm_graph_concat(graph, both, 2, 0);     // [count + 1, C]
}

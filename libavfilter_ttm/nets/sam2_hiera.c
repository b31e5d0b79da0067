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
 * Hiera as transformers' Sam2HieraDetModel has it: transformer blocks over windows of
 * positions, some over all of them. The first block of a stage takes the largest query of
 * each 2 x 2, and so halves the sides; its windows are still those of the stage before.
 */

#include <math.h>
#include <stdlib.h>

#include "nets/sam2.h"
#include "util/mem.h"

#define MODULE "vision_encoder.backbone"

float *ttm_sam2_values(TTMNet *net, const char *name, TTMShape shape)
{
    const int64_t count = ttm_shape_count(&shape);
    TTMGraph *graph = net->graph;
    const TTMFileTensor *tensor;
    float *values;

    if (graph->error)
        return NULL;
    graph->error = ttm_part_tensor(net->part, name, &shape, &tensor);
    if (graph->error)
        return NULL;
    values = ttm_array_alloc((size_t)count, sizeof(*values));
    if (!values) {
        ttm_net_fail(net, TTM_ERR_MEMORY, "out of memory");
        return NULL;
    }
    graph->error = ttm_file_tensor_convert(tensor, graph->log, count, TTM_DTYPE_F32, values);
    if (!graph->error)
        return values;
    free(values);
    return NULL;
}

TTMNodeId ttm_sam2_mlp(TTMNet *net, TTMNodeId x, const char *module, int64_t hidden,
                       int64_t out, int depth, enum TTMActivation activation,
                       TTMNodeId residual)
{
    x = ttm_net_linear(net, x, ttm_path("%s.proj_in", module).text, hidden, TTM_NET_BIAS,
                       TTM_NO_NODE, activation);
    for (int i = 0; i < depth - 2; i++)
        x = ttm_net_linear(net, x, ttm_path("%s.layers.%d", module, i).text, hidden,
                           TTM_NET_BIAS, TTM_NO_NODE, activation);
    return ttm_net_linear(net, x, ttm_path("%s.proj_out", module).text, out, TTM_NET_BIAS,
                          residual, TTM_ACT_NONE);
}

/** Blocks of `stride` pixels before and behind a patch's own that its kernel sees. */
static void find_reach(const TTMSam2Config *c, int *before, int *behind)
{
    *before = (c->padding + c->stride - 1) / c->stride;
    *behind = c->kernel - 1 - c->padding > 0 ? (c->kernel - 1 - c->padding) / c->stride : 0;
}

/**
 * The kernel [out, 3, k, k] of stride s as one of stride 1 over blocks of s x s pixels,
 * [out, 3 s s, taps, taps], with zeros where it does not reach.
 */
static float *block_kernel(TTMNet *net, const TTMSam2Config *c, int before, int taps)
{
    const int k = c->kernel, s = c->stride, in = 3 * s * s;
    float *from = ttm_sam2_values(net, MODULE ".patch_embed.projection.weight",
                                  TTM_SHAPE(c->channels[0], 3, k, k));
    float *to = from ? ttm_array_alloc((size_t)c->channels[0] * (size_t)(in * taps * taps),
                                       sizeof(*to)) : NULL;

    for (int o = 0; to && o < c->channels[0]; o++)
        for (int color = 0; color < 3; color++)
            for (int y = 0; y < k; y++)
                for (int x = 0; x < k; x++) {
                    /* of the pixels of the blocks, from the first on */
                    const int row = y - c->padding + before * s;
                    const int column = x - c->padding + before * s;
                    const int channel = (row % s * s + column % s) * 3 + color;

                    to[((o * in + channel) * taps + row / s) * taps + column / s] =
                        from[((o * 3 + color) * k + y) * k + x];
                }
    free(from);
    return to;
}

/** Sam2PatchEmbeddings: [1, side, side, 3] -> [1, s, s, C] */
static TTMNodeId patches(TTMNet *net, const TTMSam2Config *c, TTMNodeId x)
{
    const int side = ttm_sam2_level_side(c, 0), in = 3 * c->stride * c->stride;
    TTMGraph *graph = net->graph;
    TTMConv2d conv  = { .stride = 1, .upsample = 1, .activation = TTM_ACT_NONE };
    TTMNodeId weight, bias;
    int before, behind, taps;

    find_reach(c, &before, &behind);
    taps = before + 1 + behind;
    conv.pad_top    = conv.pad_left  = before;
    conv.pad_bottom = conv.pad_right = behind;
    ttm_graph_scope(graph, MODULE ".patch_embed");
    x = ttm_graph_window_split(graph, x, c->stride);
    x = ttm_graph_reshape(graph, x, TTM_SHAPE(1, side, side, in));
    weight = ttm_graph_constant(graph, MODULE ".patch_embed.projection.weight",
                                TTM_SHAPE(c->channels[0], in, taps, taps),
                                block_kernel(net, c, before, taps));
    bias = ttm_net_weight(net, MODULE ".patch_embed.projection", "bias",
                          TTM_SHAPE(c->channels[0]));
    return ttm_graph_conv2d(graph, x, weight, bias, TTM_NO_NODE, TTM_NO_NODE, &conv);
}

/** Keys' cubic convolution with a = -0.75, as torch has it. */
static double cubic(double x)
{
    const double a = -0.75;

    x = fabs(x);
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 :
           x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

/** Where torch's bicubic interpolate() finds position @p i of @p to among @p from. */
static void find_taps(int i, int from, int to, int at[4], double weight[4])
{
    const double x = (i + 0.5) * from / to - 0.5, first = floor(x);

    for (int k = 0; k < 4; k++) {
        const int tap = (int)first - 1 + k;

        at[k]     = tap < 0 ? 0 : tap >= from ? from - 1 : tap;
        weight[k] = cubic(x - (first - 1 + k));
    }
}

/**
 * The background [C, h, w], enlarged by cubic interpolation to every position, and a window
 * [C, n, n] that repeats: [side, side, C]. See arXiv 2311.05613.
 */
static void fill_positions(const TTMSam2Config *c, const float *background,
                           const float *window, float *to)
{
    const int side = ttm_sam2_level_side(c, 0), channels = c->channels[0];
    const size_t h = (size_t)c->background[0], w = (size_t)c->background[1];
    const size_t n = (size_t)c->windows[0];
    int rows[4], columns[4];
    double by_row[4], by_column[4];

    for (int y = 0; y < side; y++) {
        find_taps(y, c->background[0], side, rows, by_row);
        for (int x = 0; x < side; x++) {
            find_taps(x, c->background[1], side, columns, by_column);
            for (int k = 0; k < channels; k++) {
                double sum = 0;

                for (int i = 0; i < 4; i++)
                    for (int j = 0; j < 4; j++)
                        sum += by_row[i] * by_column[j] *
                               background[((size_t)k * h + (size_t)rows[i]) * w +
                                          (size_t)columns[j]];
                *to++ = (float)(sum + window[((size_t)k * n + (size_t)y % n) * n + (size_t)x % n]);
            }
        }
    }
}

static TTMNodeId positions(TTMNet *net, const TTMSam2Config *c)
{
    const int side = ttm_sam2_level_side(c, 0), channels = c->channels[0];
    float *background = ttm_sam2_values(net, MODULE ".pos_embed",
                                        TTM_SHAPE(1, channels, c->background[0],
                                                  c->background[1]));
    float *window = ttm_sam2_values(net, MODULE ".pos_embed_window",
                                    TTM_SHAPE(1, channels, c->windows[0], c->windows[0]));
    float *values = NULL;

    if (background && window)
        values = ttm_array_alloc((size_t)side * (size_t)side * (size_t)channels,
                                 sizeof(*values));
    if (values)
        fill_positions(c, background, window, values);
    free(background);
    free(window);
    return ttm_graph_constant(net->graph, MODULE ".pos_embed",
                              TTM_SHAPE(side, side, channels), values);
}

/** Third @p index of the layer "MODULE.attn.qkv": queries, keys or values, [.., out] */
static TTMNodeId third(TTMNet *net, TTMNodeId x, const char *module, int64_t out, int index)
{
    static const char *const names[] = { "q", "k", "v" };
    const int64_t in = ttm_net_channels(net, x);
    const TTMShape shapes[] = { TTM_SHAPE(out, in), TTM_SHAPE(out) };
    const TTMShape whole[]  = { TTM_SHAPE(3 * out, in), TTM_SHAPE(3 * out) };
    TTMGraph *graph = net->graph;
    TTMNodeId weights[2] = { TTM_NO_NODE, TTM_NO_NODE };

    for (int i = 0; i < 2 && !graph->error; i++) {
        const char *kind = i ? "bias" : "weight";
        const TTMPath path = ttm_path("%s.attn.qkv.%s", module, kind);
        const int64_t count = ttm_shape_count(&shapes[i]);
        const TTMWeightPart part = { index * count, count, count };
        const TTMFileTensor *tensor;

        graph->error = ttm_part_tensor(net->part, path.text, &whole[i], &tensor);
        if (!graph->error)
            weights[i] = ttm_graph_file_weight_part(graph, ttm_path("%s.attn.qkv.%s.%s",
                                                                    module, names[index],
                                                                    kind).text,
                                                    shapes[i], tensor, &part);
    }
    return ttm_graph_linear(graph, x, weights[0], weights[1], TTM_NO_NODE, TTM_ACT_NONE);
}

/** How one block differs from the others. */
typedef struct Block {
    TTMPath module;
    int stage;
    int window;                 ///< 0: all positions see each other
    int halves;                 ///< the first of a stage
} Block;

/** Sam2MultiScaleAttention of @p h [1, H, W, C], with its projection and the residual. */
static TTMNodeId attention(TTMNet *net, const TTMSam2Config *c, const Block *b,
                           TTMNodeId h, TTMNodeId residual)
{
    const int64_t out = c->channels[b->stage];
    TTMGraph *graph = net->graph;
    const TTMShape whole = *ttm_graph_shape(graph, h);
    TTMAttention a = {
        .heads = c->heads[b->stage], .inner = 1, .regions = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNodeId qkv[3];
    TTMShape in;

    ttm_graph_scope(graph, ttm_path("%s.attn", b->module.text).text);
    if (b->window)              /* positions beyond the edge are zeros, and are keys too */
        h = ttm_graph_window_split(graph, h, b->window);
    in = *ttm_graph_shape(graph, h);
    for (int i = 0; i < 3; i++)
        qkv[i] = third(net, h, b->module.text, out, i);
    if (b->halves)
        qkv[0] = ttm_graph_window_max(graph, qkv[0], 2);
    if (graph->error)
        return TTM_NO_NODE;
    a.scale      = (float)(1 / sqrt((double)out / a.heads));
    a.outer      = a.key_outer = in.dim[0];
    a.key_tokens = in.dim[1] * in.dim[2];
    a.tokens     = b->halves ? a.key_tokens / 4 : a.key_tokens;
    h = ttm_graph_attention(graph, qkv[0], qkv[1], qkv[2], &a);
    if (b->window)
        h = ttm_graph_window_join(graph, h, whole.dim[1] >> b->halves,
                                  whole.dim[2] >> b->halves);
    return ttm_net_linear(net, h, ttm_path("%s.attn.proj", b->module.text).text, out,
                          TTM_NET_BIAS, residual, TTM_ACT_NONE);
}

/** Sam2MultiScaleBlock. */
static TTMNodeId block(TTMNet *net, const TTMSam2Config *c, const Block *b, TTMNodeId x)
{
    const char *module = b->module.text;
    const int64_t out = c->channels[b->stage];
    TTMNodeId h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm1", module).text,
                                     c->epsilon);

    if (b->halves) {
        x = ttm_net_linear(net, h, ttm_path("%s.proj", module).text, out, TTM_NET_BIAS,
                           TTM_NO_NODE, TTM_ACT_NONE);
        ttm_graph_scope(net->graph, module);
        x = ttm_graph_window_max(net->graph, x, 2);
    }
    x = attention(net, c, b, h, x);
    h = ttm_net_layer_norm(net, x, ttm_path("%s.layer_norm2", module).text, c->epsilon);
    return ttm_sam2_mlp(net, h, ttm_path("%s.mlp", module).text,
                        c->hidden[b->stage], out, 2, TTM_ACT_GELU, x);
}

void ttm_sam2_hiera(TTMNet *net, const TTMSam2Config *c, TTMNodeId image,
                    TTMNodeId stages[TTM_SAM2_STAGES])
{
    TTMNodeId x = patches(net, c, image);
    int index = 0;

    ttm_graph_scope(net->graph, MODULE);
    x = ttm_graph_add(net->graph, x, positions(net, c));
    for (int stage = 0; stage < c->nb_stages; stage++) {
        for (int i = 0; i < c->blocks[stage]; i++, index++) {
            const int first = stage && !i;
            Block b = { ttm_path(MODULE ".blocks.%d", index), stage,
                        c->windows[first ? stage - 1 : stage], first };

            for (int k = 0; k < c->nb_global; k++)
                b.window = c->global[k] == index ? 0 : b.window;
            x = block(net, c, &b, x);
        }
        stages[stage] = x;
    }
}

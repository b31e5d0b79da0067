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
 * The layers of diffusers AutoencoderKLWan. A convolution looks at two frames before each
 * of its own; those before the first of a run are a state, zeros at the beginning. The
 * graphs of the first picture leave out what does not exist then: halving and
 * doubling of time, and the taps that would see zeros.
 */

#include <math.h>
#include <stdlib.h>

#include "nets/vae_wan.h"
#include "run/stream.h"
#include "util/mem.h"

/** Frames that a convolution looks back. */
#define PAST 2
/** Norms: no more than keeps zeros from being divided by zero. */
#define EPSILON 1e-24f

typedef struct Kept {
    TTMNodeId node;
    TTMPath name;
} Kept;

/** A graph under construction. */
typedef struct Wan {
    TTMNet net;
    const TTMWanVaeConfig *config;
    int first;                  ///< the video's first picture, which has no past
    Kept *kept;                 ///< states for the next run
    int nb_kept;
    size_t capacity;
} Wan;

/** @p node is what the next run of the graph has as its state @p module. */
static void keep(Wan *w, const char *module, TTMNodeId node)
{
    if (node == TTM_NO_NODE)
        return;
    if (ttm_array_grow(&w->kept, &w->capacity, (size_t)w->nb_kept + 1,
                       sizeof(*w->kept)) < 0) {
        ttm_net_fail(&w->net, TTM_ERR_MEMORY, "out of memory");
        return;
    }
    w->kept[w->nb_kept++] = (Kept){ node, ttm_path(TTM_STATE_PREFIX "%s", module) };
}

/** The graph's output @p name, then the states. */
static int finish(Wan *w, TTMNodeId x, const char *name)
{
    TTMGraph *graph = w->net.graph;

    ttm_graph_output_named(graph, x, name);
    for (int i = 0; i < w->nb_kept; i++)
        ttm_graph_output_named(graph, w->kept[i].node, w->kept[i].name.text);
    free(w->kept);
    return ttm_graph_finish(graph);
}

/** The frames of @p x behind @p past of those before, which the last run kept. */
static TTMNodeId after_past(Wan *w, TTMNodeId x, const char *module, int past)
{
    TTMGraph *graph = w->net.graph;
    TTMShape shape  = *ttm_graph_shape(graph, x);
    TTMNodeId parts[2] = { TTM_NO_NODE, x };

    shape.dim[0] = past;
    ttm_graph_scope(graph, module);
    parts[0] = ttm_graph_input(graph, ttm_path(TTM_STATE_PREFIX "%s", module).text,
                               shape, graph->dtype);
    x = ttm_graph_concat(graph, parts, 2, 0);
    keep(w, module, ttm_graph_slice(graph, x, 0, ttm_graph_shape(graph, x)->dim[0] - past,
                                    past));
    return x;
}

/**
 * Three frames a frame, channel by channel: [.., C] -> [frames, H, W, 3 C], as rows of
 * torch's kernels in time lie. Frame t is of frames step t to step t + 2.
 */
static TTMNodeId windows(Wan *w, TTMNodeId x, int64_t frames, int step)
{
    TTMGraph *graph = w->net.graph;
    const TTMShape in = *ttm_graph_shape(graph, x);
    const int64_t h = in.dim[1], width = in.dim[2], c = in.dim[3];
    TTMNodeId taps[3];

    for (int k = 0; k < 3; k++) {
        const int other = k < step ? k : step - 1;

        taps[k] = ttm_graph_slice(graph, x, 0, k - other, frames * step);
        if (step > 1) {         /* every other of them */
            taps[k] = ttm_graph_reshape(graph, taps[k], TTM_SHAPE(frames, step,
                                                                  h * width * c));
            taps[k] = ttm_graph_slice(graph, taps[k], 1, other, 1);
        }
        taps[k] = ttm_graph_reshape(graph, taps[k], TTM_SHAPE(frames, h, width, c, 1));
    }
    x = ttm_graph_concat(graph, taps, 3, 4);
    return ttm_graph_reshape(graph, x, TTM_SHAPE(frames, h, width, 3 * c));
}

/** The last tap in time of a kernel [out, in, 3, 3, 3], all that sees a first frame. */
static TTMNodeId last_tap(Wan *w, const char *module, int64_t out, int64_t in)
{
    static const TTMWeightPart part = { 18, 9, 27 };
    const TTMPath path   = ttm_path("%s.weight", module);
    const TTMShape shape = TTM_SHAPE(out, in, 3, 3, 3);
    TTMGraph *graph      = w->net.graph;
    const TTMFileTensor *tensor;

    if (graph->error)
        return TTM_NO_NODE;
    graph->error = ttm_part_tensor(w->net.part, path.text, &shape, &tensor);
    return graph->error ? TTM_NO_NODE :
           ttm_graph_file_weight_part(graph, path.text, TTM_SHAPE(out, in, 3, 3), tensor,
                                      &part);
}

/** WanCausalConv3d of 3 x 3 x 3: [frames, H, W, Cin] -> [.., out]. */
static TTMNodeId conv(Wan *w, TTMNodeId x, const char *module, int64_t out,
                      TTMNodeId residual)
{
    const TTMConv2d same = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    TTMGraph *graph  = w->net.graph;
    const int64_t in = ttm_net_channels(&w->net, x);
    TTMNodeId weight, bias;

    if (w->first) {
        TTMNodeId past[PAST] = { TTM_NO_NODE, x };

        ttm_graph_scope(graph, module);
        past[0] = ttm_graph_scale(graph, x, 0, 0);
        keep(w, module, ttm_graph_concat(graph, past, PAST, 0));
        weight = last_tap(w, module, out, in);
    } else {
        const int64_t frames = ttm_graph_shape(graph, x)->dim[0];

        x      = windows(w, after_past(w, x, module, PAST), frames, 1);
        weight = ttm_net_weight_head(&w->net, module, "weight",
                                     TTM_SHAPE(out, in, 3, 3, 3),
                                     TTM_SHAPE(out, 3 * in, 3, 3));
    }
    bias = ttm_net_weight(&w->net, module, "bias", TTM_SHAPE(out));
    return ttm_graph_conv2d(graph, x, weight, bias, TTM_NO_NODE, residual, &same);
}

/** A kernel over time alone or one position, as a linear layer of its first @p rows. */
static TTMNodeId linear(Wan *w, TTMNodeId x, const char *module, TTMShape file,
                        int64_t rows, TTMNodeId residual)
{
    const TTMNodeId weight =
        ttm_net_weight_head(&w->net, module, "weight", file,
                            TTM_SHAPE(rows, ttm_net_channels(&w->net, x)));
    const TTMNodeId bias = ttm_net_weight_head(&w->net, module, "bias",
                                               TTM_SHAPE(file.dim[0]), TTM_SHAPE(rows));

    return ttm_graph_linear(w->net.graph, x, weight, bias, residual, TTM_ACT_NONE);
}

/** WanRMS_norm: x / |x| sqrt(C) gamma at each position; gamma has @p ones behind it. */
static TTMNodeId norm(Wan *w, TTMNodeId x, const char *module, int ones)
{
    const int64_t c = ttm_net_channels(&w->net, x);
    TTMShape file   = TTM_SHAPE(c, 1, 1, 1);

    file.rank = 1 + ones;
    return ttm_graph_rms_norm(w->net.graph, x,
                              ttm_net_weight_head(&w->net, module, "gamma", file,
                                                  TTM_SHAPE(c)), EPSILON);
}

static TTMNodeId norm_silu(Wan *w, TTMNodeId x, const char *module)
{
    x = norm(w, x, module, 3);
    ttm_graph_scope(w->net.graph, module);
    return ttm_graph_activate(w->net.graph, x, TTM_ACT_SILU);
}

/** WanResidualBlock. */
static TTMNodeId resnet(Wan *w, TTMNodeId x, const char *module, int64_t out)
{
    const int64_t in = ttm_net_channels(&w->net, x);
    TTMNodeId skip = x, h;

    if (in != out)
        skip = linear(w, x, ttm_path("%s.conv_shortcut", module).text,
                      TTM_SHAPE(out, in, 1, 1, 1), out, TTM_NO_NODE);
    h = norm_silu(w, x, ttm_path("%s.norm1", module).text);
    h = conv(w, h, ttm_path("%s.conv1", module).text, out, TTM_NO_NODE);
    h = norm_silu(w, h, ttm_path("%s.norm2", module).text);
    return conv(w, h, ttm_path("%s.conv2", module).text, out, skip);
}

/** WanAttentionBlock: one head over the positions of each frame. */
static TTMNodeId attention(Wan *w, TTMNodeId x, const char *module)
{
    TTMGraph *graph      = w->net.graph;
    const TTMShape shape = *ttm_graph_shape(graph, x);
    const int64_t c      = ttm_net_channels(&w->net, x);
    const TTMAttention a = {
        .heads = 1, .scale = 1 / sqrtf((float)c),
        .outer = shape.dim[0], .tokens = shape.dim[1] * shape.dim[2], .inner = 1,
        .key_outer = shape.dim[0], .key_tokens = shape.dim[1] * shape.dim[2],
        .regions = TTM_NO_NODE, .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    TTMNodeId h, qkv[3];

    h = norm(w, x, ttm_path("%s.norm", module).text, 2);
    h = linear(w, h, ttm_path("%s.to_qkv", module).text, TTM_SHAPE(3 * c, c, 1, 1), 3 * c,
               TTM_NO_NODE);
    ttm_graph_scope(graph, module);
    for (int i = 0; i < 3; i++)
        qkv[i] = ttm_graph_slice(graph, h, shape.rank - 1, i * c, c);
    h = ttm_graph_attention(graph, qkv[0], qkv[1], qkv[2], &a);
    return linear(w, h, ttm_path("%s.proj", module).text, TTM_SHAPE(c, c, 1, 1), c, x);
}

static TTMNodeId middle(Wan *w, TTMNodeId x, const char *side)
{
    const int64_t c = ttm_net_channels(&w->net, x);

    x = resnet(w, x, ttm_path("%s.mid_block.resnets.0", side).text, c);
    x = attention(w, x, ttm_path("%s.mid_block.attentions.0", side).text);
    return resnet(w, x, ttm_path("%s.mid_block.resnets.1", side).text, c);
}

/**
 * WanResample downsample2d or 3d: half the size, and later half of the frames, each of
 * three; the first picture is only remembered.
 */
static TTMNodeId halve(Wan *w, TTMNodeId x, const char *module, int temporal)
{
    /* padded right and bottom only */
    const TTMConv2d half = { 2, 0, 0, 1, 1, 1, TTM_ACT_NONE };
    const TTMPath time   = ttm_path("%s.time_conv", module);
    const int64_t c      = ttm_net_channels(&w->net, x);
    TTMGraph *graph      = w->net.graph;
    int64_t frames;

    x = ttm_net_conv_with(&w->net, x, ttm_path("%s.resample.1", module).text, c,
                          TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE, &half);
    if (!temporal || graph->error)
        return x;
    if (w->first) {
        keep(w, time.text, x);
        return x;
    }
    frames = ttm_graph_shape(graph, x)->dim[0];
    x = windows(w, after_past(w, x, time.text, 1), frames / 2, 2);
    return linear(w, x, time.text, TTM_SHAPE(c, c, 3, 1, 1), c, TTM_NO_NODE);
}

/**
 * WanResample upsample2d or 3d: but for the first picture two frames of each, then twice
 * the size and half of the channels.
 */
static TTMNodeId enlarge(Wan *w, TTMNodeId x, const char *module, int temporal)
{
    const TTMConv2d doubled = { 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };
    const TTMPath time   = ttm_path("%s.time_conv", module);
    const TTMShape shape = *ttm_graph_shape(w->net.graph, x);
    const int64_t c = ttm_net_channels(&w->net, x), frames = shape.dim[0];
    TTMGraph *graph = w->net.graph;

    if (graph->error)
        return TTM_NO_NODE;
    if (temporal && !w->first) {
        TTMNodeId two[2];

        x = windows(w, after_past(w, x, time.text, PAST), frames, 1);
        x = linear(w, x, time.text, TTM_SHAPE(2 * c, c, 3, 1, 1), 2 * c, TTM_NO_NODE);
        ttm_graph_scope(graph, time.text);
        for (int i = 0; i < 2; i++)
            two[i] = ttm_graph_reshape(graph, ttm_graph_slice(graph, x, 3, i * c, c),
                                       TTM_SHAPE(frames, 1, shape.dim[1] * shape.dim[2] *
                                                 c));
        x = ttm_graph_concat(graph, two, 2, 1);
        x = ttm_graph_reshape(graph, x, TTM_SHAPE(2 * frames, shape.dim[1], shape.dim[2],
                                                  c));
    }
    return ttm_net_conv_with(&w->net, x, ttm_path("%s.resample.1", module).text, c / 2,
                             TTM_NET_BIAS, TTM_NO_NODE, TTM_NO_NODE, &doubled);
}

/** x * scale + shift, a value a channel. */
static TTMNodeId scale_channels(Wan *w, TTMNodeId x, const char *name,
                                const float *scale, const float *shift)
{
    const int n   = w->config->latent_channels;
    float *matrix = ttm_array_alloc((size_t)n * (size_t)n, sizeof(*matrix));
    float *vector = ttm_array_alloc((size_t)n, sizeof(*vector));
    TTMGraph *graph = w->net.graph;
    TTMNodeId weight, bias;

    for (int i = 0; i < n && matrix && vector; i++) {
        matrix[i * (n + 1)] = scale[i];
        vector[i] = shift[i];
    }
    weight = ttm_graph_constant(graph, ttm_path("%s.weight", name).text,
                                TTM_SHAPE(n, n), matrix);
    bias   = ttm_graph_constant(graph, ttm_path("%s.bias", name).text, TTM_SHAPE(n),
                                vector);
    return ttm_graph_linear(graph, x, weight, bias, TTM_NO_NODE, TTM_ACT_NONE);
}

static TTMNodeId encode(Wan *w, TTMNodeId x)
{
    const TTMWanVaeConfig *c = w->config;
    int index = 0;              /* of encoder.down_blocks, one list of all layers */

    x = conv(w, x, "encoder.conv_in", c->base, TTM_NO_NODE);
    for (int i = 0; i < c->nb_levels; i++) {
        for (int j = 0; j < c->blocks; j++) {
            x = resnet(w, x, ttm_path("encoder.down_blocks.%d", index++).text,
                       (int64_t)c->base * c->multiple[i]);
            if (c->attention[i])
                x = attention(w, x, ttm_path("encoder.down_blocks.%d", index++).text);
        }
        if (i < c->nb_levels - 1)
            x = halve(w, x, ttm_path("encoder.down_blocks.%d", index++).text,
                      c->temporal[i]);
    }
    x = middle(w, x, "encoder");
    x = norm_silu(w, x, "encoder.norm_out");
    return conv(w, x, "encoder.conv_out", 2 * c->latent_channels, TTM_NO_NODE);
}

static TTMNodeId decode(Wan *w, TTMNodeId x)
{
    const TTMWanVaeConfig *c = w->config;
    const int top = c->nb_levels - 1;

    x = conv(w, x, "decoder.conv_in", (int64_t)c->decoder_base * c->multiple[top],
             TTM_NO_NODE);
    x = middle(w, x, "decoder");
    for (int i = 0; i <= top; i++) {
        for (int j = 0; j <= c->blocks; j++)
            x = resnet(w, x, ttm_path("decoder.up_blocks.%d.resnets.%d", i, j).text,
                       (int64_t)c->decoder_base * c->multiple[top - i]);
        if (i < top)
            x = enlarge(w, x, ttm_path("decoder.up_blocks.%d.upsamplers.0", i).text,
                        c->temporal[top - 1 - i]);
    }
    x = norm_silu(w, x, "decoder.norm_out");
    x = conv(w, x, "decoder.conv_out", 3, TTM_NO_NODE);
    ttm_graph_scope(w->net.graph, "decoder");
    return ttm_graph_activate(w->net.graph, x, TTM_ACT_CLAMP);
}

/** 0 where the sizes of the pictures are possible. */
static int check_sizes(Wan *w, const TTMNetSizes *sizes)
{
    const int s = w->config->block_scale;

    if (sizes->batch == 1 && sizes->height > 0 && sizes->width > 0 &&
        sizes->height % s == 0 && sizes->width % s == 0)
        return 0;
    ttm_net_fail(&w->net, TTM_ERR_ARGUMENT, "%d videos of %dx%d: it must be one, both "
                 "sides multiples of %d", sizes->batch, sizes->width, sizes->height, s);
    return w->net.graph->error;
}

static int build_encoder(TTMGraph *graph, TTMPart *part, const TTMWanVaeConfig *c,
                         const TTMNetSizes *sizes, int first)
{
    const int64_t z = c->latent_channels;
    Wan w = { { graph, part }, c, first, NULL, 0, 0 };
    float scale[TTM_WAN_LATENTS], shift[TTM_WAN_LATENTS];
    TTMNodeId x;

    if (check_sizes(&w, sizes) < 0)
        return graph->error;
    for (int i = 0; i < z; i++) {
        scale[i] = 1 / c->std[i];
        shift[i] = -c->mean[i] / c->std[i];
    }
    x = ttm_graph_input(graph, "image", TTM_SHAPE(first ? 1 : c->frame_scale,
                                                  sizes->height, sizes->width, 3),
                        graph->dtype);
    x = encode(&w, x);
    /* The first half of the posterior's numbers is its mean. */
    x = linear(&w, x, "quant_conv", TTM_SHAPE(2 * z, 2 * z, 1, 1, 1), z, TTM_NO_NODE);
    return finish(&w, scale_channels(&w, x, "latents", scale, shift), "latents");
}

static int build_decoder(TTMGraph *graph, TTMPart *part, const TTMWanVaeConfig *c,
                         const TTMNetSizes *sizes, int first)
{
    const int64_t z = c->latent_channels;
    const int s = c->block_scale;
    Wan w = { { graph, part }, c, first, NULL, 0, 0 };
    TTMNodeId x;

    if (check_sizes(&w, sizes) < 0)
        return graph->error;
    x = ttm_graph_input(graph, "latents", TTM_SHAPE(1, sizes->height / s,
                                                    sizes->width / s, z), graph->dtype);
    x = scale_channels(&w, x, "latents.raw", c->std, c->mean);
    x = linear(&w, x, "post_quant_conv", TTM_SHAPE(z, z, 1, 1, 1), z, TTM_NO_NODE);
    return finish(&w, decode(&w, x), "image");
}

int ttm_wan_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes)
{
    return build_encoder(graph, part, config, sizes, 1);
}

int ttm_wan_next_encoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                               const TTMNetSizes *sizes)
{
    return build_encoder(graph, part, config, sizes, 0);
}

int ttm_wan_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                          const TTMNetSizes *sizes)
{
    return build_decoder(graph, part, config, sizes, 1);
}

int ttm_wan_next_decoder_build(TTMGraph *graph, TTMPart *part, const void *config,
                               const TTMNetSizes *sizes)
{
    return build_decoder(graph, part, config, sizes, 0);
}

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
 * What the builders of all networks share: weights by module path, layers
 * with their weights, and checked reading of config.json. Not for other
 * directories.
 *
 * Functions that return a node return TTM_NO_NODE once the graph has failed;
 * the reason was logged and is in graph->error.
 */

#ifndef TTM_NETS_NET_H
#define TTM_NETS_NET_H

#include "graph/graph.h"
#include "io/bundle.h"

/** A network under construction. */
typedef struct TTMNet {
    TTMGraph *graph;
    TTMPart *part;
} TTMNet;

/** Path of a module, "down_blocks.0.resnets.1". */
typedef struct TTMPath {
    char text[192];
} TTMPath;

/** Format a path; returned by value, so that it may be made inside a call. */
TTMPath ttm_path(const char *format, ...) TTM_PRINTF_FORMAT(1, 2);

/** Mark the graph as failed after one log line; the first error is kept. */
TTMNodeId ttm_net_fail(TTMNet *net, int code, const char *format, ...)
    TTM_PRINTF_FORMAT(3, 4);

/** Size of the last axis of @p x. */
int64_t ttm_net_channels(const TTMNet *net, TTMNodeId x);

/** The tensor "MODULE.NAME" of the part as a weight of exactly @p shape. */
TTMNodeId ttm_net_weight(TTMNet *net, const char *module, const char *name,
                         TTMShape shape);

/**
 * The first elements, seen as @p shape, of the tensor "MODULE.NAME", which
 * must be of shape @p file_shape. Saves a slice at run time.
 */
TTMNodeId ttm_net_weight_head(TTMNet *net, const char *module, const char *name,
                              TTMShape file_shape, TTMShape shape);

/** Properties of a layer's weights. */
enum {
    TTM_NET_BIAS  = 1,      ///< has a bias
    TTM_NET_POINT = 2,      ///< linear: stored as a 1x1 convolution
};

/**
 * torch.nn.Linear or a 1x1 Conv2d: [..., Cin] -> [..., out], out / 2 with
 * TTM_ACT_GEGLU. @p residual is added last, or TTM_NO_NODE.
 */
TTMNodeId ttm_net_linear(TTMNet *net, TTMNodeId x, const char *module,
                         int64_t out, int flags, TTMNodeId residual,
                         enum TTMActivation activation);

/** A 3x3 Conv2d of stride 1 that keeps the size: [N, H, W, Cin] -> [.., out]. */
TTMNodeId ttm_net_conv(TTMNet *net, TTMNodeId x, const char *module, int64_t out,
                       int flags, TTMNodeId shift, TTMNodeId residual,
                       enum TTMActivation activation);

/** As ttm_net_conv(), with any stride, padding and up-sampling. */
TTMNodeId ttm_net_conv_with(TTMNet *net, TTMNodeId x, const char *module,
                            int64_t out, int flags, TTMNodeId shift,
                            TTMNodeId residual, const TTMConv2d *parameters);

/** torch.nn.GroupNorm; see TTMGroupNorm for @p pool. */
TTMNodeId ttm_net_group_norm(TTMNet *net, TTMNodeId x, const char *module,
                             int groups, int pool, float epsilon,
                             enum TTMActivation activation);

/** torch.nn.LayerNorm over the last axis. */
TTMNodeId ttm_net_layer_norm(TTMNet *net, TTMNodeId x, const char *module,
                             float epsilon);
/** The same with the rows put into @p order (TTM_NO_NODE: as they are). */
TTMNodeId ttm_net_layer_norm_sorted(TTMNet *net, TTMNodeId x, const char *module,
                                    TTMNodeId order, float epsilon);

/**
 * diffusers ResnetBlock2D: two normalised convolutions beside a shortcut,
 * [N, H, W, Cin] -> [N, H, W, out]. @p embedding is silu(time embedding)
 * [1, D], or TTM_NO_NODE for blocks without time.
 */
TTMNodeId ttm_net_resnet(TTMNet *net, TTMNodeId x, const char *module,
                         int64_t out, TTMNodeId embedding, int groups,
                         float epsilon);

/**
 * Nearest neighbour to twice the size, or one less in either direction: what torch's
 * interpolate() does for these odd sizes, as floor(i * in / out) is i / 2 for
 * out = 2 in - 1 too.
 */
TTMNodeId ttm_net_double_size(TTMNet *net, TTMNodeId x, int64_t height, int64_t width);

/**
 * diffusers Upsample2D with its convolution: nearest neighbour to
 * @p height x @p width, which is twice the size of @p x or one less in
 * either direction.
 */
TTMNodeId ttm_net_upsample(TTMNet *net, TTMNodeId x, const char *module,
                           int64_t height, int64_t width);

/** How an attention layer sees its sequences; see TTMAttention. */
typedef struct TTMNetAttention {
    int heads;
    int64_t outer, tokens, inner;
    TTMNodeId context;          ///< of keys and values; TTM_NO_NODE: x itself
    int64_t key_outer, key_tokens; ///< of the context
    int causal;
    TTMNodeId order;            ///< of regions that x is sorted by, or TTM_NO_NODE
    TTMNodeId query_sets, key_sets; ///< masks, or TTM_NO_NODE
    int flags;                  ///< of the q, k and v layers
    const char *names[4];       ///< sub-modules: query, key, value, output
} TTMNetAttention;

/** Sub-modules of diffusers' Attention. */
#define TTM_NET_DIFFUSERS_NAMES { "to_q", "to_k", "to_v", "to_out.0" }

/**
 * Attention with its projections: residual + out(attention(x)), [.., C]. Where
 * x is sorted, rows of the same region attend to each other, and the result is
 * in the order of the residual again.
 */
TTMNodeId ttm_net_attention(TTMNet *net, TTMNodeId x, const char *module,
                            TTMNodeId residual, const TTMNetAttention *parameters);

/* Checked reading of config.json. All return 0 or a TTM_ERR_* code after a
   line that names the file and the key. `object` is the part's config or an
   object inside it; `where` is "" or the prefix of its keys, "ttm.". */

/** An integer of [min, max]; absent or null: @p fallback. */
int ttm_config_int(const TTMPart *part, const char *key, int min, int max,
                   int fallback, int *value);

/** A true or false; absent or null: @p fallback. */
int ttm_config_bool(const TTMPart *part, const char *key, int fallback,
                    int *value);

/** A finite number greater than @p above; absent or null: @p fallback. */
int ttm_config_float(const TTMPart *part, const char *key, double above,
                     double fallback, float *value);

/**
 * A list of 1 to @p max_count integers of [min, max]. Required.
 */
int ttm_config_list(const TTMPart *part, const char *key, int min, int max,
                    int max_count, int *values, int *count);

/** An integer for all of @p count levels, or a list of one for each level. */
int ttm_config_levels(const TTMPart *part, const char *key, int count, int min,
                      int max, int fallback, int *values);

/**
 * One of @p choices (ended by NULL); *value is its index. Absent or null:
 * @p fallback, or an error where that is negative.
 */
int ttm_config_choice(const TTMPart *part, const TTMJson *object,
                      const char *where, const char *key,
                      const char *const *choices, int fallback, int *value);

/** Every key must be one of @p known, begin with '_', or be null. */
int ttm_config_known(const TTMPart *part, const TTMJson *object,
                     const char *where, const char *const *known);

/** The @p keys (ended by NULL) must be absent or null. */
int ttm_config_unused(const TTMPart *part, const char *const *keys);

#endif /* TTM_NETS_NET_H */

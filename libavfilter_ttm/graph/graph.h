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
 * A network as a list of operations in single assignment form.
 *
 * Nets build graphs, backends execute them; a graph knows no device. Each
 * node has one output value; inputs, weights and host-provided values are
 * nodes too. Activations are channels-last: [F, H, W, C], tokens are rows.
 * Builder functions check shapes: on a mistake they log one line that names
 * the node, mark the graph as failed and return TTM_NO_NODE; all later calls
 * on a failed graph return TTM_NO_NODE as well, so a net may be built without
 * a check after every call and ttm_graph_finish() reports the first error.
 */

#ifndef TTM_GRAPH_GRAPH_H
#define TTM_GRAPH_GRAPH_H

#include "graph/picture.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"
#include "util/log.h"

typedef int32_t TTMNodeId;          ///< index into TTMGraph.nodes
#define TTM_NO_NODE (-1)

enum TTMOp {
    TTM_OP_INPUT,       ///< bound to a device tensor at every run
    TTM_OP_WEIGHT,      ///< tensor of a bundle, uploaded once
    TTM_OP_LINEAR,      ///< y = act(x W^T + b) (+ residual)
    TTM_OP_CONV2D,      ///< see TTMConv2d
    TTM_OP_GROUP_NORM,
    TTM_OP_LAYER_NORM,
    TTM_OP_ATTENTION,   ///< see TTMAttention
    TTM_OP_ADD,         ///< a + b or a * b, b repeated where smaller: see TTMBroadcast
    TTM_OP_ACTIVATE,    ///< element-wise activation
    TTM_OP_SCALE,       ///< x * scale + shift
    TTM_OP_CONCAT,      ///< along an axis
    TTM_OP_SLICE,       ///< a range of an axis
    TTM_OP_REPEAT,      ///< [1, ...] -> [n, ...]
    TTM_OP_RESHAPE,     ///< same elements, no copy
    TTM_OP_EMBEDDING,   ///< rows of a table by I32 index
    TTM_OP_TIMESTEP,    ///< sinusoidal embedding of a time step
    TTM_OP_COMBINE,     ///< sum of inputs times run-time coefficients
    TTM_OP_SORT_REGIONS, ///< tokens in the order of their regions: see below
    TTM_OP_MASK,        ///< work on object ids: see TTMMask
    TTM_OP_PICTURE,     ///< work on the pixels of pictures: see graph/picture.h
    TTM_OP_WINDOW,      ///< square windows of positions: see TTMWindows
    TTM_OP_FOURIER,     ///< sines and cosines of points times a matrix
    TTM_OP_PRODUCT,     ///< y = x w^T, where w is no weight
    TTM_OP_NB
};

enum TTMActivation {
    TTM_ACT_NONE,
    TTM_ACT_SILU,
    TTM_ACT_GELU,           ///< x * Phi(x), by erf
    TTM_ACT_GELU_TANH,      ///< tanh approximation
    TTM_ACT_QUICK_GELU,     ///< x * sigmoid(1.702 x)
    TTM_ACT_RELU,
    TTM_ACT_TANH,
    TTM_ACT_GEGLU,          ///< TTM_OP_LINEAR only: [2n] -> [n], first half * gelu(second half)
    TTM_ACT_CLAMP,          ///< to -1 .. 1, NaN stays; TTM_OP_ACTIVATE only
    TTM_ACT_NB
};

/**
 * x [..., Cin], weight [Cout, Cin] as torch.nn.Linear, bias [Cout] or none.
 * With TTM_ACT_GEGLU (diffusers GEGLU) the output has Cout / 2 channels.
 * The residual (shape of the output) is added after the activation. With an
 * order (TTM_OP_SORT_REGIONS) row i of the result, residual included, is that
 * of token order[i]: rows of x are sorted, those of the output are not.
 */
typedef struct TTMLinear {
    enum TTMActivation activation;
} TTMLinear;

/**
 * x [N, H, W, Cin]; weight [Cout, Cin, kh, kw] as torch.nn.Conv2d; bias
 * [Cout] or none. out = act(conv(upsample(x)) + bias + shift) + residual.
 * `shift` is [Cout] (time embedding). Zero padding.
 */
typedef struct TTMConv2d {
    int stride;                             ///< 1 or 2
    int pad_top, pad_left, pad_bottom, pad_right;
    int upsample;                           ///< 1, or 2: nearest-neighbour before the convolution
    enum TTMActivation activation;
} TTMConv2d;

/**
 * x [N, ..., C]: statistics over each group of C / groups channels and all
 * positions of `pool` consecutive samples of N (1: per frame; F: the frames
 * pooled, as diffusers' motion modules do). Activation NONE or SILU.
 */
typedef struct TTMGroupNorm {
    int groups;
    int pool;
    float epsilon;
    enum TTMActivation activation;
} TTMGroupNorm;

/**
 * With an order (TTM_OP_SORT_REGIONS) row i of the output is token order[i]. Where
 * `mean_square` is set nothing is taken off: x / sqrt(mean(x^2) + epsilon) (RMSNorm, arXiv
 * 1910.07467).
 */
typedef struct TTMLayerNorm {
    float epsilon;
    int mean_square;
} TTMLayerNorm;

/**
 * Which elements of a tensor are a weight's: element i is first + i / run * step + i % run
 * of the file's. So the last tap in time of a kernel [out, in, 3, kh, kw] is first
 * 2 kh kw, run kh kw, step 3 kh kw.
 */
typedef struct TTMWeightPart {
    int64_t first, run, step;   ///< step 0: all in their order
} TTMWeightPart;

/**
 * TTM_OP_SORT_REGIONS: U8 regions [n] -> U32 [TTM_SORT_STARTS + n]. Element r
 * is the number of tokens of regions below r; from TTM_SORT_STARTS on follow
 * the tokens by region, those of a region in their order.
 */
#define TTM_SORT_STARTS 257

/**
 * softmax(scale q k^T + mask) v.
 *
 * q is seen as [outer, tokens, inner, heads * d]: attention runs over
 * `tokens`, for each `outer` and `inner` on its own:
 *   spatial          outer = F, tokens = H*W,   inner = 1
 *   temporal         outer = 1, tokens = F,     inner = H*W
 *   spatio-temporal  outer = 1, tokens = F*H*W, inner = 1
 * k is [key_outer, key_tokens, inner, heads * d], v the same with its own d;
 * key_outer is outer, or 1: shared by all (cross-attention).
 *
 * Masks (at most one kind):
 *   causal   query i sees keys 0 .. i
 *   regions  U8 [outer * tokens * inner]: query and key must be of the same
 *            region (masked self-attention; needs q and k of the same shape);
 *            every pair is looked at. Or the U32 result of TTM_OP_SORT_REGIONS,
 *            the rows of q, k, v and the output being in its order, outer and
 *            inner 1: only pairs of the same region are ever touched.
 *   sets     query_sets U32 [outer * tokens * inner] and key_sets U32
 *            [key_tokens]: allowed where the two have a bit in common
 * A query that may see nothing gives zero.
 */
typedef struct TTMAttention {
    int heads;
    float scale;
    int64_t outer, tokens, inner;
    int64_t key_outer, key_tokens;
    int causal;
    TTMNodeId regions;          ///< or TTM_NO_NODE
    TTMNodeId query_sets, key_sets; ///< or TTM_NO_NODE
} TTMAttention;

/**
 * How b of TTM_OP_ADD repeats over a. b's shape, with ones put in front, is
 * [1.., outer.., 1.., inner..] where outer and inner are dimensions of a:
 *     b index = i / (middle * inner) % outer * inner + i % inner
 * So [tokens, C] adds to [prompts, tokens, C], and [F, 1, 1, C] to [F, H, W, C].
 * Where `product` is set the two are multiplied.
 */
typedef struct TTMBroadcast {
    int64_t outer, middle, inner;
    int product;
} TTMBroadcast;

typedef struct TTMScale {
    float scale, shift;
} TTMScale;

typedef struct TTMAxis {
    int axis;
    int64_t start, length;      ///< TTM_OP_SLICE: of the axis; TTM_OP_REPEAT: length = n
} TTMAxis;

/**
 * Sinusoidal embedding of the F32 input [n] (diffusers Timesteps): [n, channels], of
 * one time [channels]; half sines, half cosines, exchanged by flip_sin_to_cos.
 */
typedef struct TTMTimestep {
    int channels;
    int flip_sin_to_cos;
    float frequency_shift;
    float max_period;
} TTMTimestep;

/**
 * Sum of values times run-time coefficients [values], or [rows, values] where rows are
 * the first axes of the values (frames, or all positions), each with its own. Values are
 * of the same shape, or [1, ...] and the same in every frame. A value whose coefficient
 * is 0 may be anything, NaN included. With first_given the last input is a frame
 * [1, ...] without coefficient that becomes frame 0 of the result.
 */
typedef struct TTMCombine {
    int first_given;
} TTMCombine;

/** Kinds of TTM_OP_MASK, with inputs -> output; ids are U8, 0 the background. */
enum TTMMaskKind {
    TTM_MASK_CELLS,     ///< ids [F, H, W] -> U8 [F, h, w]: ttm_regions_grid()
    TTM_MASK_BOXES,     ///< ids -> I32 [F, objects, 4], x0 y0 x1 y1, 0 where absent
    TTM_MASK_SETS,      ///< ids -> U32 [F, h, w]: ttm_regions_sets(), by masks
    TTM_MASK_BOX_SETS,  ///< boxes -> U32 [F, h, w]: the same by boxes
    TTM_MASK_NEAREST,   ///< x [..., C], table F32 [n, C] -> U8 [...]: row nearest to x
    TTM_MASK_PAINT,     ///< ids [...], table F32 [n, C] -> [..., C]; from n on row 0
};

/** Largest number of objects: bits of a set. */
#define TTM_MASK_OBJECTS 32
#define TTM_MASK_COLUMNS 16     ///< most of a table

typedef struct TTMMask {
    enum TTMMaskKind kind;
    int objects;
    int height, width;          ///< H, W
    int cell_height, cell_width; ///< h, w
} TTMMask;

/** Kinds of TTM_OP_WINDOW, of positions [N, H, W, C]. */
enum TTMWindowKind {
    /**
     * -> [N * rows * columns, size, size, C], windows row by row; zeros where they reach
     * over the right and lower edge. So [N, H / 2, W / 2, 4 C] of space-to-depth.
     */
    TTM_WINDOW_SPLIT,
    TTM_WINDOW_JOIN,    ///< the way back, to the upper left `height` x `width` of what windows cover
    TTM_WINDOW_MAX,     ///< -> [N, H / size, W / size, C], the largest of each whole window
};

typedef struct TTMWindows {
    enum TTMWindowKind kind;
    int size;
    int height, width;          ///< of the positions that are split, joined or halved
} TTMWindows;

#define TTM_MAX_INPUTS 8

/** One node; which member of the union holds is decided by op. */
typedef struct TTMNode {
    enum TTMOp op;
    char *name;                 ///< for messages and profiles; weights: tensor name
    TTMShape shape;
    enum TTMDType dtype;
    int nb_inputs;
    /**
     * Data inputs, in this order; optional ones are TTM_NO_NODE:
     * LINEAR x, weight, bias, residual, order; CONV2D x, weight, bias, shift,
     * residual; GROUP_NORM x, weight, bias; LAYER_NORM x, weight, bias, order;
     * ATTENTION q, k, v, regions, query_sets, key_sets; ADD a, b; EMBEDDING
     * table, indices; COMBINE coefficients F32 [n], n values, the first frame;
     * CONCAT the parts; SORT_REGIONS regions; MASK ids, boxes or x, then the
     * table; PICTURE as enum TTMPictureKind says.
     */
    TTMNodeId input[TTM_MAX_INPUTS];
    union {
        TTMLinear linear;
        TTMConv2d conv2d;
        TTMGroupNorm group_norm;
        TTMLayerNorm layer_norm;
        TTMAttention attention;
        enum TTMActivation activation;
        TTMBroadcast add;
        TTMScale scale;
        TTMAxis axis;
        TTMTimestep timestep;
        TTMCombine combine;
        TTMMask mask;
        TTMPicture picture;
        TTMWindows windows;
    };
    /**
     * WEIGHT: its elements in memory or, where host_data is NULL, in a file of the
     * bundle; both outlive the graph. See ttm_graph_convert_weight().
     */
    const void *host_data;
    const TTMFileTensor *host_file;
    TTMWeightPart host_part;    ///< of host_file
    enum TTMDType host_dtype;   ///< WEIGHT: their type there
    void *owned_data;           ///< WEIGHT of ttm_graph_constant(): freed with the graph
} TTMNode;

typedef struct TTMGraph {
    const TTMLog *log;
    char *name;                 ///< "image_to_motion", for messages
    char *scope;                ///< prefix of new names, or NULL
    enum TTMDType dtype;        ///< of activations: F32, F16 or BF16
    TTMNode *nodes;
    int nb_nodes;
    int capacity;
    TTMNodeId *outputs;
    char **output_names;        ///< NULL: an output is called as its node
    int nb_outputs;
    int error;                  ///< first error, 0: none
} TTMGraph;

/** "linear", "conv2d", ...: for messages. */
const char *ttm_op_name(enum TTMOp op);

/**
 * Floating-point inputs of all ops are of the graph's dtype, except that
 * TTM_OP_SCALE and TTM_OP_COMBINE convert from any floating type; every
 * output is of the graph's dtype. Reshape, slice, repeat and concat keep the
 * type they get; pictures are F32 or U8. NULL when out of memory.
 */
TTMGraph *ttm_graph_create(const TTMLog *log, const char *name,
                           enum TTMDType dtype);
void ttm_graph_free(TTMGraph **graph);

/**
 * Declare an output; outputs are numbered in the order of these calls. Where
 * the value is an input, a weight or an output already, a copy is appended.
 */
void ttm_graph_output(TTMGraph *graph, TTMNodeId node);
/** The same; the output is called @p name (copied), not as its node. */
void ttm_graph_output_named(TTMGraph *graph, TTMNodeId node, const char *name);
/** Name of output @p index. */
const char *ttm_graph_output_name(const TTMGraph *graph, int index);

/** First error of the builder calls, or 0. */
int ttm_graph_finish(TTMGraph *graph);

/**
 * Prefix of the names of nodes made from now on (copied; NULL: none). A node
 * with a weight takes the weight's name without ".weight", any other is
 * "SCOPE.OP"; inputs and weights keep the names they are given.
 */
void ttm_graph_scope(TTMGraph *graph, const char *scope);

/** The node whose memory @p node is: itself, or what it reshapes. */
TTMNodeId ttm_graph_root(const TTMGraph *graph, TTMNodeId node);

/**
 * Take out of @p graph what depends on weights and on inputs whose names begin
 * with one of @p prefixes (ended by NULL) alone: *steady computes it, called
 * @p name, and its outputs are inputs of @p graph under their nodes' names. Run
 * it when those inputs change, not with every run. *steady is NULL where there
 * is nothing to take out. Both graphs use the same bundle's memory.
 */
int ttm_graph_split(TTMGraph *graph, const char *const *prefixes, const char *name,
                    TTMGraph **steady);

/**
 * For debugging and tests: declare every computed node whose name matches
 * @p pattern ('*' stands for any text) as one more output, in node order.
 * Returns how many there were.
 */
int ttm_graph_capture(TTMGraph *graph, const char *pattern);

const TTMShape *ttm_graph_shape(const TTMGraph *graph, TTMNodeId node);

TTMNodeId ttm_graph_input(TTMGraph *graph, const char *name, TTMShape shape,
                          enum TTMDType dtype);
/** @p data stays the caller's and must outlive the graph. */
TTMNodeId ttm_graph_weight(TTMGraph *graph, const char *name, TTMShape shape,
                           const void *data, enum TTMDType dtype);
/**
 * A weight of the first elements of @p tensor. They are read when a program is made
 * of the graph.
 */
TTMNodeId ttm_graph_file_weight(TTMGraph *graph, const char *name, TTMShape shape,
                                const TTMFileTensor *tensor);
/** The same of the elements that @p part tells. */
TTMNodeId ttm_graph_file_weight_part(TTMGraph *graph, const char *name, TTMShape shape,
                                     const TTMFileTensor *tensor,
                                     const TTMWeightPart *part);
/** Elements @p first on of a weight that lies in a file, of the file's type. */
int ttm_graph_read_weight(const TTMGraph *graph, TTMNodeId id, int64_t first,
                          int64_t count, void *to);
/** All elements of a weight as @p dtype. */
int ttm_graph_convert_weight(const TTMGraph *graph, TTMNodeId id,
                             enum TTMDType dtype, void *to);
/**
 * A weight that the graph computes: @p data (malloc) becomes the graph's; NULL is taken
 * for a lack of memory.
 */
TTMNodeId ttm_graph_constant(TTMGraph *graph, const char *name, TTMShape shape,
                             float *data);
/** The same of a table that is F32 whatever the graph's type. */
TTMNodeId ttm_graph_table(TTMGraph *graph, const char *name, TTMShape shape,
                          float *data);
TTMNodeId ttm_graph_linear(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                           TTMNodeId bias, TTMNodeId residual,
                           enum TTMActivation activation);
TTMNodeId ttm_graph_conv2d(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                           TTMNodeId bias, TTMNodeId shift, TTMNodeId residual,
                           const TTMConv2d *parameters);
TTMNodeId ttm_graph_group_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                               TTMNodeId bias, const TTMGroupNorm *parameters);
TTMNodeId ttm_graph_layer_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                               TTMNodeId bias, float epsilon);
/** Layer norm that puts the rows into @p order, and a linear layer that puts
 * them back. */
TTMNodeId ttm_graph_layer_norm_sorted(TTMGraph *graph, TTMNodeId x,
                                      TTMNodeId weight, TTMNodeId bias,
                                      TTMNodeId order, float epsilon);
/** The same without a mean and a bias; @p weight or TTM_NO_NODE. */
TTMNodeId ttm_graph_rms_norm(TTMGraph *graph, TTMNodeId x, TTMNodeId weight,
                             float epsilon);
TTMNodeId ttm_graph_linear_unsorted(TTMGraph *graph, TTMNodeId x,
                                    TTMNodeId weight, TTMNodeId bias,
                                    TTMNodeId residual, TTMNodeId order,
                                    enum TTMActivation activation);
TTMNodeId ttm_graph_sort_regions(TTMGraph *graph, TTMNodeId regions);
/** Shapes of the sequence view are taken from @p parameters and checked. */
TTMNodeId ttm_graph_attention(TTMGraph *graph, TTMNodeId q, TTMNodeId k,
                              TTMNodeId v, const TTMAttention *parameters);
TTMNodeId ttm_graph_add(TTMGraph *graph, TTMNodeId a, TTMNodeId b);
/** a * b, element by element; b repeats as it does in a sum. */
TTMNodeId ttm_graph_multiply(TTMGraph *graph, TTMNodeId a, TTMNodeId b);
TTMNodeId ttm_graph_activate(TTMGraph *graph, TTMNodeId x,
                             enum TTMActivation activation);
TTMNodeId ttm_graph_scale(TTMGraph *graph, TTMNodeId x, float scale, float shift);
TTMNodeId ttm_graph_concat(TTMGraph *graph, const TTMNodeId *parts, int nb_parts,
                           int axis);
TTMNodeId ttm_graph_slice(TTMGraph *graph, TTMNodeId x, int axis, int64_t start,
                          int64_t length);
TTMNodeId ttm_graph_repeat(TTMGraph *graph, TTMNodeId x, int64_t count);
TTMNodeId ttm_graph_reshape(TTMGraph *graph, TTMNodeId x, TTMShape shape);
TTMNodeId ttm_graph_embedding(TTMGraph *graph, TTMNodeId table, TTMNodeId indices);
/** The kinds of TTM_OP_WINDOW. */
TTMNodeId ttm_graph_window_split(TTMGraph *graph, TTMNodeId x, int size);
/** @p height x @p width fit the fewest windows; x [N * rows * columns, size, size, C]. */
TTMNodeId ttm_graph_window_join(TTMGraph *graph, TTMNodeId x, int64_t height,
                                int64_t width);
TTMNodeId ttm_graph_window_max(TTMGraph *graph, TTMNodeId x, int size);
TTMNodeId ttm_graph_timestep(TTMGraph *graph, TTMNodeId time,
                             const TTMTimestep *parameters);
/**
 * Fourier features (arXiv 2006.10739): of F32 points [n, d] and an F32 matrix [d, m],
 * [n, 2 m]: sin(2 pi x B), then cos(2 pi x B), multiplied in F32 whatever the graph's type.
 */
TTMNodeId ttm_graph_fourier(TTMGraph *graph, TTMNodeId x, TTMNodeId matrix);
/** x [..., C] and w [m, C], both values: [..., m], summed in F32. */
TTMNodeId ttm_graph_product(TTMGraph *graph, TTMNodeId x, TTMNodeId w);
/** The kinds of TTM_OP_MASK; F, H and W are those of the ids or boxes. */
TTMNodeId ttm_graph_cells(TTMGraph *graph, TTMNodeId ids, int objects,
                          int cell_height, int cell_width);
TTMNodeId ttm_graph_boxes(TTMGraph *graph, TTMNodeId ids, int objects);
TTMNodeId ttm_graph_mask_sets(TTMGraph *graph, TTMNodeId ids, int objects,
                              int cell_height, int cell_width);
TTMNodeId ttm_graph_box_sets(TTMGraph *graph, TTMNodeId boxes, int height,
                             int width, int cell_height, int cell_width);
TTMNodeId ttm_graph_nearest(TTMGraph *graph, TTMNodeId x, TTMNodeId table);
TTMNodeId ttm_graph_paint(TTMGraph *graph, TTMNodeId ids, TTMNodeId table);
TTMNodeId ttm_graph_combine(TTMGraph *graph, TTMNodeId coefficients,
                            const TTMNodeId *values, int nb_values,
                            TTMNodeId first);

#endif /* TTM_GRAPH_GRAPH_H */

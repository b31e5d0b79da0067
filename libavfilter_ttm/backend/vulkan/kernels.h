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
 * The table of kernels, and the C twins of the shaders' push constants. All
 * members are words, so C and GLSL lay them out alike.
 */

#ifndef TTM_BACKEND_VULKAN_KERNELS_H
#define TTM_BACKEND_VULKAN_KERNELS_H

#include "backend/vulkan/vk.h"

/** linear*.comp, conv2d*.comp; a linear layer uses the first three and the last. */
typedef struct TTMVkMatmulPush {
    uint32_t rows, columns, depth;
    uint32_t height, width, channels;
    uint32_t out_height, out_width;
    uint32_t kernel_width, kernel_height;
    int32_t stride, pad_top, pad_left, upsample;
    uint32_t first_row;     ///< of the whole, where rows are sorted
} TTMVkMatmulPush;

/** Flags of the matmul kernels: which optional inputs there are. */
#define TTM_VK_HAS_BIAS     1
#define TTM_VK_HAS_SHIFT    2
#define TTM_VK_HAS_RESIDUAL 4
#define TTM_VK_HAS_ORDER    8

typedef struct TTMVkAttentionPush {
    uint32_t tokens, key_tokens, inner;
    uint32_t keys_per_outer;
    uint32_t heads, dim, value_dim;
    uint32_t query_tiles;
    uint32_t first;
    float scale;
} TTMVkAttentionPush;

/** Constant MASK of attention.comp. */
enum TTMVkMask {
    TTM_VK_MASK_NONE,
    TTM_VK_MASK_CAUSAL,
    TTM_VK_MASK_SETS,
    TTM_VK_MASK_REGIONS,    ///< every pair is looked at
    TTM_VK_MASK_SORTED,     ///< rows sorted by region, tiles from a worklist
};

/** norm_stats.comp, norm_finish.comp, norm_apply.comp */
typedef struct TTMVkNormPush {
    uint32_t positions, channels, groups;
    uint32_t nb_parts, part_positions;
    uint32_t nb_sets;
    float epsilon;
    uint32_t flags;         ///< 1: weight, 2: bias
} TTMVkNormPush;

typedef struct TTMVkLayerNormPush {
    uint32_t rows, channels;
    uint32_t flags;         ///< 1: weight, 2: bias, 4: order
    float epsilon;
    uint32_t first_row;     ///< of the whole, where there is an order
} TTMVkLayerNormPush;

typedef struct TTMVkAddPush {
    uint32_t count;
    uint32_t outer, middle, inner;
} TTMVkAddPush;

typedef struct TTMVkCountPush {
    uint32_t count;
} TTMVkCountPush;

typedef struct TTMVkCombinePush {
    uint32_t count;
    uint32_t nb_inputs;
    uint32_t types;         ///< enum TTMDType of each input, 4 bits each
    float scale, shift;
    uint32_t frame;         ///< elements of one
    uint32_t repeated;      ///< bit n: input n is one frame
    uint32_t first_given;   ///< the input after the last becomes frame 0
    uint32_t row;           ///< elements with the same coefficients, 0: all
} TTMVkCombinePush;

typedef struct TTMVkEmbeddingPush {
    uint32_t count, channels;
    int32_t rows, begin, end;
} TTMVkEmbeddingPush;

typedef struct TTMVkTimestepPush {
    uint32_t channels, flip, times;
} TTMVkTimestepPush;

typedef struct TTMVkMovePush {
    uint32_t count, row;
    uint32_t x_pitch, x_offset;
    uint32_t y_pitch, y_offset;
} TTMVkMovePush;

typedef struct TTMVkRegionsPush {
    uint32_t tokens, nb_blocks;
} TTMVkRegionsPush;

/** regions_work.comp */
typedef struct TTMVkRegionsWorkPush {
    uint32_t tile, nb_entries;
} TTMVkRegionsWorkPush;

/** mask_cells.comp, mask_lost.comp, mask_boxes.comp, mask_sets.comp */
typedef struct TTMVkMaskPush {
    uint32_t frames, height, width;
    uint32_t cell_height, cell_width;
    uint32_t objects;
} TTMVkMaskPush;

/** mask_nearest.comp, mask_paint.comp */
typedef struct TTMVkTablePush {
    uint32_t count;         ///< ids
    uint32_t rows, columns; ///< of the table
} TTMVkTablePush;

/** picture_*.comp; see picture.glsl. */
typedef struct TTMVkPicturePush {
    uint32_t first, count;
    int32_t width, height;
    int32_t in_width, in_height;
    uint32_t channels;
    int32_t objects;
    uint32_t bytes, out_bytes;
    float scale, shift, low, high;
    float amount;
    int32_t field_width, field_height;
} TTMVkPicturePush;

/** pixels.comp */
typedef struct TTMVkPixelsPush {
    uint32_t components, depth;
    uint32_t step, order;
    uint32_t x_step, x_first[3];
} TTMVkPixelsPush;

/** fourier.comp */
typedef struct TTMVkFourierPush {
    uint32_t points, dimensions, columns;   ///< columns of the matrix
} TTMVkFourierPush;

/** product.comp */
typedef struct TTMVkProductPush {
    uint32_t count;         ///< elements of the result
    uint32_t columns, depth;
} TTMVkProductPush;

/** window.comp */
typedef struct TTMVkWindowPush {
    uint32_t first, count;  ///< elements of the result
    uint32_t height, width, channels;
    uint32_t size;
} TTMVkWindowPush;

/** Tokens of one workgroup of the sort by region. */
#define TTM_VK_REGION_BLOCK 1024
#define TTM_VK_REGIONS      256

/** SPIR-V of a kernel for one element type. */
typedef struct TTMVkCode {
    const uint32_t *words;
    const size_t *bytes;
} TTMVkCode;

typedef struct TTMVkKernel {
    const char *name;               ///< of the shader
    int nb_bindings;                ///< storage buffers, bound from 0
    uint32_t writes;                ///< bit n: binding n is written
    uint32_t reads;                 ///< bit n: binding n is read
    size_t push_bytes;
    int whole_subgroups;            ///< a workgroup is whole subgroups of the usual size
    TTMVkCode code[TTM_DTYPE_NB];   ///< words NULL: not for this type
} TTMVkKernel;

/** Indexed by enum TTMVkKernelId. */
extern const TTMVkKernel ttm_vk_kernels[TTM_VK_KERNEL_NB];

#endif /* TTM_BACKEND_VULKAN_KERNELS_H */

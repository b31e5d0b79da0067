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

/** @file The table of kernels: one row holds all that is known of a shader. */

#include <assert.h>

#include "config.h"
#include "backend/vulkan/kernels.h"
#include "backend/vulkan/spirv.h"

/* Layouts must be those of the shaders: words without gaps. */
static_assert(sizeof(TTMVkMatmulPush)    == 15 * 4, "matmul.glsl");
static_assert(sizeof(TTMVkAttentionPush) == 10 * 4, "attention.comp");
static_assert(sizeof(TTMVkNormPush)      ==  8 * 4, "norm_*.comp");
static_assert(sizeof(TTMVkLayerNormPush) ==  5 * 4, "layer_norm.comp");
static_assert(sizeof(TTMVkAddPush)       ==  4 * 4, "add.comp");
static_assert(sizeof(TTMVkCountPush)     ==  1 * 4, "activate.comp");
static_assert(sizeof(TTMVkCombinePush)   ==  9 * 4, "combine.comp");
static_assert(sizeof(TTMVkEmbeddingPush) ==  5 * 4, "embedding.comp");
static_assert(sizeof(TTMVkTimestepPush)  ==  3 * 4, "timestep.comp");
static_assert(sizeof(TTMVkMovePush)      ==  6 * 4, "move.comp");
static_assert(sizeof(TTMVkRegionsPush)   ==  2 * 4, "regions_*.comp");
static_assert(sizeof(TTMVkMaskPush)      ==  6 * 4, "mask_*.comp");
static_assert(sizeof(TTMVkTablePush)     ==  3 * 4, "mask_*.comp");
static_assert(sizeof(TTMVkRegionsWorkPush) == 2 * 4, "regions_work.comp");
static_assert(sizeof(TTMVkPicturePush)   == 17 * 4, "picture.glsl");
static_assert(sizeof(TTMVkPixelsPush)    ==  8 * 4, "pixels.comp");
static_assert(sizeof(TTMVkWindowPush)    ==  6 * 4, "window.comp");
static_assert(sizeof(TTMVkFourierPush)   ==  3 * 4, "fourier.comp");
static_assert(sizeof(TTMVkProductPush)   ==  3 * 4, "product.comp");
static_assert(sizeof(TTMVkMatmulPush)    <= TTM_VK_PUSH_BYTES, "too large");

#define CODE(name) { ttm_spv_##name, &ttm_spv_##name##_size }
#define FLOATS(name)                        \
    .code = {                               \
        [TTM_DTYPE_F32] = CODE(name##_f32), \
        [TTM_DTYPE_F16] = CODE(name##_f16), \
        [TTM_DTYPE_BF16] = CODE(name##_bf16), \
    }
#if HAVE_COOPMAT
#define COOP(name)  .code = { [TTM_DTYPE_F16] = CODE(name##_f16) }
#else
#define COOP(name)  .code = { { NULL, NULL } }
#endif
#if HAVE_COOPMAT2
#define COOP2(name) .code = { [TTM_DTYPE_F16] = CODE(name##_f16) }
#else
#define COOP2(name) .code = { { NULL, NULL } }
#endif
#define WORDS(name) .code = { [TTM_DTYPE_U32] = CODE(name##_u32) }
#define READS(n)    .reads = ((1u << (n)) - 1)

const TTMVkKernel ttm_vk_kernels[TTM_VK_KERNEL_NB] = {
    [TTM_VK_LINEAR] = {
        "linear", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        FLOATS(linear),
    },
    [TTM_VK_LINEAR_ANY] = {
        "linear_any", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        FLOATS(linear_any),
    },
    [TTM_VK_LINEAR_SOFT] = {
        "linear_soft", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, FLOATS(linear_soft),
    },
    [TTM_VK_LINEAR_COOP] = {
        "linear_coop", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP(linear_coop),
    },
    [TTM_VK_LINEAR_COOP2] = {
        "linear_coop2", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP2(linear_coop2),
    },
    [TTM_VK_LINEAR_COOP2_SUBGROUP] = {
        "linear_coop2_subgroup", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP2(linear_coop2_subgroup),
    },
    [TTM_VK_CONV2D] = {
        "conv2d", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        FLOATS(conv2d),
    },
    [TTM_VK_CONV2D_ANY] = {
        "conv2d_any", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        FLOATS(conv2d_any),
    },
    [TTM_VK_CONV2D_SOFT] = {
        "conv2d_soft", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, FLOATS(conv2d_soft),
    },
    [TTM_VK_CONV2D_COOP] = {
        "conv2d_coop", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP(conv2d_coop),
    },
    [TTM_VK_CONV2D_COOP2] = {
        "conv2d_coop2", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP2(conv2d_coop2),
    },
    [TTM_VK_CONV2D_COOP2_SUBGROUP] = {
        "conv2d_coop2_subgroup", 6, 1u << 5, READS(5), sizeof(TTMVkMatmulPush),
        .whole_subgroups = 1, COOP2(conv2d_coop2_subgroup),
    },
    [TTM_VK_ATTENTION] = {
        "attention", 8, 1u << 7, READS(7), sizeof(TTMVkAttentionPush),
        FLOATS(attention),
    },
    [TTM_VK_ATTENTION_SOFT] = {
        "attention_soft", 8, 1u << 7, READS(7), sizeof(TTMVkAttentionPush),
        .whole_subgroups = 1, FLOATS(attention_soft),
    },
    [TTM_VK_ATTENTION_COOP] = {
        "attention_coop", 8, 1u << 7, READS(7), sizeof(TTMVkAttentionPush),
        .whole_subgroups = 1, COOP(attention_coop),
    },
    [TTM_VK_ATTENTION_COOP2] = {
        "attention_coop2", 8, 1u << 7, READS(7), sizeof(TTMVkAttentionPush),
        .whole_subgroups = 1, COOP2(attention_coop2),
    },
    [TTM_VK_ATTENTION_COOP2_SUBGROUP] = {
        "attention_coop2_subgroup", 8, 1u << 7, READS(7), sizeof(TTMVkAttentionPush),
        .whole_subgroups = 1, COOP2(attention_coop2_subgroup),
    },
    [TTM_VK_NORM_STATS] = {
        "norm_stats", 2, 1u << 1, READS(1), sizeof(TTMVkNormPush),
        FLOATS(norm_stats),
    },
    [TTM_VK_NORM_FINISH] = {
        "norm_finish", 2, 1u << 1, READS(1), sizeof(TTMVkNormPush),
        WORDS(norm_finish),
    },
    [TTM_VK_NORM_APPLY] = {
        "norm_apply", 5, 1u << 4, READS(4), sizeof(TTMVkNormPush),
        FLOATS(norm_apply),
    },
    [TTM_VK_LAYER_NORM] = {
        "layer_norm", 5, 1u << 4, READS(4), sizeof(TTMVkLayerNormPush),
        FLOATS(layer_norm),
    },
    [TTM_VK_ADD] = {
        "add", 3, 1u << 2, READS(2), sizeof(TTMVkAddPush), FLOATS(add),
    },
    [TTM_VK_ACTIVATE] = {
        "activate", 2, 1u << 1, READS(1), sizeof(TTMVkCountPush),
        FLOATS(activate),
    },
    [TTM_VK_COMBINE] = {
        "combine", 9, 1u << 8, READS(8), sizeof(TTMVkCombinePush),
        FLOATS(combine),
    },
    [TTM_VK_EMBEDDING] = {
        "embedding", 3, 1u << 2, READS(2), sizeof(TTMVkEmbeddingPush),
        FLOATS(embedding),
    },
    [TTM_VK_TIMESTEP] = {
        "timestep", 3, 1u << 2, READS(2), sizeof(TTMVkTimestepPush),
        FLOATS(timestep),
    },
    [TTM_VK_MOVE] = {
        "move", 2, 1u << 1, READS(1), sizeof(TTMVkMovePush),
        .code = {
            [TTM_DTYPE_F32]  = CODE(move_u32),
            [TTM_DTYPE_F16]  = CODE(move_u16),
            [TTM_DTYPE_BF16] = CODE(move_u16),
            [TTM_DTYPE_U8]   = CODE(move_u8),
            [TTM_DTYPE_I32]  = CODE(move_u32),
            [TTM_DTYPE_U32]  = CODE(move_u32),
        },
    },
    [TTM_VK_REGIONS_COUNT] = {
        "regions_count", 2, 1u << 1, READS(1), sizeof(TTMVkRegionsPush),
        WORDS(regions_count),
    },
    [TTM_VK_REGIONS_SCAN] = {
        "regions_scan", 2, 3, READS(1), sizeof(TTMVkRegionsPush),
        WORDS(regions_scan),
    },
    [TTM_VK_REGIONS_SCATTER] = {
        "regions_scatter", 3, 1u << 2, READS(2), sizeof(TTMVkRegionsPush),
        WORDS(regions_scatter),
    },
    [TTM_VK_REGIONS_WORK] = {
        "regions_work", 2, 1u << 1, READS(1), sizeof(TTMVkRegionsWorkPush),
        WORDS(regions_work),
    },
    [TTM_VK_IDS_CELLS] = {
        "mask_cells", 3, 3u << 1, READS(1), sizeof(TTMVkMaskPush),
        WORDS(mask_cells),
    },
    [TTM_VK_IDS_LOST] = {
        "mask_lost", 2, 1u << 1, READS(2), sizeof(TTMVkMaskPush),
        WORDS(mask_lost),
    },
    [TTM_VK_IDS_BOXES] = {
        "mask_boxes", 2, 1u << 1, READS(1), sizeof(TTMVkMaskPush),
        WORDS(mask_boxes),
    },
    [TTM_VK_IDS_SETS] = {
        "mask_sets", 3, 1u << 2, READS(2), sizeof(TTMVkMaskPush),
        WORDS(mask_sets),
    },
    [TTM_VK_IDS_NEAREST] = {
        "mask_nearest", 3, 1u << 2, READS(2), sizeof(TTMVkTablePush),
        FLOATS(mask_nearest),
    },
    [TTM_VK_IDS_PAINT] = {
        "mask_paint", 3, 1u << 2, READS(2), sizeof(TTMVkTablePush),
        FLOATS(mask_paint),
    },
    [TTM_VK_PICTURE + TTM_PICTURE_VALUES] = {
        "picture_values", 2, 1u << 1, READS(1),
        sizeof(TTMVkPicturePush),
        FLOATS(picture_values),
    },
    [TTM_VK_PICTURE + TTM_PICTURE_RESAMPLE] = {
        "picture_resample", 3, 1u << 2, READS(2),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_resample_f32) },
    },
    [TTM_VK_PICTURE + TTM_PICTURE_PACK] = {
        "picture_pack", 2, 1u << 1, READS(1),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_pack_f32) },
    },
    [TTM_VK_PICTURE + TTM_PICTURE_CARRY] = {
        "picture_carry", 5, 1u << 4, READS(4),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_carry_f32) },
    },
    [TTM_VK_PICTURE + TTM_PICTURE_CHANGE] = {
        "picture_change", 6, 1u << 5, READS(5),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_change_f32) },
    },
    [TTM_VK_PICTURE + TTM_PICTURE_SMOOTH] = {
        "picture_smooth", 3, 1u << 2, READS(2),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_smooth_f32) },
    },
    [TTM_VK_PICTURE + TTM_PICTURE_COMPOSE] = {
        "picture_compose", 9, 1u << 8, READS(8),
        sizeof(TTMVkPicturePush),
        .code = { [TTM_DTYPE_F32] = CODE(picture_compose_f32) },
    },
    [TTM_VK_PIXELS] = {
        "pixels", 2, 1u << 1, READS(1), sizeof(TTMVkPixelsPush), WORDS(pixels),
    },
    [TTM_VK_WINDOW] = {
        "window", 2, 1u << 1, READS(1), sizeof(TTMVkWindowPush), FLOATS(window),
    },
    [TTM_VK_FOURIER] = {
        "fourier", 3, 1u << 2, READS(2), sizeof(TTMVkFourierPush), FLOATS(fourier),
    },
    [TTM_VK_PRODUCT] = {
        "product", 3, 1u << 2, READS(2), sizeof(TTMVkProductPush), FLOATS(product),
    },
};

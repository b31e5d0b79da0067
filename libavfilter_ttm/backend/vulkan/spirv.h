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

/** @file The compiled shaders: words ttm_spv_NAME_TYPE and their size in bytes. */

#ifndef TTM_BACKEND_VULKAN_SPIRV_H
#define TTM_BACKEND_VULKAN_SPIRV_H

#include <stddef.h>
#include <stdint.h>

#define TTM_SPV(name)                       \
    extern const uint32_t ttm_spv_##name[]; \
    extern const size_t ttm_spv_##name##_size

TTM_SPV(linear_f32);
TTM_SPV(linear_f16);
TTM_SPV(linear_bf16);
TTM_SPV(linear_any_f32);
TTM_SPV(linear_any_f16);
TTM_SPV(linear_any_bf16);
TTM_SPV(linear_soft_f32);
TTM_SPV(linear_soft_f16);
TTM_SPV(linear_soft_bf16);
TTM_SPV(linear_coop_f16);
TTM_SPV(linear_coop2_f16);
TTM_SPV(linear_coop2_subgroup_f16);
TTM_SPV(conv2d_f32);
TTM_SPV(conv2d_f16);
TTM_SPV(conv2d_bf16);
TTM_SPV(conv2d_any_f32);
TTM_SPV(conv2d_any_f16);
TTM_SPV(conv2d_any_bf16);
TTM_SPV(conv2d_soft_f32);
TTM_SPV(conv2d_soft_f16);
TTM_SPV(conv2d_soft_bf16);
TTM_SPV(conv2d_coop_f16);
TTM_SPV(conv2d_coop2_f16);
TTM_SPV(conv2d_coop2_subgroup_f16);
TTM_SPV(attention_f32);
TTM_SPV(attention_f16);
TTM_SPV(attention_bf16);
TTM_SPV(attention_soft_f32);
TTM_SPV(attention_soft_f16);
TTM_SPV(attention_soft_bf16);
TTM_SPV(attention_coop_f16);
TTM_SPV(attention_coop2_f16);
TTM_SPV(attention_coop2_subgroup_f16);
TTM_SPV(norm_stats_f32);
TTM_SPV(norm_stats_f16);
TTM_SPV(norm_stats_bf16);
TTM_SPV(norm_finish_u32);
TTM_SPV(norm_apply_f32);
TTM_SPV(norm_apply_f16);
TTM_SPV(norm_apply_bf16);
TTM_SPV(layer_norm_f32);
TTM_SPV(layer_norm_f16);
TTM_SPV(layer_norm_bf16);
TTM_SPV(add_f32);
TTM_SPV(add_f16);
TTM_SPV(add_bf16);
TTM_SPV(activate_f32);
TTM_SPV(activate_f16);
TTM_SPV(activate_bf16);
TTM_SPV(combine_f32);
TTM_SPV(combine_f16);
TTM_SPV(combine_bf16);
TTM_SPV(embedding_f32);
TTM_SPV(embedding_f16);
TTM_SPV(embedding_bf16);
TTM_SPV(timestep_f32);
TTM_SPV(timestep_f16);
TTM_SPV(timestep_bf16);
TTM_SPV(fourier_f32);
TTM_SPV(fourier_f16);
TTM_SPV(fourier_bf16);
TTM_SPV(product_f32);
TTM_SPV(product_f16);
TTM_SPV(product_bf16);
TTM_SPV(window_f32);
TTM_SPV(window_f16);
TTM_SPV(window_bf16);
TTM_SPV(move_u8);
TTM_SPV(move_u16);
TTM_SPV(move_u32);
TTM_SPV(regions_count_u32);
TTM_SPV(regions_scan_u32);
TTM_SPV(regions_scatter_u32);
TTM_SPV(regions_work_u32);
TTM_SPV(mask_cells_u32);
TTM_SPV(mask_lost_u32);
TTM_SPV(mask_boxes_u32);
TTM_SPV(mask_sets_u32);
TTM_SPV(mask_nearest_f32);
TTM_SPV(mask_nearest_f16);
TTM_SPV(mask_nearest_bf16);
TTM_SPV(mask_paint_f32);
TTM_SPV(mask_paint_f16);
TTM_SPV(mask_paint_bf16);
TTM_SPV(picture_values_f32);
TTM_SPV(picture_resample_f32);
TTM_SPV(picture_pack_f32);
TTM_SPV(picture_carry_f32);
TTM_SPV(picture_change_f32);
TTM_SPV(picture_smooth_f32);
TTM_SPV(picture_compose_f32);
TTM_SPV(picture_values_f16);
TTM_SPV(picture_values_bf16);
TTM_SPV(pixels_u32);

#undef TTM_SPV

#endif /* TTM_BACKEND_VULKAN_SPIRV_H */

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

/** @file What a clip takes of the device's memory. */

#ifndef TTM_CLIP_BUDGET_H
#define TTM_CLIP_BUDGET_H

#include "ttm.h"

/**
 * Print what the clip takes of the device's memory and of time, and choose whether its
 * networks stay there together; TTM_ERR_MEMORY after a line that names settings that
 * would fit, where it does not. Nothing stays allocated: what measures the device's speed
 * (estimate.h) is freed.
 */
int ttm_clip_plan_memory(TTMContext *ctx);

/** Bytes that the option memory or else the device allows; SIZE_MAX: no limit is known. */
size_t ttm_clip_allowed_memory(const TTMContext *ctx);

/**
 * See that the segmenter, which there is, fits before its first network is made; networks
 * of an earlier clip make room. TTM_ERR_MEMORY after a line, where it does not.
 */
int ttm_clip_plan_segmenter(TTMContext *ctx);

#endif /* TTM_CLIP_BUDGET_H */

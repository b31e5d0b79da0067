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

/** @file Where a clip comes from: metadata of frames and what the report has of it. */

#ifndef TTM_CLIP_PROVENANCE_H
#define TTM_CLIP_PROVENANCE_H

#include "io/json.h"
#include "ttm.h"

/** The value behind ttm_metadata(). */
const char *ttm_clip_metadata(TTMContext *ctx, const char *key);

/** Add what made the clip: generator, model, hashes, device. TTM_ERR_MEMORY or 0. */
int ttm_provenance_add_origin(TTMContext *ctx, TTMJson *root);

/** Add "still": its size and the XXH64 of its pixels, R, G, B or R, G, B, A. TTM_ERR_MEMORY or 0. */
int ttm_provenance_add_still(const TTMContext *ctx, TTMJson *root);

/** Add "options": every option that is set, defaults included. TTM_ERR_MEMORY or 0. */
int ttm_provenance_add_options(const TTMContext *ctx, TTMJson *root);

#endif /* TTM_CLIP_PROVENANCE_H */

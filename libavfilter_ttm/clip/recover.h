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

/** @file Going on with a clip on a device that is opened again. */

#ifndef TTM_CLIP_RECOVER_H
#define TTM_CLIP_RECOVER_H

#include "clip/saved.h"
#include "ttm.h"

/** Once a clip; a device of the caller's is the caller's to open again. */
int ttm_clip_may_recover(const TTMContext *ctx);
/**
 * Open the device again and forget what was made; what was given and what is saved
 * stay. Where the device cannot be opened the clip is dropped.
 */
int ttm_clip_recover(TTMContext *ctx);
/** Whether values that left the range of f16 or bf16 may be computed in f32. */
int ttm_clip_may_be_exact(const TTMContext *ctx);
/** Begin the clip again in f32, in which the context works from now on. */
int ttm_clip_make_exact(TTMContext *ctx);

#endif /* TTM_CLIP_RECOVER_H */

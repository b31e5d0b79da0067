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

/** @file What need not be done again on a device that is opened anew. */

#ifndef TTM_CLIP_SAVED_H
#define TTM_CLIP_SAVED_H

#include "model/networks.h"

/** What need not be done again, on the host. */
typedef struct TTMSaved {
    float *latents[TTM_STAGE_NB];   ///< as ttm_stage_save() has them after `steps` steps; NULL: none
    int steps[TTM_STAGE_NB];
    int recovered;              ///< the device was lost once
} TTMSaved;

void ttm_saved_free(TTMSaved *saved);

#endif /* TTM_CLIP_SAVED_H */

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

/** @file Unit of work: the prompts, and the objects of the still. */

#ifndef TTM_CLIP_OBJECTS_H
#define TTM_CLIP_OBJECTS_H

#include "backend/backend.h"
#include "model/networks.h"
#include "prompt/prompts.h"
#include "segment/segment.h"
#include "util/camera.h"

typedef struct TTMObjects {
    TTMPrompts prompts;
    int nb;                     ///< objects, as prompts.nb_objects
    TTMCamera camera;
    TTMFound found[TTM_MAX_OBJECTS];
    uint8_t background[3];      ///< colour of what is no object in the masks
    uint8_t *ids;               ///< of the still, [height, width]
    uint8_t *first[TTM_STAGE_NB];   ///< the same at the stages' sizes
    TTMTensor packed;           ///< the still on the device
    TTMTensor small[TTM_STAGE_NB];  ///< the same, F32 [height, width, 3] in -1 .. 1
} TTMObjects;

int ttm_clip_find_objects(TTMContext *ctx, int unit);
void ttm_objects_free(TTMObjects *objects, TTMBackend *backend);

#endif /* TTM_CLIP_OBJECTS_H */

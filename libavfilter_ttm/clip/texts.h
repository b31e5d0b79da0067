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

/** @file Unit of work: hidden states of all prompts. */

#ifndef TTM_CLIP_TEXTS_H
#define TTM_CLIP_TEXTS_H

#include "backend/backend.h"
#include "model/networks.h"

/** On the device: [1, tokens, dim]; of locals [objects, tokens, dim]. */
typedef struct TTMTexts {
    TTMTensor stage[TTM_STAGE_NB], empty;
    TTMTensor locals, locals_empty; ///< not there without objects
} TTMTexts;

int ttm_clip_encode_texts(TTMContext *ctx, int unit);
void ttm_texts_free(TTMTexts *texts, TTMBackend *backend);

#endif /* TTM_CLIP_TEXTS_H */

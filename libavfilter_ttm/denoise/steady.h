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

/** @file What a U-Net needs in every step and is computed once. */

#ifndef TTM_DENOISE_STEADY_H
#define TTM_DENOISE_STEADY_H

#include "run/network.h"

/** Results of a steady network (see ttm_models_denoiser()) for one set of texts. */
typedef struct TTMSteady {
    TTMTensor *tensor;          ///< one an output
    int nb_tensors;
} TTMSteady;

/** Run @p network as its inputs are, and keep what comes out. */
int ttm_steady_run(TTMSteady *steady, TTMBackend *backend, TTMNetwork *network);

/** Bind the results to the inputs of @p unet. */
int ttm_steady_bind(const TTMSteady *steady, const TTMNetwork *network,
                    TTMNetwork *unet);

void ttm_steady_free(TTMSteady *steady, TTMBackend *backend);

#endif /* TTM_DENOISE_STEADY_H */

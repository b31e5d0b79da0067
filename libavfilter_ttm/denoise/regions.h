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

/** @file What masked attention sees, made of object ids on the device. */

#ifndef TTM_DENOISE_REGIONS_H
#define TTM_DENOISE_REGIONS_H

#include "nets/denoiser.h"
#include "run/network.h"

typedef struct TTMMaskSetup {
    const uint8_t *ids;         ///< [given, ids_height, ids_width]
    int given;                  ///< pictures, or 1: the same in every frame
    int frame_scale;            ///< pictures of a latent frame (network_class.h)
    int ids_width, ids_height;
    int frames, width, height;  ///< of the latents
    int objects;
    int locals;                 ///< whether there are sets
} TTMMaskSetup;

/**
 * Make the regions and the sets of every level with a masked block and bind them
 * to the inputs "regions.L" of @p steady and "sets.L" of @p unet. *masks owns them: free it
 * with ttm_network_free() when the U-Net has run for the last time; it is NULL
 * where the U-Net has no masked block.
 */
int ttm_masks_bind(TTMNetwork **masks, TTMBackend *backend, TTMNetwork *steady,
                   TTMNetwork *network, const TTMDenoiser *denoiser,
                   const TTMMaskSetup *setup);

#endif /* TTM_DENOISE_REGIONS_H */

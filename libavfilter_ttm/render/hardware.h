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


/**
 * @file
 * Images on a Vulkan device (TTM_PIXEL_VULKAN) as packed pixels of the same
 * depth, on the backend's device and on the host.
 */

#ifndef TTM_RENDER_HARDWARE_H
#define TTM_RENDER_HARDWARE_H

#include "backend/backend.h"

/** Format of the pixels behind an image: that of its depth. */
enum TTMPixelFormat ttm_hardware_format(const TTMImage *image);

/**
 * Copy an image of a device into @p packed, a new tensor as ttm_picture_upload()
 * makes, and into @p host, which is allocated (free(host->data)).
 */
int ttm_hardware_read(TTMBackend *backend, const TTMImage *image,
                      TTMTensor *packed, TTMImage *host);

/** Copy packed pixels of the host (ttm_hardware_format()) into an image. */
int ttm_hardware_write(TTMBackend *backend, const TTMImage *host,
                       const TTMImage *image);

#endif /* TTM_RENDER_HARDWARE_H */

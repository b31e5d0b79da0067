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


/** @file Images on a Vulkan device. */

#include "render/hardware.h"

#include <stdlib.h>

#include "render/pictures.h"
#include "util/image.h"

enum TTMPixelFormat ttm_hardware_format(const TTMImage *image)
{
    const TTMVulkanImage *v = image->data;

    return v->depth == 16 ? TTM_PIXEL_RGB16 : TTM_PIXEL_RGB8;
}

int ttm_hardware_read(TTMBackend *backend, const TTMImage *image,
                      TTMTensor *packed, TTMImage *host)
{
    const TTMVulkanImage *v = image->data;
    int ret = ttm_tensor_create(backend, packed,
                                TTM_SHAPE(image->height, image->width,
                                          3 * (v->depth / 8)), TTM_DTYPE_U8);

    host->data = NULL;
    if (ret >= 0)
        ret = ttm_tensor_from_image(backend, packed, image);
    if (ret >= 0 && ttm_image_alloc(host, ttm_hardware_format(image),
                                    image->width, image->height) < 0)
        ret = ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory for an image");
    if (ret >= 0)
        ret = ttm_picture_download(backend, packed, host);
    if (ret < 0) {
        ttm_tensor_free(backend, packed);
        free(host->data);
    }
    return ret;
}

int ttm_hardware_write(TTMBackend *backend, const TTMImage *host,
                       const TTMImage *image)
{
    TTMTensor packed;
    int ret = ttm_picture_upload(backend, host, &packed);

    if (ret >= 0)
        ret = ttm_tensor_to_image(backend, &packed, image);
    ttm_tensor_free(backend, &packed);
    return ret;
}

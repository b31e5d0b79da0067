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

/** @file Pictures on the device: upload, download, resampling. */

#ifndef TTM_RENDER_PICTURES_H
#define TTM_RENDER_PICTURES_H

#include "run/network.h"
#include "ttm.h"

/**
 * Make the tensor U8 [height, width, 3 * bytes] of an image, 1 or 2 bytes a
 * sample ("packed"). The image must stay as long as the tensor, which may lie in it.
 */
int ttm_picture_upload(TTMBackend *backend, const TTMImage *image,
                       TTMTensor *packed);

/** Copy a packed picture of the image's size and format into the image. */
int ttm_picture_download(TTMBackend *backend, const TTMTensor *packed,
                         TTMImage *image);

/**
 * Make a resized picture of a packed one: F32 [height, width, 3] in low .. 1,
 * or (@p bytes 2) packed of 16 bits. See ttm_image_resample().
 */
int ttm_picture_resize(TTMBackend *backend, const TTMTensor *packed, int width,
                       int height, float low, int bytes, TTMTensor *out);

/** Values of an F32 tensor into one of the device's precision. */
int ttm_picture_convert(TTMBackend *backend, const TTMTensor *from,
                        const TTMTensor *to);

#endif /* TTM_RENDER_PICTURES_H */

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
 * Files in the safetensors format: 8 bytes header size, a JSON header with
 * type, shape and byte range of every tensor, then the data.
 */

#ifndef TTM_IO_SAFETENSORS_H
#define TTM_IO_SAFETENSORS_H

#include <stddef.h>

#include "tensor/tensor.h"
#include "util/file.h"
#include "util/log.h"

/** A tensor in an open safetensors file. */
typedef struct TTMFileTensor {
    const char *name;
    enum TTMDType dtype;        ///< TTM_DTYPE_NB: a type we have no use for
    TTMShape shape;             ///< of a scalar: [1]
    const TTMFile *file;        ///< where its elements are, little-endian
    uint64_t offset;            ///< of the first one, bytes
    void *replaced;             ///< malloc: elements that took the place of the file's
    int used;                   ///< set by ttm_part_tensor()
    size_t size;                ///< bytes
    const char *dtype_name;     ///< as in the file: "F32", "I64", ...
    const char *path;           ///< the file, for messages
} TTMFileTensor;

/** An open file with checked header. */
typedef struct TTMSafetensors TTMSafetensors;

/**
 * Open @p path and check it: header size and JSON, types, shapes, byte ranges
 * (inside the file, as long as type and shape say, no overlap, no hole),
 * names unique. TTM_ERR_FORMAT after a line that names file and tensor.
 */
int ttm_safetensors_open(TTMSafetensors **file, const TTMLog *log,
                         const char *path);
/** Close; *file becomes NULL. NULL is legal. */
void ttm_safetensors_close(TTMSafetensors **file);

/**
 * Read @p count elements from element @p first on, of the tensor's own type. Errors
 * as ttm_file_read(): the file must not have changed since it was opened.
 */
int ttm_file_tensor_read(const TTMFileTensor *tensor, const TTMLog *log,
                         int64_t first, int64_t count, void *to);
/** Read the first @p count elements as @p dtype; both types are floating ones. */
int ttm_file_tensor_convert(const TTMFileTensor *tensor, const TTMLog *log,
                            int64_t count, enum TTMDType dtype, void *to);

/** The file itself. */
const TTMFile *ttm_safetensors_file(const TTMSafetensors *file);
/** Number of tensors; they lie sorted by name. */
size_t ttm_safetensors_count(const TTMSafetensors *file);
/** Tensor @p index, owned by the file. */
TTMFileTensor *ttm_safetensors_at(TTMSafetensors *file, size_t index);
/** Text of "__metadata__", NULL where there is none; owned by the file. */
const char *ttm_safetensors_metadata(const TTMSafetensors *file,
                                     const char *key);
/** Tensor by name, NULL where there is none. */
TTMFileTensor *ttm_safetensors_find(TTMSafetensors *file, const char *name);

#endif /* TTM_IO_SAFETENSORS_H */

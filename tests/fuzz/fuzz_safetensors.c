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

/** @file Fuzz target: weight files. */

#include "fuzz.h"

#include <stdlib.h>

#include "io/safetensors.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    const char *path = fuzz_write("w.safetensors", data, size);
    TTMSafetensors *file;
    int ret = ttm_safetensors_open(&file, &fuzz_log, path);

    fuzz_check(ret);
    for (size_t i = 0; ret >= 0 && i < ttm_safetensors_count(file); i++) {
        const TTMFileTensor *tensor = ttm_safetensors_at(file, i);
        void *elements = malloc(tensor->size + 1);

        fuzz_assert(elements != NULL, "memory");
        fuzz_assert(ttm_safetensors_find(file, tensor->name) == tensor,
                    "a tensor is found by its name");
        ret = ttm_file_tensor_read(tensor, &fuzz_log, 0,
                                   ttm_shape_count(&tensor->shape), elements);
        fuzz_check(ret);
        free(elements);
    }
    ttm_safetensors_close(&file);
}

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

/** @file Fuzz target: indices of weights in several files, beside two such files. */

#include "fuzz.h"

#include <string.h>

#include "io/weights.h"

static void write_shard(const char *name, const char *header)
{
    char file[256] = { 0 };
    const size_t length = strlen(header);

    file[0] = (char)length;
    memcpy(file + 8, header, length);
    fuzz_write(name, file, 8 + length + 8);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static int written;
    TTMWeights *weights;

    if (!written++) {
        write_shard("m-1.safetensors", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],"
                    "\"data_offsets\":[0,8]}}");
        write_shard("m-2.safetensors", "{\"b\":{\"dtype\":\"F16\",\"shape\":[2,2],"
                    "\"data_offsets\":[0,8]}}");
    }
    fuzz_write("model.safetensors.index.json", data, size);
    fuzz_check(ttm_weights_open(&weights, &fuzz_log, fuzz_folder()));
    ttm_weights_close(&weights);
}

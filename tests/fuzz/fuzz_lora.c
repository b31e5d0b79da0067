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

/** @file Fuzz target: LoRA files, merged into a network of the bundle of the tests. */

#include "fuzz.h"

#include "io/lora.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    const char *path = fuzz_write("l.safetensors", data, size);
    const double amount = 0.5;
    TTMBundle *bundle = NULL;
    TTMPart *part = NULL;
    TTMLora *lora;
    int count, ret = ttm_lora_open(&lora, &fuzz_log, path);

    fuzz_check(ret);
    if (ret >= 0) {
        fuzz_assert(ttm_bundle_open(&bundle, &fuzz_log, "tests/ref/bundle") >= 0 &&
                    ttm_part_open(&part, bundle, "image_to_motion") >= 0,
                    "tests/ref/bundle is there: run in the source folder");
        ret = ttm_lora_merge(&lora, &amount, 1, part, TTM_LORA_UNET, NULL, &count);
        fuzz_check(ret);
        if (ret >= 0)
            fuzz_check(ttm_lora_check_merged(lora));
    }
    ttm_part_close(&part);
    ttm_bundle_close(&bundle);
    ttm_lora_close(&lora);
}

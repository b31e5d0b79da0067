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

/** @file Fuzz target: each configuration of a bundle: the first byte of the input says which. */

#include "fuzz.h"

#include <stdio.h>

#define SIZE 32

static const char *const files[] = {
    "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
    "vae/config.json", "image_to_motion/config.json", "motion_to_video/config.json",
    "tokenizer/tokenizer_config.json",
};

/* Open it and go to where the memory of all networks is known: they are built for that. */
static int run(TTMContext **ctx)
{
    static uint8_t pixels[3 * SIZE * SIZE];
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TTMSettings *s = ttm_settings_alloc();
    int ret;

    fuzz_assert(s != NULL, "memory");
    ttm_settings_set_log(s, fuzz_log.callback, fuzz_log.opaque);
    ttm_settings_set(s, "model", fuzz_folder());
    ttm_settings_set(s, "device", "cpu:plain");
    ttm_settings_set(s, "threads", "1");
    ttm_settings_set(s, "memory", "16K");
    ttm_settings_set(s, "prompt", "it moves left");
    ret = ttm_open(ctx, s);
    ttm_settings_free(&s);
    if (ret >= 0)
        ret = ttm_set_image(*ctx, &still);
    while (ret >= 0 && (ret = ttm_step(*ctx, NULL)) > 0)
        ;
    return ret;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    const size_t nb = sizeof(files) / sizeof(*files);
    const char *name = files[fuzz_byte(&data, &size) % nb];
    char original[256];
    TTMContext *ctx = NULL;
    int ret;

    fuzz_link_bundle();
    fuzz_write(name, data, size);
    ret = run(&ctx);
    fuzz_assert(ret != 0, "16 KiB are too little for a clip");
    /* that is said of the budget with the same code */
    if (ret != TTM_ERR_MEMORY)
        fuzz_check(ret);
    ttm_close(&ctx);
    snprintf(original, sizeof(original), "tests/ref/bundle/%s", name);
    fuzz_copy(name, original);
}

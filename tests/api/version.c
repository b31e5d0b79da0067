/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/** @file The smallest user of an installed libttm. */

#include <stdio.h>
#include <ttm.h>

int main(void)
{
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx = NULL;

    if (ttm_settings_set(settings, "model", "/nonexistent") < 0 ||
        ttm_open(&ctx, settings) != TTM_ERR_FILE || ctx)
        return 1;
    ttm_settings_free(&settings);
    ttm_close(&ctx);
    puts(ttm_version());
    return 0;
}

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
    TTMSettings settings;
    TTMContext *ctx = NULL;

    ttm_settings_default(&settings);
    settings.model = "/nonexistent";
    if (ttm_open(&ctx, &settings) != TTM_ERR_FILE || ctx)
        return 1;
    ttm_close(&ctx);
    puts(ttm_version());
    return 0;
}

/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/**
 * @file
 * The smallest user of an installed libttm; with an argument it opens the default
 * bundle and prints the log.
 */

#include <stdio.h>
#include <ttm.h>

static void print_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    (void)level;
    puts(message);
}

int main(int argc, char **argv)
{
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx = NULL;

    (void)argv;
    if (argc > 1) {
        ttm_settings_set_log(settings, print_line, NULL);
        if (ttm_settings_set(settings, "device", "cpu") < 0 ||
            ttm_open(&ctx, settings) < 0)
            return 1;
        ttm_settings_free(&settings);
        ttm_close(&ctx);
        return 0;
    }
    if (ttm_settings_set(settings, "model", "/nonexistent") < 0 ||
        ttm_open(&ctx, settings) != TTM_ERR_FILE || ctx)
        return 1;
    ttm_settings_free(&settings);
    ttm_close(&ctx);
    puts(ttm_version());
    return 0;
}

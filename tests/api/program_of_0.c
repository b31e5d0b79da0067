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
 * A program as it was written for ttm 0.1.0 (soname libttm.so.0), whose settings
 * were a structure of the caller's. Compiled with LIBRARY it is that library, as
 * far as the program needs it.
 */

#include <stdio.h>

typedef struct TTMSettings {
    char *strings[10];
    int mode, frames;
    double fps;
    int steps;
    double guidance, image_guidance;
    int sampler, refine;
    double detail;
    int precision, kernels;
    long long seed;
    int profile, threads;
    const void *vulkan;
    void (*log)(void *opaque, int level, const char *message);
    void *log_opaque;
} TTMSettings;

void ttm_settings_default(TTMSettings *settings);
int ttm_open(void **ctx, const TTMSettings *settings);
void ttm_close(void **ctx);

#ifdef LIBRARY

void ttm_settings_default(TTMSettings *settings)
{
    *settings = (TTMSettings){ .seed = -1 };
}

int ttm_open(void **ctx, const TTMSettings *settings)
{
    *ctx = NULL;
    return settings->frames == 8 ? -3 : -2;
}

void ttm_close(void **ctx)
{
    *ctx = NULL;
}

#else

int main(void)
{
    TTMSettings settings;
    void *ctx = NULL;
    int ret;

    ttm_settings_default(&settings);
    settings.strings[0] = "/nonexistent";
    settings.frames     = 8;
    ret = ttm_open(&ctx, &settings);
    ttm_close(&ctx);
    printf("ran: %d\n", ret);
    return 0;
}

#endif

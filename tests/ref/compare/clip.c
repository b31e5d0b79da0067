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
 * A whole clip: FOLDER/clip.json holds "options" (names and texts as for
 * ttm_settings_set()), "width" and "height"; still.rgb and masks.rgb are the
 * pictures, 8 bits a channel. Written are predicted.ids and trajectory.ids, one
 * byte a pixel at the sizes of the two stages, predicted.levels (empty where the
 * trajectory is not tinted), and video.rgb.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "compare.h"
#include "io/json.h"

static int read_file(const char *folder, const char *name, void *data, size_t size)
{
    char path[1024];
    FILE *file;
    int ok;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    ok   = file && fread(data, 1, size, file) == size;
    if (file)
        fclose(file);
    return ok ? 0 : TTM_ERR_FILE;
}

static int write_file(const char *folder, const char *name, const void *data,
                      size_t size)
{
    char path[1024];
    FILE *file;
    int ok;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    ok   = file && fwrite(data, 1, size, file) == size;
    return (file && fclose(file)) || !ok ? TTM_ERR_FILE : 0;
}

static int open_context(TTMContext **ctx, const TTMJson *options)
{
    TTMSettings *settings = ttm_settings_alloc();
    int ret = settings ? 0 : TTM_ERR_MEMORY;

    ttm_settings_set_log(settings, compare_log, NULL);
    for (int i = 0; i < ttm_json_count(options) && ret >= 0; i++)
        ret = ttm_settings_set(settings, ttm_json_key(options, i),
                               ttm_json_string(ttm_json_at(options, i), ""));
    if (ret >= 0)
        ret = ttm_open(ctx, settings);
    ttm_settings_free(&settings);
    return ret;
}

static int write_results(TTMContext *ctx, const char *folder, int width, int height)
{
    const TTMGiven *given       = &ctx->clip.given;
    const TTMTrajectory *made   = &ctx->clip.made.trajectory;
    const size_t pixels = (size_t)width * height, frames = given->frames;
    uint8_t *video = malloc(frames * 3 * pixels);
    int ret = video ? 0 : TTM_ERR_MEMORY;

    for (size_t t = 0; t < frames && ret >= 0; t++) {
        TTMImage frame = { .struct_size = sizeof(frame), .width = width,
                           .height = height, .stride = 3 * (ptrdiff_t)width,
                           .data = video + t * 3 * pixels };

        ret = ttm_get_frame(ctx, (int)t, &frame);
    }
    if (ret >= 0)
        ret = write_file(folder, "video.rgb", video, frames * 3 * pixels);
    if (ret >= 0)
        ret = write_file(folder, "predicted.ids", made->predicted,
                         frames * given->width[0] * given->height[0]);
    if (ret >= 0)
        ret = write_file(folder, "predicted.levels", made->levels,
                         made->levels ? frames * given->width[0] * given->height[0] :
                         0);
    if (ret >= 0)
        ret = write_file(folder, "trajectory.ids", made->ids,
                         frames * given->width[1] * given->height[1]);
    free(video);
    return ret;
}

int compare_clip(int argc, char **argv)
{
    const TTMLog log = { compare_log, NULL };
    const char *folder = argv[0];
    uint8_t *still = NULL, *masks = NULL;
    TTMContext *ctx = NULL;
    TTMJson *json   = NULL;
    char path[1024];
    int ret, width, height;

    (void)argc;
    snprintf(path, sizeof(path), "%s/clip.json", folder);
    if ((ret = ttm_json_load(&json, &log, path)) < 0)
        return ret;
    width  = (int)ttm_json_number(ttm_json_get(json, "width"), 0);
    height = (int)ttm_json_number(ttm_json_get(json, "height"), 0);
    still  = malloc((size_t)3 * width * height);
    masks  = malloc((size_t)3 * width * height);
    ret    = still && masks ? 0 : TTM_ERR_MEMORY;
    if (ret >= 0)
        ret = read_file(folder, "still.rgb", still, (size_t)3 * width * height);
    if (ret >= 0)
        ret = read_file(folder, "masks.rgb", masks, (size_t)3 * width * height);
    if (ret >= 0)
        ret = open_context(&ctx, ttm_json_get(json, "options"));
    if (ret >= 0) {
        const ptrdiff_t stride = 3 * (ptrdiff_t)width;
        const TTMImage image = { .struct_size = sizeof(image), .width = width,
                                 .height = height, .stride = stride, .data = still };
        TTMImage mask = image;

        mask.data = masks;
        ret = ttm_set_image(ctx, &image);
        if (ret >= 0)
            ret = ttm_set_masks(ctx, &mask);
        while (ret >= 0 && (ret = ttm_step(ctx, NULL)) == TTM_MORE) ;
    }
    if (ret >= 0)
        ret = write_results(ctx, folder, width, height);
    ttm_close(&ctx);
    ttm_json_free(&json);
    free(still);
    free(masks);
    return ret;
}

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
 * The option memory: what a clip takes is told before it is taken, networks
 * follow each other where they do not fit together, with the same frames, and a
 * clip that does not fit is refused with settings that do.
 */

#include "unit.h"

#include <stdlib.h>

#include "clip/context.h"
#include "render/tween.h"
#include "util/image.h"
#include "util/parse.h"

#define SIZE   96
#define FRAMES 4

/** The line that tells the memory, and errors. */
typedef struct Lines {
    char memory[400], error[800];
} Lines;

static void keep(void *opaque, enum TTMLogLevel level, const char *message)
{
    Lines *lines = opaque;

    if (level == TTM_LOG_INFO && !strncmp(message, "memory:", 7))
        snprintf(lines->memory, sizeof(lines->memory), "%s", message);
    if (level == TTM_LOG_ERROR)
        snprintf(lines->error, sizeof(lines->error), "%s", message);
}

/** Make a clip in a format of 8 bits; its frames (or NULL), code, lines and peak. */
static uint8_t *make_clip_in(enum TTMPixelFormat format, const char *device,
                             const char *memory, const char *const *options, Lines *lines,
                             int *code, size_t *peak)
{
    const int samples = ttm_image_samples(format);
    uint8_t *pixels = malloc((size_t)samples * SIZE * SIZE), *frames = NULL;
    TTMImage image = { sizeof(TTMImage), format, SIZE, SIZE, samples * SIZE, pixels };
    TTMSettings settings;
    TTMContext *ctx;
    int width, height;

    memset(lines, 0, sizeof(*lines));
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            int inside = x >= 20 && x < 52 && y >= 30 && y < 62;
            uint8_t *pixel = pixels + samples * (y * SIZE + x);

            pixel[0] = inside ? 255 : 40;
            pixel[1] = inside ? 30 : 60 + y;
            pixel[2] = inside ? 30 : 200;
            if (samples == 4)
                pixel[3] = x < 6 ? 0 : 255;
        }
    ttm_settings_default(&settings);
    settings.log        = keep;
    settings.log_opaque = lines;
    assert_int_equal(ttm_settings_set(&settings, "model", "tests/ref/bundle"), 0);
    assert_int_equal(ttm_settings_set(&settings, "prompt",
                                      "the red square moves right"), 0);
    assert_int_equal(ttm_settings_set(&settings, "device", device), 0);
    assert_int_equal(ttm_settings_set(&settings, "precision", "f32"), 0);
    assert_int_equal(ttm_settings_set(&settings, "memory", memory), 0);
    settings.frames = FRAMES;
    settings.steps  = 2;
    settings.seed   = 7;
    for (; options && *options; options += 2)
        assert_int_equal(ttm_settings_set(&settings, options[0], options[1]), 0);
    *code = ttm_open(&ctx, &settings);
    ttm_settings_uninit(&settings);
    if (*code < 0) {
        free(pixels);
        return NULL;
    }
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    while ((*code = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    if (*code >= 0) {
        assert_int_equal(ttm_output_size(ctx, SIZE, SIZE, &width, &height), 0);
        frames = malloc((size_t)ttm_frame_count(ctx) * samples * width * height);
        image = (TTMImage){ sizeof(TTMImage), format, width, height, samples * width, frames };
        for (int i = 0; i < ttm_frame_count(ctx); i++) {
            image.data = frames + (size_t)i * samples * width * height;
            assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
        }
    }
    /* with what the device may hold beyond what it was asked for */
    *peak = ctx->backend->bytes_peak + ctx->backend->spare;
    ttm_close(&ctx);
    free(pixels);
    return frames;
}

static uint8_t *make_clip(const char *device, const char *memory,
                          const char *const *options, Lines *lines, int *code,
                          size_t *peak)
{
    return make_clip_in(TTM_PIXEL_RGB8, device, memory, options, lines, code, peak);
}

/** MiB that the line tells. */
static double told(const Lines *lines)
{
    double value = 0;

    assert_int_equal(sscanf(lines->memory, "memory: %lf MiB", &value), 1);
    return value;
}

static void check_device(const char *device)
{
    const size_t bytes = (size_t)FRAMES * 3 * SIZE * SIZE;
    size_t peak, peak_single, low, high;
    Lines lines;
    char memory[32], wanted[16];
    uint8_t *frames, *single;
    int code, suggested;

    frames = make_clip(device, "auto", NULL, &lines, &code, &peak);
    if (code == TTM_ERR_DEVICE || code == TTM_ERR_UNSUPPORTED)
        skip();
    assert_non_null(frames);
    assert_contains(lines.memory, "all of them stay there");
    if (getenv("TTM_TEST_VERBOSE"))
        print_message("%s; peak %.2f MiB\n", lines.memory, peak / 1048576.0);
    /* what was told is enough, and not far more */
    assert_true(told(&lines) * (1 << 20) >= peak);
    assert_true(told(&lines) <= 2.0 * peak / (1 << 20) + 3);

    /* a budget below what all networks need, as was told: the same frames */
    snprintf(memory, sizeof(memory), "%.0f", told(&lines) * (1 << 20) * 3 / 4);
    single = make_clip(device, memory, NULL, &lines, &code, &peak_single);
    if (!single)
        print_error("%s\n", lines.error);
    assert_non_null(single);
    assert_contains(lines.memory, "one network at a time");
    assert_memory_equal(frames, single, bytes);
    assert_true(peak_single < peak);
    assert_true(told(&lines) * (1 << 20) >= peak_single);
    free(frames);
    free(single);

    /* the least budget that is taken: what is suggested below it fits in it */
    for (low = 1 << 10, high = peak; high - low > 4096;) {
        size_t middle = (low + high) / 2;

        snprintf(memory, sizeof(memory), "%zu", middle);
        frames = make_clip(device, memory, (const char *const[]){ "steps", "1",
                           "mode", "plan", NULL }, &lines, &code, &peak);
        free(frames);
        if (code >= 0)
            high = middle;
        else
            low = middle;
    }
    snprintf(memory, sizeof(memory), "%zu", low);
    frames = make_clip(device, memory, (const char *const[]){ "mode", "plan",
                       NULL }, &lines, &code, &peak);
    assert_null(frames);
    assert_int_equal(code, TTM_ERR_MEMORY);
    assert_contains(lines.error, "MiB");
    assert_contains(lines.error, "frames=");
    suggested = atoi(strstr(lines.error, "frames=") + strlen("frames="));
    for (int more = 0; more < 2; more++) {      /* which is the most that fits */
        snprintf(wanted, sizeof(wanted), "%d", suggested + more);
        frames = make_clip(device, memory, (const char *const[]){ "mode", "plan", "frames",
                           wanted, NULL }, &lines, &code, &peak);
        assert_int_equal(code, more ? TTM_ERR_MEMORY : 0);
        free(frames);
    }
}

static void test_cpu(void **state)
{
    (void)state;
    check_device("cpu");
}

static void test_vulkan(void **state)
{
    (void)state;
    check_device("vulkan:0");
}

/* What frames between the networks' take is told too; large frames leave no network there. */
static void test_pictures(void **state)
{
    static const char *const options[][9] = {
        { "frames", "4", "size", "256x256", "generation_size", "96x96", NULL },
        { "frames", "9", "size", "256x256", "generation_size", "96x96", "motion_time", "0.5",
          NULL },
        { "frames", "1", "size", "1536x1536", NULL },
    };
    const double between = TTM_TWEEN_FLOATS * sizeof(float) * 96 * 96;
    const double printed = (1 << 20) / 10.0;    /* the line's last digit */
    double bytes[3];
    Lines lines;
    size_t peak;
    int code;

    (void)state;
    for (int i = 0; i < 3; i++) {
        free(make_clip("cpu", "auto", options[i], &lines, &code, &peak));
        assert_int_equal(code, 0);
        assert_contains(lines.memory, i < 2 ? "all of them stay" : "one network at a time");
        bytes[i] = told(&lines) * (1 << 20);
    }
    assert_true(bytes[1] > bytes[0]);
    assert_float_equal(bytes[1] - bytes[0], between, 1.5 * printed);
}

/* Alpha is composed beside the colours, as much again, and both are on the host. */
static void test_alpha(void **state)
{
    const char *const options[] = { "frames", "1", "size", "512x512", NULL };
    double opaque;
    Lines lines;
    size_t peak;
    int code;

    (void)state;
    free(make_clip("cpu", "auto", options, &lines, &code, &peak));
    assert_int_equal(code, 0);
    opaque = told(&lines);
    free(make_clip_in(TTM_PIXEL_RGBA8, "cpu", "auto", options, &lines, &code, &peak));
    assert_int_equal(code, 0);
    assert_true(told(&lines) * (1 << 20) >= peak);
    assert_true(told(&lines) > 1.5 * opaque);
}

/* Without networks it is the still at the size of the frame, and what is between the two. */
static void test_objects(void **state)
{
    const char *const options[] = { "mode", "objects", "size", "1024x1024", NULL };
    const double resampled = 3 * sizeof(float) * 1024 * (1024 + SIZE);
    Lines lines;
    size_t peak;
    int code;

    (void)state;
    free(make_clip("cpu", "auto", options, &lines, &code, &peak));
    assert_int_equal(code, 0);
    assert_true(told(&lines) * (1 << 20) >= resampled);
    assert_true(told(&lines) * (1 << 20) <= 1.5 * resampled);
}

static void test_tiny_budget(void **state)
{
    Lines lines;
    size_t peak;
    int code;

    (void)state;
    assert_null(make_clip("cpu", "1K", NULL, &lines, &code, &peak));
    assert_int_equal(code, TTM_ERR_MEMORY);
    assert_contains(lines.error, "use another device");
    assert_true(peak < 64 << 10);       /* nothing was allocated before */
}

static void test_option(void **state)
{
    static const struct {
        const char *text;
        size_t bytes;
    } good[] = {
        { "auto", 0 }, { "1000", 1000 }, { "2K", 2048 }, { "1.5M", 3 << 19 },
        { "8G", (size_t)8 << 30 },
    };
    static const char *const bad[] = { "", "G", "-1", "0", "5X", "5GB", "nan" };
    TTMSettings settings;
    TestLog log = { "" };
    size_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(ttm_parse_bytes(good[i].text, &bytes), 0);
        assert_true(bytes == good[i].bytes);
    }
    ttm_settings_default(&settings);
    settings.log        = test_log_callback;
    settings.log_opaque = &log;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        log.error[0] = 0;
        assert_int_equal(ttm_settings_set(&settings, "memory", bad[i]),
                         TTM_ERR_ARGUMENT);
        assert_contains(log.error, "option memory");
    }
    ttm_settings_uninit(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_alpha),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_tiny_budget),
        cmocka_unit_test(test_cpu),
        cmocka_unit_test(test_vulkan),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

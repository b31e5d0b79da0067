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
 * A clip of a bundle on Vulkan against the same clip on the CPU, by PSNR of its
 * frames: of the tests' tiny bundle and of the shipped one (or $TTM_TEST_MODEL).
 * Stage 2 from a given trajectory, so that both work on the same regions.
 * Skipped without the bundle or without a device.
 */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "ttm.h"

#define SIZE   96
#define FRAMES 4

/** What the same arithmetic in another order may cost, and f16 storage. */
#define F32_PSNR 50
#define F16_PSNR 35

/** A square at @p left on a picture (@p flat: red on black). */
static void draw(uint8_t *pixels, int left, int flat)
{
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            int inside = x >= left && x < left + 32 && y >= 30 && y < 62;
            uint8_t *p = pixels + 3 * (y * SIZE + x);

            p[0] = inside ? 255 : flat ? 0 : 40 + x;
            p[1] = flat ? 0 : inside ? 60 : 60 + y;
            p[2] = flat ? 0 : inside ? 30 : 200;
        }
}

/** Render the clip into @p frames; 0 when the device is not there. */
static int render(const char *model, const char *device, const char *precision,
                  const char *kernels, uint8_t *frames)
{
    uint8_t *pixels = malloc(3 * SIZE * SIZE);
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TestLog log = { "" };
    TTMSettings settings;
    TTMContext *ctx;
    TTMProgress progress = { .struct_size = sizeof(progress) };
    int ret;

    ttm_settings_default(&settings);
    settings.log        = test_log_callback;
    settings.log_opaque = &log;
    settings.model      = (char *)model;
    settings.prompt     = "the red square moves right";
    settings.device     = (char *)device;
    settings.mode       = TTM_MODE_RENDER;
    settings.frames     = FRAMES;
    settings.steps      = 2;
    settings.seed       = 7;
    assert_int_equal(ttm_settings_set(&settings, "precision", precision), 0);
    assert_int_equal(ttm_settings_set(&settings, "kernels", kernels), 0);
    ret = ttm_open(&ctx, &settings);
    if (ret == TTM_ERR_DEVICE || ret == TTM_ERR_UNSUPPORTED) {
        free(pixels);
        return 0;
    }
    assert_int_equal(ret, 0);
    draw(pixels, 10, 0);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    for (int i = 0; i < FRAMES; i++) {
        draw(pixels, 10 + 12 * i, 1);
        assert_int_equal(ttm_add_trajectory_frame(ctx, &image), 0);
    }
    while ((ret = ttm_step(ctx, &progress)) == TTM_MORE)
        ;
    if (ret < 0)
        print_error("%s\n", log.error);
    assert_int_equal(ret, 0);
    assert_int_equal(ttm_frame_count(ctx), FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        image.data = frames + (size_t)i * 3 * SIZE * SIZE;
        assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
    }
    ttm_close(&ctx);
    free(pixels);
    return 1;
}

/** Least PSNR of all frames; frames after the first must differ from it. */
static double psnr(const uint8_t *a, const uint8_t *b)
{
    const int count = 3 * SIZE * SIZE;
    double least = 1e9;

    for (int f = 0; f < FRAMES; f++) {
        double errors = 0, value;

        for (int i = 0; i < count; i++)
            errors += pow((double)a[f * count + i] - b[f * count + i], 2);
        value = 10 * log10(255.0 * 255.0 * count / (errors + 1e-6));
        if (value < least)
            least = value;
    }
    return least;
}

static void compare(const char *model, int cooperative)
{
    static const char *const matrices[] = { "cooperative", "cooperative2" };

    uint8_t *cpu = malloc(FRAMES * 3 * SIZE * SIZE);
    uint8_t *out = malloc(FRAMES * 3 * SIZE * SIZE);
    double value;

    if (access(model, F_OK) || !render(model, "vulkan:0", "f32", "auto", out)) {
        free(cpu);
        free(out);
        skip();
        return;
    }
    assert_int_equal(render(model, "cpu", "f32", "auto", cpu), 1);
    value = psnr(cpu, out);
    print_message("f32: %.1f dB\n", value);
    assert_true(value >= F32_PSNR);
    if (render(model, "vulkan:0", "f16", "auto", out)) {
        value = psnr(cpu, out);
        print_message("f16: %.1f dB\n", value);
        assert_true(value >= F16_PSNR);
    }
    /* many kernels to compile on a software device, so the tiny bundle only */
    for (int i = 0; cooperative && i < 2; i++)
        if (render(model, "vulkan:0", "f16", matrices[i], out)) {
            value = psnr(cpu, out);
            print_message("f16, %s: %.1f dB\n", matrices[i], value);
            assert_true(value >= F16_PSNR);
        }
    /* the measure sees a clip that stands still */
    for (int f = 1; f < FRAMES; f++)
        memcpy(out + f * 3 * SIZE * SIZE, cpu, 3 * SIZE * SIZE);
    assert_true(psnr(cpu, out) < F16_PSNR);
    free(cpu);
    free(out);
}

/* A clip takes a slow device minutes: with TTM_SAMPLE it makes one of the two. */
static int is_drawn(int number)
{
    const int drawn = getenv("TTM_TEST_SLOW_DEVICE") ? test_draw("bundles", 2) : -1;

    return drawn < 0 || drawn == number;
}

static void test_tiny(void **state)
{
    (void)state;
    if (!is_drawn(0))
        skip();
    compare("tests/ref/bundle", 1);
}

static void test_shipped(void **state)
{
    const char *path = getenv("TTM_TEST_MODEL");

    (void)state;
    if (!is_drawn(1))
        skip();
    compare(path ? path : "models/ttm-small", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiny),
        cmocka_unit_test(test_shipped),
    };

    return cmocka_run_group_tests_name("clip on Vulkan", tests, NULL, NULL);
}

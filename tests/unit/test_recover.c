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
 * A Vulkan device that is lost during a clip, in any mode and phase, or while its
 * frames are composed is opened again, and the clip goes on from the last step with
 * the same frames; a second loss is an error.
 */

#include "config.h"
#include "unit.h"

#if HAVE_VULKAN

#include <limits.h>
#include <stdlib.h>

#include "backend/vulkan/vk.h"
#include "clip/context.h"
#include "files.h"

#define SIZE   64
#define FRAMES 3
#define MOST   9                ///< frames of a clip with a video autoencoder
#define STEPS  4

static TestLog messages;
static int left;                ///< submissions until the device is lost
static const char *model = "tests/ref/bundle";
static const char *segmenter = "none";
static int nb_frames = FRAMES;
static PFN_vkQueueSubmit real_submit;

static VkResult VKAPI_CALL lossy_submit(VkQueue queue, uint32_t nb,
                                        const VkSubmitInfo *info, VkFence fence)
{
    return left-- > 0 ? real_submit(queue, nb, info, fence) :
                        VK_ERROR_DEVICE_LOST;
}

/** Lose the device that is open now at submission number @p after. */
static void lose(TTMContext *ctx, int after)
{
    TTMVk *vk = ctx->backend->private_data;

    left = after;
    real_submit = vk->fn.QueueSubmit;
    vk->fn.QueueSubmit = lossy_submit;
}

static const char *const modes[] = {
    [TTM_MODE_FULL] = "full", [TTM_MODE_PLAN] = "plan", [TTM_MODE_RENDER] = "render",
};

/** The trajectory is three times the size of stage 2, where it is kept finer. */
#define DRAWN (3 * SIZE)

static void give_trajectory(TTMContext *ctx)
{
    uint8_t *pixels = malloc(3 * DRAWN * DRAWN);
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, DRAWN, DRAWN, 3 * DRAWN, pixels };

    for (int t = 0; t < FRAMES + 2; t++) {
        memset(pixels, 0, 3 * DRAWN * DRAWN);
        for (int y = 60; y < 150; y++)
            for (int x = 30 + 5 * t; x < 120 + 5 * t; x++)
                pixels[3 * (y * DRAWN + x)] = 255;
        assert_int_equal(ttm_add_trajectory_frame(ctx, &image), 0);
    }
    free(pixels);
}

static void draw_still(uint8_t *pixels, int masks)
{
    for (int i = 0; i < SIZE * SIZE; i++) {
        int x = i % SIZE, y = i / SIZE, in = x > 10 && x < 40 && y > 20 && y < 50;

        pixels[3 * i]     = in ? 255 : masks ? 0 : 40;
        pixels[3 * i + 1] = in ? 30 : masks ? 0 : (uint8_t)(60 + y);
        pixels[3 * i + 2] = in ? 30 : masks ? 0 : 200;
    }
}

/** With @p other options the clip is given and makes what it else does not. */
static TTMContext *open_mode(int mode, int other)
{
    uint8_t pixels[3 * SIZE * SIZE];
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TTMSettings settings;
    TTMContext *ctx;
    int ret;

    memset(&messages, 0, sizeof(messages));
    ttm_settings_default(&settings);
    settings.log        = test_log_callback;
    settings.log_opaque = &messages;
    ttm_settings_set(&settings, "model", model);
    ttm_settings_set(&settings, "prompt", "the red square moves right");
    ttm_settings_set(&settings, "device", "vulkan:0");
    ttm_settings_set(&settings, "segmenter", segmenter);
    settings.frames = nb_frames;
    ttm_settings_set(&settings, "steps", "4");
    ttm_settings_set(&settings, "seed", "7");
    ttm_settings_set(&settings, "mode", modes[mode]);
    if (other) {
        ttm_settings_set(&settings, "generation_size", "48x32");
        ttm_settings_set(&settings, "refine", "none");
    }
    ret = ttm_open(&ctx, &settings);
    ttm_settings_uninit(&settings);
    if (ret < 0)
        skip();
    draw_still(pixels, 0);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    if (other) {
        draw_still(pixels, 1);
        assert_int_equal(ttm_set_masks(ctx, &image), 0);
    }
    if (mode == TTM_MODE_RENDER)
        give_trajectory(ctx);
    return ctx;
}

static TTMContext *open_clip(void)
{
    return open_mode(TTM_MODE_FULL, 0);
}

static void read_frames(TTMContext *ctx, uint8_t *frames)
{
    int width, height;

    assert_int_equal(ttm_output_size(ctx, SIZE, SIZE, &width, &height), 0);
    assert_int_equal(ttm_frame_count(ctx), nb_frames);
    for (int i = 0; i < nb_frames; i++) {
        TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, width, height, 3 * width,
                           frames + i * 3 * SIZE * SIZE };

        assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
    }
}

/** Step until step @p step of @p phase is done. */
static void step_until(TTMContext *ctx, const char *phase, int step)
{
    TTMProgress p = { .struct_size = sizeof(p) };

    do {
        assert_int_equal(ttm_step(ctx, &p), TTM_MORE);
    } while (strcmp(p.phase, phase) || p.step < step);
}

static void finish(TTMContext *ctx)
{
    int ret;

    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    assert_int_equal(ret, 0);
}

static void test_resume(void **state)
{
    static const struct {
        const char *phase;
        int step, first, second;    ///< steps that are kept
    } cases[] = {
        { "text", 1, 0, 0 }, { "stage 1/2", 2, 2, 0 }, { "fit", 1, STEPS, 0 },
        { "stage 2/2", 3, STEPS, 3 }, { "decode", 1, STEPS, STEPS },
    };
    uint8_t *frames = malloc(FRAMES * 3 * SIZE * SIZE);
    uint8_t *again = malloc(FRAMES * 3 * SIZE * SIZE);
    TTMContext *ctx = open_clip();
    char wanted[80];

    (void)state;
    finish(ctx);
    read_frames(ctx, frames);
    ttm_close(&ctx);
    assert_string_equal(messages.warning, "");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ctx = open_clip();
        step_until(ctx, cases[i].phase, cases[i].step);
        lose(ctx, 0);
        finish(ctx);
        snprintf(wanted, sizeof(wanted), "after step %d of stage 1 and %d of stage 2",
                 cases[i].first, cases[i].second);
        assert_contains(messages.warning, wanted);
        assert_contains(messages.error, "VK_ERROR_DEVICE_LOST");
        read_frames(ctx, again);
        assert_memory_equal(frames, again, FRAMES * 3 * SIZE * SIZE);
        ttm_close(&ctx);
    }
    free(frames);
    free(again);
}

/* Steps until unit @p units of the clip is done; what is ready never grows less. */
static int step_units(TTMContext *ctx, int units)
{
    int ready = 0, ret = TTM_MORE;

    for (int i = 0; ret == TTM_MORE && i < units; i++) {
        ret = ttm_step(ctx, NULL);
        assert_true(ttm_frames_ready(ctx) >= ready);
        ready = ttm_frames_ready(ctx);
    }
    return ret;
}

/* Lose the device after unit @p unit: the same frames. */
static int lose_in_unit(int mode, int other, int unit, const uint8_t *frames,
                        uint8_t *again)
{
    const size_t bytes = (size_t)nb_frames * 3 * SIZE * SIZE;
    TTMContext *ctx = open_mode(mode, other);
    int lost;

    step_units(ctx, unit);
    lose(ctx, 0);
    assert_int_equal(step_units(ctx, 1000), 0);
    lost = ctx->clip.saved.recovered;
    read_frames(ctx, again);
    if (memcmp(frames, again, bytes))
        print_message("%s: after unit %d\n", modes[mode], unit);
    assert_memory_equal(frames, again, bytes);
    ttm_close(&ctx);
    return lost;
}

/*
 * In the first unit of every phase of a mode and the unit @p later after it, or of every
 * third phase with other options. Where a phase submits nothing the next one is hit.
 */
static void lose_in_phases(int mode, int other, int later, int *nb, int *lost)
{
    uint8_t *frames = calloc(MOST, 3 * SIZE * SIZE);
    uint8_t *again = calloc(MOST, 3 * SIZE * SIZE);
    TTMContext *ctx = open_mode(mode, other);
    int begins[16] = { 0 }, phases = 0, unit = 0, ret;
    TTMProgress p = { .struct_size = sizeof(p) };

    do {
        ret = ttm_step(ctx, &p);
        assert_true(ret >= 0 && phases < 16);
        if (p.step == 1)
            begins[phases++] = unit;
        unit++;
    } while (ret == TTM_MORE);
    read_frames(ctx, frames);
    ttm_close(&ctx);
    for (int i = 0; i < phases; i += other ? 3 : 1) {
        *lost += lose_in_unit(mode, other, begins[i] + later, frames, again);
        (*nb)++;
    }
    free(frames);
    free(again);
}

/* With TTM_SAMPLE in one of the modes. */
static void test_everywhere(void **state)
{
    const int drawn = test_draw("modes that lose a device", 3);
    int nb = 0, lost = 0;

    (void)state;
    for (int mode = 0; mode < 3; mode++)
        for (int other = 0; other < 2 && (drawn < 0 || mode == drawn); other++)
            lose_in_phases(mode, other, 0, &nb, &lost);
    print_message("%d clips, %d with a device lost\n", nb, lost);
    assert_true(lost > nb * 2 / 3);
}

/* While the segmenter looks for the objects, at each of its submissions. */
static void test_segmenter(void **state)
{
    const size_t bytes = (size_t)FRAMES * 3 * SIZE * SIZE;
    uint8_t *frames = calloc(1, bytes), *again = calloc(1, bytes);
    TTMContext *ctx;
    int lost = 1;

    (void)state;
    segmenter = "tests/ref/nets/segmenter/segmenter";
    ctx = open_clip();
    finish(ctx);
    read_frames(ctx, frames);
    ttm_close(&ctx);
    for (int after = 0; lost && after < 4; after++) {
        ctx = open_clip();
        lose(ctx, after);
        assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
        lost = ctx->clip.saved.recovered;
        assert_true(lost || after);
        if (lost)
            assert_contains(messages.warning, "after step 0 of stage 1");
        else
            left = INT_MAX;
        finish(ctx);
        read_frames(ctx, again);
        assert_memory_equal(frames, again, bytes);
        ttm_close(&ctx);
    }
    segmenter = "none";
    free(frames);
    free(again);
}

/* In the middle of a video's latent frames, which depend on those before. */
static void test_video(void **state)
{
    char *folder = test_video_bundle();
    int nb = 0, lost = 0;

    (void)state;
    model     = folder;
    nb_frames = MOST;
    lose_in_phases(TTM_MODE_FULL, 0, 1, &nb, &lost);
    model     = "tests/ref/bundle";
    nb_frames = FRAMES;
    test_remove_folder(folder);
    print_message("%d clips, %d with a device lost\n", nb, lost);
    assert_true(lost > nb * 2 / 3);
}

/*
 * Lost at submission number @p after of the frame after @p before frames; 0 when the
 * frame has fewer.
 */
static int lose_in_frame(const uint8_t *frames, const char *phase, int before,
                         int after)
{
    const size_t size = 3 * SIZE * SIZE;
    uint8_t *again = malloc(size);
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, again };
    TTMContext *ctx = open_clip();
    int lost = 0;

    if (phase)
        step_until(ctx, phase, before + 1);
    else
        finish(ctx);
    for (int i = 0; i < FRAMES; i++) {
        if (i == before)
            lose(ctx, after);
        while (ttm_frames_ready(ctx) <= i)
            assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
        assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
        assert_memory_equal(frames + (size_t)i * size, again, size);
        if (i == before) {
            lost = left < 0;
            left = INT_MAX;
            assert_int_equal(lost, strstr(messages.error, "DEVICE_LOST") != NULL);
            assert_int_equal(lost, ctx->clip.saved.recovered);
            assert_int_equal(ttm_frames_ready(ctx), phase ? before + 1 : FRAMES);
            assert_int_equal(ctx->clip.done, !phase);
        }
    }
    finish(ctx);
    if (lost)
        assert_contains(messages.warning, "after step 4 of stage 1 and 4 of stage 2");
    ttm_close(&ctx);
    free(again);
    return lost;
}

/* At every submission of a frame, the last one of which is behind its end. */
static void test_frame(void **state)
{
    uint8_t *frames = malloc(FRAMES * 3 * SIZE * SIZE);
    TTMContext *ctx = open_clip();
    int after = 0;

    (void)state;
    finish(ctx);
    read_frames(ctx, frames);
    ttm_close(&ctx);
    assert_true(lose_in_frame(frames, NULL, 0, 0));
    while (lose_in_frame(frames, NULL, 2, after))
        after++;
    assert_in_range(after, 1, 8);
    assert_true(lose_in_frame(frames, "decode", 1, 0));     // frames are still to come
    free(frames);
}

/* A second loss ends the clip, not the context. */
static void test_frame_twice(void **state)
{
    uint8_t pixels[3 * SIZE * SIZE];
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TTMContext *ctx = open_clip();

    (void)state;
    finish(ctx);
    lose(ctx, 0);
    assert_int_equal(ttm_get_frame(ctx, 1, &image), 0);
    lose(ctx, 0);
    assert_int_equal(ttm_get_frame(ctx, 2, &image), TTM_ERR_DEVICE);
    ttm_close(&ctx);
}

static void test_twice(void **state)
{
    TTMContext *ctx = open_clip();
    int ret;

    (void)state;
    step_until(ctx, "stage 1/2", 1);
    lose(ctx, 0);
    while (!ctx->clip.saved.recovered)
        assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
    lose(ctx, 2);
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    assert_int_equal(ret, TTM_ERR_DEVICE);
    ttm_close(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_everywhere),
        cmocka_unit_test(test_segmenter),
        cmocka_unit_test(test_video),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_frame),
        cmocka_unit_test(test_frame_twice),
    };

    return cmocka_run_group_tests_name("recover", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP recover: not in this build\n1..1\n");
    return 0;
}

#endif

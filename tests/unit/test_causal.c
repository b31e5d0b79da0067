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
 * Whole clips with a video autoencoder, a latent frame of which stands for four pictures
 * and depends on those before it: lengths, modes, memory, devices.
 */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "clip/context.h"
#include "files.h"

#define SIZE   96
#define FRAME  (3 * SIZE * SIZE)
#define MOST   33               ///< frames

typedef struct Clip {
    int nb;                     ///< frames
    double told;                ///< bytes of the line on memory
    size_t peak;                ///< bytes that were taken
    char warning[800], error[800], memory[400];
    uint8_t frames[MOST][FRAME];
} Clip;

static char *bundle;

static void keep(void *opaque, enum TTMLogLevel level, const char *message)
{
    Clip *c = opaque;

    if (!strncmp(message, "memory:", 7))
        snprintf(c->memory, sizeof(c->memory), "%s", message);
    else if (level == TTM_LOG_WARNING)
        snprintf(c->warning, sizeof(c->warning), "%s", message);
    else if (level == TTM_LOG_ERROR)
        snprintf(c->error, sizeof(c->error), "%s", message);
}

/* The still, or with @p flat its mask: red on black. */
static void draw(uint8_t *pixels, int flat)
{
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            const int in = x >= 20 && x < 52 && y >= 30 && y < 62;
            uint8_t *p = pixels + 3 * (y * SIZE + x);

            p[0] = (uint8_t)(in ? 255 : flat ? 0 : 40 + x);
            p[1] = (uint8_t)(flat ? 0 : in ? 30 + x : 60 + y);
            p[2] = (uint8_t)(flat ? 0 : in ? 30 : 200);
        }
}

/*
 * A clip by options as name, value, ..., NULL, in mode render of the frames of @p plan.
 * NULL: there is no such device.
 */
static Clip *make(const char *const *options, const Clip *plan)
{
    Clip *c = calloc(1, sizeof(*c));
    uint8_t *pixels = malloc(FRAME);
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TTMSettings *s = ttm_settings_alloc();
    TTMContext *ctx;
    int ret;

    assert_true(c && pixels && s);
    ttm_settings_set_log(s, keep, c);
    assert_int_equal(ttm_settings_set(s, "model", bundle), 0);
    assert_int_equal(ttm_settings_set(s, "prompt", "the red square moves right"), 0);
    assert_int_equal(ttm_settings_set(s, "precision", "f32"), 0);
    assert_int_equal(ttm_settings_set(s, "device", "cpu"), 0);
    assert_int_equal(ttm_settings_set(s, "seed", "7"), 0);
    for (; *options; options += 2)
        assert_int_equal(ttm_settings_set(s, options[0], options[1]), 0);
    ret = ttm_open(&ctx, s);
    ttm_settings_free(&s);
    if (ret == TTM_ERR_DEVICE || ret == TTM_ERR_UNSUPPORTED) {
        free(pixels);
        free(c);
        return NULL;
    }
    assert_int_equal(ret, 0);
    draw(pixels, 0);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    draw(pixels, 1);
    assert_int_equal(ttm_set_masks(ctx, &image), 0);
    for (int i = 0; plan && i < plan->nb; i++) {
        memcpy(pixels, plan->frames[i], FRAME);
        assert_int_equal(ttm_add_trajectory_frame(ctx, &image), 0);
    }
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    if (ret < 0)
        fail_msg("%s", c->error);
    c->nb = ttm_frame_count(ctx);
    assert_in_range(c->nb, 1, MOST);
    for (int i = 0; i < c->nb; i++) {
        image.data = c->frames[i];
        assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
    }
    assert_int_equal(sscanf(c->memory, "memory: %lf MiB", &c->told), 1);
    c->told *= 1 << 20;
    c->peak  = ctx->backend->bytes_peak + ctx->backend->spare;
    ttm_close(&ctx);
    free(pixels);
    return c;
}

/* Least PSNR of a frame, of those from the second on. */
static double psnr(const Clip *a, const Clip *b)
{
    double least = 200;

    assert_int_equal(a->nb, b->nb);
    for (int t = 1; t < a->nb; t++) {
        double errors = 0;

        for (int i = 0; i < FRAME; i++)
            errors += pow((double)a->frames[t][i] - b->frames[t][i], 2);
        least = fmin(least, 10 * log10(255.0 * 255 * FRAME / (errors + 1e-6)));
    }
    return least;
}

/*
 * Clips of every length, though networks make one more than a multiple of four; the first
 * frame is the still, later ones are no copies of those before.
 */
static void test_lengths(void **state)
{
    static const int lengths[] = { 1, 2, 5, 8, 9, 16, 17, 30 };
    uint8_t still[FRAME];

    (void)state;
    draw(still, 0);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char frames[16];
        Clip *c;

        snprintf(frames, sizeof(frames), "%d", lengths[i]);
        c = make((const char *const[]){ "frames", frames, "steps", "1", NULL }, NULL);
        assert_int_equal(c->nb, lengths[i]);
        assert_true(c->told >= c->peak);
        assert_null(strstr(c->warning, "frames"));
        assert_memory_equal(c->frames[0], still, FRAME);
        for (int t = 1; t < c->nb; t++)
            assert_memory_not_equal(c->frames[t], c->frames[t - 1], FRAME);
        free(c);
    }
}

/* More than the networks were trained for, told before anything is made. */
static void test_too_many(void **state)
{
    uint8_t pixels[FRAME];
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    TTMSettings *s = ttm_settings_alloc();
    Clip *c = calloc(1, sizeof(*c));
    TTMContext *ctx;
    int ret;

    (void)state;
    draw(pixels, 0);
    ttm_settings_set_log(s, keep, c);
    test_edit(bundle, bundle, "model_index.json", "\"generated_frames\": 32",
              "\"generated_frames\": 200");
    ttm_settings_set(s, "model", bundle);
    ttm_settings_set(s, "device", "cpu");
    ttm_settings_set(s, "prompt", "the red square moves right");
    ttm_settings_set(s, "frames", "200");
    ret = ttm_open(&ctx, s);
    if (ret >= 0)
        ret = ttm_set_image(ctx, &image);
    if (ret >= 0)
        ret = ttm_step(ctx, NULL);
    assert_int_equal(ret, TTM_ERR_ARGUMENT);
    assert_contains(c->error, "frames");
    test_edit(bundle, bundle, "model_index.json", "\"generated_frames\": 200",
              "\"generated_frames\": 32");
    ttm_close(&ctx);
    ttm_settings_free(&s);
    free(c);
}

/* What plan emits render takes: the clip that full makes in one go. */
static void test_plan_render(void **state)
{
    const char *options[] = { "mode", "full", "frames", "9", "refine", "none", NULL };
    Clip *full = make(options, NULL), *plan, *render;
    int black = 0;

    (void)state;
    options[1] = "plan";
    plan       = make(options, NULL);
    options[1] = "render";
    render     = make(options, plan);
    assert_int_equal(plan->nb, 9);
    assert_int_equal(render->nb, 9);
    for (int i = 0; i < FRAME; i += 3)
        black += !plan->frames[8][i];
    assert_in_range(black, FRAME / 6, FRAME / 3 - 100);
    assert_memory_equal(full->frames, render->frames, sizeof(full->frames));
    free(full);
    free(plan);
    free(render);
}

/* A trajectory of 6 frames is of a clip of 6, for which networks make 9. */
static void test_drawn_length(void **state)
{
    Clip *plan = calloc(1, sizeof(*plan)), *clip;

    (void)state;
    plan->nb = 6;
    for (int t = 0; t < 6; t++)
        for (int y = 30; y < 62; y++)
            for (int x = 20 + 4 * t; x < 52 + 4 * t; x++)
                plan->frames[t][3 * (y * SIZE + x)] = 255;
    clip = make((const char *const[]){ "mode", "render", NULL }, plan);
    assert_int_equal(clip->nb, 6);
    assert_string_equal(clip->warning, "");
    free(plan);
    free(clip);
}

/* What is told is enough, and networks that follow each other make the same frames. */
static void test_memory(void **state)
{
    char memory[32];
    Clip *all = make((const char *const[]){ "frames", "9", NULL }, NULL), *one;

    (void)state;
    assert_contains(all->memory, "all of them stay there");
    assert_true(all->told >= all->peak && all->told <= 2.0 * all->peak + (3 << 20));
    snprintf(memory, sizeof(memory), "%.0f", all->told * 3 / 4);
    one = make((const char *const[]){ "frames", "9", "memory", memory, NULL }, NULL);
    assert_contains(one->memory, "one network at a time");
    assert_true(one->peak < all->peak);
    assert_true(one->told >= one->peak);
    assert_memory_equal(all->frames, one->frames, sizeof(all->frames));
    free(all);
    free(one);
}

static void test_vulkan(void **state)
{
    Clip *cpu, *device;
    double value;

    (void)state;
    device = make((const char *const[]){ "frames", "9", "device", "vulkan:0", NULL },
                  NULL);
    if (!device) {
        skip();
        return;
    }
    cpu   = make((const char *const[]){ "frames", "9", NULL }, NULL);
    value = psnr(cpu, device);
    print_message("f32: %.1f dB\n", value);
    assert_true(value >= 50);
    /* the measure sees a clip that stands still */
    for (int t = 1; t < cpu->nb; t++)
        memcpy(device->frames[t], cpu->frames[0], FRAME);
    assert_true(psnr(cpu, device) < 50);
    free(cpu);
    free(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths), cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_plan_render), cmocka_unit_test(test_drawn_length),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_vulkan),
    };
    int ret;

    bundle = test_video_bundle();
    ret = cmocka_run_group_tests_name("clips with a video autoencoder", tests, NULL, NULL);
    test_remove_folder(bundle);
    return ret;
}

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
 * A clip through all phases on Vulkan against the CPU's: text, both stages, their
 * masked blocks and guidance, trajectory, fit, carried image and detail. Networks
 * of noise predict noise, and a pixel between two colours falls either way; so what
 * stage 1 is made to have predicted is the same for both. An argument is the only
 * precision to run, or form of the kernels that not every device has; a second is the phase after which kernels reach outside of what
 * is bound, which the validation layer has to notice. Skipped without a device.
 */

#include "config.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "clip/context.h"
#include "util/palette.h"

#if HAVE_VULKAN

#include "backend/vulkan/kernels.h"
#include "outside.h"

#define SIZE   48
#define FRAMES 3
#define PIXELS (SIZE * SIZE)
#define BYTES  (3 * PIXELS)

/** What the same arithmetic in another order may cost, and f16 and bf16 storage. */
#define F32_PSNR 50
#define HALF_PSNR 35

static const char *only;    ///< NULL: all precisions
static const char *fault;   ///< phase, NULL: none
static int used[TTM_VK_KERNEL_NB];  ///< kernels of the clips, and how many clips
static int nb_clips;

static TTMImage wrap(uint8_t *pixels, int size)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, size, size, 3 * size, pixels };
}

static void draw(uint8_t *still, uint8_t *masks)
{
    const uint8_t colours[3][3] = { { 90, 110, 100 }, { 210, 40, 30 },
                                    { 40, 60, 220 } };

    for (int i = 0; i < PIXELS; i++) {
        int x = i % SIZE, y = i / SIZE;
        int id = x >= 8 && x < 20 && y >= 9 && y < 24 ? 1 :
                 x >= 28 && x < 40 && y >= 18 && y < 38 ? 2 : 0;

        for (int c = 0; c < 3; c++) {
            still[3 * i + c] = (uint8_t)(colours[id][c] + (x * 3 + y * 5) % 17);
            masks[3 * i + c] = ttm_object_colour(id)[c];
        }
    }
}

static int open_context(TTMContext **ctx, TestLog *lines, const char *device,
                        const char *precision, const char *kernels, int size)
{
    char text[32];
    TTMSettings s;
    int ret;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = lines;
    s.frames     = FRAMES;
    s.steps      = 2;
    s.seed       = 5;
    ttm_settings_set(&s, "model", "tests/ref/bundle");
    ttm_settings_set(&s, "device", device);
    ttm_settings_set(&s, "precision", precision);
    ttm_settings_set(&s, "kernels", kernels);
    ttm_settings_set(&s, "refine", "similarity");
    snprintf(text, sizeof(text), "%dx%d", size, size);
    if (size != SIZE) {
        ttm_settings_set(&s, "size", text);
        ttm_settings_set(&s, "generation_size", text);
    }
    ttm_settings_set(&s, "prompt", "the red box moves right while the blue box "
                     "jumps");
    ret = ttm_open(ctx, &s);
    ttm_settings_uninit(&s);
    return ret;
}

/** What stage 1 is made to have predicted. */
static void move(TTMClip *c)
{
    for (int i = 0; i < 2 * FRAMES; i++) {
        const TTMMotion *m = c->made.trajectory.fit.motion + i / FRAMES * FRAMES;
        const float t = (float)(i % FRAMES);

        if (i % FRAMES)
            c->made.trajectory.fit.motion[i] = (TTMMotion){
                m->x + (i < FRAMES ? 2.3f : -0.4f) * t,
                m->y + (i < FRAMES ? 0.3f : -1.1f) * t, 1, i < FRAMES ? 0.4f * t : 0
            };
    }
    ttm_fit_refine(&c->made.trajectory.fit, c->made.objects.first[1], c->made.trajectory.ids, c->made.trajectory.ids);
}

static void note_kernels(const TTMVk *vk)
{
    for (size_t i = 0; i < vk->nb_pipelines; i++)
        used[vk->pipelines[i]->kernel] = 1;
    nb_clips++;
}

/** The clip of @p size into @p frames; 0 when the device is not there. */
static int render(const char *device, const char *precision, const char *kernels,
                  int size, uint8_t *frames)
{
    static uint8_t pixels[BYTES], masks[BYTES];
    TTMImage still = wrap(pixels, SIZE), mask = wrap(masks, SIZE);
    TestLog lines = { "", "" };
    TTMProgress p = { .struct_size = sizeof(p) };
    const int on_vulkan = strcmp(device, "cpu") != 0;
    TTMContext *ctx;
    int ret = open_context(&ctx, &lines, device, precision, kernels, size);

    if (ret == TTM_ERR_DEVICE || ret == TTM_ERR_UNSUPPORTED)
        return 0;
    assert_int_equal(ret, 0);
    draw(pixels, masks);
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    assert_int_equal(ttm_set_masks(ctx, &mask), 0);
    while ((ret = ttm_step(ctx, &p)) == TTM_MORE) {
        if (!strcmp(p.phase, "fit"))
            move(&ctx->clip);
        if (on_vulkan && fault && !strcmp(p.phase, fault))
            outside_begin(ctx->backend->private_data);
    }
    if (ret < 0)
        print_error("%s\n", lines.error);
    assert_int_equal(ret, 0);
    for (int t = 0; t < FRAMES; t++) {
        TTMImage frame = wrap(frames + t * 3 * size * size, size);

        assert_int_equal(ttm_get_frame(ctx, t, &frame), 0);
    }
    if (on_vulkan)
        note_kernels(ctx->backend->private_data);
    ttm_close(&ctx);
    return 1;
}

/** Of the frames after the first, which is the still, of @p bytes each. */
static double psnr(const uint8_t *a, const uint8_t *b, int bytes)
{
    double errors = 0;

    for (int i = bytes; i < FRAMES * bytes; i++)
        errors += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return 10 * log10(255.0 * 255 * (FRAMES - 1) * bytes / (errors + 1e-6));
}

/** @p kernels: the option's choice, "auto": what the device takes itself. */
static void compare(const char *precision, const char *kernels, int size, double limit)
{
    const char *name = strcmp(kernels, "auto") ? kernels : precision;
    static uint8_t cpu[FRAMES * BYTES], out[FRAMES * BYTES];
    const int bytes = 3 * size * size;
    double value;

    if ((only && strcmp(only, name)) ||
        !render("vulkan:0", precision, kernels, size, out))
        skip();
    assert_int_equal(render("cpu", "f32", "auto", size, cpu), 1);
    value = psnr(cpu, out, bytes);
    print_message("%s: %.1f dB\n", name, value);
    assert_true(value >= limit);
    for (int t = 1; t < FRAMES; t++)    // the measure sees a clip that stands still
        memcpy(out + t * bytes, cpu, bytes);
    assert_true(psnr(cpu, out, bytes) < HALF_PSNR);
}

static void test_f32(void **state)
{
    (void)state;
    compare("f32", "auto", SIZE, F32_PSNR);
}

static void test_f16(void **state)
{
    (void)state;
    compare("f16", "auto", SIZE, HALF_PSNR);
}

/** Frames of another size than the still's. */
static void test_bf16(void **state)
{
    (void)state;
    compare("bf16", "auto", 32, HALF_PSNR);
}

static void test_cooperative(void **state)
{
    (void)state;
    compare("f16", "cooperative", SIZE, HALF_PSNR);
}

static void test_cooperative2(void **state)
{
    (void)state;
    compare("f16", "cooperative2", SIZE, HALF_PSNR);
}

/**
 * All kernels but those of tiers, of a caller's images, for ops that are fused and of SAM 2,
 * which test_sam2_clip.c runs.
 */
static void test_kernels(void **state)
{
    static const char *const left[] = {
        "linear", "conv2d", "attention", "pixels", "activate", "window", "fourier", "product",
    };

    (void)state;
    if (nb_clips < 3)
        skip();
    for (int k = 0; k < TTM_VK_KERNEL_NB; k++) {
        const char *name = ttm_vk_kernels[k].name;
        int fine = used[k];

        for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++)
            fine |= !strncmp(name, left[i], strlen(left[i]));
        if (!fine)
            fail_msg("the clips are made without %s", name);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_f16),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_cooperative),
        cmocka_unit_test(test_cooperative2),
        cmocka_unit_test(test_kernels),
    };

    only  = argc > 1 ? argv[1] : NULL;
    fault = argc > 2 ? argv[2] : NULL;
    return cmocka_run_group_tests_name("phases on Vulkan", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP phases on Vulkan: not in this build\n1..1\n");
    return 0;
}

#endif

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


/** @file Stills with alpha: off the ground again, whose object is what, and clips. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "redbox.h"
#include "render/plate.h"
#include "segment/opaque.h"
#include "util/image.h"
#include "util/matte.h"

#define W 64
#define H 48

/* A column for each alpha, a row for each of some colours; @p multiplied by alpha or not. */
static void fill_ramp(uint8_t *rgba, int multiplied)
{
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 256; x++) {
            uint8_t *p = rgba + 4 * (256 * y + x);

            for (int c = 0; c < 3; c++) {
                p[c] = (uint8_t)(y == 15 ? 255 : (y * 17 + c * 80) % 256);
                if (multiplied)
                    p[c] = (uint8_t)((p[c] * x + 127) / 255);
            }
            p[3] = (uint8_t)x;
        }
}

/* To two pictures and back: alpha exactly, colours to a level, none under alpha 0. */
static void check_there_and_back(enum TTMPixelFormat format, int wide)
{
    uint8_t before[4 * 256 * 16], after[4 * 256 * 16];
    const TTMImage image = { sizeof(image), format, 256, 16, 4 * 256, before, { 0, 0 } };
    TTMImage frame = image, flat, alpha;

    fill_ramp(before, format == TTM_PIXEL_PRGBA8);
    frame.data = after;
    if (wide) {
        assert_int_equal(ttm_matte_spread(&image, &flat, &alpha), 0);
        ttm_matte_gather(&flat, &alpha);
    } else {
        assert_int_equal(ttm_matte_flatten(&image, 2, &flat), 0);
        assert_int_equal(ttm_matte_alpha(&image, &alpha), 0);
    }
    ttm_matte_join(&flat, &alpha, &frame);
    for (int i = 0; i < 256 * 16; i++) {
        const int a = before[4 * i + 3];

        assert_int_equal(after[4 * i + 3], a);
        for (int c = 0; c < 3 && a >= (wide ? 8 : 1); c++)
            assert_in_range(after[4 * i + c] - before[4 * i + c] + 1, 0, 2);
        if (!a)                 /* the ground, or nothing */
            assert_int_equal(after[4 * i], format == TTM_PIXEL_PRGBA8 ? 0 : 128);
    }
    free(flat.data);
    free(alpha.data);
}

static void test_there_and_back(void **state)
{
    (void)state;
    check_there_and_back(TTM_PIXEL_RGBA8, 0);
    check_there_and_back(TTM_PIXEL_PRGBA8, 0);
    check_there_and_back(TTM_PIXEL_RGBA8, 1);
    check_there_and_back(TTM_PIXEL_PRGBA8, 1);
}

/* Over the ground: known values; opaque pixels bit for bit in both depths. */
static void test_flatten(void **state)
{
    uint8_t rgba[] = { 255, 0, 100, 255, 255, 0, 100, 0, 255, 0, 100, 51 };
    uint16_t wide[] = { 65535, 1, 12345, 65535 };
    TTMImage image = { sizeof(image), TTM_PIXEL_RGBA8, 3, 1, 12, rgba, { 4, 3 } }, flat;

    (void)state;
    assert_int_equal(ttm_matte_flatten(&image, 1, &flat), 0);
    assert_memory_equal(flat.data, ((uint8_t[]){ 255, 0, 100, 128, 128, 128, 153, 102, 122 }), 9);
    assert_int_equal(flat.sample_aspect_ratio.num, 4);
    free(flat.data);
    image = (TTMImage){ sizeof(image), TTM_PIXEL_RGBA16, 1, 1, 8, wide, { 0, 0 } };
    assert_int_equal(ttm_matte_flatten(&image, 2, &flat), 0);
    assert_memory_equal(flat.data, wide, 6);
    free(flat.data);
}

/* Colours multiplied by alpha look so, and straight ones do not. */
static void test_facts(void **state)
{
    uint8_t rgba[4 * 256 * 16];
    TTMImage image = { sizeof(image), TTM_PIXEL_RGBA8, 256, 16, 4 * 256, rgba, { 0, 0 } };
    TTMMatteFacts facts;

    (void)state;
    fill_ramp(rgba, 0);
    facts = ttm_matte_facts(&image);
    assert_int_equal(facts.opaque, 16);
    assert_int_equal(facts.visible, 255 * 16);
    assert_int_equal(facts.dark_rims, 0);
    image.format = TTM_PIXEL_PRGBA8;
    assert_true(ttm_matte_facts(&image).brighter > 500);
    fill_ramp(rgba, 1);
    assert_int_equal(ttm_matte_facts(&image).brighter, 0);
    assert_int_equal(ttm_matte_facts(&image).dark_rims, 0);
    image.format = TTM_PIXEL_RGBA8;
    assert_int_equal(ttm_matte_facts(&image).dark_rims, 1);
    memset(rgba, 0, sizeof(rgba));
    assert_int_equal(ttm_matte_facts(&image).visible, 0);
}

/* A twin is filled from the same places: one that is the picture comes out as it. */
static void test_twin(void **state)
{
    uint8_t pixels[3 * W * H], twin[3 * W * H], place[W * H] = { 0 };

    (void)state;
    for (int i = 0; i < 3 * W * H; i++)
        pixels[i] = (uint8_t)((i / 3 % W * 5 + i / 3 / W * (i % 3 + 2)) % 200);
    memcpy(twin, pixels, sizeof(twin));
    for (int y = 15; y < 30; y++)
        memset(place + W * y + 20, TTM_FILL_HOLE, 18);
    assert_int_equal(ttm_plate_fill(pixels, twin, 1, W, H, place, NULL), 0);
    assert_memory_equal(pixels, twin, sizeof(twin));
}

/* Two discs on transparency, with soft edges; the right one is blue. */
static void draw_discs(uint8_t *rgba, int nb)
{
    memset(rgba, 0, 4 * W * H);
    for (int i = 0; i < W * H; i++)
        for (int k = 0; k < nb; k++) {
            const float x = (float)(i % W) - (k ? 48 : 16), y = (float)(i / W) - 24;
            const float a = 11 - sqrtf(x * x + y * y);

            if (a <= 0)
                continue;
            rgba[4 * i + 3] = (uint8_t)(a > 3 ? 255 : a * 85);
            rgba[4 * i + (k ? 2 : 0)] = 240;
        }
}

static void test_sprite(void **state)
{
    uint8_t rgba[4 * W * H], ids[W * H] = { 0 };
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGBA8, W, H, 4 * W, rgba, { 0, 0 } };
    TTMFound found[TTM_MAX_OBJECTS];
    TTMPrompts prompts;

    (void)state;
    assert_int_equal(ttm_prompts_from_text(&prompts, NULL, "the red ball moves up"), 0);
    draw_discs(rgba, 1);
    assert_int_equal(ttm_opaque_sprite(&still, &prompts, ids, found), 1);
    for (int i = 0; i < W * H; i++)
        assert_int_equal(ids[i], rgba[4 * i + 3] != 0);
    assert_string_equal(found[0].how, "alpha");
    /* two pieces take the finder; what it has found a part of becomes whole */
    draw_discs(rgba, 2);
    memset(ids, 0, sizeof(ids));
    assert_int_equal(ttm_opaque_sprite(&still, &prompts, ids, found), 0);
    for (int y = 20; y < 28; y++)
        memset(ids + W * y + 12, 1, 8);
    assert_int_equal(ttm_opaque_complete(&still, &prompts, ids), 0);
    for (int i = 0; i < W * H; i++)
        assert_int_equal(ids[i], rgba[4 * i + 3] != 0 && i % W < 32);
    /* a picture with clear corners is no sprite */
    memset(rgba, 255, sizeof(rgba));
    rgba[3] = 0;
    assert_int_equal(ttm_opaque_sprite(&still, &prompts, ids, found), 0);
    ttm_prompts_free(&prompts);
}

/* An alpha of noise has no pieces that objects could be: what was found stays. */
static void test_noise(void **state)
{
    enum { SIDE = 200 };
    uint8_t *rgba = calloc(SIDE * SIDE, 4), *ids = calloc(SIDE, SIDE);
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGBA8, SIDE, SIDE, 4 * SIDE, rgba,
                             { 0, 0 } };
    TTMFound found[TTM_MAX_OBJECTS];
    TTMPrompts prompts;

    (void)state;
    assert_int_equal(ttm_prompts_from_text(&prompts, NULL, "the red ball moves up"), 0);
    for (int y = 0; y < SIDE; y += 2)
        for (int x = 0; x < SIDE; x += 2)
            rgba[4 * (y * SIDE + x) + 3] = 255;
    assert_int_equal(ttm_opaque_sprite(&still, &prompts, ids, found), 0);
    memset(ids, 1, SIDE);
    assert_int_equal(ttm_opaque_complete(&still, &prompts, ids), 0);
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_int_equal(ids[i], i < SIDE);
    ttm_prompts_free(&prompts);
    free(rgba);
    free(ids);
}

/* A mask of what is opaque gets the soft edge, and nothing that is opaque elsewhere. */
static void test_edges(void **state)
{
    uint8_t rgba[4 * W * H], ids[W * H];
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGBA8, W, H, 4 * W, rgba, { 0, 0 } };

    (void)state;
    draw_discs(rgba, 2);
    for (int i = 0; i < W * H; i++)
        ids[i] = i % W < 32 && rgba[4 * i + 3] > 100;
    assert_int_equal(ttm_opaque_edges(&still, ids), 0);
    for (int i = 0; i < W * H; i++)
        assert_int_equal(ids[i], rgba[4 * i + 3] != 0 && i % W < 32);
}

/* All frames of a clip in @p format; the result of the last call. */
static int make(TTMContext *ctx, const TTMImage *still, enum TTMPixelFormat format,
                int samples, uint8_t *frames)
{
    int ret = ttm_set_image(ctx, still);

    if (ret < 0 || (ret = redbox_finish(ctx, -1, NULL)) < 0)
        return ret;
    for (int t = 0; ret >= 0 && t < REDBOX_FRAMES; t++) {
        TTMImage frame = { sizeof(frame), format, W, H, samples * W,
                           frames + t * samples * W * H, { 0, 0 } };

        ret = ttm_get_frame(ctx, t, &frame);
    }
    return ret;
}

/* RGBA that is opaque is RGB, bit for bit, in and out. */
static void test_opaque_clip(void **state)
{
    static uint8_t rgb[3 * W * H], rgba[4 * W * H];
    static uint8_t plain[REDBOX_FRAMES * 3 * W * H], alpha[REDBOX_FRAMES * 4 * W * H];
    TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, W, H, 3 * W, rgb, { 0, 0 } };
    TestLog log = { 0 };
    TTMContext *ctx = redbox_open((const char *const[]){ NULL }, &log);

    (void)state;
    assert_non_null(ctx);
    for (int i = 0; i < W * H; i++) {
        rgb[3 * i] = (uint8_t)(i % W > 20 && i % W < 40 ? 220 : i % 50);
        rgb[3 * i + 1] = (uint8_t)(i / W);
        memcpy(rgba + 4 * i, rgb + 3 * i, 3);
        rgba[4 * i + 3] = 255;
    }
    assert_true(make(ctx, &still, TTM_PIXEL_RGB8, 3, plain) >= 0);
    still = (TTMImage){ sizeof(still), TTM_PIXEL_RGBA8, W, H, 4 * W, rgba, { 0, 0 } };
    assert_true(make(ctx, &still, TTM_PIXEL_RGBA8, 4, alpha) >= 0);
    for (int i = 0; i < REDBOX_FRAMES * W * H; i++) {
        assert_memory_equal(alpha + 4 * i, plain + 3 * i, 3);
        assert_int_equal(alpha[4 * i + 3], 255);
    }
    ttm_close(&ctx);
}

/* The first disc as a frame of a trajectory, @p dx to the right. */
static int add_drawn(TTMContext *ctx, int dx)
{
    static uint8_t rgb[3 * W * H];
    const TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, W, H, 3 * W, rgb, { 0, 0 } };

    for (int i = 0; i < W * H; i++)
        rgb[3 * i] = hypotf((float)(i % W) - 16 - (float)dx, (float)(i / W) - 24) < 11 ?
                     255 : 0;
    return ttm_add_trajectory_frame(ctx, &image);
}

/*
 * A sprite goes 20 pixels to the right: the first frame is the still, the last one the
 * still moved, of its own colour wherever it shows, and nothing is left behind.
 */
static void test_clip(void **state)
{
    static uint8_t rgba[4 * W * H], frames[2 * 4 * W * H];
    TTMImage still = { sizeof(still), TTM_PIXEL_RGBA8, W, H, 4 * W, rgba, { 0, 0 } };
    TestLog log = { 0 };
    TTMContext *ctx = redbox_open((const char *const[]){ "mode", "draft", NULL }, &log);
    const uint8_t *last = frames + 4 * W * H;
    double sum = 0, at = 0, before = 0;

    (void)state;
    assert_non_null(ctx);
    draw_discs(rgba, 1);
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    for (int t = 0; t < 2; t++)
        assert_int_equal(add_drawn(ctx, 20 * t), 0);
    assert_int_equal(redbox_finish(ctx, -1, NULL), 0);
    for (int t = 0; t < 2; t++) {
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGBA8, W, H, 4 * W,
                           frames + t * 4 * W * H, { 0, 0 } };

        assert_int_equal(ttm_get_frame(ctx, t, &frame), 0);
    }
    for (int i = 0; i < W * H; i++) {
        assert_int_equal(frames[4 * i + 3], rgba[4 * i + 3]);
        for (int c = 0; c < 3 && rgba[4 * i + 3]; c++)
            assert_in_range(frames[4 * i + c] - rgba[4 * i + c] + 1, 0, 2);
        before += rgba[4 * i + 3];
        sum    += last[4 * i + 3];
        at     += last[4 * i + 3] * (i % W);
        if (i % W < 22)
            assert_int_equal(last[4 * i + 3], 0);
        for (int c = 0; c < 3 && last[4 * i + 3] > 3; c++)
            assert_in_range(last[4 * i + c] - (c ? 0 : 240) + 3, 0, 6);
    }
    assert_true(fabs(sum / before - 1) < 0.05);
    assert_true(fabs(at / sum - 36) < 1);
    memset(rgba, 0, sizeof(rgba));
    assert_int_equal(ttm_set_image(ctx, &still), TTM_ERR_ARGUMENT);
    assert_contains(log.error, "transparent everywhere");
    draw_discs(rgba, 1);
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    assert_int_equal(ttm_set_masks(ctx, &still), TTM_ERR_UNSUPPORTED);
    ttm_close(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_facts), cmocka_unit_test(test_twin),
        cmocka_unit_test(test_sprite), cmocka_unit_test(test_noise),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_opaque_clip), cmocka_unit_test(test_clip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

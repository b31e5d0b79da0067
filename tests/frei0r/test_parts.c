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
 * Parts of the frei0r plugin: how it reads its text of options, and what it does where
 * frames that it goes back to are not there any more.
 */

#include <stdlib.h>

#include "hosts/frei0r/clip.h"
#include "hosts/frei0r/options_text.h"
#include "unit/unit.h"

#define W      40
#define H      32
#define FRAMES 4

int __real_ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame);
int __wrap_ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame);
int __real_ttm_set_image(TTMContext *ctx, const TTMImage *still);
int __wrap_ttm_set_image(TTMContext *ctx, const TTMImage *still);

/** An engine that lets go each frame before the last one that it gave. */
static int forgetful, oldest, images;

int __wrap_ttm_set_image(TTMContext *ctx, const TTMImage *still)
{
    oldest = 0;
    images++;
    return __real_ttm_set_image(ctx, still);
}

int __wrap_ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame)
{
    if (forgetful && index < oldest)
        return TTM_ERR_STATE;
    oldest = index;
    return __real_ttm_get_frame(ctx, index, frame);
}

static void draw(uint8_t *rgba)
{
    for (int i = 0; i < W * H; i++) {
        rgba[4 * i]     = 5 * (i % W);
        rgba[4 * i + 1] = 6 * (i / W);
        rgba[4 * i + 2] = 40 * ((i / 8) % 2);
        rgba[4 * i + 3] = 255;
    }
}

static void test_back_to_frames_that_went(void **state)
{
    const Frei0rWishes wishes = {
        .prompt  = "the ball moves left",
        .objects = "{\"objects\": [{\"name\": \"ball\", \"prompt\": \"the ball moves "
                   "left\", \"box\": [4, 4, 16, 16]}]}",
        .model   = "tests/ref/bundle",
        .seed    = "-1",
        .options = "steps 1:threads 1:device cpu:refine none",
    };
    uint8_t rgba[4 * W * H], frames[FRAMES][3 * W * H];
    Frei0rClip clip = { 0 };

    (void)state;
    draw(rgba);
    forgetful = images = 0;
    ttm_frei0r_clip_open(&clip, &wishes, W, H);
    ttm_frei0r_clip_still(&clip, rgba);
    for (int i = 0; i < FRAMES; i++) {
        const uint8_t *frame = ttm_frei0r_clip_frame(&clip, i);

        assert_non_null(frame);
        memcpy(frames[i], frame, sizeof(frames[i]));
    }
    assert_int_equal(images, 1);
    assert_memory_not_equal(frames[0], frames[3], sizeof(frames[0]));

    forgetful = 1;
    for (int round = 0; round < 2; round++)
        for (int i = FRAMES - 1; i >= 0; i--)
            assert_memory_equal(ttm_frei0r_clip_frame(&clip, i), frames[i],
                                sizeof(frames[i]));
    /* 3 is there, 2, 1, 0 are not; then 3 is, as the clip goes on, and so forth */
    assert_int_equal(images, 7);
    assert_false(clip.failed);
    forgetful = 0;
    ttm_frei0r_clip_close(&clip);
    assert_null(clip.engine);
}

static TTMSettings *read(const char *text, int *ret, char *message)
{
    TTMSettings *settings = ttm_settings_alloc();

    assert_non_null(settings);
    *ret = ttm_frei0r_set_options(settings, text, message, 512);
    return settings;
}

static void test_text_of_options(void **state)
{
    static const struct { const char *text, *prompt, *lora; int steps; } good[] = {
        { "",                                     NULL, NULL, 0 },
        { "  ",                                   NULL, NULL, 0 },
        { ":",                                    NULL, NULL, 0 },
        { "steps=4",                              NULL, NULL, 4 },
        { "steps 4",                              NULL, NULL, 4 },
        { " steps = 4 :: prompt = a ball rolls ", "a ball rolls", NULL, 4 },
        { "prompt 'it''s: 1=1 ':steps 3:",        "its: 1=1 ", NULL, 3 },
        { "prompt=it\\'s\\: a\\\\b\\ ",           "it's: a\\b ", NULL, 0 },
        { "lora=style.safetensors\\:0.8|b.st",    NULL, "style.safetensors:0.8|b.st", 0 },
        { "prompt=",                              "", NULL, 0 },
        { "prompt='a\\b'",                        "a\\b", NULL, 0 },
    };
    static const char *const bad[] = {
        "steps", "steps:4", "=4", ":=4", "'steps", "prompt='a ball", "a", "steps=4:fps"
    };
    char message[512];
    int ret;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        TTMSettings *settings = read(good[i].text, &ret, message);

        if (ret || *message)
            fail_msg("'%s': %d %s", good[i].text, ret, message);
        assert_int_equal(settings->steps, good[i].steps);
        if (good[i].prompt)
            assert_string_equal(settings->prompt, good[i].prompt);
        if (good[i].lora)
            assert_string_equal(settings->lora, good[i].lora);
        ttm_settings_free(&settings);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        TTMSettings *settings = read(bad[i], &ret, message);

        if (ret != TTM_ERR_ARGUMENT || !*message)
            fail_msg("'%s': %d '%s'", bad[i], ret, message);
        ttm_settings_free(&settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back_to_frames_that_went),
        cmocka_unit_test(test_text_of_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

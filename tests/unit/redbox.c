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

/** @file Clips of a red box on the tiny bundle, by the public interface only. */

#include "redbox.h"

TTMSettings *redbox_settings(const char *const *options, TestLog *log)
{
    TTMSettings *s = ttm_settings_alloc();

    assert_non_null(s);
    ttm_settings_set_log(s, test_log_callback, log);
    assert_int_equal(ttm_settings_set(s, "model", "tests/ref/bundle"), 0);
    assert_int_equal(ttm_settings_set(s, "steps", "1"), 0);
    assert_int_equal(ttm_settings_set(s, "frames", "2"), 0);
    assert_int_equal(ttm_settings_set(s, "seed", "3"), 0);
    assert_int_equal(ttm_settings_set(s, "prompt", "the red box moves right"), 0);
    for (; *options; options += 2)
        assert_int_equal(ttm_settings_set(s, options[0], options[1]), 0);
    return s;
}

TTMContext *redbox_open(const char *const *options, TestLog *log)
{
    TTMSettings *s = redbox_settings(options, log);
    TTMContext *ctx;

    if (ttm_open(&ctx, s) < 0)
        ctx = NULL;
    ttm_settings_free(&s);
    return ctx;
}

int redbox_begin(TTMContext *ctx)
{
    uint8_t pixels[REDBOX_FRAME];
    TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, REDBOX_W, REDBOX_H, 3 * REDBOX_W,
                       pixels };

    for (int i = 0; i < REDBOX_W * REDBOX_H; i++) {
        const int x = i % REDBOX_W, y = i / REDBOX_W;
        const int in = x > 20 && x < 40 && y > 12 && y < 36;

        pixels[3 * i]     = in ? 230 : 60;
        pixels[3 * i + 1] = in ? 20 : 90;
        pixels[3 * i + 2] = (uint8_t)(60 + y);
    }
    return ttm_set_image(ctx, &still);
}

int redbox_finish(TTMContext *ctx, int steps, uint8_t *frames)
{
    int ret = TTM_MORE;

    while (ret == TTM_MORE && steps--)
        ret = ttm_step(ctx, NULL);
    for (int i = 0; ret == 0 && frames && i < REDBOX_FRAMES; i++) {
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, REDBOX_W, REDBOX_H,
                           3 * REDBOX_W, frames + i * REDBOX_FRAME };

        ret = ttm_get_frame(ctx, i, &frame);
    }
    return ret;
}

unsigned redbox_random(unsigned *state, unsigned below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

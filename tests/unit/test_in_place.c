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
 * Do no harm in words: the shipped bundle lets nothing cross the picture whose verb
 * has no path, or is not known. Plans only, on two drawn stills.
 */

#include "unit.h"
#include "files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"

#define BUNDLE "models/ttm-small"
#define W      128
#define H      96

enum { FRAMES = 16 };

typedef struct Run {
    TTMContext *ctx;
    TestLog lines;
    uint8_t still[3 * W * H], masks[3 * W * H], frame[3 * W * H];
} Run;

static TTMImage wrap(uint8_t *pixels)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
}

/* A brown figure of a head and a body on a grey-green ground, at x. */
static void draw(Run *r, int x)
{
    uint32_t random = 7;

    for (int i = 0; i < W * H; i++) {
        const int dx = i % W - x, dy = i / W;
        const int figure = dx * dx + (dy - 34) * (dy - 34) < 9 * 9 ||
                           dx * dx * 2 + (dy - 60) * (dy - 60) < 20 * 20;
        int noise;

        random = random * 1664525u + 1013904223u;
        noise = (int)(random >> 28) - 8;
        r->still[3 * i]     = (uint8_t)((figure ? 120 : 110) + noise);
        r->still[3 * i + 1] = (uint8_t)((figure ? 70 : 130) + noise);
        r->still[3 * i + 2] = (uint8_t)((figure ? 40 : 105) + noise);
        r->masks[3 * i]     = figure ? 255 : 0;
    }
}

/*
 * Furthest distance of the object's centre from that of frame 0, of the diagonal; 1 where it
 * leaves the picture. The clip has so many frames; @p report is where that is written, or NULL.
 */
static double reach_of(const char *prompt, const char *seed, int at, int frames,
                       const char *report)
{
    char count[16];
    Run *r = calloc(1, sizeof(*r));
    double x0 = 0, y0 = 0, far = 0;
    TTMSettings s;
    TTMImage still, masks;
    TTMProgress progress = { .struct_size = sizeof(progress) };

    assert_non_null(r);
    draw(r, at);
    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &r->lines;
    ttm_settings_set(&s, "model", BUNDLE);
    ttm_settings_set(&s, "device", "cpu");
    ttm_settings_set(&s, "threads", "1");
    ttm_settings_set(&s, "precision", "f32");
    ttm_settings_set(&s, "mode", "plan");
    ttm_settings_set(&s, "seed", seed);
    ttm_settings_set(&s, "prompt", prompt);
    snprintf(count, sizeof(count), "%d", frames);
    ttm_settings_set(&s, "frames", count);
    if (report)
        ttm_settings_set(&s, "report", report);
    assert_int_equal(ttm_open(&r->ctx, &s), 0);
    ttm_settings_uninit(&s);
    still = wrap(r->still);
    masks = wrap(r->masks);
    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    assert_int_equal(ttm_set_masks(r->ctx, &masks), 0);
    while (ttm_step(r->ctx, &progress) == TTM_MORE)
        ;
    assert_int_equal(ttm_frame_count(r->ctx), frames);
    for (int t = 0; t < frames; t++) {
        TTMImage frame = wrap(r->frame);
        double x = 0, y = 0, sum = 0;

        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
        for (int i = 0; i < W * H; i++) {
            if (r->frame[3 * i] < 128)
                continue;
            x += i % W;
            y += i / W;
            sum++;
        }
        if (!(sum > 0)) {       /* it is gone */
            far = hypot(W, H);
            break;
        }
        if (!t) {
            x0 = x / sum;
            y0 = y / sum;
        }
        far = fmax(far, hypot(x / sum - x0, y / sum - y0));
    }
    ttm_close(&r->ctx);
    free(r);
    return far / hypot(W, H);
}

static double reach(const char *prompt, const char *seed, int at)
{
    return reach_of(prompt, seed, at, FRAMES, NULL);
}

static void verbs_without_a_path(void **state)
{
    static const char *const prompts[] = {
        "a man strums a guitar", "the gorilla raises both arms",
        "the bird bobs its head", "the woman dances", "the gizmo frobs",
        "the robot performs push-ups",
        "the monkey plays with a toy", "the girl waves", "the chef stirs the soup",
        "the thing zorbles wildly in the mumbling", "the dog looks to the left",
        "the boy kicks the ball to the right",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        double far = reach(prompts[i], i % 2 ? "1" : "2", i % 3 ? 64 : 36);

        if (far > 0.05)
            fprintf(stderr, "%s: %.3f of the diagonal\n", prompts[i], far);
        assert_true(far <= 0.05);
    }
}

static void no_motion_at_all(void **state)
{
    static const char *const prompts[] = {
        "the man sleeps", "the statue is red", "a portrait of a man", "sunset",
        "the cat does not run to the left", "the cat sits by the window",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++)
        assert_true(reach(prompts[i], "3", 64) < 1e-9);
}

/* What is told to go goes, and a guess goes less far: this figure has a front. */
static void paths(void **state)
{
    (void)state;
    assert_true(reach("the fox trots to the left", "1", 64) > 0.1);
    assert_true(reach("the car races to the right", "1", 36) > 0.2);
    assert_in_range((int)(100 * reach("the box slides", "1", 64)), 5, 22);
    assert_true(reach("the fox trots", "1", 64) < 0.05);        /* it comes closer */
}

/* What is near the border goes no further than it, unless it is told to leave. */
static void the_border(void **state)
{
    static const char *const prompts[] = { "the fox trots off to the right",
                                           "the fox trots to the right" };
    char *folder = test_make_folder();

    (void)state;
    for (int inside = 0; inside < 2; inside++) {
        const double far = reach_of(prompts[inside], "1", 100, FRAMES,
                                    test_path(folder, "report.json"));
        char *report = (char *)test_read(test_path(folder, "report.json"), NULL);

        assert_int_equal(far < 0.12, inside);
        assert_int_equal(strstr(report, "\"inside\"") != NULL, inside);
        free(report);
    }
    test_remove_folder(folder);
}

/* The same where the clip goes on for four times as long as the networks' motion. */
static void the_border_behind_the_end(void **state)
{
    (void)state;
    assert_true(reach_of("the fox trots off to the right", "1", 64, 8 * FRAMES, NULL) == 1);
    assert_in_range((int)(100 * reach_of("the fox trots to the right", "1", 64, 8 * FRAMES,
                                         NULL)), 20, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verbs_without_a_path), cmocka_unit_test(no_motion_at_all),
        cmocka_unit_test(paths), cmocka_unit_test(the_border),
        cmocka_unit_test(the_border_behind_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

#include "unit.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "files.h"
#include "prompt/camera.h"
#include "run.h"
#include "util/camera.h"

/* Texts and what they are as the library writes them. */
static void test_texts(void **state)
{
    static const char *const texts[][2] = {
        { "none", "none" }, { "pan left", "pan left 10%" }, { "pan right 15%", "pan right 15%" },
        { " tilt  up  2.5% ", "tilt up 2.5%" }, { "tilt down 50%", "tilt down 50%" },
        { "zoom in", "zoom in 1.25" }, { "zoom out 2", "zoom out 2" },
        { "push in 1.5", "zoom in 1.5" }, { "pull back", "zoom out 1.25" },
        { "shake", "shake 0.8%" }, { "shake 0.05%", "shake 0.05%" },
        { "zoom in 4 + pan left 0.1%,tilt up", "pan left 0.1%+tilt up 10%+zoom in 4" },
        { "shake 5%+zoom out 1.001+tilt down 12.345%+pan right 50%",
          "pan right 50%+tilt down 12.345%+zoom out 1.001+shake 5%" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[TTM_CAMERA_TEXT], wrong[256];
        TTMCamera c, again;

        assert_int_equal(ttm_camera_parse(&c, texts[i][0], wrong, sizeof(wrong)), 0);
        ttm_camera_format(&c, text);
        assert_string_equal(text, texts[i][1]);
        assert_int_equal(ttm_camera_moves(&c), i > 0);
        assert_int_equal(ttm_camera_parse(&again, text, wrong, sizeof(wrong)), 0);
        assert_true(fabs(again.pan - c.pan) + fabs(again.tilt - c.tilt) +
                    fabs(again.zoom - c.zoom) + fabs(again.shake - c.shake) < 1e-6);
    }
}

static void test_wrong(void **state)
{
    static const char *const texts[][2] = {
        { "", "is no move" },               { "pan", "is no move" },
        { "pan leftwards", "is no move" },  { "panleft", "is no move" },
        { "left", "is no move" },           { "pan left+", "is no move" },
        { "+pan left", "is no move" },      { "none+shake", "is no move" },
        { "pan left 10", "no amount" },     { "pan left %", "no amount" },
        { "pan left 1O%", "no amount" },    { "zoom in 10%", "no amount" },
        { "zoom in big", "no amount" },     { "pan left 10% fast", "no amount" },
        { "pan left 51%", "out of range" }, { "pan left -10%", "out of range" },
        { "pan left 0%", "out of range" },  { "pan left nan%", "out of range" },
        { "zoom in 0.9", "out of range" },  { "zoom out inf", "out of range" },
        { "shake 6%", "out of range" },     { "zoom in 1", "out of range" },
        { "pan left+pan right", "twice" },  { "zoom in+pull back", "twice" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char wrong[256] = "";
        TTMCamera c;

        assert_int_equal(ttm_camera_parse(&c, texts[i][0], wrong, sizeof(wrong)),
                         TTM_ERR_ARGUMENT);
        assert_contains(wrong, texts[i][1]);
    }
}

/* Numbers have a point where the locale has a comma, as the moves are joined by those. */
static void test_locale(void **state)
{
    char text[TTM_CAMERA_TEXT], wrong[256], *folder = test_make_folder();
    const int found = test_set_comma(folder);
    TTMCamera c = { 0 };
    int ret = 0;

    (void)state;
    if (found) {
        ret = ttm_camera_parse(&c, "zoom in 1.5", wrong, sizeof(wrong));
        ttm_camera_format(&c, text);
        setlocale(LC_NUMERIC, "C");
    }
    test_remove_folder(folder);
    if (!found)
        skip();
    assert_int_equal(ret, 0);
    assert_string_equal(text, "zoom in 1.5");
}

static const char *const cameras[] = {
    "pan left", "pan right 50%", "tilt up 30%", "tilt down", "zoom in 4", "zoom out", "shake 5%",
    "pan left 20%+tilt down 40%", "pan right+zoom in 2", "tilt up+zoom out 3+shake",
    "pan left 50%+tilt up 50%+zoom in 4+shake 5%",
};

#define NB_CAMERAS (sizeof(cameras) / sizeof(cameras[0]))

/* Nothing beyond the picture, no jump, and as far as it was said. */
static void test_windows(void **state)
{
    (void)state;
    for (size_t i = 0; i < NB_CAMERAS; i++)
        for (int eased = 0; eased < 2; eased++) {
            TTMWindow before = { 0 }, first, w;
            char wrong[256];
            TTMCamera c;

            assert_int_equal(ttm_camera_parse(&c, cameras[i], wrong, sizeof(wrong)), 0);
            for (int t = 0; t <= 1000; t++) {
                w = ttm_camera_window(&c, t / 1000.0, eased, t / 100.0, 0);
                assert_true(w.x >= 0 && w.y >= 0 && w.size > 0.05 && w.size <= 1);
                assert_true(w.x + w.size <= 1 + 1e-12 && w.y + w.size <= 1 + 1e-12);
                if (t)
                    assert_true(fabs(w.x - before.x) + fabs(w.y - before.y) +
                                fabs(w.size - before.size) < 0.03);
                else
                    first = w;
                before = w;
            }
            if (c.shake > 0)
                continue;
            /* centres, and how much is seen */
            assert_true(fabs(w.x + w.size / 2 - first.x - first.size / 2 - c.pan) < 1e-9);
            assert_true(fabs(w.y + w.size / 2 - first.y - first.size / 2 - c.tilt) < 1e-9);
            assert_true(fabs(first.size / w.size - (c.zoom > 0 ? c.zoom : c.zoom < 0 ?
                                                    -1 / c.zoom : 1)) < 1e-9);
        }
}

/* A way begins and ends slowly; shaking is of the amount, and comes back in a loop. */
static void test_ways(void **state)
{
    const TTMCamera pan = { .pan = 0.2 }, shake = { .shake = 0.05 };
    double most = 0, steps[2] = { 0 };

    (void)state;
    for (int i = 0; i < 2; i++)
        steps[i] = ttm_camera_window(&pan, 0.01 + 0.5 * i, 0, 0, 0).x -
                   ttm_camera_window(&pan, 0.5 * i, 0, 0, 0).x;
    assert_true(steps[0] > 0 && steps[0] < 0.05 * steps[1]);
    for (int period = 1; period < 8; period++) {
        const TTMWindow a = ttm_camera_window(&shake, 0, 1, 0, period);
        const TTMWindow b = ttm_camera_window(&shake, 0, 1, period, period);

        assert_true(fabs(a.x - b.x) + fabs(a.y - b.y) < 1e-9);
    }
    for (int i = 0; i < 1000; i++) {
        const TTMWindow w = ttm_camera_window(&shake, 0, 0, i / 25.0, 0);

        most = fmax(most, fabs(w.x + w.size / 2 - 0.5));
        assert_true(fabs(w.size - 0.9) < 1e-9);
    }
    assert_true(most > 0.03 && most <= 0.05);
}

/* What prompts say of it, and what only sounds so. */
static void test_prompts(void **state)
{
    static const char *const texts[][2] = {
        { "the camera pans left as the elephant walks towards the viewer", "pan left 10%" },
        { "The camera slowly zooms in on a violinist who plays.", "zoom in 1.15" },
        { "the rocket lifts off while the camera tilts up and zooms out",
          "tilt up 10%+zoom out 1.25" },
        { "the camera quickly pans to the right, then tilts down", "pan right 16%" },
        { "the camera moves up", "tilt up 10%" },
        { "the camera pulls back to reveal a city", "zoom out 1.25" },
        { "the camera moves closer", "zoom in 1.25" },
        { "the dog runs, the camera shakes", "shake 0.8%" },
        { "handheld camera, a man walks", "shake 0.8%" },
        { "a shaky camera, a man walks", "shake 0.8%" },
        { "a dog runs, slow zoom in", "zoom in 1.15" },
        { "pan left over the hills", "pan left 10%" },
        { "zoom out", "zoom out 1.25" },
        { "the view pans right and the boat sails to the left", "pan right 10%" },
        { "the camera does not move", "none" },
        { "the camera never zooms", "none" },
        { "static camera, the cat jumps to the left", "none" },
        { "a lion walks toward the camera and moves left", "none" },
        { "the gorilla beats its chest, looking at the camera", "none" },
        { "the camera orbits a statue that does not move", "none" },
        { "a frying pan falls to the left", "none" },
        { "the man pans for gold on the left", "none" },
        { "the camera on the table falls", "none" },
        { "the tram comes towards the camera", "none" },
        { "the ball moves left", "none" },
        { "", "none" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[TTM_CAMERA_TEXT];
        TTMCamera c;

        assert_int_equal(ttm_prompt_camera(&c, texts[i][0]), 0);
        ttm_camera_format(&c, text);
        if (strcmp(text, texts[i][1]) != 0)
            print_message("%s\n", texts[i][0]);
        assert_string_equal(text, texts[i][1]);
    }
}

/* Frame @p index of a clip with the option camera. */
static void make(const char *device, const char *camera, int index, uint8_t *out)
{
    Run *r = run_open((const char *[]){ "device", device, "camera", camera, NULL });
    TTMImage frame = run_wrap(out);

    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_get_frame(r->ctx, index, &frame), 0);
    run_close(r);
}

static double apart(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < BYTES; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum / BYTES);
}

/* A frame is the part of the one without a camera that the window says. */
static void test_frame(void **state)
{
    static uint8_t plain[BYTES], seen[BYTES];
    double worst = 0;

    (void)state;
    make("cpu", "none", 2, plain);
    make("cpu", "zoom in 2", 3, seen);
    make("cpu", "none", 3, plain);
    /* At its end the middle half, each pixel as two: compare means of two by two. */
    for (int y = 0; y < H / 2; y++)
        for (int x = 0; x < W / 2; x++)
            for (int k = 0; k < 3; k++) {
                const uint8_t *p = seen + 3 * (2 * y * W + 2 * x) + k;
                const double mean = (p[0] + p[3] + p[3 * W] + p[3 * W + 3]) / 4.0;

                worst = fmax(worst, fabs(mean - plain[3 * ((y + H / 4) * W + x + W / 4) + k]));
            }
    assert_true(worst < 60);
    assert_true(apart(seen, plain) > 5);
}

/* On a device as on the CPU. */
static void test_vulkan(void **state)
{
    static uint8_t cpu[BYTES], vulkan[BYTES];

    (void)state;
    if (!run_has_device(BUNDLE, "vulkan:0"))
        skip();
    for (size_t i = 0; i < NB_CAMERAS; i += 4) {
        make("cpu", cameras[i], 2, cpu);
        make("vulkan:0", cameras[i], 2, vulkan);
        assert_true(apart(cpu, vulkan) < 0.6);
    }
}

static void test_refused(void **state)
{
    Run *r = run_open((const char *[]){ "camera", "pan up", NULL });
    TTMImage still = run_wrap(r->still);

    (void)state;
    assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
    assert_contains(r->lines.error, "option camera: 'pan up' is no move");
    run_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_locale),  cmocka_unit_test(test_windows),
        cmocka_unit_test(test_ways),    cmocka_unit_test(test_prompts),
        cmocka_unit_test(test_frame),   cmocka_unit_test(test_vulkan),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("camera", tests, NULL, NULL);
}

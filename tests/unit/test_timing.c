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

/** @file Frames of a clip of any rate and length, and when they are. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/timing.h"
#include "files.h"
#include "run.h"
#include "util/choices.h"

/* A bundle of clips of 4 frames at 8 a second, whose networks make no more. */
static char *bundle;

static void test_table(void **state)
{
    static const struct {
        TTMTimes asked;
        int mode, drawn;
        int frames, moving, generated;
    } cases[] = {
        { { 0, { 0, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 4, 4, 4 },
        { { 2, { 0, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 2, 2, 2 },
        { { 7, { 0, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 7, 7, 4 },
        { { 100, { 0, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 100, 8, 4 },
        /* another rate shows the same motion as long, other lengths at most half as fast */
        { { 0, { 16, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 8, 8, 4 },
        { { 0, { 4, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 2, 2, 2 },
        { { 0, { 25, 1 }, 2, 0 }, TTM_MODE_FULL, 0, 50, 25, 4 },
        { { 0, { 25, 1 }, 0.8, 0 }, TTM_MODE_PLAN, 0, 20, 20, 4 },
        { { 0, { 30000, 1001 }, 1, 0 }, TTM_MODE_FULL, 0, 30, 30, 4 },
        { { 0, { 0, 1 }, 0.01, 0 }, TTM_MODE_FULL, 0, 1, 1, 1 },
        { { 0, { 1000, 1 }, 1000, 0 }, TTM_MODE_FULL, 0, 1000000, 1000, 4 },
        /* but all frames of the networks are shown at low rates, too */
        { { 6, { 2, 1 }, 0, 0 }, TTM_MODE_FULL, 0, 6, 4, 4 },
        /* the time of a motion may be more than that of the clip */
        { { 0, { 0, 1 }, 0.5, 1 }, TTM_MODE_FULL, 0, 4, 8, 4 },
        { { 0, { 0, 1 }, 5, 1 }, TTM_MODE_FULL, 0, 40, 8, 4 },
        { { 12, { 0, 1 }, 0, 0.25 }, TTM_MODE_FULL, 0, 12, 2, 2 },
        { { 3, { 0, 1 }, 0, 3e6 }, TTM_MODE_FULL, 0, 3, 1000000, 4 },
        /* objects are one frame */
        { { 9, { 25, 1 }, 0, 4 }, TTM_MODE_OBJECTS, 0, 1, 1, 1 },
        /* what was drawn is all of the clip */
        { { 0, { 0, 1 }, 0, 0 }, TTM_MODE_RENDER, 6, 6, 6, 4 },
        { { 3, { 0, 1 }, 0, 0 }, TTM_MODE_RENDER, 6, 3, 3, 3 },
        { { 90, { 0, 1 }, 0, 0 }, TTM_MODE_RENDER, 6, 90, 90, 4 },
        { { 0, { 25, 1 }, 4, 0 }, TTM_MODE_DRAFT, 6, 100, 100, 6 },
        { { 0, { 25, 1 }, 4, 2 }, TTM_MODE_DRAFT, 6, 100, 50, 6 },
    };
    Run *r = run_open((const char *[]){ "model", bundle, NULL });

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const TTMTiming t = ttm_timing(r->ctx, &cases[i].asked, cases[i].mode,
                                       cases[i].drawn);

        assert_int_equal(t.frames, cases[i].frames);
        assert_int_equal(t.moving, cases[i].moving);
        assert_int_equal(t.generated, cases[i].generated);
        assert_int_equal(ttm_times_check(r->ctx, &cases[i].asked), 0);
    }
    run_close(r);
}

/* A frame is ready when both of the networks' frames that it lies between are. */
static void test_ready(void **state)
{
    (void)state;
    for (int generated = 1; generated <= 16; generated++)
        for (int frames = generated; frames <= 60; frames++)
            for (int moving = generated; moving <= frames + 9; moving += 3) {
                const TTMTiming t = { { 8, 1 }, frames, moving, generated };

                for (int made = 0; made <= generated; made++) {
                    int ready = 0;

                    while (ready < frames && made > 0 &&
                           (made == generated ||
                            ttm_timing_position(&t, ready, generated) <=
                                made - 1 + 1e-9))
                        ready++;
                    assert_int_equal(ttm_timing_ready(&t, made), ready);
                }
            }
}

/* Positions begin at the still and grow evenly, behind the end too; so does time. */
static void test_positions(void **state)
{
    (void)state;
    for (int moving = 1; moving <= 40; moving++) {
        const TTMTiming t = { { 8, 1 }, 200, moving, 16 };

        assert_true(ttm_timing_position(&t, 0, 16) == 0);
        assert_true(ttm_timing_position(&t, moving > 1 ? moving - 1 : 1, 16) == 15);
        for (int i = 1; i < 200; i++) {
            assert_true(fabs(ttm_timing_position(&t, i, 16) -
                             ttm_timing_position(&t, i - 1, 16) -
                             15.0 / (moving > 1 ? moving - 1 : 1)) < 1e-9);
            assert_true(ttm_timing_position(&t, i, 1) == 0);
            assert_true(ttm_timing_phase(&t, i) == (double)i / moving);
        }
    }
}

typedef struct Clip {
    uint8_t frames[24][BYTES];
    int nb;
} Clip;

/* The clip of @p options, which the caller frees. */
static Clip *make(const char *const *options)
{
    Run *r = run_open(options);
    Clip *c = calloc(1, sizeof(*c));

    assert_non_null(c);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    c->nb = ttm_frame_count(r->ctx);
    assert_in_range(c->nb, 1, 24);
    for (int t = 0; t < c->nb; t++) {
        TTMImage frame = run_wrap(c->frames[t]);

        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    }
    run_close(r);
    return c;
}

static double apart(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < BYTES; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum / BYTES);
}

/* The first frame is the still, where objects are of the still's own pixels. Every second
 * frame of 7 is one of 4, exactly; the others lie between them. */
static void test_between(void **state)
{
    static const char *const refine[] = { "none", "similarity", "shape" };
    static Run drawn;

    (void)state;
    run_draw(&drawn);
    for (int i = 0; i < 3; i++) {
        Clip *four = make((const char *[]){ "model", bundle, "refine", refine[i], NULL });
        Clip *seven = make((const char *[]){ "model", bundle, "refine", refine[i],
                                             "frames", "7", NULL });

        assert_int_equal(four->nb, 4);
        assert_int_equal(seven->nb, 7);
        if (i)
            assert_memory_equal(four->frames[0], drawn.still, BYTES);
        for (int t = 0; t < 4; t++)
            assert_memory_equal(four->frames[t], seven->frames[2 * t], BYTES);
        for (int t = 1; t < 7; t += 2) {
            const double step = apart(seven->frames[t - 1], seven->frames[t + 1]);

            assert_true(apart(seven->frames[t - 1], seven->frames[t]) < 1.05 * step);
            assert_true(apart(seven->frames[t + 1], seven->frames[t]) < 1.05 * step);
            assert_memory_not_equal(seven->frames[t], seven->frames[t - 1], BYTES);
        }
        free(four);
        free(seven);
    }
}

/* The first frame is the resampled still to the last of 16 bits, whatever comes after it. */
static void test_first_frame(void **state)
{
    enum { WIDTH = 150, HEIGHT = 100, COUNT = 3 * WIDTH * HEIGHT };
    static const char *const refine[] = { "similarity", "shape" };
    static uint16_t pixels[2][COUNT];
    int finer = 0;

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = run_open((const char *[]){ "model", bundle, "refine", refine[i], "size",
                                            "150x100", NULL });
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB16, WIDTH, HEIGHT, 6 * WIDTH,
                           (uint8_t *)pixels[i], { 0, 0 } };

        run_begin(r, 1);
        while (ttm_step(r->ctx, NULL) == TTM_MORE)
            ;
        assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), 0);
        run_close(r);
    }
    assert_memory_equal(pixels[0], pixels[1], sizeof(pixels[0]));
    for (int i = 0; i < COUNT; i++)     /* than 8 bits */
        finer += pixels[0][i] % 257 != 0;
    assert_true(finer > COUNT / 2);
}

/* The motion goes on from where it was: no step is larger than those before. */
static void test_goes_on(void **state)
{
    Clip *seven = make((const char *[]){ "model", bundle, "frames", "7", NULL });
    Clip *more = make((const char *[]){ "model", bundle, "frames", "24", "motion_time",
                                        "0.875", NULL });
    double most = 0;

    (void)state;
    assert_int_equal(more->nb, 24);
    for (int t = 0; t < 7; t++)
        assert_memory_equal(seven->frames[t], more->frames[t], BYTES);
    for (int t = 1; t < 7; t++)
        most = fmax(most, apart(more->frames[t - 1], more->frames[t]));
    for (int t = 7; t < 24; t++)
        assert_true(apart(more->frames[t - 1], more->frames[t]) <= 1.2 * most);
    free(seven);
    free(more);
}

/* Less time than the motion takes shows its beginning. */
static void test_cut(void **state)
{
    Clip *all = make((const char *[]){ "model", bundle, "frames", "8", NULL });
    Clip *half = make((const char *[]){ "model", bundle, "frames", "4", "motion_time", "1",
                                        NULL });

    (void)state;
    assert_int_equal(half->nb, 4);
    for (int t = 0; t < 4; t++)
        assert_memory_equal(all->frames[t], half->frames[t], BYTES);
    free(all);
    free(half);
}

/* A million frames take no more memory than seven. */
static void test_memory(void **state)
{
    static const char *const lengths[] = { "7", "1000000" };
    size_t peak[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = run_open((const char *[]){ "model", bundle, "frames", lengths[i],
                                            "motion_time", "0.875", NULL });
        TTMImage frame = run_wrap(r->frames[0]);

        run_begin(r, 1);
        assert_int_equal(run_finish(r), 0);
        for (int t = 0; t < ttm_frame_count(r->ctx); t += t < 40 ? 1 : 99999)
            assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
        peak[i] = r->ctx->backend->bytes_peak;
        run_close(r);
    }
    assert_true(peak[0] == peak[1]);
}

/* A complete clip is not cancelled any more, nor are frames between its networks'. */
static void test_cancelled_late(void **state)
{
    Run *r = run_open((const char *[]){ "model", bundle, "frames", "12", NULL });
    TTMImage frame = run_wrap(r->frames[0]);

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    ttm_cancel(r->ctx);
    for (int t = 4; t < 12; t++)
        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    run_close(r);
}

/* On a device as on the CPU, between the networks' frames and behind the end. */
static void test_vulkan(void **state)
{
    static const char *const devices[] = { "cpu", "vulkan:0" };
    Clip *clips[2] = { NULL, NULL };

    (void)state;
    if (!run_has_device(bundle, "vulkan:0"))
        skip();
    for (int i = 0; i < 2; i++)
        clips[i] = make((const char *[]){ "model", bundle, "device", devices[i], "frames",
                                          "12", "motion_time", "0.875", NULL });
    for (int t = 0; t < 12; t++)
        assert_true(apart(clips[0]->frames[t], clips[1]->frames[t]) < 0.6);
    free(clips[0]);
    free(clips[1]);
}

static void test_wrong(void **state)
{
    static const struct {
        const char *name, *value, *other, *too, *line;
    } cases[] = {
        { "frames", "7", "duration", "2", "give one of them" },
        { "duration", "2000", "fps", "1000", "2000 seconds are 2000000 frames" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Run *r = run_open((const char *[]){ "model", bundle, cases[i].name, cases[i].value,
                                            cases[i].other, cases[i].too, NULL });
        TTMImage still = run_wrap(r->still);

        assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
        assert_contains(r->lines.error, cases[i].name);
        assert_contains(r->lines.error, cases[i].line);
        run_close(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),   cmocka_unit_test(test_ready),
        cmocka_unit_test(test_positions), cmocka_unit_test(test_between),
        cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_goes_on), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_vulkan),
        cmocka_unit_test(test_cancelled_late),
        cmocka_unit_test(test_wrong),
    };
    int ret;

    bundle = test_link_bundle(BUNDLE);
    test_edit(BUNDLE, bundle, "model_index.json", "\"generated_frames\": 32",
              "\"generated_frames\": 4");
    ret = cmocka_run_group_tests_name("timing", tests, NULL, NULL);
    test_remove_folder(bundle);
    return ret;
}

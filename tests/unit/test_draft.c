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

/** @file Drafts: the still carried along a trajectory, and what they do not know. */

#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "util/palette.h"

/*
 * The red box moves right, 2 pixels a frame; in the last frame something is above it
 * that the still does not have. The blue box is not of the trajectory.
 */
static void add_trajectory(Run *r)
{
    for (int t = 0; t < FRAMES; t++) {
        TTMImage mask = run_wrap(r->masks);

        for (int i = 0; i < W * H; i++) {
            const int x = i % W - 2 * t, y = i / W;
            const int id = (x >= 12 && x < 30 && y >= 14 && y < 34) ||
                           (t == FRAMES - 1 && x >= 36 && x < 46 && y < 10);

            memcpy(r->masks + 3 * i, ttm_object_colour(id), 3);
        }
        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask), 0);
    }
}

static const uint8_t *pixel(const uint8_t *frame, int x, int y)
{
    return frame + 3 * (W * y + x);
}

/* Objects are where the trajectory says, all else is the still's or the plate's. */
static void test_clip(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "draft", "prompt", "", "refine",
                                        "similarity", NULL });

    (void)state;
    run_begin(r, 0);
    add_trajectory(r);
    assert_int_equal(ttm_frame_count(r->ctx), FRAMES);
    assert_int_equal(run_finish(r), 0);
    assert_string_equal(r->lines.warning, "");
    assert_memory_equal(r->frames[0], r->still, BYTES);
    for (int t = 1; t < FRAMES; t++) {
        int off = 0, count = 0;

        for (int y = 17; y < 31; y++)
            for (int x = 15; x < 27; x++, count++)
                off += abs(pixel(r->frames[t], x + 2 * t, y)[0] -
                           pixel(r->still, x, y)[0]);
        assert_true(off < 5 * count);
        assert_memory_equal(pixel(r->frames[t], 40, 45), pixel(r->still, 40, 45),
                            3 * (W - 40));
        assert_memory_equal(pixel(r->frames[t], 44, 30), pixel(r->still, 44, 30),
                            3 * 16);
    }
    /* The red box has left: what is there now is not red. */
    assert_true(pixel(r->frames[FRAMES - 1], 13, 24)[0] < 150);
    run_close(r);
}

/* White where background came to light and where something new is; else black. */
static void test_mask(void **state)
{
    static const struct {
        int x, y, white;
    } known[] = {
        { 13, 24, 1 }, { 16, 24, 1 }, { 25, 24, 0 }, { 34, 24, 0 }, { 47, 4, 1 },
        { 50, 4, 1 }, { 47, 8, 1 }, { 47, 14, 0 }, { 57, 4, 0 },
        { 3, 3, 0 }, { 52, 30, 0 }, { 66, 44, 0 },
    };
    Run *r = run_open((const char *[]){ "mode", "draft", "prompt", "", "refine",
                                        "similarity", "emit", "mask", NULL });
    Run *other = run_open((const char *[]){ "mode", "draft", "refine", "similarity",
                                            "emit", "mask", "threads", "3", NULL });
    uint8_t none[BYTES] = { 0 };

    (void)state;
    run_begin(r, 0);
    add_trajectory(r);
    assert_int_equal(run_finish(r), 0);
    assert_memory_equal(r->frames[0], none, BYTES);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const uint8_t *p = pixel(r->frames[FRAMES - 1], known[i].x, known[i].y);

        for (int c = 0; c < 3; c++)
            assert_true(known[i].white ? p[c] > 240 : p[c] == 0);
    }
    /* What is new is so in the last frame only. */
    assert_int_equal(pixel(r->frames[FRAMES - 2], 47, 4)[0], 0);
    run_begin(other, 0);
    add_trajectory(other);
    assert_int_equal(run_finish(other), 0);
    assert_memory_equal(r->frames, other->frames, sizeof(r->frames));
    run_close(r);
    run_close(other);
}

/* Frames between those of the trajectory, and behind its end, which a line tells. */
static void test_rates(void **state)
{
    static const struct {
        const char *name, *value, *motion_time, *line;
    } cases[] = {
        { "frames", "7", "0", "has 4 frames: it is resampled to the 7 of option frames" },
        { "duration", "0.875", "0", "resampled to the 7 of option duration" },
        { "frames", "9", "0.875", "resampled to the 7 of option motion_time" },
        { "frames", "9", "0.5", "" },
    };
    Run *four = run_open((const char *[]){ "mode", "draft", "prompt", "", NULL });

    (void)state;
    run_begin(four, 0);
    add_trajectory(four);
    assert_int_equal(run_finish(four), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int twice = i < 3;
        Run *r = run_open((const char *[]){ "mode", "draft", "prompt", "", cases[i].name,
                                            cases[i].value, "motion_time",
                                            cases[i].motion_time, NULL });
        TTMImage frame = run_wrap(r->frames[0]);

        run_begin(r, 0);
        add_trajectory(r);
        assert_int_equal(run_finish(r), 0);
        if (*cases[i].line)
            assert_contains(r->lines.warning, cases[i].line);
        else
            assert_string_equal(r->lines.warning, "");
        for (int t = 0; t < (twice ? 7 : 4); t++) {
            assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
            if (!twice || t % 2 == 0)
                assert_memory_equal(r->frames[0], four->frames[twice ? t / 2 : t], BYTES);
            else
                assert_memory_not_equal(r->frames[0], four->frames[t / 2], BYTES);
        }
        run_close(r);
    }
    run_close(four);
}

/* What flows does so by the clock, at any rate, and goes on behind the end. */
static void test_flow(void **state)
{
    static const char objects[] =
        "{\"objects\": [{\"name\": \"water\", \"prompt\": \"it flows\", \"flow\": \"down\"}]}";
    uint8_t frames[12][BYTES];

    (void)state;
    for (int rate = 1; rate <= 2; rate++) {
        Run *r = run_open((const char *[]){ "mode", "draft", "objects", objects, "fps",
                                            rate == 1 ? "8" : "16", "duration", "0.75",
                                            "motion_time", "0.5", NULL });

        run_begin(r, 0);
        for (int t = 0; t < FRAMES; t++) {
            TTMImage mask = run_wrap(r->masks);

            assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask), 0);
        }
        assert_int_equal(run_finish(r), 0);
        for (int t = 0; t < 6; t++) {
            TTMImage frame = run_wrap(rate == 1 ? frames[t] : r->frames[0]);

            assert_int_equal(ttm_get_frame(r->ctx, rate * t, &frame), 0);
            if (rate == 2)
                assert_memory_equal(frames[t], r->frames[0], BYTES);
            else if (t)
                assert_memory_not_equal(frames[t], frames[t - 1], BYTES);
        }
        run_close(r);
    }
}

/* Of a draft all is the still's own; masks win over the first frame of the trajectory. */
static void test_given(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "draft", "prompt", "", NULL });
    Run *half = run_open((const char *[]){ "mode", "draft", "prompt", "", "detail", "0.3",
                                           NULL });
    Run *masked = run_open((const char *[]){ "mode", "draft", "prompt", "", NULL });

    (void)state;
    run_begin(r, 0);
    add_trajectory(r);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(r->ctx->clip.made.objects.nb, 1);
    run_begin(half, 0);
    add_trajectory(half);
    assert_int_equal(run_finish(half), 0);
    assert_memory_equal(half->frames, r->frames, sizeof(r->frames));
    run_begin(masked, 1);
    add_trajectory(masked);
    assert_int_equal(run_finish(masked), 0);
    assert_int_equal(masked->ctx->clip.made.objects.nb, 2);
    run_close(r);
    run_close(half);
    run_close(masked);
}

/*
 * Of frames three times as large as the networks', or twice for shapes, more is kept of
 * the trajectory.
 */
static void test_kept(void **state)
{
    static const struct {
        const char *refine, *size;
        int width;
    } cases[] = {
        { "shape", "32x16", 96 }, { "similarity", "32x16", 32 }, { "similarity", "16x16", 48 },
        { "shape", "48x32", 48 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Run *r = run_open((const char *[]){ "mode", "draft", "prompt", "", "refine",
                                            cases[i].refine, "generation_size",
                                            cases[i].size, NULL });

        run_begin(r, 0);
        add_trajectory(r);
        assert_int_equal(r->ctx->clip.given.drawn.width, cases[i].width);
        run_close(r);
    }
}

static void refused(const char *const *options, const char *told)
{
    Run *r = run_open(options);
    TTMImage still = run_wrap(r->still);

    assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
    assert_contains(r->lines.error, told);
    run_close(r);
}

static void test_wrong(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "draft", NULL });
    Run *plan = run_open((const char *[]){ "mode", "plan", NULL });
    TTMImage mask = run_wrap(r->masks);

    (void)state;
    run_begin(r, 0);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_STATE);
    assert_contains(r->lines.error, "mode draft needs a trajectory");
    run_begin(plan, 0);
    assert_int_equal(ttm_add_trajectory_frame(plan->ctx, &mask), TTM_ERR_STATE);
    assert_contains(plan->lines.error, "render and draft");
    run_close(r);
    run_close(plan);
    refused((const char *[]){ "mode", "draft", "refine", "none", NULL },
            "refine similarity or shape");
    refused((const char *[]){ "emit", "mask", NULL }, "mode draft");
    refused((const char *[]){ "emit", "mask", "mode", "render", NULL },
            "mode draft");
    /* Others still need to be told what happens. */
    refused((const char *[]){ "mode", "render", "prompt", "", NULL }, "prompt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clip), cmocka_unit_test(test_mask),
        cmocka_unit_test(test_rates), cmocka_unit_test(test_flow),
        cmocka_unit_test(test_given), cmocka_unit_test(test_kept), cmocka_unit_test(test_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

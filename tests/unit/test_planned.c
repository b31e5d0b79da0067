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

/** @file The frames of mode=plan: the same on any number of threads, and cheap. */

#include "run.h"

#include <stdlib.h>
#include <time.h>

#include "util/image.h"

#define LARGE_W 1280
#define LARGE_H 720

/** Frame @p t of a plan of the still at LARGE_W x LARGE_H; NULL ends the options. */
static TTMImage draw(Run *r, int t, enum TTMPixelFormat format)
{
    TTMImage frame;

    assert_int_equal(ttm_image_alloc(&frame, format, LARGE_W, LARGE_H), 0);
    assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    return frame;
}

static Run *make_plan(const char *bundle, const char *refine, const char *threads)
{
    Run *r = run_open((const char *[]){ "model", bundle, "mode", "plan", "steps", "1",
                                        "refine", refine, "threads", threads, "size",
                                        "1280x720", NULL });

    run_begin(r, 1);
    while (ttm_step(r->ctx, NULL) == TTM_MORE)
        ;
    assert_true(ttm_frames_ready(r->ctx) >= FRAMES);
    return r;
}

static void test_threads(void **state)
{
    static const char *const refine[] = { "none", "similarity", "shape" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        Run *one = make_plan(BUNDLE, refine[i], "1");
        Run *three = make_plan(BUNDLE, refine[i], "3");

        for (int t = 0; t < 2; t++) {
            TTMImage a = draw(one, t, TTM_PIXEL_RGB16);
            TTMImage b = draw(three, t, TTM_PIXEL_RGB16);

            assert_memory_equal(a.data, b.data, 6 * LARGE_W * LARGE_H);
            free(a.data);
            free(b.data);
        }
        run_close(one);
        run_close(three);
    }
}

static double thread_seconds(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/*
 * Most pixels have no edge, and of those that have one no colour is searched for
 * twice: a frame with tints takes 4.4 times what resampling to its size takes; it
 * was 17 times when all colours of all pixels were searched for.
 */
static void test_cheap(void **state)
{
    Run *r = make_plan("models/ttm-small", "similarity", "1");
    float *values = malloc(3 * sizeof(*values) * LARGE_W * LARGE_H);
    double drawing = 1e9, resampling = 1e9;
    TTMImage still = run_wrap(r->still);

    (void)state;
    assert_non_null(values);
    assert_true(r->ctx->clip.given.tinted);
    for (int t = 1; t < FRAMES; t++) {
        double begin = thread_seconds(), taken;
        TTMImage frame = draw(r, t, TTM_PIXEL_RGB8);

        taken   = thread_seconds() - begin;
        drawing = taken < drawing ? taken : drawing;
        free(frame.data);
        begin = thread_seconds();
        assert_int_equal(ttm_image_resample(&still, LARGE_W, LARGE_H, 1, 0, values,
                                            NULL), 0);
        taken      = thread_seconds() - begin;
        resampling = taken < resampling ? taken : resampling;
    }
    print_message("%.1f ms, resampling %.1f ms\n", 1e3 * drawing, 1e3 * resampling);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(drawing < 9 * resampling);
#endif
    free(values);
    run_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_cheap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

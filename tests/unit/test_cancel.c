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
 * ttm_cancel() from a second thread at seeded moments, and from a callback: whom it
 * stops, whom not, and how soon.
 */

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "ttm.h"

#define W 96
#define H 64
#define FRAMES 4

static TestLog messages;

/* Threads of the project's own: oneDNN's wait for each other on a busy machine. */
static TTMContext *open_context(const char *model, const char *size,
                                TTMInterruptCallback interrupt, void *opaque)
{
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;

    memset(&messages, 0, sizeof(messages));
    assert_non_null(settings);
    ttm_settings_set_log(settings, test_log_callback, &messages);
    ttm_settings_set_interrupt(settings, interrupt, opaque);
    assert_int_equal(ttm_settings_set(settings, "model", model), 0);
    assert_int_equal(ttm_settings_set(settings, "device",
                                      size ? "cpu" : "cpu:plain"), 0);
    assert_int_equal(ttm_settings_set(settings, "threads", size ? "1" : "2"), 0);
    /* where there is a size, far more than is done before the wish */
    assert_int_equal(ttm_settings_set(settings, "steps", size ? "200" : "2"), 0);
    assert_int_equal(ttm_settings_set(settings, "seed", "3"), 0);
    assert_int_equal(ttm_settings_set(settings, "frames", "4"), 0);
    assert_int_equal(ttm_settings_set(settings, "prompt",
                                      "the red box moves right"), 0);
    if (size)
        assert_int_equal(ttm_settings_set(settings, "generation_size", size), 0);
    assert_int_equal(ttm_open(&ctx, settings), 0);
    ttm_settings_free(&settings);
    return ctx;
}

static void set_still(TTMContext *ctx)
{
    uint8_t pixels[3 * W * H];
    TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };

    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W, in = x > 20 && x < 50 && y > 20 && y < 50;

        pixels[3 * i]     = in ? 230 : 60;
        pixels[3 * i + 1] = in ? 20 : 90;
        pixels[3 * i + 2] = in ? 20 : (uint8_t)(60 + y);
    }
    assert_int_equal(ttm_set_image(ctx, &still), 0);
}

static int finish(TTMContext *ctx)
{
    int ret;

    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    return ret;
}

static void read_frames(TTMContext *ctx, uint8_t *frames)
{
    for (int i = 0; i < FRAMES; i++) {
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, W, H, 3 * W,
                           frames + i * 3 * W * H };

        assert_int_equal(ttm_get_frame(ctx, i, &frame), 0);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct Canceller {
    TTMContext *ctx;
    double after;               ///< seconds from the start
    double processor;           ///< time of the process when it cancelled
} Canceller;

static void *cancel_later(void *opaque)
{
    Canceller *c = opaque;
    struct timespec wait = { (time_t)c->after,
                             (long)(1e9 * (c->after - (double)(time_t)c->after)) };

    nanosleep(&wait, NULL);
    c->processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    ttm_cancel(c->ctx);
    return NULL;
}

/* From a second thread at moments over a whole clip; the next one is as ever. */
static void test_thread(void **state)
{
    uint8_t *frames = malloc(FRAMES * 3 * W * H), *again = malloc(FRAMES * 3 * W * H);
    TTMContext *ctx = open_context("tests/ref/bundle", NULL, NULL, NULL);
    unsigned random = 7;
    double begin = seconds(CLOCK_MONOTONIC), whole;
    int cancelled = 0, complete = 0;

    (void)state;
    set_still(ctx);
    assert_int_equal(finish(ctx), 0);
    whole = seconds(CLOCK_MONOTONIC) - begin;
    read_frames(ctx, frames);
    for (int i = 0; i < 16; i++) {
        Canceller c = { .ctx = ctx };
        pthread_t thread;
        int ret;

        random  = random * 1664525 + 1013904223;
        c.after = whole * 1.2 * (random >> 8) / (1 << 24);
        set_still(ctx);
        assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
        ret = finish(ctx);
        pthread_join(thread, NULL);
        assert_true(ret == 0 || ret == TTM_ERR_CANCELLED);
        if (ret == 0) {
            complete++;
            read_frames(ctx, again);
            assert_memory_equal(frames, again, FRAMES * 3 * W * H);
        } else {
            cancelled++;
            assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_STATE);
        }
    }
    print_message("%d clips cancelled, %d complete\n", cancelled, complete);
    assert_true(cancelled > 0);
    set_still(ctx);
    assert_int_equal(finish(ctx), 0);
    read_frames(ctx, again);
    assert_memory_equal(frames, again, FRAMES * 3 * W * H);
    ttm_close(&ctx);
    free(frames);
    free(again);
}

/* It is about the clip under way: not about a complete one, nor the next. */
static void test_owner(void **state)
{
    uint8_t frames[FRAMES * 3 * W * H];
    TTMContext *ctx = open_context("tests/ref/bundle", NULL, NULL, NULL);
    TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, W, H, 3 * W, frames };

    (void)state;
    ttm_cancel(ctx);
    set_still(ctx);
    assert_int_equal(finish(ctx), 0);
    ttm_cancel(ctx);
    assert_int_equal(ttm_step(ctx, NULL), 0);
    read_frames(ctx, frames);
    set_still(ctx);
    assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
    ttm_cancel(ctx);
    assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_CANCELLED);
    ttm_cancel(ctx);
    set_still(ctx);
    while (!ttm_frames_ready(ctx))
        assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
    ttm_cancel(ctx);
    assert_int_equal(ttm_get_frame(ctx, 0, &frame), TTM_ERR_CANCELLED);
    assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_CANCELLED);
    assert_int_equal(ttm_get_frame(ctx, 0, &frame), TTM_ERR_STATE);
    ttm_close(&ctx);
}

static int count_down(void *opaque)
{
    return atomic_fetch_sub((atomic_int *)opaque, 1) <= 0;
}

/* The callback stops as the function does, and is asked again for the next clip. */
static void test_callback(void **state)
{
    atomic_int left = 1 << 30;
    TTMContext *ctx = open_context("tests/ref/bundle", NULL, count_down, &left);

    (void)state;
    set_still(ctx);
    assert_int_equal(finish(ctx), 0);
    atomic_store(&left, 40);
    set_still(ctx);
    assert_int_equal(finish(ctx), TTM_ERR_CANCELLED);
    set_still(ctx);
    assert_int_equal(finish(ctx), TTM_ERR_CANCELLED);
    atomic_store(&left, 1 << 30);
    set_still(ctx);
    assert_int_equal(finish(ctx), 0);
    ttm_close(&ctx);
}

/*
 * At a size at which one unit of work takes many seconds: the processor time between
 * the wish and the return, as the machine may be busy with other things.
 */
static void test_soon(void **state)
{
    TTMContext *ctx = open_context("models/ttm-small", "640x480", NULL, NULL);
    double most = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        Canceller c = { .ctx = ctx, .after = 0.9 + 1.7 * i };
        pthread_t thread;
        double took;

        set_still(ctx);
        assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
        assert_int_equal(finish(ctx), TTM_ERR_CANCELLED);
        took = seconds(CLOCK_PROCESS_CPUTIME_ID);
        pthread_join(thread, NULL);
        took -= c.processor;
        most = took > most ? took : most;
    }
    print_message("%.0f ms of processor time\n", most * 1e3);
    assert_true(most < 1);
    ttm_close(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_soon),
    };

    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}

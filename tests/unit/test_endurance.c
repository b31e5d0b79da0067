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
 * Contexts that are used for long and stopped at any moment: cancelled and closed at
 * seeded moments on both devices, two at once, opened and closed many times, many clips
 * in one. Short here; TTM_ENDURANCE=full is the whole, with a seed of its own.
 */

#include "unit.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "ttm.h"

#define W      72
#define H      48
#define FRAMES 2
#define BYTES  (FRAMES * 3 * W * H)

static TestLog messages;

static int is_full(void)
{
    const char *asked = getenv("TTM_ENDURANCE");

    return asked && !strcmp(asked, "full");
}

static unsigned seed_of_run(void)
{
    const char *asked = getenv("TTM_SEED");

    return asked ? (unsigned)atol(asked) : is_full() ? (unsigned)time(NULL) : 23;
}

static unsigned draw(unsigned *random, unsigned below)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % below;
}

/** NULL where there is no such device. */
static TTMContext *open_context(const char *device, const char *seed, TestLog *log)
{
    TTMSettings *s = ttm_settings_alloc();
    TTMContext *ctx;

    assert_non_null(s);
    ttm_settings_set_log(s, test_log_callback, log);
    assert_int_equal(ttm_settings_set(s, "model", "tests/ref/bundle"), 0);
    assert_int_equal(ttm_settings_set(s, "device", device), 0);
    assert_int_equal(ttm_settings_set(s, "precision", "f32"), 0);
    assert_int_equal(ttm_settings_set(s, "threads", "1"), 0);
    assert_int_equal(ttm_settings_set(s, "steps", "2"), 0);
    assert_int_equal(ttm_settings_set(s, "frames", "2"), 0);
    assert_int_equal(ttm_settings_set(s, "seed", seed), 0);
    assert_int_equal(ttm_settings_set(s, "prompt", "the red box moves right"), 0);
    if (ttm_open(&ctx, s) < 0)
        ctx = NULL;
    ttm_settings_free(&s);
    return ctx;
}

static int begin(TTMContext *ctx)
{
    uint8_t pixels[3 * W * H];
    TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };

    for (int i = 0; i < W * H; i++) {
        const int in = i % W > 20 && i % W < 40 && i / W > 12 && i / W < 36;

        pixels[3 * i]     = in ? 230 : 60;
        pixels[3 * i + 1] = in ? 20 : 90;
        pixels[3 * i + 2] = (uint8_t)(60 + i / W);
    }
    return ttm_set_image(ctx, &still);
}

/** Steps to the end, or @p steps; then the frames, where there is a place for them. */
static int finish(TTMContext *ctx, int steps, uint8_t *frames)
{
    int ret = TTM_MORE;

    while (ret == TTM_MORE && steps--)
        ret = ttm_step(ctx, NULL);
    for (int i = 0; ret == 0 && frames && i < FRAMES; i++) {
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, W, H, 3 * W,
                           frames + i * 3 * W * H };

        ret = ttm_get_frame(ctx, i, &frame);
    }
    return ret;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct Canceller {
    TTMContext *ctx;
    double after;
} Canceller;

static void *cancel_later(void *opaque)
{
    const Canceller *c = opaque;
    const struct timespec wait = { (time_t)c->after,
                                   (long)(1e9 * (c->after - (double)(time_t)c->after)) };

    nanosleep(&wait, NULL);
    ttm_cancel(c->ctx);
    return NULL;
}

/** Cancel or close at a moment; the next clip is as ever. */
static void stop_at_moments(const char *device, int moments)
{
    uint8_t expected[BYTES], frames[BYTES];
    TTMContext *ctx = open_context(device, "3", &messages);
    unsigned random = seed_of_run();
    int cancelled = 0, complete = 0, closed = 0;
    double whole;

    if (!ctx)
        skip();
    print_message("%s: seed %u\n", device, random);
    assert_int_equal(begin(ctx), 0);
    assert_int_equal(finish(ctx, -1, expected), 0);
    whole = seconds();
    assert_int_equal(begin(ctx), 0);
    assert_int_equal(finish(ctx, -1, frames), 0);
    whole = seconds() - whole;
    for (int i = 0; i < moments; i++) {
        assert_int_equal(begin(ctx), 0);
        if (draw(&random, 4) == 0) {
            assert_true(finish(ctx, (int)draw(&random, 12), NULL) >= 0);
            ttm_close(&ctx);
            closed++;
            ctx = open_context(device, "3", &messages);
            assert_non_null(ctx);
        } else {
            Canceller c = { ctx, whole * 1.1 * draw(&random, 1000) * 1e-3 };
            pthread_t thread;
            int ret;

            assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
            ret = finish(ctx, -1, frames);
            pthread_join(thread, NULL);
            assert_true(ret == 0 || ret == TTM_ERR_CANCELLED);
            cancelled += ret != 0;
            complete  += ret == 0;
            if (ret == 0)
                assert_memory_equal(expected, frames, BYTES);
        }
        /* every fourth is looked at to its end */
        if (i % 4 == 3) {
            assert_int_equal(begin(ctx), 0);
            assert_int_equal(finish(ctx, -1, frames), 0);
            assert_memory_equal(expected, frames, BYTES);
        }
    }
    ttm_close(&ctx);
    print_message("%s: %d moments: %d clips cancelled, %d complete, %d contexts closed\n",
                  device, moments, cancelled, complete, closed);
}

static void test_moments_cpu(void **state)
{
    (void)state;
    stop_at_moments("cpu:plain", is_full() ? 200 : 12);
}

static void test_moments_vulkan(void **state)
{
    (void)state;
    stop_at_moments("vulkan:0", is_full() ? 200 : 4);
}

/** A context in a thread of its own. */
typedef struct Engine {
    TestLog log;
    const char *device, *seed;
    uint8_t frames[BYTES];
    int clips, ret;
} Engine;

static void *run_engine(void *opaque)
{
    Engine *e = opaque;
    TTMContext *ctx = open_context(e->device, e->seed, &e->log);

    e->ret = ctx ? 0 : TTM_ERR_DEVICE;
    for (int i = 0; e->ret == 0 && i < e->clips; i++) {
        e->ret = begin(ctx);
        if (e->ret == 0)
            e->ret = finish(ctx, -1, e->frames);
    }
    ttm_close(&ctx);
    return NULL;
}

static void test_two_at_once(void **state)
{
    static const char *const devices[] = { "cpu:plain", "cpu" };
    static Engine alone[2], both[2];
    pthread_t threads[2];
    const int clips = is_full() ? 20 : 2;

    (void)state;
    for (int i = 0; i < 2; i++) {
        alone[i] = (Engine){ .device = devices[i], .seed = i ? "4" : "3", .clips = 1 };
        both[i]  = alone[i];
        both[i].clips = clips;
        run_engine(&alone[i]);
        assert_int_equal(alone[i].ret, 0);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_engine, &both[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(both[i].ret, 0);
        assert_memory_equal(alone[i].frames, both[i].frames, BYTES);
    }
    print_message("two contexts at once: %d clips each, the frames of one alone\n", clips);
}

/** The C library keeps some free blocks of each size and counts them as taken. */
#define SLACK ((size_t)16 << 10)

/** Bytes that are allocated, for there to be no more of them in the end. */
static size_t held(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    return mallinfo2().uordblks;
#else
    return 0;                   /* the C library does not tell */
#endif
}

static void test_open_and_close(void **state)
{
    const int times = is_full() ? 100 : 6;
    uint8_t frames[BYTES];
    size_t first = 0;

    (void)state;
    for (int i = 0; i < times; i++) {
        TTMContext *ctx = open_context("cpu:plain", "3", &messages);

        assert_non_null(ctx);
        if (i % 5 == 0) {
            assert_int_equal(begin(ctx), 0);
            assert_int_equal(finish(ctx, -1, frames), 0);
        }
        ttm_close(&ctx);
        if (i == 1)
            first = held();
    }
    print_message("opened and closed %d times: %td bytes more are held than after the "
                  "second\n", times, (ptrdiff_t)(held() - first));
    assert_true(held() <= first + SLACK);
}

static void test_many_clips(void **state)
{
    const int clips = is_full() ? 30 : 4;
    TTMContext *ctx = open_context("cpu:plain", "3", &messages);
    uint8_t expected[BYTES], frames[BYTES];
    size_t second = 0;

    (void)state;
    assert_non_null(ctx);
    for (int i = 0; i < clips; i++) {
        assert_int_equal(begin(ctx), 0);
        assert_int_equal(finish(ctx, -1, i ? frames : expected), 0);
        if (i)
            assert_memory_equal(expected, frames, BYTES);
        if (i == 1)
            second = held();
    }
    print_message("%d clips of one context: %td bytes more are held than after the "
                  "second\n", clips, (ptrdiff_t)(held() - second));
    assert_true(held() <= second + SLACK);
    ttm_close(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments_cpu),
        cmocka_unit_test(test_moments_vulkan),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_open_and_close),
        cmocka_unit_test(test_many_clips),
    };

    return cmocka_run_group_tests_name("endurance", tests, NULL, NULL);
}

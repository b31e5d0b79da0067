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

#include "redbox.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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

/** NULL where there is no such device. */
static TTMContext *open_context(const char *device, const char *seed, TestLog *log)
{
    return redbox_open((const char *[]){ "device", device, "precision", "f32", "threads",
                                         "1", "steps", "2", "seed", seed, NULL }, log);
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

/** The C library keeps some free blocks of each size and counts them as taken. */
#define SLACK ((size_t)16 << 10)

/** Bytes that are allocated, for there to be no more of them in the end. */
static size_t held(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
#else
    return 0;                   /* the C library does not tell */
#endif
}

/** Cancel or close at a moment; the next clip is as ever. */
static void stop_at_moments(const char *device, int moments)
{
    uint8_t expected[REDBOX_BYTES], frames[REDBOX_BYTES];
    TTMContext *ctx = open_context(device, "3", &messages);
    unsigned random = seed_of_run();
    int cancelled = 0, complete = 0, closed = 0;
    size_t first = 0;
    double whole;

    if (!ctx)
        skip();
    print_message("%s: seed %u\n", device, random);
    assert_int_equal(redbox_begin(ctx), 0);
    assert_int_equal(redbox_finish(ctx, -1, expected), 0);
    whole = seconds();
    assert_int_equal(redbox_begin(ctx), 0);
    assert_int_equal(redbox_finish(ctx, -1, frames), 0);
    whole = seconds() - whole;
    for (int i = 0; i < moments; i++) {
        assert_int_equal(redbox_begin(ctx), 0);
        if (redbox_random(&random, 4) == 0) {
            assert_true(redbox_finish(ctx, (int)redbox_random(&random, 12), NULL) >= 0);
            ttm_close(&ctx);
            closed++;
            ctx = open_context(device, "3", &messages);
            assert_non_null(ctx);
        } else {
            Canceller c = { ctx, whole * 1.1 * redbox_random(&random, 1000) * 1e-3 };
            pthread_t thread;
            int ret;

            assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
            ret = redbox_finish(ctx, -1, frames);
            pthread_join(thread, NULL);
            assert_true(ret == 0 || ret == TTM_ERR_CANCELLED);
            cancelled += ret != 0;
            complete  += ret == 0;
            if (ret == 0)
                assert_memory_equal(expected, frames, REDBOX_BYTES);
        }
        /* every fourth is looked at to its end */
        if (i % 4 == 3) {
            assert_int_equal(redbox_begin(ctx), 0);
            assert_int_equal(redbox_finish(ctx, -1, frames), 0);
            assert_memory_equal(expected, frames, REDBOX_BYTES);
            if (i == 3)
                first = held();
            else if (!strncmp(device, "cpu", 3))    /* drivers keep what they like */
                assert_true(held() <= first + 4 * SLACK);
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
    uint8_t frames[REDBOX_BYTES];
    int clips, ret;
} Engine;

static void *run_engine(void *opaque)
{
    Engine *e = opaque;
    TTMContext *ctx = open_context(e->device, e->seed, &e->log);

    e->ret = ctx ? 0 : TTM_ERR_DEVICE;
    for (int i = 0; e->ret == 0 && i < e->clips; i++) {
        e->ret = redbox_begin(ctx);
        if (e->ret == 0)
            e->ret = redbox_finish(ctx, -1, e->frames);
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
        assert_memory_equal(alone[i].frames, both[i].frames, REDBOX_BYTES);
    }
    print_message("two contexts at once: %d clips each, the frames of one alone\n", clips);
}

static void test_open_and_close(void **state)
{
    const int times = is_full() ? 100 : 6;
    uint8_t frames[REDBOX_BYTES];
    size_t first = 0;

    (void)state;
    for (int i = 0; i < times; i++) {
        TTMContext *ctx = open_context("cpu:plain", "3", &messages);

        assert_non_null(ctx);
        if (i % 5 == 0) {
            assert_int_equal(redbox_begin(ctx), 0);
            assert_int_equal(redbox_finish(ctx, -1, frames), 0);
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
    uint8_t expected[REDBOX_BYTES], frames[REDBOX_BYTES];
    size_t second = 0;

    (void)state;
    assert_non_null(ctx);
    for (int i = 0; i < clips; i++) {
        assert_int_equal(redbox_begin(ctx), 0);
        assert_int_equal(redbox_finish(ctx, -1, i ? frames : expected), 0);
        if (i)
            assert_memory_equal(expected, frames, REDBOX_BYTES);
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

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
 * The time of a clip is told before its networks run, is what the clip takes within a
 * factor of two, whatever else the machine does, grows with what is asked for as
 * the operations do, and is in the report.
 */

#include "run.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <pthread.h>
#include <time.h>

#include "files.h"
#include "io/json.h"
#include "util/image.h"
#include "util/thread.h"

/* Sanitizers see into our loops, not into oneDNN's: other kernels become slow. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/** What was logged: lines until the one of the time, and until the first step. */
typedef struct Order {
    int lines, told, stage, times;
    double total, part[4];
} Order;

static void keep(void *opaque, enum TTMLogLevel level, const char *message)
{
    Order *o = opaque;
    const char *parts = strstr(message, "stage 1 ");

    o->lines++;
    if (level == TTM_LOG_INFO && !strncmp(message, "time: about ", 12)) {
        o->told = o->lines;
        o->times++;
        assert_contains(message, "on cpu");
        assert_int_equal(sscanf(message, "time: about %lf s", &o->total), 1);
        assert_non_null(parts);
        assert_int_equal(sscanf(parts, "stage 1 %lf s, stage 2 %lf s, text and VAE %lf "
                                "s, pictures %lf s", o->part, o->part + 1, o->part + 2,
                                o->part + 3), 4);
    }
    if (!o->stage && !strncmp(message, "stage ", 6) && strstr(message, "step"))
        o->stage = o->lines;
}

/** The estimate of a clip with options (name, value, ..., NULL), by a given speed. */
static TTMEstimate estimate_with(const char *const *options, int masks, Order *order)
{
    static const TTMSpeed speed = { 1, 1e9, 1e9, 1e9, 1e9, 1e9, 1e-6, 1e-8 };
    Run *r = run_open(options);
    TTMEstimate e;

    memset(order, 0, sizeof(*order));
    r->ctx->log = (TTMLog){ keep, order };
    r->ctx->speed = speed;
    run_begin(r, masks);
    while (!order->told)
        assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    assert_memory_equal(&r->ctx->speed, &speed, sizeof(speed));
    e = r->ctx->clip.pace.estimate;
    run_close(r);
    return e;
}

static TTMEstimate estimate(const char *const *options, Order *order)
{
    return estimate_with(options, 1, order);
}

/* The device is measured once a context, and the line comes before any step. */
static void test_told(void **state)
{
    Run *r = run_open(NULL);
    Order order = { 0 };
    TTMSpeed speed;
    double sum = 0;

    (void)state;
    r->ctx->log = (TTMLog){ keep, &order };
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(order.times, 1);
    assert_true(order.stage > order.told);
    for (int i = 0; i < 4; i++) {
        assert_true(order.part[i] > 0);
        sum += order.part[i];
    }
    assert_true(order.total > 0.9 * sum && order.total < 1.1 * sum);
    speed = r->ctx->speed;
    assert_true(speed.linear > 0 && speed.conv > 0 && speed.attention > 0);
    assert_true(speed.norm > 0 && speed.bytes > 0 && speed.node > 0);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(order.times, 2);
    assert_memory_equal(&speed, &r->ctx->speed, sizeof(speed));
    run_close(r);
}

typedef struct Stopper {
    TTMContext *ctx;
    Order order;
    int asked;
} Stopper;

static void keep_and_stop(void *opaque, enum TTMLogLevel level, const char *message)
{
    Stopper *s = opaque;

    keep(&s->order, level, message);
    if (!strncmp(message, "memory: ", 8) && !s->asked++)
        ttm_cancel(s->ctx);
}

/* A clip that is cancelled while the device is measured leaves that to the next one. */
static void test_cancelled(void **state)
{
    Run *r = run_open(NULL);
    Stopper s = { .ctx = r->ctx };

    (void)state;
    r->ctx->log = (TTMLog){ keep_and_stop, &s };
    run_begin(r, 1);
    assert_int_equal(run_finish(r), TTM_ERR_CANCELLED);
    assert_int_equal(s.order.times, 0);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(s.order.times, 1);
    assert_true(r->ctx->speed.known);
    run_close(r);
}

static void test_grows(void **state)
{
    Order o;
    const TTMEstimate one = estimate((const char *[]){ "steps", "3", NULL }, &o);
    const TTMEstimate steps = estimate((const char *[]){ "steps", "9", NULL }, &o);
    const TTMEstimate frames = estimate((const char *[]){ "steps", "3", "frames", "8",
                                                          NULL }, &o);
    const TTMEstimate size = estimate((const char *[]){ "steps", "3", "generation_size",
                                                        "144x96", NULL }, &o);
    const TTMEstimate plan = estimate((const char *[]){ "steps", "3", "mode", "plan",
                                                        NULL }, &o);
    const TTMEstimate large = estimate((const char *[]){ "steps", "3", "size", "720x480",
                                                         NULL }, &o);

    (void)state;
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        const double taken = ttm_estimate_stage(&one, i);

        assert_true(one.operations[i] > 0);
        assert_true(steps.operations[i] > 2.5 * one.operations[i]);
        assert_true(steps.operations[i] <= 3 * one.operations[i]);
        assert_true(ttm_estimate_stage(&steps, i) > 2 * taken);
        assert_true(ttm_estimate_stage(&steps, i) < 3 * taken);
        assert_true(frames.operations[i] > 1.5 * one.operations[i]);
        assert_true(ttm_estimate_stage(&frames, i) > 1.3 * taken);
        assert_true(ttm_estimate_stage(&large, i) == taken);
    }
    assert_true(size.operations[1] > 2 * one.operations[1]);
    assert_true(ttm_estimate_stage(&size, 1) > 2 * ttm_estimate_stage(&one, 1));
    assert_true(ttm_estimate_codec(&size) > ttm_estimate_codec(&one));
    assert_true(ttm_estimate_codec(&frames) > ttm_estimate_codec(&one));
    assert_true(ttm_estimate_codec(&steps) == ttm_estimate_codec(&one));
    assert_true(frames.seconds[TTM_TASK_FRAMES] > one.seconds[TTM_TASK_FRAMES]);
    assert_true(large.seconds[TTM_TASK_FRAMES] > 50 * one.seconds[TTM_TASK_FRAMES]);
    assert_true(large.seconds[TTM_TASK_BACKGROUND] > one.seconds[TTM_TASK_BACKGROUND]);
    assert_true(ttm_estimate_stage(&plan, 0) == ttm_estimate_stage(&one, 0));
    assert_true(ttm_estimate_stage(&plan, 1) == 0);
    assert_true(ttm_estimate_codec(&plan) < ttm_estimate_codec(&one));
    assert_true(plan.seconds[TTM_TASK_BACKGROUND] == 0);
    assert_true(plan.total < one.total && steps.total > one.total);
}

/* Looking for the objects is told with the pictures: one question for a box, two for words. */
static void test_segmenter(void **state)
{
    static const char box[] = "{\"objects\":[{\"name\":\"it\",\"box\":[10,10,24,28]}]}";
    static const char at[] = "{\"objects\":[{\"name\":\"it\",\"point\":[20,20]}]}";
    static const char folder[] = "tests/ref/nets/segmenter/segmenter";
    Order o;
    const TTMEstimate none = estimate_with((const char *[]){ "objects", box, NULL }, 0, &o);
    const TTMEstimate boxed = estimate_with((const char *[]){ "objects", box, "segmenter",
                                                              folder, NULL }, 0, &o);
    const TTMEstimate point = estimate_with((const char *[]){ "objects", at, "segmenter",
                                                              folder, NULL }, 0, &o);
    const double one = boxed.seconds[TTM_TASK_OBJECTS] - none.seconds[TTM_TASK_OBJECTS];
    const double two = point.seconds[TTM_TASK_OBJECTS] - none.seconds[TTM_TASK_OBJECTS];

    (void)state;
    assert_true(one > 0);
    assert_true(two > 1.4 * one && two < 1.6 * one);    /* the still once in both */
}

/* Several threads share the networks' work, as far as there are cores. */
static void test_threads(void **state)
{
    Order o;
    const TTMEstimate one = estimate(NULL, &o);
    const TTMEstimate two = estimate((const char *[]){ "threads", "2", NULL }, &o);
    const double taken = ttm_estimate_stage(&one, 1);

    (void)state;
    if (ttm_cpu_count() > 1)
        assert_true(ttm_estimate_stage(&two, 1) < 0.7 * taken &&
                    ttm_estimate_stage(&two, 1) > 0.5 * taken);
    else
        assert_true(ttm_estimate_stage(&two, 1) == taken);
}

static double process_seconds(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/**
 * How many times the estimate of a clip of the shipped bundle is what the processor
 * took for it, or the other way round, the larger.
 */
static double miss(const char *const *options)
{
    Run *r = run_open(options);
    TTMImage frame = { .data = NULL };
    double begin = process_seconds(), measuring, taken, told;
    TTMSpeed speed;
    int width, height;

    run_begin(r, 1);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    taken = process_seconds() - begin;
    /* what measuring took is not the clip's */
    begin = process_seconds();
    assert_int_equal(ttm_speed_measure(&speed, r->ctx->backend, SIZE_MAX), 0);
    measuring = process_seconds() - begin;
    begin = process_seconds();
    while (ttm_step(r->ctx, NULL) == TTM_MORE)
        ;
    ttm_output_size(r->ctx, W, H, &width, &height);
    assert_int_equal(ttm_image_alloc(&frame, TTM_PIXEL_RGB8, width, height), 0);
    for (int t = 0; t < ttm_frame_count(r->ctx); t++)
        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    taken += process_seconds() - begin - measuring;
    told = r->ctx->clip.pace.estimate.total;
    assert_true(r->ctx->clip.pace.estimate.known);
    free(frame.data);
    run_close(r);
    print_message("%.2f s told, %.2f taken\n", told, taken);
    return fmax(told / taken, taken / told);
}

static atomic_int over;

static void *burn(void *opaque)
{
    volatile double *sum = opaque;

    while (!atomic_load(&over))
        *sum = sqrt(*sum + 1);
    return NULL;
}

/* Other processes on the cores do not make the device slower. */
static void test_busy(void **state)
{
    double sums[4] = { 0 };
    pthread_t threads[4];
    Run *r = run_open((const char *[]){ "threads", "2", NULL });
    TTMSpeed idle, busy;

    (void)state;
    atomic_store(&over, 0);
    assert_int_equal(ttm_speed_measure(&idle, r->ctx->backend, SIZE_MAX), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, burn, &sums[i]), 0);
    assert_int_equal(ttm_speed_measure(&busy, r->ctx->backend, SIZE_MAX), 0);
    atomic_store(&over, 1);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_true(busy.known && idle.known);
    assert_true(busy.linear > idle.linear / 2 && busy.conv > idle.conv / 2);
    assert_true(busy.attention > idle.attention / 2 && busy.bytes > idle.bytes / 2);
    assert_true(busy.pixel < 2 * idle.pixel && busy.node < 2 * idle.node);
    run_close(r);
}

/* A GPU tells by its timestamps; the speed of one in software is not known. */
static void test_vulkan(void **state)
{
    const TTMBackendRequest request = { .device = "vulkan:0", .precision = TTM_DTYPE_F32 };
    const TTMLog silent = { NULL, NULL };
    TTMSpeed speed = { 0 };
    TTMBackend *backend;

    (void)state;
    if (ttm_backend_open(&backend, &silent, &request) < 0)
        skip();
    assert_int_equal(ttm_speed_measure(&speed, backend, SIZE_MAX), 0);
    assert_true(speed.linear > 0 && speed.pixel > 0);
    assert_int_equal(speed.known, !backend->is_software);
    backend->is_software = 0;
    assert_int_equal(ttm_speed_measure(&speed, backend, SIZE_MAX), 0);
    if (speed.known) {
        assert_true(isfinite(speed.linear) && speed.linear > 1e6);
        assert_true(isfinite(speed.conv) && speed.conv > 1e6);
        assert_true(isfinite(speed.bytes) && speed.bytes > 1e5);
        assert_true(speed.node > 0 && speed.node < 0.1);
    }
    assert_null(backend->profile);
    ttm_backend_close(&backend);
}

/* Within a factor of two, on one thread. */
static void test_true(void **state)
{
#define SHIPPED "model", "models/ttm-small", "frames", "8"
    static const char *const clips[][12] = {
        { SHIPPED },
        { SHIPPED, "steps", "12" },
        { SHIPPED, "generation_size", "256x256" },
        { SHIPPED, "generation_size", "64x64" },
        { SHIPPED, "size", "1600x1200" },
        { SHIPPED, "size", "1600x1200", "mode", "plan" },
        { SHIPPED, "size", "1600x1200", "mode", "objects" },
    };

    (void)state;
    if (SANITIZED)
        skip();
    for (size_t i = 0; i < sizeof(clips) / sizeof(clips[0]); i++) {
        double least = miss(clips[i]);

        /* Whoever shares a core's caches makes both slower, not always alike. */
        for (int again = 0; again < 2 && least > 2; again++)
            least = fmin(least, miss(clips[i]));
        assert_true(least <= 2);
    }
}

/* As far as a number in JSON has digits. */
static void assert_same(double a, double b)
{
    assert_true(a > 0.999999 * b && a < 1.000001 * b);
}

static void test_in_report(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "report", path, NULL });
    const TTMEstimate *e = &r->ctx->clip.pace.estimate;
    TTMJson *json = NULL;
    const TTMJson *item;

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_json_load(&json, NULL, path), 0);
    item = ttm_json_get(json, "estimated_seconds");
    assert_non_null(item);
    assert_true(e->total > 0);
    assert_same(ttm_json_number(ttm_json_get(item, "all"), -1), e->total);
    assert_same(ttm_json_number(ttm_json_get(item, "stage 1/2"), -1), ttm_estimate_stage(e, 0));
    assert_same(ttm_json_number(ttm_json_get(item, "stage 2/2"), -1), ttm_estimate_stage(e, 1));
    assert_same(ttm_json_number(ttm_json_get(item, "text and VAE"), -1), ttm_estimate_codec(e));
    assert_same(ttm_json_number(ttm_json_get(item, "pictures"), -1),
                ttm_estimate_pictures(e));
    ttm_json_free(&json);
    run_close(r);
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_segmenter),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_vulkan),
        cmocka_unit_test(test_true),
        cmocka_unit_test(test_in_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

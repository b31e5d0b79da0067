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
 * What a host's callback sees: the processor time between two looks at it, which is
 * how long a wish waits at most, whenever it comes.
 */
typedef struct Looks {
    double last, most;
    const char *where, *worst;  ///< phase under way, and that of the longest wait
} Looks;

static int look(void *opaque)
{
    Looks *looks = opaque;
    const double now = seconds(CLOCK_PROCESS_CPUTIME_ID);

    if (now - looks->last > looks->most) {
        looks->most  = now - looks->last;
        looks->worst = looks->where;
    }
    looks->last = now;
    return 0;
}

/* The largest part of a clip that is done without a look, in processor seconds. */
#define MOST_WAIT 0.4

#define LARGE 3000
#define SHORT 2                 /* frames */

/* A clip of a still of LARGE x LARGE with the settings of a row. */
typedef struct Row {
    const char *mode, *refine, *generation_size;
    int masks;                  ///< or the finder
    const char *segmenter;      ///< NULL: the bundle's
} Row;

static const Row rows[] = {
    { "full",   "auto",  "640x480", 1 },
    { "plan",   "similarity", "64x64", 0 },
    { "render", "shape", "128x128", 1 },
    { "objects", "auto", "64x64", 0, "none" },
    { "objects", "auto", "64x64", 0, "tests/ref/nets/segmenter/segmenter" },
};

/* A textured ground, and an ellipse on it, in frame @p t; or its mask. */
static uint8_t *draw(int t, int mask)
{
    uint8_t *pixels = malloc(3 * (size_t)LARGE * LARGE);
    uint32_t random = 1;

    assert_non_null(pixels);
    for (int y = 0; y < LARGE; y++)
        for (int x = 0; x < LARGE; x++) {
            const double dx = ((double)x / LARGE - 0.4 - 0.02 * t) / 0.14;
            const double dy = ((double)y / LARGE - 0.5) / (0.2 - 0.01 * t);
            const int in = dx * dx + dy * dy < 1;
            uint8_t *p = pixels + 3 * ((size_t)y * LARGE + (size_t)x), noise;

            random = random * 1664525 + 1013904223;
            noise  = (uint8_t)((random >> 24) % 24 + (x / 90 + y / 110) % 2 * 20);
            p[0] = mask ? (in ? 255 : 0) : (uint8_t)(in ? 200 + noise / 2 : 60 + noise);
            p[1] = mask ? 0 : (uint8_t)(in ? 30 : 100 + noise);
            p[2] = mask ? 0 : (uint8_t)(in ? 30 : 80 + noise);
        }
    return pixels;
}

static TTMContext *open_row(const Row *row, Looks *looks)
{
    const char *const pairs[][2] = {
        { "model", "models/ttm-small" }, { "device", "cpu" }, { "threads", "1" },
        { "steps", "1" }, { "seed", "3" }, { "prompt", "the red ball moves right" },
        { "mode", row->mode }, { "refine", row->refine }, { "frames", "2" },
        { "generation_size", row->generation_size },
        { "segmenter", row->segmenter ? row->segmenter : "" },
    };
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;

    memset(&messages, 0, sizeof(messages));
    assert_non_null(settings);
    ttm_settings_set_log(settings, test_log_callback, &messages);
    ttm_settings_set_interrupt(settings, look, looks);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_int_equal(ttm_settings_set(settings, pairs[i][0], pairs[i][1]), 0);
    assert_int_equal(ttm_open(&ctx, settings), 0);
    ttm_settings_free(&settings);
    return ctx;
}

static void give_large(TTMContext *ctx, const Row *row, uint8_t *const *pictures)
{
    TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, LARGE, LARGE, 3 * LARGE,
                       pictures[0] };

    assert_int_equal(ttm_set_image(ctx, &image), 0);
    for (int t = 0; t < (strcmp(row->mode, "render") ? 0 : SHORT); t++) {
        image.data = pictures[1 + t];
        assert_int_equal(ttm_add_trajectory_frame(ctx, &image), 0);
    }
    image.data = pictures[1];
    if (row->masks)
        assert_int_equal(ttm_set_masks(ctx, &image), 0);
}

/* A unit of work, or the frames that are there; where, and when it began. */
typedef struct Unit {
    const char *phase;
    double seconds;             ///< of the processor
} Unit;

#define MOST_UNITS 64

/*
 * Work until unit @p stop, before which @p canceller, if any, is started; what was
 * done in @p units. Returns what the last call did.
 */
static int work(TTMContext *ctx, Looks *looks, Unit *units, int *nb, int stop,
                Canceller *canceller)
{
    uint8_t *pixels = malloc(3 * (size_t)LARGE * LARGE);
    TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, LARGE, LARGE, 3 * LARGE, pixels };
    TTMProgress progress = { sizeof(progress) };
    int ret = TTM_MORE, got = 0;
    pthread_t thread;

    assert_non_null(pixels);
    for (*nb = 0; ret == TTM_MORE; ++*nb) {
        const int is_frame = got < ttm_frames_ready(ctx);
        const double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);

        assert_true(*nb < MOST_UNITS);
        looks->last  = begin;
        looks->where = is_frame ? "frame" : *nb ? units[*nb - 1].phase : "objects";
        if (*nb == stop)
            assert_int_equal(pthread_create(&thread, NULL, cancel_later, canceller), 0);
        if (is_frame) {
            ret = ttm_get_frame(ctx, got++, &frame);
            ret = ret < 0 ? ret : TTM_MORE;
        } else {
            ret = ttm_step(ctx, &progress);
        }
        look(looks);
        units[*nb] = (Unit){ is_frame ? "frame" : progress.phase,
                             seconds(CLOCK_PROCESS_CPUTIME_ID) - begin };
    }
    if (stop >= 0 && stop < *nb) {
        pthread_join(thread, NULL);
        canceller->processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - canceller->processor;
    }
    free(pixels);
    return ret;
}

/* Whether unit @p i is the first of its phase. */
static int is_first(const Unit *units, int i)
{
    for (int k = 0; k < i; k++)
        if (!strcmp(units[k].phase, units[i].phase))
            return 0;
    return 1;
}

/*
 * Every phase of clips of a large still, and the fetching of its frames: it looks often,
 * and what another thread wishes in the middle of it comes true soon. With TTM_SAMPLE
 * the wishes come in the clip of one row, drawn by TTM_SEED.
 */
static void test_phases(void **state)
{
    const size_t nb_rows = sizeof(rows) / sizeof(rows[0]);
    const int drawn = test_draw("clips whose phases have wishes", (int)nb_rows);
    uint8_t *pictures[1 + SHORT] = { draw(0, 0), draw(0, 1), draw(1, 1) };
    double most = 0;

    (void)state;
    for (size_t r = 0; r < nb_rows; r++) {
        Looks looks = { 0 };
        TTMContext *ctx = open_row(&rows[r], &looks);
        Unit units[MOST_UNITS], again[MOST_UNITS];
        int nb, done;

        give_large(ctx, &rows[r], pictures);
        looks.most = 0;
        assert_int_equal(work(ctx, &looks, units, &nb, -1, NULL), 0);
        print_message("%s, generation_size %s: looks at most %.0f ms apart, in '%s'\n",
                      rows[r].mode, rows[r].generation_size, looks.most * 1e3,
                      looks.worst);
        assert_true(looks.most < MOST_WAIT);
        for (int i = 0; i < nb; i++) {
            Canceller c = { .ctx = ctx, .after = units[i].seconds / 2 };

            if (drawn >= 0 && (int)r != drawn)
                break;

            /* what is over in no time cannot be met in the middle */
            if (!is_first(units, i) || units[i].seconds < 0.02)
                continue;
            give_large(ctx, &rows[r], pictures);
            if (work(ctx, &looks, again, &done, i, &c) == TTM_ERR_CANCELLED)
                most = c.processor > most ? c.processor : most;
        }
        ttm_close(&ctx);
    }
    print_message("%.0f ms of processor time from the wish on\n", most * 1e3);
    assert_true(most > 0 && most < 1);
    for (int i = 0; i < 1 + SHORT; i++)
        free(pictures[i]);
}

/* The same where one operation of a network is many seconds of work. */
static void test_networks(void **state)
{
    static const char *const sizes[] = { "640x480", "1600x1600" };
    double most = 0;

    (void)state;
    for (int s = 0; s < 2; s++) {
        TTMContext *ctx = open_context("models/ttm-small", sizes[s], NULL, NULL);

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
        ttm_close(&ctx);
    }
    print_message("%.0f ms of processor time\n", most * 1e3);
    assert_true(most < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_networks),
    };

    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}

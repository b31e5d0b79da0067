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
 * Weight files that others shorten, write or remove while a bundle is open: an error
 * that names the file, or the clip as it would have been, at seeded moments of which
 * TTM_MOMENTS says how many.
 */

#include "redbox.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "util/file.h"
#include "util/hash.h"

enum Harm { HARM_SHORTEN, HARM_EMPTY, HARM_WRITE, HARM_REMOVE, HARM_NB };

static const char *const files[] = {
    "text_encoder/model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
    "image_to_motion/diffusion_pytorch_model.safetensors",
    "motion_to_video/diffusion_pytorch_model.safetensors",
};

/** What happens to a file, and when. */
typedef struct Moment {
    const char *bundle, *name;
    enum Harm harm;
    long calls;                 ///< of the callback until then; negative: never
    double after;               ///< seconds, of the second thread
    double share;               ///< what is left of a file that is shortened
} Moment;

static TestLog messages;

static char *path_of(const Moment *m)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s", m->bundle, m->name);
    return path;
}

static void do_harm(const Moment *m)
{
    const char *path = path_of(m);
    struct stat info;
    int fd;

    if (m->harm == HARM_REMOVE) {
        unlink(path);
        return;
    }
    fd = open(path, O_RDWR | (m->harm == HARM_EMPTY ? O_TRUNC : 0));
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    if (m->harm == HARM_SHORTEN) {
        assert_int_equal(ftruncate(fd, (off_t)(m->share * (double)info.st_size)), 0);
    } else if (m->harm == HARM_WRITE) {
        char noise[512];

        memset(noise, 0x5a, sizeof(noise));
        for (off_t at = info.st_size / 3; at < info.st_size; at += sizeof(noise)) {
            const size_t left = (size_t)(info.st_size - at);
            const size_t size = left < sizeof(noise) ? left : sizeof(noise);

            assert_true(pwrite(fd, noise, size, at) == (ssize_t)size);
        }
    }
    close(fd);
}

/** The interrupt callback: never interrupts, but counts. */
static int count(void *opaque)
{
    Moment *m = opaque;

    if (m->calls-- == 0)
        do_harm(m);
    return 0;
}

static void *harm_later(void *opaque)
{
    const Moment *m = opaque;
    struct timespec wait = { (time_t)m->after, (long)(1e9 * fmod(m->after, 1)) };

    nanosleep(&wait, NULL);
    do_harm(m);
    return NULL;
}

/** One clip; with @p memory networks follow each other and are read twice. */
static int make_clip(Moment *m, const char *memory, uint8_t *frames)
{
    TTMSettings *s;
    TTMContext *ctx;
    int ret;

    memset(&messages, 0, sizeof(messages));
    s = redbox_settings((const char *[]){ "model", m->bundle, "device", "cpu:plain",
                                          "precision", "f32", "memory", memory,
                                          "threads", "1", NULL }, &messages);
    ttm_settings_set_interrupt(s, count, m);
    ret = ttm_open(&ctx, s);
    ttm_settings_free(&s);
    if (ret >= 0)
        ret = redbox_begin(ctx);
    if (ret >= 0)
        ret = redbox_finish(ctx, -1, frames);
    ttm_close(&ctx);
    return ret;
}

/** The file as it was, written long ago. */
static void restore(const Moment *m)
{
    const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    char from[512];
    uint8_t *data;
    size_t size;

    snprintf(from, sizeof(from), "tests/ref/bundle/%s", m->name);
    data = test_read(from, &size);
    test_write(m->bundle, m->name, data, size);
    free(data);
    assert_int_equal(utimensat(AT_FDCWD, path_of(m), times, 0), 0);
}

static void test_moments(void **state)
{
    const char *asked = getenv("TTM_MOMENTS");
    const int moments = asked ? atoi(asked) : 24;
    uint8_t *expected = malloc(REDBOX_BYTES), *frames = malloc(REDBOX_BYTES);
    char *bundle = test_copy_bundle("tests/ref/bundle");
    unsigned random = asked ? (unsigned)time(NULL) : 19;
    struct timespec begin, end;
    long calls[2];
    double whole;
    int errors = 0, complete = 0;

    (void)state;
    print_message("shrink: seed %u\n", random);
    for (int i = 0; i < 4; i++)
        restore(&(Moment){ .bundle = bundle, .name = files[i] });
    for (int i = 0; i < 2; i++) {
        Moment never = { .bundle = bundle, .calls = -1 };

        clock_gettime(CLOCK_MONOTONIC, &begin);
        assert_int_equal(make_clip(&never, i ? "2M" : "auto", i ? frames : expected),
                         0);
        clock_gettime(CLOCK_MONOTONIC, &end);
        calls[i] = -1 - never.calls;
    }
    assert_memory_equal(expected, frames, REDBOX_BYTES);
    whole = (double)(end.tv_sec - begin.tv_sec) +
            1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    for (int i = 0; i < moments; i++) {
        Moment m = { .bundle = bundle, .name = files[redbox_random(&random, 4)],
                     .harm = (enum Harm)(i % HARM_NB), .calls = -1 };
        const int memory = i / HARM_NB % 2, threaded = redbox_random(&random, 4) == 0;
        pthread_t thread;
        char name[128];
        int ret;

        m.share = redbox_random(&random, 1000) * 1e-3;
        if (threaded)
            m.after = whole * redbox_random(&random, 1000) * 1e-3;
        else
            m.calls = redbox_random(&random, (unsigned)calls[memory]);
        if (threaded)
            assert_int_equal(pthread_create(&thread, NULL, harm_later, &m), 0);
        memset(frames, 0, REDBOX_BYTES);
        ret = make_clip(&m, memory ? "2M" : "auto", frames);
        if (threaded)
            pthread_join(thread, NULL);
        restore(&m);
        if (ret >= 0) {
            complete++;
            assert_memory_equal(expected, frames, REDBOX_BYTES);
            continue;
        }
        errors++;
        /* where the file is gone or short before it is opened: what it always is */
        assert_true(ret == TTM_ERR_FILE || (threaded && ret == TTM_ERR_FORMAT));
        if (!threaded)
            assert_contains(messages.error, m.harm == HARM_WRITE ?
                            "was written while it was in use" :
                            "while it was in use");
        if (m.harm == HARM_REMOVE)      /* its folder has no weights, by whatever name */
            *strrchr(strcpy(name, m.name), '/') = 0;
        assert_contains(messages.error, m.harm == HARM_REMOVE ? name : m.name);
        assert_true(m.harm != HARM_REMOVE || threaded);
    }
    print_message("shrink: %d moments: %d errors that name the file, %d clips as "
                  "ever\n", moments, errors, complete);
    assert_true(errors > 0 && complete > 0);
    test_remove_folder(bundle);
    free(expected);
    free(frames);
}

/** Reading itself: what changed is told apart, what was renamed over is not changed. */
static void test_reading(void **state)
{
    const TTMLog log = { test_log_callback, &messages };
    char *folder = test_make_folder(), text[4];
    const char *path = test_write_text(folder, "a", "0123456789");
    char from[4096], to[4096];
    uint64_t hash = 0;
    TTMFile file;

    (void)state;
    snprintf(from, sizeof(from), "%s/b", folder);
    snprintf(to, sizeof(to), "%s", path);
    assert_int_equal(ttm_file_open(&file, &log, to), 0);
    assert_int_equal(file.size, 10);
    assert_int_equal(ttm_file_read(&file, &log, 6, text, 4), 0);
    assert_memory_equal(text, "6789", 4);
    assert_int_equal(ttm_file_read(&file, &log, 8, text, 4), TTM_ERR_FILE);
    assert_contains(messages.error, "/a: ends 2 bytes too early");
    test_write_text(folder, "b", "another");
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(ttm_file_read(&file, &log, 0, text, 4), 0);
    assert_memory_equal(text, "0123", 4);
    assert_int_equal(ttm_file_hash(&file, &log, NULL, &hash), 0);
    assert_true(hash == ttm_hash64("0123456789", 10, 0));
    ttm_file_close(&file);
    assert_int_equal(ttm_file_open(&file, &log, to), 0);
    assert_int_equal(truncate(to, 5), 0);
    assert_int_equal(ttm_file_read(&file, &log, 0, text, 4), TTM_ERR_FILE);
    assert_contains(messages.error, "/a: changed from 7 to 5 bytes while it was in use");
    assert_int_equal(ttm_file_hash(&file, &log, NULL, &hash), TTM_ERR_FILE);
    ttm_file_close(&file);
    ttm_file_close(&file);
    assert_int_equal(ttm_file_open(&file, &log, folder), TTM_ERR_FILE);
    assert_contains(messages.error, "not a regular file");
    assert_int_equal(ttm_file_open(&file, &log, from), TTM_ERR_FILE);
    assert_contains(messages.error, "/b: No such file");
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_moments),
    };

    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}

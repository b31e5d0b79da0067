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
 * A large still: the memory that is told is what the process takes, and no more than a
 * few pictures. Each clip is made in a process of its own, as memory that was freed may
 * stay with one.
 */

#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clip/context.h"

#define LARGE_W 2816
#define LARGE_H 1584
#define MIB     1048576.0

static double told;

static void keep(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    (void)level;
    sscanf(message, "memory: %lf MiB", &told);
}

/** MiB of a line of /proc/self/status; -1: there is none. */
static double status(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    double kibibytes = -1;

    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, name, strlen(name)))
            sscanf(line + strlen(name), ": %lf", &kibibytes);
    if (file)
        fclose(file);
    return kibibytes < 0 ? -1 : kibibytes / 1024;
}

/* Whether the system tells, and tells of our memory: sanitizers have more. */
static int is_told(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;
#else
    return status("VmHWM") > 0;
#endif
}

static void draw(uint8_t *pixels)
{
    uint32_t noise = 1;

    for (int y = 0; y < LARGE_H; y++)
        for (int x = 0; x < LARGE_W; x++) {
            const int inside = x >= LARGE_W / 4 && x < LARGE_W / 2 &&
                               y >= LARGE_H / 3 && y < LARGE_H * 2 / 3;
            uint8_t *p = pixels + 3 * ((size_t)y * LARGE_W + (size_t)x);

            noise = noise * 1664525 + 1013904223;
            p[0]  = inside ? 250 : (uint8_t)(40 + (noise >> 28));
            p[1]  = inside ? 30 : (uint8_t)(60 + y / 16);
            p[2]  = inside ? 30 : 200;
        }
}

/** What a clip told and took, in MiB. */
typedef struct Taken {
    double told, taken;
} Taken;

/* Make a clip of a few frames in this process. */
static Taken make_clip(const char *size, const char *mode)
{
    TTMImage still = { sizeof(TTMImage), TTM_PIXEL_RGB8, LARGE_W, LARGE_H, 3 * LARGE_W,
                       malloc((size_t)3 * LARGE_W * LARGE_H), { 0, 0 } };
    TTMImage frame = still;
    TTMSettings settings;
    TTMContext *ctx;
    double before;

    ttm_settings_default(&settings);
    settings.log = keep;
    ttm_settings_set(&settings, "model", "tests/ref/bundle");
    ttm_settings_set(&settings, "prompt", "the red square moves right");
    ttm_settings_set(&settings, "device", "cpu");
    ttm_settings_set(&settings, "threads", "1");
    ttm_settings_set(&settings, "mode", mode);
    ttm_settings_set(&settings, "steps", "1");
    ttm_settings_set(&settings, "seed", "7");
    ttm_settings_set(&settings, "size", size);
    if (!still.data || ttm_open(&ctx, &settings) < 0)
        exit(1);
    draw(still.data);
    ttm_output_size(ctx, LARGE_W, LARGE_H, &frame.width, &frame.height);
    frame.stride = 3 * frame.width;
    frame.data   = malloc((size_t)3 * (size_t)frame.width * (size_t)frame.height);
    if (!frame.data)
        exit(1);
    memset(frame.data, 1, (size_t)3 * (size_t)frame.width * (size_t)frame.height);
    before = status("VmRSS") - status("RssFile");
    if (ttm_set_image(ctx, &still) < 0)
        exit(1);
    while (ttm_step(ctx, NULL) == TTM_MORE)
        ;
    for (int t = 0; t < 2 && t < ttm_frame_count(ctx); t++)
        if (ttm_get_frame(ctx, t, &frame) < 0)
            exit(1);
    /* without pages of code, of which processors have more and less */
    return (Taken){ told, status("VmHWM") - status("RssFile") - before };
}

/** The same in another process. */
static Taken measure(const char *size, const char *mode)
{
    Taken result = { 0, 0 };
    int ends[2], state;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        result = make_clip(size, mode);
        _exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &result, sizeof(result)), sizeof(result));
    close(ends[0]);
    assert_int_equal(waitpid(child, &state, 0), child);
    assert_int_equal(state, 0);
    print_message("%s of %s: %.0f MiB told, %.0f taken\n", mode, size, result.told,
                  result.taken);
    return result;
}

#define PICTURE (3.0 * LARGE_W * LARGE_H / MIB)

static void check(const char *size, const char *mode, double pictures)
{
    const Taken t = measure(size, mode);

    /* small blocks are not told */
    assert_true(t.told > 0.85 * t.taken - 8);
    assert_true(t.told < 1.15 * t.taken);
    assert_true(t.taken < pictures * PICTURE);
}

static void test_full(void **state)
{
    (void)state;
    if (!is_told())
        skip();
    check("2816x1584", "full", 9);
}

static void test_smaller(void **state)
{
    (void)state;
    if (!is_told())
        skip();
    check("1408x792", "full", 8);
}

static void test_plan(void **state)
{
    (void)state;
    if (!is_told())
        skip();
    check("2816x1584", "plan", 3);
}

/* As large as the still, and in another size. */
static void test_objects(void **state)
{
    (void)state;
    if (!is_told())
        skip();
    check("2816x1584", "objects", 3);
    check("1408x792", "objects", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_smaller),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

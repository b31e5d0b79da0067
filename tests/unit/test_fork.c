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
 * Contexts after fork(): in the child one of the parent's is refused by every function,
 * at once, and the child's own ones work; the parent goes on.
 */

#include "redbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

static TestLog messages;

static TTMContext *open_context(const char *device, const char *threads,
                                const char *report)
{
    return redbox_open((const char *[]){ "device", device, "threads", threads, "report",
                                         report, NULL }, &messages);
}

/** Number of the first function that takes the parent's context, 0: none does. */
static int use_parents(TTMContext *ctx)
{
    uint8_t pixels[REDBOX_FRAME] = { 0 };
    TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, REDBOX_W, REDBOX_H, 3 * REDBOX_W,
                       pixels };
    TTMProgress progress = { sizeof(progress), 0 };
    int width, height;
    const int codes[] = {
        ttm_set_option(ctx, "seed", "4"), ttm_set_image(ctx, &image),
        ttm_set_masks(ctx, &image), ttm_add_trajectory_frame(ctx, &image),
        ttm_step(ctx, &progress), ttm_frame_count(ctx), ttm_frames_ready(ctx),
        ttm_output_size(ctx, REDBOX_W, REDBOX_H, &width, &height),
        ttm_get_frame(ctx, 0, &image),
    };
    const int nb = (int)(sizeof(codes) / sizeof(*codes));

    for (int i = 0; i < nb; i++)
        if (codes[i] != TTM_ERR_STATE)
            return i + 1;
    if (!strstr(messages.error, "before fork()"))
        return nb + 1;
    if (ttm_metadata(ctx, "seed") || ttm_frame_rate(ctx).den)
        return nb + 2;
    ttm_cancel(ctx);
    ttm_close(&ctx);
    return ctx ? nb + 3 : 0;
}

/** A context of the child's own, in a thread of its own; the result is not NULL. */
static void *use_own(void *opaque)
{
    TTMContext *ctx = open_context(opaque, "2", NULL);
    int ret = ctx ? redbox_begin(ctx) : -1;

    if (ret >= 0)
        ret = redbox_finish(ctx, -1, NULL);
    ttm_close(&ctx);
    return ret < 0 ? NULL : opaque;
}

/** Exit status of a child that runs @p ctx, or its own context where that is NULL. */
static int run_child(TTMContext *ctx, const char *device)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        pthread_t thread;
        void *done = NULL;

        alarm(60);
        if (ctx)
            _exit(use_parents(ctx));
        pthread_create(&thread, NULL, use_own, (void *)(uintptr_t)device);
        pthread_join(thread, &done);
        _exit(done ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/** With @p own the child opens a context of its own, too. */
static void check_device(const char *device, int own)
{
    char *folder = test_make_folder(), report[4096];
    TTMContext *ctx;

    snprintf(report, sizeof(report), "%s/report.json", folder);
    ctx = open_context(device, "2", report);
    if (!ctx) {
        print_message("%s\n", messages.error);
        test_remove_folder(folder);
        skip();
    }
    assert_int_equal(redbox_begin(ctx), 0);
    /* in the middle of a clip, all threads have worked */
    assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
    assert_int_equal(ttm_step(ctx, NULL), TTM_MORE);
    assert_int_equal(run_child(ctx, device), 0);
    assert_int_equal(access(report, F_OK), -1);     /* the child wrote none */
    assert_int_equal(redbox_finish(ctx, -1, NULL), 0);
    assert_int_equal(access(report, F_OK), 0);
    assert_int_equal(run_child(ctx, device), 0);
#if !defined(__SANITIZE_THREAD__)   /* it ends children that start threads */
    if (own)
        assert_int_equal(run_child(NULL, device), 0);
#else
    (void)own;
#endif
    ttm_close(&ctx);
    test_remove_folder(folder);
}

static void test_plain(void **state)
{
    (void)state;
    check_device("cpu:plain", 1);
}

static void test_onednn(void **state)
{
    (void)state;
    check_device("cpu", 1);
}

/* Whether a driver can be used again in a child is its own affair. */
static void test_vulkan(void **state)
{
    (void)state;
    check_device("vulkan:0", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_onednn),
        cmocka_unit_test(test_vulkan),
    };

    return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}

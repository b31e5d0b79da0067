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

/** @file The public functions: arguments, order of calls, bundle look-up. */

#include "unit.h"

#include <stdlib.h>

#include "clip/context.h"
#include "files.h"
#include "model/find.h"

#define BUNDLE "tests/ref/bundle"

static void test_texts(void **state)
{
    char version[32];

    (void)state;
    snprintf(version, sizeof(version), "%d.%d.%d", TTM_VERSION_MAJOR,
             TTM_VERSION_MINOR, TTM_VERSION_MICRO);
    assert_string_equal(ttm_version(), version);
    for (int code = TTM_ERR_INTERNAL; code <= TTM_MORE; code++) {
        assert_non_null(ttm_error_string(code));
        assert_string_not_equal(ttm_error_string(code), "unknown error");
        for (int other = TTM_ERR_INTERNAL; other < code; other++)
            assert_string_not_equal(ttm_error_string(code),
                                    ttm_error_string(other));
    }
    assert_string_equal(ttm_error_string(-99), "unknown error");
}

static TTMSettings *new_settings(TestLog *lines)
{
    TTMSettings *s = ttm_settings_alloc();

    assert_non_null(s);
    ttm_settings_set_log(s, test_log_callback, lines);
    assert_int_equal(ttm_settings_set(s, "model", BUNDLE), 0);
    assert_int_equal(ttm_settings_set(s, "device", "cpu"), 0);
    assert_int_equal(ttm_settings_set_int(s, "threads", 1), 0);
    return s;
}

static TTMContext *open_bundle(TestLog *lines)
{
    TTMSettings *s = new_settings(lines);
    TTMContext *ctx = NULL;

    assert_int_equal(ttm_settings_set(s, "prompt", "the red ball moves left"), 0);
    assert_int_equal(ttm_open(&ctx, s), 0);
    ttm_settings_free(&s);
    return ctx;
}

/* A report that cannot be written is found out before the clip is made. */
static void test_report_path(void **state)
{
    TestLog lines = { "", "" };
    TTMSettings *s = new_settings(&lines);
    TTMContext *ctx;

    (void)state;
    assert_int_equal(ttm_settings_set(s, "report", "/nonexistent/report.json"),
                     0);
    assert_int_equal(ttm_open(&ctx, s), TTM_ERR_FILE);
    ttm_settings_free(&s);
    assert_null(ctx);
    assert_contains(lines.error, "/nonexistent/report.json");
}

static void test_wrong_arguments(void **state)
{
    uint8_t pixels[3 * 8 * 8] = { 0 };
    TTMImage image = { .struct_size = sizeof(image), .width = 8, .height = 8,
                       .stride = 24, .data = pixels }, wrong = image;
    TestLog lines = { "", "" };
    TTMContext *ctx;
    int w, h;

    (void)state;
    ttm_close(NULL);
    ttm_cancel(NULL);
    assert_int_equal(ttm_open(NULL, NULL), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_open(&ctx, NULL), TTM_ERR_ARGUMENT);
    assert_null(ctx);
    assert_int_equal(ttm_step(NULL, NULL), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_set_image(NULL, &image), TTM_ERR_ARGUMENT);
    assert_null(ttm_metadata(NULL, "seed"));

    ctx = open_bundle(&lines);
    assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_STATE);
    assert_contains(lines.error, "still");
    assert_int_equal(ttm_set_masks(ctx, &image), TTM_ERR_STATE);
    assert_int_equal(ttm_set_image(ctx, NULL), TTM_ERR_ARGUMENT);
    wrong.stride = 23;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "8x8");
    assert_int_equal(ttm_get_frame(ctx, 0, &image), TTM_ERR_STATE);
    assert_int_equal(ttm_frame_count(ctx), 4);
    assert_int_equal(ttm_frame_rate(ctx).num, 8);
    assert_int_equal(ttm_frame_rate(ctx).den, 1);
    assert_int_equal(ttm_frame_rate(NULL).den, 0);
    assert_int_equal(ttm_output_size(ctx, 640, 427, &w, &h), 0);
    assert_true(w == 640 && h == 427);
    assert_int_equal(ttm_output_size(ctx, 0, 4, &w, &h), TTM_ERR_ARGUMENT);
    assert_string_equal(ttm_metadata(ctx, "model"), "tiny");
    assert_int_equal(strlen(ttm_metadata(ctx, "model_hash")), 16);
    assert_contains(ttm_metadata(ctx, "digital_source_type"),
                    "compositeWithTrainedAlgorithmicMedia");
    assert_null(ttm_metadata(ctx, "nothing"));
    assert_null(ttm_metadata(ctx, "seed"));

    assert_int_equal(ttm_set_option(ctx, "model", "x"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "model");
    assert_int_equal(ttm_set_option(ctx, "guidance", "-7"), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_set_option(ctx, "seed", "12"), 0);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    assert_string_equal(ttm_metadata(ctx, "seed"), "12");
    assert_int_equal(ttm_add_trajectory_frame(ctx, &image), TTM_ERR_STATE);
    assert_contains(lines.error, "render");
    assert_int_equal(ttm_set_masks(ctx, &image), 0);
    /* all black: one line, and the clip is over */
    assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "black");
    assert_int_equal(ttm_step(ctx, NULL), TTM_ERR_STATE);
    ttm_close(&ctx);
    assert_null(ctx);
}

/*
 * Structures of the caller's say how long they are: what a program of before knew,
 * or what a later one adds, is never taken for something else.
 */
static void test_structures(void **state)
{
    uint8_t pixels[3 * 8 * 8] = { 0 };
    struct {
        TTMImage image;
        char later[64];
    } longer = {
        { .struct_size = sizeof(longer), .width = 8, .height = 8, .stride = 24,
          .data = pixels }, { 1, 2, 3 }
    };
    struct {
        TTMProgress progress;
        char later[64];
    } p = { { .struct_size = sizeof(p) }, { 1, 2, 3 } };
    TTMVulkanImage v = { .struct_size = 8, .depth = 8 };
    TTMImage wrong = longer.image;
    TestLog lines = { "", "" };
    TTMContext *ctx = open_bundle(&lines);

    (void)state;
    wrong.struct_size = 0;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "struct_size");
    wrong.struct_size = sizeof(TTMImage) - 1;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_ARGUMENT);
    wrong = longer.image;
    wrong.format = 99;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_UNSUPPORTED);
    assert_contains(lines.error, "pixel format 99");
    wrong.format = -1;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_UNSUPPORTED);
    wrong.format = TTM_PIXEL_VULKAN;
    wrong.data   = &v;
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "TTMVulkanImage");
    wrong = longer.image;
    wrong.sample_aspect_ratio = (TTMRational){ 4, -3 };
    assert_int_equal(ttm_set_image(ctx, &wrong), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "4:-3");

    longer.image.sample_aspect_ratio = (TTMRational){ 64, 45 };
    assert_int_equal(ttm_set_image(ctx, &longer.image), 0);
    assert_int_equal(ctx->clip.given.still.sample_aspect_ratio.num, 64);
    assert_int_equal(ctx->clip.given.still.sample_aspect_ratio.den, 45);
    p.progress.struct_size = sizeof(TTMProgress) - 8;
    assert_int_equal(ttm_step(ctx, &p.progress), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "TTMProgress");
    p.progress.struct_size = sizeof(p);
    assert_int_equal(ttm_step(ctx, &p.progress), TTM_MORE);
    assert_int_equal(p.progress.struct_size, sizeof(p));
    assert_non_null(p.progress.phase);
    assert_int_equal(p.later[2], 3);
    ttm_close(&ctx);
}

static int try_open(const char *name, const char *value, TestLog *lines)
{
    TTMSettings *s = new_settings(lines);
    TTMContext *ctx = NULL;
    int ret;

    assert_int_equal(ttm_settings_set(s, name, value), 0);
    lines->error[0] = 0;
    ret = ttm_open(&ctx, s);
    assert_true(ret < 0 ? !ctx && *lines->error : ctx != NULL);
    ttm_close(&ctx);
    ttm_settings_free(&s);
    return ret;
}

static void test_open_errors(void **state)
{
    TestLog lines = { "", "" };
    char *folder;

    (void)state;
    assert_int_equal(try_open("model", "no/such/folder", &lines),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "no/such/folder");
    assert_true(try_open("model", "tests", &lines) < 0);
    assert_contains(lines.error, "model_index.json");
    assert_true(try_open("device", "abacus", &lines) < 0);
    assert_contains(lines.error, "abacus");
    assert_true(try_open("sampler", "ddim", &lines) < 0);
    assert_contains(lines.error, "sampler");
    assert_int_equal(try_open("mode", "plan", &lines), 0);
    assert_int_equal(try_open("sampler", "linear_quadratic", &lines), 0);
    folder = test_copy_bundle(BUNDLE);
    test_edit(BUNDLE, folder, "model_index.json", "\"guidance\": [", "\"guidance\": [1,");
    assert_int_equal(try_open("model", folder, &lines), TTM_ERR_FORMAT);
    assert_contains(lines.error, "\"guidance\" must be a number or a list of two");
    test_remove_folder(folder);
}

static void test_no_prompt(void **state)
{
    uint8_t pixels[3 * 8 * 8] = { 0 };
    TTMImage image = { .struct_size = sizeof(image), .width = 8, .height = 8,
                       .stride = 24, .data = pixels };
    TestLog lines = { "", "" };
    TTMContext *ctx = open_bundle(&lines);

    (void)state;
    assert_int_equal(ttm_set_option(ctx, "prompt", ""), 0);
    assert_int_equal(ttm_set_image(ctx, &image), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "prompt");
    ttm_close(&ctx);
}

static void test_model_lookup(void **state)
{
    char *folder = test_make_folder(), *path;
    TestLog lines = { "", "" };
    TTMLog log = { test_log_callback, &lines };

    (void)state;
    setenv("TTM_MODEL", folder, 1);
    assert_int_equal(ttm_model_find(&path, &log, NULL), 0);
    assert_string_equal(path, folder);
    free(path);
    assert_int_equal(ttm_model_find(&path, &log, "tests"), 0);
    assert_string_equal(path, "tests");
    free(path);
    setenv("TTM_MODEL", "/no/bundle", 1);
    assert_int_equal(ttm_model_find(&path, &log, ""), TTM_ERR_FILE);
    assert_contains(lines.error, "TTM_MODEL");
    assert_contains(lines.error, "/no/bundle");
    unsetenv("TTM_MODEL");
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts), cmocka_unit_test(test_report_path),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_structures),
        cmocka_unit_test(test_open_errors), cmocka_unit_test(test_no_prompt),
        cmocka_unit_test(test_model_lookup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

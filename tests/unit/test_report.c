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

/** @file The report of a clip: what it says, of clips that are cut short, fed back. */

#include "run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "files.h"
#include "io/json.h"
#include "util/hash.h"
#include "util/mem.h"

static void test_report(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "report", path, NULL });
    TTMJson *json = NULL;
    const TTMJson *item;

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_json_load(&json, NULL, path), 0);
    item = ttm_json_get(json, "settings");
    assert_string_equal(ttm_json_string(ttm_json_get(item, "seed"), ""), "5");
    assert_string_equal(ttm_json_string(ttm_json_get(item, "refine"), ""),
                        "similarity");
    assert_int_equal(ttm_json_number(ttm_json_get(item, "frames"), 0), FRAMES);
    item = ttm_json_get(json, "objects");
    assert_int_equal(ttm_json_count(item), 2);
    item = ttm_json_get(ttm_json_at(item, 0), "box");
    assert_int_equal(ttm_json_number(ttm_json_at(item, 0), 0), 12);
    assert_int_equal(ttm_json_number(ttm_json_at(item, 2), 0), 18);
    assert_string_equal(ttm_json_string(ttm_json_get(ttm_json_get(json,
                        "prompts"), "motion"), ""),
                        "the box moves right and the box jumps");
    assert_string_equal(ttm_json_string(ttm_json_get(json, "model_hash"), ""),
                        ttm_metadata(r->ctx, "model_hash"));
    assert_true(ttm_json_number(ttm_json_get(json, "peak_memory_bytes"), 0) >
                1000);
    assert_non_null(ttm_json_get(ttm_json_get(json, "seconds"), "stage 2/2"));
    ttm_json_free(&json);
    run_close(r);
    test_remove_folder(folder);
}

static int report_number(const char *path, const char *key)
{
    TTMJson *json = NULL;
    int number = -1;

    if (ttm_json_load(&json, NULL, path) >= 0)
        number = (int)ttm_json_number(ttm_json_get(json, key), -1);
    ttm_json_free(&json);
    return number;
}

/* A clip that is cut short has a report too; no earlier one is taken for it. */
static void test_report_cut(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "report", path, NULL });
    TTMImage frame = run_wrap(r->frames[0]);

    (void)state;
    run_begin(r, 1);
    while (ttm_frames_ready(r->ctx) < 2)
        assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), 0);
    assert_int_equal(ttm_get_frame(r->ctx, 1, &frame), 0);
    run_begin(r, 1);
    assert_int_equal(report_number(path, "frames_delivered"), 2);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    assert_int_equal(report_number(path, "frames_delivered"), -1);
    ttm_cancel(r->ctx);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_CANCELLED);
    assert_int_equal(report_number(path, "frames_delivered"), 0);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    run_close(r);
    assert_int_equal(report_number(path, "frames_delivered"), FRAMES);
    test_remove_folder(folder);
}

/* The next clip's report may be another file, said while a clip is under way. */
static void test_report_of_each_clip(void **state)
{
    char *folder = test_make_folder();
    char *first = ttm_strdup(test_path(folder, "first.json"));
    const char *second = test_path(folder, "second.json");
    Run *r = run_open((const char *[]){ "report", first, NULL });

    (void)state;
    run_begin(r, 1);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    assert_int_equal(ttm_set_option(r->ctx, "report", second), 0);
    assert_int_equal(ttm_set_option(r->ctx, "report", "/nonexistent/report.json"),
                     TTM_ERR_FILE);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(report_number(second, "frames_delivered"), -1);
    run_begin(r, 1);
    assert_int_equal(report_number(first, "frames_delivered"), FRAMES);
    assert_int_equal(run_finish(r), 0);
    run_close(r);
    assert_int_equal(report_number(second, "frames_delivered"), FRAMES);
    assert_int_equal(report_number(first, "frames_delivered"), FRAMES);
    free(first);
    test_remove_folder(folder);
}

/* The weights are hashed for who wants to know, and before a clip may be cut short. */
static void test_hash_is_lazy(void **state)
{
    char *folder = test_make_folder(), hash[17];
    const char *path = test_path(folder, "report.json");
    Run *r = run_open(NULL);

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_non_null(ttm_metadata(r->ctx, "model"));
    assert_string_equal(r->ctx->models.hash, "");
    snprintf(hash, sizeof(hash), "%s", ttm_metadata(r->ctx, "model_hash"));
    assert_int_equal(strlen(hash), 16);
    assert_string_equal(r->ctx->models.hash, hash);
    run_close(r);

    r = run_open((const char *[]){ "report", path, NULL });
    assert_string_equal(r->ctx->models.hash, "");
    run_begin(r, 1);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    assert_string_equal(r->ctx->models.hash, hash);
    run_close(r);
    test_remove_folder(folder);
}

/* What the report says of the file that the still was read from; NULL: nothing. */
static const char *source_of(TTMJson **json, const char *path, const char *key)
{
    ttm_json_free(json);
    assert_int_equal(ttm_json_load(json, NULL, path), 0);
    return ttm_json_string(ttm_json_get(ttm_json_get(*json, "source"), key), NULL);
}

/* The file of the still: its hash is that of the bytes, its folders are told nowhere. */
static void test_source(void **state)
{
    static const char text[] = "these are the bytes of a file";
    char *folder = test_make_folder(), *still, hash[17];
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "report", path, NULL });
    TTMJson *json = NULL;

    (void)state;
    still = ttm_strdup(test_write_text(folder, "st{}ill \"\xc3\xa9\".png", text));
    snprintf(hash, sizeof(hash), "%016" PRIx64, ttm_hash64(text, strlen(text), 0));
    assert_int_equal(ttm_set_source(r->ctx, still), TTM_ERR_STATE);
    run_begin(r, 1);
    assert_null(ttm_metadata(r->ctx, "source"));
    assert_int_equal(ttm_set_source(r->ctx, "/another/one.png"), 0);
    assert_int_equal(ttm_set_source(r->ctx, still), 0);
    assert_string_equal(ttm_metadata(r->ctx, "source"), "st{}ill \"\xc3\xa9\".png");
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_set_source(r->ctx, still), TTM_ERR_STATE);
    assert_string_equal(source_of(&json, path, "name"), "st{}ill \"\xc3\xa9\".png");
    assert_string_equal(source_of(&json, path, "hash"), hash);
    assert_null(strstr(ttm_metadata(r->ctx, "provenance"), folder));
    /* the first brace that closes is the end of it */
    assert_string_equal(strchr(ttm_metadata(r->ctx, "provenance"), '}'), "}");
    ttm_json_free(&json);
    assert_int_equal(ttm_json_parse(&json, NULL, ttm_metadata(r->ctx, "provenance"), "it"), 0);
    assert_string_equal(ttm_json_string(ttm_json_get(json, "source"), ""),
                        "st{}ill \"\xc3\xa9\".png");

    /* it was of that clip only */
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_null(source_of(&json, path, "name"));
    assert_null(strstr(ttm_metadata(r->ctx, "provenance"), "\"source\""));
    ttm_json_free(&json);
    run_close(r);
    free(still);
    test_remove_folder(folder);
}

/* Names, and files that are not there (any more). */
static void test_source_names(void **state)
{
    static const struct { const char *path, *name; } cases[] = {
        { "plain", "plain" }, { "/a/b.png", "b.png" }, { "a//b.png//", "b.png" },
        { "", NULL }, { "/", NULL }, { "..", ".." }, { "a\\b.png", "a\\b.png" },
        { "x/\xff" "caf\xe9.jpg", "\xef\xbf\xbd" "caf\xef\xbf\xbd.jpg" },
        { "x/line\nfeed", "line\nfeed" },
    };
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "report", path, NULL });
    TTMJson *json = NULL;

    (void)state;
    run_begin(r, 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name;

        assert_int_equal(ttm_set_source(r->ctx, cases[i].path), 0);
        name = ttm_metadata(r->ctx, "source");
        assert_true(!name == !cases[i].name);
        if (name)
            assert_string_equal(name, cases[i].name);
    }
    assert_int_equal(ttm_set_source(r->ctx, "/nonexistent/still.png"), 0);
    assert_int_equal(run_finish(r), 0);
    assert_contains(r->lines.warning, "/nonexistent/still.png: No such file");
    assert_string_equal(source_of(&json, path, "name"), "still.png");
    assert_null(source_of(&json, path, "hash"));
    memset(&r->lines, 0, sizeof(r->lines));
    run_begin(r, 1);
    assert_int_equal(ttm_set_source(r->ctx, folder), 0);
    assert_int_equal(run_finish(r), 0);
    assert_contains(r->lines.warning, "not a regular file");
    assert_null(source_of(&json, path, "hash"));

    /* without a report nobody reads it */
    memset(&r->lines, 0, sizeof(r->lines));
    assert_int_equal(ttm_set_option(r->ctx, "report", ""), 0);
    run_begin(r, 1);
    assert_int_equal(ttm_set_source(r->ctx, "/nonexistent/still.png"), 0);
    assert_int_equal(run_finish(r), 0);
    assert_string_equal(ttm_metadata(r->ctx, "source"), "still.png");
    assert_string_equal(r->lines.warning, "");
    assert_int_equal(ttm_set_source(NULL, "still.png"), TTM_ERR_ARGUMENT);
    ttm_json_free(&json);
    run_close(r);
    test_remove_folder(folder);
}

/* A report as the option objects gives the same clip again, without the prompt. */
static void test_report_back(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");

    (void)state;
    for (int masks = 0; masks < 2; masks++) {
        Run *r = run_open((const char *[]){ "report", path, NULL }), *again;
        TTMImage other = run_wrap(r->still);

        run_begin(r, masks);
        assert_int_equal(run_finish(r), 0);
        ttm_close(&r->ctx);
        again = run_open((const char *[]){ "objects", path, "prompt", "", NULL });
        run_begin(again, 0);
        assert_int_equal(run_finish(again), 0);
        assert_memory_equal(r->frames, again->frames, sizeof(r->frames));
        if (masks) {
            run_begin(again, 1);
            assert_int_equal(run_finish(again), 0);
            assert_memory_equal(r->frames, again->frames, sizeof(r->frames));
        }
        other.height--;
        assert_int_equal(ttm_set_image(again->ctx, &other), 0);
        assert_int_equal(ttm_step(again->ctx, NULL), TTM_ERR_ARGUMENT);
        assert_contains(again->lines.error, "72x48");
        free(r);
        run_close(again);
    }
    test_remove_folder(folder);
}

/* What cannot be written is known before anything is opened. */
static void test_report_paths(void **state)
{
    char *folder = test_make_folder(), name[300];
    const char *const paths[] = { "/dev/full", NULL, folder, "/nonexistent/r.json" };

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const char *path = paths[i] ? paths[i] : test_path(folder, name);   /* too long */
        TTMSettings s;
        TestLog lines = { { 0 }, { 0 } };
        TTMContext *ctx;

        ttm_settings_default(&s);
        s.log        = test_log_callback;
        s.log_opaque = &lines;
        ttm_settings_set(&s, "model", BUNDLE);
        ttm_settings_set(&s, "device", "cpu");
        ttm_settings_set(&s, "report", path);
        assert_int_equal(ttm_open(&ctx, &s), TTM_ERR_FILE);
        assert_contains(lines.error, "cannot write");
        ttm_settings_uninit(&s);
    }
    test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_report_cut),
        cmocka_unit_test(test_report_of_each_clip),
        cmocka_unit_test(test_hash_is_lazy),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_source_names),
        cmocka_unit_test(test_report_back),
        cmocka_unit_test(test_report_paths),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}

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

/** @file JSON: reading, checked members, writing. */

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "files.h"
#include "io/json.h"
#include "unit.h"

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };

static int clear(void **state)
{
    (void)state;
    memset(&lines, 0, sizeof(lines));
    return 0;
}

static TTMJson *parse(const char *text)
{
    TTMJson *json;

    assert_int_equal(ttm_json_parse(&json, &log_, text, "text"), 0);
    return json;
}

static void reads_values(void **state)
{
    TTMJson *json = parse("{\"s\": \"\\u00e9x\", \"n\": -2.5e1, \"t\": true, \"z\": null,"
                          "\"a\": [1, \"two\", [3]], \"o\": {\"k\": 7}, \"S\": 1}");
    const TTMJson *array = ttm_json_get(json, "a"), *child;
    int64_t value = 0;

    (void)state;
    assert_int_equal(ttm_json_type(json), TTM_JSON_OBJECT);
    assert_int_equal(ttm_json_count(json), 7);
    assert_string_equal(ttm_json_key(json, 1), "n");
    assert_null(ttm_json_key(json, 7));
    assert_string_equal(ttm_json_string(ttm_json_get(json, "s"), "-"), "éx");
    assert_true(ttm_json_number(ttm_json_get(json, "n"), 0) == -25);
    assert_int_equal(ttm_json_bool(ttm_json_get(json, "t"), 0), 1);
    assert_int_equal(ttm_json_type(ttm_json_get(json, "z")), TTM_JSON_NULL);
    assert_int_equal(ttm_json_type(ttm_json_get(json, "t")), TTM_JSON_BOOL);
    assert_int_equal(ttm_json_type(array), TTM_JSON_ARRAY);
    assert_int_equal(ttm_json_count(array), 3);
    assert_string_equal(ttm_json_string(ttm_json_at(array, 1), "-"), "two");
    assert_null(ttm_json_at(array, 3));
    assert_int_equal(ttm_json_count(ttm_json_at(array, 2)), 1);
    /* case counts */
    assert_true(ttm_json_number(ttm_json_get(json, "S"), 0) == 1);
    assert_null(ttm_json_get(json, "N"));
    /* a walk meets the same */
    child = ttm_json_first(json);
    for (int i = 0; i < 7; i++, child = ttm_json_next(child)) {
        assert_ptr_equal(child, ttm_json_at(json, i));
        assert_string_equal(ttm_json_name(child), ttm_json_key(json, i));
    }
    assert_null(child);
    assert_null(ttm_json_first(ttm_json_get(json, "s")));
    assert_int_equal(ttm_json_integer(ttm_json_get(ttm_json_get(json, "o"), "k"),
                                      &value), 1);
    assert_int_equal(value, 7);
    ttm_json_free(&json);
    assert_null(json);
}

static void other_types_give_the_fallback(void **state)
{
    TTMJson *json = parse("[1, \"x\", true, 1.5, 1e300]");
    int64_t value = 5;

    (void)state;
    assert_string_equal(ttm_json_string(ttm_json_at(json, 0), "-"), "-");
    assert_string_equal(ttm_json_string(NULL, "-"), "-");
    assert_true(ttm_json_number(ttm_json_at(json, 1), 9) == 9);
    assert_true(ttm_json_number(NULL, 9) == 9);
    assert_int_equal(ttm_json_bool(ttm_json_at(json, 0), 7), 7);
    assert_null(ttm_json_get(json, "x"));
    assert_int_equal(ttm_json_count(ttm_json_at(json, 1)), 0);
    assert_int_equal(ttm_json_integer(ttm_json_at(json, 3), &value), 0);
    assert_int_equal(ttm_json_integer(ttm_json_at(json, 4), &value), 0);
    assert_int_equal(ttm_json_integer(NULL, &value), 0);
    assert_int_equal(value, 5);
    ttm_json_free(&json);
}

static void errors_name_origin_and_line(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        { "", "text: line 1" },
        { "{\n\"a\": 1,\n\"b\" 2\n}", "text: line 3" },
        { "{\n\"a\": 1\n}\n{", "text: line 4" },
        { "{\"a\": [1, 2}", "text: line 1" },
        { "{\"a\": \"open", "text: line 1" },
        { "nothing", "text: line 1" },
        { "{'a': 1}", "text: line 1" },
        { "[1,]", "text: line 1" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMJson *json = (TTMJson *)&lines;

        clear(state);
        assert_int_equal(ttm_json_parse(&json, &log_, cases[i].text, "text"),
                         TTM_ERR_FORMAT);
        assert_null(json);
        assert_contains(lines.error, cases[i].part);
    }
}

/* What is wrong is said; what is right, however odd, is read. */
static void is_strict(void **state)
{
    static const struct {
        const char *text, *error;   /* NULL: right */
    } cases[] = {
        { " \t\r\n[ ] ", NULL }, { "{ }", NULL }, { "[{}, [], \"\"]", NULL },
        { "-0.5E+10", NULL }, { "0", NULL }, { "[1e5, -0, 0.0, 10]", NULL },
        { "\"\\u00E9\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"", NULL },
        { "{\"a\": {\"b\": 1}, \"b\": {\"b\": 1}}", NULL },
        { "01", "something follows" }, { "+1", "a value is missing" },
        { "1.", "point" }, { ".5", "a value is missing" }, { "1e", "exponent" },
        { "-", "a value is missing" }, { "NaN", "a value is missing" },
        { "truth", "a value is missing" }, { "tru", "a value is missing" },
        { "\"\n\"", "control character" }, { "\"\\x\"", "unknown escape" },
        { "\"\\u12g4\"", "four digits" }, { "\"\\u0000\"", "zero byte" },
        { "\"\\ud800\"", "half a pair" }, { "\"\\udc00\"", "half a pair" },
        { "\"\\udc00\\udc00\"", "half a pair" },
        { "\"\\ud800\\u0041\"", "half a pair" }, { "\"a", "does not end" },
        { "[1,]", "a value is missing" }, { "[,1]", "a value is missing" },
        { "[1 2]", "comma or ]" }, { "[1}", "comma or ]" }, { "[", "a value is missing" },
        { "{\"a\":1,}", "name" }, { "{a:1}", "name" }, { "{\"a\" 1}", "colon" },
        { "{\"a\":1 \"b\":2}", "comma or }" }, { "{", "name" }, { "{} x", "something follows" },
        { "[1] [2]", "something follows" }, { "// a\n1", "a value is missing" },
        { "1234567890123456789012345678901234567890123456789012345678901", "60 characters" },
        { "{\"a\": 1, \"b\": 2, \"a\": 3}", "\"a\" is there twice" },
        { "[{\"x\": {\"k\": 1, \"k\": 1}}]", "\"k\" is there twice" },
        { "{\"\\u0061\": 1, \"a\": 1}", "\"a\" is there twice" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMJson *json;
        int ret;

        clear(state);
        ret = ttm_json_parse(&json, &log_, cases[i].text, "text");
        if (ret != (cases[i].error ? TTM_ERR_FORMAT : 0))
            fail_msg("%s: %d, %s", cases[i].text, ret, lines.error);
        if (cases[i].error)
            assert_contains(lines.error, cases[i].error);
        ttm_json_free(&json);
    }
}

static void deep_nesting_is_an_error(void **state)
{
    static char text[200001];
    TTMJson *json;

    (void)state;
    memset(text, '[', 200000);
    assert_int_equal(ttm_json_parse(&json, &log_, text, "deep"), TTM_ERR_FORMAT);
    assert_contains(lines.error, "deep");
}

static void loads_files(void **state)
{
    char *folder = test_make_folder();
    TTMJson *json;

    (void)state;
    assert_int_equal(ttm_json_load(&json, &log_, test_write_text(folder, "a.json",
                     "{\"x\": 3}\n")), 0);
    assert_true(ttm_json_number(ttm_json_get(json, "x"), 0) == 3);
    ttm_json_free(&json);

    assert_int_equal(ttm_json_load(&json, &log_, test_path(folder, "none.json")),
                     TTM_ERR_FILE);
    assert_null(json);
    assert_contains(lines.error, "none.json");
    assert_int_equal(ttm_json_load(&json, &log_, folder), TTM_ERR_FILE);
    assert_contains(lines.error, folder);
    assert_int_equal(ttm_json_load(&json, &log_, test_write_text(folder, "b.json",
                     "{\n\n\"x\": }")), TTM_ERR_FORMAT);
    assert_contains(lines.error, "b.json: line 3");
    /* what follows a zero must not be overlooked */
    assert_int_equal(ttm_json_load(&json, &log_, test_write(folder, "c.json",
                     "{}\0{", 4)), TTM_ERR_FORMAT);
    assert_int_equal(ttm_json_load(&json, &log_, test_write_text(folder, "d.json",
                     "")), TTM_ERR_FORMAT);
    assert_contains(lines.error, "empty");
    /* 64 MiB are a limit; the file has holes and takes no space */
    assert_int_equal(truncate(test_path(folder, "d.json"), (64 << 20) + 1), 0);
    assert_int_equal(ttm_json_load(&json, &log_, test_path(folder, "d.json")),
                     TTM_ERR_FORMAT);
    assert_contains(lines.error, "64 MiB");
    test_remove_folder(folder);
}

static void checked_members(void **state)
{
    TTMJson *json = parse("{\"i\": 5, \"d\": 0.5, \"b\": false, \"s\": \"x\", \"z\": null,"
                          "\"big\": 1e999, \"f\": 5.5}");
    const char *text;
    int64_t value;
    double number;
    int flag;

    (void)state;
    assert_int_equal(ttm_json_get_int(json, &log_, "c.json", "i", 5, 5, 1, &value), 0);
    assert_int_equal(value, 5);
    assert_int_equal(ttm_json_get_int(json, &log_, "c.json", "none", 0, 9, 1,
                                      &value), 0);
    assert_int_equal(value, 1);
    assert_int_equal(ttm_json_get_int(json, &log_, "c.json", "z", 0, 9, 2, &value), 0);
    assert_int_equal(value, 2);
    assert_int_equal(ttm_json_get_double(json, &log_, "c.json", "d", 1, &number), 0);
    assert_true(number == 0.5);
    assert_int_equal(ttm_json_get_double(json, &log_, "c.json", "none", 7,
                                         &number), 0);
    assert_true(number == 7);
    assert_int_equal(ttm_json_get_bool(json, &log_, "c.json", "b", 1, &flag), 0);
    assert_int_equal(flag, 0);
    assert_int_equal(ttm_json_get_bool(json, &log_, "c.json", "z", 1, &flag), 0);
    assert_int_equal(flag, 1);
    assert_int_equal(ttm_json_get_string(json, &log_, "c.json", "s", "y", &text), 0);
    assert_string_equal(text, "x");
    assert_int_equal(ttm_json_get_string(json, &log_, "c.json", "z", "y", &text), 0);
    assert_string_equal(text, "y");
    assert_string_equal(lines.error, "");
    ttm_json_free(&json);
}

#define assert_refused(call, part) do {              \
        clear(state);                                \
        assert_int_equal(call, TTM_ERR_FORMAT);      \
        assert_contains(lines.error, "c.json");      \
        assert_contains(lines.error, part);          \
    } while (0)

static void wrong_members_are_refused(void **state)
{
    TTMJson *json = parse("{\"i\": 5, \"b\": 1, \"s\": [\"x\"], \"big\": 1e999,"
                          "\"f\": 5.5, \"t\": \"5\"}");
    const char *text = NULL;
    int64_t value;
    double number;
    int flag;

    assert_refused(ttm_json_get_int(json, &log_, "c.json", "i", 6, 9, 7, &value),
                   "\"i\" is 5");
    assert_int_equal(value, 7);
    assert_refused(ttm_json_get_int(json, &log_, "c.json", "i", 0, 4, 3, &value),
                   "within 0 and 4");
    assert_refused(ttm_json_get_int(json, &log_, "c.json", "f", 0, 9, 3, &value),
                   "integer");
    assert_refused(ttm_json_get_int(json, &log_, "c.json", "t", 0, 9, 3, &value),
                   "\"t\" must be an integer");
    assert_refused(ttm_json_get_int(json, &log_, "c.json", "big", 0, 9, 3, &value),
                   "\"big\"");
    assert_refused(ttm_json_get_double(json, &log_, "c.json", "t", 0, &number),
                   "number");
    assert_refused(ttm_json_get_double(json, &log_, "c.json", "big", 0, &number),
                   "\"big\"");
    assert_refused(ttm_json_get_bool(json, &log_, "c.json", "b", 0, &flag),
                   "true or false");
    assert_refused(ttm_json_get_string(json, &log_, "c.json", "s", "", &text),
                   "\"s\" must be a string");
    assert_string_equal(text, "");
    ttm_json_free(&json);
}

static TTMJson *make_report(void)
{
    TTMJson *json = ttm_json_new_object(), *list = ttm_json_new_array();

    assert_int_equal(ttm_json_add_string(json, "prompt", "caf\xc3\xa9 \xff \"q\""), 0);
    assert_int_equal(ttm_json_add_int(json, "seed", 9223372036854775807), 0);
    assert_int_equal(ttm_json_add_number(json, "fps", 7.5), 0);
    assert_int_equal(ttm_json_add_bool(json, "plan", 1), 0);
    assert_int_equal(ttm_json_add_number(list, NULL, 3), 0);
    assert_int_equal(ttm_json_add_string(list, NULL, "x"), 0);
    assert_int_equal(ttm_json_add(json, "list", list), 0);
    return json;
}

static void check_report(const TTMJson *json)
{
    assert_string_equal(ttm_json_string(ttm_json_get(json, "prompt"), ""),
                        "caf\xc3\xa9 \xef\xbf\xbd \"q\"");
    assert_true(ttm_json_number(ttm_json_get(json, "fps"), 0) == 7.5);
    assert_int_equal(ttm_json_bool(ttm_json_get(json, "plan"), 0), 1);
    assert_int_equal(ttm_json_count(ttm_json_get(json, "list")), 2);
    assert_string_equal(ttm_json_string(ttm_json_at(ttm_json_get(json, "list"), 1),
                                        ""), "x");
}

static void writes_and_reads_back(void **state)
{
    char *folder = test_make_folder(), *text;
    TTMJson *json = make_report(), *again;

    (void)state;
    text = ttm_json_print(json);
    assert_contains(text, "9223372036854775807");
    free(text);
    test_write_text(folder, "report.json", "old and much longer than nothing");
    assert_int_equal(ttm_json_save(json, &log_, test_path(folder, "report.json")), 0);
    ttm_json_free(&json);
    assert_int_equal(ttm_json_load(&again, &log_,
                                   test_path(folder, "report.json")), 0);
    check_report(again);
    ttm_json_free(&again);
    /* nothing else is left: the folder is empty without the report */
    assert_int_equal(unlink(test_path(folder, "report.json")), 0);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

static void adding_to_the_wrong_kind_fails(void **state)
{
    TTMJson *object = ttm_json_new_object(), *list = ttm_json_new_array();

    (void)state;
    assert_true(ttm_json_add_number(object, NULL, 1) < 0);
    assert_true(ttm_json_add_number(list, "key", 1) < 0);
    assert_true(ttm_json_add(NULL, "key", ttm_json_new_array()) < 0);
    assert_true(ttm_json_add(object, "key", NULL) < 0);
    assert_int_equal(ttm_json_count(object), 0);
    ttm_json_free(&object);
    ttm_json_free(&list);
}

static void save_reports_errors(void **state)
{
    char *folder = test_make_folder();
    TTMJson *json = make_report();

    (void)state;
    assert_int_equal(ttm_json_save(json, &log_, test_path(folder, "no/report.json")),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "no/report.json");
    assert_int_equal(ttm_json_save(json, &log_, folder), TTM_ERR_FILE);
    assert_int_equal(ttm_json_check_save(&log_, test_path(folder, "x.json")), 0);
    assert_int_equal(ttm_json_check_save(&log_, "x.json"), 0);
    assert_int_equal(ttm_json_check_save(&log_, "/dev/null"), 0);
    lines.error[0] = 0;
    assert_int_equal(ttm_json_check_save(&log_, folder), TTM_ERR_FILE);
    assert_contains(lines.error, "folder");
    assert_int_equal(ttm_json_check_save(&log_, test_path(folder, "no/x.json")),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "no/x.json");
    assert_int_equal(access(test_path(folder, "x.json"), F_OK), -1);
    /* a device takes the text and stays a device */
    assert_int_equal(ttm_json_save(json, &log_, "/dev/null"), 0);
    assert_int_not_equal(access("/dev/null", W_OK), -1);
    ttm_json_free(&json);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

/* A full disk, played by a limit on the size of files. */
static void a_failed_write_leaves_the_old_file(void **state)
{
    struct rlimit before, small;
    char *folder = test_make_folder();
    TTMJson *json = make_report(), *old;
    int ret;

    (void)state;
    test_write_text(folder, "report.json", "[]");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 8;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ret = ttm_json_save(json, &log_, test_path(folder, "report.json"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(ret, TTM_ERR_FILE);
    assert_contains(lines.error, "report.json: cannot write");
    assert_int_equal(ttm_json_load(&old, &log_, test_path(folder, "report.json")), 0);
    assert_int_equal(ttm_json_type(old), TTM_JSON_ARRAY);
    ttm_json_free(&old);
    ttm_json_free(&json);
    /* and nothing beside it */
    assert_int_equal(unlink(test_path(folder, "report.json")), 0);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_values, clear),
        cmocka_unit_test_setup(other_types_give_the_fallback, clear),
        cmocka_unit_test_setup(errors_name_origin_and_line, clear),
        cmocka_unit_test_setup(is_strict, clear),
        cmocka_unit_test_setup(deep_nesting_is_an_error, clear),
        cmocka_unit_test_setup(loads_files, clear),
        cmocka_unit_test_setup(checked_members, clear),
        cmocka_unit_test_setup(wrong_members_are_refused, clear),
        cmocka_unit_test_setup(writes_and_reads_back, clear),
        cmocka_unit_test_setup(adding_to_the_wrong_kind_fails, clear),
        cmocka_unit_test_setup(save_reports_errors, clear),
        cmocka_unit_test_setup(a_failed_write_leaves_the_old_file, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

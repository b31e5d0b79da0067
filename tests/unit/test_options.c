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

/** @file Options by name, their table, and the checks of a context. */

#include "unit.h"

#include "options.h"

static void test_defaults(void **state)
{
    TTMSettings settings;

    (void)state;
    memset(&settings, 0xff, sizeof(settings));
    ttm_settings_default(&settings);
    assert_null(settings.model);
    assert_int_equal(settings.seed, -1);
    assert_int_equal(settings.mode, TTM_MODE_FULL);
    assert_int_equal(settings.frames, 0);
    assert_true(settings.guidance == -1 && settings.detail == -1);
    assert_null(settings.log);
}

static void test_table(void **state)
{
    int count = 0;

    (void)state;
    for (const TTMOption *o = ttm_option_list(); o->name; o++, count++) {
        assert_non_null(o->help);
        assert_true(o->offset < sizeof(TTMSettings));
        assert_ptr_equal(ttm_option_find(o->name), o);
        if (o->type == TTM_OPTION_CHOICE) {
            assert_non_null(o->choices[(int)o->max]);
            assert_null(o->choices[(int)o->max + 1]);
        } else if (o->type != TTM_OPTION_STRING) {
            assert_true(o->min < o->max);
        }
    }
    assert_int_equal(count, 24);
    assert_true(ttm_option_find("prompt")->run_time);
    assert_true(ttm_option_find("seed")->run_time);
    assert_true(ttm_option_find("guidance")->run_time);
    assert_false(ttm_option_find("model")->run_time);
}

static void test_set(void **state)
{
    TestLog lines = { "", "" };
    TTMSettings s;

    (void)state;
    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &lines;
    assert_int_equal(ttm_settings_set(&s, "prompt", "a ball"), 0);
    assert_int_equal(ttm_settings_set(&s, "prompt", "a kite"), 0);
    assert_string_equal(s.prompt, "a kite");
    assert_int_equal(ttm_settings_set(&s, "mode", "render"), 0);
    assert_int_equal(s.mode, TTM_MODE_RENDER);
    assert_int_equal(ttm_settings_set(&s, "seed", "9223372036854775807"), 0);
    assert_true(s.seed == INT64_MAX);
    assert_int_equal(ttm_settings_set(&s, "guidance", "2.5"), 0);
    assert_true(s.guidance == 2.5);
    assert_int_equal(ttm_settings_set(&s, "frames", "24"), 0);
    assert_int_equal(s.frames, 24);
    assert_int_equal(ttm_settings_set(&s, "size", "320x192"), 0);

    struct { const char *name, *value; } wrong[] = {
        { "mode", "fully" }, { "frames", "-1" }, { "frames", "1025" },
        { "frames", "3.5" }, { "frames", "" }, { "guidance", "nan" },
        { "guidance", "1e9" }, { "seed", "-2" }, { "size", "12" },
        { "seed", "9223372036854775808" }, { "size", "0x4" },
        { "size", "20000x4" }, { "size", "4x4x" }, { "detail", "1.01" },
        { "refine", "similar" }, { "precision", "f64" }, { "kernels", "nv" },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        lines.error[0] = 0;
        assert_int_equal(ttm_settings_set(&s, wrong[i].name, wrong[i].value),
                         TTM_ERR_ARGUMENT);
        assert_contains(lines.error, wrong[i].name);
    }
    assert_int_equal(ttm_settings_set(&s, "nothing", "1"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "nothing");
    assert_int_equal(ttm_settings_set(&s, "mode", "x"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "full, plan or render");
    assert_int_equal(s.frames, 24);
    ttm_settings_uninit(&s);
    assert_null(s.prompt);
    assert_null(s.size);
}

static void test_check(void **state)
{
    TestLog lines = { "", "" };
    TTMLog log = { test_log_callback, &lines };
    TTMSettings s, copy;

    (void)state;
    ttm_settings_default(&s);
    assert_int_equal(ttm_settings_check(&s, &log), 0);
    s.steps = -3;
    assert_int_equal(ttm_settings_check(&s, &log), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "steps");
    s.steps = 0;
    s.size = "8by8";
    assert_int_equal(ttm_settings_check(&s, &log), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "size");
    s.size = "8x8";
    s.prompt = "a";
    assert_int_equal(ttm_settings_copy(&copy, &s), 0);
    assert_ptr_not_equal(copy.prompt, s.prompt);
    assert_string_equal(copy.prompt, "a");
    ttm_settings_uninit(&copy);
    s.promptfile = "b";
    assert_int_equal(ttm_settings_check(&s, &log), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "promptfile");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_table),
        cmocka_unit_test(test_set), cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

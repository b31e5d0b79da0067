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

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "files.h"
#include "settings/options.h"
#include "util/parse.h"
#include "util/rng.h"

static void test_defaults(void **state)
{
    TTMSettings *s = ttm_settings_alloc();

    (void)state;
    assert_non_null(s);
    assert_null(s->model);
    assert_int_equal(s->seed, -1);
    assert_int_equal(s->mode, TTM_MODE_FULL);
    assert_int_equal(s->frames, 0);
    assert_true(s->fps.num == 0 && s->fps.den == 1);
    assert_true(s->guidance == -1 && s->detail == -1);
    assert_null(s->log);
    assert_null(s->vulkan);
    ttm_settings_free(&s);
    assert_null(s);
    ttm_settings_free(&s);
    ttm_settings_free(NULL);
}

static void test_table(void **state)
{
    int count = 0;

    (void)state;
    for (const TTMOption *o = ttm_option_next(NULL); o; o = ttm_option_next(o)) {
        assert_non_null(o->help);
        assert_true(ttm_option_row((size_t)count)->offset < sizeof(TTMSettings));
        assert_ptr_equal(&ttm_option_row((size_t)count)->option, o);
        assert_ptr_equal(ttm_option_find(o->name), o);
        if (o->type == TTM_OPTION_CHOICE) {
            assert_non_null(o->choices[(int)o->max]);
            assert_null(o->choices[(int)o->max + 1]);
        } else if (o->type != TTM_OPTION_STRING && o->type != TTM_OPTION_SIZE) {
            assert_true(o->min < o->max);
        }
        count++;
    }
    assert_null(ttm_option_row((size_t)count));
    assert_null(ttm_option_find("nothing"));
    assert_null(ttm_option_find(NULL));
    assert_int_equal(ttm_option_find("prompt")->flags, TTM_OPTION_RUN_TIME);
    assert_int_equal(ttm_option_find("seed")->flags, TTM_OPTION_RUN_TIME);
    assert_int_equal(ttm_option_find("guidance")->flags, TTM_OPTION_RUN_TIME);
    assert_int_equal(ttm_option_find("model")->flags, 0);
}

static TTMSettings *new_settings(TestLog *lines)
{
    TTMSettings *s = ttm_settings_alloc();

    assert_non_null(s);
    memset(lines, 0, sizeof(*lines));
    ttm_settings_set_log(s, test_log_callback, lines);
    return s;
}

static void test_set(void **state)
{
    TestLog lines;
    TTMSettings *s = new_settings(&lines);

    (void)state;
    assert_int_equal(ttm_settings_set(s, "prompt", "a ball"), 0);
    assert_int_equal(ttm_settings_set(s, "prompt", "a kite"), 0);
    assert_string_equal(s->prompt, "a kite");
    assert_int_equal(ttm_settings_set(s, "mode", "render"), 0);
    assert_int_equal(s->mode, TTM_MODE_RENDER);
    assert_int_equal(ttm_settings_set(s, "seed", "9007199254740991"), 0);
    assert_true(s->seed == TTM_MAX_SEED);
    assert_int_equal(ttm_settings_set(s, "guidance", "2.5"), 0);
    assert_true(s->guidance == 2.5);
    assert_int_equal(ttm_settings_set(s, "frames", "24"), 0);
    assert_int_equal(s->frames, 24);
    assert_int_equal(ttm_settings_set(s, "profile", "on"), 0);
    assert_int_equal(s->profile, 1);
    assert_int_equal(ttm_settings_set(s, "profile", "false"), 0);
    assert_int_equal(s->profile, 0);
    assert_int_equal(ttm_settings_set(s, "size", "320x192"), 0);

    struct { const char *name, *value; } wrong[] = {
        { "mode", "fully" }, { "frames", "-1" }, { "frames", "1000001" },
        { "duration", "-1" }, { "duration", "1e9" }, { "duration", "2s" },
        { "motion_time", "-0.5" }, { "motion_time", "nan" },
        { "frames", "3.5" }, { "frames", "" }, { "frames", " " },
        { "frames", "99999999999999999999" }, { "guidance", "nan" },
        { "guidance", "1e9" }, { "guidance", "2,5" }, { "guidance", " " },
        { "seed", "-2" }, { "size", "12" }, { "seed", "9007199254740992" },
        { "seed", "9223372036854775808" }, { "seed", NULL }, { "size", "0x4" },
        { "size", "20000x4" }, { "size", "4x4x" }, { "detail", "1.01" },
        { "refine", "similar" }, { "precision", "f64" }, { "kernels", "nv" },
        { "profile", "2" }, { "profile", "maybe" }, { "memory", "much" },
        { "fps", "-1" }, { "fps", "1001" }, { "fps", "25/0" }, { "fps", "25:1" },
        { "fps", "fast" }, { "fps", "1e-9" }, { "fps", "30000/1001x" },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        lines.error[0] = 0;
        assert_int_equal(ttm_settings_set(s, wrong[i].name, wrong[i].value),
                         TTM_ERR_ARGUMENT);
        assert_contains(lines.error, wrong[i].name);
    }
    assert_int_equal(ttm_settings_set(s, "nothing", "1"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "nothing");
    assert_int_equal(ttm_settings_set(s, NULL, "1"), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set(NULL, "mode", "full"), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set(s, "mode", "x"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "full, plan, render, draft or objects");
    assert_int_equal(s->frames, 24);
    assert_string_equal(s->size, "320x192");
    assert_int_equal(ttm_settings_set(s, "size", NULL), 0);
    assert_null(s->size);
    ttm_settings_free(&s);
}

/* Numbers by their type; what a type cannot take is refused by name. */
static void test_set_numbers(void **state)
{
    TestLog lines;
    TTMSettings *s = new_settings(&lines);

    (void)state;
    assert_int_equal(ttm_settings_set_int(s, "frames", 12), 0);
    assert_int_equal(s->frames, 12);
    assert_int_equal(ttm_settings_set_int(s, "seed", TTM_MAX_SEED), 0);
    assert_true(s->seed == TTM_MAX_SEED);
    assert_int_equal(ttm_settings_set_int(s, "guidance", 3), 0);
    assert_true(s->guidance == 3);
    assert_int_equal(ttm_settings_set_int(s, "profile", 1), 0);
    assert_int_equal(s->profile, 1);
    assert_int_equal(ttm_settings_set_int(s, "fps", 50), 0);
    assert_true(s->fps.num == 50 && s->fps.den == 1);
    assert_int_equal(ttm_settings_set_double(s, "guidance", 7.25), 0);
    assert_true(s->guidance == 7.25);
    assert_int_equal(ttm_settings_set_double(s, "fps", 30000 / 1001.0), 0);
    assert_true(s->fps.num == 30000 && s->fps.den == 1001);
    assert_int_equal(ttm_settings_set_rational(s, "fps", (TTMRational){ 24, 1 }),
                     0);
    assert_true(s->fps.num == 24 && s->fps.den == 1);
    assert_int_equal(ttm_settings_set_rational(s, "guidance",
                                               (TTMRational){ 3, 2 }), 0);
    assert_true(s->guidance == 1.5);

    assert_int_equal(ttm_settings_set_int(s, "frames", INT64_MAX),
                     TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "frames");
    assert_int_equal(ttm_settings_set_int(s, "seed", TTM_MAX_SEED + 1),
                     TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "9007199254740991");
    assert_int_equal(ttm_settings_set_int(s, "seed", INT64_MIN),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_int(s, "profile", 2), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_int(s, "mode", 1), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "full, plan, render, draft or objects");
    assert_int_equal(ttm_settings_set_int(s, "prompt", 0), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "prompt");
    assert_int_equal(ttm_settings_set_double(s, "frames", 2), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_double(s, "guidance", NAN),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_double(s, "size", 0), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_double(s, "fps", 1e-9), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_rational(s, "fps", (TTMRational){ 1, 0 }),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_rational(s, "fps", (TTMRational){ 1, -1 }),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_rational(s, "frames",
                                               (TTMRational){ 1, 1 }),
                     TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_int(s, "nothing", 1), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_double(s, "nothing", 1), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set_rational(s, "nothing",
                                               (TTMRational){ 1, 1 }),
                     TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "nothing");
    assert_int_equal(s->frames, 12);
    assert_true(s->fps.num == 24 && s->guidance == 1.5);
    ttm_settings_free(&s);
}

static void test_rates(void **state)
{
    static const struct {
        const char *text;
        TTMRational rate;
    } cases[] = {
        { "0", { 0, 1 } },            { "8", { 8, 1 } },
        { "25", { 25, 1 } },          { "30000/1001", { 30000, 1001 } },
        { "ntsc", { 30000, 1001 } },  { "pal", { 25, 1 } },
        { "film", { 24, 1 } },        { "ntsc-film", { 24000, 1001 } },
        { "12.5", { 25, 2 } },        { "29.97", { 2997, 100 } },
        { "23.976", { 2997, 125 } },  { "23.976023976", { 24000, 1001 } },
        { "0.1", { 1, 10 } },         { "50/2", { 50, 2 } },
        { "1000", { 1000, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMRational rate = { 0, 0 };

        assert_int_equal(ttm_parse_rate(cases[i].text, &rate), 0);
        assert_int_equal(rate.num, cases[i].rate.num);
        assert_int_equal(rate.den, cases[i].rate.den);
    }
}

/* Hosts with a language of their own write 2,5; options stay as documented. */
static void test_locale(void **state)
{
    char *folder = test_make_folder();
    TestLog lines;
    TTMSettings *s = new_settings(&lines);

    (void)state;
    if (!test_set_comma(folder)) {
        test_remove_folder(folder);
        ttm_settings_free(&s);
        skip();
    }
    assert_string_equal(localeconv()->decimal_point, ",");
    assert_int_equal(ttm_settings_set(s, "guidance", "2.5"), 0);
    assert_true(s->guidance == 2.5);
    assert_int_equal(ttm_settings_set(s, "guidance", "2,5"), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set(s, "fps", "12.5"), 0);
    assert_true(s->fps.num == 25 && s->fps.den == 2);
    assert_int_equal(ttm_settings_set(s, "memory", "1.5G"), 0);
    setlocale(LC_NUMERIC, "C");
    test_remove_folder(folder);
    ttm_settings_free(&s);
}

/* What the caller lends is copied; a structure of unknown size is refused. */
static void test_vulkan(void **state)
{
    TTMVulkanDevice device = { .struct_size = sizeof(device), .queue_family = 3 };
    TestLog lines;
    TTMSettings *s = new_settings(&lines), copy;

    (void)state;
    assert_int_equal(ttm_settings_set_vulkan(s, &device), 0);
    device.queue_family = 4;
    assert_int_equal(s->vulkan->queue_family, 3);
    assert_int_equal(ttm_settings_copy(&copy, s), 0);
    assert_ptr_equal(copy.vulkan, &copy.lent);
    assert_int_equal(copy.vulkan->queue_family, 3);
    ttm_settings_uninit(&copy);
    assert_int_equal(ttm_settings_set_vulkan(s, NULL), 0);
    assert_null(s->vulkan);
    device.struct_size = 0;
    assert_int_equal(ttm_settings_set_vulkan(s, &device), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "struct_size");
    assert_null(s->vulkan);
    assert_int_equal(ttm_settings_set_vulkan(NULL, NULL), TTM_ERR_ARGUMENT);
    ttm_settings_free(&s);
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
    s.fps   = (TTMRational){ 0, 0 };
    assert_int_equal(ttm_settings_check(&s, &log), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "fps");
    s.fps  = (TTMRational){ 25, 1 };
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

/* Picked seeds can be given back: they differ, and are no larger than that. */
static void test_random_seeds(void **state)
{
    int64_t before = -1, most = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t seed = ttm_rng_random_seed();

        assert_true(seed >= 0 && seed <= TTM_MAX_SEED && seed != before);
        assert_true((int64_t)(double)seed == seed);
        most   = seed > most ? seed : most;
        before = seed;
    }
    assert_true(most > TTM_MAX_SEED / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_table),
        cmocka_unit_test(test_set), cmocka_unit_test(test_set_numbers),
        cmocka_unit_test(test_rates), cmocka_unit_test(test_locale),
        cmocka_unit_test(test_vulkan), cmocka_unit_test(test_check),
        cmocka_unit_test(test_random_seeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

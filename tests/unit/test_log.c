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

/** @file Log lines and memory helpers. */

#include <stdlib.h>

#include "unit.h"
#include "util/mem.h"
#include "util/utf8.h"

typedef struct Lines {
    int nb;
    enum TTMLogLevel level;
    char text[4096];
} Lines;

static void keep(void *opaque, enum TTMLogLevel level, const char *message)
{
    Lines *lines = opaque;

    lines->nb++;
    lines->level = level;
    snprintf(lines->text, sizeof(lines->text), "%s", message);
}

static void formats_a_line(void **state)
{
    Lines lines = { 0 };
    TTMLog log = { keep, &lines };

    (void)state;
    ttm_log(&log, TTM_LOG_INFO, "%s step %d/%d", "stage", 2, 5);
    assert_string_equal(lines.text, "stage step 2/5");
    assert_int_equal(lines.level, TTM_LOG_INFO);
    assert_int_equal(lines.nb, 1);
}

static void fail_returns_the_code(void **state)
{
    Lines lines = { 0 };
    TTMLog log = { keep, &lines };

    (void)state;
    assert_int_equal(ttm_fail(&log, TTM_ERR_FORMAT, "%s: bad", "x"),
                     TTM_ERR_FORMAT);
    assert_string_equal(lines.text, "x: bad");
    assert_int_equal(lines.level, TTM_LOG_ERROR);
}

static void null_is_silent(void **state)
{
    TTMLog log = { 0 };

    (void)state;
    ttm_log(NULL, TTM_LOG_ERROR, "x");
    ttm_log(&log, TTM_LOG_ERROR, "x");
    assert_int_equal(ttm_fail(NULL, TTM_ERR_FILE, "x"), TTM_ERR_FILE);
}

static void long_lines_are_whole(void **state)
{
    Lines lines = { 0 };
    TTMLog log = { keep, &lines };
    char text[3001];

    (void)state;
    memset(text, 'y', 3000);
    text[3000] = 0;
    ttm_log(&log, TTM_LOG_DEBUG, "%s!", text);
    assert_int_equal(strlen(lines.text), 3001);
    assert_int_equal(lines.text[3000], '!');
}

static void newlines_and_escapes_become_spaces(void **state)
{
    Lines lines = { 0 };
    TTMLog log = { keep, &lines };

    (void)state;
    ttm_log(&log, TTM_LOG_INFO, "a\nb\033[1m\x7f" "é");
    assert_string_equal(lines.text, "a b [1m é");
}

static void arrays_are_clear_and_checked(void **state)
{
    uint32_t *array = ttm_array_alloc(100, sizeof(*array));
    uint32_t *grown = NULL;
    size_t capacity = 0;
    volatile size_t huge = SIZE_MAX / 2;

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(array[i], 0);
    free(array);
    array = ttm_array_alloc(0, 8);
    assert_non_null(array);
    free(array);
    assert_null(ttm_array_alloc(huge, 8));
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(ttm_array_grow(&grown, &capacity, i + 1,
                                        sizeof(*grown)), 0);
        assert_true(capacity > i);
        assert_int_equal(grown[i], 0);
        grown[i] = i;
    }
    assert_int_equal(grown[999], 999);
    assert_int_equal(ttm_array_grow(&grown, &capacity, huge, 8), TTM_ERR_MEMORY);
    assert_int_equal(grown[7], 7);
    free(grown);
}

static void strings(void **state)
{
    char *text = ttm_asprintf("%s/%05d", "folder", 42), *copy = ttm_strdup(text);

    (void)state;
    assert_string_equal(text, "folder/00042");
    assert_string_equal(copy, text);
    assert_ptr_not_equal(copy, text);
    free(copy);
    copy = ttm_strndup(text, 6);
    assert_string_equal(copy, "folder");
    assert_null(ttm_strdup(NULL));
    free(copy);
    free(text);
}

static void aligned_memory(void **state)
{
    (void)state;
    for (size_t size = 0; size < 200; size += 13) {
        void *memory = ttm_aligned_alloc(size);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 64, 0);
        memset(memory, 1, size);
        free(memory);
    }
}

static void wrong_utf8_is_replaced(void **state)
{
    /* the examples of the Unicode standard, table 3-8 and 3-11 */
    static const char *const pairs[][2] = {
        { "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82" "A", "????????A" },
        { "\xed\xa0\x80\xed\xbf\xbf\xed\xaf" "A", "????????A" },
        { "\xf4\x91\x92\x93\xff" "A\x80\xbf" "B", "?????A??B" },
        { "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf" "A", "????A" },
        { "caf\xc3\xa9 \xf0\x9f\x9a\x80", "caf\xc3\xa9 \xf0\x9f\x9a\x80" },
        { "\xe6\x9d", "?" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char *repaired = ttm_utf8_repair(pairs[i][0]), *from, *to;

        /* U+FFFD as one question mark */
        for (from = to = repaired; *from; to++) {
            if (!strncmp(from, "\xef\xbf\xbd", 3)) {
                *to = '?';
                from += 3;
            } else {
                *to = *from++;
            }
        }
        *to = 0;
        assert_string_equal(repaired, pairs[i][1]);
        free(repaired);
    }
}

static void utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[4];
        size_t length, written;

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        written = ttm_utf8_encode(c, text);
        assert_int_equal(ttm_utf8_decode(text, written, &length), c);
        assert_int_equal(length, written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_a_line),
        cmocka_unit_test(fail_returns_the_code),
        cmocka_unit_test(null_is_silent),
        cmocka_unit_test(long_lines_are_whole),
        cmocka_unit_test(newlines_and_escapes_become_spaces),
        cmocka_unit_test(arrays_are_clear_and_checked),
        cmocka_unit_test(strings),
        cmocka_unit_test(aligned_memory),
        cmocka_unit_test(wrong_utf8_is_replaced),
        cmocka_unit_test(utf8_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

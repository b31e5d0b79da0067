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

/** @file Ids as text, and back; texts that are damaged. */

#include "unit.h"

#include <stdlib.h>

#include "util/runs.h"

static void test_back(void **state)
{
    uint8_t ids[4096], back[4096];
    unsigned random = 3;

    (void)state;
    for (size_t nb = 1; nb <= sizeof(ids); nb = nb * 3 + 1) {
        char *text;

        for (size_t i = 0; i < nb; i++) {
            random = random * 1664525 + 1013904223;
            ids[i] = i && random >> 28 ? ids[i - 1] : (uint8_t)(random >> 20);
        }
        text = ttm_runs_write(ids, nb);
        assert_non_null(text);
        memset(back, 0, sizeof(back));
        assert_int_equal(ttm_runs_read(text, back, nb, 255), 0);
        assert_memory_equal(ids, back, nb);
        assert_int_equal(ttm_runs_read(text, back, nb + 1, 255), -1);
        free(text);
    }
}

static void test_damaged(void **state)
{
    static const char *const texts[] = {
        "", "0", "0*", "*6", "0*5", "0*7", "-1*6", "0*-6", "3*6", "0*3  1*3",
        "0*3,1*3", "0*99999999999999", "0*0 0*6", "0*6x", "0x0*6",
    };
    uint8_t ids[6];

    (void)state;
    assert_int_equal(ttm_runs_read("0*2 1*3 2*1", ids, 6, 2), 0);
    assert_memory_equal(ids, "\0\0\1\1\1\2", 6);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(ttm_runs_read(texts[i], ids, 6, 2), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}

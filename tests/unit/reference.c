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

/** @file The clip of tests/ref/make_trajectory_reference.py. */

#include "reference.h"

TTMJson *reference_load(void)
{
    TTMJson *json = NULL;

    assert_int_equal(ttm_json_load(&json, NULL,
                                   "tests/ref/trajectory_cases.json"), 0);
    assert_int_equal(ttm_json_number(ttm_json_get(json, "width"), 0), REF_W);
    assert_int_equal(ttm_json_number(ttm_json_get(json, "height"), 0), REF_H);
    assert_int_equal(ttm_json_number(ttm_json_get(json, "frames"), 0), REF_F);
    assert_int_equal(ttm_json_number(ttm_json_get(json, "objects"), 0), REF_L);
    return json;
}

void reference_ids(const TTMJson *json, const char *key, uint8_t *ids,
                   int count)
{
    const char *text = ttm_json_string(ttm_json_get(json, key), "");

    assert_int_equal(strlen(text), count);
    for (int i = 0; i < count; i++)
        ids[i] = (uint8_t)(text[i] - '0');
}

void reference_numbers(const TTMJson *json, const char *key, float *numbers,
                       int count)
{
    const TTMJson *list = ttm_json_get(json, key);

    assert_int_equal(ttm_json_count(list), count);
    for (int i = 0; i < count; i++)
        numbers[i] = (float)ttm_json_number(ttm_json_at(list, i), 1e9);
}

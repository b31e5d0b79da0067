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

/** @file Fuzz target: JSON texts, and what the check before the parser says of them. */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/json_check.h"

void fuzz_one(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    size_t at = 0;
    TTMJson *json;
    const int valid = !ttm_json_check(text, strlen(text), &at);
    int ret = ttm_json_parse(&json, &fuzz_log, text, "input");

    fuzz_check(ret);
    fuzz_assert(at <= strlen(text), "the place of a mistake lies in the text");
    fuzz_assert(ret < 0 || valid || !memcmp(text, "\xef\xbb\xbf", 3),
                "what is parsed is JSON");
    if (ret >= 0) {
        char *printed = ttm_json_print(json);
        TTMJson *again;

        fuzz_assert(printed && ttm_json_parse(&again, &fuzz_log, printed, "again") >= 0,
                    "what is printed is JSON");
        ttm_json_free(&again);
        free(printed);
    }
    ttm_json_free(&json);
    free(text);
}

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
 * Where utf8proc and the tokenizer's own tables differ, over all code points
 * (docs/reference.md, "Why the tables are our own"). Not part of any target:
 *
 *     cc -Ilibavfilter_ttm -Ibuild tests/ref/compare_utf8proc.c build/libttm.a \
 *         -lutf8proc -o build/compare_utf8proc && build/compare_utf8proc
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "prompt/tokenizer_unicode.h"
#include "util/utf8.h"

/* Whether NFC of the code point and two marks differs, -1: out of memory. */
static int other_nfc(uint32_t c)
{
    const uint32_t points[3] = { c, 0x323, 0x301 };
    char text[16], ours[64];
    utf8proc_uint8_t *theirs;
    uint32_t *composed;
    size_t nb, used = 0;
    int differs;

    for (int i = 0; i < 3; i++)
        used += ttm_utf8_encode(points[i], text + used);
    text[used] = 0;
    theirs = utf8proc_NFC((const utf8proc_uint8_t *)text);
    if (!theirs || ttm_unicode_nfc(points, 3, &composed, &nb) < 0)
        return -1;
    used = 0;
    for (size_t i = 0; i < nb; i++)
        used += ttm_utf8_encode(composed[i], ours + used);
    ours[used] = 0;
    differs = strcmp(ours, (const char *)theirs) != 0;
    free(composed);
    free(theirs);
    return differs;
}

int main(void)
{
    int letters = 0, numbers = 0, lower = 0, nfc = 0;

    for (uint32_t c = 1; c < 0x110000; c++) {
        int category = utf8proc_category((utf8proc_int32_t)c), status;
        uint32_t small[2];

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        letters += ttm_unicode_is_letter(c) !=
                   (category >= UTF8PROC_CATEGORY_LU &&
                    category <= UTF8PROC_CATEGORY_LO);
        numbers += ttm_unicode_is_number(c) !=
                   (category >= UTF8PROC_CATEGORY_ND &&
                    category <= UTF8PROC_CATEGORY_NO);
        lower += ttm_unicode_lower(c, small) != 1 ||
                 small[0] != (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
        status = other_nfc(c);
        if (status < 0)
            return 1;
        nfc += status;
    }
    printf("utf8proc %s, Unicode %s: %d letters, %d numbers, %d small letters, "
           "NFC of %d code points differ\n", utf8proc_version(),
           utf8proc_unicode_version(), letters, numbers, lower, nfc);
    return 0;
}

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

/** @file UTF-8. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

#define REPLACEMENT 0xfffd

uint32_t ttm_utf8_decode(const char *text, size_t size, size_t *length)
{
    const uint8_t *p = (const uint8_t *)text;
    uint8_t low = 0x80, high = 0xbf;        /* of the second byte */
    uint32_t value;
    size_t more;

    *length = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        more  = 1;
        value = p[0] & 0x1f;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        more  = 2;
        value = p[0] & 0x0f;
        if (p[0] == 0xe0)                   /* overlong */
            low = 0xa0;
        if (p[0] == 0xed)                   /* surrogates */
            high = 0x9f;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        more  = 3;
        value = p[0] & 0x07;
        if (p[0] == 0xf0)                   /* overlong */
            low = 0x90;
        if (p[0] == 0xf4)                   /* above U+10FFFF */
            high = 0x8f;
    } else {
        return REPLACEMENT;
    }
    for (size_t i = 1; i <= more; i++) {
        if (i >= size || p[i] < low || p[i] > high)
            return REPLACEMENT;
        value = value << 6 | (p[i] & 0x3f);
        *length = i + 1;
        low  = 0x80;
        high = 0xbf;
    }
    return value;
}

size_t ttm_utf8_encode(uint32_t code_point, char *text)
{
    static const uint8_t lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t nb = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 :
                code_point < 0x10000 ? 3 : 4;

    for (size_t i = nb; i-- > 1; code_point >>= 6)
        text[i] = (char)(0x80 | (code_point & 0x3f));
    text[0] = (char)(lead[nb] | code_point);
    return nb;
}

char *ttm_utf8_repair(const char *text)
{
    size_t size = strlen(text), used = 0, length;
    /* one wrong byte becomes the three of U+FFFD */
    char *copy = size < SIZE_MAX / 3 ? malloc(3 * size + 1) : NULL;

    if (!copy)
        return NULL;
    for (size_t i = 0; i < size; i += length) {
        uint32_t code_point = ttm_utf8_decode(text + i, size - i, &length);

        used += ttm_utf8_encode(code_point, copy + used);
    }
    copy[used] = 0;
    return copy;
}

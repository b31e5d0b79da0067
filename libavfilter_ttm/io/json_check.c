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

/** @file Checking JSON byte by byte. */

#include "io/json_check.h"

#include <stdint.h>
#include <string.h>

/** The text and how far it was read. */
typedef struct Reader {
    const char *text;
    size_t size, at;
    uint8_t is_object[TTM_JSON_DEPTH];  ///< of what is open, the outermost first
    int depth;
} Reader;

/* Next character, 0 at the end: no JSON has one. */
static char peek(const Reader *r)
{
    return r->at < r->size ? r->text[r->at] : 0;
}

static int take(Reader *r, char c)
{
    if (r->at >= r->size || r->text[r->at] != c)
        return 0;
    r->at++;
    return 1;
}

static void skip_blanks(Reader *r)
{
    static const char blanks[4] = { ' ', '\t', '\r', '\n' };

    while (r->at < r->size && memchr(blanks, r->text[r->at], sizeof(blanks)))
        r->at++;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_digits(Reader *r)
{
    const size_t from = r->at;

    while (is_digit(peek(r)))
        r->at++;
    return r->at - from;
}

static const char *check_number(Reader *r)
{
    const size_t from = r->at;

    take(r, '-');
    if (!take(r, '0') && !skip_digits(r))
        return "a value is missing";
    if (take(r, '.') && !skip_digits(r))
        return "a number ends with its point";
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        if (!skip_digits(r))
            return "a number ends with its exponent's e";
    }
    return r->at - from > TTM_JSON_DIGITS ? "a number has more than 60 characters"
                                          : NULL;
}

/* The four digits of an escape; negative: they are none. */
static int32_t read_hex(Reader *r)
{
    int32_t value = 0;

    for (int i = 0; i < 4; i++, r->at++) {
        const char c = peek(r);

        if (is_digit(c))
            value = value * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return value;
}

/* Behind "\u". Characters beyond 16 bits are two escapes. */
static const char *check_unicode(Reader *r)
{
    const int32_t first = read_hex(r);
    int32_t second;

    if (first < 0)
        return "\\u lacks its four digits";
    if (!first)
        return "a text holds the zero byte \\u0000";
    if (first < 0xd800 || first > 0xdfff)
        return NULL;
    second = take(r, '\\') && take(r, 'u') ? read_hex(r) : -1;
    return first < 0xdc00 && second >= 0xdc00 && second <= 0xdfff ? NULL :
           "half a pair of \\u escapes";
}

static const char *check_string(Reader *r)
{
    static const char escaped[8] = { '"', '\\', '/', 'b', 'f', 'n', 'r', 't' };

    if (!take(r, '"'))
        return "a name or text in quotes is missing";
    while (r->at < r->size) {
        const unsigned char c = (unsigned char)r->text[r->at++];
        const char *wrong;

        if (c == '"')
            return NULL;
        if (c < ' ') {
            r->at--;
            return "a control character in a text";
        }
        if (c != '\\')
            continue;
        if (take(r, 'u')) {
            wrong = check_unicode(r);
            if (wrong)
                return wrong;
        } else if (r->at < r->size && memchr(escaped, r->text[r->at], sizeof(escaped))) {
            r->at++;
        } else {
            return "an unknown escape";
        }
    }
    return "a text does not end";
}

static const char *check_word(Reader *r)
{
    static const char *const words[] = { "true", "false", "null" };

    for (int i = 0; i < 3; i++) {
        const size_t length = strlen(words[i]);

        if (r->size - r->at >= length && !memcmp(r->text + r->at, words[i], length)) {
            r->at += length;
            return NULL;
        }
    }
    return "a value is missing";
}

/* A name and the colon behind it. */
static const char *check_name(Reader *r)
{
    const char *wrong = check_string(r);

    if (wrong)
        return wrong;
    skip_blanks(r);
    if (!take(r, ':'))
        return "a colon is missing behind a name";
    skip_blanks(r);
    return NULL;
}

/* A value, or the beginning of one that holds others; *opened tells which. */
static const char *check_value(Reader *r, int *opened)
{
    const char c = peek(r);

    *opened = c == '{' || c == '[';
    if (c == '"')
        return check_string(r);
    if (c == '-' || is_digit(c))
        return check_number(r);
    if (!*opened)
        return check_word(r);
    if (r->depth == TTM_JSON_DEPTH)
        return "lists and objects are nested deeper than 500";
    r->at++;
    r->is_object[r->depth++] = c == '{';
    skip_blanks(r);
    return NULL;
}

/* Behind a value: close what ends here, until another value or the end comes. */
static const char *check_after(Reader *r)
{
    while (r->depth) {
        const int is_object = r->is_object[r->depth - 1];

        skip_blanks(r);
        if (take(r, ',')) {
            skip_blanks(r);
            return is_object ? check_name(r) : NULL;
        }
        if (!take(r, is_object ? '}' : ']'))
            return is_object ? "a comma or } is missing" : "a comma or ] is missing";
        r->depth--;
    }
    return NULL;
}

const char *ttm_json_check(const char *text, size_t size, size_t *at)
{
    Reader r = { text, size };
    const char *wrong = NULL;

    skip_blanks(&r);
    do {
        int opened = 0, is_object;

        wrong = check_value(&r, &opened);
        if (wrong)
            break;
        if (opened) {
            is_object = r.is_object[r.depth - 1];
            if (peek(&r) != (is_object ? '}' : ']')) {
                wrong = is_object ? check_name(&r) : NULL;
                continue;
            }
        }
        wrong = check_after(&r);
    } while (!wrong && r.depth);
    skip_blanks(&r);
    if (!wrong && r.at < size)
        wrong = "something follows the value";
    *at = r.at;
    return wrong;
}

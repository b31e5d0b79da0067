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


/** @file Inflections of the verbs of verb_tables.h. */

#include "prompt/verbs.h"

#include <string.h>

#include "prompt/verb_tables.h"

#define MAX_FORM 40

int ttm_word_in(const char *list, const char *word, size_t length)
{
    const char *at = list;

    if (!length)
        return 0;
    while ((at = strchr(at, ' ')) && at[1]) {
        at++;
        if (!strncmp(at, word, length) && at[length] == ' ')
            return 1;
    }
    return 0;
}

int ttm_word_ends(const char *word, const char *end)
{
    const size_t length = strlen(word), n = strlen(end);

    return length > n && !strcmp(word + length - n, end);
}

static int find_base(TTMVerb *verb, const char *word, size_t length,
                     enum TTMVerbForm form)
{
    for (size_t i = 0; i < sizeof(verb_rows) / sizeof(verb_rows[0]); i++)
        if (ttm_word_in(verb_rows[i].verbs, word, length)) {
            *verb = (TTMVerb){ verb_rows[i].motion, verb_rows[i].pace,
                               verb_rows[i].flags, form };
            return 1;
        }
    return 0;
}

/* The base of what is left of "moving", "spinning", "travelled", "panicked". */
static int find_stem(TTMVerb *verb, const char *word, size_t length,
                     enum TTMVerbForm form)
{
    char text[MAX_FORM];

    if (length < 2 || length + 2 > sizeof(text))
        return 0;
    if (find_base(verb, word, length, form))
        return 1;
    memcpy(text, word, length);
    text[length] = 'e';
    if (find_base(verb, text, length + 1, form))
        return 1;
    return length > 2 && (word[length - 1] == word[length - 2] ||
                          !memcmp(word + length - 2, "ck", 2)) &&
           find_base(verb, word, length - 1, form);
}

/* "flies", "carried": y became i. */
static int find_with_y(TTMVerb *verb, const char *word, size_t length,
                       enum TTMVerbForm form)
{
    char text[MAX_FORM];

    if (length < 4 || length > sizeof(text))
        return 0;
    memcpy(text, word, length - 3);
    text[length - 3] = 'y';
    return find_base(verb, text, length - 2, form);
}

int ttm_verb_find(TTMVerb *verb, const char *word)
{
    const size_t length = strlen(word);

    for (size_t i = 0; i < sizeof(irregular_forms) / sizeof(irregular_forms[0]); i++)
        if (!strcmp(irregular_forms[i][0], word))
            return find_base(verb, irregular_forms[i][1],
                             strlen(irregular_forms[i][1]),
                             ttm_word_ends(word, "ing") ? TTM_FORM_ING
                                                            : TTM_FORM_PAST);
    if (!strcmp(word, "seed"))
        return 0;                   /* which is no form of "see" */
    if (find_base(verb, word, length, TTM_FORM_BASE))
        return 1;
    if (ttm_word_ends(word, "ies") &&
        find_with_y(verb, word, length, TTM_FORM_THIRD))
        return 1;
    if (ttm_word_ends(word, "ied") &&
        find_with_y(verb, word, length, TTM_FORM_PAST))
        return 1;
    if (ttm_word_ends(word, "ing") &&
        find_stem(verb, word, length - 3, TTM_FORM_ING))
        return 1;
    if (ttm_word_ends(word, "ed") &&
        find_stem(verb, word, length - 2, TTM_FORM_PAST))
        return 1;
    if (ttm_word_ends(word, "es") &&
        find_base(verb, word, length - 2, TTM_FORM_THIRD))
        return 1;
    return ttm_word_ends(word, "s") && !ttm_word_ends(word, "ss") &&
           find_base(verb, word, length - 1, TTM_FORM_THIRD);
}

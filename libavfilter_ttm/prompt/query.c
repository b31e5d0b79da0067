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

#include "prompt/query.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/words.h"
#include "util/mem.h"

#define MOST_WORD 64

/* The word at *text, in small letters, and *text behind it; 0 where there is none. */
static int next_word(const char **text, char word[MOST_WORD])
{
    size_t length = 0;

    *text += strspn(*text, " ");
    for (; **text && **text != ' '; ++*text)
        if (length + 1 < MOST_WORD)
            word[length++] = **text >= 'A' && **text <= 'Z' ? (char)(**text + 32) : **text;
    word[length] = 0;
    return length > 0;
}

/* Whether words of a place in the picture, or of what was spoken of before, are in it. */
static int speaks_of_more(const char *text)
{
    char word[MOST_WORD];
    int x, y;

    while (next_word(&text, word))
        if (ttm_word_position(word, &x, &y) ||
            (ttm_word_class(word) & (TTM_WORD_PRONOUN | TTM_WORD_POSITION)) ||
            !strcmp(word, "him") || !strcmp(word, "her") || !strcmp(word, "them"))
            return 1;
    return 0;
}

/* The text without "the", "a", "two" before it. */
static const char *without_determiner(const char *text)
{
    const char *rest = text;
    char word[MOST_WORD];

    while (next_word(&rest, word) && (ttm_word_class(word) & TTM_WORD_DETERMINER) &&
           *rest)
        text = rest + strspn(rest, " ");
    return text;
}

/* "red balls" as "red ball", in place of the last word. */
static char *of_one(const char *text)
{
    const char *last = strrchr(text, ' ');
    char word[MOST_WORD], singular[MOST_WORD];
    const char *rest = last ? last + 1 : text;

    if (!next_word(&rest, word) || !ttm_word_plural(word))
        return ttm_strdup(text);
    ttm_word_singular(word, singular, sizeof(singular));
    return ttm_asprintf("%.*s%s", last ? (int)(last + 1 - text) : 0, text, singular);
}

char *ttm_query_text(const TTMPromptObject *object, int brief)
{
    const int several = object->count != 1;
    const char *text = brief || several || speaks_of_more(object->description) ?
                       object->name : object->description;
    char *noun = several ? of_one(without_determiner(text)) :
                 ttm_strdup(without_determiner(text));
    char *query = noun ? ttm_asprintf("a photo of %s %s", noun[0] &&
                                      strchr("aeiouAEIOU", noun[0]) ? "an" : "a", noun) :
                  NULL;

    free(noun);
    return query;
}

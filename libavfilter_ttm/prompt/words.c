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

/** @file Word lists of the prompt rules. */

#include "prompt/words.h"

#include <stdint.h>
#include <string.h>

static const struct {
    unsigned word_class;
    const char *words;              ///< each between blanks
} lists[] = {
    { TTM_WORD_DETERMINER, " the a an this that these those one two three "
      "four five another some each both every its his her their all many " },
    { TTM_WORD_SEPARATOR, " and while whilst as then but whereas when " },
    { TTM_WORD_PLACE, " on in over under among against by at near behind "
      "beside above below across through along inside within beneath between "
      "upon amid amidst before underneath outside with without " },
    { TTM_WORD_WAY, " to towards toward into from off onto past out around " },
    { TTM_WORD_DIRECTION, " left right up down leftward leftwards rightward "
      "rightwards upward upwards downward downwards forward forwards backward "
      "backwards back forth away around sideways diagonally off out closer "
      "bigger smaller larger still apart together aside over " },
    { TTM_WORD_ADVERB, " then again fast once twice very softly not also "
      "straight high low soon suddenly " },
    { TTM_WORD_AUXILIARY, " is are was were does do did has have will can "
      "starts start begins begin keeps keep being " },
    { TTM_WORD_PRONOUN, " it they he she both " },
};

static const char verbs[] =
    " accelerate appear approach arrive ascend back bark become bend blast "
    "blink blow bob bounce bow break breathe burn burst charge chase circle "
    "clap climb close collapse come contract crash crawl creep cross dance "
    "dart dash depart descend disappear dive drift drive drop emerge enter "
    "escape exit expand explode fade fall flap flee flicker flip float flow "
    "flutter fly follow gallop get glide go grow hang head hit hop hover "
    "hurry inflate jog jump kick land launch lean leap leave lie lift live "
    "look lower lunge march melt move nod open orbit pass pause pedal "
    "pirouette plunge point pop pounce pull pulse push race raise reach rear "
    "recede remain rest retreat return reverse revolve ride ripple rise roam "
    "rock roll rotate run rush sail sway scamper shake shine shiver shoot "
    "shrink sink sit skate ski skid skip slide slip slither slow soar spin "
    "spiral splash spread sprint squirm stagger stand stay steer step stop "
    "stretch stroll stumble surf surge swing swim swirl swoop take talk "
    "throw tilt tip topple toss travel tremble trot tumble turn twirl twist "
    "vanish vibrate wag waggle wait walk wander wave whirl wiggle wobble "
    "wriggle zigzag zip zoom cruise steam taxi flow pour drip rain snow ";

static const struct {
    const char *word;
    unsigned char rgb[3];
} colours[] = {
    { "red", { 210, 35, 30 } },      { "orange", { 240, 130, 25 } },
    { "yellow", { 240, 215, 40 } },  { "green", { 45, 150, 55 } },
    { "blue", { 35, 80, 205 } },     { "purple", { 125, 50, 170 } },
    { "violet", { 125, 50, 170 } },  { "pink", { 245, 140, 185 } },
    { "brown", { 115, 70, 35 } },    { "white", { 240, 240, 238 } },
    { "black", { 22, 22, 25 } },     { "grey", { 128, 128, 128 } },
    { "gray", { 128, 128, 128 } },   { "cyan", { 40, 200, 215 } },
    { "turquoise", { 50, 190, 180 } }, { "teal", { 0, 128, 128 } },
    { "magenta", { 215, 40, 170 } }, { "golden", { 215, 165, 40 } },
    { "gold", { 215, 165, 40 } },    { "silver", { 190, 190, 195 } },
    { "beige", { 225, 205, 170 } },  { "maroon", { 120, 20, 35 } },
    { "navy", { 20, 30, 100 } },     { "crimson", { 190, 20, 50 } },
};

static const struct {
    const char *word;
    int x, y;
} positions[] = {
    { "left", -1, 0 }, { "leftmost", -1, 0 }, { "right", 1, 0 },
    { "rightmost", 1, 0 }, { "top", 0, -1 }, { "upper", 0, -1 },
    { "highest", 0, -1 }, { "bottom", 0, 1 }, { "lower", 0, 1 },
    { "lowest", 0, 1 }, { "middle", 0, 0 }, { "center", 0, 0 },
    { "centre", 0, 0 }, { "central", 0, 0 },
};

static const char big_words[] =
    " big large huge giant tall great enormous biggest largest massive ";
static const char small_words[] =
    " small little tiny short mini smaller smallest miniature ";

static int in_list(const char *list, const char *word, size_t length)
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

/* A stem that lost its e ("moving") or was doubled ("spinning"). */
static int is_stem(const char *word, size_t length, int restore)
{
    char text[40];

    if (length < 2 || length + 2 > sizeof(text))
        return 0;
    if (in_list(verbs, word, length))
        return 1;
    if (!restore)
        return 0;
    memcpy(text, word, length);
    text[length] = 'e';
    if (in_list(verbs, text, length + 1))
        return 1;
    return length > 2 && word[length - 1] == word[length - 2] &&
           in_list(verbs, word, length - 1);
}

static int ends_with(const char *word, size_t length, const char *end)
{
    size_t n = strlen(end);

    return length > n && !memcmp(word + length - n, end, n);
}

static int is_verb_form(const char *word, size_t length)
{
    char text[40];

    if (ends_with(word, length, "ies") && length + 1 < sizeof(text)) {
        memcpy(text, word, length - 3);
        text[length - 3] = 'y';
        if (in_list(verbs, text, length - 2))
            return 1;
    }
    if (!strcmp(word, "lying"))
        return 1;
    return (ends_with(word, length, "ing") &&
            is_stem(word, length - 3, 1)) ||
           (ends_with(word, length, "es") && is_stem(word, length - 2, 0)) ||
           (ends_with(word, length, "s") && is_stem(word, length - 1, 0)) ||
           (ends_with(word, length, "ed") && is_stem(word, length - 2, 1));
}

unsigned ttm_word_class(const char *word)
{
    size_t length = strlen(word);
    unsigned result = 0;
    unsigned char rgb[3];

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (in_list(lists[i].words, word, length))
            result |= lists[i].word_class;
    if (ttm_word_colour(word, rgb))
        result |= TTM_WORD_COLOUR;
    if (ttm_word_size(word))
        result |= TTM_WORD_SIZE;
    if (in_list(verbs, word, length))
        result |= TTM_WORD_VERB;
    else if (is_verb_form(word, length))
        result |= TTM_WORD_VERB_FORM;
    if (!result && ends_with(word, length, "ly"))
        result |= TTM_WORD_ADVERB;
    if (!result && length > 3 &&
        ((ends_with(word, length, "s") && !ends_with(word, length, "ss")) ||
         (length > 5 && ends_with(word, length, "ing"))))
        result |= TTM_WORD_LIKE_VERB;
    return result;
}

int ttm_word_plural(const char *word)
{
    static const char irregular[] =
        " people men women children fish sheep deer geese mice feet leaves ";
    const size_t length = strlen(word);

    if (in_list(irregular, word, length))
        return 1;
    return ends_with(word, length, "s") && !ends_with(word, length, "ss") &&
           !ends_with(word, length, "us") && !ends_with(word, length, "is");
}

int ttm_word_third_person(const char *word, char *form, size_t size)
{
    static const char *const irregular[][2] = {
        { "are", "is" }, { "were", "was" }, { "have", "has" },
    };
    static const char regular_auxiliaries[] = " do start begin keep ";
    const size_t length = strlen(word);
    const char *ending = "s";
    size_t stem = length;

    for (size_t i = 0; i < sizeof(irregular) / sizeof(irregular[0]); i++)
        if (!strcmp(irregular[i][0], word) && strlen(irregular[i][1]) < size) {
            strcpy(form, irregular[i][1]);
            return 1;
        }
    if (!in_list(verbs, word, length) &&
        !in_list(regular_auxiliaries, word, length))
        return 0;
    if (ends_with(word, length, "y") && length > 1 &&
        !strchr("aeiou", word[length - 2])) {
        ending = "ies";
        stem--;
    } else if (strchr("sxzo", word[length - 1]) ||
               ends_with(word, length, "ch") || ends_with(word, length, "sh")) {
        ending = "es";
    }
    if (stem + strlen(ending) + 1 > size)
        return 0;
    memmove(form, word, stem);
    strcpy(form + stem, ending);
    return 1;
}

int ttm_word_colour(const char *word, unsigned char rgb[3])
{
    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
        if (!strcmp(colours[i].word, word)) {
            memcpy(rgb, colours[i].rgb, 3);
            return 1;
        }
    }
    return 0;
}

int ttm_word_position(const char *word, int *x, int *y)
{
    for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
        if (!strcmp(positions[i].word, word)) {
            *x = positions[i].x;
            *y = positions[i].y;
            return 1;
        }
    }
    return 0;
}

int ttm_word_size(const char *word)
{
    size_t length = strlen(word);

    return in_list(big_words, word, length) -
           in_list(small_words, word, length);
}

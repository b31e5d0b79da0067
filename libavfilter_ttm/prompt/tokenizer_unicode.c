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

/** @file Searches in the tables of code points; normalisation form C. */

#include <stdlib.h>
#include <string.h>

#include "prompt/tokenizer_nfc.h"
#include "prompt/tokenizer_tables.h"
#include "prompt/tokenizer_unicode.h"
#include "util/mem.h"

#define NB(array) (sizeof(array) / sizeof((array)[0]))

/* Hangul syllables are computed (Unicode standard, section 3.12). */
#define SYLLABLE_FIRST 0xac00u
#define LEAD_FIRST     0x1100u
#define VOWEL_FIRST    0x1161u
#define TRAIL_BEFORE   0x11a7u      /* no trailing consonant */
#define NB_LEADS       19u
#define NB_VOWELS      21u
#define NB_TRAILS      28u
#define NB_SYLLABLES   (NB_LEADS * NB_VOWELS * NB_TRAILS)

/* Row of a table of [first, last, ...] that holds c, or NULL. */
static const uint32_t *find_run(const uint32_t *table, size_t nb, size_t columns,
                                uint32_t c)
{
    size_t low = 0, high = nb;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const uint32_t *row = table + middle * columns;

        /* all of a table's columns have values */
        if (c < row[0])         // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult)
            high = middle;
        else if (c > row[1])
            low = middle + 1;
        else
            return row;
    }
    return NULL;
}

int ttm_unicode_is_letter(uint32_t c)
{
    return find_run(letters[0], NB(letters), 2, c) != NULL;
}

int ttm_unicode_is_number(uint32_t c)
{
    return find_run(numbers[0], NB(numbers), 2, c) != NULL;
}

int ttm_unicode_is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

int ttm_unicode_lower(uint32_t c, uint32_t small[2])
{
    size_t low = 0, high = NB(lower);

    if (c == 0x130) {               /* I with a dot: the only pair */
        small[0] = 'i';
        small[1] = 0x307;
        return 2;
    }
    small[0] = c;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const int32_t *row = lower[middle];

        if ((int32_t)c < row[0])
            high = middle;
        else if ((int32_t)c > row[1])
            low = middle + 1;
        else if (((int32_t)c - row[0]) % row[2])
            break;
        else {
            small[0] = (uint32_t)((int32_t)c + row[3]);
            break;
        }
    }
    return 1;
}

static uint32_t combining_class(uint32_t c)
{
    const uint32_t *row = find_run(classes[0], NB(classes), 3, c);

    return row ? row[2] : 0;
}

/* First step of the decomposition of c, or NULL. */
static const uint32_t *find_decomposition(uint32_t c)
{
    size_t low = 0, high = NB(decompositions);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (decompositions[middle][0] == c)
            return decompositions[middle];
        if (decompositions[middle][0] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Full decomposition; at most four code points (U+1F82 and the like). */
static size_t decompose(uint32_t c, uint32_t *out)
{
    const uint32_t *row;
    size_t nb;

    if (c - SYLLABLE_FIRST < NB_SYLLABLES) {
        uint32_t index = c - SYLLABLE_FIRST;

        out[0] = LEAD_FIRST + index / (NB_VOWELS * NB_TRAILS);
        out[1] = VOWEL_FIRST + index / NB_TRAILS % NB_VOWELS;
        out[2] = TRAIL_BEFORE + index % NB_TRAILS;
        return index % NB_TRAILS ? 3 : 2;
    }
    row = find_decomposition(c);
    if (!row) {
        out[0] = c;
        return 1;
    }
    /* only the first part decomposes further */
    nb = decompose(row[1], out);
    if (row[2])
        out[nb++] = row[2];
    return nb;
}

/* Code point of a followed by b, 0 where there is none. */
static uint32_t compose(uint32_t a, uint32_t b)
{
    size_t low = 0, high = NB(compositions);

    if (a - LEAD_FIRST < NB_LEADS && b - VOWEL_FIRST < NB_VOWELS)
        return SYLLABLE_FIRST + ((a - LEAD_FIRST) * NB_VOWELS + b - VOWEL_FIRST) *
               NB_TRAILS;
    if (a - SYLLABLE_FIRST < NB_SYLLABLES && (a - SYLLABLE_FIRST) % NB_TRAILS == 0 &&
        b - TRAIL_BEFORE - 1 < NB_TRAILS - 1)
        return a + b - TRAIL_BEFORE;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const uint32_t *row = decompositions[compositions[middle]];

        if (row[1] == a && row[2] == b)
            return row[0];
        if (row[1] < a || (row[1] == a && row[2] < b))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

typedef struct Mark {
    uint32_t order, code_point;
    size_t place;
} Mark;

static int compare_marks(const void *a, const void *b)
{
    const Mark *x = a, *y = b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Stable order by class of the marks text[0 .. nb), all of a class above 0. */
static void sort_marks(uint32_t *text, size_t nb, Mark *marks)
{
    for (size_t i = 0; i < nb; i++)
        marks[i] = (Mark){ combining_class(text[i]), text[i], i };
    qsort(marks, nb, sizeof(*marks), compare_marks);
    for (size_t i = 0; i < nb; i++)
        text[i] = marks[i].code_point;
}

/* Put every run of marks into canonical order. */
static int reorder(uint32_t *text, size_t nb)
{
    Mark *marks = NULL;

    for (size_t i = 0, begin = 0; i <= nb; i++) {
        if (i < nb && combining_class(text[i]))
            continue;
        if (i - begin > 1) {
            if (!marks && !(marks = ttm_array_alloc(nb, sizeof(*marks))))
                return TTM_ERR_MEMORY;
            sort_marks(text + begin, i - begin, marks);
        }
        begin = i + 1;
    }
    free(marks);
    return 0;
}

/* Canonical composition in place; returns the new length. */
static size_t recompose(uint32_t *text, size_t nb)
{
    size_t used = 0, starter = 0;
    uint32_t last = 0;                  /* class of the last one kept */
    int has_starter = 0;

    for (size_t i = 0; i < nb; i++) {
        uint32_t order = combining_class(text[i]);
        uint32_t made = 0;

        /* not blocked: next to the starter, or all between are of lower class */
        if (has_starter && (used == starter + 1 || (last && last < order)))
            made = compose(text[starter], text[i]);
        if (made) {
            text[starter] = made;
            continue;
        }
        if (!order) {
            starter     = used;
            has_starter = 1;
        }
        last = order;
        text[used++] = text[i];
    }
    return used;
}

int ttm_unicode_nfc(const uint32_t *text, size_t nb, uint32_t **out,
                    size_t *nb_out)
{
    uint32_t *made = ttm_array_alloc(nb, 4 * sizeof(*made));
    size_t used = 0;

    *out = NULL;
    if (!made)
        return TTM_ERR_MEMORY;
    for (size_t i = 0; i < nb; i++)
        used += decompose(text[i], made + used);
    if (reorder(made, used) < 0) {
        free(made);
        return TTM_ERR_MEMORY;
    }
    *nb_out = recompose(made, used);
    *out    = made;
    return 0;
}

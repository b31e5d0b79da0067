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

/** @file What kind of word an English word is, as far as prompts need it. */

#ifndef TTM_PROMPT_WORDS_H
#define TTM_PROMPT_WORDS_H

#include <stddef.h>

/** Classes as bits: a word may be in several. */
enum TTMWordClass {
    TTM_WORD_DETERMINER = 1 << 0,   ///< the, a, two, ...
    TTM_WORD_SEPARATOR  = 1 << 1,   ///< and, while, as, then, ...
    TTM_WORD_PLACE      = 1 << 2,   ///< preposition of a place: on, in, under
    TTM_WORD_WAY        = 1 << 3,   ///< preposition of a motion: to, into, from
    TTM_WORD_DIRECTION  = 1 << 4,   ///< left, up, away, ...
    TTM_WORD_COLOUR     = 1 << 5,
    TTM_WORD_SIZE       = 1 << 6,
    TTM_WORD_ADVERB     = 1 << 7,   ///< slowly, then, again
    TTM_WORD_AUXILIARY  = 1 << 8,   ///< is, does, starts
    TTM_WORD_PRONOUN    = 1 << 9,   ///< it, they
    TTM_WORD_VERB       = 1 << 10,  ///< a verb of the list in base form
    TTM_WORD_VERB_FORM  = 1 << 11,  ///< the same with -s, -ing or -ed
    TTM_WORD_LIKE_VERB  = 1 << 12,  ///< unknown, but ends in -s or -ing
    TTM_WORD_POSITION   = 1 << 13,  ///< where in the picture: left, upper
    TTM_WORD_RELATIVE   = 1 << 14,  ///< who, which, that
    TTM_WORD_STYLE      = 1 << 15,  ///< of the look or the camera: cinematic
    TTM_WORD_SCENERY    = 1 << 16,  ///< flows or stands, is no thing: waves
    TTM_WORD_BODY       = 1 << 17,  ///< part of a body: head
};

/** Classes of a lower-case word. */
unsigned ttm_word_class(const char *word);

/** Whether one and several are said alike: "sheep". */
int ttm_word_unmarked(const char *word);

/** 1 where a lower-case noun looks like a plural, or may be one. */
int ttm_word_plural(const char *word);

/** The noun of one of what a lower-case noun says: "boxes" gives "box". */
void ttm_word_singular(const char *word, char *singular, size_t size);

/** Whether it names a person: "woman", "farmer", "pianist". */
int ttm_word_person(const char *word);

/** The participle of a lower-case verb in any form: "kicks" gives "kicked". */
void ttm_word_past(const char *word, char *past, size_t size);

/**
 * The form of a lower-case verb that goes with one thing: "move" gives
 * "moves", "are" gives "is". 0, and @p form stays, where @p word is no base
 * form, has none such ("will"), or @p size is too small.
 */
int ttm_word_third_person(const char *word, char *form, size_t size);

/** RGB, 0 .. 255, of a colour word; returns 0 where it is none. */
int ttm_word_colour(const char *word, unsigned char rgb[3]);

/**
 * Where in the picture a word points to: *x and *y are -1 (left, top), 0 or
 * 1 (right, bottom); returns 0 where it is no such word.
 */
int ttm_word_position(const char *word, int *x, int *y);

/** 1 for words as "big", -1 for words as "small", else 0. */
int ttm_word_size(const char *word);

#endif /* TTM_PROMPT_WORDS_H */

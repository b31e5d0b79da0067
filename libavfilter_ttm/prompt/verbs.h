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


/** @file Verbs of motion: what a verb, in any of its forms, makes of a path. */

#ifndef TTM_PROMPT_VERBS_H
#define TTM_PROMPT_VERBS_H

#include <stddef.h>

/** Motions that prompts tell apart. */
enum TTMMotion {
    TTM_MOTION_UNKNOWN,     ///< not in the table
    TTM_MOTION_STILL,
    TTM_MOTION_PLACE,       ///< moves, but stays where it is
    TTM_MOTION_GO,          ///< straight, where the sentence says
    TTM_MOTION_UP,
    TTM_MOTION_DOWN,
    TTM_MOTION_LIFT_OFF,
    TTM_MOTION_FALL,
    TTM_MOTION_JUMP,
    TTM_MOTION_BOUNCE,
    TTM_MOTION_GROW,
    TTM_MOTION_SHRINK,
    TTM_MOTION_CIRCLE,
    TTM_MOTION_SHAKE,
    TTM_MOTION_ROLL,
    TTM_MOTION_SPIN,
    TTM_MOTION_SWING,
    TTM_MOTION_CLOSER,
    TTM_MOTION_AWAY,
    TTM_MOTION_FOLLOW,      ///< goes after another object
    TTM_MOTION_SWAP,        ///< goes where another object is
    TTM_MOTION_ENTER,       ///< comes into the frame
    TTM_MOTION_LEAVE,       ///< goes out of the frame
};

enum TTMVerbFlag {
    TTM_VERB_KNOWN       = 1 << 0,  ///< the captions of small bundles have it
    TTM_VERB_MOVES_OTHER = 1 << 1,  ///< with an object, that is what moves: kick
    TTM_VERB_MOVES_BOTH  = 1 << 2,  ///< with an object, both do: push, ride
    TTM_VERB_FIXED       = 1 << 3,  ///< directions are not where it goes: look
    TTM_VERB_DESCRIBES   = 1 << 4,  ///< says what something is like: wear
};

enum TTMVerbForm {
    TTM_FORM_BASE,          ///< move; also the past form of a few: hit
    TTM_FORM_THIRD,         ///< moves
    TTM_FORM_ING,           ///< moving
    TTM_FORM_PAST,          ///< moved, thrown
};

typedef struct TTMVerb {
    enum TTMMotion motion;
    int pace;               ///< -1 slow, 0, 1 fast
    unsigned flags;         ///< TTM_VERB_*
    enum TTMVerbForm form;
} TTMVerb;

/** Look up a lower-case word in any form; 0 where it is no verb of the table. */
int ttm_verb_find(TTMVerb *verb, const char *word);

/** 1 where a lower-case word is one of a list of words between blanks. */
int ttm_word_in(const char *list, const char *word, size_t length);

/** Whether a word ends so, and has more than that. */
int ttm_word_ends(const char *word, const char *end);

#endif /* TTM_PROMPT_VERBS_H */

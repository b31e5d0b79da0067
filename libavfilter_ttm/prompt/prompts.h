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
 * The three kinds of prompt of the method: the global one (stage 2), the
 * motion prompt (stage 1) and one local prompt an object (both).
 */

#ifndef TTM_PROMPT_PROMPTS_H
#define TTM_PROMPT_PROMPTS_H

#include "prompt/aim.h"
#include "prompt/flows.h"
#include "prompt/place.h"
#include "util/camera.h"
#include "util/log.h"
#include "util/palette.h"

/** One object. Strings are owned. */
typedef struct TTMPromptObject {
    char *name;             ///< "red ball"
    char *description;      ///< noun phrase with its place: "red ball on the left"
    char *prompt;           ///< local prompt
    int count;              ///< how many such things are meant, 0: all there are
    int in_place;           ///< it may move, but must stay where it is
    int inside;             ///< it goes, and nothing says that it leaves the picture
    int unsure;             ///< by its report it may be something else than was meant
    int kept_still;         ///< it has no motion, or is no thing that moves as a whole
    TTMFlow flow;           ///< it moves within its outline only, if it has a way
    TTMObjectPlace place;         ///< where it is, if that was said
    TTMObjectPlace end;     ///< the same in the picture of the end
} TTMPromptObject;

typedef struct TTMPrompts {
    char *global;
    char *motion;
    int nb_objects;
    TTMPromptObject objects[TTM_MAX_OBJECTS];
    char *runs;             ///< ids of a report (util/runs.h), [runs_height, runs_width]; NULL: none
    int runs_width, runs_height;
    TTMCamera camera;       ///< as the option objects says,
    int camera_is_told;     ///< where it does; else the global prompt may
    int parsed;             ///< 0: no clause was understood, one prompt for all
    int answered;           ///< an answer of a language model says it (prompt/answer.h)
} TTMPrompts;

/**
 * Derive everything from the global prompt by rules: clauses, noun phrases
 * and verb phrases. Where nothing is understood there is one object whose
 * prompt is the whole text.
 */
int ttm_prompts_from_text(TTMPrompts *prompts, const TTMLog *log,
                          const char *text);

/**
 * Read the `objects` option: JSON text that begins with '{', else a file.
 * @p text is the global prompt, NULL: the objects' prompts joined. Errors
 * name the member.
 */
int ttm_prompts_from_json(TTMPrompts *prompts, const TTMLog *log,
                          const char *objects, const char *text);

/**
 * Put the motion prompt and the local prompts into words that the captions of
 * small bundles have ("strums a guitar" becomes "shakes"), unless they
 * have them already, and set in_place, inside, kept_still and flow (one that is set stays).
 * @p aim tells for each object where it goes if its prompt does not.
 * What is changed, guessed or not understood is logged.
 */
int ttm_prompts_simplify(TTMPrompts *prompts, const TTMLog *log,
                         const TTMAim aim[TTM_MAX_OBJECTS]);

/**
 * Append a copy of object @p index, for prompts that speak of several things at
 * once. Returns its index, or TTM_ERR_MEMORY without a line. There must be room.
 */
int ttm_prompts_repeat(TTMPrompts *prompts, int index);

/**
 * Make of "two dogs" two objects next to each other, and so on, if there are at
 * least as many @p things as that makes objects. 0 or TTM_ERR_MEMORY without a line.
 */
int ttm_prompts_spread(TTMPrompts *prompts, int things);

/** Free what an object owns; it is zero then. */
void ttm_prompt_object_free(TTMPromptObject *object);

void ttm_prompts_free(TTMPrompts *prompts);

/** Read a text file (at most 64 KiB) without the blanks around the text. */
int ttm_prompt_load(char **text, const TTMLog *log, const char *path);

#endif /* TTM_PROMPT_PROMPTS_H */

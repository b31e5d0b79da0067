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
 * The clip of one instance: an engine, the still that it has, and its frames in any
 * order. It fails once: the line is logged then, and until it is opened anew there are
 * no frames.
 */

#ifndef TTM_FREI0R_CLIP_H
#define TTM_FREI0R_CLIP_H

#include <stdint.h>

#include "ttm.h"

/** Values that an engine is opened with; empty texts are "not set". */
typedef struct Frei0rWishes {
    const char *prompt, *objects, *model, *seed;
    const char *options;    ///< as ttm_frei0r_set_options() reads them; they win
} Frei0rWishes;

/** All zero is a clip that is not open. */
typedef struct Frei0rClip {
    TTMContext *engine;     ///< NULL: not open, or it failed
    int failed;             ///< and the line has been logged
    int quiet;              ///< an error that is handled is not logged
    int begun;              ///< the engine has the still
    int tell_seed;          ///< the engine picks it: say which
    int width, height;      ///< of still and frames
    uint8_t *still;         ///< R, G, B of `width` x `height`; NULL: none yet
    uint8_t *frame;         ///< the same of frame `shown`
    int shown;              ///< -1: none
    int furthest;           ///< highest frame that was asked for, -1: none
} Frei0rClip;

/** Open an engine for frames of that size. After an error `failed` is set. */
void ttm_frei0r_clip_open(Frei0rClip *clip, const Frei0rWishes *wishes,
                          int width, int height);

/**
 * Give the still; frames are those of its clip from now on. One with the pixels of the
 * still that the clip has changes nothing. It is kept when an engine is opened anew.
 *
 * @param rgba  R, G, B, A of each pixel; copied, without A
 */
void ttm_frei0r_clip_still(Frei0rClip *clip, const uint8_t *rgba);

/**
 * R, G, B of frame @p index, of the last one where the clip is shorter; made now if it
 * is not there yet. It stays until the next call.
 *
 * @return NULL where the clip has failed
 */
const uint8_t *ttm_frei0r_clip_frame(Frei0rClip *clip, int index);

/** Frames a second, 0 where the clip is not open. */
double ttm_frei0r_clip_rate(const Frei0rClip *clip);

/** Say what is wrong with something that libttm does not see; the clip has failed. */
void ttm_frei0r_clip_fail(Frei0rClip *clip, const char *message);

/** Free everything; all zero then. */
void ttm_frei0r_clip_close(Frei0rClip *clip);

#endif /* TTM_FREI0R_CLIP_H */

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

/** @file Objects of the still by a segmenter: which questions are asked, one after another. */

#ifndef TTM_SEGMENT_LEARNED_H
#define TTM_SEGMENT_LEARNED_H

#include "segment/guess.h"
#include "segment/segment.h"

/**
 * How much each pixel of the reduced whole is the thing of the picture, 0 .. 1: the mean of
 * what the segmenter says without a hint and of ttm_salience(), which sees small things and
 * those of one colour.
 */
int ttm_learned_salience(TTMSearch *search, float *salience);

/**
 * Look for the object of @p guess, called @p name: in its box, around its region of the
 * reduced whole, or at its points. Those are looked for in the whole still first, and
 * then around what is found there; the guess's box becomes that.
 *
 * @param answer  empty; the caller frees it, after an error too
 * @return as ttm_ask()
 */
int ttm_learned_look(TTMSearch *search, TTMGuess *guess, const char *name, TTMAnswer *answer);

/** 1 if an answer about the guess is to be believed: see docs/options.md. */
int ttm_learned_is_sure(const TTMSearch *search, const TTMGuess *guess,
                        const TTMAnswer *answer);

/**
 * Cut out what the answer about the guess says, as ttm_guess_cut() does; how sure it is goes
 * to @p found.
 */
int ttm_learned_take(TTMSearch *search, const TTMGuess *guess, const TTMAnswer *answer, int id,
                     TTMFound *found);

/** Look, and cut out: what ttm_learned_look() and ttm_learned_take() do. */
int ttm_learned_cut(TTMSearch *search, TTMGuess *guess, const char *name, int id,
                    TTMFound *found);

#endif /* TTM_SEGMENT_LEARNED_H */

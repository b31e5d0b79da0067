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

/** @file Figure and ground by colour models and smoothness. */

#ifndef TTM_SEGMENT_CUT_H
#define TTM_SEGMENT_CUT_H

#include "segment/work.h"

/** What is known of a pixel before the cut. */
enum TTMCutHint {
    TTM_CUT_FREE,
    TTM_CUT_FIGURE,             ///< surely the object
    TTM_CUT_GROUND,             ///< surely not
};

#define TTM_MIXTURE 6

/** Mixture of Gaussians with diagonal covariance in L*a*b*. */
typedef struct TTMColours {
    int nb;
    float mean[TTM_MIXTURE][3], variance[TTM_MIXTURE][3], share[TTM_MIXTURE];
} TTMColours;

/** Fit by k-means; @p weight [count] of each colour [count, 3]. */
void ttm_colours_fit(TTMColours *colours, const float *lab,
                     const float *weight, int count);
/** Log density. */
float ttm_colours_log(const TTMColours *colours, const float lab[3]);

/**
 * Alternate colour models of figure and ground with a relaxation that is
 * smooth where the picture is, as GrabCut does with graph cuts (Rother et
 * al., 2004).
 *
 * @param figure  in: first guess 0 .. 1; out: 0 .. 1, cut at 0.5
 * @param hints   enum TTMCutHint of each pixel
 * @param weight  of the colours beside the first guess
 */
int ttm_cut(const TTMWork *work, const uint8_t *hints, float weight, float *figure);

#endif /* TTM_SEGMENT_CUT_H */

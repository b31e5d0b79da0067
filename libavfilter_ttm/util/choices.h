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

/** @file Choices of the options, as indices into their lists. */

#ifndef TTM_UTIL_CHOICES_H
#define TTM_UTIL_CHOICES_H

/** Choices of the `mode` option: what a clip works towards. */
enum TTMMode {
    TTM_MODE_FULL,                  ///< still -> trajectory -> video
    TTM_MODE_PLAN,                  ///< stage 1 only: the frames are the colour-coded trajectory
    TTM_MODE_RENDER,                ///< stage 2 only: the trajectory is given
    TTM_MODE_DRAFT,                 ///< no stage: the still carried along a given trajectory
    TTM_MODE_OBJECTS,               ///< no stage: one frame, the objects of the still
};

/** Whether a mode runs networks. */
static inline int ttm_mode_has_networks(int mode)
{
    return mode != TTM_MODE_DRAFT && mode != TTM_MODE_OBJECTS;
}

/** Whether the trajectory of a mode is given. */
static inline int ttm_mode_is_drawn(int mode)
{
    return mode == TTM_MODE_RENDER || mode == TTM_MODE_DRAFT;
}

/** Choices of the `emit` option. */
enum TTMEmitChoice {
    TTM_EMIT_CLIP,
    TTM_EMIT_MASK,                  ///< of a draft: where it does not know the picture
    TTM_EMIT_VIEW,                  ///< of a plan: as the camera sees it
};

/** Choices of the `refine` option. */
enum TTMRefineChoice {
    TTM_REFINE_AUTO,                ///< of given trajectories the shape, else the bundle's
    TTM_REFINE_NONE,
    TTM_REFINE_SIMILARITY,
    TTM_REFINE_SHAPE,
};

/** Choices of the `precision` option. */
enum TTMPrecisionChoice {
    TTM_PRECISION_AUTO,
    TTM_PRECISION_F32,
    TTM_PRECISION_F16,
    TTM_PRECISION_BF16,
};

#endif /* TTM_UTIL_CHOICES_H */

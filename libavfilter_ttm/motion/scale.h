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

/** @file Size of an object over a clip: a robust estimate from its masks. */

#ifndef TTM_MOTION_SCALE_H
#define TTM_MOTION_SCALE_H

#include "motion/fit.h"

/** What a frame shows of an object, in pixels. */
typedef struct TTMSizeSeen {
    double area;
    double x, y;            ///< centroid
    double xx, yy, xy;      ///< second moments about it
    double contact;         ///< share of its edges that are the border's or
                            ///< another object's
    int seen;               ///< 0: next to nothing of it is there
} TTMSizeSeen;

#define TTM_SMOOTH_WORK 4       ///< numbers a frame that ttm_smooth() needs

/**
 * Whittaker's smoother with a fixed start: replace @p value [frames] by the x
 * with x_0 = value_0 and the least sum of weight_t (x_t - value_t)^2 +
 * pull (x_t - x_0)^2 + bend (x_t-1 - 2 x_t + x_t+1)^2. Weights or @p pull must
 * be above 0.
 */
void ttm_smooth(double *value, const double *weight, int frames, double bend,
                double pull, double *work);

/** How stiff a smooth curve is. */
typedef struct TTMSmoothing {
    double bend, pull;          ///< of ttm_smooth(), bend for 16 frames
    double outlier;             ///< values further off count less (Huber)
} TTMSmoothing;

/**
 * The same against outliers, by reweighting: @p value [frames] into @p smooth;
 * @p huber [frames] are the weights in the end.
 */
void ttm_smooth_robustly(const double *value, const double *weight, int frames,
                         const TTMSmoothing *by, double *smooth, double *huber,
                         double *work);

#define TTM_SIZES_WORK (TTM_SMOOTH_WORK + 5) ///< the same of ttm_fit_sizes()

/**
 * Scales of @p motion [frames] from what is seen in all frames, the first being
 * the true one. Growth by area, and growth in every direction by second
 * moments, are smoothed over the clip, outliers counting less (Huber). Frames
 * count as far as no more or less of the object is hidden than in frame 0; what
 * grows although something hides it does grow. The scale is exactly 1 unless
 * both say over the second half that the object changed by more than a pixel,
 * and the more the further it went: a mask that a network predicts for what
 * moves is blurred along and across its way.
 *
 * @param height of the frames, for how far is far
 */
void ttm_fit_sizes(TTMMotion *motion, const TTMSizeSeen *seen, int frames,
                   int height, double *work);

#endif /* TTM_MOTION_SCALE_H */

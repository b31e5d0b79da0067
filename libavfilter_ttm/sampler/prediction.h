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

/** @file What the output of a denoising network is. */

#ifndef TTM_SAMPLER_PREDICTION_H
#define TTM_SAMPLER_PREDICTION_H

enum TTMPrediction {
    TTM_PREDICT_VELOCITY,   ///< flow matching: noise - sample
    TTM_PREDICT_SAMPLE,
    TTM_PREDICT_V,          ///< v-prediction (arXiv 2202.00512)
    TTM_PREDICT_EPSILON,    ///< the noise
    TTM_PREDICT_NB
};

/** Names of enum TTMPrediction in configurations, ended by NULL. */
extern const char *const ttm_prediction_names[TTM_PREDICT_NB + 1];

#endif /* TTM_SAMPLER_PREDICTION_H */

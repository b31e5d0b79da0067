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

#include "sampler/prediction.h"

#include <stddef.h>

const char *const ttm_prediction_names[TTM_PREDICT_NB + 1] = {
    [TTM_PREDICT_VELOCITY] = "velocity", [TTM_PREDICT_SAMPLE] = "sample",
    [TTM_PREDICT_V] = "v_prediction", [TTM_PREDICT_EPSILON] = "epsilon",
};

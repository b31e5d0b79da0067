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

/** @file Activations of whole rows. */

#include "backend/cpu/clones.h"
#include "backend/cpu/fast_math.h"

TTM_CLONES
void ttm_fast_activate_row(float *row, int64_t count,
                           enum TTMActivation activation)
{
    switch (activation) {
    case TTM_ACT_SILU:
        for (int64_t i = 0; i < count; i++)
            row[i] *= ttm_fast_sigmoid(row[i]);
        break;
    case TTM_ACT_GELU:
        for (int64_t i = 0; i < count; i++)
            row[i] = ttm_fast_gelu(row[i]);
        break;
    case TTM_ACT_GELU_TANH:
        for (int64_t i = 0; i < count; i++) {
            float x = row[i];

            row[i] = 0.5f * x * (1.0f + ttm_fast_tanh(0.79788456f *
                                        (x + 0.044715f * x * x * x)));
        }
        break;
    case TTM_ACT_QUICK_GELU:
        for (int64_t i = 0; i < count; i++)
            row[i] *= ttm_fast_sigmoid(1.702f * row[i]);
        break;
    case TTM_ACT_RELU:
        for (int64_t i = 0; i < count; i++)
            row[i] = row[i] < 0 ? 0 : row[i];
        break;
    case TTM_ACT_TANH:
        for (int64_t i = 0; i < count; i++)
            row[i] = ttm_fast_tanh(row[i]);
        break;
    case TTM_ACT_CLAMP:
        for (int64_t i = 0; i < count; i++)
            row[i] = row[i] < -1 ? -1 : row[i] > 1 ? 1 : row[i];
        break;
    default:
        break;
    }
}

TTM_CLONES
void ttm_fast_geglu_row(float *restrict values, const float *restrict gate,
                        int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        values[i] *= ttm_fast_gelu(gate[i]);
}

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

/** @file Activations in plain C. */

#include <math.h>

#include "backend/cpu/plain.h"

double ttm_plain_activation(enum TTMActivation activation, double x)
{
    switch (activation) {
    case TTM_ACT_SILU:
        return x / (1 + exp(-x));
    case TTM_ACT_GELU:
        return 0.5 * x * (1 + erf(x * 0.70710678118654752440));
    case TTM_ACT_GELU_TANH:
        return 0.5 * x * (1 + tanh(0.79788456080286535588 *
                                   (x + 0.044715 * x * x * x)));
    case TTM_ACT_QUICK_GELU:
        return x / (1 + exp(-1.702 * x));
    case TTM_ACT_RELU:
        return x < 0 ? 0 : x;
    case TTM_ACT_TANH:
        return tanh(x);
    case TTM_ACT_CLAMP:
        return x < -1 ? -1 : x > 1 ? 1 : x;
    default:
        return x;
    }
}

#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_LAYER_NORM: one workgroup a row, two passes for mean and deviation.
 * With an order the rows of x are gathered by it.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) readonly buffer Weight { T weight[]; };
layout(std430, binding = 2) readonly buffer Bias { T bias[]; };
layout(std430, binding = 3) readonly buffer Order { uint order[]; };
layout(std430, binding = 4) writeonly buffer Y { T y[]; };

/* TTMVkLayerNormPush */
layout(push_constant) uniform Push {
    uint rows, channels;
    uint flags;             /* 1: weight, 2: bias, 4: order, 8: no mean */
    float epsilon;
    uint first_row;         /* of the whole, where there is an order */
};

#define SORT_STARTS 257     /* words of TTM_OP_SORT_REGIONS before the order */

shared float sums[gl_WorkGroupSize.x];

float sum_all(float value)
{
    uint thread = gl_LocalInvocationIndex;

    barrier();
    sums[thread] = value;
    barrier();
    for (uint n = gl_WorkGroupSize.x / 2; n > 0; n /= 2) {
        if (thread < n)
            sums[thread] += sums[thread + n];
        barrier();
    }
    return sums[0];
}

void main()
{
    uint to   = gl_WorkGroupID.x * channels;
    uint base = to;
    float sum = 0.0, squares = 0.0, mean, factor;

    if ((flags & 4) != 0)
        base = order[SORT_STARTS + first_row + gl_WorkGroupID.x] * channels;
    for (uint c = gl_LocalInvocationIndex; c < channels && (flags & 8) == 0;
         c += gl_WorkGroupSize.x)
        sum += LOAD(x[base + c]);
    mean = (flags & 8) != 0 ? 0.0 : sum_all(sum) / float(channels);
    for (uint c = gl_LocalInvocationIndex; c < channels; c += gl_WorkGroupSize.x) {
        float value = LOAD(x[base + c]) - mean;

        squares += value * value;
    }
    factor = inversesqrt(sum_all(squares) / float(channels) + epsilon);
    for (uint c = gl_LocalInvocationIndex; c < channels; c += gl_WorkGroupSize.x) {
        float value = (LOAD(x[base + c]) - mean) * factor;

        if ((flags & 1) != 0)
            value *= LOAD(weight[c]);
        if ((flags & 2) != 0)
            value += LOAD(bias[c]);
        y[to + c] = STORE(value);
    }
}

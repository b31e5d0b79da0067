#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_FOURIER: one thread a sine and its cosine. Whole turns are taken off before they
 * are angles, which then have all digits of a float.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "sine.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) readonly buffer Matrix { float matrix[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkFourierPush */
layout(push_constant) uniform Push {
    uint points, dimensions, columns;   /* columns of the matrix */
};

void main()
{
    uint row = gl_GlobalInvocationID.x / columns, i = gl_GlobalInvocationID.x % columns;
    precise float turns = 0.0;
    vec2 value;

    if (row >= points)
        return;
    for (uint k = 0; k < dimensions; k++)
        turns += x[row * dimensions + k] * matrix[k * columns + i];
    value = sine_cosine(6.283185307179586 * (turns - roundEven(turns)), 0.0);
    y[row * 2 * columns + i]         = STORE(value.x);
    y[(row * 2 + 1) * columns + i]   = STORE(value.y);
}

#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_PULL: weighted averages of 2 x 2 pixels.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) writeonly buffer Y { float y[]; };

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    ivec2 at = 2 * ivec2(i % uint(width), i / uint(width));
    uint n = channels - 1u;
    float sum = 0.0;

    if (gl_GlobalInvocationID.x >= count)
        return;
    for (uint c = 0u; c < n; c++) {
        float value = 0.0;

        sum = 0.0;
        for (int k = 0; k < 4; k++) {
            ivec2 p = at + ivec2(k & 1, k >> 1);
            uint from = channels * uint(p.y * in_width + p.x);

            if (p.x >= in_width || p.y >= in_height)
                continue;
            sum   += x[from + n];
            value += x[from + n] * x[from + c];
        }
        y[channels * i + c] = sum > 0.0 ? value / sum : value;
    }
    y[channels * i + n] = min(sum, 1.0);
}

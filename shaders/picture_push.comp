#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_PUSH: what a fine level lacks comes from the coarse one.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer Coarse { float coarse[]; };
layout(std430, binding = 1) readonly buffer Fine { float fine[]; };
layout(std430, binding = 2) writeonly buffer Y { float y[]; };

DEFINE_LINEAR(sample_coarse, coarse, channels)

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    vec2 at = (vec2(i % uint(width), i / uint(width)) + 0.5) / 2.0;
    uint n = channels - 1u;
    float w;

    if (gl_GlobalInvocationID.x >= count)
        return;
    w = fine[channels * i + n];
    for (uint c = 0u; c < n; c++) {
        float own = fine[channels * i + c];

        y[channels * i + c] =
            w < 1.0 ? w * own + (1.0 - w) *
            sample_coarse(at, ivec2(in_width, in_height), c) : own;
    }
    y[channels * i + n] = w;
}

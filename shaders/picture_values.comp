#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_VALUES: x * scale + shift within low .. high.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) writeonly buffer Y { float y[]; };

void main()
{
    uint i = first + gl_GlobalInvocationID.x;

    if (gl_GlobalInvocationID.x < count)
        y[i] = min(max(LOAD(x[i]) * scale + shift, low), high);
}

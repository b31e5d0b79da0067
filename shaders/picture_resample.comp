#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_RESAMPLE: a pixel a thread, along one side (constant AXIS).
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(constant_id = 1) const uint AXIS = 0;

layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) readonly buffer Filter { float filters[]; };
layout(std430, binding = 2) writeonly buffer Y { float y[]; };

float value(uint i)
{
    return bytes == 0u ? uintBitsToFloat(x[i]) : PACKED(x, bytes, i);
}

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    uint column = i % uint(width), row = i / uint(width);
    uint at = (AXIS == 1u ? column : row) * (channels + 1u);
    uint stride = AXIS == 1u ? 3u : 3u * uint(in_width);
    vec3 sum = vec3(0.0);
    uint from;

    if (gl_GlobalInvocationID.x >= count)
        return;
    from = 3u * (AXIS == 1u ? row * uint(in_width) + uint(filters[at]) :
                 uint(filters[at]) * uint(in_width) + column);
    for (uint k = 1u; k <= channels; k++, from += stride)
        sum += filters[at + k] * vec3(value(from), value(from + 1u),
                                      value(from + 2u));
    y[3u * i]      = sum.r;
    y[3u * i + 1u] = sum.g;
    y[3u * i + 2u] = sum.b;
}

#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_SMOOTH: weighted mean of the same object around, but for little.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 2) writeonly buffer Y { float y[]; };

#define REACH 4

void main()
{
    uint i = first + gl_GlobalInvocationID.x, id;
    ivec2 at = ivec2(i % uint(width), i / uint(width));
    ivec2 to = min(at + REACH, ivec2(width, height) - 1);
    vec4 sum = vec4(0.0);
    vec3 mean;
    float square;

    if (gl_GlobalInvocationID.x >= count)
        return;
    id = BYTE(ids, i);
    for (int v = max(at.y - REACH, 0); id != 0u && v <= to.y; v++)
        for (int u = max(at.x - REACH, 0); u <= to.x; u++) {
            uint from = uint(v * width + u);

            if (BYTE(ids, from) != id)
                continue;
            sum += x[4u * from + 3u] * vec4(x[4u * from], x[4u * from + 1u],
                                            x[4u * from + 2u], 1.0);
        }
    mean   = sum.a > 0.0 ? sum.rgb / sum.a : vec3(0.0);
    square = dot(mean, mean);
    mean  *= square > low * low ? 1.0 - low * low / square : 0.0;
    for (uint c = 0u; c < 3u; c++)
        y[3u * i + c] = mean[c];
}

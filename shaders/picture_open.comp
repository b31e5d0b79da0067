#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_OPEN: where the still is known, and what it differs by.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer Net { float net[]; };
layout(std430, binding = 1) readonly buffer Still { float still[]; };
layout(std430, binding = 2) readonly buffer First { uint first_ids[]; };
layout(std430, binding = 3) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 4) writeonly buffer Y { float y[]; };

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    ivec2 at = ivec2(i % uint(width), i / uint(width));
    ivec2 to = min(at + 1, ivec2(width, height) - 1);
    bool known = true;
    float light;

    if (gl_GlobalInvocationID.x >= count)
        return;
    for (int v = max(at.y - 1, 0); v <= to.y; v++)
        for (int u = max(at.x - 1, 0); u <= to.x; u++)
            if (BYTE(first_ids, uint(v * width + u)) != 0u ||
                BYTE(ids, uint(v * width + u)) != 0u)
                known = false;
    for (uint c = 0u; c < 3u; c++) {
        y[8u * i + c]      = known ? still[3u * i + c] - net[3u * i + c] : 0.0;
        y[8u * i + 3u + c] = known ? still[3u * i + c] : 0.0;
    }
    light = brightness(vec3(still[3u * i], still[3u * i + 1u], still[3u * i + 2u]));
    y[8u * i + 6u] = known ? light * light : 0.0;
    y[8u * i + 7u] = known ? 1.0 : 0.0;
}

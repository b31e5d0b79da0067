#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_CARRY: the still with its objects moved along.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(constant_id = 1) const uint REFINED = 0;

layout(std430, binding = 0) readonly buffer Still { float still[]; };
layout(std430, binding = 1) readonly buffer First { uint first_ids[]; };
layout(std430, binding = 2) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 3) readonly buffer Motion { float motion[]; };
layout(std430, binding = 4) writeonly buffer Y { float y[]; };

DEFINE_SOURCE(motion)
DEFINE_LINEAR(sample_still, still, 3u)

bool comes_from(uint id, vec2 at)
{
    ivec2 p = ivec2(floor(at));

    return p.x >= 0 && p.y >= 0 && p.x < width && p.y < height &&
           BYTE(first_ids, uint(p.y * width + p.x)) == id;
}

void main()
{
    uint i  = first + gl_GlobalInvocationID.x;
    uint id = gl_GlobalInvocationID.x < count ? BYTE(ids, i) : 0u;
    bool moved = id > 0u && id <= uint(objects);
    ivec2 size = ivec2(width, height);
    vec2 at = vec2(i % uint(width), i / uint(width)) + 0.5;
    bool grey;

    if (gl_GlobalInvocationID.x >= count)
        return;
    if (moved) {
        at = source(id, at, size).xy;
        grey = REFINED == 0u && !comes_from(id, at);
    } else {
        grey = BYTE(first_ids, i) != 0u;
    }
    for (uint c = 0u; c < 3u; c++)
        y[3u * i + c] = grey ? 0.0 : moved ? sample_still(at, size, c) :
                        still[3u * i + c];
}

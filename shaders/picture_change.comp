#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_CHANGE: what the network changed in the objects.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer Net { float net[]; };
layout(std430, binding = 1) readonly buffer Decoded { float decoded[]; };
layout(std430, binding = 2) readonly buffer Depth { float depth[]; };
layout(std430, binding = 3) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 4) readonly buffer Motion { float motion[]; };
layout(std430, binding = 5) writeonly buffer Y { float y[]; };

DEFINE_SOURCE(motion)
DEFINE_CUBIC(sample_decoded, decoded, 3u, 0u)
DEFINE_LINEAR(sample_depth, depth, 1u)

void main()
{
    uint i = first + gl_GlobalInvocationID.x, id;
    ivec2 size = ivec2(width, height);
    vec4 value = vec4(0.0);

    if (gl_GlobalInvocationID.x >= count)
        return;
    id = BYTE(ids, i);
    if (id > 0u && id <= uint(objects)) {
        vec2 q = source(id, vec2(i % uint(width), i / uint(width)) + 0.5,
                        size).xy;

        value.rgb = vec3(net[3u * i], net[3u * i + 1u], net[3u * i + 2u]) -
                    sample_decoded(q, size);
        value.a   = sample_depth(q, size, 0u);
    }
    for (uint c = 0u; c < 4u; c++)
        y[4u * i + c] = value[c];
}
